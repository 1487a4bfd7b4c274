#!/usr/bin/python3
"""Goal: the recipes of docs/recipes.md and the stack of docs/stronger.md do what the pages say, with real sshd, ssh, pam_faillock and pam_u2f."""

import os
import re
import subprocess

import lab
from lab import CLI, WRONG, check, equal, matches, run

ACCOUNT = "\naccount required pam_unix.so\nsession required pam_permit.so\n"


def page(name):
    with open(os.path.join(lab.TOP, "docs", name)) as f:
        return f.read()


def block(text, first):
    """The indented block of a page whose first line begins so."""
    lines = text.split("\n")
    start = next(i for i, line in enumerate(lines) if line.startswith("    " + first))
    found = []
    for line in lines[start:]:
        if line and not line.startswith("    "):
            break
        found.append(line[4:])
    return "\n".join(found).strip() + "\n"


def make_key(user):
    """A key for user, and its path."""
    os.makedirs("/tmp/keys", 0o700, exist_ok=True)
    path = "/tmp/keys/" + user
    if not os.path.exists(path):
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path, check_rc=0)
    run("sh", "-c", "mkdir -p ~%s/.ssh && cp %s.pub ~%s/.ssh/authorized_keys && chown -R %s: ~%s/.ssh && chmod 700 ~%s/.ssh" % (
        user, path, user, user, user, user), check_rc=0)
    return path


AUTOMATION = tuple(line.strip() for line in block(page("recipes.md"), "AuthenticationMethods keyboard").splitlines())


# Match must be the last in the file, and the lab writes its own lines after: so the group is a condition of its own file
@lab.test("automation: the key alone lets in, nothing is sent; without it a rule refuses, and explain names its line",
          sshd_lines=(AUTOMATION[0], "Include /tmp/automation.conf"))
def automation(world):
    equal(AUTOMATION[1:], ("Match Group automation", "AuthenticationMethods publickey"), "the page's lines")
    with open("/tmp/automation.conf", "w") as f:
        f.write("\n".join(AUTOMATION[1:]) + "\n")
    run("groupadd", "-f", "automation", check_rc=0)
    run("usermod", "-aG", "automation", "bob", check_rc=0)
    rule = block(page("recipes.md"), "rules = ( { groups").split("=", 1)[1].strip().rstrip(";")
    world.settings(rules=rule)
    world.sshd.terminate()
    world.sshd.wait(10)
    world.start_sshd()
    path = make_key("bob")
    ssh = world.ssh("bob", options=("IdentitiesOnly=yes", "IdentityFile=" + path), methods="publickey,keyboard-interactive")
    ssh.gets_in()
    equal(world.sms(), [], "messages")
    equal(world.syslog.grep("login verdict"), [], "audit lines")
    ssh = world.ssh("bob")
    ssh.is_refused()
    told = run(CLI, "explain", "bob", "--service", "sshd")
    equal(told.returncode, 1, told.stdout + "its status")
    matches(r"rule +\S+sms-otp\.conf:\d+: .*automation", told.stdout, "what explain says")
    matches(r"PAM_PERM_DENIED", told.stdout, "what explain says")
    ssh = world.ssh()
    ssh.send(ssh.to_code(1).code)
    ssh.gets_in()


