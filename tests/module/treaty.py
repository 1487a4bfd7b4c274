"""The engine's side of the treaty of src/wire/talk.h, written a second time: what the shim says is read strictly, what it hears
can be as wrong as a test wants.

A script is a list of steps, run one after the other on a connection; what was heard is collected in a list of events."""

import socket
import struct
import time

TREATY, VERSION = ord("T"), 1
LOGIN, ANSWER, ASK, TELL, VERDICT, FIELD = 1, 2, 3, 4, 5, 6
DENY, ACCEPT, EXEMPT = 0, 0x5AC3C35A, 0x3C69963C
ANSWERS = ["none", "text", "empty", "oversize", "same-as-password", "failed", "control"]
REASONS = {
    "none": 0, "accepted": 1, "exempt": 2, "wrong": 3, "expired": 4, "void": 5, "unknown-user": 6, "not-enrolled": 7,
    "no-answer": 8, "one-field": 9, "locked": 10, "budget": 11, "crowded": 12, "blocked": 13, "outage": 14, "number": 15,
    "settings": 16, "arguments": 17, "state": 18, "system": 19, "conversation": 20, "refused": 21, "unlisted": 22,
    "no-first-factor": 23, "engine": 24, "no-offline": 25, "sent": 26, "no-step": 27,
}


def frame(kind, body, treaty=TREATY, version=VERSION, zero=0, length=None):
    return struct.pack(">BBBBI", treaty, version, kind, zero, len(body) if length is None else length) + body


def text(s):
    raw = s.encode("utf-8", "surrogateescape")
    return struct.pack(">H", len(raw)) + raw


def ask(prompt, echo=True):
    return frame(ASK, bytes([1 if echo else 0]) + text(prompt))


def ask_field(digits=6, alone=False, prompt="Password, code, or both in one line: "):
    return frame(FIELD, bytes([digits, 1 if alone else 0]) + text(prompt))


def tell(line):
    return frame(TELL, text(line))


def verdict(kind, reason):
    return frame(VERDICT, struct.pack(">II", kind, REASONS.get(reason, reason)))


def accept():
    return verdict(ACCEPT, "accepted")


def deny(reason):
    return verdict(DENY, reason)


class Body:
    def __init__(self, raw):
        self.raw, self.at = raw, 0

    def take(self, n):
        piece = self.raw[self.at:self.at + n]
        if len(piece) != n:
            raise ValueError("the frame is short")
        self.at += n
        return piece

    def text(self):
        return self.take(struct.unpack(">H", self.take(2))[0]).decode("utf-8", "surrogateescape")

    def end(self):
        if self.at != len(self.raw):
            raise ValueError("bytes are left over")


def read_exactly(conn, n):
    got = b""
    while len(got) < n:
        piece = conn.recv(n - len(got))
        if not piece:
            raise EOFError
        got += piece
    return got


def read_frame(conn):
    treaty, version, kind, zero, length = struct.unpack(">BBBBI", read_exactly(conn, 8))
    if (treaty, version, zero) != (TREATY, VERSION, 0) or length > 16384:
        raise ValueError("not a frame of ours")
    return kind, Body(read_exactly(conn, length))


def read_login(conn):
    kind, body = read_frame(conn)
    if kind != LOGIN:
        raise ValueError("not a login")
    names = ["user", "service", "rhost", "tty", "ruser", "auth_info", "prompt", "language"]
    login = {name: body.text() for name in names}
    flags = struct.unpack(">I", body.take(4))[0]
    login.update(authtok=bool(flags & 1), silent=bool(flags & 2), debug=bool(flags & 4), change=bool(flags & 8),
                 oldauthtok=bool(flags & 16), root_caller=bool(flags & 32), forward=bool(flags & 64),
                 two_step=bool(flags & 128), digits=bool(flags & 1024), decoy=bool(flags & 256), conceal=bool(flags & 512), flags=flags)
    body.end()
    return login


def read_answer(conn):
    kind, body = read_frame(conn)
    if kind != ANSWER:
        raise ValueError("not an answer")
    answer = ANSWERS[body.take(1)[0]]
    said = body.text()
    body.end()
    return {"answer": answer, "text": said}


def step(conn, what, args):
    """One step; what was heard, or None."""
    if what == "login":
        return {"login": read_login(conn)}
    if what == "answer":
        return read_answer(conn)
    if what == "say":
        conn.sendall(bytes.fromhex(args[0]))
    elif what == "sleep":
        time.sleep(args[0])
    elif what == "wait-close":
        while conn.recv(4096):
            pass
        return {"closed": True}
    return None


def serve(conn, script):
    events = []
    conn.settimeout(60)
    for what, *args in script:
        try:
            heard = step(conn, what, args)
        except (EOFError, ValueError, OSError) as e:
            events.append({"trouble": f"{what}: {type(e).__name__} {e}"})
            break
        if heard:
            events.append(heard)
    conn.close()
    return events


def say(raw):
    return ["say", raw.hex()]


def question(prompt="Code: ", echo=True):
    """Ask, and hear the answer."""
    return [say(ask(prompt, echo)), ["answer"]]


def story(*parts):
    """A login, then the steps of the parts (a step, or a list of steps)."""
    steps = [["login"]]
    for part in parts:
        if isinstance(part, bytes):
            steps.append(say(part))
        elif isinstance(part[0], str):
            steps.append(part)
        else:
            steps.extend(part)
    return steps


def pair():
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
