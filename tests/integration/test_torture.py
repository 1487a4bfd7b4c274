#!/usr/bin/python3
"""Goal: whatever a provider, its certificate or its name server does, a login comes to a prompt or to a plain refusal within the deadline
(D11), asks each route once at most, has charged what may have been taken and nothing else (B1, B2, E9), takes nothing for an acceptance that
is none (E6), and no log has the code, not even where the provider says it back (G1)."""

import collections
import concurrent.futures
import json
import os
import re
import select
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
import traceback

import lab
import orders
from lab import BOTH, check, equal, wait_for

sys.path.insert(0, os.path.join(lab.TOP, "tests", "fakes"))
import hostile  # noqa: E402
import provider  # noqa: E402

DEADLINE, ROOM = 5, 1  # seconds; ROOM: what a busy machine may take
HEDGE, NEVER = 2, 10  # hedge_after; NEVER: beyond the deadline, so that a next route is asked because the first has failed
AT_ONCE = 12  # logins; nearly all of them wait
FOLDER = "/tmp/torture"
HOST = os.path.join(os.environ.get("TOP_BUILDDIR", ""), "tests/module/pam_host")
NAME = "sms.example.com"
AUTHINFO_UNAVAIL, PERM_DENIED, CONV_ERR = 9, 6, 19
TAKEN_BODY = b'{"data":[{"id":"m-1"}]}'


# --- what a case ends in -----------------------------------------------------------------------------------------------------

# alone: what comes of it without another route: error, number, maybe or sent. charge, both: the charges at the first prompt alone, and with an
# honest route behind. late: nothing is known before hedge_after.
Kind = collections.namedtuple("Kind", "alone charge both late")
REFUSED = Kind("error", 0, 1, False)  # certainly not taken
NOT_REACHED = Kind("error", 0, 2, True)  # likewise, but who hedges must take it for possible
UNKNOWN = Kind("maybe", 1, 2, False)
SILENT = Kind("maybe", 1, 2, True)
TAKEN = Kind("sent", 1, 1, False)
NUMBER = Kind("number", 0, 0, False)

# server: from the contexts to an object with a port (None: nobody listens). asked: whole requests that it reads, of the SMS. names: the name
# server's address, for a route with a name.
Case = collections.namedtuple("Case", "name kind server asked names")
CASES = []


def case(name, kind, server, asked, names=None):
    CASES.append(Case(name, kind, server, asked, names))


def manner(function, certificate="good"):
    return lambda contexts: hostile.Provider(function, contexts[certificate])


def answers(raw, end=hostile.Line.finish):
    def serve(line):
        line.shake()
        line.request()
        line.say(raw)
        end(line)
    return serve


