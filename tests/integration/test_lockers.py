#!/usr/bin/python3
"""Goal: real screen lockers, which run PAM as the user they lock out and not as root, are served through the daemon: xscreensaver with two
prompts and a code by SMS, i3lock with password and code in its one field (A3, B7, D1, D3, E1, G1)."""

import re
import subprocess
import time

import lab
from display import ENV, Program, keyboard, screen, there
from factors import enroll_app, fresh, recovery_codes, wrong
from lab import PASSWORD, check, equal, matches, run, wait_for


class I3lock:
    """Its window is the display; the keyboard is its own."""

    def __init__(self, world):
        self.program = Program(world, "i3lock", "--nofork", "--color=223344")
        self.world = world
        wait_for("i3lock's window", lambda: there("search", "--name", "i3lock"))

    def unlocks(self, field):
        """True: it has ended. False: PAM has refused."""
        refused = len(self.refusals())
        keyboard("key", "Escape")
        keyboard("type", "--delay", "30", field)
        keyboard("key", "Return")
        wait_for("an answer of i3lock", lambda: not self.program.runs() or len(self.refusals()) > refused, 20)
        if not self.program.runs():
            equal(self.program.process.returncode, 0, "i3lock's status")
            return True
        time.sleep(2.5)  # it shows "wrong" for two seconds, and pam_unix takes its time
        return False

    def refusals(self):
        return self.world.syslog.grep(r"login verdict=deny|i3lock.*authentication failure")


def locker(goal, service, **more):
    return lab.test("%s: %s" % (service, goal), sshd=False, services=(service,), **more)


@locker("A3, E1: password and a code in its one field unlock, through the daemon and as the user; no SMS is sent", "i3lock")
def one_field(world):
    screen(world)
    key, proof, _ = enroll_app(world)
    codes = recovery_codes(world)
    lock = I3lock(world)
    for field in (PASSWORD, PASSWORD + wrong(key), "Wrong-Horse-7" + codes[0]):
        check(not lock.unlocks(field), "%r unlocks" % field)
    code = fresh(key, [proof])
    world.secrets.append(code)
    check(lock.unlocks(PASSWORD + code), "the right password and code do not unlock")
    line = world.audit("reason=accepted.* by=app")
    equal((line["service"], line["user"], line["sends"]), ("i3lock", "alice", "0"), "the audit line")
    lock = I3lock(world)
    check(not lock.unlocks(PASSWORD + code), "the same code unlocks twice")
    check(not lock.unlocks(PASSWORD + codes[0]), "a recovery code that is used up unlocks")
    check(lock.unlocks(PASSWORD + codes[1]), "a recovery code does not unlock")
    equal(world.sms(), [], "messages")


class Lower:
    """A password of alice's that needs no Shift, until the test ends: xscreensaver looks at the keys themselves, and loses that one at times."""
    text = "correct-horse-7"

    def __init__(self, world):
        world.secrets.append(self.text)
        run("chpasswd", "-c", "SHA512", text="alice:%s\n" % self.text, check_rc=0)
        world.clients.append(self)

    @staticmethod
    def end():
        run("chpasswd", "-c", "SHA512", text="alice:%s\n" % PASSWORD, check_rc=0)