@lab.test("ControlMaster: one code, and further sessions over the connection ask for none")
def control_master(world):
    wanted = block(page("recipes.md"), "Host web01")
    matches(r"ControlMaster auto\n", wanted, "the page")
    options = ("ControlMaster=auto", "ControlPath=/tmp/%C", "ControlPersist=60")
    ssh = world.ssh(options=options)
    ssh.send(ssh.to_code(1).code)
    ssh.gets_in()
    for _ in range(3):
        again = world.ssh(options=options)
        again.gets_in()
        check("Password" not in again.seen(), "asked again: %r" % again.seen())
    equal(len(world.sms()), 1, "messages")
    world.ssh(options=("ControlPath=/tmp/%C",), command="true")
    subprocess.run(["ssh", "-F", "/dev/null", "-o", "ControlPath=/tmp/%C", "-O", "exit", "-p", str(lab.PORT), "alice@127.0.0.1"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def faillock_count(user="alice"):
    """Entries that pam_faillock has as valid."""
    return len(re.findall(r"(?m) V$", run("faillock", "--user", user).stdout))


@lab.test("pam_faillock: wrong passwords are its own, wrong codes are ours, and neither counts the other's", services=())
def faillock(world):
    world.pam("sshd", text=block(page("recipes.md"), "auth    required                pam_faillock.so preauth") + ACCOUNT)
    run("faillock", "--user", "alice", "--reset")
    ssh = world.ssh()
    sms = ssh.to_code(1)
    for k in (1, 2, 3):
        ssh.send(sms.wrong(k))
        if k < 3:
            ssh.expect(WRONG)
    ssh.is_refused()
    equal(faillock_count(), 0, "wrong passwords by pam_faillock's count, after wrong codes")
    matches(r"(?m)^ +wrong codes +3 of 10 ", world.show(), "what show says")
    ssh = world.ssh()
    ssh.password("wrong")
    ssh.is_refused()
    equal(faillock_count(), 1, "wrong passwords by pam_faillock's count")
    equal(len(world.sms()), 1, "messages")
    for _ in range(2):
        ssh = world.ssh()
        ssh.password("wrong")
        ssh.is_refused()
    ssh = world.ssh()
    ssh.password()
    ssh.is_refused()
    equal(len(world.sms()), 1, "messages: who is locked by pam_faillock is sent none")
    run("faillock", "--user", "alice", "--reset", check_rc=0)
    ssh = world.ssh()
    ssh.send(ssh.to_code(2).code)
    ssh.gets_in()
    run("faillock", "--user", "alice", "--reset")


@lab.test("backup and restore: logins go on, check finds nothing, and a code that was used since works again, as the page warns")
def restore(world):
    codes = re.findall(r"(?m)^ +\d+ +(\S+)$|^([0-9A-Z]{4}(?:-[0-9A-Z]{4})+)$", run(CLI, "recovery-codes", "alice", check_rc=0).stdout)
    code = next(a or b for a, b in codes)
    world.secrets += [a or b for a, b in codes]
    lines = block(page("recipes.md"), "tar -C / -czf").splitlines()
    for line in lines:
        if line.startswith(("tar", "chmod")):
            run("sh", "-c", line, check_rc=0)
    ssh = world.ssh().password()
    ssh.expect("Code sent to ")
    ssh.send(code)
    ssh.gets_in()
    ssh = world.ssh().password()
    ssh.expect("Code sent to ")
    ssh.send(code)
    ssh.expect("Wrong code")
    ssh.end()
    world.engine.terminate()
    world.engine.wait(10)
    put_back = next(line for line in lines if line.startswith("rm -rf"))
    run("sh", "-c", put_back, check_rc=0)
    world.start_engine()
    checked = run(CLI, "check")
    check("chmod" not in checked.stdout and "chown" not in checked.stdout, "check after a restore: " + checked.stdout)
    ssh = world.ssh().password()
    ssh.expect("Code sent to ")
    ssh.send(code)
    ssh.gets_in()
    equal(world.audit("reason=accepted", 2)["by"], "recovery", "what let in")


@lab.test("pam_u2f beside us: who has no token is sent a code; the page says why nouserok must not be there", services=())
def token(world):
    text = block(page("stronger.md"), "auth    requisite                   pam_unix.so")
    check("nouserok" not in text, "the stack says nouserok")
    with open("/etc/u2f_mappings", "w") as f:
        f.write("somebody:AAAA,BBBB,es256,+presence\n")
    world.pam("sshd", text=text + ACCOUNT)
    ssh = world.ssh()
    sms = ssh.to_code(1)
    ssh.send(sms.wrong())
    ssh.expect(WRONG)
    ssh.send(sms.code)
    ssh.gets_in()
    ssh = world.ssh()
    ssh.password("wrong")
    ssh.is_refused()
    equal(len(world.sms()), 1, "messages")


lab.enter()
lab.main(__doc__)
