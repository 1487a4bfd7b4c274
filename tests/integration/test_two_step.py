#!/usr/bin/python3
"""Goal: through real programs with one field, dovecot and openvpn's auth-pam plugin, a login takes two steps: the password is answered by one
SMS and a refusal, then the code lets in, alone or behind the password, once, in time, and from the same address (A2, A3, A4, A8, B4, B5, D4,
D5, G1)."""

import os
import re
import threading
import time

import lab
from factors import enroll_app, fresh, recovery_codes
from lab import BOTH, CLI, PASSWORD, check, equal, matches, run
from servers import Dovecot, OpenVpn

SUFFIX = "Wrong-Horse-7"


def begin(world, kind):
    world.secrets.append(PASSWORD)
    with open(os.path.join(lab.TOP, "pam.d-examples", "dovecot-two-step")) as f:
        text = f.read()
    equal(text.count("try_first_pass"), 1, "lines of the password")
    world.pam(kind.service, text=text.replace("try_first_pass", "try_first_pass nodelay"))
    return kind(world)


def both_programs(goal, kinds=(Dovecot, OpenVpn), engines=BOTH, **more):
    """The same test with each of them."""
    def declare(function):
        for kind in kinds:
            def with_it(world, kind=kind):
                function(world, begin(world, kind))
            with_it.__name__ = function.__name__
            lab.test("%s: %s" % (kind.service, goal), sshd=False, services=(), engines=engines, **more)(with_it)
        return function
    return declare


def first_step(world, server, count=1, user="alice", **where):
    """The password is answered by an SMS and a refusal; the SMS, number count of this world."""
    check(not server.lets_in(PASSWORD, user, **where), "the password alone lets in")
    sms = world.last_sms(count)
    world.secrets.append(sms.code)
    equal((sms.service, sms.user), (server.service, user), "service and user in the SMS")
    return sms


@both_programs("A3, D4: a wrong password sends nothing; the right one sends one SMS and fails; the code lets in, once")
def code_alone(world, server):
    check(not server.lets_in(SUFFIX), "a wrong password lets in")
    check(not server.lets_in("123456"), "digits let in")
    equal(world.sms(), [], "messages after a wrong password")
    sms = first_step(world, server)
    line = world.audit("reason=sent")
    equal((line["verdict"], line["service"], line["sends"], line["ref"]), ("deny", server.service, "1", sms.ref), "the audit line")
    told = ("explain", "alice", "--service", server.service, "--from", "127.0.0.1", "--two-step")
    matches("(?m)^reason +sent$", run(CLI, *told, check_rc=1).stdout, "explain")
    check(not server.lets_in(PASSWORD), "the password alone lets in")
    equal(world.audit("reason=sent", 2)["sends"], "0", "sends of the same password again")
    check(not server.lets_in(SUFFIX), "a wrong password lets in")
    check(server.lets_in(sms.code), "the code does not let in")
    line = world.audit("reason=accepted")
    equal((line["by"], line["tries"], line["sends"], line["ref"]), ("sms", "1", "0", sms.ref), "the audit line")
    matches("(?m)^standing +an SMS would be sent$", run(CLI, *told, check_rc=0).stdout, "explain")
    check(not server.lets_in(sms.code), "the same code lets in twice")
    check(not server.lets_in(PASSWORD + sms.code), "the same code lets in twice")
    equal(len(world.sms()), 1, "messages")
    check("one-field" not in "\n".join(world.syslog.lines), "D3: the service is suspected")


@both_programs("A3: password and code in one field let in")
def appended(world, server):
    sms = first_step(world, server)
    check(server.lets_in(PASSWORD + sms.code), "password and code do not let in")
    check(not server.lets_in(PASSWORD + sms.code), "the same code lets in twice")
    equal(len(world.sms()), 1, "messages")


@both_programs("A8: three wrong codes void the challenge; the next first step sends a new one", engines=("daemon",))
def wrong_codes(world, server):
    sms = first_step(world, server)
    for k, field in enumerate([sms.wrong(1), PASSWORD + sms.wrong(2), sms.wrong(3)]):
        check(not server.lets_in(field), "a wrong code lets in")
        equal(world.audit("reason=wrong", k + 1)["tries"], "1", "tries")
    check(not server.lets_in(sms.code), "a void code lets in")
    again = first_step(world, server, 2)
    check(server.lets_in(again.code), "the new code does not let in")


@both_programs("A2: a code after its time does not let in, and counts for nothing; a first step sends a new one", engines=("daemon",),
               kinds=(Dovecot,), code="{ lifetime = 30; }")
def too_late(world, server):
    sms = first_step(world, server)
    time.sleep(30.5)  # the shortest lifetime there is
    check(not server.lets_in(sms.code), "a code after its time lets in")
    check(not server.lets_in(PASSWORD + sms.code), "a code after its time lets in")
    equal(world.audit("reason=expired", 2)["tries"], "0", "tries")
    again = first_step(world, server, 2)
    check(not server.lets_in(sms.code), "the old code lets in")
    check(server.lets_in(again.code), "the new code does not let in")


