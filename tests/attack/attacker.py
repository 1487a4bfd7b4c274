#!/usr/bin/python3
"""attacker: an ordinary user who knows passwords and no codes, and runs su and sudo under every hardship that he can think of (D6, D7).

    attacker.py SEED FIRST COUNT WORKERS TARGET...

Run k is the same for the same SEED, whatever else is run: how it is prepared, what is typed, which signals come and when. One line of JSON a
run tells what was done and seen. `breach` in it is what nobody may be able to do.

Never: sees a message, or anything else that root has.
"""

import errno
import fcntl
import json
import os
import pty
import random
import re
import select
import signal
import socket
import struct
import sys
import termios
import time

import hardship

PASSWORD = "Correct-Horse-7"
GOT_IN = b"I-AM"
WRONG = re.compile(rb"Wrong code, \d")
PROMPT = re.compile(rb"(Code sent to|Code for ref|Next SMS in|That is not a code|has expired|Enter for)[^\r\n]*: ?$")
STARTED = [signal.SIGSTOP, signal.SIGCONT, signal.SIGCONT, signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGTSTP, signal.SIGHUP, signal.SIGALRM,
           signal.SIGXFSZ, signal.SIGXCPU, signal.SIGPIPE, signal.SIGQUIT, signal.SIGUSR1, signal.SIGCHLD, signal.SIGSEGV, signal.SIGWINCH, signal.SIGIO]
KEYS = ["\x03", "\x1a", "\x1c", "\x13", "\x11", "\x04", "\x15"]  # what the terminal makes a signal, or the end, of
ENDURANCE_S = 8


# --- a run, chosen beforehand ---------------------------------------------------------------------------------------------------

def guess(rng):
    return rng.choice(["%06d" % rng.randrange(10**6)] * 5 + ["", "r", "v", "b", "1", "\u0661\u0662\u0663\u0664\u0665\u0666", "0" * 511, "0" * 600,
                      "9" * 4097, PASSWORD, "%s%s%n", "\x01\x02", "000000\x00000", "\xff" * 20, "alice"])


def choose(seed, number, targets):
    rng = random.Random("%s:%d" % (seed, number))
    tool = rng.choice(("su", "su", "sudo"))
    target = rng.choice(targets)
    plan = {
        "run": number, "tool": tool, "target": target, "hardship": hardship.choose(rng), "terminal": rng.random() < 0.6,
        "password": PASSWORD if rng.random() < 0.96 else "Wrong-Horse-7", "patience": rng.uniform(0.2, 2.2), "guesses": [guess(rng) for _ in range(8)],
        "answers": rng.choice((0, 1, 2, 3, 4, 8)),
        # when and what: a signal to the tool, a key of the terminal, or the way that the terminal or pipe goes
        "blows": sorted([rng.uniform(0, 1.6), rng.choice(("signal", "signal", "key", "engine"))] for _ in range(rng.randint(0, 6))),
        "end": rng.choice(("kill", "kill", "hang-up", "stop-kill", "stop-hang-up", "close")),
        "blocked_output": rng.random() < 0.05, "blind": rng.random() < 0.1, "userns": rng.random() < 0.03,
    }
    # who has closed it sees no prompt
    plan["blind"] |= 2 in plan["hardship"].get("closed", []) or plan["blocked_output"]
    for blow in plan["blows"]:
        blow.append({"signal": rng.choice(STARTED), "key": rng.choice(KEYS), "engine": rng.randrange(6)}[blow[1]])
    return plan


def command(plan):
    if plan["tool"] == "su":
        argv = ["/usr/bin/su", plan["target"], "-c", "echo I-AM $(id -un)"]
    else:
        # sudoers has targetpw for us: PAM asks as it does in su
        argv = ["/usr/bin/sudo", "-k", "-S", "-u", plan["target"], "--", "/bin/sh", "-c", "echo I-AM $(id -un)"]
        if plan["terminal"]:
            argv.remove("-S")
    return ["/usr/bin/unshare", "-Ur", *argv] if plan["userns"] else argv


# --- starting it ------------------------------------------------------------------------------------------------------------------

