"""world: the sandbox's side of these tests: the heap in every program, a stack, an enrolled user, a provider.

Owns: what has to be there before a login is made to fail.
Never: judges; that is done by the programs in C, login by login."""

import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import lab  # noqa: E402

BUILD = os.environ.get("TOP_BUILDDIR", "")
CONFDIR = "/tmp/fault-pam.d"
HEAP = "/usr/lib/sms-otp-heap.so"
HOST = "/tmp/login_host"


class World(lab.World):
    """No sshd: the host is login_host. `ignore` goes on to success, so that it would be seen."""

    def __init__(self, deadline='"5s"', **more):
        super().__init__(engine="none", sshd=False, services=(), code="{ digits = 10; }", deadline=deadline, **more)

    def __enter__(self):
        super().__enter__()
        os.makedirs(CONFDIR, exist_ok=True)
        with open(CONFDIR + "/sshd", "w") as f:
            f.write("auth [success=done ignore=ignore default=die] pam_sms_otp.so\nauth required pam_permit.so\n")
        for name, to in (("tests/fault/.libs/heap.so", HEAP), ("tests/fault/login_host", HOST)):
            lab.run("install", "-m", "0755", os.path.join(BUILD, name), to, check_rc=0)
        with open("/etc/ld.so.preload", "w") as f:
            f.write(HEAP + "\n")
        return self

    def __exit__(self, *why):
        os.remove("/etc/ld.so.preload")
        super().__exit__(*why)

    def messages(self):
        return self.provider.FOLDER + "/requests.jsonl" if self.provider else lab.STATE + "/outbox/messages"


def program(name, *arguments):
    """Run one of the programs, show what it prints as it comes; its status. It has limits of its own, and the sandbox has one."""
    with subprocess.Popen([os.path.join(BUILD, "tests/fault", name), *map(str, arguments)], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", stdin=subprocess.DEVNULL) as process:
        for line in process.stdout:
            print("# " + line.rstrip().removeprefix("# "), flush=True)
    return process.returncode
