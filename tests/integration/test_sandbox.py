#!/usr/bin/python3
"""Goal: the sandbox lets nothing out: no file, no process, no mount, no folder, also when it is killed; and its own /dev,
network and processes work."""

import os
import subprocess
import tempfile
import time

import lab
from lab import check, equal

SANDBOX = os.path.join(lab.HERE, "sandbox")


def sandbox(*command, options=(), timeout=30):
    return subprocess.run([SANDBOX, *options, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, encoding="utf-8", timeout=timeout)


def mounts():
    with open("/proc/self/mounts") as f:
        return f.read()


def running(word):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/cmdline" % pid, "rb") as f:
                if word.encode() in f.read():
                    found.append(pid)
        except OSError:
            pass
    return found


@lab.plain("users, files and host name change inside and not outside")
def changes():
    before = mounts(), os.listdir("/"), os.listdir("/tmp"), os.uname().nodename
    done = sandbox("sh", "-c", "useradd -m tempo && echo x >>/etc/pam.d/su && touch /usr/lib/x /var/x /x /tmp/x && hostname && id -u")
    equal((done.stdout, done.returncode), ("web01\n0\n", 0), "what the sandbox said")
    equal((mounts(), os.listdir("/"), os.uname().nodename), (before[0], before[1], before[3]), "mounts, root folder and name after it")
    for path in ("/home/tempo", "/usr/lib/x", "/var/x", "/x", "/tmp/x"):
        check(not os.path.lexists(path), "%s came out" % path)


@lab.plain("with --disk one folder of the machine can be written, at /disk, and no other")
def disk():
    with tempfile.TemporaryDirectory() as folder:
        done = sandbox("sh", "-c", "echo in >/disk/f && echo x >/tmp/disk-trial && stat -f -c %i /disk", options=("--disk", folder))
        equal(done.stdout.split(), lab.run("stat", "-f", "-c", "%i", folder).stdout.split(), "the file system of /disk")
        with open(folder + "/f") as f:
            equal(f.read(), "in\n", "what was written there")
    check(not os.path.lexists("/tmp/disk-trial"), "another file came out")
    equal(sandbox("ls", "/disk").returncode, 2, "ls /disk without it")


@lab.plain("the status of the command is the sandbox's, and its children die with it")
def status():
    word = "sandbox-orphan-%d" % os.getpid()
    done = sandbox("sh", "-c", "setsid sh -c 'exec -a %s sleep 60' & exit 7" % word)
    equal(done.returncode, 7, "status")
    lab.wait_for("the orphan's end", lambda: not running(word), 3)


@lab.plain("it ends after its time, with all that runs in it")
def bounded():
    word = "7.%d" % os.getpid()
    start = time.monotonic()
    equal(sandbox("sleep", word, options=("--seconds", "1")).returncode, 137, "status")
    check(time.monotonic() - start < 5, "it took too long")
    lab.wait_for("the end of the sleeper", lambda: not running("sleep\0" + word), 3)


@lab.plain("loopback is up, nothing else is there, a terminal and a syslog socket can be made")
def devices():
    done = sandbox("/usr/bin/python3", "-c", "import os, pty, socket\n"
                   "s = socket.create_server(('127.0.0.1', 1)); socket.create_connection(('localhost', 1)).close()\n"
                   "print(len(socket.if_nameindex()) - sum(n in ('tunl0', 'sit0', 'gre0', 'gretap0', 'erspan0', 'ip6tnl0', 'ip_vti0',"
                   " 'ip6_vti0', 'ip6gre0') for _, n in socket.if_nameindex()))\n"
                   "print(os.ttyname(pty.openpty()[1])); socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).bind('/dev/log')")
    equal(done.stdout, "1\n/dev/pts/0\n", "interfaces and terminal")


lab.main(__doc__)
