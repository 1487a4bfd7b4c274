#!/usr/bin/python3
"""Goal: sudo asks for the caller's password and a code, on a terminal and over -S; it sets PAM_SILENT, so that everything
that a person must read is in the prompt (D1)."""

import lab
from lab import BOTH, SENT, equal, matches


def allow_alice():
    with open("/etc/sudoers.d/alice", "w") as f:
        f.write("alice ALL=(ALL) ALL\nDefaults timestamp_timeout=0\n")
    lab.run("chmod", "0440", "/etc/sudoers.d/alice", check_rc=0)


@lab.test("on a terminal: password, code, root", engines=BOTH, sshd=False, services=("sudo",))
def terminal(world):
    allow_alice()
    sudo = lab.Terminal("runuser", ["-u", "alice", "--", "sudo", "-k", "id", "-un"])
    world.clients.append(sudo)
    sudo.expect("alice: ")
    sudo.send(lab.PASSWORD)
    prompt = sudo.expect(SENT)
    sms = world.last_sms(1)
    equal((sms.service, sms.ref), ("sudo", prompt.group(2)), "service and reference")
    sudo.send(sms.wrong())
    sudo.expect(lab.WRONG)
    sudo.send(sms.code)
    sudo.expect("root\r")
    equal(sudo.status(), 0, "sudo's status")
    line = world.audit()
    equal((line["verdict"], line["service"], line["from"]), ("accept", "sudo", "-"), "the audit line")


@lab.test("a wrong password sends nothing, and three wrong codes are the end of one of sudo's rounds", engines=BOTH, sshd=False,
          services=("sudo",))
def rounds(world):
    allow_alice()
    sudo = lab.Terminal("runuser", ["-u", "alice", "--", "sudo", "-k", "id", "-un"])
    world.clients.append(sudo)
    sudo.expect("alice: ")
    sudo.send("not-it")
    sudo.expect("alice: ")
    equal(world.sms(), [], "messages after a wrong password")
    sudo.send(lab.PASSWORD)
    sudo.expect(SENT)
    first = world.last_sms(1)
    for k in (1, 2, 3):
        sudo.send(first.wrong(k))
        sudo.expect(lab.WRONG if k < 3 else "alice: ")
    sudo.send(lab.PASSWORD)
    sudo.expect(SENT)
    sudo.send(world.last_sms(2).code)
    sudo.expect("root\r")
    equal(sudo.status(), 0, "sudo's status")


@lab.test("-S reads both from standard input", engines=BOTH, sshd=False, services=("sudo",))
def standard_input(world):
    allow_alice()
    import subprocess
    sudo = subprocess.Popen(["runuser", "-u", "alice", "--", "sudo", "-k", "-S", "id", "-un"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", bufsize=0)
    sudo.stdin.write(lab.PASSWORD + "\n")
    sms = world.last_sms(1)
    sudo.stdin.write(sms.code + "\n")
    out, err = sudo.communicate(timeout=20)
    equal((out.strip(), sudo.returncode), ("root", 0), "sudo's output and status")
    matches(r"Code sent to \.\.\.12 \(ref %s\)" % sms.ref, err, "the prompt, in spite of PAM_SILENT")


@lab.test("-n never asks and never sends", engines=BOTH, sshd=False, services=("sudo",))
def never_asks(world):
    allow_alice()
    done = lab.run("sudo", "-k", "-n", "true", user="alice")
    equal(done.returncode, 1, "sudo's status")
    equal(world.sms(), [], "messages")


lab.enter()
lab.main(__doc__)