def outputs(plan):
    """(what the tool reads, what it writes to, what we write to, what we read): the same terminal, or two pipes."""
    if plan["terminal"]:
        ours, theirs = pty.openpty()
        return theirs, theirs, ours, ours
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    if plan["blocked_output"]:
        os.set_blocking(theirs_out, False)
        try:
            while True:
                os.write(theirs_out, b"x" * 4096)
        except BlockingIOError:
            os.set_blocking(theirs_out, True)
    return theirs_in, theirs_out, ours_out, ours_in


def become(plan, theirs_in, theirs_out):
    """In the child."""
    os.setsid()
    if plan["terminal"]:
        fcntl.ioctl(theirs_in, termios.TIOCSCTTY, 0)
    for fd, to in ((theirs_in, 0), (theirs_out, 1), (theirs_out, 2)):
        os.dup2(fd, to)
    os.closerange(3, 100)
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    argv = command(plan)
    if "environment" in plan["hardship"]:
        environment = {k: v.encode("utf-8", "surrogateescape") for k, v in plan["hardship"]["environment"].items()}
    hardship.bear(plan["hardship"])
    try:
        os.execve(argv[0], argv, environment)
    except BaseException:
        os._exit(126)


def start(plan):
    theirs_in, theirs_out, ours_out, ours_in = outputs(plan)
    pid = os.fork()
    if pid == 0:
        try:
            become(plan, theirs_in, theirs_out)
        finally:
            os._exit(125)
    for fd in {theirs_in, theirs_out}:
        os.close(fd)
    return pid, ours_out, ours_in


# --- what must not be possible ------------------------------------------------------------------------------------------------------

