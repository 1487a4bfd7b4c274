#!/usr/bin/python3
"""Goal: a real ssh client at a real sshd gets in with its password and the right code, and with nothing else; and it makes
no difference whether the engine is a daemon or is started for the one login."""

import lab
from lab import BOTH, SENT, WRONG, check, equal, matches


@lab.test("the right code lets in, A9: prompt and SMS carry the same reference", engines=BOTH)
def right_code(world):
    ssh = world.ssh()
    sms = ssh.to_code(1)
    equal(ssh.ref, sms.ref, "the reference in the prompt")
    equal((sms.service, sms.host, sms.user), ("sshd", "web01", "alice"), "service, host and user in the SMS")
    matches(r"Code sent to \.\.\.12 ", ssh.seen(), "G2: two digits of the number")
    ssh.send(sms.code)
    ssh.gets_in()
    line = world.audit()
    equal((line["verdict"], line["reason"], line["user"], line["service"], line["from"], line["route"]),
          ("accept", "accepted", "alice", "sshd", "127.0.0.1", "outbox"), "the audit line")
    equal((line["sends"], line["tries"], line["ref"]), ("1", "1", sms.ref), "the audit line's counts")


@lab.test("a code is read with blanks and a hyphen, A5: a prefix, a longer string and letters are no codes", engines=BOTH)
def shapes(world):
    ssh = world.ssh()
    sms = ssh.to_code(1)
    for text in (sms.code[:5], sms.code + "0", "x" + sms.code[1:]):
        ssh.send(text)
        ssh.expect(r"Code for ref %s: " % sms.ref)
    ssh.send(" %s-%s " % (sms.code[:3], sms.code[3:]))
    ssh.gets_in()
    equal(world.audit()["tries"], "1", "A6: what is no code is no try; tries")


@lab.test("a wrong password sends nothing (D4, the requisite line)", engines=BOTH)
def wrong_password(world):
    ssh = world.ssh()
    ssh.password("not-it")
    ssh.is_refused()
    equal(world.sms(), [], "messages")


@lab.test("one wrong code, then the right one", engines=BOTH)
def wrong_then_right(world):
    ssh = world.ssh()
    sms = ssh.to_code(1)
    ssh.send(sms.wrong())
    equal(ssh.expect(WRONG).groups(), ("2", sms.ref), "tries left and reference")
    ssh.send(sms.code)
    ssh.gets_in()


@lab.test("A8: three wrong codes end the call and void the code; a new connection gets a new code", engines=BOTH)
def three_wrong(world):
    ssh = world.ssh()
    first = ssh.to_code(1)
    for k in (1, 2):
        ssh.send(first.wrong(k))
        equal(ssh.expect(WRONG).group(1), str(3 - k), "tries left")
    ssh.send(first.wrong(3))
    ssh.is_refused()
    equal((world.audit()["verdict"], world.audit()["reason"]), ("deny", "wrong"), "the audit line")
    again = world.ssh()
    second = again.to_code(2)
    check(second.ref != first.ref, "the reference did not change")
    if first.code != second.code:
        again.send(first.code)
        again.expect(WRONG)
    again.send(second.code)
    again.gets_in()


@lab.test("A3: a code lets in once", engines=BOTH)
def once(world):
    ssh = world.ssh()
    first = ssh.to_code(1)
    ssh.send(first.code)
    ssh.gets_in()
    ssh = world.ssh()
    second = ssh.to_code(2)
    if first.code != second.code:
        ssh.send(first.code)
        ssh.expect(WRONG)
    ssh.send(second.code)
    ssh.gets_in()


@lab.test("two connections at once both get in, each with its own code", engines=BOTH)
def two_at_once(world):
    one, two = world.ssh(), world.ssh()
    first, second = one.to_code(1), two.to_code(2)
    two.send(second.code)
    two.gets_in()
    one.send(first.code)
    one.gets_in()


@lab.test("A4: each connection refuses the other's code and counts it", engines=BOTH)
def crossed(world):
    one, two = world.ssh(), world.ssh()
    first, second = one.to_code(1), two.to_code(2)
    check(first.code != second.code, "the two codes are equal by chance: run again")
    one.send(second.code)
    equal(one.expect(WRONG).groups(), ("2", first.ref), "tries left and reference")
    two.send(first.code)
    equal(two.expect(WRONG).groups(), ("2", second.ref), "tries left and reference")
    one.send(first.code)
    one.gets_in()
    two.send(second.code)
    two.gets_in()


@lab.test("one sshd connection may try the whole stack again, with a new code", engines=BOTH)
def second_round(world):
    ssh = world.ssh(prompts=2)
    first = ssh.to_code(1)
    for k in (1, 2, 3):
        ssh.send(first.wrong(k))
        ssh.expect(WRONG if k < 3 else "Password: ")
    ssh.send(lab.PASSWORD)
    ssh.expect(SENT)
    ssh.send(world.last_sms(2).code)
    ssh.gets_in()


@lab.test("D3: sshd's password method cannot ask twice: refused, no failure counted, the log names the service", engines=BOTH,
          sshd_lines=("AuthenticationMethods any",))
def one_field(world):
    # the first PasswordAuthentication line wins, and World's own says no
    world.sshd.terminate()
    world.sshd.wait()
    world.sshd_lines = ("AuthenticationMethods any", "PasswordAuthentication yes")
    world.start_sshd()
    ssh = world.ssh(methods="password")
    ssh.expect("password: ")
    ssh.send(lab.PASSWORD)
    ssh.is_refused()
    line = world.audit()
    # sshd 9 and 10 fail a conversation that wants an answer shown; one that repeats the password is "one-field"
    equal((line["verdict"], line["reason"] in ("conversation", "one-field"), line["service"], line["tries"]),
          ("deny", True, "sshd", "0"), "the audit line with reason %s" % line["reason"])


lab.enter()
lab.main(__doc__)
