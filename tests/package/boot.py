#!/usr/bin/python3
"""Goal: on a machine that systemd has booted, with a kernel that has AppArmor, the package installs its units and its profiles; logins work with both in
force, by the daemon and without it, by outbox and by HTTPS; the profiles confine; an upgrade and a removal leave nobody outside."""
# Run by tests/package.sh in a virtual machine.

import functools
import os
import re

from installed import (NAME, SENT, NUMBER, another, apt, by_password_alone, by_password_and_code, enroll, fine_but_for_the_outbox, gets_in, package, prepare, settings, to_code, with_password)
import lab
from lab import check, equal, matches


def systemctl(*words):
    return lab.run("systemctl", *words)


def label(name):
    """How AppArmor calls each process of a program."""
    found = []
    for pid, _ in lab.processes(name):
        try:
            with open("/proc/%d/attr/current" % pid) as f:
                found.append(f.read().strip("\n\0"))
        except OSError:
            pass
    return found


def denied():
    """What the kernel says that our profiles forbade."""
    return [line for line in lab.run("journalctl", "-k", "--no-pager", "-o", "cat").stdout.splitlines() if 'apparmor="DENIED"' in line and "sms-otp" in line]


def journal(function):
    """What the machine said last, where a test fails."""
    @functools.wraps(function)
    def noted():
        try:
            function()
        except BaseException:
            said = lab.run("journalctl", "--no-pager", "-o", "short-monotonic", "-n", "400").stdout.splitlines()
            for line in [s for s in said if re.search("sms-otp|sudo|DENIED", s)][-30:]:
                lab._note(line)
            raise
    return noted


def reloaded():
    """The engine is started by the next login, with what is on disk now."""
    systemctl("stop", "sms-otpd.service")


@lab.plain("the machine has AppArmor, and logins by password work")
@journal
def machine():
    with open("/sys/kernel/security/lsm") as f:
        lsm = f.read()
    lab._note("%s; LSM %s" % (lab.run("uname", "-r").stdout.strip(), lsm))
    check("apparmor" in lsm, "no AppArmor: " + lsm)
    prepare()
    equal(systemctl("restart", "ssh").stdout, "", "what systemctl says")
    by_password_alone()


@lab.plain("installed: the profiles are loaded and enforced, the socket is open, the engine not started yet")
@journal
def install():
    apt("install", package())
    status = lab.run("aa-status").stdout
    enforced = status[:status.index("profiles are in complain mode")]
    for name in ("sms-otpd", "sms-otp-send"):
        check(re.search(r"(?m)^ +%s$" % name, enforced), "%s is not enforced: %s" % (name, status))
    equal(systemctl("is-active", "sms-otpd.socket").stdout, "active\n", "the socket")
    equal(systemctl("is-active", "sms-otpd.service").stdout, "inactive\n", "the service")
    equal(systemctl("is-enabled", "sms-otp-rollout.service").stdout, "enabled\n", "the unit for rollouts")
    by_password_alone()


@lab.plain("an enrolment and a login through the daemon that systemd started; check is content")
@journal
def daemon():
    settings()
    enroll()
    equal(lab.run("pam-auth-update", "--enable", "sms-otp").returncode, 0, "pam-auth-update's status")
    by_password_and_code()
    equal(systemctl("is-active", "sms-otpd.service").stdout, "active\n", "the service")
    equal(label("sms-otpd"), ["sms-otpd (enforce)"], "the engine's label")
    fine_but_for_the_outbox()
    lab._note(lab.run("systemd-analyze", "security", "--no-pager", "sms-otpd.service").stdout.splitlines()[-1])
    equal(denied(), [], "what AppArmor forbade")


@lab.plain("without the socket the host starts the engine, which has its profile as well; sudo too")
@journal
def one_shot():
    systemctl("stop", "sms-otpd.socket", "sms-otpd.service")
    check(not os.path.exists(lab.SOCKET), "the socket is still there")
    client, code = to_code()
    equal(label("sms-otpd"), ["sms-otpd (enforce)"], "the engine's label")
    client.send(code)
    gets_in(client)
    with open("/etc/sudoers.d/alice", "w") as f:
        f.write("alice ALL=(ALL) ALL\n")
    sudo = lab.Terminal("runuser", ["-u", "alice", "--", "sudo", "-k", "id", "-un"])
    sudo.expect("password for alice: ")
    sudo.send(lab.PASSWORD)
    reference = sudo.expect(SENT).group(2)
    said = lab.run(lab.CLI, "outbox").stdout
    sudo.send(re.search(r"(\d{6}) is your code for sudo [^\n]*ref %s" % reference, said).group(1))
    sudo.expect("root\r")
    equal(sudo.status(), 0, "sudo's status")
    equal(denied(), [], "what AppArmor forbade")
    systemctl("start", "sms-otpd.socket")


