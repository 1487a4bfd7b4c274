"""installed: what the tests of the installed package share: apt, packages of another version, alice's logins by ssh.

Owns: the settings and the drop-in of sshd that an administrator would write.
MUST: use the files of pam.d as Debian and the package made them.
Never: lays anything of the source tree over the system.
"""

import glob
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "integration"))
import lab  # noqa: E402
from lab import check, equal, matches  # noqa: E402

DEBS = os.path.join(lab.TOP, "debs")
NAME = "libpam-sms-otp"
NUMBER = "+4915112345612"
KNOWN = "/tmp/known_hosts"
DROP_IN = "/etc/ssh/sshd_config.d/sms-otp.conf"
# of who has recovery codes
SENT = lab.SENT.replace("Code, or r to resend: ", "Code, r to resend, or b for a recovery code: ")
SETTINGS = """routes   = [ "outbox" ];
numbers  = { prefixes = [ "+49" ]; };
services = [ "sshd", "sudo", "sudo-i" ];
"""
os.environ["DEBIAN_FRONTEND"] = "noninteractive"


# --- the machine ------------------------------------------------------------------------------------------------------------

def prepare():
    """alice, who is an administrator, and sshd as the README wants it."""
    lab.run("useradd", "-m", "-s", "/bin/bash", "-G", "sudo", "alice", check_rc=0)
    lab.run("chpasswd", "-c", "SHA512", text="alice:%s\n" % lab.PASSWORD, check_rc=0)
    with open(DROP_IN, "w") as f:
        f.write("ListenAddress 127.0.0.1\nKbdInteractiveAuthentication yes\nPasswordAuthentication no\n"
                "AuthenticationMethods keyboard-interactive:pam\nUseDNS no\n")
    os.makedirs("/run/sshd", 0o755, exist_ok=True)
    # since 9.8 sshd shuts out an address that failed
    if not lab.run("/usr/sbin/sshd", "-t", "-o", "PerSourcePenalties=no").returncode:
        with open(DROP_IN, "a") as f:
            f.write("PerSourcePenalties no\n")
    with open("/etc/ssh/ssh_host_ed25519_key.pub") as f, open(KNOWN, "w") as known:
        known.write("127.0.0.1 " + f.read())


# --- packages ---------------------------------------------------------------------------------------------------------------

def package():
    found = glob.glob("%s/%s_*.deb" % (DEBS, NAME))
    equal(len(found), 1, "packages")
    return found[0]


def another(version, change=None):
    """The package once more as another version."""
    folder = "/tmp/%s" % version
    lab.run("dpkg-deb", "-R", package(), folder, check_rc=0)
    lab.run("sed", "-i", "s/^Version: .*/Version: %s/" % version, folder + "/DEBIAN/control", check_rc=0)
    if change:
        change(folder)
    lab.run("dpkg-deb", "--root-owner-group", "-Znone", "-b", folder, folder + ".deb", check_rc=0)
    return folder + ".deb"


def apt(*words):
    done = lab.run("apt-get", "-q", "-y", "--no-install-recommends", *words, timeout=200)
    equal(done.returncode, 0, done.stdout + "the status of apt-get " + " ".join(words))
    return done.stdout


def version():
    return lab.run("dpkg-query", "-f", "${Version} ${Status}", "-W", NAME).stdout


def settings(more=""):
    with open("/etc/sms-otp/sms-otp.conf", "w") as f:
        f.write(SETTINGS + more)


def enroll():
    """By the code, as an administrator does with the user beside him."""
    terminal = lab.Terminal(lab.CLI, ["enroll", "alice", NUMBER])
    terminal.expect(r"[Cc]ode")
    terminal.expect(r": $")
    codes = re.findall(r"\b(\d{6})\b", lab.run(lab.CLI, "outbox").stdout)
    equal(len(codes), 1, "codes in the outbox")
    terminal.send(codes[0])
    equal(terminal.status(), 0, "enroll said %r; its status" % terminal.seen())
    # as check wants it of an administrator
    lab.run(lab.CLI, "recovery-codes", "alice", check_rc=0)


def fine_but_for_the_outbox():
    """check has one thing to say: that the outbox is no phone."""
    said = lab.run(lab.CLI, "check").stdout
    lab._note(said)
    looks = re.findall(r"(?m)^ *(?!ok )([A-Z]{2,}) +(\S+) +(.*)$", said)
    equal([(kind, about) for kind, about, _ in looks], [("LOOK", "routes")], "what check finds")
    matches("outbox WRITES CODES TO A FILE", looks[0][2], "what it says of the routes")
    matches(r"(?m)^0 in trouble, 1 to look at\.$", said, "its last line")


# --- logins -----------------------------------------------------------------------------------------------------------------

def ssh(command="echo LOGGED-IN-AS $(id -un)"):
    return lab.Terminal("ssh", ["-F", "/dev/null", "-tt", "-o", "UserKnownHostsFile=" + KNOWN, "-o", "NumberOfPasswordPrompts=1",
                                "-o", "PreferredAuthentications=keyboard-interactive", "alice@127.0.0.1", command], timeout=40)


def with_password():
    client = ssh()
    client.expect("Password: ")
    client.send(lab.PASSWORD)
    return client


def gets_in(client):
    client.expect("LOGGED-IN-AS alice\r")
    equal(client.status(), 0, "ssh's status")


def by_password_alone():
    client = with_password()
    gets_in(client)
    check("Code" not in client.seen(), "it was asked for a code: %r" % client.seen())


def to_code():
    """A login at its code prompt, and its code."""
    client = with_password()
    reference = client.expect(SENT).group(2)
    said = lab.run(lab.CLI, "outbox").stdout
    codes = re.findall(r"(\d{6}) is your code for sshd on \S+ \(user alice, ref %s\)" % reference, said)
    equal(len(codes), 1, "codes with ref %s in the outbox, which has %r" % (reference, said))
    return client, codes[0]


def by_password_and_code():
    client, code = to_code()
    client.send(code)
    gets_in(client)


def named():
    """Lines of pam.d with our module in them."""
    return lab.run("grep", "-rhE", "^[^#]*pam_sms_otp", "/etc/pam.d").stdout.splitlines()
