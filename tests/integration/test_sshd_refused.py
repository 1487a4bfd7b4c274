#!/usr/bin/python3
"""Goal: who may not log in gets no SMS, and the log says why (C2, C3, D9, G3)."""

import lab
from lab import BOTH, check, equal, matches


@lab.test("an invalid user gets no SMS and no code prompt", engines=BOTH)
def invalid_user(world):
    ssh = world.ssh("mallory")
    ssh.password()
    ssh.is_refused()
    equal(world.sms(), [], "messages")


@lab.test("a user who is not enrolled gets no SMS and is refused at once", engines=BOTH)
def not_enrolled(world):
    ssh = world.ssh("bob")
    ssh.password()
    ssh.is_refused()
    equal(world.sms(), [], "messages")
    line = world.audit("user=bob")
    equal((line["verdict"], line["reason"]), ("deny", "not-enrolled"), "the audit line")


@lab.test('unenrolled = "ignore" lets the password do', engines=BOTH, unenrolled='"ignore"')
def unenrolled_ignored(world):
    ssh = world.ssh("bob")
    ssh.password()
    ssh.gets_in()
    equal(world.sms(), [], "messages")
    equal(world.audit("user=bob")["verdict"], "exempt", "the audit line's verdict")


@lab.test("a service that the settings do not list is refused, and the log names it", engines=BOTH)
def unlisted(world):
    world.extra["services"] = '[ "sudo" ]'
    world.settings()
    ssh = world.ssh()
    ssh.password()
    ssh.is_refused()
    equal(world.sms(), [], "messages")
    line = world.audit()
    equal((line["verdict"], line["reason"], line["service"]), ("deny", "unlisted", "sshd"), "the audit line")


@lab.test("a number whose country is not allowed gets no SMS", engines=("daemon",), enrolled=("carol",))
def prefix(world):
    world.settings(numbers='{ prefixes = [ "+49" ]; }')
    ssh = world.ssh("carol")
    ssh.password()
    ssh.is_refused()
    equal(world.sms(), [], "messages")
    equal(world.audit("user=carol")["reason"], "number", "the audit line's reason")


@lab.test("a blocked user gets no SMS until unblocked", engines=BOTH)
def blocked(world):
    lab.run(lab.CLI, "block", "alice", check_rc=0)
    ssh = world.ssh()
    ssh.password()
    ssh.is_refused()
    equal(world.sms(), [], "messages")
    equal(world.audit()["reason"], "blocked", "the audit line's reason")
    lab.run(lab.CLI, "unblock", "alice", check_rc=0)
    ssh = world.ssh()
    ssh.send(ssh.to_code(1).code)
    ssh.gets_in()


@lab.test("B3: ten wrong codes over several connections lock; unlock opens", engines=BOTH, code="{ tries = 5; }")
def locked(world):
    for connection in (1, 2):
        ssh = world.ssh()
        sms = ssh.to_code(connection)
        for k in range(1, 6):
            ssh.send(sms.wrong(k))
            if k < 5:
                ssh.expect(lab.WRONG)
        ssh.is_refused()
    third = world.ssh()
    third.password()
    matches(r"Locked until \d\d:\d\d", third.is_refused(), "what the third connection was told")
    equal(len(world.sms()), 2, "messages")
    equal(world.audit(count=3)["reason"], "locked", "the audit line's reason")
    matches("(?i)locked", world.show(), "sms-otp show")
    lab.run(lab.CLI, "unlock", "alice", check_rc=0)
    ssh = world.ssh()
    ssh.send(ssh.to_code(3).code)
    ssh.gets_in()


@lab.test("C2: broken settings refuse every login, and check names each fault", engines=BOTH)
def broken_settings(world):
    good = open(lab.CONF + "/sms-otp.conf").read()
    world.settings(text=good + 'code = { digits = 5; };\nnosuchkey = 1;\n')
    ssh = world.ssh()
    ssh.password()
    ssh.is_refused()
    equal(world.sms(), [], "messages")
    equal(world.audit()["reason"], "settings", "the audit line's reason")
    said = lab.run(lab.CLI, "check")
    check(said.returncode != 0, "check was content")
    matches(r"sms-otp\.conf:\d+: .*digits", said.stdout, "check on digits")
    matches(r"sms-otp\.conf:\d+: .*nosuchkey", said.stdout, "check on the unknown key")
    for text, what in (("", "empty"), ("routes = [ \"outbox\" ", "cut")):
        world.settings(text=text)
        ssh = world.ssh()
        ssh.password()
        ssh.is_refused()
        check(lab.run(lab.CLI, "check").returncode != 0, "check was content with %s settings" % what)
    world.settings()
    lab.run("chmod", "0666", lab.CONF + "/sms-otp.conf")
    ssh = world.ssh()
    ssh.password()
    ssh.is_refused()
    check(lab.run(lab.CLI, "check").returncode != 0, "check was content with settings that anybody may write")
    equal(world.sms(), [], "messages")
    world.settings()
    ssh = world.ssh()
    ssh.send(ssh.to_code(1).code)
    ssh.gets_in()


lab.enter()
lab.main(__doc__)
