#!/usr/bin/python3
"""Goal: `sms-otp rollout` leaves nobody locked out: against the real sshd, the new file is kept only after a login with a code and a yes;
else the old one is back, whoever or whatever was killed meanwhile."""

import glob
import os
import shutil
import signal
import time

import lab
from lab import CLI, CONF, STATE, Failed, check, equal, matches, run, test, wait_for

lab.enter(600)

FOLDER = STATE + "/rollout"
FILE = "/etc/pam.d/sshd"
LINE = "auth\trequired\tpam_sms_otp.so\n"
SSHD = """UsePAM yes
KbdInteractiveAuthentication yes
PasswordAuthentication no
AuthenticationMethods keyboard-interactive:pam
LoginGraceTime 120
"""
WORLD = dict(services=(), enrolled=("alice",))
SENT = r"Code sent to \.\.\.\d\d \(ref \w{4}\)\. Code, r to resend, or b for a recovery code: "
WRONG = r"Wrong code, \d (?:tries|try) left"
YES = "Type yes to put the new file in place: "


def read(name=FILE):
    with open(name) as f:
        return f.read()


def kept():
    """The record's lines, without the files in it."""
    with open(FOLDER + "/sshd.rollout") as f:
        return dict(line.split(" ", 1) for line in f.read().partition("\n\n")[0].splitlines())


def watchers():
    found = []
    for pid, _ in lab.processes("sms-otp"):
        with open("/proc/%d/cmdline" % pid) as f:
            if "--resume" in f.read():
                found.append(pid)
    return found


def no_watcher():
    wait_for("the end of the watcher", lambda: not watchers(), 10)


def fresh(here):
    """pam.d and sshd's settings as a system has them that knows nothing of us."""
    for pid, _ in lab.processes("sms-otp"):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(FOLDER, ignore_errors=True)
    if os.path.exists("/root/pam.d"):
        shutil.rmtree("/etc/pam.d")
        shutil.copytree("/root/pam.d", "/etc/pam.d")
    else:
        shutil.copytree("/etc/pam.d", "/root/pam.d")
    run("ssh-keygen", "-A", check_rc=0)
    with open("/etc/ssh/sshd_config", "w") as f:
        f.write(SSHD)
    run(CLI, "recovery-codes", "alice", check_rc=0)
    return read()


def start(here, *more, service="sshd"):
    """As far as the question whether to put it in place: a login by `try` has gone through."""
    person = lab.Terminal(CLI, ["rollout", service, "alice"] + list(more))
    here.clients.append(person)
    count = len(here.sms())
    person.expect(SENT)
    person.send(here.last_sms(count + 1).code)
    person.expect(YES)
    return person


def on_trial(here, *more, service="sshd"):
    person = start(here, *more, service=service)
    person.send("yes")
    person.expect("%s is on trial" % service)
    person.expect("Waiting for a login")
    return person


def log_in(here):
    time.sleep(1.1)  # records count in seconds, and what was in the second of the begin counts as before it
    count = len(here.sms())
    client = here.ssh().password()
    client.expect(SENT)
    client.send(here.last_sms(count + 1).code)
    client.gets_in()


def password_only(here):
    here.ssh().password().gets_in()