def ours():
    """The engine's and the sender's processes: (pid, name)."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/comm" % pid) as f:
                name = f.read().strip()
        except OSError:
            continue
        if name in ("sms-otpd", "sms-otp-send"):
            yield int(pid), name


def opened(path, flags):
    fd = os.open(path, flags | os.O_NONBLOCK)
    os.read(fd, 1)
    os.close(fd)


def garbage():
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.settimeout(0.2)
        s.connect("/run/sms-otp/socket")
        s.sendall(struct.pack(">BBBBI", ord("T"), 1, 1, 0, 60) + b"\xff" * 60)
        s.recv(100)
    raise PermissionError  # it was heard, and that is allowed


def reached(pid):
    """Each of these is a right over another's process, or over what is root's."""
    yield "signal", lambda: os.kill(pid, signal.SIGSTOP)
    yield "limits", lambda: hardship.resource.prlimit(pid, hardship.resource.RLIMIT_FSIZE, (0, 0))
    yield "memory", lambda: opened("/proc/%d/mem" % pid, os.O_RDWR)
    yield "environment", lambda: opened("/proc/%d/environ" % pid, os.O_RDONLY)
    yield "descriptors", lambda: os.listdir("/proc/%d/fd" % pid)
    yield "priority", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19)
    yield "affinity", lambda: os.sched_setaffinity(pid, {0})
    yield "oom", lambda: open("/proc/%d/oom_score_adj" % pid, "w").close()
    yield "state", lambda: os.listdir("/var/lib/sms-otp/state")
    yield "outbox", lambda: opened("/var/lib/sms-otp/outbox/messages", os.O_RDONLY)
    yield "socket", lambda: os.unlink("/run/sms-otp/socket")
    yield "garbage", garbage


def blow_at_engine(which):
    """How much was tried, and what could be done to the engine, in words; [] is how it must be."""
    breaches, tried = [], 0
    for pid, name in list(ours())[:3]:
        for number, (what, attempt) in enumerate(reached(pid)):
            if number % 6 != which:
                continue
            tried += 1
            try:
                attempt()
            except OSError:
                continue
            breaches.append("%s of %s (%d)" % (what, name, pid))
    return tried, breaches


# --- a run ----------------------------------------------------------------------------------------------------------------------------

class Run:
    def __init__(self, plan):
        self.plan, self.seen, self.breach, self.denied, self.tried = plan, b"", [], 0, 0
        self.answered, self.began = 0, time.monotonic()
        self.pid, self.to, self.source = start(plan)
        self.status, self.mark, self.told = None, 0, False

    def age(self):
        return time.monotonic() - self.began

    def type(self, text):
        try:
            os.set_blocking(self.to, False)
            os.write(self.to, text.encode("utf-8", "surrogateescape"))
        except OSError:
            pass

    def kill(self, sig):
        try:
            os.kill(self.pid, sig)
        except PermissionError:
            self.denied += 1
        except ProcessLookupError:
            pass

    def strike(self, kind, what):
        if kind == "signal":
            self.kill(what)
        elif kind == "key" and self.plan["terminal"]:
            self.type(what)
        elif kind == "engine":
            tried, breaches = blow_at_engine(what)
            self.tried += tried
            self.breach += breaches

    def read(self, seconds):
        """False: there is no more."""
        try:
            if select.select([self.source], [], [], seconds)[0]:
                piece = os.read(self.source, 65536)
                self.seen += piece
                return bool(piece)
        except OSError as e:
            return e.errno == errno.EINTR
        return True

    def talk(self):
        """Answer what was asked since the last answer."""
        new = self.seen[self.mark:]
        if not self.told and (b"assword" in new or self.plan["blind"]):
            self.told, self.mark = True, len(self.seen)
            self.type(self.plan["password"] + "\n")
        elif self.told and (PROMPT.search(new) or self.plan["blind"] and self.age() > 0.3) and self.answered < self.plan["answers"]:
            self.mark = len(self.seen)
            self.type(self.plan["guesses"][self.answered % 8] + "\n")
            self.answered += 1

    def over(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.status = status if pid else None
        return self.status is not None

    def go(self):
        blows, more = list(self.plan["blows"]), True
        while not self.over() and self.age() < self.plan["patience"] + 0.8:
            while blows and blows[0][0] < self.age():
                self.strike(*blows.pop(0)[1:])
            more = more and self.read(0.03)
            if not more:
                time.sleep(0.03)
            self.talk()
        self.finish()
        return self.report()

    def finish(self):
        end = self.plan["end"]
        if "stop" in end:
            self.kill(signal.SIGSTOP)
        if "kill" in end:
            self.kill(signal.SIGKILL)
        if "hang-up" in end or end == "close":
            self.shut()
        # sudo is root's by now and no signal of ours reaches it: then the terminal or the pipe goes
        limit = time.monotonic() + 0.3
        while not self.over() and time.monotonic() < limit:
            self.read(0.02) if self.source >= 0 else time.sleep(0.02)
        self.shut()
        self.kill(signal.SIGKILL)
        limit = time.monotonic() + ENDURANCE_S
        while not self.over() and time.monotonic() < limit:
            time.sleep(0.02)

    def shut(self):
        for fd in {self.to, self.source} - {-1}:
            os.close(fd)
        self.to = self.source = -1

    def report(self):
        plan = self.plan
        if GOT_IN in self.seen.replace(b"echo I-AM", b"") and not plan["userns"]:
            self.breach.append("it got in")
        return {"run": plan["run"], "tool": plan["tool"], "target": plan["target"], "hardship": hardship.words(plan["hardship"]), "end": plan["end"],
                "wrong": len(WRONG.findall(self.seen)), "code": b"Code sent to" in self.seen, "answers": self.answered, "denied": self.denied, "tried": self.tried,
                "status": self.status, "breach": self.breach, "said": self.seen[-160:].decode("utf-8", "replace")}


def work(seed, numbers, targets):
    for number in numbers:
        print(json.dumps(Run(choose(seed, number, targets)).go()), flush=True)


def main(seed, first, count, workers, *targets):
    # children of children would be ours otherwise; and we see each end
    children = []
    for w in range(int(workers)):
        pid = os.fork()
        if pid == 0:
            work(seed, range(int(first) + w, int(first) + int(count), int(workers)), targets)
            os._exit(0)
        children.append(pid)
    failed = [pid for pid in children if os.waitpid(pid, 0)[1] != 0]
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
