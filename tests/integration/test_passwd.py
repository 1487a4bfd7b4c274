#!/usr/bin/python3
"""Goal: with pam.d-examples/passwd the real passwd changes a password after the current one and the right code, and after nothing else; root
brings the code of the user's phone (C1, D3, D4, D6, D9)."""

import os

import lab
from lab import BOTH, PASSWORD, SENT, WRONG, check, equal, matches, wait_for

NEW = "Battery-Staple-9"
CHANGED = "password updated successfully"
HERE = dict(sshd=False, services=("passwd",))


def hash_of(user="alice"):
    with open("/etc/shadow") as f:
        return next(line for line in f if line.startswith(user + ":"))


def opens(password, user="alice"):
    """The password is the user's: carol becomes them by Debian's own su."""
    terminal = lab.Terminal("runuser", ["-u", "carol", "--", "su", user, "-c", "echo I-AM $(id -un)"])
    terminal.expect("Password: ")
    terminal.send(password)
    return terminal.status() == 0 and "I-AM " + user in terminal.seen()


class Change:
    """passwd on a terminal, and what the shadow file said before it."""

    def __init__(self, world, *arguments, caller="alice", prefix=""):
        self.world = world
        # passwords of the tests before: everybody begins with the same one
        lab.run("chpasswd", "-c", "SHA512", text="alice:%s\nbob:%s\n" % (PASSWORD, PASSWORD), check_rc=0)
        self.before = hash_of(), hash_of("bob")
        command = " ".join((prefix, "exec passwd") + arguments)
        words = ["-u", caller, "--", "bash", "-c", command] if caller else []
        self.terminal = lab.Terminal("runuser", words) if caller else lab.Terminal("bash", ["-c", command])
        world.clients.append(self.terminal)

    def current(self, password=PASSWORD):
        self.terminal.expect("Current password: ")
        self.terminal.send(password)
        return self

    def to_code(self, count=1):
        prompt = self.terminal.expect(SENT)
        sms = self.world.last_sms(count)
        equal(prompt.group(2), sms.ref, "the reference")
        return sms

    def new(self, password=NEW):
        for prompt in ("New password: ", "Retype new password: "):
            self.terminal.expect(prompt)
            self.terminal.send(password)

    def is_done(self, user="alice"):
        self.terminal.expect(CHANGED)
        equal(self.terminal.status(), 0, "passwd's status")
        check(opens(NEW, user) and not opens(PASSWORD, user), "the new password is not the one that holds")

    def is_refused(self, asked=False):
        """passwd ends, and nothing is changed; asked: whether it may have asked for a code."""
        status = self.terminal.status()
        seen = self.terminal.seen()
        check(status != 0, "passwd's status is 0; it said %r" % seen)
        self.is_unchanged()
        check(asked or "Code sent" not in seen, "asked for a code: %r" % seen)
        check("New password" not in seen, "asked for a new password: %r" % seen)
        return seen

    def is_unchanged(self):
        equal((hash_of(), hash_of("bob")), self.before, "the lines in the shadow file")


@lab.test("the current password and the right code change it", engines=BOTH, **HERE)
def right(world):
    change = Change(world).current()
    sms = change.to_code()
    equal((sms.service, sms.user, sms.host), ("passwd", "alice", "web01"), "service, user and host in the SMS")
    change.terminal.send(sms.wrong())
    change.terminal.expect(WRONG)
    change.is_unchanged()
    change.terminal.send(sms.code)
    change.new()
    change.is_done()
    line = world.audit()
    equal((line["verdict"], line["service"], line["for"], line["sends"]), ("accept", "passwd", "change", "1"), "the audit line")
    equal(len(world.sms()), 1, "messages: one for both walks of the stack")


@lab.test("a wrong code three times: the old password stays, and no new one is asked for", engines=BOTH, **HERE)
def wrong_code(world):
    change = Change(world).current()
    sms = change.to_code()
    for k in (1, 2, 3):
        change.terminal.send(sms.wrong(k))
        if k < 3:
            change.terminal.expect(WRONG)
    matches("(?i)password unchanged", change.is_refused(asked=True), "what passwd said")
    check(opens(PASSWORD), "the old password does not hold")
    line = world.audit()
    equal((line["verdict"], line["reason"], line["for"]), ("deny", "wrong", "change"), "the audit line")


@lab.test("D4: a wrong current password sends nothing", engines=BOTH, **HERE)
def wrong_password(world):
    change = Change(world).current("not-it")
    change.is_refused()
    equal((world.sms(), world.syslog.grep("login verdict")), ([], []), "messages, and audit lines")


@lab.test("D9: who is not enrolled is refused and gets no SMS", engines=BOTH, **HERE)
def not_enrolled(world):
    change = Change(world, caller="bob").current()
    change.is_refused()
    equal((world.sms(), world.audit()["reason"]), ([], "not-enrolled"), "messages, and the audit line's reason")


