#!/usr/bin/python3
"""Goal: a disk that is full to the last byte loses no counter and locks nobody out (F2): who has a record logs in, and each failure,
send and spent code is on it; what needs room is refused in plain words and leaves nothing behind. On a small tmpfs, and on a small
ext4 in a file."""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "integration")]
import factors  # noqa: E402
import lab  # noqa: E402
from lab import CLI, STATE, check, equal, matches, run  # noqa: E402

DISK = "/tmp/disk"


def mount_small(kind):
    """users/ and state/ on a file system of their own; the outbox is a provider, and elsewhere."""
    os.makedirs(DISK)
    if kind == "tmpfs":
        run("mount", "-t", "tmpfs", "-o", "size=1m,mode=755", "tmpfs", DISK, check_rc=0)
    else:
        run("sh", "-c", "truncate -s 4M /tmp/disk.img && mkfs.ext4 -q -m 0 -b 1024 /tmp/disk.img", check_rc=0)
        # the sandbox's /dev has none of these
        run("sh", "-c", "cd /dev && mknod loop-control c 10 237; for n in 0 1 2 3 4 5 6 7; do mknod loop$n b 7 $n; done")
        if run("mount", "-o", "loop", "/tmp/disk.img", DISK).returncode:
            raise lab.Skipped("this machine lets nobody mount a file (a container without loop devices)")
    for name in ("users", "state"):
        run("sh", "-c", "cp -a {0}/{2} {1}/ && mount --bind {1}/{2} {0}/{2}".format(STATE, DISK, name), check_rc=0)


def fill():
    """To the last byte, in ever smaller pieces, and the last name with it."""
    with open(DISK + "/fill", "wb", buffering=0) as f:
        for size in (65536, 4096, 1024, 512, 1):
            try:
                while f.write(b"x" * size):
                    pass
            except OSError as error:
                equal(error.errno, 28, "the error of a full disk")
        try:
            os.fsync(f.fileno())
        except OSError:
            pass
    try:
        with open(DISK + "/one-more", "wb") as f:
            f.write(b"x" * 4096)
        raise lab.Failed("the disk is not full")
    except OSError as error:
        equal(error.errno, 28, "the error of one more file")
    run("rm", "-f", DISK + "/one-more")


def let_go(kind):
    for name in ("users", "state"):
        run("umount", STATE + "/" + name)
    run("umount", DISK)
    run("rm", "-rf", DISK, "/tmp/disk.img")


def names():
    return sorted((folder, name) for folder in ("users", "state") for name in os.listdir(STATE + "/" + folder))


def record(user="alice"):
    return json.loads(run(CLI, "show", "--json", user, check_rc=0).stdout)


SENT = r"Code sent to \.\.\.\d\d \(ref (\w{4})\)\. [^:]+: "  # the menu has recovery codes
WRONG = r"Wrong code, \d (?:tries|try) left\."


def at_prompt(world, count):
    ssh = world.ssh()
    ssh.password()
    ssh.expect(SENT)
    return ssh, world.last_sms(count)


def gets_in(world, count, wrong=0):
    ssh, sms = at_prompt(world, count)
    for k in range(wrong):
        ssh.send(sms.wrong(k + 1))
        ssh.expect(WRONG)
    ssh.send(sms.code)
    ssh.gets_in()


def failures(shown):
    return sum(purse["failures"][0]["used"] for purse in shown["purses"])


def no_room(*command):
    before = names()
    done = run(CLI, *command)
    check(done.returncode != 0, "%s went through on a full disk: %r" % (command, done.stdout))
    matches("[Nn]o space left on device", done.stdout, "what %s said" % (command,))
    equal(names(), before, "what lies there after %s" % (command,))


def full(world, kind):
    codes = factors.recovery_codes(world)
    gets_in(world, 1)
    mount_small(kind)
    try:
        fill()
        for k in range(3):
            gets_in(world, 2 + k, wrong=2)
            equal(failures(record()), 2 * (k + 1), "failures on the record after %d logins" % (k + 1))
        ssh, _ = at_prompt(world, 5)
        ssh.send(codes[0])
        ssh.gets_in()
        ssh, _ = at_prompt(world, 6)  # it is spent
        ssh.send(codes[0])
        ssh.expect(WRONG)
        ssh.child.close(force=True)
        lab.wait_for("the end of that login", lambda: failures(record()) >= 7)
        no_room("enroll", "carol", lab.NUMBERS["carol"], "--unverified")
        no_room("set-number", "alice", "+4915112345699", "--unverified")
        run(CLI, "unlock", "alice", check_rc=0)
        equal(failures(record()), 0, "failures after unlock")
        # with room again all goes on, from what was counted
        os.remove(DISK + "/fill")
        run(CLI, "enroll", "carol", lab.NUMBERS["carol"], "--unverified", check_rc=0)
        run(CLI, "forget", "carol", "--yes", check_rc=0)
        gets_in(world, 7)
        equal(record()["recovery_codes_left"], 9, "recovery codes that are left")
    finally:
        let_go(kind)


@lab.test("F2: a full tmpfs", engines=lab.BOTH)
def full_tmpfs(world):
    full(world, "tmpfs")


@lab.test("F2: a full ext4", engines=("daemon",))
def full_ext4(world):
    full(world, "ext4")


lab.enter()
lab.main(__doc__)
