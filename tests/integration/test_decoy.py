#!/usr/bin/python3
"""Goal: with the stack of pam.d-examples/sshd-decoy a real ssh client at a real sshd cannot see whether the password was right, nor who is
locked, not enrolled or unknown; nobody gets in without both, and nothing is sent to anybody but who has shown the password (D15)."""

import re
import time

import lab
from lab import BOTH, check, equal, wait_for

PROMPT = r"Code sent to \.\.\.(\d\d) \(ref (\w{4})\)\. Code, or r to resend: "


def conversation(world, user, password, answers=("000001", "abc", "r", "000001", "000001")):
    """What is read from the password on, with references and digits made equal; and the seconds until the end."""
    ssh = world.ssh(user)
    ssh.password(password)
    ssh.expect(PROMPT)
    for answer in answers[:-1]:
        ssh.send(answer)
        ssh.expect(r"Code for ref \w{4}: ")
    begun = time.monotonic()
    ssh.send(answers[-1])
    text = ssh.is_refused()
    text = text[text.index("Code sent"):]
    return re.sub(r"in \d+ s", "in N s", re.sub(r"\.\.\.\d\d", "...NN", re.sub(r"ref \w{4}", "ref RRRR", text))).replace(user, "USER"), \
        time.monotonic() - begun


def use_up(ssh, code):
    for left in ("2 tries", "1 try"):
        ssh.send(code)
        ssh.expect("Wrong code, %s left" % left)
    ssh.send(code)
    ssh.is_refused()


@lab.test("D15: the right and the wrong password, an unknown and a locked user read the same; nothing is sent for a wrong password", engines=BOTH)
def alike(world):
    world.pam("sshd", "sshd-decoy")
    wrong, wrong_s = conversation(world, "alice", "not-it")
    equal(world.audit("user=alice")["by"], "decoy", "in the log")
    for user in ("bob", "mallory", "root"):
        text, seconds = conversation(world, user, lab.PASSWORD)
        equal(text, wrong, "what %s reads" % user)
        # pam_unix's pause of 1 to 3 s is the end of every failure
        check(0.5 < seconds < 6 and 0.5 < wrong_s < 6, "the ends took %.1f and %.1f s" % (seconds, wrong_s))
    equal(world.sms(), [], "messages to those")
    right, seconds = conversation(world, "alice", lab.PASSWORD)
    equal(right, wrong, "what alice reads after the right password")
    check(0.5 < seconds < 6, "the end took %.1f s" % seconds)
    equal(len(world.sms()), 1, "messages to her")
    lab.run(lab.CLI, "block", "alice", check_rc=0)
    blocked, _ = conversation(world, "alice", lab.PASSWORD)
    equal(blocked, wrong, "what alice reads when she is blocked")
    equal(len(world.sms()), 1, "messages to her then")


@lab.test("D15: only the right password and the right code let in; not an exemption's IGNORE after a wrong password", engines=BOTH)
def both(world):
    world.pam("sshd", "sshd-decoy")
    ssh = world.ssh()
    sms = ssh.to_code(1)
    # the code that is out is wrong in a decoy
    decoy = world.ssh()
    decoy.password("not-it")
    decoy.expect(PROMPT)
    use_up(decoy, sms.code)
    ssh.send(sms.code)
    ssh.gets_in()
    equal(len(world.sms()), 1, "messages")
    world.settings(unenrolled='"ignore"', rules='( { services = [ "sshd" ]; users = [ "alice" ]; then = "skip"; } )')
    for user in ("alice", "bob"):
        ssh = world.ssh(user)
        ssh.password()
        ssh.gets_in()
        conversation(world, user, "not-it")
    equal(len(world.sms()), 1, "messages in the end")


@lab.test("D15: a stranger locks nobody out by decoys, and shows the same digits of everybody each time")
def harmless(world):
    world.pam("sshd", "sshd-decoy")
    seen = {}
    for user in ("alice", "mallory", "mallory", "bob", "bob", "alice"):
        ssh = world.ssh(user)
        ssh.password("not-it")
        digits = ssh.expect(PROMPT).group(1)
        equal(seen.setdefault(user, digits), digits, "the digits of %s" % user)
        use_up(ssh, "000001")
    equal(seen["alice"], "12", "the digits of alice")
    check("failures" not in world.show() or not re.search(r"failures\s+[1-9]", world.show()), "failures of alice: %s" % world.show())
    ssh = world.ssh()
    sms = ssh.to_code(1)
    equal(sms.user, "alice", "user")
    ssh.send(sms.code)
    ssh.gets_in()


@lab.test("D15: the time to the first prompt follows that of logins")
def times(world):
    world.pam("sshd", "sshd-decoy")
    for k in range(4):
        ssh = world.ssh()
        sms = ssh.to_code(k + 1)
        ssh.send(sms.code)
        ssh.gets_in()
    wait_for("the times on the disk", lambda: b"".join(open(lab.STATE + "/state/site", "rb").read()[at + 3968:at + 3968 + 16]
                                                      for at in (0, 65536)).count(b"\0\0") < 16)
    ssh = world.ssh("mallory")
    begun = time.monotonic()
    ssh.password("not-it")
    ssh.expect(PROMPT)
    # drawn from those logins (an outbox, some 50 ms), not from the 300 to 1500 ms of before
    check(time.monotonic() - begun < 3, "it took %.1f s" % (time.monotonic() - begun))


lab.enter()
lab.main(__doc__)
