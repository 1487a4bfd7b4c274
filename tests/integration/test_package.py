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
    done = lab.run("runuser", "-u", "nobody", "--", "env", "HOME=/tmp", "DEB_BUILD_OPTIONS=nocheck", "sh", "-c",
                   "cd %s/tree && dpkg-buildpackage -us -uc -b" % BUILD, timeout=280)
    equal(done.returncode, 0, "it ended with:\n%s\nstatus" % "\n".join(done.stdout.splitlines()[-25:]))


@lab.plain("lintian finds no error and no warning")
def lint():
    # the maintainer has no address in public yet
    done = lab.run("lintian", "--allow-root", "--fail-on", "error,warning", "--suppress-tags",
                   "initial-upload-closes-no-bugs,bogus-mail-host,bogus-mail-host-in-debian-changelog", package(), timeout=200)
    equal(done.returncode, 0, done.stdout + "lintian's status")


@lab.plain("autopkgtest: real logins through the installed package")
def installed_tests():
    # the sandbox is the testbed, and nobody uses it again but the tests below, which begin anew
    done = lab.run("autopkgtest", "--ignore-restrictions=breaks-testbed", "-B", "--no-built-binaries", package(), BUILD + "/tree/", "--",
                   "null", timeout=400)
    lab.run("rm", "-f", "/dev/log")
    equal(done.returncode, 0, "it ended with:\n%s\nstatus" % "\n".join(done.stdout.splitlines()[-60:]))
    matches(r"(?m)^logins +PASS$", done.stdout, "what autopkgtest says")
    results = re.findall(r"(?m)^(ok|not ok) \d+", done.stdout)
    check(len(results) > 40 and "not ok" not in results, "%d results" % len(results))


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
        "/usr/share/locale/de/LC_MESSAGES/sms-otp.mo": "-rw-r--r--",
        "/usr/share/locale/fr/LC_MESSAGES/sms-otp.mo": "-rw-r--r--",
        "/usr/share/locale/es/LC_MESSAGES/sms-otp.mo": "-rw-r--r--",
        "/usr/share/locale/pt/LC_MESSAGES/sms-otp.mo": "-rw-r--r--",
        "/usr/share/doc/libpam-sms-otp/examples/pam.d/sshd": "-rw-r--r--",
        "/usr/share/doc/libpam-sms-otp/examples/fail2ban/filter.conf": "-rw-r--r--",
        "/usr/share/bash-completion/completions/sms-otp": "-rw-r--r--",
        "/usr/share/zsh/vendor-completions/_sms-otp": "-rw-r--r--",
        "/usr/share/fish/vendor_completions.d/sms-otp.fish": "-rw-r--r--",
        "/usr/lib/sysusers.d/sms-otp.conf": "-rw-r--r--",
        "/usr/lib/tmpfiles.d/sms-otp.conf": "-rw-r--r--",
        "/etc/apparmor.d/sms-otpd": "-rw-r--r--",
        "/etc/apparmor.d/abstractions/sms-otp-send": "-rw-r--r--",
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
    check(any(re.search(r"/lib/systemd/system/sms-otp-rollout\.service$", n) for n in listed), "no unit for rollouts")
    equal([n for n in listed if n.startswith("/etc/pam.d")], [], "files that change logins")
    equal([n for n in listed if n.startswith("/usr/share/pam-configs/")], ["/usr/share/pam-configs/sms-otp"], "profiles")


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


def repacked(version):
    """The package once more, as another version."""
    folder = "%s/repacked-%s" % (BUILD, version)
    lab.run("dpkg-deb", "-R", package(), folder, check_rc=0)
    lab.run("sed", "-i", "s/^Version: .*/Version: %s/" % version, folder + "/DEBIAN/control", check_rc=0)
    lab.run("dpkg-deb", "--root-owner-group", "-b", folder, folder + ".deb", check_rc=0)
    return folder + ".deb"


def common_auth():
    with open("/etc/pam.d/common-auth") as f:
        return [line.split() for line in f if "pam_sms_otp" in line]


