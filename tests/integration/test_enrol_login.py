#!/usr/bin/python3
"""Goal: who has no phone on record can record one at a login where the settings let them, once and for a while; nobody else can; a
soft roll-out lets off and says until when; the administrator is told (C3, C5, C6, D4, D9, E1, G1, G5)."""

import datetime
import json
import os

import lab
from lab import BOTH, CLI, NUMBERS, STATE, check, equal, matches

SOON = (datetime.date.today() + datetime.timedelta(days=40)).isoformat()
WITHIN = (datetime.date.today() + datetime.timedelta(days=7)).isoformat()
AFTER = (datetime.date.today() + datetime.timedelta(days=8)).isoformat()
OVER = (datetime.date.today() - datetime.timedelta(days=1)).isoformat()

ASKED = r"This login needs a code by SMS, and no phone is recorded for you\. Your number, like \+49 151 23456789: "
TYPED = "+49 (0) 151 / 123-45634"  # bob's number
COMMAND = "/usr/local/sbin/told-of-enrolment"
WITNESS = "/root/told"


def enroll(until=SOON, groups="staff", command=None):
    return '{ then = "enroll"; until = "%s"; groups = [ "%s" ];%s }' % (
        until, groups, ' command = "%s";' % command if command else "")


def ignore(until):
    return '{ then = "ignore"; until = "%s"; }' % until


def bob_is_staff():
    lab.run("usermod", "-aG", "staff", "bob", check_rc=0)


def uid(name):
    return int(lab.run("id", "-u", name).stdout)


def facts(*arguments, rc=0):
    return json.loads(lab.run(CLI, *arguments, check_rc=rc).stdout)


def enrols(world, n, user="bob", typed=TYPED):
    """To the end of a login that enrols; its message is the n-th of this world."""
    ssh = world.ssh(user)
    ssh.password()
    ssh.expect(ASKED)
    ssh.send(typed)
    ssh.expect(lab.SENT)
    ssh.send(world.last_sms(n).code)
    ssh.gets_in()
    return ssh


def write_command(text):
    with open(COMMAND, "w") as f:
        f.write("#!/bin/sh\n" + text)
    os.chmod(COMMAND, 0o755)
    if os.path.exists(WITNESS):
        os.remove(WITNESS)


@lab.test("a user of the group records a phone at a login, and the next login asks for a code", engines=BOTH, unenrolled=enroll())
def records(world):
    bob_is_staff()
    matches("may record a phone at the login, until " + SOON, lab.run(CLI, "explain", "bob", check_rc=0).stdout, "explain before")
    world.secrets.append("123-45634")  # as it was typed
    # a trial enrols nobody
    matches("not-enrolled", lab.run(CLI, "try", "bob", check_rc=1).stdout, "a trial")
    enrols(world, 1)
    line = world.audit("user=bob")
    equal((line["verdict"], line["reason"], line["by"], line["enrolled"], line["until"]), ("accept", "accepted", "sms", "yes", SOON),
          "the audit line")
    told = world.syslog.wait(r"enrolled at login user=bob uid=%d number=[0-9a-f]{6}\.\.34 service=sshd address=127\.0\.0\.1$" % uid("bob"))
    equal(len(told), 1, "lines about the enrolment")
    listed = [u for u in facts("list", "--json") if u["user"] == "bob"]
    equal([(u["number"], u["verified"], u["by"]) for u in listed], [(NUMBERS["bob"], True, "login")], "what is stored")
    text = lab.run(CLI, "check", "--offline").stdout
    check("without an enrolment" not in text and "counts" not in text, "check found something: %s" % text)
    # and from now on a login is as everybody's
    ssh = world.ssh("bob")
    ssh.send(ssh.to_code(2).code)
    ssh.gets_in()
    equal(world.audit("user=bob", 2)["enrolled"], "-", "enrolled, in the second line")
    # for good: a number that is lost is damage
    os.remove("%s/users/%d.conf" % (STATE, uid("bob")))
    ssh = world.ssh("bob")
    ssh.password()
    ssh.is_refused()
    equal(world.audit("user=bob", 3)["reason"], "state", "the reason without the number")


