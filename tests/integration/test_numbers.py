#!/usr/bin/python3
"""Goal: a user with several numbers gets the code on the first, and the same code on another when its digit is typed at the prompt
(A7), with a real sshd and sudo; add-number, remove-number, default-number and set-number change them, tell the numbers that stood
before (F6) and log tags only; show, list, explain, check and forget know all of them."""

import json
import os
import re
import time

import lab
from lab import BOTH, CLI, NUMBERS, PASSWORD, STATE, Terminal, check, equal, matches, run

SECOND, THIRD, FOURTH, FIFTH = "+4915112345634", "+436641234578", "+4915112345690", "+4915112345691"
SOON = dict(code='{ cooldown = "10s"; lifetime = "300s"; }')
CODE_PROMPT = r"Code from the phone \(ref (\w{4})\): "


def give(world, *numbers, user="alice"):
    world.secrets += [number[1:] for number in numbers]
    for number in numbers:
        run(CLI, "add-number", user, number, "--unverified", check_rc=0)


def facts(*command, rc=0):
    done = run(CLI, *command, "--json")
    equal(done.returncode, rc, "the status of %s, which said %r" % (command, done.stdout))
    return json.loads(done.stdout)


def held(user="alice"):
    """The user's numbers, the default first."""
    seen = facts("show", user)
    return [seen["number"]] + [other["number"] for other in seen["others"]]


def messages():
    """(number, text) of each message in the outbox."""
    try:
        with open(STATE + "/outbox/messages", encoding="utf-8") as f:
            text = f.read()
    except FileNotFoundError:
        return []
    return re.findall(r"(?m)^\S+Z (\+\d+)\n(.*)$", text)


def codes():
    return [(number, text) for number, text in messages() if "is your code" in text]


def last_digits(pairs):
    return [number[-2:] for number, _ in pairs]


def clear():
    try:
        os.remove(STATE + "/outbox/messages")
    except FileNotFoundError:
        pass


def after_cool_down(client, what):
    """Type it until the cool-down is over."""
    client.send(what)
    said = client.expect(r"Next SMS in (\d+) s\. Code for ref \w{4}: ")
    check(int(said.group(1)) <= 10, "the cool-down is longer than 10 s: %s" % said.group(0))
    time.sleep(int(said.group(1)) + 0.3)  # the least that the settings allow
    client.send(what)


def allow_sudo():
    with open("/etc/sudoers.d/alice", "w") as f:
        f.write("alice ALL=(ALL) ALL\nDefaults timestamp_timeout=0\n")
    run("chmod", "0440", "/etc/sudoers.d/alice", check_rc=0)


# --- at the prompt ---------------------------------------------------------------------------------------------------------

@lab.test("sshd: the default first; A7: 2 sends the same code to the other after the cool-down, and the log has the tag of that one",
          engines=BOTH, **SOON)
def at_sshd(world):
    give(world, SECOND)
    clear()
    ssh = world.ssh().password()
    ref = ssh.expect(r"Code sent to \.\.\.12 \(ref (\w{4})\)\. Code, r to resend, or 2 for \.\.\.34: ").group(1)
    equal(last_digits(codes()), ["12"], "where the first message went")
    after_cool_down(ssh, "2")
    again = ssh.expect(r"Code sent to \.\.\.34 \(ref (\w{4})\)\. Code, r to resend, or 1 for \.\.\.12: ").group(1)
    equal(again, ref, "A9: the reference")
    (first, text), (second, same) = codes()
    equal((first, second, same), (NUMBERS["alice"], SECOND, text), "the messages")
    ssh.send(text[:6])
    ssh.gets_in()
    line = world.audit()
    equal((line["verdict"], line["sends"], line["tries"]), ("accept", "2", "1"), "the audit line")
    matches(r"^[0-9a-f]{6}\.\.34$", line["number"], "its number")


@lab.test("sudo: likewise on a terminal; a digit that is not offered is no answer and no try (A6)", engines=BOTH, sshd=False,
          services=("sudo",), **SOON)
