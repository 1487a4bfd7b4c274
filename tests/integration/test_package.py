#!/usr/bin/python3
"""Goal: the source builds a Debian package that lintian does not fault, with everything in its place, and that installs, is
configured, works through a login, and is removed again."""

import glob
import os
import re

import lab
from lab import check, equal, matches

BUILD = "/tmp/package"
NAMES = ("libpam-sms-otp", "libpam-sms-otp-dbgsym")


def package(name=NAMES[0]):
    found = glob.glob("%s/%s_*.deb" % (BUILD, name))
    equal(len(found), 1, "packages named " + name)
    return found[0]


@lab.plain("dpkg-buildpackage")
def build():
    os.makedirs(BUILD)
    lab.run("sh", "-c", "mkdir {0}/tree && cd '{1}' && tar -c --exclude=./build --exclude=./.git --exclude=./autom4te.cache "
            "--exclude=__pycache__ --exclude=./m4 --exclude=./configure --exclude='*.in~' . | tar -x -C {0}/tree"
            .format(BUILD, lab.TOP), check_rc=0)
    # as an ordinary user, as a build daemon does
    lab.run("chown", "-R", "nobody", BUILD, check_rc=0)
    done = lab.run("runuser", "-u", "nobody", "--", "env", "HOME=/tmp", "sh", "-c",
                   "cd %s/tree && dpkg-buildpackage -us -uc -b" % BUILD, timeout=280)
    equal(done.returncode, 0, "it ended with:\n%s\nstatus" % "\n".join(done.stdout.splitlines()[-25:]))


@lab.plain("lintian finds no error and no warning")
def lint():
    # the maintainer has no address in public yet
    done = lab.run("lintian", "--allow-root", "--fail-on", "error,warning", "--suppress-tags",
                   "initial-upload-closes-no-bugs,bogus-mail-host,bogus-mail-host-in-debian-changelog", package(), timeout=200)
    equal(done.returncode, 0, done.stdout + "lintian's status")


@lab.plain("the package's list: module, programs, providers, man pages, units, examples, folders with their modes")
def contents():
    listed = {}
    for line in lab.run("dpkg-deb", "-c", package(), check_rc=0).stdout.splitlines():
        mode, owner, _, _, _, name = line.split(None, 5)
        listed[name.split(" -> ")[0][1:].rstrip("/")] = (mode, owner)
    architecture = lab.run("dpkg-architecture", "-qDEB_HOST_MULTIARCH").stdout.strip()
    wanted = {
        "/usr/lib/%s/security/pam_sms_otp.so" % architecture: "-rw-r--r--",
        "/usr/libexec/sms-otpd": "-rwxr-xr-x",
        "/usr/libexec/sms-otp-send": "-rwxr-xr-x",
        "/usr/sbin/sms-otp": "-rwxr-xr-x",
        "/usr/share/sms-otp/providers/dexatel.conf": "-rw-r--r--",
        "/usr/share/sms-otp/providers/twilio.conf": "-rw-r--r--",
        "/usr/share/doc/libpam-sms-otp/examples/sms-otp.conf": "-rw-r--r--",
        "/usr/share/doc/libpam-sms-otp/examples/pam.d/sshd": "-rw-r--r--",
        "/usr/share/doc/libpam-sms-otp/examples/fail2ban/filter.conf": "-rw-r--r--",
        "/usr/share/bash-completion/completions/sms-otp": "-rw-r--r--",
        "/usr/share/zsh/vendor-completions/_sms-otp": "-rw-r--r--",
        "/usr/share/fish/vendor_completions.d/sms-otp.fish": "-rw-r--r--",
        "/etc/sms-otp": "drwxr-xr-x",
        "/var/lib/sms-otp": "drwx------",
        "/var/lib/sms-otp/users": "drwx------",
        "/var/lib/sms-otp/state": "drwx------",
        "/var/lib/sms-otp/outbox": "drwx------",
    }
    for section, pages in ((8, "pam_sms_otp sms-otp sms-otpd sms-otp-send"), (5, "sms-otp.conf sms-otp-state sms-otp-provider")):
        for page in pages.split():
            wanted["/usr/share/man/man%d/%s.%d.gz" % (section, page, section)] = "-rw-r--r--"
    for name, mode in wanted.items():
        check(name in listed, "%s is not in the package, which has %s" % (name, sorted(listed)))
        equal(listed[name], (mode, "root/root"), name)
    check(any(re.search(r"/lib/systemd/system/sms-otpd\.socket$", n) for n in listed), "no socket unit")
    equal([n for n in listed if n.startswith(("/etc/pam.d", "/usr/share/pam-configs"))], [], "files that change logins")


@lab.plain("dpkg -i on a machine that never had it: user, folders, check, and a login")
def install():
    # the sandbox came with our files laid over it
    lab.run("sh", "-c", "rm -rf /var/lib/sms-otp /etc/sms-otp /usr/sbin/sms-otp /usr/libexec/sms-otp* /usr/share/sms-otp "
            "/usr/lib/*/security/pam_sms_otp.so", check_rc=0)
    done = lab.run("env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "-i", package())
    equal(done.returncode, 0, done.stdout + "dpkg's status")
    matches("_sms-otp.*nologin", lab.run("getent", "passwd", "_sms-otp").stdout, "the sender's user")
    said = lab.run(lab.CLI, "check")
    check(said.returncode != 0, "check was content without settings")
    matches(r"/etc/sms-otp/sms-otp\.conf", said.stdout, "what check says")
    lab.run("cp", "/usr/share/doc/libpam-sms-otp/examples/sms-otp.conf", lab.CONF + "/", check_rc=0)
    matches("CHANGE-ME", lab.run(lab.CLI, "check").stdout, "what check says of the sample")
    with lab.World(engine="one-shot") as world:
        ssh = world.ssh()
        ssh.send(ssh.to_code(1).code)
        ssh.gets_in()


@lab.plain("removal is refused while a pam.d file names the module, and purge leaves nothing")
def remove():
    refused = lab.run("dpkg", "--remove", NAMES[0])
    check(refused.returncode != 0, "it was removed under a guarded service")
    matches("/etc/pam.d/sshd", refused.stdout, "what dpkg says")
    lab.run("sh", "-c", "sed -i /pam_sms_otp/d /etc/pam.d/*", check_rc=0)
    lab.run("rm", "-f", lab.CONF + "/sms-otp.conf", check_rc=0)
    done = lab.run("dpkg", "--purge", NAMES[0])
    equal(done.returncode, 0, done.stdout + "dpkg's status")
    for path in ("/var/lib/sms-otp", "/etc/sms-otp", lab.CLI, "/usr/share/sms-otp"):
        check(not os.path.exists(path), "%s is still there" % path)


lab.enter(500)
lab.main(__doc__)
