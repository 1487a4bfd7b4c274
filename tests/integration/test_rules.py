#!/usr/bin/python3
"""Goal: the rules of the settings decide who brings a code: by network and group, through real sshd, with the rule's line in the log; a lookup
that fails requires one (C6); `sms-otp explain` says what the module does, in every case of a generated table; `check` names what can never match."""

import collections
import concurrent.futures
import datetime
import itertools
import json
import os
import subprocess
import time

import lab
from lab import BOTH, CLI, PASSWORD, check, equal, matches

HOST = os.path.join(os.environ.get("TOP_BUILDDIR", ""), "tests/module/pam_host")
RC = {"PAM_SUCCESS": 0, "PAM_SYSTEM_ERR": 4, "PAM_PERM_DENIED": 6, "PAM_AUTH_ERR": 7, "PAM_MAXTRIES": 11, "PAM_IGNORE": 25}
# Every code of the module's own comes through, and PAM_IGNORE as success: nobody answers right.
ALONE = """auth [default=ignore] pam_unix.so nodelay
auth [ignore=1 default=die] pam_sms_otp.so
auth requisite pam_deny.so
auth required pam_permit.so
account required pam_permit.so
"""
ASKED = (RC["PAM_AUTH_ERR"], True)
RULES_LINE = 3  # what World.settings writes: routes, numbers, rules
NOBODY_HAS = 'users = [ "nobody-has-this-name" ]'


def day(offset):
    return (datetime.date.today() + datetime.timedelta(days=offset)).isoformat()


def not_at_midnight():
    """The day of a test must not change under it."""
    while time.localtime()[3:5] == (23, 59):
        time.sleep(1)


def rules(*lines):
    """One rule a line; the first is on the line after `rules = (`."""
    return "(\n" + ",\n".join("{ %s }" % line for line in lines) + "\n)"


def logs_in_without_code(world, user="alice"):
    ssh = world.ssh(user)
    ssh.password()
    ssh.gets_in()
    equal(world.sms(), [], "messages")


def logs_in_with_code(world, count, user="alice"):
    ssh = world.ssh(user)
    ssh.send(ssh.to_code(count).code)
    ssh.gets_in()


def explain(*arguments):
    done = lab.run(CLI, "explain", *arguments, "--json")
    return done.returncode, json.loads(done.stdout)


@lab.test("a skip by network: no SMS, PAM_IGNORE, and the rule's line in the log", engines=BOTH,
          rules=rules(NOBODY_HAS + '; then = "refuse";', 'networks = [ "127.0.0.0/8" ]; services = [ "sshd" ]; then = "skip";'))
def skip_by_network(world):
    logs_in_without_code(world)
    line = world.audit()
    equal((line["verdict"], line["reason"], line["rule"], line["from"]), ("exempt", "exempt", str(RULES_LINE + 2), "127.0.0.1"),
          "the audit line")
    said = lab.run(CLI, "explain", "alice", "--from", "::ffff:127.0.0.1", check_rc=0).stdout
    matches(r"(?m)^verdict +skipped$", said, "explain")
    matches(r'(?m)^rule +/etc/sms-otp/sms-otp.conf:%d: \{ services = \[ "sshd" \]; networks = \[ "127.0.0.0/8" \]; then = "skip"; \}$'
            % (RULES_LINE + 2), said, "explain")


@lab.test("another network is asked for a code, and so is an address that is not known",
          rules=rules('networks = [ "10.0.0.0/8", "::/0" ]; then = "skip";'))
def other_network(world):
    logs_in_with_code(world, 1)
    equal((world.audit()["verdict"], world.audit()["rule"]), ("accept", "-"), "the audit line")
    status, said = explain("alice")
    equal((status, said["verdict"], said["rule"]), (0, "required", None), "explain without an address")


@lab.test("groups: members of one are let off, of another not; one is refused", engines=BOTH, enrolled=("alice", "bob", "carol"),
          rules=rules('groups = [ "ops", "!interns" ]; then = "skip";', 'groups = [ "gone" ]; then = "refuse";'))
