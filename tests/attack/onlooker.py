"""onlooker: what an engine for one login, and each sender, has of the program that started it (D7).

Owns: looking at them by /proc while they live, and what each must be like.
MUST: look only at what is already the program: between clone and exec it is still the host.
Never: stops or changes one.
"""

import ctypes
import os
import re
import resource
import threading
import time

LIBC = ctypes.CDLL(None, use_errno=True)
IOPRIO_GET = 252  # x86_64
USUAL_SLACK_NS = 50000
# the engine ignores SIGXFSZ, the sender and libraries may ignore SIGPIPE
MAY_IGNORE = 1 << 24 | 1 << 12


def read(pid, name):
    with open("/proc/%d/%s" % (pid, name), "rb") as f:
        return f.read()


def field(status, name):
    return re.search(rb"(?m)^%s:[ \t]*(.*)$" % name, status).group(1).split()


def looks(pid, engine):
    """(what, seen, wanted) of one process."""
    status = read(pid, "status")
    yield "environment", read(pid, "environ"), b""
    yield "folder", os.readlink("/proc/%d/cwd" % pid), "/"
    yield "umask", field(status, b"Umask"), [b"0077"]
    yield "ignored signals", int(field(status, b"SigIgn")[0], 16) & ~MAY_IGNORE, 0
    yield "session", os.getsid(pid), pid
    yield "niceness", os.getpriority(os.PRIO_PROCESS, pid), 0
    yield "policy", os.sched_getscheduler(pid), os.SCHED_OTHER
    yield "processors", os.sched_getaffinity(pid), os.sched_getaffinity(0)
    yield "core", resource.prlimit(pid, resource.RLIMIT_CORE), (0, 0)
    if os.uname().machine == "x86_64":
        yield "disk priority", LIBC.syscall(ctypes.c_long(IOPRIO_GET), 1, pid), LIBC.syscall(ctypes.c_long(IOPRIO_GET), 1, 0)
    yield "timer slack", int(read(pid, "timerslack_ns")), USUAL_SLACK_NS
    if engine:
        yield "ids", (field(status, b"Uid"), field(status, b"Gid"), field(status, b"Groups")), ([b"0"] * 4, [b"0"] * 4, [])
        # where not even root may raise a limit, an engine is started only with enough of it (src/base/rlimit.c)
        for name, least in (("FSIZE", 1 << 30), ("AS", 1 << 29), ("DATA", 1 << 28), ("CPU", 600), ("NPROC", 64), ("NOFILE", 64)):
            have = resource.prlimit(pid, getattr(resource, "RLIMIT_" + name))[0]
            yield name, have if have != resource.RLIM_INFINITY and have < least else "enough", "enough"
    else:
        # the engine holds all of them back for a moment, where it starts a sender
        yield "blocked signals", int(field(status, b"SigBlk")[0], 16), 0


class Onlooker:
    """Collects what is not as it must be, again and again."""

    def __init__(self, daemon):
        self.daemon, self.seen, self.wrong, self.on = daemon, set(), set(), True
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.on = False
        self.thread.join()

    def _look(self, pid):
        comm = read(pid, "comm").strip()
        if comm not in (b"sms-otpd", b"sms-otp-send") or pid == self.daemon:
            return
        parent = int(read(pid, "stat").rsplit(b")", 1)[1].split()[1])
        if parent == self.daemon or read(parent, "comm").strip() == comm == b"sms-otpd":
            return  # the daemon's child by fork, or not yet the sender
        found = [(what, seen, wanted) for what, seen, wanted in looks(pid, comm == b"sms-otpd") if seen != wanted]
        self.wrong |= {(comm.decode(), what, repr(seen)) for what, seen, _ in found}
        self.seen.add(pid)

    def _watch(self):
        while self.on:
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    self._look(int(pid))
                except (OSError, AttributeError, IndexError):
                    pass  # it has ended
            time.sleep(0.02)
