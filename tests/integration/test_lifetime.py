#!/usr/bin/python3
"""Goal: a code has its time, and a resend repeats it. These tests wait: 31 s for the shortest lifetime that the settings allow
(30 s), 11 s for the shortest cool-down (10 s)."""

import time

import lab
from lab import BOTH, WRONG, equal, matches

EXPIRED = r"That code has expired \(not counted\)\. Enter for a new one: "
CODE = "{ lifetime = 30; cooldown = 10; }"


@lab.test("A2: right but late is told so, is not counted, and does not let in; Enter brings a new code", engines=BOTH, code=CODE)
def late(world):
    ssh = world.ssh()
    first = ssh.to_code(1)
    time.sleep(31)
    ssh.send(first.code)
    ssh.expect(EXPIRED)
    ssh.send("")
    ssh.expect(r"Code sent to \.\.\.12 \(ref (\w{4})\)")
    second = world.last_sms(2)
    ssh.send(second.code)
    ssh.gets_in()
    equal(world.audit()["reason"], "accepted", "the audit line's reason")


@lab.test("a wrong code is a failure, late or not", engines=("daemon",), code=CODE)
def wrong_and_late(world):
    ssh = world.ssh()
    sms = ssh.to_code(1)
    time.sleep(31)
    for k in (1, 2, 3):
        ssh.send(sms.wrong(k))
        if k < 3:
            ssh.expect(WRONG)
    ssh.is_refused()
    equal(world.audit()["verdict"], "deny", "the audit line's verdict")


@lab.test("A7: a resend repeats the same code after its cool-down, and resets no failure", engines=BOTH, code=CODE)
def resend(world):
    ssh = world.ssh()
    first = ssh.to_code(1)
    ssh.send(first.wrong())
    ssh.expect(WRONG)
    ssh.send("r")
    wait = int(ssh.expect(r"Next SMS in (\d+) s\. Code for ref (\w{4}): ").group(1))
    if not 1 <= wait <= 10:
        raise lab.Failed("a wait of %d s for a cool-down of 10 s" % wait)
    equal(len(world.sms()), 1, "messages before the cool-down is over")
    time.sleep(wait + 1)
    ssh.send("r")
    ssh.expect(r"ref %s\)" % first.ref)
    second = world.last_sms(2)
    equal((second.code, second.ref), (first.code, first.ref), "code and reference of the resend")
    ssh.send(first.wrong(2))
    equal(ssh.expect(WRONG).group(1), "1", "tries left after one wrong code, a resend, and one more")
    ssh.send(second.code)
    ssh.gets_in()
    equal(world.audit()["sends"], "2", "sends in the audit line")


@lab.test("A7: no more resends than allowed", code="{ lifetime = 90; cooldown = 10; resends = 0; }")
def none_left(world):
    ssh = world.ssh()
    ssh.password()
    ssh.expect(r"Code sent to \.\.\.12 \(ref (\w{4})\)\. Code: ")
    sms = world.last_sms(1)
    ssh.send("r")
    ssh.expect(r"Code for ref %s: " % sms.ref)
    matches("No more resends", ssh.seen(), "the answer to r")
    equal(len(world.sms()), 1, "messages")
    ssh.send(sms.code)
    ssh.gets_in()


lab.enter()
lab.main(__doc__)
