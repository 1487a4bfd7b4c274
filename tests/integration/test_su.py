#!/usr/bin/python3
"""Goal: su asks for the target's password and a code to the target's phone; its caller can neither stop the counting by limits
(D7) nor profit from killing it (D6)."""

import os
import signal

import lab
from factors import recovery_codes
from lab import BOTH, SENT, WRONG, check, equal, wait_for


def su(world, *prefix, target="alice", caller="bob"):
    terminal = lab.Terminal("runuser", ["-u", caller, "--", "bash", "-c",
                                        " ".join(prefix) + " exec su %s -c 'echo I-AM $(id -un)'" % target])
    world.clients.append(terminal)
    terminal.expect("Password: ")
    terminal.send(lab.PASSWORD)
    return terminal


@lab.test("password and code make alice of bob", engines=BOTH, sshd=False, services=("su",))
def become(world):
    terminal = su(world)
    terminal.expect(SENT)
    sms = world.last_sms(1)
    equal((sms.service, sms.user), ("su", "alice"), "service and user in the SMS")
    terminal.send(sms.wrong())
    terminal.expect(WRONG)
    terminal.send(sms.code)
    terminal.expect("I-AM alice\r")
    equal(terminal.status(), 0, "su's status")


@lab.test("E1: who may start su with a password does not fill the engine with logins that wait for a recovery code", sshd=False,
          services=("su",), budget='{ user = "1/1h 1/1d"; }')
def many(world):
    codes = recovery_codes(world)
    su(world).expect("Code sent to")
    for n in range(1, 9):
        su(world).expect("Recovery code: ")
    last = su(world)
    last.expect("Four logins are waiting for a code already")
    last.expect("su: ")
    equal(world.audit("reason=crowded")["user"], "alice", "whose logins are too many")
    # one that ends makes room
    world.clients[-2].end()
    wait_for("the end of a login", lambda: len(world.syslog.grep("login verdict=deny")) == 2)
    terminal = su(world)
    terminal.expect("Recovery code: ")
    terminal.send(codes[0])
    terminal.expect("I-AM alice\r")


@lab.test("root needs neither (pam_rootok), and nothing is sent", sshd=False, services=("su",))
def root(world):
    done = lab.run("su", "alice", "-c", "id -un")
    equal((done.stdout.strip(), done.returncode), ("alice", 0), "su's output and status")
    equal(world.sms(), [], "messages")


def may_raise_limits():
    """CAP_SYS_RESOURCE: many containers are without it."""
    with open("/proc/self/status") as f:
        return int(lab.matches(r"CapEff:\s+(\w+)", f.read(), "capabilities").group(1), 16) >> 24 & 1


@lab.test("D7: ulimit -f 0 before su: either the failures are counted all the same, or nothing is sent and nobody gets in",
          engines=BOTH, sshd=False, services=("su",), lockout="{ failures = 3; }")
def no_file_size(world):
    terminal = su(world, "ulimit -f 0;")
    if world.engine_kind == "one-shot" and not may_raise_limits():
        # where even root may not raise a limit, the charge cannot be written, so there is no SMS and no guess (B1)
        check(terminal.status() != 0, "su let in")
        equal(world.sms(), [], "messages")
        world.syslog.wait(r"login verdict=deny reason=state|pam_sms_otp\(su:auth\): .*sms-otpd: cannot be started")
        return
    terminal.expect(SENT)
    sms = world.last_sms(1)
    for k in (1, 2, 3):
        terminal.send(sms.wrong(k))
        if k < 3:
            terminal.expect(WRONG)
    check(terminal.status() != 0, "su let in")
    terminal = su(world)
    terminal.expect(r"Locked until \d\d:\d\d")
    terminal.status()
    equal(len(world.sms()), 1, "messages")


@lab.test("D7: the caller's environment reaches neither engine nor sender", engines=BOTH, sshd=False, services=("su",))
def environment(world):
    terminal = su(world, "export https_proxy=http://127.0.0.1:9 SSLKEYLOGFILE=/tmp/keys LD_PRELOAD=/nonexistent MARKER=seen-it;")
    terminal.expect(SENT)
    for pid, name in lab.processes("sms-otpd", "sms-otp-send"):
        with open("/proc/%d/environ" % pid, "rb") as f:
            equal(b"seen-it" in f.read(), False, "%s inherits the caller's environment" % name)
    terminal.send(world.last_sms(1).code)
    terminal.expect("I-AM alice\r")


@lab.test("D6: killing su at the prompt leaves no process, and its guesses and its SMS stay counted", engines=BOTH, sshd=False,
          services=("su",), lockout="{ failures = 3; }")
def killed(world):
    terminal = su(world)
    terminal.expect(SENT)
    sms = world.last_sms(1)
    for k in (1, 2):
        terminal.send(sms.wrong(k))
        terminal.expect(WRONG)
    pids = wait_for("su", lambda: [pid for pid, _ in lab.processes("su")])
    for pid in pids:
        # as the caller: the real uid of su is bob's, so bob may
        lab.run("kill", "-KILL", str(pid), user="bob", check_rc=0)
    terminal.status()
    world.no_process_left()
    equal(world.audit()["verdict"], "deny", "the audit line's verdict")
    terminal = su(world)
    terminal.expect(SENT)
    terminal.send(world.last_sms(2).wrong())
    terminal.status()
    terminal = su(world)
    terminal.expect(r"Locked until \d\d:\d\d")
    terminal.status()


@lab.test("D6: the caller may not signal the engine", engines=("one-shot",), sshd=False, services=("su",))
def not_signalled(world):
    terminal = su(world)
    terminal.expect(SENT)
    pids = [pid for pid, _ in lab.processes("sms-otpd")]
    equal(len(pids), 1, "engine processes at the prompt")
    for name in ("STOP", "KILL", "XFSZ"):
        equal(lab.run("kill", "-" + name, str(pids[0]), user="bob").returncode, 1, "kill's status")
    equal(os.getsid(pids[0]) == os.getsid(terminal.child.pid), False, "the engine is in the caller's session")
    terminal.send(world.last_sms(1).code)
    terminal.expect("I-AM alice\r")
    terminal.child.kill(signal.SIGHUP)


lab.enter()
lab.main(__doc__)
