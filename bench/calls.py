"""Part g: what one login asks of the kernel and of the disk, counted by strace over all processes that have a part in it: system calls, programs started,
and fsync or fdatasync. The state is on the machine's disk, the user has logged in before, the sender is the stand-in, and its calls are counted
as well. A host's own are not: counted is what lies between two marks that it makes."""

import os
import re
import subprocess

import house
import lab
import login
from house import House

LIMIT_SYNCS = 4
SYNCS = ("fsync", "fdatasync", "sync_file_range", "syncfs", "msync")


class Trace:
    """What strace saw of one login: its host's part from mark to mark, all of the engine's."""

    def __init__(self, world, way):
        host, engine = "/tmp/trace-host", "/tmp/trace-engine"
        tracer = subprocess.Popen([house.tool("strace"), "-f", "-qq", "-o", engine, "-p", str(world.engine.pid)], stdin=subprocess.DEVNULL)
        lab.wait_for("strace", lambda: traced(world.engine.pid))
        done = subprocess.run([house.tool("strace"), "-f", "-qq", "-o", host, house.program("host"), "mark", way.service],
                              input="alice 192.0.2.7 %s\n" % way.answer(), stdout=subprocess.PIPE, encoding="ascii")
        lab.equal(done.stdout.split()[:1], ["0"], "PAM's code of %s under strace" % way.name)
        world.quiet()
        tracer.terminate()
        tracer.wait(10)
        self.calls = between_marks(read(host)) + read(engine)

    def count(self, names=None):
        return sum(names is None or name in names for name in self.calls)


def traced(pid):
    with open("/proc/%d/status" % pid) as f:
        return not re.search(r"(?m)^TracerPid:\t0$", f.read())


def read(path):
    """The names of the calls, in order; a mark stands as its text."""
    found = []
    with open(path, errors="replace") as f:
        for line in f:
            match = re.match(r"\d+ +(\w+)\(", line)
            if match:
                mark = re.search(r'write\(-1, "(begin|end)"', line)
                found.append(mark.group(1) if mark else match.group(1))
    os.remove(path)
    return found


def between_marks(calls):
    return calls[calls.index("begin") + 1:calls.index("end")]


def work():
    with House(storage=house.DISK + "/bench-state") as world:
        login.furnish_peers(house.DISK + "/bench-peers")
        world.sender("stand-in")
        ways = [way for way in login.ways() if way.sender != "real"]
        for way in ways:
            traces = []
            for _ in range(house.quick(4, 2)):
                if way.daemon:
                    traces.append(Trace(world, way))
                else:
                    with world.one_shot():
                        traces.append(Trace(world, way))
            traces = traces[1:]  # the first is another: a place that was not known
            house.row("g system calls of one login", way.name, [trace.count() for trace in traces], "")
            house.row("g programs started by one login", way.name, [trace.count(("execve",)) for trace in traces], "")
            syncs = [trace.count(SYNCS) for trace in traces]
            more = dict(house.judged(max(syncs), LIMIT_SYNCS), limit="at most %d" % LIMIT_SYNCS) if way.service == house.SERVICE else {}
            house.row("g syncs to the disk of one login", way.name, syncs, "", **more)


if __name__ == "__main__":
    house.main(work)
