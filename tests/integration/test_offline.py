#!/usr/bin/python3
"""Goal: recovery codes and an authenticator app let in where no SMS comes, each code once, by real sshd (A3, B7, C4, D9); sms-otp makes
and shows them once, and no log ever has one (G1)."""

import re
import resource

import lab
from factors import enroll_app, fresh, recovery_codes
from lab import BOTH, CLI, check, equal, matches, run

DOWN = dict(provider={}, routes=("dexatel",))


def no_provider(world):
    world.blocks = world.provider.block(port=1)  # nobody listens there
    world.settings()


@lab.test("A3, C4: no provider answers; a recovery code lets in once and not twice, and the audit line says so", engines=BOTH, **DOWN)
def outage(world):
    codes = recovery_codes(world)
    no_provider(world)
    ssh = world.ssh().password()
    ssh.expect(r"No SMS sent: no provider answered\. Recovery code: ")
    ssh.send(codes[2].lower())
    ssh.gets_in()
    line = world.audit("reason=accepted")
    equal((line["by"], line["tries"], line["sends"]), ("recovery", "1", "0"), "the audit line")
    ssh = world.ssh().password()
    ssh.expect("Recovery code: ")
    ssh.send(codes[2])
    ssh.expect(r"Wrong code, 2 tries left\. Recovery code: ")
    ssh.send(codes[3].replace("-", " "))
    ssh.gets_in()
    equal(run(CLI, "recovery-codes", "alice", "--count", check_rc=0).stdout, "8\n", "codes left")


@lab.test("without an offline factor an outage is refused as ever (D9)", **DOWN)
def outage_without(world):
    no_provider(world)
    ssh = world.ssh().password()
    matches(r"No SMS sent: no provider answered\.", ssh.is_refused(), "what ssh says")
    equal(world.audit("reason=outage")["by"], "-", "the audit line")


@lab.test("B7: the SMS side is locked after wrong codes; an app's code lets in, once; the SMS side stays locked", engines=BOTH,
          lockout="{ failures = 3; }")
def locked(world):
    key, proof, _ = enroll_app(world)
    ssh = world.ssh().password()
    prompt = ssh.expect(lab.SENT)
    sms = world.last_sms(1)
    equal(sms.ref, prompt.group(2), "the reference")
    for k in range(1, 4):
        ssh.send(sms.wrong(k))
        if k < 3:
            ssh.expect(lab.WRONG)
    matches(r"Locked until \d\d:\d\d after wrong codes\.", ssh.is_refused(), "what ssh says")
    code = fresh(key, [proof])
    ssh = world.ssh().password()
    ssh.expect(r"Locked until \d\d:\d\d after wrong codes\. App code: ")
    ssh.send(code)
    ssh.gets_in()
    equal(world.audit("reason=accepted")["by"], "app", "the audit line")
    # from elsewhere: where the app's code was right is a known place now, with a lock of its own (B6)
    ssh = world.ssh(options=("BindAddress=127.0.0.2",)).password()
    ssh.expect("after wrong codes. App code: ")
    ssh.send(code)
    ssh.expect(r"Wrong code, 2 tries left\. App code: ")
    ssh.send(proof)
    ssh.expect(r"Wrong code, 1 try left\. App code: ")
    ssh.end()
    equal(len(world.sms()), 1, "messages")


@lab.test("at the SMS prompt: b asks for a recovery code; the app's code is taken as the SMS's is", engines=BOTH)
def at_the_prompt(world):
    codes = recovery_codes(world)
    key, proof, _ = enroll_app(world)
    ssh = world.ssh().password()
    ssh.expect(r"Code sent to \.\.\.12 \(ref \w{4}\)\. Code, r to resend, or b for a recovery code: ")
    ssh.send("b")
    ssh.expect(r"(?<!\. )Recovery code: ")
    ssh.send(codes[0])
    ssh.gets_in()
    ssh = world.ssh().password()
    ssh.expect("b for a recovery code: ")
    ssh.send(fresh(key, [proof]))
    ssh.gets_in()
    equal(world.audit("by=app")["verdict"], "accept", "the audit line")
    ssh = world.ssh().password()
    ssh.expect("b for a recovery code: ")
    ssh.send(world.last_sms(3).code)
    ssh.gets_in()
    equal(world.audit("by=sms")["verdict"], "accept", "the audit line")
    matches(r"(?m)^    codes sent +0 of 5 in 1 h", world.show(), "B5: what the three logins cost")


@lab.test("a notice when few codes are left: at the login, and in the log", **DOWN)
def few(world):
    codes = recovery_codes(world)
    no_provider(world)
    for n in range(7):
        ssh = world.ssh().password()
        ssh.expect("Recovery code: ")
        ssh.send(codes[n])
        ssh.gets_in()
    world.syslog.wait(r"note user=\"alice\" .*: 3 recovery codes are left\.")
    matches("3 recovery codes are left", ssh.seen(), "what ssh shows")


