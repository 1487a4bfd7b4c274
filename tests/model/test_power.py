#!/usr/bin/python3
"""Goal: the power goes at any moment, and nothing that anybody was told is lost (F2, B1, A3, G5). The real engine and the real
command are recorded over whole logins, and then cut at every entry in every way: tests/model/README.md.

SMSOTP_POWER: options for the model, as "--whole 12 --torn 10 --random 20"."""

import os
import re
import socket
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), name) for name in ("integration", "module")]
import factors  # noqa: E402
import lab  # noqa: E402
import treaty  # noqa: E402
from lab import check, equal  # noqa: E402

ROOT, LOG = lab.STATE, "/tmp/power.recording"  # not a log: the bytes of the enrolments are in it
BUILD = os.environ.get("TOP_BUILDDIR", "")
FOLDER, SYNC, MARK = 5, 3, 10  # stream.h
WRONG, RIGHT = "wrong", "right"


class Log:
    """The recording: marks of our own, and the environment that makes a program part of it."""

    def __init__(self):
        open(LOG, "wb").close()
        self.root = os.stat(ROOT).st_ino
        for name in ("users", "state"):
            self._entry(FOLDER, name.encode(), ino=os.stat(ROOT + "/" + name).st_ino)
        self._entry(SYNC, ino=self.root)

    def _entry(self, kind, name=b"", data=b"", ino=0):
        with open(LOG, "ab") as f:
            f.write(struct.pack("=IIQQqIIII", kind, 0, self.root, ino, 0, len(name), 0, len(data), 0) + name + data)

    def mark(self, *words):
        self._entry(MARK, data=" ".join(map(str, words)).encode())

    def env(self, die=None):
        e = {"LD_PRELOAD": BUILD + "/tests/model/.libs/recorder.so", "RECORD_LOG": LOG, "RECORD_ROOT": ROOT, "PATH": "/usr/bin:/bin"}
        if die:
            e["RECORD_DIE"] = die
        return e


class Login:
    """One login by an engine of its own, and the shim's side of it."""

    def __init__(self, log, user, rhost="192.0.2.1", die=None):
        self.log = log
        self.end, theirs = socket.socketpair()
        self.engine = subprocess.Popen([lab.ENGINE, "--one-shot"], stdin=theirs, env=log.env(die), cwd="/")
        theirs.close()
        self.end.settimeout(20)
        self.seen = 0
        log.mark("login", self.engine.pid, user, rhost)
        body = b"".join(treaty.text(t) for t in (user, "sshd", rhost, "ssh", "", "", "", "")) + struct.pack(">I", 1)
        self.end.sendall(treaty.frame(treaty.LOGIN, body))

    def hear(self):
        """("ask", text), ("verdict", kind, reason), or ("gone",)."""
        while True:
            try:
                kind, body = treaty.read_frame(self.end)
            except EOFError:
                self.engine.wait(20)
                return ("gone",)
            if kind == treaty.ASK:
                body.take(1)
                return ("ask", body.text())
            if kind == treaty.VERDICT:
                verdict = struct.unpack(">II", body.take(8))
                self.engine.wait(20)
                return ("verdict",) + verdict

    def code(self):
        with open(lab.STATE + "/outbox/messages", errors="replace") as f:
            code = re.findall(r"(\d{6}) is your code", f.read())[-1]
        self.log.mark("code", self.engine.pid, code)
        return code

    def say(self, kind, text, value="-"):
        self.log.mark("answer", self.engine.pid, kind, value)
        self.end.sendall(treaty.frame(treaty.ANSWER, bytes([1]) + treaty.text(text)))
        return self.hear()

    def wrong(self, code, k=1):
        return self.say(WRONG, "%06d" % ((int(code) + k) % 1000000))

    def right(self, code):
        heard = self.say(RIGHT, code)
        equal(heard[:2], ("verdict", treaty.ACCEPT), "what came of the right code")

    def hang_up(self):
        self.end.close()
        self.engine.wait(20)


def asked(log, user, **more):
    login = Login(log, user, **more)
    heard = login.hear()
    equal(heard[0], "ask", "what came first: %r; it" % (heard,))
    return login, login.code()


class Told:
    """A command, with a mark before it and one after it."""

    def __init__(self, log):
        self.log = log

    def run(self, command, user, value, *arguments, die=None):
        self.log.mark("start", command, user, value)
        done = subprocess.run((lab.CLI,) + arguments, env=self.log.env(die), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding="utf-8", timeout=60)
        if die:
            equal(done.returncode, -9, "the end of a command that was to be killed")
            return done.stdout
        equal(done.returncode, 0, "%s said %r; status" % (arguments, done.stdout))
        if command != "recovery":
            self.log.mark("done", command, user, value)
        return done.stdout

    def enroll(self, user, number):
        self.run("enroll", user, number, "enroll", user, number, "--unverified")

    def number(self, user, number, die=None):
        self.run("number", user, number, "set-number", user, number, "--unverified", die=die)

    def recovery(self, user):
        codes = re.findall(r"(?m)^(%s)$" % factors.CODE, self.run("recovery", user, "-", "recovery-codes", user))
        for code in codes:
            self.log.mark("done", "recovery", user, code)
        equal(len(codes), 10, "recovery codes")
        return codes

    def app(self, world, user):
        client = lab.Terminal(lab.CLI, ["app", user], env=dict(os.environ, **self.log.env()))
        world.clients.append(client)
        self.log.mark("start", "app", user)
        import base64
        key = base64.b32decode(client.expect(r"secret=([A-Z2-7]{32})&").group(1))
        client.expect("Code that the app shows now: ")
        code = factors.totp(key)
        client.send(code)
        equal(client.status(), 0, "the status of sms-otp app")
        self.log.mark("done", "app", user)
        return key, code