@lab.plain("by HTTPS: the sender runs in the stack of both profiles under no_new_privs, and the message arrives")
@journal
def https():
    provider = lab.Provider()
    settings("providers = {\n%s};\n" % provider.block())
    lab.run("sed", "-i", 's/"outbox"/"dexatel"/', lab.CONF + "/sms-otp.conf", check_rc=0)
    provider.always(stall_before=2)
    reloaded()
    client = with_password()
    seen = lab.wait_for("the sender", lambda: label("sms-otp-send"))
    equal([set(one.split(" ")[0].split("//&")) for one in seen], [{"sms-otpd", "sms-otp-send"}], "the sender's labels")
    check(seen[0].endswith(" (enforce)"), "the sender's label is " + seen[0])
    client.expect(SENT)
    client.send(provider.sms(1)[0].code)
    gets_in(client)
    provider.always()
    # from the command line the sender has a profile of its own only
    done = lab.run(lab.CLI, "send-test", NUMBER)
    equal(done.returncode, 0, done.stdout + "send-test's status")
    done = lab.run(lab.CLI, "check")
    equal(done.returncode, 0, done.stdout + "check's status, with nothing to look at")
    equal(denied(), [], "what AppArmor forbade")
    provider.end()


@lab.plain("the profiles confine: a key outside their folders is not read, and the kernel says so; a line in local/ allows it")
@journal
def confined():
    provider = lab.Provider()
    lab.run("install", "-m", "0600", lab.CONF + "/dexatel.key", "/srv/dexatel.key", check_rc=0)
    settings("providers = {\n%s};\n" % provider.block().replace('"dexatel.key"', '"/srv/dexatel.key"'))
    lab.run("sed", "-i", 's/"outbox"/"dexatel"/', lab.CONF + "/sms-otp.conf", check_rc=0)
    client = with_password()
    equal(client.status(), 255, "ssh's status without the key")
    matches('profile="sms-otpd".*name="/srv/dexatel.key"', "\n".join(denied()), "what the kernel says")
    count = len(denied())
    with open("/etc/apparmor.d/local/sms-otpd", "w") as f:
        f.write("/srv/dexatel.key r,\n")
    lab.run("apparmor_parser", "-r", "/etc/apparmor.d/sms-otpd", check_rc=0)
    client = with_password()
    client.expect(SENT)
    client.send(provider.sms(1)[0].code)
    gets_in(client)
    equal(denied()[count:], [], "what AppArmor forbade")
    provider.end()


@lab.plain("a program of the site is not started until local/sms-otp-send has a line for it, which counts for both profiles")
@journal
def command():
    with open("/usr/local/bin/send-it", "w") as f:
        f.write("#!/bin/sh\ncat /proc/self/attr/current >&2\nexec cat >/var/spool/it/\"$1\"\n")
    os.chmod("/usr/local/bin/send-it", 0o755)
    lab.run("install", "-d", "-o", "_sms-otp", "-m", "0700", "/var/spool/it", check_rc=0)
    os.makedirs("/etc/systemd/system/sms-otpd.service.d")
    with open("/etc/systemd/system/sms-otpd.service.d/it.conf", "w") as f:
        f.write("[Service]\nReadWritePaths=/var/spool/it\n")
    systemctl("daemon-reload")
    reloaded()
    settings('providers = { command = { program = "/usr/local/bin/send-it"; }; };\n')
    lab.run("sed", "-i", 's/"outbox"/"command"/', lab.CONF + "/sms-otp.conf", check_rc=0)
    client = with_password()
    client.expect("No SMS sent: no provider answered. Recovery code: ")
    client.end()
    matches('name="/usr/local/bin/send-it"', "\n".join(denied()), "what the kernel says")
    count = len(denied())
    with open("/etc/apparmor.d/local/sms-otp-send", "w") as f:
        f.write("/usr/local/bin/send-it rix,\n/var/spool/it/* w,\n@{PROC}/@{pid}/attr/current r,\n")
    lab.run("apparmor_parser", "-r", "/etc/apparmor.d/sms-otpd", check_rc=0)
    client = with_password()
    client.expect(SENT)
    with open("/var/spool/it/" + NUMBER) as f:
        client.send(re.match(r"\d{6}", f.read()).group())
    gets_in(client)
    equal(denied()[count:], [], "what AppArmor forbade")


@lab.plain("an upgrade under a login at its prompt: it gets in, the socket is open again, the next login too")
@journal
def upgrade():
    settings()
    client, code = to_code()
    apt("install", another("50.0"))
    client.send(code)
    gets_in(client)
    equal(systemctl("is-active", "sms-otpd.socket").stdout, "active\n", "the socket")
    by_password_and_code()


@lab.plain("purged under a login at its prompt: it gets in; no unit, no profile and no process is left, and the password is enough")
@journal
def purge():
    client, code = to_code()
    apt("remove", NAME)
    client.send(code)
    gets_in(client)
    by_password_alone()
    apt("purge", NAME)
    units = lab.run("systemctl", "list-units", "--all", "--no-legend", "--plain", "sms-otp*").stdout
    check(not re.search("running|listening", units), "units: " + units)
    check("sms-otp" not in lab.run("aa-status").stdout, "a profile is still loaded")
    equal([p for p in ("/run/sms-otp", "/etc/sms-otp", "/var/lib/sms-otp", "/etc/apparmor.d/sms-otpd", "/etc/systemd/system/sockets.target.wants/sms-otpd.socket")
           if os.path.lexists(p)], [], "what is left")
    lab.wait_for("the end of our processes", lambda: not lab.processes("sms-otpd", "sms-otp-send"))
    by_password_alone()


lab.main(__doc__)