@both_programs("A4: a code is good from its own address only, and one from another counts for nothing", kinds=(Dovecot,))
def another_address(world, server):
    sms = first_step(world, server)
    for field in (sms.code, PASSWORD + sms.code, sms.wrong(1), sms.wrong(2), sms.wrong(3)):
        check(not server.lets_in(field, source="127.0.0.2"), "a code lets in from elsewhere")
    check("reason=wrong" not in "\n".join(world.syslog.lines), "a crossed address is counted")
    other = first_step(world, server, 2, source="127.0.0.2")
    check(not server.lets_in(other.code, source="127.0.0.3"), "a code lets in from elsewhere")
    check(server.lets_in(sms.code), "the code does not let in")
    check(server.lets_in(other.code, source="127.0.0.2"), "the other's code does not let in")


@lab.test("A4: a code is good for its own service only", sshd=False, services=(), engines=("daemon",))
def another_service(world):
    imap = begin(world, Dovecot)
    vpn = begin(world, OpenVpn)
    sms = first_step(world, imap)
    check(not vpn.lets_in(sms.code), "a code for dovecot lets in to openvpn")
    check(imap.lets_in(sms.code), "the code does not let in")


@lab.test("A4: the code of a login of one conversation is none for two steps, nor the reverse", engines=("daemon",))
def one_conversation(world):
    imap = begin(world, Dovecot)
    ssh = world.ssh()
    at_prompt = ssh.to_code(1)
    check(not imap.lets_in(at_prompt.code), "ssh's code lets in by dovecot")
    sms = first_step(world, imap, 2)
    check(not imap.lets_in(at_prompt.code), "ssh's code lets in by dovecot")
    ssh.send(sms.code)
    ssh.expect(lab.WRONG)
    ssh.send(at_prompt.code)
    ssh.gets_in()
    check(imap.lets_in(sms.code), "the code does not let in")


@both_programs("B4, D5: many connections at once guess no more than a challenge has tries, and send one SMS", kinds=(Dovecot,),
               engines=("daemon",), lockout="{ failures = 20; }")
def many_at_once(world, server):
    results = []

    def all_at_once(fields):
        threads = [threading.Thread(target=lambda field=field: results.append(server.lets_in(field))) for field in fields]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
    all_at_once([PASSWORD] * 12)
    sms = world.last_sms(1)
    world.secrets.append(sms.code)
    time.sleep(0.5)  # a second one would have come by now
    equal(len(world.sms()), 1, "messages of 12 first steps at once")
    all_at_once([sms.wrong(k) for k in range(1, 21)])
    check(not any(results), "somebody got in")
    tried = sum(int(n) for line in world.syslog.grep("login verdict=deny") for n in re.findall(r" tries=(\d+)", line))
    equal(tried, 3, "guesses that were compared")


@both_programs("recovery and app codes are not taken here, and users who are not enrolled are refused", engines=("daemon",))
def no_other_code(world, server):
    key, proof, _ = enroll_app(world)
    codes = recovery_codes(world)
    world.secrets.append(proof)
    first_step(world, server)
    for field in (codes[0], PASSWORD + codes[0], fresh(key, [proof])):
        check(not server.lets_in(field), "%r lets in" % field)
    equal(run(CLI, "recovery-codes", "alice", "--count", check_rc=0).stdout, "10\n", "codes left")
    check(not server.lets_in(PASSWORD, user="carol"), "carol gets in")
    world.audit("reason=not-enrolled")
    equal(len(world.sms()), 1, "messages")


@both_programs("a password that ends in digits is no guess, however often a mail program repeats it", engines=("daemon",))
def digits(world, server):
    password = "Anna-19850312"
    world.secrets.append(password)
    run("chpasswd", "-c", "SHA512", text="alice:%s\n" % password, check_rc=0)
    try:
        for _ in range(5):
            check(not server.lets_in(password), "the password alone lets in")
        sms = world.last_sms(1)
        equal(world.audit("reason=sent", 5)["tries"], "0", "tries")
        check(not server.lets_in(password + sms.code), "a field that cannot be parted lets in")
        check(server.lets_in(sms.code), "the code does not let in")
    finally:
        run("chpasswd", "-c", "SHA512", text="alice:%s\n" % PASSWORD, check_rc=0)


@both_programs("after a right code the password alone lets in from the same address, where it is remembered", engines=("daemon",),
               kinds=(Dovecot,), remember='{ dovecot = "1h"; }')
def remembered(world, server):
    sms = first_step(world, server)
    check(server.lets_in(PASSWORD + sms.code), "password and code do not let in")
    check(not server.lets_in(SUFFIX), "a wrong password lets in")
    check(server.lets_in(PASSWORD), "the password does not let in")
    equal(world.audit("reason=exempt")["place"], "remembered", "the place")
    first_step(world, server, 2, source="127.0.0.2")


@both_programs("C3: whom a rule lets off needs the password alone", engines=("daemon",))
def skipped(world, server):
    world.settings(rules='( { users = [ "alice" ]; then = "skip"; } )')
    check(not server.lets_in(SUFFIX), "a wrong password lets in")
    check(server.lets_in(PASSWORD), "the password does not let in")
    equal(world.sms(), [], "messages")


lab.enter(560)
lab.main(__doc__)
