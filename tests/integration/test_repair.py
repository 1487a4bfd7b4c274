#!/usr/bin/python3
"""Goal: what is damaged is found and named, and mended only when somebody says so; what takes its place grants nothing (F1, C5, C7);
afterwards a login works again. And prune removes what nobody needs, and nothing that denies."""

import os
import pwd
import re
import time

import lab
from lab import CLI, STATE, check, equal, matches, run

DAMAGED = STATE + "/damaged"
ALONE = dict(sshd=False, services=(), engines=("one-shot",))
OLD = time.time() - 40 * 86400


def cli(*arguments, rc=0):
    done = run(CLI, *arguments, timeout=30)
    equal(done.returncode, rc, "sms-otp %s said %r and its status" % (" ".join(arguments), done.stdout))
    return done.stdout


def uid(name):
    return pwd.getpwnam(name).pw_uid


def record(name):
    return "%s/state/%d" % (STATE, uid(name))


def entry(name):
    return "%s/users/%d.conf" % (STATE, uid(name))


def spoil(path, copies=(0, 1), at=200):
    size = os.path.getsize(path) // 2
    with open(path, "r+b") as f:
        for copy in copies:
            f.seek(copy * size + at)
            byte = f.read(1)
            f.seek(copy * size + at)
            f.write(bytes([byte[0] ^ 0xff]))


def content(path):
    with open(path, "rb") as f:
        return f.read()


def kept(kind):
    """What was put aside, and nobody else may read."""
    equal(os.stat(DAMAGED).st_mode & 0o7777, 0o700, "the mode of " + DAMAGED)
    return sorted(name for name in os.listdir(DAMAGED) if name.startswith(kind))


def clean():
    run("rm", "-rf", DAMAGED)


def logs_in(world, count, user="alice"):
    ssh = world.ssh(user)
    ssh.send(ssh.to_code(count).code)
    ssh.gets_in()


def is_refused(world, reason):
    before = len(world.sms())
    ssh = world.ssh()
    ssh.password()
    ssh.is_refused()
    equal(len(world.sms()), before, "messages")
    world.audit("reason=" + reason)


def would_be(reason, user="alice"):
    """As is_refused, without the seconds that sshd waits after a refusal."""
    matches(r"(?m)^reason +%s$" % reason, run(CLI, "explain", user, "--service", "sshd").stdout, "explain")


@lab.test("F1, B3, B5: a broken record is mended when asked for, gives no guess and no message, and a login works after unlock")
def user_record(world):
    clean()
    logs_in(world, 1)
    equal(cli("repair").strip(), "Nothing is to be repaired.", "repair")
    spoil(record("alice"))
    broken = content(record("alice"))
    said = cli("repair", rc=1)
    matches(r"(?m)^record of alice: %s: both copies of the record are broken$" % record("alice"), said, "repair")
    matches(r"(?m)^    sms-otp repair alice$", said, "repair")
    matches("nobody to ask", cli("repair", "alice", rc=1), "repair without a terminal")
    equal(content(record("alice")), broken, "the record")
    would_be("state")
    said = cli("repair", "alice", "--yes")
    matches("locked for a day.*sms-otp unlock alice", said, "repair")
    matches("Whether alice was blocked cannot be read any more, so alice is blocked: sms-otp unblock alice", said, "repair")
    equal([content(DAMAGED + "/" + name) for name in kept("record-%d." % uid("alice"))], [broken], "what was put aside")
    world.syslog.wait(r"admin action=repair user=alice uid=\d+ number=\S+ by=root reason=\"new record, old one record-")
    is_refused(world, "blocked")
    cli("unblock", "alice")
    would_be("locked")
    cli("unlock", "alice")
    logs_in(world, 2)
    equal(cli("repair").strip(), "Nothing is to be repaired.", "repair")
    matches("recovery codes +none", world.show(), "show")
    cli("forget", "alice", "--yes")
    equal(os.listdir(DAMAGED), [], "G5: what is left of alice")