@test("everything is told, nothing is changed before the yes; a login and a yes keep the new file", **WORLD)
def confirmed(here):
    old = fresh(here)
    os.chmod(FILE, 0o640)
    os.chown(FILE, 0, 4)
    person = start(here)
    seen = person.seen()
    matches(r"ok +person .*alice is enrolled", seen, "what is said of the person")
    matches(r"ok +pam +sshd: .*nobody logs in without the code", seen, "what is said of the new file")
    matches(r"verdict +let in", seen, "the trial")
    matches(r"\n @include common-auth\r\n\+# a code[^\n]*\n\+auth\s+required\s+pam_sms_otp.so\r\n", seen, "the difference")
    equal(read(), old, "the file before the yes")
    check(not watchers(), "a watcher before the yes")
    person.send("yes")
    person.expect("is on trial")
    person.expect(r"ssh alice@")
    person.expect("Waiting for a login; the old file comes back in 59. s")
    new = read()
    check(LINE in new and new.replace("# a code by SMS behind the password: pam_sms_otp(8)\n" + LINE, "") == old, "the new file: %r" % new)
    status = os.stat(FILE)
    equal((status.st_mode & 0o7777, status.st_uid, status.st_gid), (0o640, 0, 4), "mode and owner")
    equal(len(watchers()), 1, "the number of watchers")
    person.send("yes")
    person.expect("No login with a code has been seen yet")
    log_in(here)
    person.expect("alice has logged in with a code at .*Type yes to keep")
    person.send("perhaps")
    person.expect("yes, or no: ")
    person.send("yes")
    person.expect("stays as it is")
    equal(person.status(), 0, "the status")
    equal(read(), new, "the file")
    no_watcher()
    equal(kept()["standing"], "kept", "the record")
    here.syslog.wait("admin action=rollout service=sshd for_s=600 by=root")
    here.syslog.wait("admin action=rollout-keep service=sshd by=root")
    matches(r"^sshd +kept +begun .* by root, ended ", run(CLI, "rollout", check_rc=0).stdout, "the list")
    # and long after
    matches("as it was before", run(CLI, "rollout", "sshd", "--revert", check_rc=0).stdout, "what --revert says")
    equal(read(), old, "the file after --revert")
    status = os.stat(FILE)
    equal((status.st_mode & 0o7777, status.st_uid, status.st_gid), (0o640, 0, 4), "mode and owner after --revert")
    password_only(here)
    matches("already", run(CLI, "rollout", "sshd", "--revert", check_rc=0).stdout, "a second --revert")


# waits a minute: --for takes no less, and what is tested is that the time goes on by itself
@test("the terminal is killed, nobody confirms: the old file is back after the time, by itself", **WORLD)
def by_itself(here):
    old = fresh(here)
    person = on_trial(here, "--for", "1m")
    begun = time.monotonic()
    check(LINE in read(), "the new file is not in place")
    os.killpg(person.child.pid, signal.SIGKILL)
    person.end()
    equal(len(watchers()), 1, "watchers after the terminal's end")
    matches("on trial", run(CLI, "check", "--offline").stdout, "what check says")
    log_in(here)  # nobody says yes to it
    time.sleep(max(0, begun + 50 - time.monotonic()))
    check(LINE in read(), "the old file is back too early")
    wait_for("the old file", lambda: read() == old, 20)
    no_watcher()
    equal(kept()["standing"], "back", "the record")
    here.syslog.wait('admin action=rollout-back service=sshd by=root reason="timeout"')
    equal(run(CLI, "rollout", "sshd", "--confirm").returncode, 1, "the status of a late --confirm")
    password_only(here)


@test("--revert, Ctrl-C and no put the old file back at once; --confirm from elsewhere keeps the new one", **WORLD)
def ends(here):
    old = fresh(here)
    person = on_trial(here)
    matches("no login through sshd", run(CLI, "rollout", "sshd", "--confirm", check_rc=1).stdout, "--confirm without a login")
    check(LINE in read(), "it was put back by that")
    run(CLI, "rollout", "sshd", "--revert", check_rc=0)
    equal(read(), old, "the file after --revert")
    person.expect("put back elsewhere")
    equal(person.status(), 1, "the status after --revert elsewhere")
    no_watcher()

    person = on_trial(here)
    person.child.sendintr()
    person.expect("is as it was before")
    equal(person.status(), 1, "the status after Ctrl-C")
    equal(read(), old, "the file after Ctrl-C")

    person = on_trial(here)
    person.send("no")
    equal(person.status(), 1, "the status after no")
    equal(read(), old, "the file after no")

    person = on_trial(here)
    second = lab.Terminal(CLI, ["rollout", "sshd", "alice"])
    second.expect("asks for codes already")
    equal(second.status(), 1, "the status of a second rollout")
    log_in(here)
    run(CLI, "rollout", "sshd", "--confirm", check_rc=0)
    equal(person.status(), 0, "the status after --confirm elsewhere")
    check(LINE in read(), "the new file is gone")
    no_watcher()