def by_group(world):
    for group in ("ops", "interns", "gone"):
        lab.run("groupadd", "-f", group, check_rc=0)
    for user, groups in (("alice", "ops"), ("bob", "ops,interns"), ("carol", "gone")):
        lab.run("usermod", "-G", groups, user, check_rc=0)
    logs_in_without_code(world)
    equal(world.audit("user=alice")["rule"], str(RULES_LINE + 1), "the audit line's rule")
    ssh = world.ssh("carol")
    ssh.password()
    ssh.is_refused()
    equal(world.sms(), [], "messages")
    line = world.audit("user=carol")
    equal((line["verdict"], line["reason"], line["rule"]), ("deny", "refused", str(RULES_LINE + 2)), "the audit line")
    logs_in_with_code(world, 1, "bob")
    equal(world.audit("user=bob")["rule"], "-", "the audit line's rule")
    for user, verdict in (("alice", "skipped"), ("bob", "required"), ("carol", "refused")):
        equal(explain(user)[1]["verdict"], verdict, "explain %s" % user)


@lab.test("a skip lets through without state or enrolments, and an unknown user is not let through",
          rules=rules('then = "skip";'), sshd=False)
def skip_needs_no_rooms(world):
    world.pam("sshd", text=ALONE)
    os.rename(lab.STATE + "/state/site", lab.STATE + "/state/site.away")
    equal(module("alice", "sshd", "192.0.2.7", "ssh"), (RC["PAM_IGNORE"], False), "the module, without a site's record")
    equal(explain("alice")[1]["verdict"], "skipped", "explain")
    equal(module("mallory", "sshd", "192.0.2.7", "ssh"), (RC["PAM_AUTH_ERR"], False), "the module, for a user who is not there")
    status, said = explain("mallory")
    equal((status, said["verdict"], said["reason"]), (1, "denied", "unknown-user"), "explain")


@lab.test("until: it counts through its day by the host's zone, and not on the next", engines=BOTH, sshd=False)
def until(world):
    world.pam("sshd", text=ALONE)
    not_at_midnight()
    for offset, verdict in ((-1, "required"), (0, "skipped"), (1, "skipped")):
        world.settings(rules=rules('until = "%s"; reason = "the move"; then = "skip";' % day(offset)))
        code, asked = module("alice", "sshd", "192.0.2.7", "ssh")
        equal(asked, verdict == "required", "until %s: the module asked" % day(offset))
        equal(explain("alice")[1]["verdict"], verdict, "explain")
        if not asked:
            equal(code, RC["PAM_IGNORE"], "the module")
    # what whoever calls the tool has in the environment is not the host's zone
    world.settings(rules=rules('until = "%s"; then = "skip";' % day(0)))
    for zone in ("XXX-30", "XXX+30"):
        said = lab.run("env", "TZ=" + zone, CLI, "explain", "alice", check_rc=0).stdout
        matches(r"(?m)^verdict +skipped$", said, "explain with TZ=" + zone)


BROKEN = """
#include <errno.h>
#include <grp.h>
#include <nss.h>
enum nss_status _nss_broken_getgrnam_r(const char *n, struct group *g, char *b, size_t s, int *e)
{ (void)n; (void)g; (void)b; (void)s; *e = EIO; return NSS_STATUS_UNAVAIL; }
enum nss_status _nss_broken_initgroups_dyn(const char *u, gid_t g, long *start, long *size, gid_t **p, long limit, int *e)
{ (void)u; (void)g; (void)start; (void)size; (void)p; (void)limit; *e = EIO; return NSS_STATUS_UNAVAIL; }
"""


@lab.test("C6: a group service that is down requires a code, and is logged", engines=BOTH, sshd=False,
          enrolled=("alice", "bob", "carol"), rules=rules('groups = [ "*" ]; then = "skip";', 'then = "skip";'))
