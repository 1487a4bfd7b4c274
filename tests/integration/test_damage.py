#!/usr/bin/python3
"""Goal: what is damaged refuses the login, is left as it is, and is named with its remedy (C2, C5, F1, F2)."""

import glob
import os

import lab
from lab import BOTH, check, equal, matches


def record(user="alice"):
    import pwd
    return lab.STATE + "/state/%d" % pwd.getpwnam(user).pw_uid


def refused(world, reason):
    ssh = world.ssh()
    ssh.password()
    ssh.is_refused()
    equal(world.sms(), [], "messages")
    line = world.audit("reason=" + reason)
    equal(line["verdict"], "deny", "the audit line's verdict")
    return world.syslog.grep("login verdict=.*reason=" + reason)[-1]


@lab.test("C5: a damaged record denies; the log has its path, and show says what to do", engines=BOTH)
def damaged_record(world):
    path = record()
    size = os.path.getsize(path)
    with open(path, "r+b") as f:
        for offset in range(0, size, 512):
            f.seek(offset + 100)
            f.write(b"\xaa\x55")
    before = open(path, "rb").read()
    matches(path, refused(world, "state"), "the log line")
    shown = lab.run(lab.CLI, "show", "alice")
    check(shown.returncode != 0, "show was content")
    matches("broken|damaged", shown.stdout, "what show says is wrong")
    matches("sms-otp (forget|repair|enroll|set-number)|restore", shown.stdout, "what show says to do")
    equal(open(path, "rb").read() == before, True, "the record was left alone")


@lab.test("F2: one damaged slot of the two does no harm", engines=("daemon",))
def one_slot(world):
    path = record()
    ssh = world.ssh()  # a record that was never changed has one slot
    ssh.send(ssh.to_code(1).code)
    ssh.gets_in()
    keep = open(path, "rb").read()
    half = len(keep) // 2
    works = 0
    for at in (0, half):
        with open(path, "r+b") as f:
            f.seek(at + 60)
            f.write(b"\xaa\x55\xaa\x55")
        ssh = world.ssh()
        ssh.password()
        ssh.child.expect([lab.SENT, "denied"])
        works += 0 if "denied" in ssh.seen() else 1
        if works:
            ssh.send(world.sms()[-1].code)
            ssh.gets_in()
        with open(path, "wb") as f:
            f.write(keep)
    equal(works, 2, "logins that worked with one good slot")


@lab.test("C5: a missing record of an enrolled user is damage, no fresh start", engines=BOTH)
def missing_record(world):
    os.remove(record())
    refused(world, "state")
    equal(os.path.exists(record()), False, "the record was made anew")


@lab.test("F1: a record that others may read or write, belongs to another, is a link or has two names denies",
          engines=("daemon",))
def judged(world):
    path = record()

    def spoil_and_mend(spoil, mend):
        lab.run("sh", "-c", spoil, check_rc=0)
        matches(path, refused(world, "state"), "the log line after %s" % spoil)
        world.syslog.lines.clear()
        lab.run("sh", "-c", mend, check_rc=0)

    spoil_and_mend("chmod 0644 " + path, "chmod 0600 " + path)
    spoil_and_mend("chown alice " + path, "chown root " + path)
    spoil_and_mend("mv {0} {0}.x; ln -s {0}.x {0}".format(path), "rm {0}; mv {0}.x {0}".format(path))
    spoil_and_mend("ln {0} {0}.x".format(path), "rm {0}.x".format(path))
    spoil_and_mend("cp -p {0} {0}.x; truncate -s 100 {0}".format(path), "mv {0}.x {0}".format(path))
    ssh = world.ssh()
    ssh.send(ssh.to_code(1).code)
    ssh.gets_in()


@lab.test("C3: an enrolment that cannot be read is not 'not enrolled', whatever unenrolled says", engines=BOTH,
          unenrolled='"ignore"')
def damaged_enrolment(world):
    paths = glob.glob(lab.STATE + "/users/*")
    equal(len(paths), 1, "enrolments")
    with open(paths[0], "w") as f:
        f.write("nonsense = ;\n")
    ssh = world.ssh()
    ssh.password()
    ssh.is_refused()
    equal(world.sms(), [], "messages")
    equal(world.audit()["verdict"], "deny", "the audit line's verdict")
    os.chmod(lab.STATE + "/users", 0o777)
    ssh = world.ssh("bob")
    ssh.password()
    ssh.is_refused()
    os.chmod(lab.STATE + "/users", 0o700)


@lab.test("F3: a lock that somebody holds delays a login by seconds, then denies it", engines=("daemon",))
def held_lock(world):
    import fcntl
    import struct
    import time
    with open(record(), "r+b") as f:
        fcntl.fcntl(f, 37, struct.pack("hhqqi", fcntl.F_WRLCK, 0, 0, 0, 0))  # F_OFD_SETLK
        start = time.monotonic()
        refused(world, "state")
        check(time.monotonic() - start < 12, "it took too long")
    ssh = world.ssh()
    ssh.send(ssh.to_code(1).code)
    ssh.gets_in()


@lab.test("a full disk neither loses a counter nor locks out (DESIGN section 6)", engines=BOTH)
def full_disk(world):
    lab.run("sh", "-c", "cp -a {0}/state /tmp/keep && mount -t tmpfs -o size=1m,mode=700 tmpfs {0}/state && "
            "cp -a /tmp/keep/. {0}/state/ && rm -r /tmp/keep; dd if=/dev/zero of={0}/state/.fill bs=4k 2>/dev/null; true"
            .format(lab.STATE), check_rc=0)
    try:
        ssh = world.ssh()
        sms = ssh.to_code(1)
        ssh.send(sms.wrong())
        ssh.expect(lab.WRONG)
        ssh.send(sms.code)
        ssh.gets_in()
    finally:
        lab.run("umount", lab.STATE + "/state")


lab.enter()
lab.main(__doc__)