@test("a killed watcher is started again; the killed pair leaves a trial that check tells of and --resume ends after a reboot", **WORLD)
def killed(here):
    old = fresh(here)
    person = on_trial(here)
    first = watchers()
    os.kill(first[0], signal.SIGKILL)
    wait_for("a new watcher", lambda: watchers() and watchers() != first, 15)
    person.end()
    for pid in watchers() + [p for p, _ in lab.processes("sms-otp")]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    no_watcher()
    done = run(CLI, "check", "--offline")
    equal(done.returncode, 2, "check's status")
    matches("TROUBLE +rollout .*nobody watches over what is on trial", done.stdout, "what check says")
    check(LINE in read(), "the new file is gone already")
    # a reboot, as far as anybody can see
    with open("/tmp/boot_id", "w") as f:
        f.write("00000000-1111-2222-3333-444444444444\n")
    run("mount", "--bind", "/tmp/boot_id", "/proc/sys/kernel/random/boot_id", check_rc=0)
    try:
        matches("was to be put back and is not", run(CLI, "check", "--offline").stdout, "what check says after the reboot")
        equal(run(CLI, "rollout", "sshd", "--confirm", "--force").returncode, 1, "the status of --confirm after the reboot")
        check(LINE in read(), "--confirm put it back")
        run(CLI, "rollout", "--resume", check_rc=0)
    finally:
        run("umount", "/proc/sys/kernel/random/boot_id", check_rc=0)
    equal(read(), old, "the file")
    here.syslog.wait('admin action=rollout-back service=sshd by=root reason="reboot"')
    run(CLI, "rollout", "--resume", check_rc=0)
    equal(read(), old, "the file after a second --resume")


@test("a file that somebody changed: --revert shows it and needs --force, and keeps what it takes away", **WORLD)
def changed(here):
    old = fresh(here)
    person = on_trial(here)
    with open(FILE, "a") as f:
        f.write("# mine\n")
    matches("changed by somebody else", run(CLI, "rollout", "sshd", "--confirm", "--force", check_rc=1).stdout, "--confirm")
    done = run(CLI, "rollout", "sshd", "--revert", check_rc=1)
    matches(r"(?s)\+# mine.*--force", done.stdout, "--revert")
    check(read().endswith("# mine\n"), "it was put back without --force")
    run(CLI, "rollout", "sshd", "--revert", "--force", check_rc=0)
    equal(read(), old, "the file")
    check(read(FOLDER + "/sshd.changed").endswith("# mine\n"), "what was there is not kept")
    equal(person.status(), 1, "the status")
    no_watcher()


@test("nothing is changed where something is wrong: person, settings, sshd, file, the trial itself", **WORLD)
def refused(here):
    old = fresh(here)

    def told(pattern, *more, status=2):
        person = lab.Terminal(CLI, ["rollout", "sshd"] + list(more))
        here.clients.append(person)
        person.expect(pattern)
        equal(person.status(), status, "the status; it said %r; status" % person.seen())
        equal(read(), old, "the file")
        check(not glob.glob(FOLDER + "/*.rollout") and not glob.glob(FOLDER + "/judged*"), "left: %r" % os.listdir(FOLDER))
        check(not watchers(), "a watcher")

    told("bob is not enrolled", "bob")
    told("root is not enrolled")
    run(CLI, "enroll", "carol", lab.NUMBERS["carol"], "--unverified", check_rc=0)
    told("carol has neither recovery codes nor an app", "carol")
    here.settings(services='[ "sudo" ]')
    told("does not name the service", "alice")
    here.settings(services='[ "sshd", "sudo" ]')
    with open("/etc/ssh/sshd_config", "w") as f:
        f.write("UsePAM yes\nKbdInteractiveAuthentication no\n")
    told("TROUBLE +pam +sshd", "alice")
    with open("/etc/ssh/sshd_config", "w") as f:
        f.write(SSHD)
    with open("/root/prepared", "w") as f:
        f.write("auth sufficient pam_unix.so\nauth required pam_sms_otp.so\n@include common-account\n")
    told("the right password alone lets in", "alice", "--file", "/root/prepared")
    told("No such file", "alice", "--file", "/root/not-there")
    told("write 1m to", "alice", "--for", "59s")
    here.settings(text="nonsense = 1;\n")
    told("sms-otp.conf", "alice")
    here.settings(services='[ "sshd", "sudo" ]')
    # the trial's code is wrong three times
    person = lab.Terminal(CLI, ["rollout", "sshd", "alice"])
    person.expect(SENT)
    sms = here.last_sms(1)
    for k in (1, 2, 3):
        person.send(sms.wrong(k))
        if k < 3:
            person.expect(WRONG)
    person.expect("nothing was changed")
    equal(person.status(), 1, "the status after wrong codes")
    equal(read(), old, "the file after wrong codes")
    # no terminal, no service, a name that is none
    matches("at a terminal", run(CLI, "rollout", "sshd", "alice", check_rc=2).stdout, "without a terminal")
    matches("service's name", run(CLI, "rollout", "../shadow", check_rc=2).stdout, "a wrong name")
    matches("no rollout has changed it", run(CLI, "rollout", "sshd", "--revert", check_rc=2).stdout, "nothing to revert")
    run(CLI, "unlock", "alice", check_rc=0)
    person = start(here)
    with open(FILE, "a") as f:
        f.write("# meanwhile\n")
    person.send("yes")
    person.expect("was changed meanwhile")
    equal(person.status(), 2, "the status after a change meanwhile")
    equal(read(), old + "# meanwhile\n", "the file")


