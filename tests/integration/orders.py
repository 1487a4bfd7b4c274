"""orders: an order to the real sender, and its receipt, for the tests that need no engine.

Owns: the two frames of wire/order.h as Python writes and reads them; what no receipt may ever say.
MUST: read a receipt as strictly as the engine does; run the sender as the system would: unprivileged, with one socket.
"""

import collections
import re
import socket
import struct
import subprocess
import time

import lab
from lab import check, equal

NUMBER = "+4915112345678"
TEXT = "493027 is your code for sshd on web01 (user alice, ref K7QF). Valid 90 s. Never share it."
NONE, ACCEPTED, PENDING, UNKNOWN, RECIPIENT, ACCOUNT, REQUEST, TEMPORARY = range(8)
OUTCOMES = ("none", "accepted", "pending", "unknown", "recipient", "account", "request", "temporary")
ACTIONS = {"send": 1, "voice": 2, "poll": 3, "check": 4}
ORDER, RECEIPT = 1, 2
NOBODY = 65534
PATIENCE = 25  # seconds: an order may give the sender 20

Receipt = collections.namedtuple("Receipt", "outcome status code id balance note sandbox reports seconds")
TEXTS = {"code": r"[A-Za-z0-9._-]{0,16}", "id": r"[ -~]{0,127}", "balance": r"[A-Za-z0-9._-]{0,16}", "note": r"[ -~]{0,159}"}


# --- the frames ------------------------------------------------------------------------------------------------------

def frame(kind, body, treaty=b"O", version=1):
    return treaty + struct.pack(">BBBI", version, kind, 0, len(body)) + body


def _text(s):
    raw = s.encode()
    return struct.pack(">H", len(raw)) + raw


def pack(description, action, variables, number=None, text=None, message_id="", ca="", proxy="", time_ms=5000, loopback_http=0):
    """An order as bytes. Without a number or a text: NUMBER and TEXT where there is somebody to be told something."""
    spoken = action in ("send", "voice")
    number = (NUMBER if spoken else "") if number is None else number
    text = (TEXT if spoken else "") if text is None else text
    body = struct.pack(">BI", ACTIONS[action], time_ms)
    body += b"".join(map(_text, (description, number, text, message_id, ca, proxy)))
    body += struct.pack(">BB", loopback_http, len(variables))
    body += b"".join(_text(name) + _text(value) for name, value in variables.items())
    return frame(ORDER, body)


def unpack(raw, seconds=0.0):
    """The receipt; seconds: what it took."""
    check(len(raw) >= 23, "no receipt: %r" % raw)
    equal(struct.unpack(">cBBBI", raw[:8]), (b"O", 1, RECEIPT, 0, len(raw) - 8), "the receipt's header")
    at, texts = 13, []
    for name, form in TEXTS.items():
        end = at + 2 + int.from_bytes(raw[at:at + 2], "big")
        texts.append(raw[at + 2:end].decode("latin-1"))
        check(re.fullmatch(form, texts[-1]), "the receipt's %s: %r" % (name, texts[-1]))
        at = end
    equal(at, len(raw) - 2, "the receipt's end")
    receipt = Receipt(*struct.unpack(">BI", raw[8:13]), *texts, raw[at], raw[at + 1], seconds)
    check(NONE < receipt.outcome <= TEMPORARY and (receipt.status == 0 or 100 <= receipt.status <= 999) and receipt.sandbox <= 3 and
          receipt.reports <= 1, "not a receipt: %r" % (receipt,))
    return receipt


# --- the sender ------------------------------------------------------------------------------------------------------

def start(raw, env=None, user=NOBODY, outbox=None):
    """A sender that has its order: the socket and the process. outbox: a file that is opened for it."""
    here, there = socket.socketpair()
    command = ["setpriv", "--reuid=%d" % user, "--regid=%d" % user, "--clear-groups", lab.SENDER]
    if outbox:
        command = ["sh", "-c", 'exec "$@" 3>>' + outbox, "sh"] + command
    process = subprocess.Popen(command, stdin=there, stdout=there, stderr=subprocess.DEVNULL, cwd="/", env=env or {"PATH": "/usr/bin"})
    there.close()
    here.settimeout(PATIENCE)
    here.sendall(raw)
    return here, process


def hear(here, process, refused=False):
    """All that the sender says, and its status. refused: it may leave bytes of the order unread, which resets the connection."""
    answer = b""
    with here:
        while True:
            try:
                part = here.recv(4096)
            except ConnectionResetError:
                check(refused, "the sender left bytes of its order unread, and said %r" % answer)
                part = b""
            if not part:
                return answer, process.wait(5)
            answer += part


def finish(here, process):
    """The receipt; its seconds are those from here on."""
    begin = time.monotonic()
    answer, status = hear(here, process)
    seconds = time.monotonic() - begin
    equal(status, 0, "the sender's status")
    return unpack(answer, seconds)


def send(description, variables, action="send", secrets=(), env=None, user=NOBODY, outbox=None, **more):
    """The receipt of one order; more is for pack. Beside the number and the code it must not say any of the secrets (G1)."""
    receipt = finish(*start(pack(description, action, variables, **more), env, user, outbox))
    told = " ".join(map(str, receipt[:-1]))
    for secret in (NUMBER[1:], (more.get("number") or NUMBER)[1:], "493027", "localhost", "alice") + tuple(secrets):
        check(secret not in told, "G1: %r in %r" % (secret, receipt))
    return receipt


def expect(receipt, outcome, note=None):
    equal(receipt.outcome, outcome, "outcome of %r" % (receipt,))
    if note:
        lab.matches(note, receipt.note, "note")
    return receipt