@lab.test("the QR code in a terminal, none in a pipe; wrong codes store nothing; --remove", sshd=False)
def app(world):
    key, proof, seen = enroll_app(world)
    rows = re.findall("\x1b\\[30;107m([ \u2580\u2584\u2588]+)\x1b\\[0m", seen)
    check(len(rows) >= 15 and len(set(map(len, rows))) == 1, "no QR code: %r" % seen[:400])
    check(len(rows[0]) in (2 * len(rows), 2 * len(rows) - 1), "it is not square: %d rows of %d" % (len(rows), len(rows[0])))
    matches(r"(?m)^  app +yes$", world.show(), "show")
    piped = run(CLI, "app", "alice", text="000000\n111111\n222222\n")
    matches(r"otpauth://totp/", piped.stdout, "the URI")
    world.secrets += re.findall(r"secret=([A-Z2-7]{32})", piped.stdout)
    check("\u2588" not in piped.stdout, "a QR code in a pipe")
    equal(piped.returncode, 1, "the status after wrong codes")
    matches("wrong code; nothing was stored", piped.stdout, "what it said")
    matches(r"(?m)^alice .* yes  - +\d{4}-", run(CLI, "list").stdout, "list")
    run(CLI, "app", "alice", "--remove", check_rc=0)
    equal(run(CLI, "app", "alice", "--remove").returncode, 1, "the status of a second removal")
    matches(r"(?m)^  app +no$", world.show(), "show")
    world.syslog.wait(r"admin action=app user=alice uid=\d+ by=root$")
    world.syslog.wait(r"admin action=app-remove user=alice uid=\d+ by=root$")
    equal(run(CLI, "app", "bob").returncode, 1, "the status for somebody who is not enrolled")


@lab.test("G1: Ctrl-\\ while an app's key is shown leaves no core file with it", sshd=False)
def no_core(world):
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    client = lab.Terminal(CLI, ["app", "alice"])
    world.clients.append(client)
    world.secrets.append(client.expect(r"secret=([A-Z2-7]{32})&").group(1))
    client.expect("Code that the app shows now: ")
    with open("/proc/%d/limits" % client.child.pid) as f:
        matches(r"(?m)^Max core file size +0 +0 ", f.read(), "the limits of sms-otp")


@lab.test("recovery-codes: new ones void the old; show, list, check and forget know of them", sshd=False, enrolled=("alice", "bob"))
def commands(world):
    run("usermod", "-aG", "sudo", "bob", check_rc=0)
    matches(r"(?m)^LOOK +users +bob is an administrator without recovery codes", run(CLI, "check", "--offline").stdout, "check")
    check("alice is an administrator" not in run(CLI, "check", "--offline").stdout, "alice is taken for an administrator")
    equal(run(CLI, "recovery-codes", "bob", "--count").returncode, 1, "the status without codes")
    old = recovery_codes(world, "bob")
    check("bob is an administrator" not in run(CLI, "check", "--offline").stdout, "check did not see the codes")
    matches(r"10 old codes of bob are void now", run(CLI, "recovery-codes", "bob", check_rc=0).stdout, "what it says of the old ones")
    new = recovery_codes(world, "bob")
    check(not set(old) & set(new), "old codes are among the new ones")
    matches(r"(?m)^  recovery codes +10 of 10 left$", world.show("bob"), "show")
    matches(r"(?m)^bob .* 10 +no ", run(CLI, "list").stdout, "list")
    world.syslog.wait(r"admin action=recovery-codes user=bob uid=\d+ by=root$")
    uid = run("id", "-u", "bob").stdout.strip()
    with open("%s/state/%s" % (lab.STATE, uid), "rb") as f:
        stored = f.read()
    check(not [code for code in new if code.encode() in stored or code.replace("-", "").encode() in stored], "a code lies on the disk")
    run(CLI, "forget", "bob", "--yes", check_rc=0)
    run(CLI, "enroll", "bob", lab.NUMBERS["bob"], "--unverified", check_rc=0)
    equal(run(CLI, "recovery-codes", "bob", "--count").stdout, "0\n", "codes after forget")
    run("gpasswd", "-d", "bob", "sudo", check_rc=0)


@lab.test("ten wrong recovery codes lock that side only; unlock opens it", **DOWN)
def wrong(world):
    codes = recovery_codes(world)
    good = world.blocks
    no_provider(world)
    for guesses in (3, 3, 3, 1):
        ssh = world.ssh().password()
        for _ in range(guesses):
            ssh.expect("Recovery code: ")
            ssh.send("0000-0000-0000-0000")
        ssh.is_refused()
    ssh = world.ssh().password()
    matches(r"Locked until \d\d:\d\d after wrong codes\.", ssh.is_refused(), "what ssh says")
    equal(world.audit("reason=locked")["verdict"], "deny", "the audit line")
    matches(r"(?m)^  with recovery or app codes:\n    standing +locked until", world.show(), "show")
    world.blocks = good
    world.settings()
    ssh = world.ssh().password()
    ssh.expect("b for a recovery code: ")
    ssh.send(codes[0])
    ssh.expect(r"No recovery code until \d\d:\d\d\. Code for ref ")
    ssh.send(world.provider.sms(1)[-1].code)
    ssh.gets_in()
    no_provider(world)
    run(CLI, "unlock", "alice", check_rc=0)
    ssh = world.ssh().password()
    ssh.expect("Recovery code: ")
    ssh.send(codes[0])
    ssh.gets_in()


lab.enter()
lab.main(__doc__)
