#!/usr/bin/python3
"""sms-otp(8), each command as an administrator runs it: enrolment with its proof, the standing of a user, the erasing of
every trace, the judgement of settings and records, and the exit statuses 0 yes, 1 no, 2 trouble."""

import json
import os
import re
import signal
import stat
import subprocess

import lab
from lab import CLI, CONF, NUMBERS, STATE, World, check, equal, matches, run, test

SETTINGS = CONF + "/sms-otp.conf"
ALONE = dict(sshd=False, services=(), enrolled=(), engines=("one-shot",))
ENROLLED = dict(ALONE, enrolled=("alice",))
CODE_PROMPT = r"Code from the phone \(ref (\w{4})\): "


def cli(*arguments, rc=0, **more):
    done = run(CLI, *arguments, timeout=30, **more)
    equal(done.returncode, rc, "sms-otp %s said %r and its status" % (" ".join(arguments), done.stdout))
    return done.stdout


def facts(*arguments, rc=0):
    """The JSON that a command prints on stdout."""
    done = subprocess.run((CLI,) + arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          encoding="utf-8", timeout=30)
    equal(done.returncode, rc, "sms-otp %s said %r and %r and its status" % (" ".join(arguments), done.stdout, done.stderr))
    return json.loads(done.stdout)


def terminal(here, *arguments):
    client = lab.Terminal(CLI, list(arguments))
    here.clients.append(client)
    return client


def uid(name):
    return int(run("id", "-u", name, check_rc=0).stdout)


def entry(name):
    """The file of an enrolment."""
    return "%s/users/%d.conf" % (STATE, uid(name))


def stored(folder):
    """former: keyed hashes of who was forgotten, which are nobody's record."""
    return sorted(name for name in os.listdir(os.path.join(STATE, folder)) if name != "former")