class XScreenSaver:
    """Locked, and asking for the password in a dialog."""

    def __init__(self, world, patience="0:03:00"):
        self.world = world
        with open("/home/alice/.xscreensaver", "w") as f:
            # as the example says: its own 30 s are too few for an SMS
            f.write("mode: blank\nlock: True\nsplash: False\nfade: False\nunfade: False\npasswdTimeout: %s\n" % patience)
        Lower(world)
        self.program = Program(world, "xscreensaver", "-no-splash", "-verbose")
        self.wait("xscreensaver-auth exited normally")
        subprocess.run(["xscreensaver-command", "-lock"], env=ENV, user="alice", group="alice", extra_groups=[], check=True,
                       stdout=subprocess.DEVNULL, timeout=30)
        self.wait("GFX|blanking")
        self.asked = 0

    def wait(self, pattern, seconds=20):
        return wait_for("%r of xscreensaver" % pattern, lambda: re.search(pattern, self.program.seen()), seconds)

    def prompts(self):
        return re.findall(r'pam_conversation \((ECHO_\w+)="([^"]*)"', self.program.seen())

    def prompt(self, pattern, seconds=20):
        """The next prompt, which has to be like that."""
        kind, text = wait_for("prompt number %d, %r" % (self.asked + 1, pattern), lambda: self.prompts()[self.asked:], seconds)[0]
        self.asked += 1
        matches("^%s$" % pattern, text, "the prompt")
        time.sleep(1.5)  # keys that come before the dialog is drawn are lost
        return kind

    def wake(self):
        """A key brings the dialog; the first may be lost."""
        for k in range(8):
            keyboard("mousemove", str(300 + k), "300")
            keyboard("key", "a")
            try:
                wait_for("the dialog", lambda: len(self.prompts()) > self.asked, 1.5)
                break
            except lab.Failed:
                pass
        equal(self.prompt("Password: "), "ECHO_OFF", "how the password is asked for")

    @staticmethod
    def types(text):
        keyboard("key", "--delay", "80", *["BackSpace"] * 8)  # what woke it is in the field
        keyboard("type", "--delay", "120", text)
        keyboard("key", "Return")

    def refused(self, count):
        wait_for("refusal number %d" % count, lambda: len(re.findall("xscreensaver: .*authorization failed", self.program.seen())) >= count, 30)

    def unlocked(self):
        self.wait(r"unlocking|UNLOCK")


@locker("A3, D1, E1: two prompts, one after the other: the code by SMS unlocks, asked for through the daemon as the user", "xscreensaver")
def two_prompts(world):
    screen(world)
    lock = XScreenSaver(world)
    lock.wake()
    lock.types("wrong-horse-7")
    lock.refused(1)
    equal(world.sms(), [], "messages after a wrong password")
    lock.wake()
    lock.types(Lower.text)
    equal(lock.prompt(lab.SENT), "ECHO_ON", "how the code is asked for")
    sms = world.last_sms(1)
    equal((sms.service, sms.user), ("xscreensaver", "alice"), "service and user in the SMS")
    lock.types(sms.wrong())
    lock.prompt(lab.WRONG)
    lock.types(sms.code)
    lock.unlocked()
    line = world.audit("reason=accepted")
    equal((line["service"], line["user"], line["by"], line["tries"], line["sends"], line["peer"]),
          ("xscreensaver", "alice", "sms", "2", "1", run("id", "-u", "alice").stdout.strip()), "the audit line")
    check("one-field" not in "\n".join(world.syslog.lines), "D3: the service is suspected")
    check(sms.code not in lock.program.seen(), "G1: the code is in xscreensaver's log")


@lab.test("xscreensaver: without the daemon the screen stays locked and the log says why", engines=("one-shot",), sshd=False,
          services=("xscreensaver",))
def no_daemon(world):
    screen(world)
    lock = XScreenSaver(world)
    lock.wake()
    lock.types(Lower.text)
    world.syslog.wait("pam_sms_otp.*no engine serves it, and only root may start one", seconds=20)
    lock.refused(1)
    equal(world.sms(), [], "messages")


@lab.test("D3: i3lock with the two prompts of xscreensaver's file gives the password twice: it stays locked, and no guess is counted",
          sshd=False, services=())
def wrong_file(world):
    world.pam("i3lock", example="xscreensaver")
    screen(world)
    lock = I3lock(world)
    check(not lock.unlocks(PASSWORD), "the password alone unlocks")
    line = world.audit("service=i3lock")
    equal((line["verdict"], line["reason"], line["tries"]), ("deny", "one-field", "0"), "the audit line")


if __name__ == "__main__":
    lab.enter(560)
    lab.main(__doc__)