def broken_groups(world):
    world.pam("sshd", text=ALONE)
    equal(module("alice", "sshd", "192.0.2.7", "ssh"), (RC["PAM_IGNORE"], False), "the module, while groups can be found out")
    with open("/etc/nsswitch.conf") as f:
        sound = f.read()
    with open("/tmp/broken.c", "w") as f:
        f.write(BROKEN)
    lab.run("gcc", "-shared", "-fPIC", "-o", "/usr/lib/libnss_broken.so.2", "/tmp/broken.c", check_rc=0)
    lab.run("ldconfig", check_rc=0)
    try:
        # getgrnam_r tells of the last service only
        for user, services in (("alice", "files broken"), ("bob", "broken files"), ("carol", "broken [UNAVAIL=continue]files # files")):
            with open("/etc/nsswitch.conf", "w") as f:
                f.write(lab.re.sub(r"(?m)^group:.*$", "group: " + services, sound))
            check(module(user, "sshd", "192.0.2.7", "ssh")[1], "the module asked for no code with " + services)
            line = world.audit("reason=no-answer user=%s" % user)
            equal(line["rule"], str(RULES_LINE + 1), "the audit line's rule")
            world.syslog.wait(r'note user="%s" service="sshd": nsswitch.conf, broken: the system\'s group database cannot be asked: '
                              'Input/output error' % user)
            status, said = explain(user)
            equal((status, said["verdict"], said["rule"]["line"]), (0, "required", RULES_LINE + 1), "explain")
            matches("Input/output error", said["fault"], "explain's fault")
    finally:
        with open("/etc/nsswitch.conf", "w") as f:
            f.write(sound)


@lab.test("only=: every other service is left alone, and the engine is not asked", engines=BOTH)
def only(world):
    text = open("/etc/pam.d/sshd").read()
    guarded = lab.re.search(r"(?m)^auth\s+required\s+pam_sms_otp\.so", text)
    check(guarded, "the example's line")
    for value, asked in (("sudo,su", False), ("sshdx,ssh", False), ("sudo,sshd", True)):
        world.pam("sshd", text=text.replace(guarded.group(0), guarded.group(0) + " only=" + value))
        if asked:
            logs_in_with_code(world, 1)
        else:
            logs_in_without_code(world)
            equal(world.syslog.grep("login verdict="), [], "audit lines of the engine")
    world.settings(rules=rules('then = "skip";'))
    world.pam("sshd", text=text.replace(guarded.group(0), guarded.group(0) + " only=su"))
    logs = len(world.syslog.grep("login verdict="))
    ssh = world.ssh()
    ssh.password()
    ssh.gets_in()
    equal(len(world.syslog.grep("login verdict=")), logs, "audit lines of the engine")


