#!/usr/bin/python3
"""Goal: pkexec, polkitd and pkttyagent ask for password and code, one after the other; the code goes to who was asked, and nobody else
becomes root (A3, D1, D4, G1)."""

import lab
from display import Program, system_bus
from lab import PASSWORD, Terminal, check, equal, run, wait_for


class Pkexec:
    """alice at a terminal that runs `pkexec id`, with an agent for it in a second one."""

    def __init__(self, world):
        script = "echo SHELL=$$; read go; pkexec --disable-internal-agent id -un; echo PKEXEC=$?"
        self.shell = Terminal("runuser", ["-u", "alice", "--", "bash", "-c", script])
        pid = self.shell.expect(r"SHELL=(\d+)\r").group(1)
        self.agent = Terminal("runuser", ["-u", "alice", "--", "pkttyagent", "--process", pid, "--notify-fd", "1"])
        world.clients += [self.shell, self.agent]
        wait_for("the agent", lambda: self.agent.child.isalive())
        lab.time.sleep(1)  # it registers with polkitd, and says nothing of it
        self.shell.send("")

    def status(self):
        return int(self.shell.expect(r"PKEXEC=(\d+)\r").group(1))


def begin(world):
    world.secrets.append(PASSWORD)
    run("usermod", "-aG", "sudo", "alice", check_rc=0)
    system_bus(world)
    polkitd = Program(world, "/usr/lib/polkit-1/polkitd", "--no-debug", user="root")
    wait_for("polkitd", lambda: world.syslog.grep("polkitd.*Acquired the name") or "Acquired the name" in polkitd.seen())
    return Pkexec(world)


@lab.test("A3, D1: polkit: a wrong code is asked for again, the right one makes root", engines=lab.BOTH, sshd=False, services=("polkit-1",))
def right(world):
    pkexec = begin(world)
    pkexec.agent.expect("Password: ")
    pkexec.agent.send(PASSWORD)
    pkexec.agent.expect(lab.SENT)
    sms = world.last_sms(1)
    equal((sms.service, sms.user), ("polkit-1", "alice"), "service and user in the SMS")
    pkexec.agent.send(sms.wrong())
    pkexec.agent.expect(lab.WRONG)
    pkexec.agent.send(sms.code)
    pkexec.agent.expect("AUTHENTICATION COMPLETE")
    equal(pkexec.status(), 0, "pkexec's status")
    check("root\r\n" in pkexec.shell.seen(), "the program did not run as root")
    line = world.audit("reason=accepted")
    equal((line["service"], line["by"], line["tries"], line["sends"]), ("polkit-1", "sms", "2", "1"), "the audit line")


@lab.test("A3, D4: polkit: a wrong password sends nothing, and is refused", sshd=False, services=("polkit-1",))
def wrong_password(world):
    pkexec = begin(world)
    pkexec.agent.expect("Password: ")
    pkexec.agent.send("Wrong-Horse-7")
    pkexec.agent.expect("AUTHENTICATION FAILED")
    equal(pkexec.status(), 127, "pkexec's status")
    equal(world.sms(), [], "messages")


lab.enter()
lab.main(__doc__)
