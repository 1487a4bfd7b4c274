#!/usr/bin/python3
"""Goal: what ./try shows is what the README says: password, SMS, a wrong code refused, the right one accepted; without the
build, which the test suite has done; once answering by itself, and once with somebody at a terminal."""

import os
import subprocess

import lab
from lab import check, equal, matches

COMMAND = ["/usr/bin/python3", os.path.join(lab.HERE, "show_login.py")]


@lab.plain("./try --auto")
def by_itself():
    done = subprocess.run(COMMAND + ["--auto"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", timeout=110)
    lab._note(done.stdout)
    equal(done.returncode, 0, "status")
    order = [r"Password: ", r"\d{6} is your code for", r"Code sent to \.\.\.\d\d \(ref", r"Wrong code", r"accepted|logged in|let in"]
    at = 0
    for pattern in order:
        found = matches(pattern, done.stdout[at:], "the transcript")
        at += found.end()
    matches(r"(?i)worked", done.stdout.rstrip().splitlines()[-1], "the last line")


@lab.plain("./try with a person who types the code")
def by_hand():
    terminal = lab.Terminal(COMMAND[0], COMMAND[1:], timeout=60)
    password = terminal.expect(r"[Pp]assword to type[^:]*: +(\S+)").group(1)
    terminal.expect(r"Password: ")
    terminal.send(password)
    code = terminal.expect(r"(\d{6}) is your code").group(1)
    terminal.expect(r"Code sent to [^:]+: ")
    terminal.send(code)
    equal(terminal.status(), 0, "status; it said %r; status" % terminal.seen()[-600:])
    matches(r"(?i)worked", terminal.seen().rstrip().splitlines()[-1], "the last line")


@lab.plain("./try with a person who fails: the last line and the status say so")
def by_hand_wrong():
    terminal = lab.Terminal(COMMAND[0], COMMAND[1:], timeout=60)
    password = terminal.expect(r"[Pp]assword to type[^:]*: +(\S+)").group(1)
    terminal.expect(r"Password: ")
    terminal.send(password)
    code = terminal.expect(r"(\d{6}) is your code").group(1)
    for k in (1, 2, 3):
        terminal.expect(r"Code[^:]*: $")
        terminal.send("%06d" % ((int(code) + k) % 1000000))
    equal(terminal.status(), 1, "status")
    matches(r"(?i)did not|not work|refused", terminal.seen().rstrip().splitlines()[-1], "the last line")


@lab.plain("./try refuses arguments that it does not know")
def arguments():
    done = subprocess.run([os.path.join(lab.TOP, "try"), "--nonsense"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding="utf-8")
    equal(done.returncode, 2, "status")
    check("usage" in done.stdout, "no usage")


lab.main(__doc__)
