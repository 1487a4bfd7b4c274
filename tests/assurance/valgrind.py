#!/usr/bin/python3
"""Goal: no memory error and no definite leak of ours inside the real sshd and the real sudo, nor in the engine and the sender: valgrind's memcheck
runs all of them through whole logins, by the daemon and by an engine for one login. tests/assurance/run valgrind starts this.

Counted is every report with a frame of pam_sms_otp.so, sms-otpd or sms-otp-send in it; what sshd, sudo, OpenSSL and others do by themselves is
not ours to mend. Programs are slow here: logins have a minute."""

import functools
import glob
import os
import re
import shutil
import sys
import xml.etree.ElementTree as ET

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, "tests", "integration"))
import lab
from lab import BOTH, SENT, WRONG, check, equal

REPORTS = "/tmp/reports"
SLOW = {"deadline": '"20s"'}
REAL = "/usr/libexec/under-valgrind"
OURS = ("pam_sms_otp.so", "sms-otpd", "sms-otp-send")
# not Debian's script around it, since a shell gives up a setuid program's rights
VALGRIND = "/usr/bin/valgrind.bin" if os.path.exists("/usr/bin/valgrind.bin") else "/usr/bin/valgrind"


def memcheck(name, *options):
    """A command line's beginning. A process that forks and becomes another program has two reports, the second as another user perhaps: each
    program's have a name of their own."""
    return [VALGRIND, "--quiet", "--error-limit=no", "--xml=yes", "--xml-file=%s/%s.%%p.xml" % (REPORTS, name), "--leak-check=full",
            "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite", "--keep-debuginfo=yes", "--num-callers=40", *options]


# sshd starts itself again for each connection; what it starts for the user who is in is not followed
FOLLOW = ["--trace-children=yes", "--trace-children-skip=/bin/*,/usr/bin/*,/usr/libexec/*,/usr/lib/openssh/*"]
LIBRARY = "/usr/libexec/valgrind/vgpreload_%%s-%s-linux.so" % {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]


# --- the sandbox: programs that start their real selves under memcheck -------------------------------------------------

def under(program, *options):
    """PROGRAM becomes a script that runs the real one, of the same base name, under memcheck."""
    real = os.path.join(REAL, os.path.basename(program))
    shutil.move(program, real)
    with open(program, "w") as f:
        f.write("#!/bin/sh\nexec %s %s \"$@\"\n" % (" ".join("'%s'" % word for word in memcheck(os.path.basename(program), *options)), real))
    os.chmod(program, 0o755)


def prepare():
    os.makedirs(REPORTS, exist_ok=True)
    os.chmod(REPORTS, 0o1777)
    os.makedirs(REAL, exist_ok=True)
    under(lab.ENGINE)
    under(lab.SENDER)
    under("/usr/sbin/sshd", *FOLLOW)
    # a setuid program takes no LD_PRELOAD, by which valgrind brings its malloc; and sshd's child for the network must stay outside of
    # seccomp, which forbids what valgrind needs there
    # valgrind starts no setuid program; sudo_of gives it the ids
    shutil.copy("/usr/bin/sudo", REAL + "/sudo")
    os.chmod(REAL + "/sudo", 0o755)
    lab.run("gcc", "-shared", "-fPIC", "-o", "/usr/lib/unconfined.so", os.path.join(TOP, "tests/assurance/unconfined.c"), check_rc=0)
    with open("/etc/ld.so.preload", "w") as f:
        f.write("\n".join([LIBRARY % part for part in ("core", "memcheck")] + ["/usr/lib/unconfined.so"]) + "\n")


def sudo_of(user):
    """A terminal with sudo under memcheck, its real user id USER's: what the setuid bit makes of it."""
    with open("/etc/sudoers.d/" + user, "w") as f:
        f.write("%s ALL=(ALL) ALL\nDefaults timestamp_timeout=0\n" % user)
    os.chmod("/etc/sudoers.d/" + user, 0o440)
    become = ("import os, pwd, sys; p = pwd.getpwnam(%r); os.initgroups(p.pw_name, p.pw_gid); os.setresgid(p.pw_gid, p.pw_gid, p.pw_gid); "
              "os.setresuid(p.pw_uid, 0, 0); os.execv(sys.argv[1], sys.argv[1:])" % user)
    return lab.Terminal("/usr/bin/python3", ["-c", become, *memcheck("sudo"), REAL + "/sudo", "-k", "id", "-un"], timeout=60)


# --- what memcheck said ------------------------------------------------------------------------------------------------

