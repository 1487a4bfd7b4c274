#!/usr/bin/python3
"""Goal: with keep_warm a route's sender waits for the next message with its connection, and nothing is weaker for it: it is unprivileged
and confined (E7), has forgotten each message, serves one login at a time and one route as it is now, and a request that a dying connection
has swallowed is not made again (E9). Where it cannot serve, logins go on without it (D7)."""

import os
import re
import signal
import subprocess

import lab
from lab import CONF, PASSWORD, check, equal, wait_for

lab.enter()

HOST = os.path.join(os.environ.get("TOP_BUILDDIR", ""), "tests/module/pam_host")
USERS = ("alice", "bob", "carol")

WARM = dict(sshd=False, provider={}, routes=("dexatel",), enrolled=USERS, keep_warm='"60s"')


class Login:
    """A plain PAM host as root, up to its first prompt."""

    def __init__(self, user="alice"):
        self.process = subprocess.Popen([HOST, "-c", "/etc/pam.d", "-s", "sshd", "-u", user, "-r", "192.0.2.7", "-t", "ssh", "--",
                                         "text:" + PASSWORD, "stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def answer(self, line):
        return self.process.communicate(line + "\n", 30)[0]

    def gets_in(self, sms):
        said = self.answer(sms.code)
        check("rc=0\n" in said, "not let in: %s" % said)


def log_in(world, count, user="alice"):
    """The whole of the count-th login; its message."""
    login = Login(user)
    sms = world.provider.sms(count)[-1]
    login.gets_in(sms)
    return sms


def waiting(count=1):
    """The pids of the senders that wait, as many as there must be."""
    def found():
        pids = [pid for pid, _ in lab.processes("sms-otp-send")]
        return pids if len(pids) == count and not lab.processes("pam_host") else None
    return wait_for("%d waiting senders (there are %s)" % (count, lab.processes("sms-otp-send")), found)


def accepted(world):
    return [record for record in world.provider.records() if record["accepted"]]


def memory(pid):
    """All that the process can write to."""
    whole = b""
    with open("/proc/%d/maps" % pid) as maps, open("/proc/%d/mem" % pid, "rb", 0) as mem:
        for line in maps:
            start, end, mode = re.match(r"([0-9a-f]+)-([0-9a-f]+) (....)", line).groups()
            if mode.startswith("rw"):
                try:
                    mem.seek(int(start, 16))
                    whole += mem.read(int(end, 16) - int(start, 16))
                except OSError:
                    pass
    return whole


@lab.test("E7: three logins by one sender and one connection, unprivileged and confined; it keeps nothing of a message", **WARM)
def one_sender(world):
    world.provider.always(keep=True)
    pids, seen = set(), []
    for count, user in enumerate(USERS, 1):
        seen.append((log_in(world, count, user), lab.NUMBERS[user]))
        pids |= set(waiting())
    equal(len(pids), 1, "senders")
    equal(len({record["connection"] for record in accepted(world)}), 1, "connections")
    pid = pids.pop()
    with open("/proc/%d/status" % pid) as f:
        status = {name: value.strip() for name, _, value in (line.partition(":") for line in f)}
    uid = lab.run("id", "-u", "_sms-otp", check_rc=0).stdout.strip()
    equal(set(status["Uid"].split()), {uid}, "its uids")
    equal((status["CapEff"], status["CapPrm"], status["NoNewPrivs"], status["Seccomp"]), ("0" * 16, "0" * 16, "1", "2"), "what it may")
    equal(os.stat("/proc/%d/environ" % pid).st_uid, 0, "who may look into it, as it is not dumpable")
    held = memory(pid)
    check(len(held) > 100000, "only %d bytes of memory were read" % len(held))
    for sms, number in seen:
        for secret in (sms.code, sms.ref, sms.text[:40], number, number[1:]):
            check(secret.encode() not in held, "%r is in its memory" % secret)


@lab.test("the sender ends when nobody has asked for it in keep_warm, and at the daemon's end; without keep_warm it ends at once", **WARM)
def ends(world):
    world.provider.always(keep=True)
    world.settings(keep_warm='"1s"')
    log_in(world, 1)
    wait_for("its end", lambda: not lab.processes("sms-otp-send"), 5)
    world.settings(keep_warm='"60s"')
    log_in(world, 2)
    first = waiting()
    world.settings(keep_warm='"0s"')
    log_in(world, 3)
    equal(waiting(), first, "who waits")
    check(accepted(world)[2]["connection"] != accepted(world)[1]["connection"], "a fresh sender has another's connection")
    world.engine.send_signal(signal.SIGTERM)
    world.engine.wait(5)
    wait_for("the end of keeper and sender", lambda: not lab.processes("sms-otpd", "sms-otp-send"), 5)


@lab.test("what was changed since never serves: a variable, the description, another description, the file of certificates", **WARM)
def changed(world):
    world.provider.always(keep=True)
    description = "/usr/share/sms-otp/providers/dexatel.conf"

    def key():
        with open(CONF + "/other.key", "w") as f:
            f.write(world.provider.KEY)
        os.chmod(CONF + "/other.key", 0o600)
        # another file with the same key is no change, and another variable is
        world.blocks = world.blocks.replace("dexatel.key", "other.key").replace("https://127.0.0.1", "https://localhost")
        world.settings()

    def touched():
        os.utime(description)

    def own_description():
        os.makedirs(CONF + "/providers", exist_ok=True)
        lab.shutil.copy(description, CONF + "/providers")

    def authority():
        os.utime(CONF + "/ca.pem")

    log_in(world, 1)
    pids = waiting()
    for count, change in enumerate((key, touched, own_description, authority), 2):
        change()
        log_in(world, count, USERS[count % 3])
        pids += waiting()
    equal(len(set(pids)), 5, "different senders in %s" % pids)
    log_in(world, 6, "bob")
    equal(waiting(), pids[-1:], "nothing was changed: who waits")
    os.remove(CONF + "/providers/dexatel.conf")


@lab.test("E9: a kept connection that was closed meanwhile is replaced, and each code is sent once", **WARM)
def closed_while_waiting(world):
    world.provider.always(keep=True, hang_up=True)
    log_in(world, 1)
    pid = waiting()
    log_in(world, 2, "bob")
    equal(waiting(), pid, "who waits")
    equal(len(world.provider.records()), 2, "requests")
    # a server that says how long: one second is over when our margin is
    world.provider.always(keep=1)
    log_in(world, 3, "carol")
    log_in(world, 4)
    equal(len({record["connection"] for record in accepted(world)}), 4, "connections")
    equal(len(world.provider.records()), 4, "requests")


@lab.test("E9: a request that a kept connection swallowed is not made again; it is charged, and said that it may take a minute", **WARM)
def swallowed(world):
    for count, close in enumerate(("after", "before"), 1):
        world.provider.always(keep=True)
        log_in(world, count, "bob")
        pid = waiting()
        before = len(world.provider.records())
        world.provider.always(keep=True, close=close)
        login = Login("alice" if close == "after" else "carol")
        said = login.answer("")
        check("may take a minute" in said, "what the prompt says: %s" % said)
        # what was not read was not recorded: the connections tell how often it was begun
        equal(len(world.provider.records()) - before, close == "after", "requests that were read")
        wait_for("the end of the sender that is in doubt", lambda: not lab.processes("sms-otp-send"))
        check(pid, "it was warm")


@lab.test("one at a time: who comes meanwhile gets a sender of his own, and one waits afterwards", **WARM)
def one_at_a_time(world):
    world.provider.always(keep=True, stall_before=1)
    logins = [Login(user) for user in USERS]
    wait_for("three senders", lambda: len(lab.processes("sms-otp-send")) == 3)
    for sms in world.provider.sms(3):
        logins[USERS.index(sms.user)].gets_in(sms)
    equal(len({record["connection"] for record in accepted(world)}), 3, "connections")
    waiting()


@lab.test("D7: a sender that was killed or is stopped, or a keeper that was, makes no login fail and no code go twice", **WARM)
def disturbed(world):
    world.provider.always(keep=True)

    def keepers():
        with open("/proc/%d/task/%d/children" % (world.engine.pid, world.engine.pid)) as f:
            return [int(pid) for pid in f.read().split()]

    def kill_sender():
        os.kill(waiting()[0], signal.SIGKILL)

    def stop_sender():
        os.kill(waiting()[0], signal.SIGSTOP)

    def kill_keeper():
        for pid in keepers():
            os.kill(pid, signal.SIGKILL)
        wait_for("the end of its sender", lambda: not lab.processes("sms-otp-send"))

    def stop_keeper():
        for pid in keepers():
            os.kill(pid, signal.SIGSTOP)

    for count, disturb in enumerate((kill_sender, stop_sender, kill_keeper, stop_keeper)):
        log_in(world, 2 * count + 1)
        waiting()
        disturb()
        log_in(world, 2 * count + 2, USERS[1 + count % 2])
        equal(len(world.provider.records()), 2 * count + 2, "requests after %s" % disturb.__name__)
    for pid in keepers():
        os.kill(pid, signal.SIGCONT)


lab.main(__doc__)