@lab.test("check: dead rules, names that nobody has, exemptions with their ends", sshd=False)
def checked(world):
    not_at_midnight()
    world.settings(services='[ "sshd" ]', rules=rules(
        'services = [ "sudo" ]; then = "require";',
        'groups = [ "no-such-group" ]; users = [ "no-such-user" ]; then = "refuse";',
        'until = "%s"; then = "skip";' % day(-3),
        'networks = [ "10.0.0.0/8" ]; until = "%s"; then = "skip";' % day(14),
        'networks = [ "11.0.0.0/8" ]; until = "%s"; then = "skip";' % day(15),
        'users = [ "!alice" ]; then = "refuse";',
        'networks = [ "192.0.2.0/24" ]; then = "skip";',
        'networks = [ "192.0.2.128/25" ]; then = "require";',
        'then = "require";',
        'users = [ "alice" ]; then = "require";'))
    with open(lab.CONF + "/sms-otp.conf") as f:
        first = [n for n, line in enumerate(f, 1) if line.startswith("{")][0]
    # the machine's sshd_config is none of this test's business
    said = lab.run(CLI, "check", "--offline", "--service", "none", check_rc=1).stdout
    for offset, level, text in (
            (0, "LOOK", "can never match: none of the settings' services"), (1, "LOOK", "the system has no user no-such-user"),
            (1, "LOOK", "the system has no group no-such-group"), (2, "LOOK", "can never match again: it ended with %s" % day(-3)),
            (3, "LOOK", "the exemption ends with %s, in 14 days" % day(14)), (4, "note", "an exemption until %s" % day(15)),
            (5, "LOOK", "can never match: users has negated patterns only"), (6, "note", "an exemption without an end"),
            (7, "LOOK", "can never match: the rule of line %d matches first" % (first + 6)),
            (9, "LOOK", "can never match: the rule of line %d matches first" % (first + 8))):
        matches(r"(?m)^%s +rules +/etc/sms-otp/sms-otp.conf:%d: %s" % (level, first + offset, lab.re.escape(text)), said, "check")
    equal(len(lab.re.findall(r"(?m)^LOOK +rules ", said)), 8, "findings about rules in %s" % said)
    world.settings(rules=rules('networks = [ "10.0.0.0/8" ]; then = "require";'))
    matches(r"(?m)^ok +rules +1$", lab.run(CLI, "check", "--offline").stdout, "check of good rules")
    world.pam("sshd", text=ALONE)
    world.settings(rules=rules('user = [ "alice" ]; then = "skip";'))
    bad = lab.run(CLI, "check", "--offline", check_rc=2).stdout
    matches(r"sms-otp.conf:\d+: rules.user: unknown", bad, "check of a rule with an unknown member")
    equal(module("alice", "sshd", "192.0.2.7", "ssh"), (3, False), "C2: the module, with a faulty rule")


# --- explain and the module

def module(user, service, address, tty, answer="what?"):
    """(PAM's code, whether it asked for a code) of the built module in a plain host. What is answered is no code by default."""
    command = [HOST, "-c", "/etc/pam.d", "-s", service, "-u", user]
    for option, value in (("-r", address), ("-t", tty)):
        if value:
            command += [option, value]
    said = subprocess.run(command + ["--", "text:" + PASSWORD, *["text:" + answer] * 4], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          encoding="utf-8", timeout=60).stdout
    code = int(matches(r"(?m)^rc=(\d+)$", said, "the host").group(1))
    return code or RC["PAM_IGNORE"], "\nsay=on:" in said


@lab.test("explain agrees with the module for users who are blocked, locked or have spent their budget", sshd=False,
          enrolled=("alice", "bob", "carol"), lockout="{ failures = 3; }", budget='{ user = "1/1h"; }')
def standing(world):
    world.pam("sshd", text=ALONE)
    lab.run(CLI, "block", "carol", check_rc=0)
    equal(explain("alice")[1]["verdict"], "required", "explain before")
    module("alice", "sshd", "192.0.2.7", "ssh", "000000")  # right once in a million times
    module("bob", "sshd", "192.0.2.7", "ssh")
    for user, reason, code in (("alice", "locked", "PAM_MAXTRIES"), ("bob", "budget", "PAM_MAXTRIES"), ("carol", "blocked", "PAM_AUTH_ERR")):
        status, said = explain(user)
        equal((status, said["verdict"], said["reason"], said["pam_code"]), (1, "denied", reason, code), "explain " + user)
        sent = len(world.sms())
        equal(module(user, "sshd", "192.0.2.7", "ssh"), (RC[code], False), "the module, for " + user)
        equal(len(world.sms()), sent, "messages")