def damage(path):
    """Both slots of a record, in the middle."""
    size = os.stat(path).st_size
    with open(path, "r+b") as f:
        for at in (100, size // 2 + 100):
            f.seek(at)
            f.write(b"\xa5" * 16)


# --- the command line ----------------------------------------------------------------------------------------------------

@test("help, version, unknown words", **ALONE)
def arguments(here):
    text = cli("--help")
    for word in ("enroll USER NUMBER", "set-number", "list", "show", "unlock", "block", "unblock", "forget", "send-test", "edit",
                 "check", "try", "outbox", "--settings FILE", "--json", "--two-prompts SERVICE"):
        check(word in text, "no %s in the help" % word)
    matches(r"usage: sms-otp enroll USER NUMBER \[--unverified\]", cli("enroll", "--help"), "the help on enroll")
    matches(r"^sms-otp \d", cli("--version"), "the version")
    matches("did you mean enroll", cli("enrol", "alice", rc=2), "a mistyped command")
    matches("unknown option --jsn", cli("list", "--jsn", rc=2), "a mistyped option")
    cli(rc=2)
    equal(cli("--json", "list"), cli("list", "--json"), "an option before and after")


@test("an ordinary user is told to be root", **ENROLLED)
def not_root(here):
    matches(r"run as root \(sudo sms-otp show \.\.\.\)", cli("show", "alice", rc=2, user="bob"), "as bob")
    cli("--help", user="bob")


# --- enrolment -----------------------------------------------------------------------------------------------------------

@test("enroll: the code typed back stores the number", **ALONE)
def enroll(here):
    client = terminal(here, "enroll", "alice", "+49 (0)151", "123456-12")
    client.expect(r"Sending a code to \.\.\.12 through outbox \.\.\.")
    ref = client.expect(CODE_PROMPT).group(1)
    equal(stored("users"), [], "enrolments before the code")
    sms = here.last_sms(1)
    equal((sms.ref, sms.user, sms.service), (ref, "alice", "enrolment"), "the SMS")
    client.send(sms.code)
    client.expect("alice is enrolled")
    equal(client.status(), 0, "its status")
    user = facts("list", "--json")[0]
    equal((user["user"], user["number"], user["verified"], user["uid"]), ("alice", NUMBERS["alice"], True, uid("alice")), "list")
    line = here.syslog.wait("admin action=enroll")[0]
    matches(r"^<85>.*sms-otp\[\d+\]: admin action=enroll user=alice uid=%d number=[0-9a-f]{6}\.\.12 by=root$" % uid("alice"), line,
            "the log line")
    check(NUMBERS["alice"][1:] not in line, "G1: the number is in the log")


@test("enroll: a wrong code three times stores nothing", **ALONE)
def enroll_wrong(here):
    client = terminal(here, "enroll", "alice", NUMBERS["alice"])
    for left in ("2 tries", "1 try"):
        client.expect(CODE_PROMPT)
        client.send(here.last_sms(1).wrong())
        client.expect(r"Wrong code, %s left\. " % left)
    client.expect(CODE_PROMPT)
    client.send(here.last_sms(1).wrong(2))
    client.expect("nothing was stored")
    equal(client.status(), 1, "its status")
    equal(stored("users"), [], "enrolments")
    check(str(uid("alice")) not in stored("state"), "there is a record")
    equal(here.syslog.grep("admin action="), [], "the log")
    # A5: a part of the code is no code, and after that the right one still counts
    client = terminal(here, "enroll", "alice", NUMBERS["alice"])
    client.expect(CODE_PROMPT)
    code = here.last_sms(2).code
    client.send(code[:5])
    client.expect("That was no code")
    client.expect(CODE_PROMPT)
    client.send(code[:3] + " " + code[3:])
    equal(client.status(), 0, "the status after the right code")


@test("enroll: the end of input, and a kill at the prompt, store nothing", **ALONE)
def enroll_gone(here):
    matches("nothing was stored", cli("enroll", "alice", NUMBERS["alice"], rc=1), "without input")
    client = terminal(here, "enroll", "alice", NUMBERS["alice"])
    client.expect(CODE_PROMPT)
    client.child.kill(signal.SIGKILL)
    client.status()
    equal(stored("users"), [], "enrolments")
    cli("enroll", "alice", NUMBERS["alice"], "--unverified")


@test("enroll --unverified, and what is refused with its reason", **ALONE)
def enroll_refused(here):
    for number, reason in (("0151 123456", "country"), ("+49", "digits"), ("+33 6 12 34 56 78", r"numbers\.prefixes \(\+49, \+43\)"),
                           ("+49abc1234567", "."), ("", ".")):
        text = cli("enroll", "alice", number, "--unverified", rc=1)
        matches(reason, text, "the refusal of %r" % number)
    matches("no user nobody-here", cli("enroll", "nobody-here", NUMBERS["alice"], "--unverified", rc=1), "an unknown user")
    equal(stored("users"), [], "enrolments")
    cli("enroll", "--unverified", "alice", NUMBERS["alice"])
    equal(facts("list", "--json")[0]["verified"], False, "verified")
    matches("set-number", cli("enroll", "alice", NUMBERS["bob"], "--unverified", rc=1), "enrolling twice")
    equal(facts("list", "--json")[0]["number"], NUMBERS["alice"], "the number")


@test("enroll: a premium number is refused", **dict(ALONE, numbers='{ prefixes = [ "+1" ]; }'))
def enroll_premium(here):
    matches("premium", cli("enroll", "alice", "+1 900 555 0123", "--unverified", rc=1), "a premium number")


@test("enroll: an outage is trouble and stores nothing", **ALONE)
def enroll_outage(here):
    os.rename(lab.SENDER, lab.SENDER + ".away")
    try:
        text = cli("enroll", "alice", NUMBERS["alice"], rc=2)
    finally:
        os.rename(lab.SENDER + ".away", lab.SENDER)
    matches("the code was not sent", text, "the outage")
    equal(stored("users"), [], "enrolments")


@test("an enrolment or a forget that was cut off can be run again", **ENROLLED)
def cut_off(here):
    os.remove(entry("alice"))  # enroll ended before the number was stored
    cli("check", "--offline", rc=1)
    cli("enroll", "alice", NUMBERS["alice"], "--unverified")
    equal(facts("show", "alice", "--json")["enrolled"], True, "enrolled")
    os.remove(entry("alice"))  # forget ended before the record was removed
    cli("forget", "alice", "--yes")
    equal(stored("state"), ["key", "site"], "what is left")


CUTS = ("fsync", "fdatasync", "pwrite64", "fallocate", "linkat", "renameat", "renameat2", "unlinkat")


def cut_at_each_step(before, *command):
    """Run a command again and again, killed at each of its changes on the disk in turn; yield after each."""
    for call in CUTS:
        for n in range(1, 50):
            before()
            done = run("strace", "-qq", "-o", "/tmp/strace", "-e", "trace=" + call, "-e",
                       "inject=%s:signal=KILL:when=%d" % (call, n), CLI, *command)
            if "killed by SIGKILL" not in open("/tmp/strace").read():
                equal(done.returncode, 0, "%s without a cut said %r and its status" % (command, done.stdout))
                break
            yield "%s cut at %s number %d" % (command[0], call, n)


@test("F2: enroll, set-number and forget, killed at every change on the disk, can be run again", **ALONE)
def kills(here):
    cuts = 0

    def clean():
        run(CLI, "forget", "alice", "--yes")
        equal((stored("users"), stored("state")), ([], ["key", "site"] if stored("state") else []), "what forget left")

    def enrolled():
        clean()
        cli("enroll", "alice", NUMBERS["alice"], "--unverified")

    for where in cut_at_each_step(clean, "enroll", "alice", NUMBERS["alice"], "--unverified"):
        cuts += 1
        if run(CLI, "show", "alice").returncode == 1:
            cli("enroll", "alice", NUMBERS["alice"], "--unverified")
        equal(facts("show", "alice", "--json")["enrolled"], True, where)
    for where in cut_at_each_step(enrolled, "set-number", "alice", NUMBERS["bob"], "--unverified"):
        cuts += 1
        check(facts("show", "alice", "--json")["number"] in (NUMBERS["alice"], NUMBERS["bob"]), where)
        cli("set-number", "alice", NUMBERS["bob"], "--unverified")
    for where in cut_at_each_step(enrolled, "forget", "alice", "--yes"):
        cuts += 1
        check(run(CLI, "show", "alice").returncode in (0, 1), where + ": a half enrolment")
        run(CLI, "forget", "alice", "--yes")
        equal((stored("users"), stored("state")), ([], ["key", "site"]), where)
        equal(run("grep", "-rlaF", NUMBERS["alice"], STATE + "/users", STATE + "/state").stdout, "", where + ": traces")
    check(cuts >= 15, "only %d cuts" % cuts)


@test("set-number: verified, told to the old number, logged by tags", **ENROLLED)
def set_number(here):
    matches("not enrolled", cli("set-number", "bob", NUMBERS["bob"], rc=1), "a user without a number")
    client = terminal(here, "set-number", "alice", NUMBERS["carol"])
    client.expect(CODE_PROMPT)
    equal(facts("list", "--json")[0]["number"], NUMBERS["alice"], "the number before the code")
    client.send(here.last_sms(1).code)
    client.expect(r"Sending a notice to \.\.\.12")
    equal(client.status(), 0, "its status")
    user = facts("list", "--json")[0]
    equal((user["number"], user["verified"]), (NUMBERS["carol"], True), "the number")
    with open(STATE + "/outbox/messages") as f:
        text = f.read()
    matches(r"Z %s\n.*user alice on web01 was changed" % re.escape(NUMBERS["alice"]), text, "F6: the notice")
    here.syslog.wait(r"admin action=set-number user=alice uid=\d+ number=[0-9a-f]{6}\.\.56 old=[0-9a-f]{6}\.\.12 by=root$")


# --- showing -------------------------------------------------------------------------------------------------------------

@test("list and show, for people and as JSON", **ENROLLED)
def showing(here):
    matches(r"(?m)^alice +%d +\+4915112345612 +no " % uid("alice"), cli("list"), "list")
    text = cli("show", "alice")
    for pattern in (r"(?m)^alice \(uid %d\)$" % uid("alice"), r"(?m)^  number +\+4915112345612$", r"(?m)^  standing +may log in$",
                    r"(?m)^    wrong codes +0 of 10 in 24 h$", r"(?m)^    codes sent +0 of 5 in 1 h, 0 of 10 in 24 h$"):
        matches(pattern, text, "show")
    user = facts("show", "alice", "--json")
    equal((user["user"], user["blocked"], user["live_challenges"], user["last_send"]), ("alice", None, 0, None), "show --json")
    equal(user["purses"][0]["sends"], [{"used": 0, "limit": 5, "window_s": 3600}, {"used": 0, "limit": 10, "window_s": 86400}],
          "the budgets")
    matches("not enrolled", cli("show", "bob", rc=1), "show bob")
    matches("no user", cli("show", "nobody-here", rc=1), "show of an unknown user")


@test("list works with broken settings; show says what it cannot", **ENROLLED)
def showing_broken(here):
    here.settings(text="routes = [")
    cli("list")
    matches(r"sms-otp\.conf:\d+: ", cli("show", "alice", rc=2), "show")


@test("a damaged record: show and check say what to do, and doing it works", **ENROLLED)
def damaged(here):
    damage("%s/state/%d" % (STATE, uid("alice")))
    text = cli("show", "alice", rc=2)
    matches(r"sms-otp repair alice", text, "the remedy")
    check("damaged" in facts("show", "alice", "--json", rc=2), "the JSON names no damage")
    matches(r"(?m)^TROUBLE +users .*repair alice", cli("check", "--offline", rc=2), "check")
    for command in ("block", "unlock"):
        cli(command, "alice", rc=2)
    cli("set-number", "alice", NUMBERS["carol"], "--unverified", rc=2)
    equal(facts("list", "--json")[0]["number"], NUMBERS["alice"], "the number")
    cli("forget", "alice", "--yes")
    cli("enroll", "alice", NUMBERS["alice"], "--unverified")
    cli("show", "alice")


@test("a damaged enrolment is listed, shown, and can be forgotten", **ENROLLED)
def damaged_enrolment(here):
    with open(entry("alice"), "w") as f:
        f.write("phone = ;")
    check("damaged" in facts("list", "--json", rc=2)[0], "list names no damage")
    matches("repair alice", cli("show", "alice", rc=2), "the remedy")
    cli("enroll", "alice", NUMBERS["alice"], "--unverified", rc=2)
    cli("forget", "alice", "--yes")
    cli("enroll", "alice", NUMBERS["alice"], "--unverified")


# --- standing ------------------------------------------------------------------------------------------------------------

@test("block, unblock, unlock", **ENROLLED)
def standing(here):
    cli("block", "alice")
    equal(facts("show", "alice", "--json")["blocked"], "administrator", "blocked")
    matches("blocked by the administrator", cli("show", "alice"), "show")
    matches("(?m)^reason +blocked$", cli("try", "alice", rc=1), "try")
    matches("stays blocked", cli("unlock", "alice"), "unlock of a blocked user")
    cli("block", "alice", rc=1)
    cli("unblock", "alice")
    cli("unblock", "alice", rc=1)
    equal(facts("show", "alice", "--json")["blocked"], None, "blocked")
    for action in ("block", "unlock", "unblock"):
        here.syslog.wait(r"admin action=%s user=alice uid=\d+ number=[0-9a-f]{6}\.\.12 by=root$" % action)
    cli("block", "bob", rc=1)


@test("B3: wrong codes lock, show says until when, unlock ends it", lockout='{ failures = 3; }', **ENROLLED)
def locked(here):
    client = terminal(here, "try", "alice")
    client.expect(lab.SENT)
    for _ in range(2):
        client.send(here.last_sms(1).wrong())
        client.expect(lab.WRONG)
    client.send(here.last_sms(1).wrong())
    equal(client.status(), 1, "the status of three wrong codes")
    user = facts("show", "alice", "--json")
    matches(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", user["purses"][0]["locked_until"] or "", "locked_until")
    equal((user["purses"][0]["failures"], user["purses"][0]["failures_in_a_row"]),
          ([{"used": 3, "limit": 3, "window_s": 86400}], 3), "failures")
    text = cli("show", "alice")
    matches(r"(?m)^  standing +locked until \d{4}-", text, "show")
    matches(r"(?m)^    codes sent +1 of 5 in 1 h", text, "show")
    matches("(?m)^PAM code  PAM_MAXTRIES", cli("try", "alice", rc=1), "try while locked")
    cli("unlock", "alice")
    matches("(?m)^  standing +may log in", cli("show", "alice"), "show after unlock")
    client = terminal(here, "try", "alice")
    client.expect(lab.SENT)
    equal(facts("show", "alice", "--json")["live_challenges"], 1, "codes under way")
    client.send(here.last_sms(2).code)
    equal(client.status(), 0, "the status of the right code")


@test("G5: forget erases every trace", **ALONE)
def forget(here):
    for name in ("alice", "bob"):
        client = terminal(here, "enroll", name, NUMBERS[name])
        client.expect(CODE_PROMPT)
        client.send(here.sms()[-1].code)
        equal(client.status(), 0, "enroll")
    cli("set-number", "alice", NUMBERS["carol"], "--unverified")
    matches("say --yes", cli("forget", "alice", rc=1), "without a terminal")
    client = terminal(here, "forget", "alice")
    client.expect(r"\[y/n\] ")
    client.send("n")
    equal(client.status(), 1, "the status after no")
    equal(len(facts("list", "--json")), 2, "enrolled")
    client = terminal(here, "forget", "alice")
    client.expect(r"\[y/n\] ")
    client.send("y")
    equal(client.status(), 0, "the status after yes")
    for trace in ("alice", NUMBERS["alice"], NUMBERS["carol"], NUMBERS["alice"][1:]):
        equal(run("grep", "-rlaF", trace, STATE).stdout, "", "what still holds %s" % trace)
    equal([u["user"] for u in facts("list", "--json")], ["bob"], "who is left")
    check(NUMBERS["bob"] in open(STATE + "/outbox/messages").read(), "bob's message is gone")
    equal(stored("state"), sorted(["key", "site", str(uid("bob"))]), "records")
    cli("forget", "alice", "--yes", rc=1)
    here.syslog.wait("admin action=forget user=alice")


@test("forget: a user whom the system no longer has", **ALONE)
def forget_former(here):
    run("useradd", "former", check_rc=0)
    cli("enroll", "former", NUMBERS["carol"], "--unverified")
    run("userdel", "former", check_rc=0)
    matches("LOOK +users +former .*sms-otp forget former", cli("check", "--offline", rc=1), "check")
    matches("no longer has", cli("show", "former"), "show")
    cli("forget", "former", "--yes")
    equal((stored("users"), stored("state")), ([], ["key", "site"]), "what is left")


@test("forget: a name that lives on under another uid", **ALONE)
def forget_renewed(here):
    run("useradd", "-u", "3301", "dave", check_rc=0)
    cli("enroll", "dave", NUMBERS["carol"], "--unverified")
    run("userdel", "dave", check_rc=0)
    run("useradd", "-u", "3302", "dave", check_rc=0)
    cli("enroll", "dave", NUMBERS["bob"], "--unverified")
    matches("run the command again", cli("forget", "dave", "--yes", rc=1), "forget, with the older one left")
    cli("forget", "dave", "--yes")
    equal((stored("users"), stored("state")), ([], ["key", "site"]), "what is left")


@test("G5, F6: a damaged site record: forget erases, enroll and set-number store, and each is logged", **ENROLLED)
def damaged_site(here):
    cli("send-test", NUMBERS["alice"])
    damage(STATE + "/state/site")
    cli("enroll", "bob", NUMBERS["bob"], "--unverified", rc=2)
    here.syslog.wait("admin action=enroll user=bob")
    cli("forget", "alice", "--yes", rc=2)
    here.syslog.wait("admin action=forget user=alice")
    for trace in (NUMBERS["alice"], NUMBERS["alice"][1:]):
        equal(run("grep", "-rlaF", trace, STATE).stdout, "", "what still holds %s" % trace)
    check(not os.path.exists(entry("alice")), "alice is still enrolled")


@test("F6: a record that cannot be written keeps set-number from changing the number", **ENROLLED)
def unwritable_record(here):
    before = open(entry("alice")).read()
    run("strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync", "-e", "inject=fdatasync:error=EIO",
        CLI, "set-number", "alice", NUMBERS["bob"], "--unverified", check_rc=2)
    equal(open(entry("alice")).read(), before, "the enrolment")


# --- settings ------------------------------------------------------------------------------------------------------------

@test("C2: check names each fault with its line, and changes nothing", **ENROLLED)
def check_faults(here):
    here.settings(text='routes = [ "outbox" ];\nnumbers = { prefixes = [ "+49" ]; };\ncode = { digits = 4;\n  lifetimes = 90; };\n'
                  'lockout = { failures = 1; };\n')
    text = cli("check", "--offline", rc=2)
    for line, key in ((3, "digits"), (4, "lifetimes"), (5, "failures")):
        matches(r"(?m)^TROUBLE +settings +%s:%d: .*%s" % (re.escape(SETTINGS), line, key), text, "the fault in line %d" % line)
    result = facts("check", "--offline", "--json", rc=2)
    equal(result["result"], "trouble", "the result")
    equal([i["line"] for i in result["items"] if "line" in i], [3, 4, 5], "the lines")
    equal({i["file"] for i in result["items"] if "file" in i}, {SETTINGS}, "the file")


@test("check --settings: a file that is not in place yet", **ENROLLED)
def check_elsewhere(here):
    with open("/root/new.conf", "w") as f:
        f.write('routes = [ "outbox" ];\nnumbers = { prefixes = [ +49 ]; };\n')
    matches(r"/root/new\.conf:2: ", cli("check", "--offline", "--settings", "/root/new.conf", rc=2), "the fault")
    done = subprocess.run([CLI, "--settings", "new.conf", "check", "--offline"], cwd="/root", stdout=subprocess.PIPE,
                          encoding="utf-8")
    matches(r"/root/new\.conf:2: ", done.stdout, "the fault, by a relative name")
    cli("check", "--offline", rc=1)
    matches("nothing-here.conf: ", cli("check", "--offline", "--settings", "/root/nothing-here.conf", rc=2), "a missing file")


@test("check: the outbox is loud; folders, programs, users, records", **ENROLLED)
def check_system(here):
    text = cli("check", rc=1)
    matches("(?m)^LOOK +routes +outbox WRITES CODES TO A FILE", text, "the outbox")
    matches("(?m)^ok +routes +outbox: reached", text, "the sender")
    matches("(?m)^ok +users +1 enrolled, 1 of them not verified, 0 blocked", text, "the users")
    matches("(?m)^ok +engine +no daemon", text, "the engine")
    here.start_engine()
    matches("(?m)^ok +engine +the daemon answers", cli("check", "--offline", rc=1), "the engine as a daemon")
    os.chmod(STATE + "/users", 0o755)
    matches("(?m)^TROUBLE +folders .*users", cli("check", "--offline", rc=2), "an open folder")
    os.chmod(STATE + "/users", 0o700)
    os.chmod(lab.SENDER, 0o777)
    matches("(?m)^TROUBLE +programs .*sms-otp-send", cli("check", "--offline", rc=2), "a program that others may write")
    os.chmod(lab.SENDER, 0o755)
    run("useradd", "second", check_rc=0)
    cli("enroll", "second", NUMBERS["bob"], "--unverified")
    os.remove(entry("second"))
    text = cli("check", "--offline", rc=1)
    matches("(?m)^LOOK +users +second .*record without an enrolment", text, "a record alone")
    matches("(?m)^LOOK +site .*counts 2 enrolled users, there are 1", text, "the count")
    cli("forget", "second", "--yes")
    damage(STATE + "/state/site")
    matches("(?m)^TROUBLE +site ", cli("check", "--offline", rc=2), "a damaged site record")


@test("check: a provider out of reach, and one that is not asked", routes=("dexatel",),
      blocks='dexatel = { from = "Test"; key_file = "dexatel.key"; };\n', **ALONE)
def check_provider(here):
    matches("dexatel.key", cli("check", "--offline", rc=2), "a missing key file")
    with open(CONF + "/dexatel.key", "w") as f:
        f.write("not-a-real-key\n")
    matches("dexatel.key", cli("check", "--offline", rc=2), "a key file that others can read")
    os.chmod(CONF + "/dexatel.key", 0o600)
    matches("(?m)^ok +routes +dexatel: not asked", cli("check", "--offline", rc=1), "offline")
    text = cli("check", rc=2)
    matches("(?m)^TROUBLE +routes +dexatel: not taken", text, "no network")
    check("not-a-real-key" not in text, "the key is shown")
    cli("send-test", NUMBERS["bob"], rc=2)
    os.remove(CONF + "/dexatel.key")


@test("check --two-prompts", **ENROLLED)
def two_prompts(here):
    matches("sshd was not marked", cli("check", "--two-prompts", "sshd", rc=1), "an unmarked service")


@test("edit: installs what is good, never what is faulty", **ENROLLED)
def edit(here):
    def editor(script):
        with open("/tmp/editor", "w") as f:
            f.write("#!/bin/sh\n" + script)
        os.chmod("/tmp/editor", 0o755)
        return dict(os.environ, VISUAL="/tmp/editor first")

    before = open(SETTINGS).read()
    os.chmod(SETTINGS, 0o640)
    env = editor('test "$1" = first && ls -l "$2" >/tmp/mode && echo "code = { tries = 4; };" >>"$2"\n')
    done = subprocess.run([CLI, "edit"], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
                          stdin=subprocess.DEVNULL)
    equal(done.returncode, 0, "edit said %r and its status" % done.stdout)
    equal(open(SETTINGS).read(), before + "code = { tries = 4; };\n", "the settings")
    equal(stat.S_IMODE(os.stat(SETTINGS).st_mode), 0o640, "the mode")
    check(open("/tmp/mode").read().startswith("-rw------- 1 root root"), "the copy's mode")

    good = open(SETTINGS).read()
    env = editor('grep -q 99 "$2" && sed -i "s/99/5/" "$2" && exit; echo "lockout = { failures = 99; };" >>"$2"\n')
    client = lab.Terminal(CLI, ["edit"], env=env)
    client.expect(r"%s:\d+: .*failures" % re.escape(SETTINGS))
    client.expect(r"\(e\)dit again, e\(x\)it without saving\? ")
    client.send("Q")
    client.expect(r"saving\? ")
    client.send("x")
    equal(client.status(), 1, "the status")
    equal(open(SETTINGS).read(), good, "the settings after x")
    equal(os.listdir(CONF).count("sms-otp.conf.edit"), 0, "copies left")
    client = lab.Terminal(CLI, ["edit"], env=env)
    client.expect(r"saving\? ")
    client.send("e")
    equal(client.status(), 0, "the status")
    equal(open(SETTINGS).read(), good + "lockout = { failures = 5; };\n", "the settings after e")

    good = open(SETTINGS).read()
    for script, rc, says in (("exit 3\n", 1, "status 3"), ("true\n", 0, "unchanged"),
                             ("echo '# x' >>%s; echo '# y' >>\"$2\"\n" % SETTINGS, 2, "changed by somebody else")):
        done = subprocess.run([CLI, "edit"], env=editor(script), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", stdin=subprocess.DEVNULL)
        matches(says, done.stdout, "edit with %r" % script)
    equal(open(SETTINGS).read(), good + "# x\n", "the settings")
    check(open(SETTINGS + ".edit").read().endswith("# y\n"), "the text that could not be installed is lost")
    matches("somebody else is editing", cli("edit", rc=2), "a copy that is there")
    client = lab.Terminal(CLI, ["edit"], env=editor("true\n"))
    client.expect(r"\(u\)se it, \(d\)iscard it, e\(x\)it\? ")
    client.send("u")
    equal(client.status(), 0, "the status")
    check(open(SETTINGS).read().endswith("# y\n"), "the copy was not used")


# --- trying --------------------------------------------------------------------------------------------------------------

@test("try: the right code lets in, three wrong ones do not", **ENROLLED)
def trying(here):
    client = terminal(here, "try", "alice")
    client.expect(lab.SENT)
    client.send(here.last_sms(1).code)
    client.expect("verdict   let in")
    client.expect("PAM code  PAM_SUCCESS")
    equal(client.status(), 0, "its status")
    client = terminal(here, "try", "alice", "--service", "sudo")
    client.expect(lab.SENT)
    equal(here.last_sms(2).service, "sudo", "the service")
    for _ in range(2):
        client.send(here.last_sms(2).wrong())
        client.expect(lab.WRONG)
    client.send(here.last_sms(2).wrong())
    client.expect("verdict   refused")
    client.expect("reason    wrong")
    client.expect("PAM code  PAM_AUTH_ERR")
    equal(client.status(), 1, "its status")
    matches("(?m)^PAM code  PAM_AUTH_ERR$", cli("try", "bob", rc=1), "a user who is not enrolled")
    here.settings(text="routes = [")
    cli("try", "alice", rc=2)


@test("send-test: what each route said", routes=("outbox",), **ENROLLED)
def send_test(here):
    text = cli("send-test", NUMBERS["bob"])
    matches("(?m)^outbox: accepted$", text, "the receipt")
    matches(r"Z \+4915112345634\nTest from web01", open(STATE + "/outbox/messages").read(), "the message")
    cli("send-test", NUMBERS["bob"], "--route", "outbox")
    cli("send-test", NUMBERS["bob"], "--route", "other", rc=2)
    cli("send-test", "+33612345678", rc=1)


@test("outbox: before the file exists, following, the last ones, and SIGINT", **ENROLLED)
def outbox(here):
    matches("empty", cli("outbox"), "no file")
    client = terminal(here, "outbox", "--follow")
    client.expect("No message yet")
    for name in ("bob", "carol"):
        cli("send-test", NUMBERS[name])
        client.expect(re.escape(NUMBERS[name]))
    equal(len(re.findall("Test from", cli("outbox"))), 2, "messages")
    text = cli("outbox", "--last", "1")
    check(NUMBERS["carol"] in text and NUMBERS["bob"] not in text, "the last message: %r" % text)
    cli("outbox", "--last", "x", rc=2)
    os.truncate(STATE + "/outbox/messages", 0)
    cli("send-test", NUMBERS["alice"])
    client.expect(re.escape(NUMBERS["alice"]))
    client.child.kill(signal.SIGINT)
    equal(client.status(), 0, "the status after SIGINT")


lab.enter()
lab.main(__doc__)
