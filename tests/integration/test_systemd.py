#!/usr/bin/python3
"""Goal: under a real systemd the units start what they say: the socket the hardened engine, `sms-otp rollout` its watcher; and what was on
trial is put back after its time, when the watcher is killed, and by a reboot. Run by tests/systemd.sh, in the system that it boots:
before_* first, and after_* when that has been started again."""

import os
import re
import shutil
import signal
import time

import lab
from lab import CLI, CONF, ENGINE, NUMBERS, PASSWORD, SENT, SOCKET, STATE, check, equal, matches, plain, run, wait_for

FILE = "/etc/pam.d/sshd"
OLD = "/root/sshd.old"
LINE = "pam_sms_otp.so"
UNITS = ("sms-otpd.socket", "sms-otpd.service", "sms-otp-rollout.service")
WATCHER = UNITS[2]
SSHD = "KbdInteractiveAuthentication yes\nPasswordAuthentication no\nAuthenticationMethods keyboard-interactive:pam\nLoginGraceTime 120\n"


def read(name=FILE):
    with open(name) as f:
        return f.read()


def ctl(*arguments, check_rc=0):
    return run("systemctl", *arguments, check_rc=check_rc).stdout


def show(unit, *properties):
    lines = ctl("show", unit, "-p", ",".join(properties)).splitlines()
    return dict(line.split("=", 1) for line in lines)


def active(unit, state="active"):
    wait_for("%s to be %s" % (unit, state), lambda: show(unit, "ActiveState")["ActiveState"] == state, 20)


def codes():
    """The codes that were sent, by what the prompt calls them."""
    try:
        return {found.group(5): found.group(1) for found in lab.Sms.FORM.finditer(read(STATE + "/outbox/messages"))}
    except FileNotFoundError:
        return {}


def ssh(user="alice"):
    client = lab.Terminal("ssh", ["-F", "/dev/null", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                                  "-o", "NumberOfPasswordPrompts=1", "-o", "PreferredAuthentications=keyboard-interactive",
                                  user + "@127.0.0.1", "echo LOGGED-IN-AS $(id -un)"])
    client.expect("Password: ")
    client.send(PASSWORD)
    return client


def to_code(client):
    """The code for the prompt that the client is at."""
    ref = client.expect(r"Code sent to \.\.\.\d\d \(ref (\w{4})\)[^:]*: ").group(1)
    return wait_for("the SMS", lambda: codes().get(ref))


def gets_in(client):
    client.expect("LOGGED-IN-AS alice\r")
    equal(client.status(), 0, "the client's status")


def journal(*matches):
    return run("journalctl", "--no-pager", "-o", "cat", *matches).stdout


def accepted(service):
    # by name, not by unit: of a process that has ended journald cannot say any more whose it was
    return len(re.findall("login verdict=accept .* service=%s " % service, journal("SYSLOG_IDENTIFIER=sms-otpd")))


def pids(unit):
    folder = "/sys/fs/cgroup" + show(unit, "ControlGroup")["ControlGroup"]
    if folder == "/sys/fs/cgroup" or not os.path.exists(folder):
        return []
    return [int(line) for line in read(folder + "/cgroup.procs").split()]


def guard(service, on=True):
    """pam.d's file with our example, or as it was."""
    kept = "/root/%s.old" % service
    if not os.path.exists(kept):
        shutil.copy("/etc/pam.d/" + service, kept)
    shutil.copy("/run/checkout/pam.d-examples/" + service if on else kept, "/etc/pam.d/" + service)


def on_trial(*more):
    person = lab.Terminal(CLI, ["rollout", "sshd", "alice"] + list(more))
    person.send(to_code(person))
    person.expect("Type yes to put the new file in place: ")
    person.send("yes")
    person.expect("Waiting for a login")
    check(LINE in read(), "the new file is not in place: %r" % read())
    return person


@plain("systemd finds no fault with the units; user and folders come from sysusers and tmpfiles")
def before_units():
    done = run("systemd-analyze", "verify", "--man=no", *UNITS)
    equal((done.returncode, done.stdout), (0, ""), "systemd-analyze verify")
    for folder in ("", "/users", "/state", "/outbox"):
        shutil.rmtree(STATE + folder, ignore_errors=True)
    run("systemd-sysusers", check_rc=0)
    run("systemd-tmpfiles", "--create", check_rc=0)
    matches(":/usr/sbin/nologin$", run("getent", "passwd", "_sms-otp").stdout.strip(), "the sender's user")
    for folder in ("", "/users", "/state", "/outbox"):
        equal(oct(os.stat(STATE + folder).st_mode & 0o7777), "0o700", STATE + folder)
    with open(CONF + "/sms-otp.conf", "w") as f:
        f.write('routes = [ "outbox" ];\nnumbers = { prefixes = [ "+49" ]; };\nservices = [ "sshd", "su" ];\n'
                'budget = { user = "50/1h 99/1d"; number = "50/1h 99/1d"; };\n')
    run("useradd", "-m", "-s", "/bin/bash", "alice", check_rc=0)
    run("chpasswd", "-c", "SHA512", text="alice:%s\n" % PASSWORD, check_rc=0)
    run(CLI, "enroll", "alice", NUMBERS["alice"], "--unverified", check_rc=0)
    run(CLI, "recovery-codes", "alice", check_rc=0)
    with open("/etc/ssh/sshd_config.d/test.conf", "w") as f:
        f.write(SSHD)
    ctl("restart", "ssh.service")
    ctl("daemon-reload")
    ctl("enable", "--now", "sms-otpd.socket")
    ctl("enable", WATCHER)