TABLE = (
    ('networks = [ "10.0.0.0/8" ]; then = "skip";', 'groups = [ "ops", "!interns" ]; then = "require";', 'users = [ "carol" ]; then = "refuse";'),
    ('services = [ "su*", "!sudo" ]; networks = [ "2001:db8::/32", "10.1.0.0/16" ]; then = "refuse";',
     'groups = [ "in*" ]; terminals = [ "pts/*" ]; then = "skip";', 'uids = [ "1000-1001" ]; then = "require";', 'then = "refuse";'),
    ('terminals = [ "/dev/pts/*" ]; networks = [ "::ffff:192.0.2.0/120" ]; then = "skip";',
     'users = [ "*", "!bob" ]; groups = [ "interns" ]; then = "refuse";', 'until = "DAY+0"; services = [ "sudo" ]; then = "skip";',
     'until = "DAY-1"; then = "skip";'),
    ('groups = [ "!ops" ]; then = "refuse";', 'groups = [ "ops" ]; services = [ "sshd" ]; then = "refuse";',
     'users = [ "?ob", "alice" ]; networks = [ "0.0.0.0/0" ]; then = "skip";', 'uids = [ "0" ]; then = "refuse";'),
)
USERS = ("alice", "bob", "carol", "dora", "root", "mallory")
SERVICES = ("sshd", "sudo", "su", "elsewhere")
PLACES = (("10.1.2.3", "ssh"), ("::ffff:10.2.0.1", "pts/0"), ("2001:db8::7", "/dev/pts/3"), ("192.0.2.200", "/dev/pts/1"),
          ("gateway.example", "tty1"), ("", ""))


def explained(user, service, address, tty):
    """As module() would have it."""
    arguments = [user, "--service", service]
    numeric = address if address and not address.endswith(".example") else ""
    for option, value in (("--from", numeric), ("--tty", tty)):
        if value:
            arguments += [option, value]
    status, said = explain(*arguments)
    if said["verdict"] == "required":
        equal(status, 0, "explain's status")
        return ASKED
    equal(status, {"skipped": 0}.get(said["verdict"], 1), "explain's status for %s" % said)
    return RC[said["pam_code"]], False


@lab.test("explain agrees with the module in all cases of a table", sshd=False, enrolled=("alice", "bob", "carol"), services=(),
          budget='{ user = "100/1h"; all = "100000/1h"; }')
def table(world):
    not_at_midnight()
    for group in ("ops", "interns"):
        lab.run("groupadd", "-f", group, check_rc=0)
    if lab.run("id", "dora").returncode:
        lab.run("useradd", "-m", "dora", check_rc=0)
    for user, groups in (("alice", "ops"), ("bob", "ops,interns"), ("carol", ""), ("dora", "interns")):
        lab.run("usermod", "-G", groups, user, check_rc=0)
    lab.run(CLI, "block", "carol", check_rc=0)
    for service in SERVICES:
        world.pam(service, text=ALONE.split("\n", 1)[1])
    def of_user(user, number):
        """Every case of one user, one after the other: four of a user at once are crowded."""
        told = []
        for case in itertools.product((user,), SERVICES, PLACES):
            case = (case[0], case[1]) + case[2]
            told.append(explained(*case))
            equal(module(*case), told[-1],
                  "rules %d, user %s, service %s, from %s, on %s: the module, and what explain said" % ((number,) + case))
            if told[-1] == ASKED:
                lab.run(CLI, "unlock", user, check_rc=0)  # the waits between messages
        return told

    seen = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(len(USERS)) as pool:
        for number, some in enumerate(TABLE):
            some = [line.replace("DAY+0", day(0)).replace("DAY-1", day(-1)) for line in some]
            world.settings(rules=rules(*some), services='[ "sshd", "sudo", "su" ]', unlisted='"ignore"',
                           without_password='[ "sshd", "sudo", "su" ]')
            for told in pool.map(of_user, USERS, [number] * len(USERS)):
                seen.update(told)
    cases = sum(seen.values())
    check(cases >= 500, "only %d cases" % cases)
    for told in (ASKED, (RC["PAM_IGNORE"], False), (RC["PAM_PERM_DENIED"], False), (RC["PAM_AUTH_ERR"], False)):
        check(seen[told] >= 20, "too few of %s: %s" % (told, seen))
    print("# %d cases: %s" % (cases, dict(seen)))


lab.enter(600)
lab.main(__doc__)
