#!/usr/bin/python3
"""Goal: who has been verified is not asked again from the same place for the time that the settings give (`remember`): the address or the key
for sshd, the session of the terminal for sudo; and a stranger with the password does not lock the owner out (B6)."""

import json
import os

import lab
from lab import BOTH, CLI, PASSWORD, SENT, WRONG, check, equal, matches, run

REMEMBER = '{ sshd = "8h"; sudo = "1h"; }'
ELSEWHERE = "BindAddress=127.0.0.2"


def sent(world):
    return len(world.sms())


def asked(world, **more):
    """A login by password and code."""
    ssh = world.ssh(**more)
    sms = ssh.to_code(sent(world) + 1)
    ssh.send(sms.code)
    ssh.gets_in()


def spared(world, **more):
    """A login by password alone."""
    before = sent(world)
    ssh = world.ssh(**more)
    ssh.password()
    ssh.gets_in()
    equal(sent(world), before, "messages")


def devices(user="alice"):
    return json.loads(run(CLI, "devices", user, "--json", check_rc=0).stdout)


@lab.test("sshd: the same user from the same address is asked once", engines=BOTH, enrolled=("alice", "bob"), remember=REMEMBER)
def address(world):
    asked(world)
    equal(world.audit("reason=accepted")["place"], "new", "the audit line's place")
    spared(world)
    line = world.audit("reason=exempt")
    equal((line["reason"], line["place"], line["sends"]), ("exempt", "remembered", "0"), "the audit line")
    # another user, another address, and a wrong password
    asked(world, user="bob")
    asked(world, options=(ELSEWHERE,))
    spared(world, options=(ELSEWHERE,))
    before = sent(world)
    ssh = world.ssh()
    ssh.password("not-it")
    ssh.is_refused()
    equal(sent(world), before, "messages")


@lab.test("devices: lists, forgets one, forgets all; block and set-number forget too", remember=REMEMBER)
def forgotten(world):
    equal(devices(), [], "devices")
    asked(world)
    asked(world, options=(ELSEWHERE,))
    found = devices()
    equal([(d["number"], d["kind"], d["service"]) for d in found], [(1, "address", "sshd"), (2, "address", "sshd")], "devices")
    check(all(d["until"] > d["last"] for d in found) and found[0]["tag"] != found[1]["tag"], "devices: %r" % found)
    text = run(CLI, "devices", "alice", check_rc=0).stdout
    check("127." not in text and "until 20" in text, "the list: %r" % text)
    run(CLI, "devices", "alice", "--forget", "1", check_rc=0)
    equal(run(CLI, "devices", "alice", "--forget", "1").returncode, 1, "status for an entry that is not there")
    equal(run(CLI, "devices", "alice", "--forget", "17").returncode, 2, "status for an entry that cannot be")
    spared(world, options=(ELSEWHERE,))
    asked(world)
    run(CLI, "devices", "alice", "--forget", "all", check_rc=0)
    asked(world)
    asked(world, options=(ELSEWHERE,))
    world.syslog.wait(r"admin action=devices-forget user=alice")
    run(CLI, "set-number", "alice", "+491701234599", "--unverified", check_rc=0)
    equal(devices(), [], "devices after set-number")
    before = sent(world)
    ssh = world.ssh()
    ssh.password()
    ssh.expect(SENT)
    ssh.send(world.sms(before + 1)[-1].code)
    ssh.gets_in()
    run(CLI, "block", "alice", check_rc=0)
    ssh = world.ssh()
    ssh.password()
    ssh.is_refused()
    run(CLI, "unblock", "alice", check_rc=0)
    equal(devices(), [], "devices after block")


@lab.test("explain: what `remember` makes of the place; check: for which services and how long", remember=REMEMBER)
def explained(world):
    def explain(*arguments):
        return json.loads(run(CLI, "explain", "alice", "--json", *arguments).stdout)
    here, there = ("--from", "127.0.0.1"), ("--from", "127.0.0.2")
    said = explain(*here)
    equal((said["verdict"], said["place"], said["remembered_until"]), ("required", "new", None), "explain before")
    asked(world)
    said = explain(*here)
    equal((said["verdict"], said["place"], said["pam_code"]), ("skipped", "remembered", "PAM_IGNORE"), "explain")
    equal(said["remembered_until"], devices()[0]["until"], "until")
    text = run(CLI, "explain", "alice", *here).stdout
    matches(r"(?m)^place +remembered until 20[-\d: ]{17}: would not be asked until then$", text, "explain")
    matches(r"(?m)^standing +nobody would be asked$", text, "explain")
    spared(world)
    said = explain(*there)
    equal((said["verdict"], said["place"]), ("required", "new"), "explain, from elsewhere")
    matches(r"(?m)^place +new; remembered for 8 h after a right code$", run(CLI, "explain", "alice", *there).stdout, "explain")
    matches(r"(?m)^place +known; this service remembers none", run(CLI, "explain", "alice", "--service", "vsftpd", *here).stdout, "explain")
    equal(explain()["place"], None, "explain without an address")
    run(CLI, "block", "alice", check_rc=0)
    equal(explain(*here)["reason"], "blocked", "explain, blocked")
    done = run(CLI, "check", "--offline")
    matches(r"remember +sshd: not asked again from the same place for 8 h", done.stdout, "check")
    matches(r"remember +sudo: not asked again from the same place for 1 h", done.stdout, "check")


