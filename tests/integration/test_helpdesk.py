#!/usr/bin/python3
"""Goal: the recipes of docs/helpdesk.md, each walked through with a real sshd: what the helpdesk types works as the page says, ends by
itself, is told by show, list and check, and is in the log with who did it; `confirm` sends nothing before Enter."""

import re

import lab
from lab import BOTH, CLI, Terminal, check, equal, matches, run

DOWN = dict(provider={}, routes=("dexatel",))
NEW = "+4915112345699"


def issue(world, *more, user="alice"):
    shown = run(CLI, "issue-code", user, *more, check_rc=0).stdout
    code = re.search(r"(?m)^(\d{8})$", shown).group(1)
    world.secrets.append(code)
    return code


def other(code):
    return "%08d" % ((int(code) + 1) % 100000000)


def passes(world):
    """In without a code; what ssh shows."""
    ssh = world.ssh().password()
    ssh.gets_in()
    check("Code sent" not in ssh.seen() and "Press Enter" not in ssh.seen(), "asked for a code: %r" % ssh.seen())


def asked(world):
    ssh = world.ssh().password()
    ssh.expect("Code sent to ")
    ssh.end()


@lab.test("the phone is lost: an issued code lets in once (A3), beside the SMS; the log says who made it and how it was used", engines=BOTH)
def phone_lost(world):
    code = issue(world)
    matches(r"(?m)^  issued code +until \d{4}-", world.show(), "show")
    world.syslog.wait(r"admin action=issue-code user=alice uid=\d+ for_s=900 by=root$")
    ssh = world.ssh().password()
    ssh.expect("Code sent to ")
    ssh.send(other(code))
    ssh.expect(r"Wrong code, 2 tries left\. ")
    ssh.send(code[:4] + " " + code[4:])
    ssh.gets_in()
    equal(world.audit("reason=accepted")["by"], "issued", "the audit line")
    ssh = world.ssh().password()
    ssh.expect("Code sent to ")
    ssh.send(code)
    ssh.expect(r"That was no code \(6 digits\)\. ")
    ssh.end()
    check("issued code" not in world.show(), "show still has the code")


@lab.test("a new code voids the one before; block voids it, and unblock does not bring it back")
def issued_anew(world):
    old, new = issue(world), issue(world, "--for", "1h")
    ssh = world.ssh().password()
    ssh.expect("Code sent to ")
    ssh.send(old)
    ssh.expect("Wrong code, 2 tries left")
    ssh.end()
    run(CLI, "block", "alice", check_rc=0)
    equal(run(CLI, "issue-code", "alice").returncode, 1, "the status for somebody who is blocked")
    world.ssh().password().is_refused()
    run(CLI, "unblock", "alice", check_rc=0)
    ssh = world.ssh().password()
    ssh.expect("Code sent to ")
    ssh.send(new)
    ssh.expect("That was no code")
    ssh.end()
    for wrong in (["--for", "25h"], ["--for", "59s"], ["--for", "soon"]):
        equal(run(CLI, "issue-code", "alice", *wrong).returncode, 2, "the status of %s" % wrong)
    equal(run(CLI, "issue-code", "bob").returncode, 1, "the status for somebody who is not enrolled")


@lab.test("the helpdesk makes the code while alice waits at the prompt")
def while_she_waits(world):
    ssh = world.ssh().password()
    ssh.expect("Code sent to ")
    ssh.send(issue(world))
    ssh.gets_in()
    equal(world.audit("reason=accepted")["by"], "issued", "the audit line")


@lab.test("a new number: proven here, the next code goes there; recovery codes stay")
def new_number(world):
    codes = run(CLI, "recovery-codes", "alice", check_rc=0).stdout.split("\n")[-11:-1]
    world.secrets += codes + [c.replace("-", "") for c in codes]
    client = Terminal(CLI, ["set-number", "alice", NEW])
    world.clients.append(client)
    client.expect("(?i)code")
    client.send(world.sms(1)[-1].code)
    equal(client.status(), 0, "the status of set-number")
    before = len(world.sms())
    ssh = world.ssh().password()
    matches(r"99", ssh.expect(r"Code sent to \.\.\.(\d\d) ").group(1), "whom it goes to")
    ssh.send(world.last_sms(before + 1).code)
    ssh.gets_in()
    equal(run(CLI, "recovery-codes", "alice", "--count", check_rc=0).stdout, "10\n", "recovery codes")