@lab.test("G3, A6: a number that may not be texted is asked for again, and not for ever", unenrolled=enroll())
def numbers(world):
    bob_is_staff()
    ssh = world.ssh("bob")
    ssh.password()
    ssh.expect(ASKED)
    ssh.send("0151 12345634")
    ssh.expect(r"That number does not say its country\. Your number, like")
    ssh.send("+1 212 555 0123")
    ssh.expect(r"Here a number begins with \+49 or \+43\. Your number, like")
    ssh.send("r")
    ssh.expect(r"That was no phone number\. Your number, like")
    ssh.send("")
    ssh.is_refused()
    equal(world.sms(), [], "messages")
    equal(world.audit("user=bob")["reason"], "no-answer", "the reason")
    # an attempt that was given up is no damage, and the next one works
    text = lab.run(CLI, "check", "--offline").stdout
    matches(r"note +users +bob began to enrol at a login, and has not finished", text, "check")
    equal([u["user"] for u in facts("list", "--json")], ["alice"], "who is listed")
    text = lab.run(CLI, "explain", "bob", check_rc=0).stdout
    matches("may record a phone", text, "explain")
    matches("standing  an SMS would be sent, to the number that is typed", text, "explain")
    check("number  " not in text and facts("explain", "bob", "--json")["number"] is None, "explain knows a number")
    enrols(world, 1)


@lab.test("B3: wrong codes outlast an attempt", unenrolled=enroll(), code="{ tries = 5; }", lockout="{ failures = 5; }")
def guesses(world):
    bob_is_staff()
    ssh = world.ssh("bob")
    ssh.password()
    ssh.expect(ASKED)
    ssh.send(TYPED)
    ssh.expect(lab.SENT)
    sms = world.last_sms(1)
    for k in range(1, 6):
        ssh.send(sms.wrong(k))
        if k < 5:
            ssh.expect(lab.WRONG)
    ssh.is_refused()
    equal(world.audit("user=bob")["reason"], "locked", "the reason")
    ssh = world.ssh("bob")
    ssh.password()
    check("Your number" not in ssh.is_refused(), "it was asked for a number")
    equal(world.audit("user=bob", 2)["reason"], "locked", "the reason at the next login")
    equal(len(world.sms()), 1, "messages")
    # G5: and forget erases a candidate, who may begin anew
    lab.run(CLI, "forget", "bob", "--yes", check_rc=0)
    check(not os.path.exists("%s/state/%d" % (STATE, uid("bob"))), "the candidate's record is there")
    enrols(world, 1)  # forget took the first message along


@lab.test("outside the group nobody can", engines=BOTH, unenrolled=enroll())
def outside(world):
    ssh = world.ssh("carol")
    ssh.password()
    ssh.is_refused()
    equal(world.sms(), [], "messages")
    line = world.audit("user=carol")
    equal((line["reason"], line["until"], line["enrolled"]), ("not-enrolled", "-", "-"), "the audit line")
    matches("denied: not in the groups of", lab.run(CLI, "explain", "carol", check_rc=1).stdout, "explain")


@lab.test("after the last day nobody can", engines=BOTH, unenrolled=enroll(until=OVER))
def over(world):
    bob_is_staff()
    ssh = world.ssh("bob")
    ssh.password()
    ssh.is_refused()
    equal(world.audit("user=bob")["reason"], "not-enrolled", "the reason")
    matches("ended with " + OVER, lab.run(CLI, "explain", "bob", check_rc=1).stdout, "explain")
    matches(r"LOOK +unenrolled +ended with " + OVER, lab.run(CLI, "check", "--offline").stdout, "check")


@lab.test("who was enrolled and is blocked or forgotten cannot", enrolled=("alice", "bob"), unenrolled=enroll())
def former(world):
    bob_is_staff()
    lab.run(CLI, "block", "bob", check_rc=0)
    ssh = world.ssh("bob")
    ssh.password()
    ssh.is_refused()
    equal(world.audit("user=bob")["reason"], "blocked", "the reason for the blocked")
    lab.run(CLI, "forget", "bob", "--yes", check_rc=0)
    ssh = world.ssh("bob")
    ssh.password()
    check("Your number" not in ssh.is_refused(), "it was asked for a number")
    equal(world.audit("user=bob", 2)["reason"], "not-enrolled", "the reason for the forgotten")
    matches("was enrolled before and forgotten", lab.run(CLI, "explain", "bob", check_rc=1).stdout, "explain")
    equal(world.sms(), [], "messages")
    # G5: what is left of them has neither name nor uid nor number
    left = lab.run("find", STATE + "/state/former", "-type", "f").stdout
    matches(r"^/\S+/former/[0-9a-f]{32}\n$", left, "the mark")
    equal(lab.run("grep", "-rlaF", "-e", NUMBERS["bob"], "-e", "bob", STATE + "/users", STATE + "/state").stdout, "", "traces")
    # an administrator can, as ever
    lab.run(CLI, "enroll", "bob", NUMBERS["bob"], "--unverified", check_rc=0)
    ssh = world.ssh("bob")
    ssh.send(ssh.to_code(1).code)
    ssh.gets_in()