# --- whole logins -----------------------------------------------------------------------------------------------------

def by_sms(log, told):
    login, code = asked(log, "alice")
    login.right(code)
    login, code = asked(log, "alice")
    login.wrong(code)
    login.right(code)
    login, code = asked(log, "alice", rhost="198.51.100.7")
    for k in (1, 2, 3):
        heard = login.wrong(code, k)
    equal(heard[0], "verdict", "what came of three wrong codes")
    login, code = asked(log, "alice")
    login.hang_up()
    told.number("alice", "+4915112345699")
    for _ in (1, 2):  # the second from a known place again: its waits are over with it
        login, code = asked(log, "alice")
        login.right(code)


def at_once(log):
    """Two of one user, and one of another, turn by turn."""
    one, first = asked(log, "alice")
    two, second = asked(log, "alice")
    three, third = asked(log, "bob")
    one.wrong(first)
    two.wrong(second)
    three.wrong(third)
    two.right(second)
    one.right(first)
    three.right(third)


def without_sms(world, log, told):
    import time
    codes = told.recovery("bob")
    login, _ = asked(log, "bob")
    login.say(WRONG, "0000-0000-0000-0000")
    heard = login.say("recovery", codes[0], codes[0])
    equal(heard[:2], ("verdict", treaty.ACCEPT), "what came of a recovery code")
    key, used = told.app(world, "bob")
    code = factors.fresh(key, [used])
    step = int(time.time()) // 30 + (code == factors.totp(key, 1))
    login, _ = asked(log, "bob")
    heard = login.say("app", code, step)
    equal(heard[:2], ("verdict", treaty.ACCEPT), "what came of the app's code")


def locked(log, told):
    """Five failures are the most; from a place where nobody has logged in before."""
    for tries in (3, 2):
        login, code = asked(log, "carol", rhost="203.0.113.9")
        for k in range(tries):
            heard = login.wrong(code, k + 1)
    equal(heard[2], treaty.REASONS["locked"], "the reason of the fifth failure")
    login = Login(log, "carol", rhost="203.0.113.9")
    equal(login.hear()[2], treaty.REASONS["locked"], "the reason while it is locked")
    told.run("unlock", "carol", "-", "unlock", "carol")
    login, code = asked(log, "carol", rhost="203.0.113.9")
    login.right(code)


def killed(log, told):
    """Engines that die at a write or a sync, with a login behind each that goes well. A change of the number gives back the places
    that they held."""
    fates = [what + ":%d" % at for what in ("write", "sync") for at in range(1, 7)]
    for k, die in enumerate(fates):
        if k % 3 == 0:
            told.number("carol", "+4366412345%d" % (80 + k))
            told.run("unlock", "carol", "-", "unlock", "carol")
            login, code = asked(log, "carol", rhost="203.0.113.9")
            login.right(code)
        login = Login(log, "carol", rhost="203.0.113.9", die=die)
        if login.hear()[0] == "ask":
            code = login.code()
            if login.wrong(code)[0] == "ask":
                login.say(RIGHT, code)
        login.hang_up()
        login, code = asked(log, "carol", rhost="203.0.113.9")
        login.right(code)


def forgotten(log, told):
    """Behind a command that was killed with the new number in a file of its own; and back again."""
    told.number("carol", "+436641234599", die="move:1")
    told.run("forget", "carol", "-", "forget", "carol", "--yes")
    told.enroll("carol", "+436641234577")
    login, code = asked(log, "carol")
    login.right(code)
    told.run("forget", "bob", "-", "forget", "bob", "--yes")


@lab.test("F2: every cut through whole logins, and no violation", sshd=False, enrolled=(), engine="one-shot",
          lockout="{ failures = 5; }", budget='{ user = "90/1h 90/1d"; address = "90/1h"; number = "90/1h"; all = "200/1h 200/1d"; prefix = "200/1h 200/1d"; }')
def cuts(world):
    lab.run("sh", "-c", "mount -t tmpfs -o mode=755 tmpfs {0} && mkdir -m 700 {0}/users {0}/state {0}/outbox && "
            "mount -t tmpfs -o mode=700 tmpfs {0}/outbox".format(ROOT), check_rc=0)
    log = Log()
    told = Told(log)
    told.enroll("alice", lab.NUMBERS["alice"])
    told.enroll("bob", lab.NUMBERS["bob"])
    by_sms(log, told)
    at_once(log)
    without_sms(world, log, told)
    told.enroll("carol", lab.NUMBERS["carol"])
    locked(log, told)
    killed(log, told)
    forgotten(log, told)
    judge()


def judge():
    real = "/tmp/power.real"
    lab.run("sh", "-c", "mkdir {1} && cp -a {0}/users {0}/state {1}/".format(ROOT, real), check_rc=0)
    done = lab.run(BUILD + "/tests/model/power", *os.environ.get("SMSOTP_POWER", "").split(), LOG, real, timeout=3600)
    lab._note(done.stdout)
    check(done.returncode in (0, 1), "the model ended with %d" % done.returncode)
    found = dict(re.findall(r"(\w+)=(\S+)", done.stdout.splitlines()[-1]))
    equal(found.get("real"), "yes", "whether the log is all that was done")
    check(int(found["images"]) >= 10000, "only %s images" % found["images"])
    equal(found["violations"], "0", "violations")
    equal(done.returncode, 0, "the model's status")


lab.enter(3600, ("SMSOTP_POWER",))
lab.main(__doc__)