@lab.test("root gives no password, and the code of the user's phone", engines=BOTH, **HERE)
def root(world):
    change = Change(world, "alice", caller=None)
    sms = change.to_code()
    equal((sms.service, sms.user), ("passwd", "alice"), "service and user in the SMS")
    check("Current password" not in change.terminal.seen(), "root was asked for the password")
    change.terminal.send(sms.code)
    change.new()
    change.is_done()
    change = Change(world, "alice", caller=None)
    sms = change.to_code(2)
    for k in (1, 2, 3):
        change.terminal.send(sms.wrong(k))
        if k < 3:
            change.terminal.expect(WRONG)
    change.is_refused(asked=True)
    # somebody without a phone: root has other ways, this is not one
    change = Change(world, "bob", caller=None)
    change.is_refused()
    equal(len(world.sms()), 2, "messages")


@lab.test("with the line for it in the example root needs no code, and nobody else is excused", **HERE)
def root_excused(world):
    with open(os.path.join(lab.TOP, "pam.d-examples", "passwd")) as f:
        text = f.read()
    line = matches(r"put this before it:\t(password\tsufficient\tpam_rootok\.so)\n", text, "the example").group(1)
    world.pam("passwd", text=text.replace("\npassword\trequired", "\n%s\npassword\trequired" % line))
    change = Change(world, "alice", caller=None)
    change.new()
    change.is_done()
    equal(world.sms(), [], "messages")
    change = Change(world).current()
    sms = change.to_code()
    change.terminal.send(sms.code)
    change.new()
    change.is_done()


@lab.test("D4: passwd -k, which claims that the password has expired, is no way around", engines=BOTH, **HERE)
def keep_tokens(world):
    for caller, arguments in (("alice", ("-k",)), (None, ("-k", "alice"))):
        change = Change(world, *arguments, caller=caller)
        change.current("not-it")
        change.is_refused()
    equal(world.sms(), [], "messages")
    change = Change(world, "-k").current()
    sms = change.to_code()
    for k in (1, 2, 3):
        change.terminal.send(sms.wrong(k))
        if k < 3:
            change.terminal.expect(WRONG)
    change.is_refused(asked=True)


@lab.test("D4: a line that stands alone, with nothing before it that asks for the password, sends nothing but for root", **HERE)
def no_first_factor(world):
    world.pam("passwd", text="password required pam_sms_otp.so\n@include common-password\n")
    change = Change(world)
    change.terminal.expect("Current password: ")  # required: the walk goes on, to its end
    change.terminal.send(PASSWORD)
    change.is_refused()
    equal((world.sms(), world.audit()["reason"]), ([], "no-first-factor"), "messages, and the audit line's reason")
    change = Change(world, "alice", caller=None)
    change.terminal.send(change.to_code().code)
    change.new()
    change.is_done()


@lab.test("C4: a provider that is down changes nothing, and the code is AUTHINFO_UNAVAIL's", routes=("dexatel",), provider={}, **HERE)
def outage(world):
    world.provider.always(status=503)
    change = Change(world).current()
    matches("(?i)retrieve auth", change.is_refused(), "what passwd said")
    equal(world.audit()["reason"], "outage", "the audit line's reason")


@lab.test("E2: without an engine nothing is changed", engines=("one-shot",), **HERE)
def no_engine(world):
    os.rename(lab.ENGINE, lab.ENGINE + ".away")
    try:
        change = Change(world).current()
        change.is_refused()
    finally:
        os.rename(lab.ENGINE + ".away", lab.ENGINE)
    world.syslog.wait(r"pam_sms_otp\(passwd:chauthtok\): .*sms-otpd")


@lab.test("C2: broken settings change nothing", engines=BOTH, **HERE)
def broken_settings(world):
    world.settings(text="nonsense")
    change = Change(world).current()
    change.is_refused()
    equal(world.audit()["reason"], "settings", "the audit line's reason")


@lab.test("the settings do not list passwd: refused", services=("passwd",), sshd=False)
def unlisted(world):
    world.extra["services"] = '[ "sshd" ]'
    world.settings()
    change = Change(world).current()
    change.is_refused()
    equal((world.sms(), world.audit()["reason"]), ([], "unlisted"), "messages, and the audit line's reason")


@lab.test("D6: passwd killed at the code prompt, and at the one for the new password, changes nothing and leaves nothing", engines=BOTH, **HERE)
def killed(world):
    for at_new in (False, True):
        change = Change(world).current()
        sms = change.to_code(2 if at_new else 1)
        if at_new:
            change.terminal.send(sms.code)
            change.terminal.expect("New password: ")
        pids = wait_for("passwd", lambda: [pid for pid, _ in lab.processes("passwd")])
        for pid in pids:
            # as the caller: the real uid of passwd is alice's, so alice may
            lab.run("kill", "-KILL", str(pid), user="alice", check_rc=0)
        change.terminal.status()
        change.is_unchanged()
        world.no_process_left()
    check(opens(PASSWORD), "the old password does not hold")


