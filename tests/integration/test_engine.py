#!/usr/bin/python3
"""Goal: every way to the real engine behaves alike - a socket handed over by systemd, a daemon by hand, one engine for one login -, also for a
plain PAM host as root; an outage is what a provider does and nothing that a caller can bring about (C4, D6, D7); and `check` tells
accepted credentials from refused ones."""

import os
import signal
import socket
import subprocess

import lab
from lab import BOTH, CLI, ENGINE, PASSWORD, SOCKET, check, equal, matches, wait_for

HOST = os.path.join(os.environ.get("TOP_BUILDDIR", ""), "tests/module/pam_host")
IGNORE_OUTAGE = """auth requisite pam_unix.so
auth [success=ok authinfo_unavail=ignore default=die] pam_sms_otp.so
auth required pam_permit.so
account required pam_permit.so
session required pam_permit.so
"""
SYSTEM_ERR = 4

# What systemd does for sms-otpd.socket: a listening socket as descriptor 3, blocking, and two variables.
ACTIVATOR = """
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
os.makedirs(os.path.dirname(sys.argv[1]), 0o755, exist_ok=True)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
s.listen(512)
if s.fileno() != 3:
    os.dup2(s.fileno(), 3)
os.set_inheritable(3, True)
os.execve(sys.argv[2], [sys.argv[2]], {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1"})
"""


def logs_in(world, count):
    ssh = world.ssh()
    sms = ssh.to_code(count)
    ssh.send(sms.code)
    ssh.gets_in()


@lab.test("a socket handed over by systemd serves login after login, keeps no dead child, and ends at SIGTERM", engines=("handed",))
def handed_over(world):
    world.engine = subprocess.Popen(["/usr/bin/python3", "-c", ACTIVATOR, SOCKET, ENGINE], cwd="/", stdin=subprocess.DEVNULL,
                                    start_new_session=True)
    wait_for("the socket", lambda: os.path.exists(SOCKET))
    for count in range(1, 4):
        logs_in(world, count)
    check(world.audit(count=3)["verdict"] == "accept", "the audit line")
    with open("/proc/%d/task/%d/children" % (world.engine.pid, world.engine.pid)) as f:
        wait_for("the reaping of all children", lambda: not f.seek(0) and not f.read().strip())
    world.engine.send_signal(signal.SIGTERM)
    equal(world.engine.wait(5), 0, "the daemon's status")
    check(os.path.exists(SOCKET), "the socket is systemd's, and stays")


