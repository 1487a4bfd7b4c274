#!/usr/bin/python3
"""Goal: `notify` tells the user by one SMS of a login from a device that is new (B5: charged like any send), after the verdict: no login waits
for it, none fails by it, and nothing of it stays in the host (D8, D16)."""

import json
import os
import re
import time

import lab
from lab import BOTH, CLI, PASSWORD, SENT, STATE, check, equal, run, wait_for

ELSEWHERE = "BindAddress=127.0.0.2"
NEW = r"New login to \S+ by sshd as alice from (\S+), \d\d:\d\d\. Not you\? Tell your administrator\."


def notices():
    """The addresses of the notices in the outbox."""
    try:
        with open(STATE + "/outbox/messages", encoding="utf-8") as f:
            text = f.read()
    except FileNotFoundError:
        return []
    return re.findall(NEW, text)


def logs_in(world, *options):
    count = len(world.sms()) + 1
    ssh = world.ssh(options=options)
    sms = ssh.to_code(count)
    ssh.send(sms.code)
    ssh.gets_in()


def settled(world):
    """Time for what follows a login, and its end."""
    wait_for("the end of what follows the login", lambda: len(lab.processes("sms-otpd")) <= (world.engine is not None)
             and not lab.processes("sms-otp-send"), 15)


@lab.test("one notice for the second address, none for the first of all, none the next time", engines=BOTH, notify='"new-device"')
def second_address(world):
    logs_in(world)
    settled(world)
    equal(notices(), [], "notices after the first login")
    logs_in(world, ELSEWHERE)
    world.syslog.wait(r'note user="alice" service="sshd": notice new-device is sent')
    settled(world)
    equal(notices(), ["127.0.0.2"], "notices after the second address")
    logs_in(world, ELSEWHERE)
    logs_in(world)
    settled(world)
    equal(notices(), ["127.0.0.2"], "notices in the end")
    equal(len(world.syslog.grep("login verdict=")), 4, "audit lines")
    equal(world.syslog.grep("could not be delivered"), [], "complaints about verdicts")
    shown = json.loads(run(CLI, "show", "alice", "--json", check_rc=0).stdout)
    check("127.0.0" not in json.dumps(shown), "an address on the record: %r" % shown)


@lab.test("off by default")
def default(world):
    logs_in(world)
    logs_in(world, ELSEWHERE)
    settled(world)
    equal(notices(), [], "notices")


@lab.test("the provider is away, or hangs: the login is as ever, and the shim waits for nothing", engines=BOTH, provider={},
          routes=("dexatel",), notify='[ "new-device", "fatigue" ]', deadline='"5s"')
def outage(world):
    def login(count, manner, *options):
        ssh = world.ssh(options=options)
        ssh.password()
        ssh.expect(SENT)
        sms = world.provider.sms(count)[-1]
        world.provider.always(**manner)
        start = time.monotonic()
        ssh.send(sms.code)
        ssh.gets_in()
        check(time.monotonic() - start < 4, "it took %.1f s" % (time.monotonic() - start))
        return start
    login(1, {})
    login(2, {"status": 503}, ELSEWHERE)
    world.syslog.wait("notice new-device is not sent: no provider took it")
    settled(world)
    world.provider.always()
    run(CLI, "devices", "alice", "--forget", "2", check_rc=0)
    start = login(3, {"stall_after": 40}, ELSEWHERE)
    world.syslog.wait("notice new-device may be sent", seconds=15)
    check(time.monotonic() - start < 12, "it went on for %.1f s" % (time.monotonic() - start))
    equal(world.audit("reason=accepted", 3)["verdict"], "accept", "the audit line")
    settled(world)


@lab.test("a pause after codes that nobody used: one notice of it", engines=BOTH, notify='[ "fatigue" ]')
def pause(world):
    for k in range(4):
        ssh = world.ssh(options=(ELSEWHERE,))
        ssh.password()
        if k < 3:
            ssh.expect(SENT)
            ssh.end()
        else:
            ssh.is_refused()
        world.syslog.wait("login verdict=deny", k + 1)
        if k == 1:
            time.sleep(31)  # the wait before the third send is over
    world.syslog.wait("notice fatigue is sent")
    settled(world)
    text = open(STATE + "/outbox/messages", encoding="utf-8").read()
    equal(text.count("3 codes for alice on "), 1, "notices")


@lab.test("the site's budget is spent by the codes: no notice", engines=BOTH, notify='[ "new-device" ]', budget='{ all = "2/1h"; }')
def site_spent(world):
    logs_in(world)
    logs_in(world, ELSEWHERE)
    world.syslog.wait("notice new-device is not sent: a send budget is spent")
    settled(world)
    equal(notices(), [], "notices")


@lab.test("su and sudo have no device: no notice", engines=BOTH, services=("sshd", "su", "sudo"), notify='"new-device"')
def without_device(world):
    with open("/etc/sudoers.d/alice", "w") as f:
        f.write("alice ALL=(ALL) ALL\nDefaults timestamp_timeout=0\n")
    os.chmod("/etc/sudoers.d/alice", 0o440)
    logs_in(world)
    for command, prompt in ((["runuser", "-u", "bob", "--", "su", "alice", "-c", "echo I-AM $(id -un)"], "Password: "),
                            (["runuser", "-u", "alice", "--", "sudo", "echo", "I-AM alice"], "alice: ")):
        before = len(world.sms())
        terminal = lab.Terminal(command[0], command[1:])
        world.clients.append(terminal)
        terminal.expect(prompt)
        terminal.send(PASSWORD)
        terminal.expect(SENT)
        terminal.send(world.sms(before + 1)[-1].code)
        terminal.expect("I-AM alice\r")
        equal(terminal.status(), 0, "status")
    settled(world)
    text = open(STATE + "/outbox/messages", encoding="utf-8").read()
    check("New login" not in text, "a notice: %r" % text)


lab.enter(600)
lab.main(__doc__)