@lab.test("abroad: for its time no code is asked for by that service; told by show, list, check, explain and the log; --end", engines=BOTH)
def abroad(world):
    run(CLI, "bypass", "alice", "--for", "4h", "--service", "sshd", "--reason", 'ticket "4711", abroad', check_rc=0)
    world.syslog.wait(r'admin action=bypass user=alice uid=\d+ service=sshd for_s=14400 by=root reason="ticket \?4711\?, abroad"$')
    passes(world)
    line = world.audit("by=bypass")
    equal((line["verdict"], line["reason"], line["sends"]), ("exempt", "exempt", "0"), "the audit line")
    equal(len(world.sms()), 0, "messages")
    matches(r"(?m)^  bypass +until \d{4}-.*, by sshd$", world.show(), "show")
    matches(r"(?m)^alice .* \d{4}-\d\d-\d\d \d\d:\d\d:\d\d  \d{4}-", run(CLI, "list").stdout, "list")
    checked = run(CLI, "check", "--offline")
    matches(r"(?m)^LOOK +users +alice is asked for no code by sshd until \d{4}-.*sms-otp bypass alice --end", checked.stdout, "check")
    matches("an administrator lets the user by", run(CLI, "explain", "alice", "--service", "sshd").stdout, "explain")
    matches("(?m)^verdict +required", run(CLI, "explain", "alice", "--service", "sudo").stdout, "explain, of another service")
    run(CLI, "bypass", "alice", "--end", check_rc=0)
    world.syslog.wait(r"admin action=bypass-end user=alice uid=\d+ by=root$")
    equal(run(CLI, "bypass", "alice", "--end").returncode, 1, "the status of a second end")
    asked(world)
    check("is asked for no code" not in run(CLI, "check", "--offline").stdout, "check still tells of it")


@lab.test("a bypass lets neither the blocked by nor a wrong password, and wants a length and a reason")
def no_bypass(world):
    why = ["--reason", "x"]
    for wrong in ([], why, ["--for", "4h"], ["--for", "8d"] + why, ["--for", "5s"] + why, ["--for", "4h", "--reason", ""],
                  ["--for", "4h", "--reason", "x\ny"], ["--for", "4h", "--reason", "x" * 121], ["--end"] + why):
        equal(run(CLI, "bypass", "alice", *wrong).returncode, 2, "the status of %s" % wrong)
    asked(world)
    run(CLI, "bypass", "alice", "--for", "7d", *why, check_rc=0)
    ssh = world.ssh()
    ssh.password("not-hers")
    ssh.is_refused()
    run(CLI, "block", "alice", check_rc=0)
    world.ssh().password().is_refused()
    equal(world.audit("reason=blocked")["verdict"], "deny", "the audit line")
    equal(run(CLI, "bypass", "alice", "--for", "4h", *why).returncode, 1, "the status for somebody who is blocked")
    run(CLI, "unblock", "alice", check_rc=0)
    asked(world)


@lab.test("locked after wrong codes: an issued code lets in all the same (B7); unlock opens the SMS side", lockout="{ failures = 3; }")
def locked(world):
    ssh = world.ssh().password()
    ssh.expect(lab.SENT)
    sms = world.last_sms(1)
    for k in range(1, 4):
        ssh.send(sms.wrong(k))
        if k < 3:
            ssh.expect(lab.WRONG)
    ssh.is_refused()
    matches(r"locked until", world.show(), "show")
    code = issue(world)
    ssh = world.ssh().password()
    ssh.expect(r"Locked until \d\d:\d\d after wrong codes\. Issued code: ")
    ssh.send(code)
    ssh.gets_in()
    run(CLI, "unlock", "alice", check_rc=0)
    ssh = world.ssh().password()
    ssh.expect(lab.SENT)
    ssh.send(world.last_sms(2).code)
    ssh.gets_in()


@lab.test("the provider is down: an issued code, or a bypass", engines=BOTH, **DOWN)
def provider_down(world):
    world.blocks = world.provider.block(port=1)  # nobody listens there
    world.settings()
    world.ssh().password().is_refused()
    code = issue(world)
    ssh = world.ssh().password()
    ssh.expect(r"No SMS sent: no provider answered\. Issued code: ")
    ssh.send(code)
    ssh.gets_in()
    run(CLI, "bypass", "alice", "--for", "1m", "--reason", "outage", check_rc=0)
    passes(world)


@lab.test("confirm: nothing is sent before Enter; an issued code needs none", engines=BOTH, confirm='[ "sshd" ]')
def confirm(world):
    ssh = world.ssh().password()
    ssh.expect("Press Enter to get a code by SMS: ")
    ssh.send(lab.PASSWORD)  # as a program that answers by itself
    ssh.end()
    ssh = world.ssh().password()
    ssh.expect("Press Enter to get a code by SMS: ")
    equal(len(world.sms()), 0, "messages before Enter")
    ssh.send("")
    ssh.expect(lab.SENT)
    ssh.send(world.last_sms(1).code)
    ssh.gets_in()
    code = issue(world)
    ssh = world.ssh().password()
    ssh.expect("Press Enter to get a code by SMS, or type an issued code: ")
    ssh.send(code)
    ssh.gets_in()
    equal(len(world.sms()), 1, "messages")


lab.enter()
lab.main(__doc__)