def at_sudo(world):
    allow_sudo()
    give(world, SECOND, THIRD)
    clear()
    sudo = Terminal("runuser", ["-u", "alice", "--", "sudo", "-k", "id", "-un"])
    world.clients.append(sudo)
    sudo.expect("alice: ")
    sudo.send(PASSWORD)
    sudo.expect(r"Code sent to \.\.\.12 \(ref \w{4}\)\. Code, r to resend, 2 for \.\.\.34, or 3 for \.\.\.78: ")
    for digit in ("1", "4"):
        sudo.send(digit)
        sudo.expect(r"That was no code \(6 digits\)\. Code for ref \w{4}: ")
    after_cool_down(sudo, "3")
    sudo.expect(r"Code sent to \.\.\.78 \(ref \w{4}\)\. Code, r to resend, 1 for \.\.\.12, or 2 for \.\.\.34: ")
    (_, text), (number, same) = codes()
    equal((number, same), (THIRD, text), "the second message")
    sudo.send(text[:6])
    sudo.expect("root\r")
    equal(sudo.status(), 0, "sudo's status")
    equal(world.audit()["tries"], "1", "tries")


@lab.test("confirm: the first message goes to the number whose digit is typed", engines=BOTH, confirm='[ "sshd" ]')
def at_confirm(world):
    give(world, SECOND)
    clear()
    ssh = world.ssh().password()
    ssh.expect(r"Press Enter to get a code by SMS, or 2 for \.\.\.34: ")
    equal(codes(), [], "messages before an answer")
    ssh.send("2")
    ssh.expect(r"Code sent to \.\.\.34 \(ref \w{4}\)\. Code, r to resend, or 1 for \.\.\.12: ")
    ((number, text),) = codes()
    equal(number, SECOND, "where it went")
    ssh.send(text[:6])
    ssh.gets_in()


@lab.test("G3: a number outside numbers.prefixes is not offered, and gives way where it is the default; check and explain say so")
def prefixes(world):
    give(world, THIRD, SECOND)
    world.settings(numbers='{ prefixes = [ "+49" ]; }')
    clear()
    ssh = world.ssh().password()
    ssh.expect(r"Code sent to \.\.\.12 \(ref \w{4}\)\. Code, r to resend, or 3 for \.\.\.34: ")
    ssh.end()
    matches("alice: number 2 begins with none of numbers.prefixes", run(CLI, "check", "--offline").stdout, "check")
    matches(r"(?m)^number +\.\.\.12, or 3 for \.\.\.34$", run(CLI, "explain", "alice", "--service", "sshd", check_rc=0).stdout, "explain")
    world.settings(numbers='{ prefixes = [ "+43" ]; }')
    clear()
    ssh = world.ssh().password()
    ssh.expect(r"Code sent to \.\.\.78 \(ref \w{4}\)\. Code, or r to resend: ")
    ((number, text),) = codes()
    equal(number, THIRD, "where it went")
    ssh.send(text[:6])
    ssh.gets_in()
    seen = facts("explain", "alice", "--service", "sshd")
    equal((seen["number"], seen["menu"]), ("...78", []), "explain --json")
    world.settings(numbers='{ prefixes = [ "+44" ]; }')
    clear()
    world.ssh().password().is_refused()
    equal(messages(), [], "messages where none is allowed")
    equal(world.audit("reason=number")["verdict"], "deny", "the verdict")


@lab.test("a default that the provider refuses gives way to the next", provider={}, routes=("dexatel",))
def refused(world):
    give(world, SECOND)
    with open(world.provider.FOLDER + "/next", "w") as f:
        f.write('{"refuse": "recipient"}\n')
    ssh = world.ssh().password()
    ssh.expect(r"Code sent to \.\.\.34 \(ref \w{4}\)\. Code, or r to resend: ")
    first, second = world.provider.records()[-2:]
    equal((first["accepted"], second["accepted"]), (False, True), "what the provider took")
    ssh.send(world.provider.text(second)[:6])
    ssh.gets_in()
    line = world.audit()
    equal((line["verdict"], line["sends"], line["number"][-2:]), ("accept", "1", "34"), "the audit line")