@lab.test("D7: ulimit -f 0 before passwd: nothing is changed without a code, and the failures count", engines=("daemon",),
          lockout="{ failures = 3; }", **HERE)
def no_file_size(world):
    change = Change(world, prefix="ulimit -f 0;").current()
    sms = change.to_code()
    for k in (1, 2, 3):
        change.terminal.send(sms.wrong(k))
        if k < 3:
            change.terminal.expect(WRONG)
    change.is_refused(asked=True)
    change = Change(world).current()
    matches(r"Locked until \d\d:\d\d", change.is_refused(), "what passwd said")
    equal(len(world.sms()), 1, "messages")


@lab.test("a line that takes the new password before pam_unix (use_authtok): the code still comes first", engines=BOTH, **HERE)
def use_authtok(world):
    lines = ("password requisite pam_pwhistory.so remember=3", "password [success=1 default=ignore] pam_unix.so use_authtok sha512",
             "password requisite pam_deny.so", "password required pam_permit.so", "password required pam_sms_otp.so")
    for ours in (4, 1, 0):  # pam_sms_otp last; between the two; first, where the old password is not there yet
        stack = list(lines[:4])
        stack.insert(ours, lines[4])
        world.pam("passwd", text="\n".join(stack) + "\n")
        sent = len(world.sms())
        change = Change(world)
        if ours < 4:
            change.current()
            change.is_refused()
            equal(len(world.sms()), sent, "messages")
            continue
        change.current()
        sms = change.to_code(sent + 1)
        change.is_unchanged()
        change.terminal.send(sms.code)
        change.new()
        change.is_done()
        change = Change(world).current()
        sms = change.to_code(sent + 2)
        for k in (1, 2, 3):
            change.terminal.send(sms.wrong(k))
            if k < 3:
                change.terminal.expect(WRONG)
        change.is_refused(asked=True)


@lab.test("C1: a stack that jumps over pam_unix after a wrong code does not come to it in the second walk", **HERE)
def jump(world):
    world.pam("passwd", text="password required pam_permit.so\npassword [success=ignore default=1] pam_sms_otp.so\n"
              "password required pam_unix.so sha512\npassword required pam_permit.so\n")
    world.settings(without_password='[ "passwd" ]')
    change = Change(world)
    sms = change.to_code()
    for k in (1, 2, 3):
        change.terminal.send(sms.wrong(k))
        if k < 3:
            change.terminal.expect(WRONG)
    change.terminal.status()
    check("New password" not in change.terminal.seen(), "came to pam_unix: %r" % change.terminal.seen())
    change.is_unchanged()


@lab.test("chpasswd cannot ask: with the line in common-password it changes nothing", **HERE)
def chpasswd(world):
    with open("/etc/pam.d/common-password") as f:
        plain = f.read()
    change = Change(world)
    change.terminal.end()
    try:
        world.pam("common-password", text=plain + "\npassword required pam_sms_otp.so\n")
        equal(lab.run("chpasswd", text="alice:%s\n" % NEW).returncode != 0, True, "chpasswd failed")
    finally:
        world.pam("common-password", text=plain)
    change.is_unchanged()


@lab.test("an expired password at login: changed with the login's code alone; with the line in login's file a second code", sshd=False,
          services=("login",))
def expired(world):
    with open("/etc/pam.d/login") as f:
        plain = f.read()
    for guarded in (False, True):
        world.pam("login", text=plain + ("password required pam_sms_otp.so\n" if guarded else ""))
        lab.run("chpasswd", "-c", "SHA512", text="alice:%s\n" % PASSWORD, check_rc=0)
        lab.run("chage", "-d", "0", "alice", check_rc=0)
        terminal = lab.Terminal("/bin/login", ["alice"])
        world.clients.append(terminal)
        terminal.expect("Password: ")
        terminal.send(PASSWORD)
        terminal.expect(SENT)
        terminal.send(world.sms()[-1].code)
        terminal.expect("Current password: ")
        terminal.send(PASSWORD)
        if guarded:
            reference = terminal.expect(SENT).group(2)
            equal(world.sms()[-1].ref, reference, "the second code's reference")
            terminal.send(world.sms()[-1].code)
        for prompt in ("New password: ", "Retype new password: "):
            terminal.expect(prompt)
            terminal.send(NEW)
        terminal.expect(r"\$ ")
        terminal.send("exit")
        terminal.status()
        check(opens(NEW), "the new password does not hold")
        equal(len(world.sms()), 3 if guarded else 1, "messages")
        equal(world.audit(count=3 if guarded else 1)["for"], "change" if guarded else "login", "for in the last audit line")


lab.enter(600)
lab.main(__doc__)
