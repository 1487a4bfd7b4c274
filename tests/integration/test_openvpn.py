#!/usr/bin/python3
"""Goal: with openvpn's auth-pam plugin and a client with static-challenge, password and code come in two fields for two prompts: the right
ones let in, with `confirm` without any SMS, a wrong code is counted once, and no log has any of it (A3, A6, A8, B7, D1, D3, G1)."""

import lab
from factors import enroll_app, fresh, recovery_codes, wrong
from lab import CLI, PASSWORD, check, equal, run
from servers import OpenVpn

# as in pam.d-examples/openvpn
WORDS = "openvpn login USERNAME password PASSWORD press OTP locked OTP no OTP"
CONFIRM = '[ "openvpn" ]'


def begin(world, words=WORDS):
    world.secrets.append(PASSWORD)
    with open("/etc/pam.d/openvpn") as f:
        text = f.read()
    check('"%s"' % WORDS in text, "the example says another line for the server")
    # the pause after a wrong password would be the test's time only
    world.pam("openvpn", text=text.replace("pam_unix.so", "pam_unix.so nodelay"))
    return type("Vpn", (OpenVpn,), {"words": words})(world)


def vpn(goal, **more):
    return lab.test("openvpn: " + goal, sshd=False, services=("openvpn",), **more)


@vpn("A3: an app's code in the second field lets in once; neither field does without the other; no SMS is sent", engines=lab.BOTH,
     confirm=CONFIRM)
def app(world):
    server = begin(world)
    key, proof, _ = enroll_app(world)
    code = fresh(key, [proof])
    world.secrets += [code, proof]
    check(not server.lets_in("Wrong-Horse-7", second=code), "a wrong password lets in")
    check(not server.lets_in(PASSWORD), "the password alone lets in")
    check(not server.lets_in(PASSWORD, second=wrong(key)), "a wrong code lets in")
    equal(world.audit("service=openvpn")["tries"], "1", "tries of a wrong code")
    check(server.lets_in(PASSWORD, second=code), "the right password and code do not let in")
    line = world.audit("reason=accepted")
    equal((line["by"], line["tries"], line["sends"]), ("app", "1", "0"), "the audit line")
    check(not server.lets_in(PASSWORD, second=code), "the same code lets in twice")
    equal(world.sms(), [], "messages")
    check("one-field" not in "\n".join(world.syslog.lines), "D3: the service is suspected")


@vpn("A3: a recovery code in the second field lets in once", confirm=CONFIRM)
def recovery(world):
    server = begin(world)
    codes = recovery_codes(world)
    check(server.lets_in(PASSWORD, second=codes[0].lower()), "the right password and code do not let in")
    check(not server.lets_in(PASSWORD, second=codes[0]), "the same code lets in twice")
    equal(run(CLI, "recovery-codes", "alice", "--count", check_rc=0).stdout, "9\n", "codes left")
    equal(world.sms(), [], "messages")


@vpn("a user's own language: refused by the example's words, as it says; let in with those that sms-otp try shows", confirm=CONFIRM)
def language(world):
    server = begin(world)
    codes = recovery_codes(world)
    run(CLI, "set-language", "alice", "de", check_rc=0)
    check(not server.lets_in(PASSWORD, second=codes[0]), "a prompt in German is answered")
    server.end()
    trial = lab.Terminal(CLI, ["try", "alice", "--service", "openvpn"])
    world.clients.append(trial)
    first = trial.expect(r"(\w+) f\S+r einen Code per SMS").group(1)
    server = begin(world, words="%s %s OTP" % (WORDS, first.lower()))
    check(server.lets_in(PASSWORD, second=codes[0]), "the right password and code do not let in")


@vpn("an empty second field is no Enter: nothing is sent", confirm=CONFIRM)
def empty(world):
    server = begin(world)
    check(not server.lets_in(PASSWORD, second=""), "an empty field lets in")
    equal(world.audit("service=openvpn")["reason"], "conversation", "the reason")
    equal(world.sms(), [], "messages")


def after_ssh(world, typed):
    """A login by ssh with so many codes, wrong ones before the right one if it is there, and then one by openvpn."""
    ssh = world.ssh()
    sms = ssh.to_code(1)
    world.secrets.append(sms.code)
    for k in range(1, typed):
        ssh.send(sms.wrong(k))
        if k < 3:
            ssh.expect(lab.WRONG)
    if typed <= 3:
        ssh.send(sms.code)
        ssh.gets_in()
    else:
        ssh.is_refused()
    codes = recovery_codes(world)
    server = begin(world)
    check(not server.lets_in(PASSWORD, second="000000"), "a wrong code lets in")
    check(server.lets_in(PASSWORD, second=codes[0]), "the recovery code does not let in")
    equal(world.audit("reason=accepted.* service=openvpn")["by"], "recovery", "by what")
    equal(len(world.sms()), 1, "messages")


for what, typed, more in (("a login that has just sent one", 1, {}), ("no more may be sent", 1, {"budget": '{ user = "1/1h 1/1d"; }'}),
                          ("the SMS side is locked", 4, {"lockout": "{ failures = 3; }"})):
    def at(world, typed=typed):
        after_ssh(world, typed)
    at.__name__ = "at"
    lab.test("openvpn: B7: the first prompt is answered after %s" % what, services=("sshd", "openvpn"), confirm=CONFIRM, **more)(at)


@vpn("without `confirm` each login sends one SMS, whose code is of no use")
def without_confirm(world):
    server = begin(world, "openvpn login USERNAME password PASSWORD code OTP")
    key, proof, _ = enroll_app(world)
    check(not server.lets_in("Wrong-Horse-7", second="123456"), "a wrong password lets in")
    equal(world.sms(), [], "messages after a wrong password")
    check(not server.lets_in(PASSWORD, second=wrong(key)), "a wrong code lets in")
    sms = world.last_sms(1)
    world.secrets.append(sms.code)
    equal(sms.service, "openvpn", "the service in the SMS")
    check(not server.lets_in(PASSWORD, second=sms.code), "A4: the code of another login lets in")


@vpn("D1: the plugin compares the beginning of a prompt, not what stands in it: with such words nobody gets in, nothing is sent or counted",
     confirm=CONFIRM)
def other_words(world):
    key, proof, _ = enroll_app(world)
    server = begin(world, "openvpn login USERNAME password PASSWORD SMS OTP enter OTP")
    check(not server.lets_in(PASSWORD, second=fresh(key, [proof])), "words in the middle of the prompt are found")
    line = world.audit("service=openvpn")
    equal((line["verdict"], line["tries"], line["sends"]), ("deny", "0", "0"), "the audit line")
    equal(world.sms(), [], "messages")


lab.enter()
lab.main(__doc__)
