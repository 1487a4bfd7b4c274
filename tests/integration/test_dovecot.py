#!/usr/bin/python3
"""Goal: through a real dovecot, the password with an app's or a recovery code at its end lets in, each code once; neither lets in without the
other, no SMS is sent, and no log has any of it (A3, A6, B7, D3, G1)."""

import lab
from factors import enroll_app, fresh, recovery_codes, wrong
from lab import BOTH, CLI, PASSWORD, check, equal, run
from servers import Dovecot


def begin(world):
    world.secrets.append(PASSWORD)
    with open("/etc/pam.d/dovecot") as f:
        text = f.read()
    # the pause after a wrong password would be the test's time only
    world.pam("dovecot", text=text.replace("try_first_pass\n", "try_first_pass nodelay\n"))
    return Dovecot(world)


def imap(goal, **more):
    return lab.test("dovecot: " + goal, sshd=False, services=("dovecot",), **more)


@imap("A3: password and app code let in once; neither does without the other, and no SMS is sent", engines=BOTH)
def app(world):
    server = begin(world)
    key, proof, _ = enroll_app(world)
    code = fresh(key, [proof])
    world.secrets += [code, proof]
    for field in (PASSWORD, code, PASSWORD + wrong(key), PASSWORD + " " + code[:5]):
        check(not server.lets_in(field), "%r lets in" % field)
    check(server.lets_in(PASSWORD + code), "the right password and code do not let in")
    line = world.audit("reason=accepted")
    equal((line["service"], line["by"], line["tries"], line["sends"]), ("dovecot", "app", "1", "0"), "the audit line")
    check(not server.lets_in(PASSWORD + code), "a mail program that repeats them is let in")
    equal(world.sms(), [], "messages")
    check("one-field" not in "\n".join(world.syslog.lines), "D3: the service is suspected")


@imap("A3: a recovery code lets in once; one that came with a wrong password is used up")
def recovery(world):
    server = begin(world)
    codes = recovery_codes(world)
    check(not server.lets_in("Wrong-Horse-7" + codes[0]), "a wrong password lets in")
    check(not server.lets_in(PASSWORD + codes[0]), "a code that is used up lets in")
    check(not server.lets_in(codes[1]), "a code alone lets in")
    check(server.lets_in(PASSWORD + codes[1].lower()), "the right password and code do not let in")
    check(not server.lets_in(PASSWORD + codes[1]), "the same code lets in twice")
    equal(run(CLI, "recovery-codes", "alice", "--count", check_rc=0).stdout, "8\n", "codes left")
    equal(world.sms(), [], "messages")


@imap("B7: wrong codes lock the recovery codes, and only these", lockout="{ failures = 3; }")
def lock(world):
    server = begin(world)
    codes = recovery_codes(world)
    for _ in range(3):
        check(not server.lets_in(PASSWORD + "0000-0000-0000-0000"), "a wrong code lets in")
    check(not server.lets_in(PASSWORD + codes[0]), "a locked user gets in")
    equal(world.audit("reason=locked")["verdict"], "deny", "the audit line")
    run(CLI, "unlock", "alice", check_rc=0)
    check(server.lets_in(PASSWORD + codes[0]), "the right password and code do not let in")


@imap("C3: the mail programs' network is let off by a rule and types the password alone, others do not",
      rules='( { networks = [ "127.0.0.0/31" ]; then = "skip"; } )')
def rule(world):
    server = begin(world)
    check(not server.lets_in("Wrong-Horse-7"), "a wrong password lets in")
    check(server.lets_in(PASSWORD), "the password does not let in")
    equal(world.audit("reason=exempt")["verdict"], "exempt", "the audit line")
    check(not server.lets_in(PASSWORD, source="127.0.0.2"), "the password alone lets in from elsewhere")


lab.enter()
lab.main(__doc__)
