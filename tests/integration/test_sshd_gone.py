#!/usr/bin/python3
"""Goal: a client that dies at the prompt leaves nothing behind but the count of its SMS (B1, B2, D6), and a client that
abandons prompts as fast as it can gets no more than the budget (D5)."""

import os
import signal

import lab
from lab import BOTH, check, equal, wait_for


@lab.test("kill -9 of ssh at the prompt: no process is left, the send stays counted, others are not disturbed", engines=BOTH,
          budget='{ user = "2/1h 2/1d"; }')
def killed(world):
    ssh = world.ssh()
    ssh.to_code(1)
    os.kill(ssh.child.pid, signal.SIGKILL)
    world.no_process_left()
    equal(world.audit()["verdict"], "deny", "the audit line's verdict")
    second = world.ssh()
    second.to_code(2)
    os.kill(second.child.pid, signal.SIGKILL)
    world.no_process_left()
    # two were allowed, two are counted although nobody waited for them
    third = world.ssh()
    third.password()
    third.expect(r"No more SMS until")
    third.is_refused()
    equal(len(world.sms()), 2, "messages")
    equal(world.audit(count=3)["reason"], "budget", "the audit line's reason")


@lab.test("sshd's child is killed at the prompt: the engine ends by itself", engines=BOTH)
def child_killed(world):
    ssh = world.ssh()
    ssh.to_code(1)
    for pid, _ in lab.processes("sshd", "sshd-session", "sshd-auth"):
        if pid != world.sshd.pid:
            os.kill(pid, signal.SIGKILL)
    world.no_process_left()
    ssh.send("")  # only now ssh looks at its connection
    ssh.is_refused()


@lab.test("the engine is killed at the prompt: refused, and the next login works", engines=BOTH)
def engine_killed(world):
    ssh = world.ssh()
    sms = ssh.to_code(1)
    own = world.engine.pid if world.engine else 0
    for pid, _ in lab.processes("sms-otpd"):
        if pid != own:
            os.kill(pid, signal.SIGKILL)
    ssh.send(sms.code)
    ssh.is_refused()
    again = world.ssh()
    again.send_code = again.to_code(2).code
    again.send(again.send_code)
    again.gets_in()


@lab.test("the daemon is stopped while a login waits: that login still gets in", engines=("daemon",))
def stopped(world):
    ssh = world.ssh()
    sms = ssh.to_code(1)
    world.engine.terminate()
    equal(world.engine.wait(10), 0, "the daemon's exit status")
    ssh.send(sms.code)
    ssh.gets_in()


@lab.test("the daemon's socket is left behind by a kill: logins go on by one-shot, and a new daemon starts", engines=("daemon",))
def stale_socket(world):
    world.engine.kill()
    world.engine.wait()
    check(os.path.exists(lab.SOCKET), "no socket was left: this tests nothing")
    ssh = world.ssh()
    ssh.send_code = ssh.to_code(1).code
    ssh.send(ssh.send_code)
    ssh.gets_in()
    world.start_engine()
    wait_for("a login through the new daemon", lambda: True)
    ssh = world.ssh()
    ssh.send(ssh.to_code(2).code)
    ssh.gets_in()


lab.enter()
lab.main(__doc__)