@plain("the socket starts the engine, which logs in by sshd and su from inside its hardening")
def before_login():
    guard("sshd")
    guard("su")
    active("sms-otpd.socket")
    equal(show("sms-otpd.service", "ActiveState")["ActiveState"], "inactive", "the service before the first login")
    status = os.stat(SOCKET)
    equal((oct(status.st_mode & 0o7777), status.st_uid), ("0o666", 0), "the socket")
    client = ssh()
    client.send(to_code(client))
    gets_in(client)
    active("sms-otpd.service")
    wait_for("the engine's line in the journal", lambda: accepted("sshd"))
    engine = show("sms-otpd.service", "MainPID")["MainPID"]
    boot = "/proc/sys/kernel/random/boot_id"
    equal(run("nsenter", "-t", engine, "-m", "cat", boot).stdout, read(boot), "the boot as the engine knows it")
    for name in ("/proc/sys/kernel/domainname", "/sys/fs/cgroup/cgroup.procs", "/etc/passwd", "/usr/x"):
        matches("Read-only", run("nsenter", "-t", engine, "-m", "sh", "-c", ": >>" + name).stdout, name)
    client = lab.Terminal("runuser", ["-u", "nobody", "--", "su", "-s", "/bin/sh", "alice", "-c", "echo LOGGED-IN-AS $(id -un)"])
    client.expect("Password: ")
    client.send(PASSWORD)
    client.send(to_code(client))
    gets_in(client)
    wait_for("su's line", lambda: accepted("su"))


@plain("a login at its prompt outlives stop and restart of the engine; without the socket the host starts one")
def before_restart():
    client = ssh()
    code = to_code(client)
    ctl("restart", "sms-otpd.service")
    client.send(code)
    gets_in(client)
    client = ssh()
    code = to_code(client)
    ctl("stop", "sms-otpd.socket", "sms-otpd.service")
    check(not os.path.exists(SOCKET), "the socket is still there")
    client.send(code)
    gets_in(client)
    wait_for("both lines", lambda: accepted("sshd") == 3)
    client = ssh()
    client.send(to_code(client))
    gets_in(client)
    wait_for("the line of an engine for one login", lambda: accepted("sshd") == 4)
    for unit in UNITS[:2]:
        equal(show(unit, "ActiveState")["ActiveState"], "inactive", unit)
    ctl("start", "sms-otpd.socket")


@plain("an engine that is killed again and again: logins go on, and systemd goes on starting it")
def before_killed():
    for _ in range(8):
        client = ssh()
        client.send(to_code(client))
        gets_in(client)
        pid = int(show("sms-otpd.service", "MainPID")["MainPID"])
        if pid:
            os.kill(pid, signal.SIGKILL)
    client = ssh()
    client.send(to_code(client))
    gets_in(client)
    # hosts that are not root's have nothing but the socket
    active("sms-otpd.service")
    active("sms-otpd.socket")
    check(os.path.exists(SOCKET), "the socket is gone")


# waits a minute: --for takes no less
@plain("a rollout nobody confirms: the unit watches, is started again however often it is killed, outlives the session, puts the file back")
def before_trial():
    guard("sshd", False)
    guard("su", False)
    shutil.copy(FILE, OLD)
    person = on_trial("--for", "1m")
    begun = time.monotonic()
    active(WATCHER)
    first = pids(WATCHER)
    equal(len(first), 1, "processes in the unit's group")
    check("--resume" in read("/proc/%d/cmdline" % first[0]), "something else is in it")
    os.killpg(person.child.pid, signal.SIGKILL)  # the terminal's end
    person.end()
    for _ in range(7):
        before = pids(WATCHER)
        ctl("kill", "-s", "KILL", WATCHER)
        wait_for("another watcher", lambda: pids(WATCHER) and pids(WATCHER) != before, 15)
    check(LINE in read(), "the old file is back too early")
    wait_for("the old file", lambda: LINE not in read(), max(1, begun + 70 - time.monotonic()))
    equal(read(), read(OLD), "the file")
    active(WATCHER, "inactive")
    equal(show(WATCHER, "Result")["Result"], "success", "the unit's result")
    matches('action=rollout-back service=sshd by=root reason="?timeout', journal(), "the journal")
    gets_in(ssh())


@plain("a rollout that is stopped by a reboot: on trial before it")
def before_reboot():
    person = on_trial()
    active(WATCHER)
    os.killpg(person.child.pid, signal.SIGKILL)
    person.end()
    os.sync()


@plain("after the reboot the old file is back, the unit has ended well, and the password alone logs in")
def after_reboot():
    active(WATCHER, "inactive")
    equal(show(WATCHER, "Result", "ConditionResult"), {"Result": "success", "ConditionResult": "yes"}, "the unit")
    equal(read(), read(OLD), "the file")
    matches('action=rollout-back service=sshd by=root reason="?reboot', journal("-b"), "the journal")
    gets_in(ssh())


@plain("after the reboot the socket listens, and starts the engine at the first login")
def after_login():
    active("sms-otpd.socket")
    guard("sshd")
    client = ssh()
    client.send(to_code(client))
    gets_in(client)
    active("sms-otpd.service")


@plain("nothing of ours has failed")
def after_failed():
    check("sms-otp" not in ctl("--failed", "--no-legend"), ctl("--failed", "--no-legend"))


lab.main(__doc__)