def plain_host(*replies):
    return subprocess.Popen([HOST, "-c", "/etc/pam.d", "-s", "sshd", "-u", "alice", "-r", "192.0.2.7", "-t", "ssh", "--", *replies],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@lab.test("a plain host as root, the built module, the real engine: right and wrong", engines=BOTH, sshd=False)
def plain(world):
    for count, (wrong, code) in enumerate(((False, 0), (True, 7)), 1):
        host = plain_host("text:" + PASSWORD, "stdin", "stdin", "stdin")
        sms = world.sms(count)[-1]
        lines = [sms.wrong(k) for k in (1, 2, 3)] if wrong else [sms.code]
        said = host.communicate("".join(line + "\n" for line in lines), 30)[0]
        matches(r"(?m)^rc=%d$" % code, said, "the host's code")
    line = world.audit("reason=wrong")
    equal((line["from"], line["tty"], line["tries"]), ("192.0.2.7", "ssh", "3"), "the audit line")


@lab.test("C4: only authinfo_unavail=ignore in pam.d passes an outage over, and it is said", engines=BOTH, provider={},
          routes=("dexatel",))
def outage(world):
    world.blocks = world.provider.block(port=1)  # nobody listens there
    world.settings()
    ssh = world.ssh()
    ssh.password()
    ssh.is_refused()
    world.pam("sshd", text=IGNORE_OUTAGE)
    ssh = world.ssh()
    ssh.password()
    ssh.gets_in()
    equal(world.audit("reason=outage", 2)["verdict"], "deny", "the audit line")


@lab.test("D6, D7: a dead engine, a missing sender and hostile limits are no outage", engines=BOTH, sshd=False)
def no_outage(world):
    world.pam("sshd", text=IGNORE_OUTAGE)

    def refused(what, host):
        said = host.communicate("", 40)[0]
        matches(r"(?m)^rc=%d$" % SYSTEM_ERR, said, what)

    os.rename(lab.SENDER, lab.SENDER + ".away")
    try:
        refused("without a sender", plain_host("text:" + PASSWORD, "stdin"))
    finally:
        os.rename(lab.SENDER + ".away", lab.SENDER)
    host = plain_host("text:" + PASSWORD, "stdin")
    sms = world.sms(1)[0]
    for pid, _ in lab.processes("sms-otpd"):
        if not world.engine or pid != world.engine.pid:
            os.kill(pid, signal.SIGKILL)
    host.stdin.write(sms.code + "\n")
    refused("the right code, after the engine was killed at the prompt", host)
    if not world.engine:
        host = subprocess.Popen(["/bin/bash", "-c", "ulimit -n 5; exec \"$@\"", "bash", HOST, "-c", "/etc/pam.d", "-s", "sshd", "-u", "alice",
                                 "--", "text:" + PASSWORD, "stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        said = host.communicate("", 40)[0]
        check("rc=0\n" not in said, "it got in with few descriptors: %s" % said)


def moved(pid, group):
    """Put a process into a cgroup; what the kernel said against it, or None."""
    try:
        with open(group + "/cgroup.procs", "w") as procs:
            procs.write("%d" % pid)
    except OSError as e:
        return "%s: %s" % (group, e.strerror)
    return None


def cgroup_of(pid):
    try:
        with open("/proc/%d/cgroup" % pid) as groups:
            found = lab.re.search(r"(?m)^0::(.*)$", groups.read())
    except OSError:
        return None
    return found and found.group(1)


def remove_cgroup(path):
    try:
        os.rmdir(path)
    except OSError:
        return False
    return True


@lab.plain("D6: an engine for one login leaves the cgroup of its caller, who could freeze or kill it there")
def cgroup():
    root = "/sys/fs/cgroup"
    if lab.run("mount", "-t", "cgroup2", "none", root).returncode:
        raise lab.Skipped("cgroup2 cannot be mounted here")
    callers = "%s/sms-otp-test-%d" % (root, os.getpid())
    ours, engines = socket.socketpair()
    try:
        os.mkdir(callers)
        # a container may forbid this to everybody, and then the engine must only go on
        trial = subprocess.Popen(["/bin/sleep", "30"])
        barred = moved(trial.pid, callers) or moved(trial.pid, root)
        if not barred and cgroup_of(trial.pid) == cgroup_of(os.getpid()) + callers[len(root):]:
            barred = "the kernel leaves a process where it was"
        trial.kill()
        trial.wait()
        engine = subprocess.Popen(["/bin/sh", "-c", "echo 0 >%s/cgroup.procs; exec %s --one-shot" % (callers, ENGINE)],
                                  stdin=engines, stderr=subprocess.DEVNULL)

        def of_engine():
            with open("/proc/%d/comm" % engine.pid) as comm:
                return comm.read().strip() == "sms-otpd" and (barred or "sms-otp-test" not in (cgroup_of(engine.pid) or ""))
        wait_for("the engine to leave its caller's cgroup; it is in %s" % cgroup_of(engine.pid), of_engine)
        ours.close()
        engines.close()
        engine.wait(15)
        if barred:
            raise lab.Skipped("no process can be moved between cgroups here: %s" % barred)
    finally:
        wait_for("the cgroup to be empty", lambda: not os.path.exists(callers) or remove_cgroup(callers))
        lab.run("umount", root)


@lab.test("check: accepted credentials, refused ones, and what confines the sender", provider={}, routes=("dexatel",), sshd=False)
def credentials(world):
    good = lab.run(CLI, "check")
    matches(r"dexatel: reached, credentials accepted", good.stdout, "check with the right key")
    matches(r"confined by seccomp", good.stdout, "what check says of the sender (E7)")
    with open(lab.CONF + "/dexatel.key", "w") as f:
        f.write("not-the-key-of-anybody\n")
    bad = lab.run(CLI, "check", check_rc=2)
    matches(r"TROUBLE +routes +dexatel: .*credentials", bad.stdout, "check with a wrong key")
    check("not-the-key" not in bad.stdout, "the key is shown")
    check(not [r for r in world.provider.records() if r["method"] == "POST"], "check sent a message")


@lab.test("G4: a message of the site's own that is too long is refused by check, and denies no login", sshd=False,
          message='"{code} is your code for {service} on {host}. %s"' % ("It is for you and for nobody else. " * 5))
def too_long(world):
    bad = lab.run(CLI, "check", "--offline", check_rc=2)
    matches(r"TROUBLE +message .*segments", bad.stdout, "check")
    host = plain_host("text:" + PASSWORD, "stdin")

    def code():
        try:
            with open(lab.STATE + "/outbox/messages") as f:
                return lab.re.findall(r"(\d{6}) is your code", f.read())
        except FileNotFoundError:
            return []
    wait_for("the SMS", code)
    matches(r"(?m)^rc=0$", host.communicate(code()[0] + "\n", 30)[0], "the login")


lab.enter()
lab.main(__doc__)
