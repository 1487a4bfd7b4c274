#!/usr/bin/python3
"""H: what `sms-otp check` finds in the real pam.d and says of the real sshd, with the module installed; the judgement of stacks is in
tests/unit/test_pam_judge.c."""

import json
import os
import shutil
import subprocess

import lab
from lab import CLI, CONF, check, equal, matches, run, test

ALONE = dict(sshd=False, services=(), enrolled=("alice",))
SSHD = """UsePAM yes
KbdInteractiveAuthentication yes
PasswordAuthentication no
AuthenticationMethods keyboard-interactive:pam
LoginGraceTime 120
"""


def shipped():
    """pam.d as the system has it: the tests share one copy of the machine."""
    if os.path.exists("/root/pam.d"):
        shutil.rmtree("/etc/pam.d")
        shutil.copytree("/root/pam.d", "/etc/pam.d")
    else:
        shutil.copytree("/etc/pam.d", "/root/pam.d")


def look(*more):
    done = subprocess.run((CLI, "check", "--offline") + more, stdout=subprocess.PIPE, encoding="utf-8", timeout=60)
    return done.returncode, [line for line in done.stdout.splitlines() if line.split()[1:2] == ["pam"]]


def found(*more):
    """The codes, with level, service and line."""
    done = subprocess.run((CLI, "check", "--offline", "--json") + more, stdout=subprocess.PIPE, encoding="utf-8", timeout=60)
    return {(i["level"], i["service"], i["code"]): i for i in json.loads(done.stdout)["items"] if i["topic"] == "pam" and "code" in i}


def sshd_config(text):
    os.makedirs("/run/sshd", 0o755, exist_ok=True)
    run("ssh-keygen", "-A", check_rc=0)
    with open("/etc/ssh/sshd_config", "w") as f:
        f.write(text)


@test("H: nothing in pam.d is ours: said, and no fault", **ALONE)
def none(here):
    shipped()
    _, lines = look()
    equal(len(lines), 1, "what is said of pam.d, %r, has a length" % lines)
    matches("^note +pam +no service in pam.d asks for codes", lines[0], "what is said")


@test("H: every example is well on this machine, modules included", **ALONE)
def examples(here):
    shipped()
    for name in ("i3lock", "swaylock"):  # where they are installed they include login, and its line would be told of as theirs
        if os.path.exists("/etc/pam.d/" + name):
            os.remove("/etc/pam.d/" + name)
    for name, service in (("login", "login"), ("passwd", "passwd"), ("sshd", "sshd"), ("su", "su"), ("sudo", "sudo")):
        here.pam(service, name)
    sshd_config(SSHD)
    facts = found()
    equal({k for k in facts if k[0] in ("finding", "trouble")}, set(), "what is wrong with the examples")
    for service in ("login", "passwd", "sshd", "su", "sudo"):
        check(("ok", service, "well") in facts, "%s is not called well: %r" % (service, sorted(facts)))


@test("H: a stack that lets the password in, its line, and what to write; shared by su-l", **ALONE)
def password_alone(here):
    shipped()
    here.pam("su", text="auth sufficient pam_rootok.so\nauth sufficient pam_unix.so\nauth required pam_sms_otp.so\n")
    rc, lines = look()
    equal(rc, 2, "the status")
    matches("(?m)^TROUBLE +pam +su and 1 other: /etc/pam.d/su:2: the right password alone lets in.*; write: auth requisite pam_unix.so$",
            "\n".join(lines), "the finding")
    check(not [line for line in lines if line.startswith("ok")], "su-l is called well: %r" % lines)
    item = found()["trouble", "su", "password-alone"]
    equal((item["file"], item["line"], item["others"]), ("/etc/pam.d/su", 2, 1), "the place")
    equal(found("--service", "sudo"), {}, "what is said of another service")


@test("H: a module's file that is missing", **ALONE)
def missing(here):
    shipped()
    here.pam("sudo")
    os.rename("/usr/lib/x86_64-linux-gnu/security/pam_sms_otp.so", "/root/away.so")
    check(("trouble", "sudo", "module-missing") in found(), "the missing module is not told of")
    os.rename("/root/away.so", "/usr/lib/x86_64-linux-gnu/security/pam_sms_otp.so")
    check(("trouble", "sudo", "module-missing") not in found(), "the module is there")


