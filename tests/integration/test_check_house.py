#!/usr/bin/python3
"""Goal: what `sms-otp check` must find beside pam.d and sshd (H): administrators, the console, the clock, a restored backup, the end of a
soft roll-out, uids that are somebody else's, what was begun and not ended."""

import datetime
import hashlib
import os
import pwd
import struct

import lab
from lab import CLI, NUMBERS, STATE, check, equal, matches, run

ALONE = dict(sshd=False, services=(), engines=("one-shot",))


def cli(*arguments, rc=0):
    done = run(CLI, *arguments, timeout=30)
    equal(done.returncode, rc, "sms-otp %s said %r and its status" % (" ".join(arguments), done.stdout))
    return done.stdout


def look(*more):
    return run(CLI, "check", "--offline", *more).stdout


def uid(name):
    return pwd.getpwnam(name).pw_uid


@lab.test("H: no administrator enrolled; the console guarded and no administrator with codes", **ALONE)
def administrators(world):
    none, shut = "LOOK +users +no administrator is enrolled", "LOOK +users +logins at the machine itself ask for codes"
    text = look()
    matches(none, text, "check")
    check("machine itself" not in text, "the console is not guarded")
    with open("/etc/pam.d/login") as f:
        before = f.read()
    with open(os.path.join(lab.TOP, "pam.d-examples/login")) as f:
        world.pam("login", text=f.read().replace("pam_sms_otp.so", "pam_sms_otp.so only=sshd,sudo"))
    check("machine itself" not in look(), "only= leaves the console out")
    world.pam("login")
    matches(shut, look(), "check")
    run("usermod", "-aG", "sudo", "alice", check_rc=0)
    text = look()
    check("no administrator is enrolled" not in text, "alice is one")
    matches(shut, text, "check")
    cli("recovery-codes", "alice")
    text = look()
    check("machine itself" not in text and "without recovery codes" not in text, "alice has codes")
    run("gpasswd", "-d", "alice", "sudo", check_rc=0)
    with open("/etc/pam.d/login", "w") as f:
        f.write(before)


def seen_later(seconds):
    """The site's record, as if a clock had been ahead in another boot: sms-otp-state(5)."""
    path = STATE + "/state/site"
    with open(path, "rb") as f:
        both = f.read()
    slots = []
    for slot in (both[:65536], both[65536:]):
        if any(slot[:20]):
            wall, = struct.unpack(">q", slot[20:28])
            body = slot[:8] + b"\0" + slot[9:20] + struct.pack(">q", wall + seconds) + struct.pack(">q", 0) + bytes(16) + slot[52:-32]
            slot = body + hashlib.sha256(body).digest()
        slots.append(slot)
    with open(path, "wb") as f:
        f.write(b"".join(slots))


@lab.test("H: a clock that is behind what was seen already", **ALONE)
def clock(world):
    matches(r"(?m)^ok +clock +\d{4}-", look(), "check")
    seen_later(10 * 86400)
    matches(r"(?m)^LOOK +clock +it says \d{4}-.* has been seen already: one of them is wrong.*timedatectl", look(), "check")
    cli("check", "--offline", rc=1)


@lab.test("H: a backup that was restored: modes, who is gone, whose uid is another's, a record that was left out", enrolled=("alice", "bob", "carol"),
          **ALONE)
def restored(world):
    run("useradd", "-M", "left", check_rc=0)
    cli("enroll", "left", NUMBERS["alice"], "--unverified")
    gone = uid("left")
    run("tar", "-C", "/", "-czf", "/root/backup.tar.gz", STATE[1:], check_rc=0)
    run("userdel", "left", check_rc=0)
    run("useradd", "-M", "-u", str(gone), "another", check_rc=0)
    run("sh", "-c", "rm -rf %s/* && umask 022 && tar -C / --no-same-permissions -xzf /root/backup.tar.gz" % STATE, check_rc=0)
    os.chmod("%s/users" % STATE, 0o700)
    os.chmod("%s/state" % STATE, 0o700)
    os.chmod("%s/state/%d" % (STATE, uid("alice")), 0o644)
    os.remove("%s/state/%d" % (STATE, uid("bob")))
    os.remove("%s/users/%d.conf" % (STATE, uid("carol")))
    text = look()
    for wanted in (r"(?m)^TROUBLE +users +alice: .*open to others; chmod",
                   r"(?m)^TROUBLE +users +bob: .*missing; sms-otp repair bob",
                   r"(?m)^LOOK +users +carol .*record without an enrolment: sms-otp",
                   r"(?m)^TROUBLE +users +uid %d was enrolled as left and is another now; no code lets another in: sms-otp forget another" % gone,
                   r"(?m)^LOOK +site +the record counts 4 enrolled users, there are 3"):
        matches(wanted, text, "check")
    matches(r"(?m)^record of alice: .*\n    sms-otp repair alice$", cli("repair", rc=1), "repair")
    for name in ("alice", "bob"):
        cli("repair", name, "--yes")
    cli("forget", "another", "--yes")
    cli("enroll", "carol", NUMBERS["carol"], "--unverified")
    text = look()
    check("TROUBLE" not in text, "check still finds trouble: %s" % text)
    matches(r"note +folders +1 damaged file put aside in %s/damaged; sms-otp prune" % STATE, text, "check")
    run("rm", "-rf", STATE + "/damaged")
    run("userdel", "another")


@lab.test("H: the end of a soft roll-out is told of from 14 days ahead on", **ALONE)
def soft(world):
    for days, told in ((14, True), (15, False)):
        day = (datetime.date.today() + datetime.timedelta(days=days)).isoformat()
        world.settings(unenrolled='{ then = "ignore"; until = "%s"; }' % day)
        text = look()
        matches("note +unenrolled +who has no phone on record needs no code .every user., until " + day, text, "check")
        equal("LOOK     unenrolled ends with %s, in 14 days; then denied" % day in text, told, "told of it %d days ahead" % days)


@lab.test("H: an import that was cut short, and files that are open to others", **ALONE)
def begun(world):
    with open("/root/users.csv", "w") as f:
        f.write("user,number,verified\nalice,%s,yes\n" % NUMBERS["bob"])
    os.chmod("/root/users.csv", 0o600)
    # killed where the second step begins: the entry is as the file wants it, and what lies on disk says so
    run("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:signal=KILL:when=4",
        CLI, "import", "/root/users.csv", "--yes")
    if os.path.exists(STATE + "/import"):
        matches(r"LOOK +users +an import was cut short, with 1 user to end with: sms-otp import FILE", look(), "check")
    cli("import", "/root/users.csv", "--yes")
    check("cut short" not in look(), "the import was ended")


lab.enter()
lab.main(__doc__)