@test("a prepared file; a file that was not there goes again; a symbolic link is left alone", **WORLD)
def files(here):
    fresh(here)
    os.rename(FILE, "/usr/lib/pam.d/sshd") if os.path.isdir("/usr/lib/pam.d") else None
    if os.path.exists(FILE):
        os.makedirs("/usr/lib/pam.d")
        os.rename(FILE, "/usr/lib/pam.d/sshd")
    try:
        person = on_trial(here, "--file", os.path.join(lab.TOP, "pam.d-examples", "sshd"))
        equal(read(), read(os.path.join(lab.TOP, "pam.d-examples", "sshd")), "the file")
        equal(os.stat(FILE).st_mode & 0o7777, 0o644, "its mode")
        log_in(here)
        person.expect("Type yes to keep")
        person.send("no")
        equal(person.status(), 1, "the status")
        check(not os.path.exists(FILE), "a file that was not there is there")
        os.symlink("/usr/lib/pam.d/sshd", FILE)
        linked = lab.Terminal(CLI, ["rollout", "sshd", "alice"])
        linked.expect("symbolic link")
        equal(linked.status(), 2, "the status with a link")
        check(os.path.islink(FILE), "the link is gone")
        os.unlink(FILE)
    finally:
        os.rename("/usr/lib/pam.d/sshd", FILE)


@test("sudo: the trial by `try` proves nothing, a sudo in another session does; two services at once have one watcher", sshd=False, services=(),
      enrolled=("alice",))
def sudo(here):
    fresh(here)
    old = read("/etc/pam.d/sudo")
    with open("/etc/sudoers.d/alice", "w") as f:
        f.write("alice ALL=(ALL) ALL\nDefaults timestamp_timeout=0\n")
    os.chmod("/etc/sudoers.d/alice", 0o440)
    person = on_trial(here, service="sudo")
    second = on_trial(here)
    equal(len(watchers()), 1, "watchers")
    second.send("no")
    equal(second.status(), 1, "the status of sshd's")
    time.sleep(3)  # more than the watcher's and the person's looks take
    equal(len(watchers()), 1, "watchers after one of two")
    check("has logged in" not in person.seen(), "try was taken for a login: %r" % person.seen())
    matches("no login through sudo", run(CLI, "rollout", "sudo", "--confirm", check_rc=1).stdout, "--confirm")
    count = len(here.sms())
    client = lab.Terminal("runuser", ["-u", "alice", "--", "sudo", "-k", "id", "-un"])
    here.clients.append(client)
    client.expect("alice: ")
    client.send(lab.PASSWORD)
    client.expect(SENT)
    client.send(here.last_sms(count + 1).code)
    client.expect("root\r")
    person.expect("alice has logged in with a code")
    person.send("yes")
    equal(person.status(), 0, "the status")
    check(LINE in read("/etc/pam.d/sudo"), "the new file is gone")
    no_watcher()
    run(CLI, "rollout", "sudo", "--revert", check_rc=0)
    equal(read("/etc/pam.d/sudo"), old, "the file after --revert")


lab.main(__doc__)