# --- the commands -------------------------------------------------------------------------------------------------------------

@lab.test("add-number: stored when the code from the new phone is typed back; F6: the others are told; logged by a tag", sshd=False)
def adding(world):
    world.secrets.append(SECOND[1:])
    clear()
    client = Terminal(CLI, ["add-number", "alice", "+49 (0)151", "123456-34"])
    world.clients.append(client)
    client.expect(r"Sending a code to \.\.\.34 through outbox \.\.\.")
    client.expect(CODE_PROMPT)
    equal(held(), [NUMBERS["alice"]], "the numbers before the code")
    ((number, text),) = codes()
    equal(number, SECOND, "where the code went")
    client.send(text[:6])
    client.expect(r"alice has \+4915112345634 as number 2 now\.")
    equal(client.status(), 0, "its status")
    equal(held(), [NUMBERS["alice"], SECOND], "the numbers")
    equal(facts("show", "alice")["others"][0]["verified"], True, "verified")
    notices = [pair for pair in messages() if "is your code" not in pair[1]]
    equal(last_digits(notices), ["12"], "who was told")
    matches("A further phone for login codes of user alice on web01 was added", notices[0][1], "the notice")
    world.syslog.wait(r"admin action=add-number user=alice uid=\d+ number=[0-9a-f]{6}\.\.34 by=root$")


@lab.test("add-number: a wrong code stores nothing; a number twice, a fifth one, a forbidden one and a stranger are refused unasked", sshd=False)
def not_adding(world):
    world.secrets += [SECOND[1:], FIFTH[1:]]
    clear()
    client = Terminal(CLI, ["add-number", "alice", SECOND])
    world.clients.append(client)
    for k in (1, 2, 3):
        client.expect(CODE_PROMPT)
        client.send("%06d" % ((int(codes()[0][1][:6]) + k) % 1000000))
    equal(client.status(), 1, "its status after three wrong codes")
    equal(held(), [NUMBERS["alice"]], "the numbers")
    clear()
    for number, says in ((NUMBERS["alice"], "has that number already, as number 1"), ("+441234567890", "none of numbers.prefixes"),
                         ("0151 12345634", "country")):
        matches(says, run(CLI, "add-number", "alice", number, check_rc=1).stdout, number)
    matches("bob is not enrolled; sms-otp enroll bob", run(CLI, "add-number", "bob", SECOND, check_rc=1).stdout, "bob")
    give(world, SECOND, THIRD, FOURTH)
    equal(len(held()), 4, "numbers")
    clear()
    matches("4 numbers already.*remove-number alice", run(CLI, "add-number", "alice", FIFTH, check_rc=1).stdout, "a fifth")
    equal(messages(), [], "messages of what is refused")


@lab.test("remove-number by position, digits and number; voids live codes, forgets places, tells the number; the last one stays", sshd=True)
def removing(world):
    give(world, SECOND, THIRD, FOURTH)
    clear()
    matches("neither a position", run(CLI, "remove-number", "alice", "home", check_rc=1).stdout, "a word")
    matches("alice has no number 5", run(CLI, "remove-number", "alice", "5", check_rc=1).stdout, "a fifth")
    matches("alice has no number that ends in 99", run(CLI, "remove-number", "alice", "99", check_rc=1).stdout, "99")
    ssh = world.ssh().password()
    ssh.expect("Code sent to ")
    code = codes()[0][1][:6]
    matches("alice does not have %s any more" % re.escape(THIRD), run(CLI, "remove-number", "alice", "3", check_rc=0).stdout, "position 3")
    equal(held(), [NUMBERS["alice"], SECOND, FOURTH], "the numbers")
    equal((messages()[-1][0], "gets no more login codes of user alice" in messages()[-1][1]), (THIRD, True), "F6: the notice")
    world.syslog.wait(r"admin action=remove-number user=alice uid=\d+ number=[0-9a-f]{6}\.\.12 old=[0-9a-f]{6}\.\.78 by=root$")
    ssh.send(code)
    ssh.is_refused()
    run(CLI, "remove-number", "alice", "...34", check_rc=0)
    equal(held(), [NUMBERS["alice"], FOURTH], "the numbers after ...34")
    # the default: the next one is it
    said = run(CLI, "remove-number", "alice", "+49", "151", "123456-12", check_rc=0).stdout
    matches(r"Codes go to %s first now" % re.escape(FOURTH), said, "the new default")
    equal(held(), [FOURTH], "the numbers after the default")
    matches("the only number of alice; sms-otp set-number alice", run(CLI, "remove-number", "alice", "1", check_rc=1).stdout, "the last")
    equal(held(), [FOURTH], "the last number")