@lab.test("of two logins at once one enrols", unenrolled=enroll())
def twice(world):
    bob_is_staff()
    both = [world.ssh("bob"), world.ssh("bob")]
    for n, ssh in enumerate(both, 1):
        ssh.password()
        ssh.expect(ASKED)
        ssh.send(TYPED if n == 1 else "+43 664 1234599")
        ssh.expect(lab.SENT)
        ssh.code = world.last_sms(n).code
    world.secrets.append("436641234599")
    both[0].send(both[0].code)
    both[0].gets_in()
    both[1].send(both[1].code)
    both[1].is_refused()
    equal(world.audit("user=bob", 2)["reason"], "void", "the reason for the second")
    equal([u["number"] for u in facts("list", "--json") if u["user"] == "bob"], [NUMBERS["bob"]], "whose number is stored")


@lab.test("the administrator's command runs once, as root, with what it should know", engines=BOTH)
def command(world):
    bob_is_staff()
    write_command('(id -u; pwd; echo "$#"; printf "%s\\n" "$@"; tr "\\0" "\\n" </proc/$$/environ; echo end) >>' + WITNESS)
    world.settings(unenrolled=enroll(command=COMMAND))
    ssh = world.ssh("bob")
    ssh.password()
    ssh.expect(ASKED)
    ssh.send(TYPED)
    ssh.expect(lab.SENT)
    sms = world.last_sms(1)
    ssh.send(sms.wrong())
    ssh.expect(lab.WRONG)
    check(not os.path.exists(WITNESS), "the command ran before the code was right")
    ssh.send(sms.code)
    ssh.gets_in()
    lab.wait_for("the command", lambda: os.path.exists(WITNESS) and "end" in open(WITNESS).read())
    lines = open(WITNESS).read().splitlines()
    equal(lines[:6], ["0", "/", "4", "bob", "sshd", "127.0.0.1"], "what it saw")
    matches(r"^[0-9a-f]{6}\.\.34$", lines[6], "the tag")
    equal(lines[7:], ["end"], "its environment, and how often it ran")
    ssh = world.ssh("bob")
    ssh.send(ssh.to_code(2).code)
    ssh.gets_in()
    equal(open(WITNESS).read().count("end"), 1, "how often it ran")


@lab.test("a command that fails changes nothing and is logged", engines=BOTH)
def command_fails(world):
    bob_is_staff()
    write_command("exit 7\n")
    world.settings(unenrolled=enroll(command=COMMAND))
    enrols(world, 1)
    world.syslog.wait(r'note user="bob" service="sshd": %s: ended with 7$' % COMMAND)


@lab.test("C2: a command that others may write is a fault of the settings")
def command_open(world):
    write_command("exit 0\n")
    os.chmod(COMMAND, 0o777)
    world.settings(unenrolled=enroll(command=COMMAND))
    ssh = world.ssh("alice")
    ssh.password()
    ssh.is_refused()
    equal(world.audit("user=alice")["reason"], "settings", "the reason")


@lab.test("C3: a soft roll-out lets off, and says from when on it will not", engines=BOTH, unenrolled=ignore(WITHIN))
def soft(world):
    ssh = world.ssh("bob")
    ssh.password()
    ssh.expect(r"From %s on this login will ask for a code by SMS\. Ask your administrator to record your phone number\." % AFTER)
    ssh.gets_in()
    line = world.audit("user=bob")
    equal((line["verdict"], line["until"]), ("exempt", WITHIN), "the audit line")
    equal(world.sms(), [], "messages")
    matches("needs no code, until " + WITHIN, lab.run(CLI, "explain", "bob", check_rc=0).stdout, "explain")
    # H: 14 days ahead, who will be denied
    text = lab.run(CLI, "check", "--offline").stdout
    named = matches(r"LOOK +unenrolled +ends with %s, in 7 days; then denied, as no phone is recorded for them: (.*)" % WITHIN, text, "check")
    check("bob" in named.group(1) and "carol" in named.group(1), "who is named: %s" % named.group(0))
    check("alice" not in named.group(1) and "daemon" not in named.group(1), "who is named: %s" % named.group(0))
    # who is enrolled is asked, as ever
    ssh = world.ssh("alice")
    ssh.send(ssh.to_code(1).code)
    ssh.gets_in()


@lab.test("a soft roll-out that is over lets nobody off", unenrolled=ignore(OVER))
def soft_over(world):
    ssh = world.ssh("bob")
    ssh.password()
    ssh.is_refused()
    equal(world.audit("user=bob")["reason"], "not-enrolled", "the reason")


lab.enter()
lab.main(__doc__)
