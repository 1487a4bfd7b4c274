#!/usr/bin/python3
"""Goal: login(1) on a terminal, as on a console and as for telnet, asks for password and code."""

import select

import lab
from lab import BOTH, SENT, WRONG, equal


def login(world, *arguments):
    terminal = lab.Terminal("/bin/login", list(arguments))
    world.clients.append(terminal)
    # util-linux's login hangs its terminal up and opens it again: look at it only when it has something to say
    poll = select.poll()
    poll.register(terminal.child.child_fd, select.POLLIN)
    lab.wait_for("login's prompt", lambda: [events for _, events in poll.poll(0) if events == select.POLLIN])
    return terminal


@lab.test("password and code open a shell", engines=BOTH, sshd=False, services=("login",))
def console(world):
    terminal = login(world, "alice")
    terminal.expect("Password: ")
    terminal.send(lab.PASSWORD)
    prompt = terminal.expect(SENT)
    sms = world.last_sms(1)
    equal((sms.service, sms.ref), ("login", prompt.group(2)), "service and reference")
    terminal.send(sms.wrong())
    terminal.expect(WRONG)
    terminal.send(sms.code)
    terminal.expect(r"\$ ")
    terminal.send("echo I-AM $(id -un); exit")
    terminal.expect("I-AM alice\r")
    equal(terminal.status(), 0, "login's status")


@lab.test("D13: -h gives the address in the audit line; a name is not resolved", engines=("daemon",), sshd=False, services=("login",))
def from_afar(world):
    world.pam("remote", "login")  # the service that util-linux's login (Debian 13) takes with -h
    for host, shown in (("192.0.2.7", "192.0.2.7"), ("host.invalid", "-")):
        terminal = login(world, "-h", host, "alice")
        terminal.expect("Password: ")
        terminal.send(lab.PASSWORD)
        terminal.expect(SENT)
        sms = world.sms()[-1]
        terminal.send(sms.code)
        terminal.expect(r"\$ ")
        terminal.send("exit")
        terminal.status()
        equal(world.audit("ref=" + sms.ref)["from"], shown, "from in the audit line")


@lab.test("three wrong codes are the end of the code", engines=BOTH, sshd=False, services=("login",))
def three_wrong(world):
    terminal = login(world, "alice")
    terminal.expect("Password: ")
    terminal.send(lab.PASSWORD)
    terminal.expect(SENT)
    sms = world.last_sms(1)
    for k in (1, 2, 3):
        terminal.send(sms.wrong(k))
        terminal.expect(WRONG if k < 3 else "(?i)login incorrect")
    equal(world.audit()["reason"], "wrong", "the audit line's reason")


lab.enter()
lab.main(__doc__)