@lab.plain("an upgrade is stopped while the settings have a fault that the new version would refuse, and the old one stays")
def upgrade():
    newer = repacked("99.0")
    lab.run("cp", lab.CONF + "/sms-otp.conf", "/tmp/sms-otp.conf", check_rc=0)
    with open(lab.CONF + "/sms-otp.conf", "a") as f:
        f.write("retired = true;\n")
    done = lab.run("dpkg", "-i", newer)
    check(done.returncode != 0, "it was upgraded under settings that it refuses")
    matches(r"sms-otp\.conf:\d+: retired", done.stdout, "what is told of the fault")
    matches("mend them with 'sms-otp edit'", done.stdout, "what to do")
    version = lab.run("dpkg-query", "-f", "${Version} ${Status}", "-W", NAMES[0]).stdout
    check(not version.startswith("99.0") and version.endswith("install ok installed"), "dpkg has %r" % version)
    lab.run("cp", "/tmp/sms-otp.conf", lab.CONF + "/", check_rc=0)
    done = lab.run("env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "-i", newer)
    equal(done.returncode, 0, done.stdout + "dpkg's status with good settings")
    with lab.World(engine="one-shot") as world:
        ssh = world.ssh()
        sms = ssh.to_code(1)
        # under an open login
        done = lab.run("env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "-i", package())
        equal(done.returncode, 0, done.stdout + "dpkg's status of a downgrade")
        ssh.send(sms.code)
        ssh.gets_in()


@lab.plain("the profile is off until chosen; chosen, it guards sshd and not login; a refused removal leaves it on; --disable takes it away")
def profile():
    equal(common_auth(), [], "our lines in common-auth after the installation")
    lab.run("sh", "-c", "sed -i /pam_sms_otp/d /etc/pam.d/sshd", check_rc=0)
    done = lab.run("env", "DEBIAN_FRONTEND=noninteractive", "pam-auth-update", "--enable", "sms-otp")
    equal(done.returncode, 0, done.stdout + "pam-auth-update's status")
    equal(common_auth(), [["auth", "required", "pam_sms_otp.so", "only=sshd,sudo,sudo-i"]], "our lines in common-auth")
    with lab.World(engine="one-shot", services=()) as world:
        world.pam("sshd", text="@include common-auth\n@include common-account\n@include common-session\n")
        ssh = world.ssh()
        sms = ssh.to_code(1)
        ssh.send(sms.wrong())
        ssh.expect(lab.WRONG)
        ssh.send(sms.code)
        ssh.gets_in()
        ssh = world.ssh()
        ssh.password("wrong")
        ssh.is_refused()
        equal(len(world.sms()), 1, "messages: none for a wrong password")
        world.pam("su", text="@include common-auth\n@include common-account\n@include common-session\n")
        su = lab.Terminal("runuser", ["-u", "bob", "--", "su", "alice", "-c", "echo IN AS $(id -un)"])
        su.expect("Password: ")
        su.send(lab.PASSWORD)
        su.expect("IN AS alice")
        su.end()
        equal(len(world.sms()), 1, "messages: su is not among the profile's services")
        world.pam("su", text="auth required pam_sms_otp.so\n@include common-account\n")
        refused = lab.run("dpkg", "--remove", NAMES[0])
        check(refused.returncode != 0, "it was removed under a guarded service")
        equal(len(common_auth()), 1, "our lines in common-auth after a refused removal")
        world.pam("su", text="@include common-auth\n@include common-account\n@include common-session\n")
    lab.run("env", "DEBIAN_FRONTEND=noninteractive", "pam-auth-update", "--disable", "sms-otp", check_rc=0)
    equal(common_auth(), [], "our lines in common-auth after --disable")
    lab.run("env", "DEBIAN_FRONTEND=noninteractive", "pam-auth-update", "--enable", "sms-otp", check_rc=0)
    equal(len(common_auth()), 1, "our lines in common-auth, for the removal below")
    with lab.World(engine="one-shot") as world:  # puts sshd's own line back
        pass


@lab.plain("removal is refused while a pam.d file names the module, and purge leaves nothing")
def remove():
    refused = lab.run("dpkg", "--remove", NAMES[0])
    check(refused.returncode != 0, "it was removed under a guarded service")
    matches("/etc/pam.d/sshd", refused.stdout, "what dpkg says")
    equal(len(common_auth()), 1, "our lines in common-auth after a refused removal")
    # not common-auth: its line is the profile's, which goes with the package
    lab.run("sh", "-c", "sed -i /pam_sms_otp/d $(ls /etc/pam.d/* | grep -v common-auth)", check_rc=0)
    done = lab.run("dpkg", "--purge", NAMES[0])
    equal(done.returncode, 0, done.stdout + "dpkg's status")
    for path in ("/var/lib/sms-otp", "/etc/sms-otp", lab.CLI, "/usr/share/sms-otp"):
        check(not os.path.exists(path), "%s is still there" % path)
    equal(lab.run("getent", "passwd", "_sms-otp").stdout, "", "the sender's user")
    equal(common_auth(), [], "our lines in common-auth")
    equal(glob.glob("/var/lib/dpkg/info/%s*" % NAMES[0]), [], "what dpkg still has of it")
    with open("/etc/pam.d/sshd", "w") as f:
        f.write("@include common-auth\n@include common-account\n@include common-session\n")
    with lab.World(engine="one-shot", services=(), enrolled=()) as world:
        ssh = world.ssh()
        ssh.password()
        ssh.gets_in()


lab.enter(500)
lab.main(__doc__)