def http(status, body=b"", *headers, length=None):
    """An answer; length: what it says of its own length."""
    lines = [b"HTTP/1.1 %s" % status, b"Content-Type: application/json", b"Content-Length: %s" % (length or b"%d" % len(body)), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def error(code):
    return json.dumps({"errors": [{"code": code, "message": "refused by the tests"}]}).encode()


ACCEPTED = http(b"201 Created", TAKEN_BODY)


def good(line):
    answers(ACCEPTED)(line)


# --- before a connection is one ------------------------------------------------------------------------------------------------

class Full:
    """A listener whose queue is full: a connection is never made."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.port, self.connections, self.requests = self.socket.getsockname()[1], 0, []
        self.fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))
            self.fillers.append(filler)

    def texts(self):
        return []

    def end(self):
        for one in [self.socket] + self.fillers:
            one.close()


def cut_at(n, cut):
    """After n bytes of the handshake."""
    def serve(line):
        line.left, line.cut = n, lambda: cut(line)
        line.shake()
        line.request()
    return manner(serve)


def says_raw(raw):
    def serve(line):
        line.put(raw)
        line.hang()
    return lambda contexts: hostile.Provider(serve)


def broken_record(line):
    """The flight with one byte turned."""
    put = line.put
    line.put = lambda raw: put(raw[:-9] + bytes([raw[-9] ^ 1]) + raw[-8:])
    line.shake()
    line.request()


def alert(line):
    line.put(b"\x15\x03\x03\x00\x02\x02\x28")  # fatal, handshake failure
    line.hang()


case("nobody listens", REFUSED, lambda contexts: None, 0)
case("its queue is full", NOT_REACHED, lambda contexts: Full(), 0)
case("reset at once", REFUSED, lambda contexts: hostile.Provider(hostile.Line.reset), 0)
case("closed at once", REFUSED, lambda contexts: hostile.Provider(hostile.Line.close), 0)
case("accepts and hangs", NOT_REACHED, lambda contexts: hostile.Provider(hostile.Line.hang), 0)
case("listens and never accepts", NOT_REACHED, lambda contexts: hostile.Provider(hostile.Line.hang, takes=False), 0)
case("a TLS alert", REFUSED, lambda contexts: hostile.Provider(alert), 0)
case("garbage in place of TLS", REFUSED, says_raw(os.urandom(400).replace(b"\x16", b"\0")), 0)
case("an answer in the clear", REFUSED, says_raw(ACCEPTED), 0)
case("another protocol", REFUSED, says_raw(b"SSH-2.0-OpenSSH_9.2p1\r\n"), 0)
case("a handshake of 1 byte a second", NOT_REACHED, manner(lambda line: line.shake(pace=1)), 0)
case("a damaged handshake", REFUSED, manner(broken_record), 0)
for _n in (1, 5, 130, 500):
    case("hangs after %d bytes of the handshake" % _n, NOT_REACHED, cut_at(_n, hostile.Line.hang), 0)
    case("reset after %d bytes of the handshake" % _n, REFUSED, cut_at(_n, hostile.Line.reset), 0)


# --- certificates ----------------------------------------------------------------------------------------------------------------

for _name in ("expired", "wrong_name", "untrusted", "self_signed", "old_tls"):
    case("certificate: " + _name, REFUSED, manner(good, _name), 0)


# --- connected, and no answer, or a part of one -------------------------------------------------------------------------------------

def shaken(then):
    def serve(line):
        line.shake()
        then(line)
    return serve


def asked_then(then):
    def serve(line):
        line.shake()
        line.request()
        then(line)
    return serve


def cut_answer(n, end=hostile.Line.reset):
    return asked_then(lambda line: (line.say(ACCEPTED[:n]), end(line)))


case("hangs after the handshake", SILENT, manner(shaken(hostile.Line.hang)), 0)
case("reads the request and hangs", SILENT, manner(asked_then(hostile.Line.hang)), 1)
case("reads the request and resets", UNKNOWN, manner(asked_then(hostile.Line.reset)), 1)
case("reads the request and closes", UNKNOWN, manner(asked_then(hostile.Line.finish)), 1)
for _n in (1, 8, 12, 20, 60, len(ACCEPTED) - len(TAKEN_BODY) - 1, len(ACCEPTED) - len(TAKEN_BODY), len(ACCEPTED) - 1):
    case("reset after %d bytes of the answer" % _n, UNKNOWN, manner(cut_answer(_n)), 1)
case("closed before the answer's last byte", UNKNOWN, manner(cut_answer(-1, hostile.Line.finish)), 1)
case("closed without TLS's end before the last byte", UNKNOWN, manner(cut_answer(-1, hostile.Line.close)), 1)
case("hangs before the answer's last byte", SILENT, manner(cut_answer(-1, hostile.Line.hang)), 1)


# --- too much, too slow --------------------------------------------------------------------------------------------------------------

def endless(head, part, certificate="good"):
    def flood(line):
        line.say(head)
        while True:
            line.say(part)
    return manner(asked_then(flood), certificate)


case("an answer of 1 byte a second", SILENT, manner(asked_then(lambda line: line.say(ACCEPTED, pace=1))), 1)
case("a body of 1 byte a second", SILENT,
     manner(asked_then(lambda line: (line.say(ACCEPTED[:-len(TAKEN_BODY)]), line.say(TAKEN_BODY, pace=1)))), 1)
case("an endless body", UNKNOWN, endless(b"HTTP/1.1 201 Created\r\n\r\n", b'{"data":[{"id":"m-1"}],' * 400), 1)
case("an endless body in chunks", UNKNOWN, endless(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n",
                                                   b"1000\r\n" + b" " * 4096 + b"\r\n"), 1)
case("an endless body of a refusal", REFUSED, endless(b"HTTP/1.1 503 No\r\n\r\n", b"x" * 4096), 1)
case("a right answer, and blanks without an end", UNKNOWN, endless(b"HTTP/1.1 201 Created\r\n\r\n" + TAKEN_BODY, b" " * 4096), 1)
case("endless headers", UNKNOWN, endless(b"HTTP/1.1 201 Created\r\n", b"X-Filler: " + b"x" * 1000 + b"\r\n"), 1)
case("one endless header", UNKNOWN, endless(b"HTTP/1.1 201 Created\r\nX-Filler: ", b"x" * 4096), 1)
case("an endless status line", UNKNOWN, endless(b"HTTP/1.1 201 ", b"x" * 4096), 1)
case("a body of gzip", UNKNOWN, manner(answers(http(
    b"201 Created", b"\x1f\x8b\x08" + b"\0" * 900, b"Content-Encoding: gzip"))), 1)


# --- refusals --------------------------------------------------------------------------------------------------------------------------

def redirects(status):
    def serve(line):
        answers(http(status + b" Elsewhere", TAKEN_BODY, b"Location: https://127.0.0.1:%d/v1/messages" % line.provider.port))(line)
    return manner(serve)


for _status in (b"429 Too Many Requests", b"500 Internal Server Error", b"503 Service Unavailable", b"401 Unauthorized", b"402 Payment Required",
                b"403 Forbidden", b"404 Not Found", b"417 Expectation Failed", b"421 Misdirected Request", b"426 Upgrade Required",
                b"599 Other"):
    case("HTTP %s" % _status.decode(), REFUSED,
         manner(answers(http(_status, b"", b"Retry-After: 0", b"WWW-Authenticate: Basic realm=\"x\"", b"Upgrade: h2c"))), 1)
for _status in (b"502 Bad Gateway", b"504 Gateway Timeout", b"408 Request Timeout", b"522 Connection Timed Out"):
    case("HTTP %s" % _status.decode(), UNKNOWN, manner(answers(http(_status))), 1)
case("HTTP 400, the number", NUMBER, manner(answers(http(b"400 Bad Request", error(1523)))), 1)
for _status in (b"301", b"302", b"303", b"307", b"308"):
    case("a redirect %s to itself" % _status.decode(), REFUSED, redirects(_status), 1)
case("a redirect to a file", REFUSED, manner(answers(http(b"302 Found", b"", b"Location: file:///etc/sms-otp/key"))), 1)
case("a redirect by Refresh, with 200", UNKNOWN, manner(answers(http(b"200 OK", b"", b"Refresh: 0; url=https://127.0.0.1/"))), 1)


# --- answers that are none ---------------------------------------------------------------------------------------------------------------

case("garbage", UNKNOWN, manner(answers(bytes(range(256)) * 3)), 1)
case("HTTP/0.9", UNKNOWN, manner(answers(TAKEN_BODY)), 1)
case("another protocol's greeting", UNKNOWN, manner(answers(b"220 mail.example.com ESMTP\r\n")), 1)
case("an unknown version of HTTP", UNKNOWN, manner(answers(ACCEPTED.replace(b"HTTP/1.1", b"HTTP/7.5"))), 1)
case("status 000", UNKNOWN, manner(answers(http(b"000 Nothing", TAKEN_BODY))), 1)
case("status 999", UNKNOWN, manner(answers(http(b"999 Everything", TAKEN_BODY))), 1)
case("a NUL in a header", UNKNOWN, manner(answers(http(b"201 Created", TAKEN_BODY[:-1], b"X-Nul: a\0b"))), 1)
case("a NUL in the body", UNKNOWN, manner(answers(http(b"201 Created", TAKEN_BODY + b"\0"))), 1)
case("a NUL in the status line", UNKNOWN, manner(answers(b"HTTP/1.1\0 201 Created\r\n\r\n" + TAKEN_BODY)), 1)
case("200 and nothing", UNKNOWN, manner(answers(http(b"200 OK"))), 1)
case("204", UNKNOWN, manner(answers(b"HTTP/1.1 204 No Content\r\n\r\n")), 1)
case("200 and a page", UNKNOWN, manner(answers(http(b"200 OK", b"<html><body>It works!</body></html>"))), 1)
case("200 for another request", UNKNOWN, manner(answers(http(b"200 OK", b'{"data":{"username":"acme","blocked":false}}'))), 1)
case("200 with an empty id", UNKNOWN, manner(answers(http(b"200 OK", b'{"data":[{"id":""}]}'))), 1)
case("200 with an id that is no text", UNKNOWN, manner(answers(http(b"200 OK", b'{"data":[{"id":{"id":1}}]}'))), 1)
case("200 and an error", REFUSED, manner(answers(http(b"200 OK", error(1400)))), 1)
case("200, an id and an error", REFUSED, manner(answers(http(b"200 OK", b'{"data":[{"id":"m-1"}],"errors":[{"code":1400}]}'))), 1)
case("UTF-16", UNKNOWN, manner(answers(http(b"200 OK", TAKEN_BODY.decode().encode("utf-16")))), 1)
case("JSON 20000 deep", UNKNOWN, manner(answers(http(b"200 OK", b"[" * 20000 + b"]" * 20000))), 1)
case("a length that is too short", UNKNOWN, manner(answers(http(b"201 Created", TAKEN_BODY, length=b"10"))), 1)
case("a length that is too long", UNKNOWN, manner(answers(http(b"201 Created", TAKEN_BODY, length=b"500"))), 1)
case("a length below zero", UNKNOWN, manner(answers(http(b"201 Created", TAKEN_BODY[:-1], length=b"-1"))), 1)
case("a length beyond all numbers", None, manner(answers(http(b"201 Created", TAKEN_BODY, length=b"9" * 30))), 1)
case("a length that is no number", UNKNOWN, manner(answers(http(b"201 Created", TAKEN_BODY[:-1], length=b"many"))), 1)
case("bad chunks", UNKNOWN, manner(answers(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + TAKEN_BODY)), 1)
case("a chunk beyond all numbers", UNKNOWN,
     manner(answers(b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 15 + b"\r\n" + TAKEN_BODY)), 1)
case("101", UNKNOWN, manner(answers(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n")), 1)
case("100 and no more", SILENT, manner(answers(b"HTTP/1.1 100 Continue\r\n\r\n", hostile.Line.hang)), 1)
case("100 without an end", None, endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), 1)

# --- acceptances in odd clothes ------------------------------------------------------------------------------------------------------------

case("100, 102 and 103 before the answer", TAKEN,
     manner(answers(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + ACCEPTED)), 1)
case("a refusal behind the acceptance", TAKEN, manner(answers(ACCEPTED + http(b"503 No"))), 1)
case("an acceptance behind the refusal", REFUSED, manner(answers(http(b"503 No") + ACCEPTED)), 1)
case("the answer before the question", TAKEN, manner(shaken(lambda line: (line.say(ACCEPTED), line.request(), line.finish()))), 1)


# --- what a provider may say back (G1) -------------------------------------------------------------------------------------------------------

def echoes(status, body, header=b"X-Echo: %s"):
    """%s is the code, %d the code with a hyphen between its digits."""
    def serve(line):
        line.shake()
        line.request()
        code = re.search(r"\d{6,10}", line.provider.texts()[0]).group().encode()
        apart = "-".join(code.decode()).encode()
        line.say(http(*(part.replace(b"%s", code).replace(b"%d", apart) for part in (status, body, header))))
        line.finish()
    return manner(serve)


case("the code as an error's code, 503", REFUSED, echoes(b"503 %s", b'{"errors":[{"code":%s,"message":"%s"}]}'), 1)
case("the code as an error's code, 200", REFUSED, echoes(b"200 %s", b'{"errors":[{"code":"%s","message":"%s"}]}'), 1)
case("the code in an error's code, 400", REFUSED, echoes(b"400 %s", b'{"errors":[{"code":"E-%s-","message":"%s"}]}'), 1)
case("the code in an error's code, digit by digit", REFUSED, echoes(b"503 No", b'{"errors":[{"code":"%d"}]}'), 1)
case("the code as the message's id", TAKEN, echoes(b"201 %s", b'{"data":[{"id":"%s","text":"%s"}]}'), 1)


# --- names -------------------------------------------------------------------------------------------------------------------------------------

SERVERS = {
    "127.0.0.2": lambda question: None,
    "127.0.0.3": lambda question: hostile.reply(question, rcode=3),
    "127.0.0.4": lambda question: hostile.reply(question, rcode=2),
    "127.0.0.5": lambda question: hostile.reply(question, ["127.0.0.1"]),
    "127.0.0.6": lambda question: hostile.reply(question, ["10.1.2.3"]),
    "127.0.0.7": lambda question: hostile.reply(question, flags=0x0200),  # cut short: ask by TCP, where it is silent
    "127.0.0.8": lambda question: question[:2] + os.urandom(60),
    "127.0.0.9": lambda question: hostile.reply(question),
    "127.0.0.10": lambda question: hostile.reply(question, ["127.0.1.%d" % n for n in (1, 2, 3)]),
    "127.0.0.11": lambda question: hostile.reply(bytes([question[0] ^ 1]) + question[1:], ["127.0.0.1"]),
}
case("names: no answer ever", NOT_REACHED, manner(good), 0, "127.0.0.2")
case("names: no such name", REFUSED, manner(good), 0, "127.0.0.3")
case("names: failure", REFUSED, manner(good), 0, "127.0.0.4")
case("names: an address of ours, and another's certificate", REFUSED, manner(good, "wrong_name"), 0, "127.0.0.5")
case("names: an address of ours, and our own certificate", REFUSED, manner(good), 0, "127.0.0.5")
case("names: a private address that leads nowhere", REFUSED, manner(good), 0, "127.0.0.6")
case("names: cut short, and silent by TCP", NOT_REACHED, manner(good), 0, "127.0.0.7")
case("names: garbage", None, manner(good), 0, "127.0.0.8")
case("names: no address", REFUSED, manner(good), 0, "127.0.0.9")
case("names: three addresses where nobody listens", REFUSED, manner(good), 0, "127.0.0.10")
case("names: the answer to another question", NOT_REACHED, manner(good), 0, "127.0.0.11")
case("names: the right one", TAKEN, manner(good, "named"), 1, "127.0.0.5")


# --- a cell ------------------------------------------------------------------------------------------------------------------------------------

class Cell:
    """A copy of a world's settings and state, in a mount namespace of its own: logins at once, each with fresh records and its own log."""

    def __init__(self, name, daemon, names=None):
        self.folder, self.daemon = os.path.join(FOLDER, re.sub(r"\W+", "-", name)), None
        os.makedirs(self.folder + "/run", 0o755)
        for part, whole in (("conf", lab.CONF), ("state", lab.STATE)):
            lab.run("cp", "-a", whole, os.path.join(self.folder, part), check_rc=0)
        self.lines = []
        self.log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.log.bind(self.folder + "/log")
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        mounts = [("run", "/run/sms-otp"), ("conf", lab.CONF), ("state", lab.STATE), ("log", "/dev/log")]
        if names:
            with open(self.folder + "/resolv.conf", "w") as f:
                f.write("nameserver %s\n" % names)
            mounts.append(("resolv.conf", "/etc/resolv.conf"))
        script = "".join("mount --bind %s/%s %s && " % (self.folder, here, there) for here, there in mounts)
        self.keeper = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sh", "-c", script + "echo there && read x"],
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/")
        equal(self.keeper.stdout.readline(), b"there\n", "the mounts of a cell")
        if daemon:
            self.daemon = self.popen(lab.ENGINE, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={})
            wait_for("the engine's socket", lambda: os.path.exists(self.folder + "/run/socket"))

    def _listen(self):
        while True:
            raw = self.log.recv(65536)
            if raw == b"end":
                return
            self.lines += raw.decode("utf-8", "replace").rstrip("\0\n").split("\n")

    def popen(self, *command, **more):
        return subprocess.Popen(["nsenter", "--target", str(self.keeper.pid), "--mount", "--root", "--wd", "--", *command], **more)

    def settings(self, routes, **more):
        blocks = "".join('%s = { use = "dexatel"; from = "ACME"; key_file = "dexatel.key"; base_url = "https://%s"; ca_file = "ca.pem"; };\n' % r
                         for r in routes)
        given = dict(deadline=DEADLINE, numbers='{ prefixes = [ "+49" ]; }', **more)
        with open(self.folder + "/conf/sms-otp.conf", "w") as f:
            f.write("routes = [ %s ];\nproviders = {\n%s};\n" % (", ".join('"%s"' % name for name, _ in routes), blocks))
            f.write("".join("%s = %s;\n" % item for item in given.items()))

    def logged(self):
        """All lines, after the last login's audit line."""
        wait_for("the audit line in %s" % self.folder, lambda: any("login verdict=" in line for line in list(self.lines)))
        return list(self.lines)

    def sends(self):
        """What the record has charged."""
        shown = self.popen(lab.CLI, "show", "alice", "--json", stdout=subprocess.PIPE, text=True)
        purses = json.loads(shown.communicate(timeout=20)[0])["purses"]
        return sum(max((gauge["used"] for gauge in purse["sends"]), default=0) for purse in purses)

    def end(self):
        if self.daemon:
            self.daemon.terminate()
            self.daemon.wait(10)
        self.keeper.stdin.close()
        self.keeper.wait(10)
        self.keeper.stdout.close()
        self.log.sendto(b"end", self.folder + "/log")
        self.listener.join(10)
        self.log.close()
        shutil.rmtree(self.folder)


class Login:
    """A plain PAM host in a cell, at which somebody types."""

    def __init__(self, cell):
        self.host = cell.popen(HOST, "-c", "/etc/pam.d", "-s", "sshd", "-u", "alice", "-r", "192.0.2.7", "-t", "ssh", "--", "stdin", "stdin",
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.seen = b""

    def until(self, pattern, seconds):
        """Read up to a line; the match."""
        end = time.monotonic() + seconds
        while True:
            found = re.search(pattern, self.seen.decode("utf-8", "replace"))
            if found:
                return found
            ready, _, _ = select.select([self.host.stdout], [], [], max(0, end - time.monotonic()))
            part = os.read(self.host.stdout.fileno(), 65536) if ready else b""
            check(part, "wanted /%s/ within %d s, saw %r" % (pattern, seconds, self.seen))
            self.seen += part

    def type(self, text):
        self.host.stdin.write(text.encode() + b"\n")
        self.host.stdin.flush()

    def end(self):
        """The conversation's end; PAM's code."""
        self.host.stdin.close()
        code = int(self.until(r"(?m)^rc=(\d+)$", 10).group(1))
        self.host.wait(10)
        self.host.stdout.close()
        return code


# --- a login in a case ---------------------------------------------------------------------------------------------------------------------------

FIRST = (r"(?m)^say=on:Code sent to \.\.\.12(?P<maybe>, it may take a minute)? \(ref (?P<ref>\w{4})\)|"
         r"^say=error:(?P<outage>No SMS sent: no provider answered)|^say=error:(?P<number>No SMS sent: your number is refused)")


def word_of(found):
    for word in ("outage", "number", "maybe"):
        if found.group(word):
            return {"outage": "error"}.get(word, word)
    return "sent"


def codes_in(texts):
    return {lab.Sms(lab.Sms.FORM.search(text)).code for text in texts}


class Torture:
    """One case, alone or with an honest route behind it."""

    def __init__(self, one, both, contexts, daemon=False):
        self.one, self.both = one, both
        self.title = "%s, %s%s" % (one.name, "and an honest route" if both else "alone", ", daemon" if daemon else "")
        self.server = one.server(contexts)
        self.honest = hostile.Provider(good, contexts["good"])
        self.cell = Cell(self.title, daemon, one.names)
        at = "%s:%d" % (NAME if one.names else "127.0.0.1", self.server.port if self.server else 1)
        routes = [("tortured", at)] + ([("honest", "127.0.0.1:%d" % self.honest.port)] if both else [])
        self.cell.settings(routes, hedge_after=NEVER if one.kind and not one.kind.late else HEDGE)

    def run(self):
        try:
            login = Login(self.cell)
            try:
                self.through(login)
            finally:
                if login.host.poll() is None:
                    login.host.kill()
                    login.host.wait()
            self.quiet()
        finally:
            self.cell.end()
            self.honest.end()
            if self.server:
                self.server.end()

    def asked(self):
        return self.server.texts() if self.server else []

    def through(self, login):
        login.until("say=off:Password: ", 10)
        start = time.monotonic()
        login.type(lab.PASSWORD)
        found = login.until(FIRST, 15)
        took = time.monotonic() - start
        charged = self.cell.sends()
        texts = self.asked() + self.honest.texts()
        self.judge(word_of(found), took, charged)
        codes = codes_in(texts)
        check(len(codes) <= 1, "two codes were sent")
        if word_of(found) in ("error", "number"):
            equal(login.end(), {"error": AUTHINFO_UNAVAIL, "number": PERM_DENIED}[word_of(found)], "PAM's code")
        elif codes:
            login.type(codes.pop())
            equal(login.end(), 0, "PAM's code after the right code")
        else:
            equal(login.end(), CONV_ERR, "PAM's code without an answer")

    def judge(self, word, took, charged):
        check(took < DEADLINE + ROOM, "it took %.1f s" % took)
        asked, honest = len(self.server.requests) if self.server else 0, len(self.honest.requests)
        check(asked <= 1 and honest <= 1, "%d and %d requests" % (asked, honest))
        equal(asked, self.one.asked, "requests at the tortured one")
        check(not self.server or self.server.connections <= 1, "it was called again")
        kind = self.one.kind
        if not kind:  # what it is depends on a library's version: only that it ends well
            check(charged >= (1 if word in ("sent", "maybe") else 0), "%d charges for %r" % (charged, word))
            check(not self.both or word == "sent", "it ended in %r" % word)
            return
        if not kind.late:
            check(took < DEADLINE - ROOM, "it is known at once, and took %.1f s" % took)
        if not self.both:
            equal((word, charged), (kind.alone, kind.charge), "what was said, and charged")
            return
        equal((word, charged), ("number" if kind == NUMBER else "sent", kind.both), "what was said, and charged")
        equal(honest, 0 if kind in (NUMBER, TAKEN) else 1, "requests at the honest one")

    def quiet(self):
        """G1, and the audit line."""
        lines = self.cell.logged()
        audit = [line for line in lines if "login verdict=" in line]
        equal(len(audit), 1, "audit lines in %r" % lines)
        if self.one.kind:
            told = int(re.search(r" sends=(\d+)", audit[0]).group(1))
            equal(told, self.one.kind.both if self.both else self.one.kind.charge, "sends in the audit line")
        said = "\n".join(lines)
        notes = "".join(re.findall(r"route (?:tortured|honest): .*", said))  # without times and numbers of processes
        for secret in codes_in(self.asked() + self.honest.texts()) | {lab.NUMBERS["alice"][1:], lab.Provider.KEY}:
            check(secret not in said, "G1: %r in the log: %r" % (secret, lines))
            check(not re.search(r"\W?".join(map(re.escape, secret)), notes), "G1: %r in the log, in parts: %r" % (secret, lines))


_names = []


def answer_names():
    """Start the name servers; the file that says whom to ask."""
    if not _names:
        _names.extend(hostile.Names(address, answer) for address, answer in SERVERS.items())
    if os.path.islink("/etc/resolv.conf"):
        os.remove("/etc/resolv.conf")
    return open("/etc/resolv.conf", "w")


def prepare():
    """Certificates and contexts, the CA among the settings, and the name servers."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    provider.make_certificates(FOLDER)
    provider.make_leaf(FOLDER, "ca", "named", "DNS:" + NAME)
    provider.make_ca(FOLDER, "self_signed")
    contexts = {name: hostile.context(FOLDER, name) for name in ("good", "expired", "wrong_name", "untrusted", "self_signed", "named")}
    contexts["old_tls"] = hostile.context(FOLDER, "good", ssl.TLSVersion.TLSv1_1)
    os.makedirs(lab.CONF, exist_ok=True)
    shutil.copy(FOLDER + "/ca.pem", lab.CONF + "/ca.pem")
    os.chmod(lab.CONF + "/ca.pem", 0o644)
    with open(lab.CONF + "/dexatel.key", "w") as f:
        f.write(lab.Provider.KEY + "\n")
    os.chmod(lab.CONF + "/dexatel.key", 0o600)
    os.makedirs("/run/sms-otp", 0o755, exist_ok=True)
    answer_names().close()  # something to mount a cell's own over
    return contexts


def all_of(cases, contexts, **more):
    """Each alone and with an honest route, many at once; fails with all that went wrong."""
    def one(both, this):
        title = "%s%s" % (this.name, ", and an honest route" if both else "")
        try:
            Torture(this, both, contexts, **more).run()
        except lab.Failed as failure:
            return "%s: %s" % (title, failure)
        except Exception:  # whatever it is, it is this case's
            return "%s: %s" % (title, traceback.format_exc())
        return None
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        under_way = [pool.submit(one, both, this) for this in cases for both in (False, True)]
    wrong = [each.result() for each in under_way if each.result()]
    lab._note("%d logins" % len(under_way))
    check(not wrong, "\n".join(wrong))


@lab.test("every torture, alone and with an honest route behind: in time, asked once, rightly charged, no code in a log",
          engines=("one-shot",), sshd=False)
def tortures(world):
    all_of(CASES, prepare())


BY_DAEMON = ("accepts and hangs", "reads the request and hangs", "reads the request and resets", "certificate: expired", "garbage",
             "a body of 1 byte a second", "endless headers", "HTTP 502 Bad Gateway", "HTTP 503 Service Unavailable", "names: no answer ever",
             "the code as an error's code, 503")


@lab.test("some of them with a daemon", engines=("one-shot",), sshd=False)  # each has a daemon of its own
def daemons(world):
    chosen = [one for one in CASES if one.name in BY_DAEMON]
    equal(len(chosen), len(BY_DAEMON), "cases")
    all_of(chosen, prepare(), daemon=True)


@lab.test("through sshd: a name server that never answers, alone and with an honest route behind", engines=BOTH, provider={},
          routes=("dexatel",), deadline="%d" % DEADLINE, hedge_after="%d" % HEDGE)
def through_sshd(world):
    with answer_names() as f:
        f.write("nameserver 127.0.0.2\n")
    # two names: that the first has failed is remembered
    world.blocks += "".join(world.provider.block(name, 443).replace("127.0.0.1", NAME) for name in ("one", "two"))
    for routes, words in ((("one",), r"No SMS sent: no provider answered"), (("two", "dexatel"), lab.SENT)):
        world.settings(routes=routes)
        ssh = world.ssh()
        ssh.expect(r"Password: ")
        start = time.monotonic()
        ssh.send(lab.PASSWORD)
        ssh.expect(words)
        took = time.monotonic() - start
        if len(routes) == 1:
            ssh.is_refused()
            # sshd keeps a refusal back, for up to as long as it has taken
            took = int(world.audit("reason=outage")["ms"]) / 1000
        check(took < DEADLINE + ROOM, "it took %.1f s" % took)
    ssh.send(world.provider.sms(1)[0].code)
    ssh.gets_in()


# --- every byte, without an engine ------------------------------------------------------------------------------------------------------------------

def sent_by_sender(server, **more):
    given = dict(ca=FOLDER + "/ca.pem")
    given.update(more)
    base = "%s://127.0.0.1:%d" % ("https" if server.context else "http", server.port)
    receipt = orders.send("dexatel", {"from": "ACME", "key": lab.Provider.KEY, "base_url": base}, **given)
    server.end()
    check(receipt.seconds < 2, "it took %.1f s" % receipt.seconds)
    check(server.connections == 1 and len(server.requests) <= 1, "%d connections, %d requests" % (server.connections, len(server.requests)))
    return receipt


def every(count, one, step=1):
    """one(n) for all n below count; fails with all that went wrong."""
    def safe(n):
        try:
            return one(n)
        except lab.Failed as failure:
            return "%d: %s" % (n, failure)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        wrong = [said for said in pool.map(safe, range(0, count, step)) if said]
    lab._note("%d senders" % len(range(0, count, step)))
    check(not wrong, "\n".join(wrong[:20]))


def cut_everywhere(secure, end, step=1):
    """A good provider that stops after n bytes of all that it has to say."""
    def serve(line, n=None):
        line.left, line.cut = n, lambda: end(line)
        if n == 0:
            end(line)
        good(line)

    def one(n):
        server = hostile.Provider(lambda line: serve(line, n), secure)
        outcome = sent_by_sender(server).outcome
        line = server.line
        if line.secured:
            wanted = {orders.UNKNOWN} if line.cut_within and not line.answered else {orders.UNKNOWN, orders.ACCEPTED}
            equal(len(server.requests), 1, "requests after %d bytes" % n)
        else:
            # all of the handshake may have come
            wanted = {orders.TEMPORARY} if line.cut_within or n == 0 else {orders.TEMPORARY, orders.UNKNOWN}
            equal(len(server.requests), 0, "requests after %d bytes" % n)
        check(outcome in wanted, "outcome %d after %d bytes, secured: %s" % (outcome, n, line.secured))
    server = hostile.Provider(serve, secure)
    equal(sent_by_sender(server).outcome, orders.ACCEPTED, "the outcome of a good one")
    # a signature differs in length by a few bytes
    every(server.line.sent + 3, one, step)


@lab.plain("E9: reset after every byte of TLS 1.3 and its answer: before the last of the handshake nothing was sent, afterwards it is unknown")
def every_byte():
    prepare()
    cut_everywhere(hostile.context(FOLDER, "good", ssl.TLSVersion.TLSv1_3), hostile.Line.reset)


@lab.plain("E9: likewise with TLS 1.2, and with connections that are closed")
def some_bytes():
    prepare()
    cut_everywhere(hostile.context(FOLDER, "good", ssl.TLSVersion.TLSv1_2), hostile.Line.reset, 7)
    cut_everywhere(hostile.context(FOLDER, "good"), hostile.Line.close, 7)


CHUNKED = (b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n" + TAKEN_BODY[:9] + b"\r\ne\r\n" + TAKEN_BODY[9:] +
           b"\r\n0\r\n\r\n")
ANSWERS = (  # an answer, what a part of it may be taken for, and what the whole is
    (ACCEPTED, {orders.UNKNOWN}, orders.ACCEPTED),
    (b"HTTP/1.1 201 Created\r\n\r\n" + TAKEN_BODY, {orders.UNKNOWN}, orders.ACCEPTED),
    (CHUNKED, {orders.UNKNOWN}, orders.ACCEPTED),
    (http(b"503 Service Unavailable", error(1429)), {orders.UNKNOWN, orders.TEMPORARY}, orders.TEMPORARY),
    (http(b"400 Bad Request", error(1523)), {orders.UNKNOWN, orders.REQUEST, orders.RECIPIENT}, orders.RECIPIENT),
)


@lab.plain("E6, E9: an answer that ends after each of its bytes, by a reset or an end, is an acceptance only when all of it was said")
def every_byte_of_answers():
    prepare()
    for answer, part, whole in ANSWERS:
        said = answer.rindex(b"}") + 1  # what may follow is the end of chunks
        for end in (hostile.Line.close, hostile.Line.reset):
            def one(n):
                server = hostile.Provider(lambda line: (line.request(), line.say(answer[:n]), end(line)))
                outcome = sent_by_sender(server, loopback_http=1).outcome
                wanted = part if n < said else part | {whole}
                if n == len(answer) and end is hostile.Line.close:
                    wanted = {whole}
                check(outcome in wanted, "outcome %d after %d bytes of %r, %s" % (outcome, n, answer, end.__name__))
            every(len(answer) + 1, one, 1 if end is hostile.Line.close else 5)


lab.enter()
lab.main(__doc__)
