#!/usr/bin/python3
"""Goal: in a clean Debian the package is installed, guards real logins, is upgraded under open ones, is not upgraded under settings that the
new version would refuse, is not removed under a line that names it, and is purged without a trace; and ssh works at each step."""
# Run by tests/package.sh in a sandbox.

import fcntl
import hashlib
import os
import pwd
import re
import socket
import stat
import struct

from installed import (NAME, SENT, SETTINGS, another, apt, by_password_alone, by_password_and_code, enroll, fine_but_for_the_outbox, gets_in, named, package, prepare, settings, ssh, to_code,
                       version)
import lab
from lab import check, equal, matches


# --- what there is on the machine ----------------------------------------------------------------------------------------

# what every installation and every login changes: dpkg's and apt's own books, caches, the books of logins, backups of /etc/passwd
OTHERS = re.compile(r"/(dev|proc|sys|tmp|run/(upper|lock)|root|home|var/tmp|var/cache/(apt|debconf|ldconfig|man)|var/lib/apt|var/lib/dpkg/"
                    r"(lock.*|status.*|available.*|diversions-old|statoverride-old|info/format|triggers/.*|updates)|var/log/(apt|dpkg\.log|alternatives\.log|"
                    r"btmp|wtmp(\.db)?|lastlog|faillog)|var/lib/lastlog|etc/((passwd|group|shadow|gshadow|subuid|subgid)-|ld\.so\.cache|\.pwd\.lock))(/.*)?$|.*/__pycache__(/.*)?$"
                    r"|/run/(sshd.*|utmp|motd.dynamic)$")


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def listing():
    """Every file with its kind, mode, owner and content."""
    found = {}
    for folder, folders, files in os.walk("/"):
        folders[:] = [n for n in folders if not OTHERS.match(os.path.join(folder, n))]
        for name in folders + files:
            path = os.path.join(folder, name)
            if OTHERS.match(path):
                continue
            info = os.lstat(path)
            content = os.readlink(path) if stat.S_ISLNK(info.st_mode) else digest(path) if stat.S_ISREG(info.st_mode) else ""
            found[path] = (oct(info.st_mode), info.st_uid, info.st_gid, content)
    return found


def differences(before, after):
    return ["%s %s" % ("+" if path not in before else "-" if path not in after else "changed:", path)
            for path in sorted(set(before) | set(after)) if before.get(path) != after.get(path)]


def accounts():
    return {name: lab.run("getent", name).stdout for name in ("passwd", "group", "shadow", "gshadow")}


_before = {}


@lab.plain("before: ssh lets alice in by her password")
def before():
    # a network of its own, where port 22 is free
    with socket.socket() as s:
        fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS, IFF_UP | IFF_RUNNING
    prepare()
    lab.run("/usr/sbin/sshd", check_rc=0)
    by_password_alone()
    _before.update(files=listing(), accounts=accounts())
    check(len(_before["files"]) > 5000, "%d files" % len(_before["files"]))


@lab.plain("apt installs it, and no login changes")
def install():
    apt("install", package())
    equal(named(), [], "lines in pam.d")
    equal(pwd.getpwnam("_sms-otp").pw_shell, "/usr/sbin/nologin", "the shell of the sender's user")
    by_password_alone()


@lab.plain("settings with the outbox, an enrolment with its code, and check says that all is well")
def enrol():
    settings()
    enroll()
    by_password_alone()


@lab.plain("the profile guards ssh: password and code get in, a wrong code does not; check is content")
def guard():
    equal(lab.run("pam-auth-update", "--enable", "sms-otp").stdout, "", "what pam-auth-update says")
    equal([line.split() for line in named()], [["auth", "required", "pam_sms_otp.so", "only=sshd,sudo,sudo-i"]], "lines in pam.d")
    by_password_and_code()
    client, code = to_code()
    client.send("%06d" % ((int(code) + 1) % 10 ** 6))
    client.expect(lab.WRONG)
    client.send("")
    client.end()
    fine_but_for_the_outbox()