@lab.test("off by default; a known place is listed without an end", engines=BOTH)
def default(world):
    asked(world)
    asked(world)
    equal(world.audit("reason=accepted", 2)["place"], "known", "the audit line's place")
    equal([d["until"] for d in devices()], [None], "until")


@lab.test("sshd: by key, the key is the place wherever it comes from", engines=BOTH, services=(),
          sshd_lines=("AuthenticationMethods publickey,keyboard-interactive:pam",), remember=REMEMBER)
def key(world):
    world.pam("sshd", "sshd-publickey")
    os.makedirs("/tmp/keys", mode=0o700, exist_ok=True)
    for name in ("one", "two"):
        if not os.path.exists("/tmp/keys/" + name):
            run("ssh-keygen", "-q", "-N", "", "-f", "/tmp/keys/" + name, "-t", "ed25519" if name == "one" else "rsa", check_rc=0)
    text = open("/tmp/keys/one.pub").read() + open("/tmp/keys/two.pub").read()
    run("sh", "-c", "mkdir -p ~alice/.ssh && cat >~alice/.ssh/authorized_keys && chown -R alice: ~alice/.ssh && chmod 700 ~alice/.ssh",
        text=text, check_rc=0)

    def login(name, code, *options):
        before = sent(world)
        ssh = world.ssh(options=("IdentitiesOnly=yes", "IdentityFile=/tmp/keys/" + name) + options,
                        methods="publickey,keyboard-interactive")
        if code:
            ssh.expect(SENT)
            ssh.send(world.sms(before + 1)[-1].code)
        ssh.gets_in()
        equal(sent(world) - before, int(code), "messages")
    login("one", True)
    login("one", False)
    login("one", False, ELSEWHERE)
    login("two", True)
    login("two", False, ELSEWHERE)
    equal([d["kind"] for d in devices()], ["key", "key"], "kinds")


def terminal(world):
    """A shell of alice's in a session of its own."""
    shell = lab.Terminal("runuser", ["-u", "alice", "--", "bash", "--norc"])
    world.clients.append(shell)
    shell.send("PS1='ready> '; tty")
    name = shell.expect(r"(/dev/pts/\d+)\r").group(1)
    shell.expect("ready> ")
    return shell, name


def sudo(world, shell, code):
    before = sent(world)
    shell.send("sudo -k; sudo id -un")
    shell.expect("alice: ")
    shell.send(PASSWORD)
    if code:
        shell.expect(SENT)
        shell.send(world.sms(before + 1)[-1].code)
    shell.expect("root\r")
    shell.expect("ready> ")
    equal(sent(world) - before, int(code), "messages")


@lab.test("sudo: once in a terminal; another terminal, and the next session on the same one, are asked", engines=BOTH, sshd=False,
          services=("sudo",), remember=REMEMBER)
def sessions(world):
    with open("/etc/sudoers.d/alice", "w") as f:
        f.write("alice ALL=(ALL) ALL\nDefaults timestamp_timeout=0\n")
    run("chmod", "0440", "/etc/sudoers.d/alice", check_rc=0)
    one, name = terminal(world)
    sudo(world, one, True)
    sudo(world, one, False)
    two, other = terminal(world)
    check(name != other, "two terminals of one name")
    sudo(world, two, True)
    sudo(world, one, False)
    # a shell that leaves the session has no terminal; what stays behind has no session
    one.send("exit")
    one.status()
    again, same = terminal(world)
    equal(same, name, "the terminal's name")
    sudo(world, again, True)
    equal({d["kind"] for d in devices()}, {"session"}, "kinds")


@lab.test("B6: a stranger with the password locks strangers out, and not the owner", engines=BOTH,
          lockout='{ failures = 3; window = "1h"; lock = "10m"; }')
def b6_stranger(world):
    asked(world)
    ssh = world.ssh(options=(ELSEWHERE,))
    sms = ssh.to_code(2)
    for k in (1, 2, 3):
        ssh.send(sms.wrong(k))
        if k < 3:
            ssh.expect(WRONG)
    ssh.is_refused()
    ssh = world.ssh(options=(ELSEWHERE,))
    ssh.password()
    ssh.is_refused()
    equal(world.audit("reason=locked", 2)["reason"], "locked", "the stranger's reason")
    equal(sent(world), 2, "messages")
    asked(world)


lab.enter(600)
lab.main(__doc__)
