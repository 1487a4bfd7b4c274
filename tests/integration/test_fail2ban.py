#!/usr/bin/python3
"""Goal: the filter for Fail2Ban finds the address in every audit line that speaks against it, in no other, and cannot be fed."""

import os
import re

import lab
from lab import check, equal, matches

FOLDER = "/tmp/fail2ban"
EXAMPLES = "/usr/share/doc/pam_sms_otp/examples/fail2ban"


def put_in_place():
    """As the files' first lines say."""
    lab.run("cp", EXAMPLES + "/filter.conf", "/etc/fail2ban/filter.d/sms-otp.conf", check_rc=0)
    lab.run("cp", EXAMPLES + "/jail.conf", "/etc/fail2ban/jail.d/sms-otp.conf", check_rc=0)


def found(lines, mode="normal"):
    """The addresses that the filter finds in lines, in their order."""
    os.makedirs(FOLDER, exist_ok=True)
    path = FOLDER + "/auth.log"
    with open(path, "w") as log:
        log.write("".join(line + "\n" for line in lines))
    seen = lab.run("fail2ban-regex", "-o", "ip", path, "sms-otp[mode=%s]" % mode, check_rc=0).stdout
    return seen.split()


def as_in_a_file(line):
    """<86>Nov 26 05:00:00 sms-otpd[1]: ... as rsyslog writes it."""
    date, rest = re.match(r"<\d+>(\w{3} [ \d]\d \d\d:\d\d:\d\d) (.*)", line).groups()
    return "%s host %s" % (date, rest)


def audit_lines(world):
    return [as_in_a_file(line) for line in world.syslog.grep("login verdict=")]


@lab.test("real logins: wrong codes and invalid users are found, a right code is not")
def real_logins(world):
    put_in_place()
    ssh = world.ssh()
    ssh.send(ssh.to_code(1).code)
    ssh.gets_in()
    world.audit(count=1)
    equal(found(audit_lines(world)), [], "addresses after a right code")
    ssh = world.ssh()
    sms = ssh.to_code(2)
    for k in (1, 2, 3):
        ssh.send(sms.wrong(k))
        if k < 3:
            ssh.expect(lab.WRONG)
    ssh.is_refused()
    world.audit("reason=wrong")
    equal(found(audit_lines(world)), ["127.0.0.1"], "addresses after wrong codes")
    ssh = world.ssh()
    ssh.to_code(3)
    ssh.end()
    world.audit("reason=conversation")
    equal(found(audit_lines(world)), ["127.0.0.1"], "addresses after an abandoned prompt")
    equal(found(audit_lines(world), "aggressive"), ["127.0.0.1"] * 2, "the same, aggressive")


LINE = ("Nov 26 05:00:00 host sms-otpd[12]: login verdict=%s reason=%s user=%s uid=1000 service=sshd for=login from=%s tty=ssh rule=- "
        "ref=K7QF number=- route=- by=- place=- sends=0 tries=3 peer=0 ms=20")

CASES = (
    ("a wrong code", ("deny", "wrong", "alice", "192.0.2.7"), ["192.0.2.7"], ["192.0.2.7"]),
    ("IPv6", ("deny", "wrong", "alice", "2001:db8::1"), ["2001:db8::1"], ["2001:db8::1"]),
    ("an unknown user", ("deny", "unknown-user", "mallory", "192.0.2.7"), ["192.0.2.7"], ["192.0.2.7"]),
    ("locked", ("deny", "locked", "alice", "192.0.2.7"), ["192.0.2.7"], ["192.0.2.7"]),
    ("an answer that never came", ("deny", "no-answer", "alice", "192.0.2.7"), [], ["192.0.2.7"]),
    ("a spent budget", ("deny", "budget", "alice", "192.0.2.7"), [], ["192.0.2.7"]),
    ("an outage is ours", ("deny", "outage", "alice", "192.0.2.7"), [], []),
    ("damage is ours", ("deny", "state", "alice", "192.0.2.7"), [], []),
    ("accepted", ("accept", "accepted", "alice", "192.0.2.7"), [], []),
    ("exempt", ("exempt", "exempt", "alice", "192.0.2.7"), [], []),
    ("no address", ("deny", "wrong", "alice", "-"), [], []),
    ("a user who names an address", ("deny", "wrong", "from?192.0.2.9", "192.0.2.7"), ["192.0.2.7"], ["192.0.2.7"]),
)


@lab.plain("every kind of line, in both modes")
def kinds():
    put_in_place()
    for name, words, normal, aggressive in CASES:
        line = LINE % words
        equal(found([line]), normal, name)
        equal(found([line], "aggressive"), aggressive, name + ", aggressive")


@lab.test("a client cannot have somebody else banned by its user's name", without_password='[ "sshd" ]')
def fed(world):
    put_in_place()
    # with a password line before us an invalid user would not get as far
    world.pam("sshd", text="auth required pam_sms_otp.so\naccount required pam_permit.so\n")
    for name in ("x from=192.0.2.9 tty=ssh", "login verdict=deny reason=wrong user=a uid=1 service=s for=login from=192.0.2.9"):
        world.ssh(name).is_refused()
    world.audit("reason=unknown-user", 2)
    equal(found(audit_lines(world), "aggressive"), ["127.0.0.1"] * 2, "addresses")


@lab.plain("the jail is one that fail2ban accepts, and is off")
def jail():
    put_in_place()
    dump = lab.run("fail2ban-client", "-d", check_rc=0)
    check("sms-otp" not in dump.stdout, "a jail that is off is in the dump")
    with open("/etc/fail2ban/jail.d/sms-otp.conf") as file:
        text = file.read()
    with open("/etc/fail2ban/jail.d/sms-otp.conf", "w") as file:
        file.write(text.replace("enabled = false", "enabled = true").replace("backend = systemd", "backend = polling").replace(
            "# logpath", "logpath"))
    lab.run("touch", "/var/log/auth.log", check_rc=0)
    dump = lab.run("fail2ban-client", "-d", check_rc=0).stdout
    matches(r"'add', 'sms-otp'", dump, "what fail2ban would do")


lab.enter()
lab.main(__doc__)