@lab.test("a block is kept, an administrator is not shut out, a missing record is mended; a broken copy beside a whole one heals",
          enrolled=("alice", "bob"), **ALONE)
def standing(world):
    clean()
    cli("block", "alice")
    cli("unlock", "alice")  # so that both copies were written
    spoil(record("alice"), at=3000)
    matches("alice was blocked, and is", cli("repair", "alice", "-y"), "repair")
    matches("blocked by the administrator", world.show(), "show")
    run("usermod", "-aG", "sudo", "bob", check_rc=0)
    os.remove(record("bob"))
    matches(r"(?m)^record of bob: missing$", cli("repair", rc=1), "repair")
    matches("an administrator is not shut out for that", cli("repair", "bob", "--yes"), "repair")
    matches("locked until", world.show("bob"), "show")
    cli("unlock", "bob")
    cli("unlock", "bob")
    spoil(record("bob"), copies=(1,))
    before = content(record("bob"))
    matches("record of bob: one of its two copies is broken and the other one holds; nothing to do", cli("repair"), "repair")
    cli("repair", "bob", "-y")
    equal(content(record("bob")), before, "the record")
    cli("unlock", "bob")
    equal(cli("repair").strip(), "Nothing is to be repaired.", "repair")


@lab.test("a mode that is wrong costs nothing; an owner who is not root costs what others may have written")
def modes(world):
    clean()
    before = content(record("alice")), content(entry("alice"))
    os.chmod(record("alice"), 0o644)
    os.chmod(entry("alice"), 0o644)
    would_be("state")
    matches("open to others", cli("repair", rc=1), "repair")
    said = cli("repair", "alice", "--yes")
    matches("The record of alice is as it was.*The enrolment of alice is as it was", said.replace("\n", " "), "repair")
    equal((content(record("alice")), content(entry("alice"))), before, "what is in them")
    equal([os.stat(p(("alice"))).st_mode & 0o777 for p in (record, entry)], [0o600, 0o600], "the modes")
    logs_in(world, 1)
    os.chown(record("alice"), uid("bob"), 0)
    matches("owned by uid", cli("repair", rc=1), "repair")
    matches("new record", cli("repair", "alice", "--yes"), "repair")
    would_be("blocked")


@lab.test("C3: a lost enrolment lets nobody in, whatever unenrolled says, until somebody enrols", unenrolled='"ignore"')
def enrolment(world):
    clean()
    with open(entry("alice"), "w") as f:
        f.write("nonsense = ;\n")
    would_be("state")
    said = cli("repair", "alice", "--yes")
    matches("alice has no enrolment, and is refused until sms-otp enroll alice NUMBER", said, "repair")
    equal(content(DAMAGED + "/" + kept("enrolment-%d." % uid("alice"))[0]), b"nonsense = ;\n", "what was put aside")
    is_refused(world, "state")
    matches(r"(?m)^enrolment of alice: missing$", cli("repair", rc=1), "repair")
    spoil(record("alice"))
    cli("repair", "alice", "--yes")
    would_be("state")
    cli("enroll", "alice", lab.NUMBERS["alice"], "--unverified")
    logs_in(world, 1)


@lab.test("B5: the site's record begins with its budgets spent; recovery codes and issued codes let in meanwhile")
def site(world):
    clean()
    path = STATE + "/state/site"
    for damage in (lambda: os.remove(path), lambda: spoil(path)):
        damage()
        matches(r"(?m)^    sms-otp repair --site$", cli("repair", rc=1), "repair")
        matches("as if all messages of its budgets had been sent", cli("repair", "--site", "--yes"), "repair")
        equal(cli("repair").strip(), "Nothing is to be repaired.", "repair")
    equal(len(kept("site.")), 1, "what was put aside")
    is_refused(world, "budget")
    code = re.search(r"\b\d{8}\b", cli("issue-code", "alice")).group()
    world.secrets.append(code)
    ssh = world.ssh()
    ssh.password()
    ssh.expect("code")
    ssh.send(code)
    ssh.gets_in()
    os.chmod(path, 0o644)
    cli("repair", "--site", "--yes")
    equal(os.stat(path).st_mode & 0o777, 0o600, "the mode")


