#!/usr/bin/python3
"""Goal: F5 with the real daemon: the clock is set while a code is out and while a lock lasts, and over a reboot (another boot id, a
time since boot that begins anew). tests/model/test_clocks has the same at all other moments, in virtual time."""

import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [os.path.join(TESTS, name) for name in ("integration", "module", "parallel")]
import lab  # noqa: E402
import treaty  # noqa: E402
from lab import check, equal, run  # noqa: E402
from treaty_client import Login  # noqa: E402

BUILD = os.environ.get("TOP_BUILDDIR", "")
OFFSET, BOOT = "/tmp/wall.offset", "/proc/sys/kernel/random/boot_id"
DAY, YEARS = 86400, 20 * 365 * 86400
JUMPS = {"a second back": -1, "a second ahead": 1, "a day back": -DAY, "a day ahead": DAY, "20 years back": -YEARS,
         "20 years ahead": YEARS, "to 1970": 1 - int(time.time()), "past 2038": 2208988800 - int(time.time())}
LOCK_S = 1800
cases = []


def set_clock(by):
    with open(OFFSET + ".new", "w") as f:
        f.write("%d\n" % by)
    os.rename(OFFSET + ".new", OFFSET)


class Boot:
    """A daemon in a boot of its own; since: seconds since that boot, or None for the machine's."""
    count = 0

    def __init__(self, name, since=None):
        with open("/tmp/boot_id", "w") as f:
            f.write("00000000-1111-2222-3333-%012d\n" % name)
        if not os.path.ismount(BOOT):
            run("mount", "--bind", "/tmp/boot_id", BOOT, check_rc=0)
        command = [lab.ENGINE]
        if since is not None:
            command = ["unshare", "--time", "--fork", "--kill-child", "--boottime",
                       str(since - int(time.clock_gettime(time.CLOCK_BOOTTIME)))] + command
        self.process = subprocess.Popen(command, cwd="/", stdin=subprocess.DEVNULL, env={
            "PATH": "/usr/bin:/bin", "LD_PRELOAD": BUILD + "/tests/model/.libs/wall.so", "WALL_OFFSET": OFFSET})

    def __enter__(self):
        lab.wait_for("the engine's socket", lambda: os.path.exists(lab.SOCKET))
        return self

    def __exit__(self, *_):
        import signal
        for pid, _ in lab.processes("sms-otpd"):
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        self.process.wait(10)
        lab.wait_for("the end of the engine", lambda: not lab.processes("sms-otpd") and not os.path.exists(lab.SOCKET))


def case(name, what, seen, wanted):
    cases.append(name)
    equal(seen, wanted, "%s: %s" % (name, what))


def reason(heard):
    equal(heard[0], "verdict", "what came: %r; it" % (heard,))
    return next(name for name, n in treaty.REASONS.items() if n == heard[2])


def login_from_anywhere(made=[0]):
    """From a new address each time: which places are known depends on the clock, and with it which budget is spent (B6)."""
    made[0] += 1
    return Login("alice", rhost="198.51.100.%d" % (made[0] % 250))


def asked(world):
    """A login at its prompt, and its code."""
    before = len(world.sms())
    login = login_from_anywhere()
    heard = login.hear()
    equal(heard[0], "ask", "what came: %r; it" % (heard,))
    return login, world.sms(before + 1)[-1]


def what_comes(world):
    """How a login with the right code ends."""
    login = login_from_anywhere()
    before = len(world.sms())
    heard = login.hear()
    if heard[0] == "ask":
        heard = login.say(world.sms(max(before, 1))[-1].code)
    return reason(heard)


def one(world, number, name, by):
    set_clock(0)
    with Boot(2 * number):
        run(lab.CLI, "forget", "alice", "--yes")
        run(lab.CLI, "enroll", "alice", lab.NUMBERS["alice"], "--unverified", check_rc=0)
        login, sms = asked(world)
        set_clock(by)
        case(name, "the right code, the clock set meanwhile", reason(login.say(sms.code)), "accepted")
        set_clock(0)
        login, sms = asked(world)
        for k in (1, 2, 3):
            heard = login.say(sms.wrong(k))
        equal(reason(heard), "locked", "the third wrong code")
        set_clock(by)
        case(name, "a lock, the clock set meanwhile", what_comes(world), "locked")
        waiting = world.show()
        check("locked" in waiting.lower(), "show says nothing of the lock: %r" % waiting)
    # how long the machine was off only the clock can say
    with Boot(2 * number + 1, 10):
        case(name, "a lock in the next boot", what_comes(world), "locked" if by <= 1 else "accepted")
    with Boot(2 * number + 1, LOCK_S + 20):
        case(name, "when that boot has lasted as long as the lock", what_comes(world), "accepted")


@lab.test("F5: the clock is set, with the real daemon, within a boot and over one", sshd=False, enrolled=(), engines=("none",),
          lockout='{ failures = 3; window = "1h"; }', budget='{ all = "200/1h 200/1d"; prefix = "200/1h 200/1d"; }')
def clocks(world):
    for number, (name, by) in enumerate(JUMPS.items()):
        one(world, number, name, by)
    run("umount", BOOT)
    lab._note("%d cases" % len(cases))


lab.enter()
lab.main(__doc__)