@test("H: services in the settings and lines in pam.d that disagree", **ALONE)
def services(here):
    shipped()
    here.pam("sudo")
    with open(CONF + "/sms-otp.conf", "a") as f:
        f.write('services = [ "login", "nosuch" ];\n')
    facts = found()
    matches("everybody is refused", facts["trouble", "sudo", "service-unlisted"]["text"], "sudo")
    matches("no line in its file", facts["finding", "login", "service-unguarded"]["text"], "login")
    matches("no file in pam.d", facts["finding", "nosuch", "service-unguarded"]["text"], "nosuch")
    with open(CONF + "/sms-otp.conf", "a") as f:
        f.write('unlisted = "ignore";\n')
    matches("nobody is asked", found()["finding", "sudo", "service-unlisted"]["text"], "sudo, where unlisted services are let by")


@test("H: what the real sshd says of itself, also for a user whom a Match line names", **ALONE)
def sshd(here):
    shipped()
    here.pam("sshd")
    sshd_config(SSHD)
    equal({k[2] for k in found() if k[0] != "ok"}, set(), "what is wrong with a right sshd")
    sshd_config("UsePAM yes\nLoginGraceTime 60\nKbdInteractiveAuthentication no\n")
    equal({(k[0], k[2]) for k in found() if k[0] != "ok"},
          {("trouble", "sshd-keyboard-no"), ("finding", "sshd-password-yes"), ("finding", "sshd-key-alone"), ("finding", "sshd-grace-short")},
          "what is wrong")
    sshd_config(SSHD + "Match User bob\n\tAuthenticationMethods publickey\n")
    facts = found()
    matches("for user=bob: .*without keyboard-interactive", facts["finding", "sshd", "sshd-key-alone"]["text"], "bob")
    run("useradd", "-M", "robot", check_rc=0)
    run("groupadd", "-f", "automation", check_rc=0)
    run("groupadd", "-f", "nobodys", check_rc=0)
    run("usermod", "-aG", "automation", "robot", check_rc=0)
    sshd_config(SSHD + "Match Group automation\n\tAuthenticationMethods publickey\nMatch Address 10.0.0.0/8\n\tPasswordAuthentication yes\n\tAuthenticationMethods password\n"
                "Match Group nobodys\n\tMaxSessions 3\n")
    facts = found()
    matches("for user=robot: .*without keyboard-interactive", facts["finding", "sshd", "sshd-key-alone"]["text"], "a group")
    matches("for addr=10.0.0.0: PasswordAuthentication yes", facts["finding", "sshd", "sshd-password-yes"]["text"], "a network")
    matches("of 1 Match line it was not asked", facts["note", "sshd", "sshd-match-not-asked"]["text"], "what nobody can be found for")
    equal(facts["note", "sshd", "sshd-match-not-asked"]["file"], "/etc/ssh/sshd_config", "its file")
    sshd_config(SSHD.replace("UsePAM yes", "UsePAM no"))
    check(("trouble", "sshd", "sshd-usepam-no") in found(), "UsePAM no is not told of")
    sshd_config("Nonsense yes\n")
    matches("Nonsense|nonsense", found()["note", "sshd", "sshd-not-asked"]["text"], "an sshd that cannot be asked")


@test("H: --pam-dir: files that are not in place, without modules and sshd", **ALONE)
def elsewhere(here):
    shipped()
    os.makedirs("/root/pam")
    with open("/root/pam/door", "w") as f:
        f.write("auth requisite pam_house.so\nauth optional pam_sms_otp.so\n")
    here.pam("sudo")
    facts = found("--pam-dir", "/root/pam")
    equal(set(facts), {("trouble", "door", "refusal-passes")}, "what is found")
    rc, lines = look("--pam-dir", "/root/nothing")
    equal(rc, 2, "the status")
    matches("^TROUBLE +pam +/root/nothing: No such file", lines[0], "a folder that is not there")
    with open("/root/pam/broken", "w") as f:
        f.write("@include nothing\nauth required pam_sms_otp.so\n")
    matches("broken:1: nothing", found("--pam-dir", "/root/pam")["trouble", "broken", "service-unreadable"]["text"], "a service refused as a whole")


lab.enter()
lab.main(__doc__)