def reports():
    """(processes of ours, [what was found with a frame of ours], [everybody else's]). A process that was killed leaves its file without an end."""
    seen, ours, others = set(), [], []
    for path in glob.glob(REPORTS + "/*.xml"):
        with open(path, errors="replace") as f:
            text = f.read()
        exe = re.search(r"<argv>\s*<exe>([^<]*)</exe>", text)
        name = os.path.basename(exe.group(1)) if exe else "?"
        seen.add(name)
        for found in re.findall(r"<error>.*?</error>", text, re.S):
            error = ET.fromstring(found)
            frames = [(frame.findtext("obj") or "", frame.findtext("fn") or "?", frame.findtext("file") or "", frame.findtext("line") or "")
                      for frame in error.iter("frame")]
            words = "%s: %s\n%s" % (name, re.sub(r" in loss record.*", "", error.findtext("what") or error.findtext("xwhat/text")), "\n".join(
                "  %s (%s:%s) %s" % (fn, file, line, obj) for obj, fn, file, line in frames[:14]))
            (ours if any(os.path.basename(obj) in OURS for obj, _, _, _ in frames) else others).append(words)
    return seen, ours, others


# --- the logins ----------------------------------------------------------------------------------------------------------

def patient(terminal):
    terminal.child.timeout = 60
    return terminal


def twice(function):
    """A login's 20 s are few on a machine that has other things to do: it may be tried once more. What is judged are the reports."""
    @functools.wraps(function)
    def stubborn(world):
        try:
            function(world)
        except lab.Failed as why:
            print("# once more, since: %s" % str(why)[:200])
            function(world)
    return stubborn


@lab.test("memcheck in sshd: a wrong code, then the right one", engines=BOTH, **SLOW)
@twice
def sshd(world):
    ssh = patient(world.ssh())
    ssh.password()
    ssh.expect(SENT)
    sms = world.sms(1, 60)[-1]
    ssh.send(sms.wrong())
    ssh.expect(WRONG)
    ssh.send(sms.code)
    ssh.gets_in()


@lab.test("memcheck in sshd: three wrong codes, and a client that goes at the prompt", engines=BOTH, **SLOW)
@twice
def sshd_refuses(world):
    ssh = patient(world.ssh())
    ssh.password()
    ssh.expect(SENT)
    sms = world.sms(1, 60)[-1]
    for k in (1, 2):
        ssh.send(sms.wrong(k))
        ssh.expect(WRONG)
    ssh.send(sms.wrong(3))
    ssh.is_refused()
    gone = patient(world.ssh())
    gone.password()
    gone.expect(SENT)
    gone.end()


@lab.test("memcheck in sshd: a provider over https", provider={}, routes=("dexatel",), **SLOW)
@twice
def sshd_provider(world):
    ssh = patient(world.ssh())
    ssh.password()
    ssh.expect(SENT)
    sms = lab.wait_for("the message", lambda: [r for r in world.provider.records() if r["accepted"]], 60)[-1]
    ssh.send(lab.Sms(lab.Sms.FORM.search(world.provider.text(sms))).code)
    ssh.gets_in()


@lab.test("memcheck in sudo: a wrong code, then the right one", engines=BOTH, sshd=False, services=("sudo",), **SLOW)
@twice
def sudo(world):
    terminal = sudo_of("alice")
    world.clients.append(terminal)
    terminal.expect("alice: ")
    terminal.send(lab.PASSWORD)
    terminal.expect(SENT)
    sms = world.sms(1, 60)[-1]
    terminal.send(sms.wrong())
    terminal.expect(WRONG)
    terminal.send(sms.code)
    terminal.expect("root\r")
    equal(terminal.status(), 0, "sudo's status")


@lab.plain("no report of memcheck has a frame of ours")
def judged():
    seen, ours, others = reports()
    print("# valgrind: %d processes reported (%s), %d reports with a frame of ours, %d of others" % (
        len(glob.glob(REPORTS + "/*.xml")), ", ".join(sorted(seen)), len(ours), len(others)))
    for words in sorted(set(others)):
        print("# of others, %d times: %s" % (others.count(words), words.replace("\n", "\n# ")))
    check(not ours, "\n".join(ours))
    check(seen >= {"sshd", "sudo", "sms-otpd", "sms-otp-send"}, "not all programs were looked at: %s" % sorted(seen))


lab.enter(seconds=900)
lab.wait_for.__defaults__ = (60,)  # sshd starts within it
prepare()
lab.main(__doc__)