@lab.test("prune removes what nobody needs, and no enrolment, no block, nothing that is young", enrolled=("alice", "bob"), **ALONE)
def pruning(world):
    clean()
    equal(cli("prune").strip(), "Nothing is to be removed.", "prune")
    for name in ("gone", "barred", "here"):
        run("useradd", "-M", name, check_rc=0)
        cli("enroll", name, lab.NUMBERS["carol"], "--unverified")
    cli("block", "barred")
    uids = {name: uid(name) for name in ("gone", "barred", "here")}
    paths = {name: record(name) for name in uids}
    for name in ("gone", "barred"):
        os.remove(entry(name))
        run("userdel", name, check_rc=0)
    run("userdel", "here", check_rc=0)  # enrolled, and gone from the system
    os.remove(entry("bob"))             # lost: the record is what denies
    left = STATE + "/users/.1000.conf.999999-1"
    open(left, "w").close()
    os.makedirs(DAMAGED, 0o700)
    stale, young = DAMAGED + "/record-7.2020-01-01T00:00:00Z", DAMAGED + "/record-7.%s" % time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for path in (stale, young, DAMAGED + "/note"):
        open(path, "w").close()
    matches("^removed [^\n]*999999-1[^\n]*\nremoved [^\n]*2020", re.sub("(?m)^kept.*\n", "", cli("prune")), "prune: a young record goes")
    check(os.path.exists(paths["gone"]), "a young record was removed")
    for path in (*paths.values(), record("bob")):
        os.utime(path, (OLD, OLD))
    said = cli("prune", "--dry-run", rc=1)
    matches(r"(?m)^would remove %s: of somebody who is gone" % paths["gone"], said, "prune --dry-run")
    check(os.path.exists(paths["gone"]), "--dry-run removed something")
    check("would remove" not in cli("prune", "--dry-run", "--older", "90d"), "--older is not heeded")
    said = cli("prune")
    matches(r"(?m)^removed %s: " % paths["gone"], said, "prune")
    matches(r"(?m)^kept %s: its user is blocked" % paths["barred"], said, "prune")
    matches(r"(?m)^kept .*/%d.conf: here is gone from the system; sms-otp forget here$" % uids["here"], said, "prune")
    matches(r"(?m)^kept %s: the enrolment of bob is missing; sms-otp enroll bob NUMBER, or sms-otp forget bob$" % record("bob"), said, "prune")
    equal([os.path.exists(p) for p in (paths["gone"], paths["barred"], paths["here"], record("bob"), record("alice"))],
          [False, True, True, True, True], "the records")
    equal([os.path.exists(p) for p in (left, stale, young, DAMAGED + "/note")], [False, False, True, True], "files")
    equal(len(os.listdir(STATE + "/state/former")), 1, "who was enrolled once")
    world.syslog.wait("admin action=prune by=root")
    matches("from 1d", cli("prune", "--older", "1h", rc=2), "prune")


@lab.test("prune removes the socket of a killed daemon, and not that of one that serves", enrolled=())
def sockets(world):
    cli("enroll", "alice", lab.NUMBERS["alice"], "--unverified")
    os.utime(lab.SOCKET, (OLD, OLD))
    equal(cli("prune").strip(), "Nothing is to be removed.", "prune")
    world.engine.kill()
    world.engine.wait()
    matches("^removed %s: of a daemon that was killed" % lab.SOCKET, cli("prune"), "prune")
    check(not os.path.exists(lab.SOCKET), "it is still there")


lab.enter()
lab.main(__doc__)