@lab.test("default-number: the two change places, the old default is told; set-number keeps the others and tells them; not one twice", sshd=False)
def first(world):
    give(world, SECOND, THIRD)
    clear()
    matches(r"Codes for alice go to %s first now; %s is number 3" % (re.escape(THIRD), re.escape(NUMBERS["alice"])),
            run(CLI, "default-number", "alice", "3", check_rc=0).stdout, "default-number")
    equal(held(), [THIRD, SECOND, NUMBERS["alice"]], "the numbers")
    ((number, text),) = messages()
    equal((number, text.startswith("Another number comes before this one for login codes of user alice")), (NUMBERS["alice"], True),
          "F6: the notice")
    world.syslog.wait(r"admin action=default-number user=alice uid=\d+ number=[0-9a-f]{6}\.\.78 old=[0-9a-f]{6}\.\.12 by=root$")
    matches("first already", run(CLI, "default-number", "alice", "78", check_rc=1).stdout, "the same")
    clear()
    matches("has that number already, as number 2; sms-otp default-number alice 2",
            run(CLI, "set-number", "alice", SECOND, "--unverified", check_rc=1).stdout, "set-number to another of them")
    equal(messages(), [], "messages of what is refused")
    run(CLI, "set-number", "alice", FOURTH, "--unverified", check_rc=0)
    equal(held(), [FOURTH, SECOND, NUMBERS["alice"]], "the numbers after set-number")
    equal(sorted(last_digits(messages())), ["12", "34", "78"], "F6: who was told")


@lab.test("show and list print each number; the file is readable and holds; forget erases the messages of all; one number: no trace of it",
          sshd=False)
def telling(world):
    path = "%s/users/%s.conf" % (STATE, run("id", "-u", "alice").stdout.strip())
    with open(path) as f:
        before = f.read()
    check("others" not in before, "the file of one number: %r" % before)
    give(world, SECOND)
    with open(path) as f:
        matches(r'(?s)number = "%s";\n.*others = \( \{\n\tnumber = "%s";\n\tverified = false;' % (re.escape(NUMBERS["alice"]), re.escape(SECOND)),
                f.read(), "the file")
    matches(r"(?m)^  number 2 +%s, not verified, stored \d{4}-.* by root$" % re.escape(SECOND), world.show(), "show")
    listed = run(CLI, "list", check_rc=0).stdout
    for number in (NUMBERS["alice"], SECOND):
        matches(r"(?m)^alice +\d+  %s +no " % re.escape(number), listed, "list")
    (user,) = facts("list")
    equal([(o["position"], o["number"]) for o in user["others"]], [(2, SECOND)], "list --json")
    run(CLI, "remove-number", "alice", "2", check_rc=0)
    with open(path) as f:
        equal(f.read(), before, "the file of one number again")
    give(world, SECOND, THIRD)
    run(CLI, "send-test", THIRD, check_rc=0)  # a message that does not name her
    run(CLI, "forget", "alice", "--yes", check_rc=0)
    for number in (NUMBERS["alice"], SECOND, THIRD):
        equal(run("grep", "-rlaF", number, STATE).stdout, "", "G5: traces of %s" % number)


lab.enter()
lab.main(__doc__)
