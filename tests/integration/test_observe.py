#!/usr/bin/python3
"""Goal: with mode = "observe" everybody gets in through real sshd, sudo and passwd as without us, the log says what would have been, nothing is
sent, and no byte of the state changes; it opens no door, and nobody gets into it by a slip (C1, C2, C3, D4, D15)."""

import hashlib
import os

import lab
from lab import BOTH, CLI, PASSWORD, SENT, check, equal, matches, run

lab.enter()

USERS = ("alice", "bob", "carol")
STACK = "%s\naccount required pam_permit.so\nsession required pam_permit.so\n"
REFUSE_CAROL = '( { users = [ "carol" ]; then = "refuse"; } )'


def state():
    """Every byte below the state's folder."""
    found = {}
    for folder, _, names in os.walk(lab.STATE):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as f:
                found[path] = hashlib.sha256(f.read()).hexdigest()
    check(len(found) >= 3, "the state's files: %s" % found)
    return found


def would(world, user, service="sshd", count=1):
    line = world.audit("user=%s .*service=%s " % (user, service), count)
    return line["verdict"], line["reason"], line.get("would"), line.get("would_reason")


def by_password_alone(world, user, **more):
    ssh = world.ssh(user, **more)
    ssh.password()
    ssh.gets_in()
    check("ode" not in ssh.seen(), "a code was spoken of: %r" % ssh.seen())


def sudo(world, user):
    with open("/etc/sudoers.d/all", "w") as f:
        f.write("".join("%s ALL=(ALL) ALL\n" % u for u in USERS) + "Defaults timestamp_timeout=0\n")
    run("chmod", "0440", "/etc/sudoers.d/all", check_rc=0)
    terminal = lab.Terminal("runuser", ["-u", user, "--", "sudo", "-k", "id", "-un"])
    world.clients.append(terminal)
    terminal.expect(user + ": ")
    terminal.send(PASSWORD)
    return terminal


def sudo_by_password_alone(world, user):
    terminal = sudo(world, user)
    terminal.expect("root\r")
    equal(terminal.status(), 0, "sudo's status")


def lock_alice(world):
    ssh = world.ssh()
    sms = ssh.to_code(1)
    for k in (1, 2, 3):
        ssh.send(sms.wrong(k))
        ssh.expect(lab.WRONG if k < 3 else "Locked|locked|Too many|refused|denied")
    ssh.is_refused()
    matches("locked", world.show(), "alice's standing")


@lab.test("enrolled, locked, not enrolled, refused by a rule: all get in by the password alone, and the log tells what would have been",
          engines=BOTH, services=("sshd", "sudo"), enrolled=("alice", "carol"), lockout="{ failures = 3; }")
def everybody(world):
    lock_alice(world)
    world.settings(mode='"observe"', rules=REFUSE_CAROL)
    before = state()
    sent = len(world.sms())
    wanted = {"alice": ("deny", "locked"), "bob": ("deny", "not-enrolled"), "carol": ("deny", "refused")}
    for user in USERS:
        by_password_alone(world, user)
        equal(would(world, user, count=2 if user == "alice" else 1), ("exempt", "observe") + wanted[user], user)
        sudo_by_password_alone(world, user)
        equal(would(world, user, "sudo"), ("exempt", "observe") + wanted[user], user + " at sudo")
    equal(state(), before, "the state's bytes")
    run(CLI, "unlock", "alice", check_rc=0)
    before = state()
    for count in range(3, 12):  # more than any budget has
        by_password_alone(world, "alice")
        equal(would(world, "alice", count=count), ("exempt", "observe", "challenge", "-"), "alice, unlocked")
    equal(state(), before, "the state's bytes")
    equal(len(world.sms()), sent, "messages")
    # a wrong password is no business of ours
    lines = len(world.syslog.grep("login verdict="))
    ssh = world.ssh()
    ssh.password("not-it")
    ssh.is_refused()
    equal(len(world.syslog.grep("login verdict=")), lines, "lines of ours after a wrong password")
    # and off again
    world.settings(mode='"enforce"')
    ssh = world.ssh()
    sms = ssh.to_code(None)
    ssh.send(sms.code)
    ssh.gets_in()


@lab.test("C2: settings at fault refuse as ever, a slip in the word is one; damaged state is logged and refuses nobody", engines=BOTH)
def faults(world):
    for more in ({"mode": '"observed"'}, {"mode": '"Observe"'}, {"mode": "true"}, {"mode": '{ sshd = "obs"; }'},
                 {"mode": '"observe"', "unknown_key": "1"}):
        world.settings(**more)
        ssh = world.ssh()
        ssh.password()
        ssh.is_refused()
        equal(would(world, "alice")[:2], ("deny", "settings"), "with %s" % more)
        world.extra.pop("unknown_key", None)
        world.syslog.lines.clear()
    world.settings(mode='"observe"')
    os.chmod(lab.CONF + "/sms-otp.conf", 0o666)
    ssh = world.ssh()
    ssh.password()
    ssh.is_refused()
    equal(would(world, "alice")[:2], ("deny", "settings"), "settings that anybody may write")
    world.settings()
    world.syslog.lines.clear()
    uid = run("id", "-u", "alice").stdout.strip()
    with open(lab.STATE + "/state/" + uid, "r+b") as f:
        f.truncate(10)
    before = state()
    by_password_alone(world, "alice")
    equal(would(world, "alice"), ("exempt", "observe", "deny", "state"), "alice, whose record is damaged")
    matches('fault="[^"]*state/%s' % uid, world.syslog.grep("login verdict=")[-1], "the line names the file")
    equal(state(), before, "the state's bytes")