@lab.plain("an upgrade under an open session and under a login at its prompt: both go on")
def upgrade():
    session = ssh("echo READY; read -r line; echo BACK $line; exit 7")
    session.expect("Password: ")
    session.send(lab.PASSWORD)
    reference = session.expect(SENT).group(2)
    session.send(re.search(r"(\d{6}) is your code[^\n]*ref %s" % reference, lab.run(lab.CLI, "outbox").stdout).group(1))
    session.expect("READY")
    asked, code = to_code()
    apt("install", another("50.0"))
    check(version().startswith("50.0 "), version())
    asked.send(code)
    gets_in(asked)
    session.send("again")
    session.expect("BACK again")
    equal(session.status(), 7, "the session's status")
    equal(len(named()), 1, "lines in pam.d")
    by_password_and_code()


@lab.plain("settings that the old version takes and the new one would refuse stop the upgrade; the old one goes on working")
def stopped():
    # the new version's judge does not know a setting that the old one knows
    def forget(folder):
        with open(folder + "/DEBIAN/judge", "rb+") as f:
            program = f.read()
            check(b"\0hedge_after\0" in program, "the judge's table has no hedge_after")
            f.seek(0)
            f.write(program.replace(b"\0hedge_after\0", b"\0hedge_since\0"))
    newer = another("60.0", forget)
    with open("/etc/sms-otp/sms-otp.conf", "a") as f:
        f.write("hedge_after = 3;\n")
    by_password_and_code()
    done = lab.run("apt-get", "-q", "-y", "install", newer, timeout=200)
    check(done.returncode != 0, "it was upgraded under settings that it refuses")
    matches(r"sms-otp\.conf:4: .*hedge_after", done.stdout, "what is told of the fault")
    matches("mend them with 'sms-otp edit'", done.stdout, "what to do")
    equal(version(), "50.0 install ok installed", "what dpkg has")
    by_password_and_code()
    settings()
    apt("install", newer)
    equal(version(), "60.0 install ok installed", "what dpkg has, with good settings")
    by_password_and_code()


@lab.plain("removal under a line written by hand is refused and the guard stays on; without the line a login under way gets in, and the next needs no code")
def remove():
    with open("/etc/pam.d/su") as f:
        su = f.read()
    with open("/etc/pam.d/su", "w") as f:
        f.write("auth required pam_sms_otp.so\n" + su)
    for words in (("apt-get", "-q", "-y", "remove", NAME), ("dpkg", "--purge", NAME)):
        done = lab.run(*words)
        check(done.returncode != 0, "it was removed under a service that names it")
        matches("/etc/pam.d/su\n", done.stdout, "what is told")
        equal(len(named()), 2, "lines in pam.d")
        matches("installed$", version(), "what dpkg has")
        by_password_and_code()
    with open("/etc/pam.d/su", "w") as f:
        f.write(su)
    asked, code = to_code()
    apt("remove", NAME)
    asked.send(code)
    gets_in(asked)
    equal(named(), [], "lines in pam.d")
    by_password_alone()
    check(os.path.exists("/var/lib/sms-otp/users") and os.path.exists("/etc/sms-otp/sms-otp.conf"), "a removal is no purge: enrolments and settings stay")


@lab.plain("installed again it knows who is enrolled, and asks once the profile is chosen again")
def again():
    apt("install", package())
    by_password_alone()
    lab.run("pam-auth-update", "--enable", "sms-otp", check_rc=0)
    by_password_and_code()


@lab.plain("purge leaves no trace: files, users and groups are those of before; ssh works by password alone")
def purge():
    apt("purge", NAME)
    equal(differences(_before["files"], listing()), [], "files that are not as they were")
    equal(accounts(), _before["accounts"], "users and groups")
    equal(lab.processes("sms-otpd", "sms-otp-send"), [], "processes")
    by_password_alone()


lab.main(__doc__)