@lab.test("D15: in a stack with decoys the right password gets in, the wrong one does not, and nobody is asked", engines=BOTH, mode='"observe"')
def decoy(world):
    world.pam("sshd", "sshd-decoy")
    before = state()
    by_password_alone(world, "alice")
    by_password_alone(world, "bob")
    for user in ("alice", "bob", "mallory"):
        ssh = world.ssh(user)
        ssh.password("not-it")
        said = ssh.is_refused()
        check("ode" not in said, "a code was spoken of: %r" % said)
    equal(would(world, "alice", count=2), ("deny", "wrong", None, None), "the decoy's line")
    equal(state(), before, "the state's bytes")


@lab.test("D4: who has shown nothing stays outside, also where pam_permit stands behind us, and where the code is all there is", engines=BOTH,
          mode='"observe"')
def nothing_shown(world):
    world.pam("sshd", text=STACK % "auth required pam_sms_otp.so\nauth required pam_permit.so")
    world.ssh().is_refused()
    equal(would(world, "alice"), ("deny", "no-first-factor", "deny", "no-first-factor"), "without a key")
    world.settings(without_password='[ "sshd" ]')
    world.ssh().is_refused()
    equal(would(world, "alice", count=2), ("deny", "no-first-factor", "challenge", "-"), "without_password")
    matches("LOOK +mode +sshd is in without_password and observed", run(CLI, "check", "--offline").stdout, "check")
    equal(world.sms(), [], "messages")


@lab.test("one field and two steps: the password's line has the whole field, and judges it", engines=BOTH, mode='"observe"')
def one_field(world):
    before = state()
    unix = "auth required pam_unix.so try_first_pass"
    world.pam("sshd", text=STACK % ("auth requisite pam_sms_otp.so forward_pass\n" + unix))
    by_password_alone(world, "alice")
    equal(would(world, "alice"), ("exempt", "observe", "deny", "no-offline"), "forward_pass")
    by_password_alone(world, "bob")
    ssh = world.ssh()
    ssh.password(PASSWORD + "123456")
    ssh.is_refused()
    world.pam("sshd", text=STACK % ("auth [success=2 default=ignore] pam_sms_otp.so forward_pass two_step\nauth requisite pam_unix.so try_first_pass\n"
                                    "auth requisite pam_sms_otp.so two_step\nauth required pam_permit.so"))
    world.syslog.lines.clear()
    by_password_alone(world, "alice")
    world.syslog.wait("login verdict=.*user=alice ", 2)
    equal(would(world, "alice", count=2), ("exempt", "observe", "challenge", "-"), "two_step, behind the password")
    matches(" would=deny would_reason=no-step", world.syslog.grep("login verdict=.*user=alice ")[0], "before it")
    by_password_alone(world, "bob")
    ssh = world.ssh()
    ssh.password("not-it")
    ssh.is_refused()
    equal(world.sms(), [], "messages")
    equal(state(), before, "the state's bytes")


@lab.test("a password change goes on in both walks", engines=BOTH, sshd=False, services=("passwd",), mode='"observe"')
def change(world):
    run("chpasswd", "-c", "SHA512", text="alice:%s\n" % PASSWORD, check_rc=0)
    before = state()
    passwd = lab.Terminal("runuser", ["-u", "alice", "--", "passwd"])
    world.clients.append(passwd)
    for prompt, answer in (("Current password: ", PASSWORD), ("New password: ", "Battery-Staple-9"), ("Retype new password: ", "Battery-Staple-9")):
        passwd.expect(prompt)
        passwd.send(answer)
    passwd.expect("password updated successfully")
    equal(passwd.status(), 0, "passwd's status")
    equal(world.audit("for=change").get("would"), "challenge", "what would have been")
    equal((world.sms(), state()), ([], before), "messages and the state's bytes")
    passwd = lab.Terminal("runuser", ["-u", "alice", "--", "passwd"])
    world.clients.append(passwd)
    passwd.expect("Current password: ")
    passwd.send("not-it")
    check(passwd.status() != 0, "a wrong password was changed")
    run("chpasswd", "-c", "SHA512", text="alice:%s\n" % PASSWORD, check_rc=0)


@lab.test("one service is observed, the other asks; check, explain, try and the daemon's log say so", services=("sshd", "sudo"),
          mode='{ sshd = "observe"; }')
def one_service(world):
    world.syslog.wait('mode is "observe" for some services')
    before = state()
    by_password_alone(world, "alice")
    equal(state(), before, "the state's bytes")
    terminal = sudo(world, "alice")
    terminal.expect(SENT)
    terminal.send(world.last_sms(1).code)
    terminal.expect("root\r")
    matches("LOOK +mode +sshd is observed: through it nobody is asked", run(CLI, "check", "--offline").stdout, "check")
    said = run(CLI, "explain", "alice", "--service", "sshd").stdout
    matches(r"verdict +required\nmode +observe: so it would be; nothing is enforced, and nobody asked \(PAM_IGNORE\)", said, "explain")
    matches('"mode": *"observe"', run(CLI, "explain", "bob", "--service", "sshd", "--json").stdout, "explain --json")
    check("observe" not in run(CLI, "explain", "alice", "--service", "sudo").stdout, "explain of sudo")
    trial = lab.Terminal(CLI, ["try", "alice", "--service", "sshd"])
    world.clients.append(trial)
    trial.expect("Code sent to")
    trial.send(world.last_sms(2).code)
    trial.expect("let in")
    equal(trial.status(), 0, "try's status")
    world.pam("sshd", text=STACK % "auth required pam_sms_otp.so")
    matches(r"TROUBLE +pam .*everybody: `mode` says observe", run(CLI, "check", "--offline", "--service", "sshd").stdout, "check of a stack of ours alone")


lab.main(__doc__)
