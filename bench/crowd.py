"""Part d: 1, 10, 100 and 500 logins of as many users at once: seconds to the last prompt, errors, the engine's memory while all stand at the prompt, and how
long the locks of state are held; beside as many bare requests of a minimal program with libcurl, each from nothing, to the same provider. The real
sender; each host a process of its own, all let go at one moment. The bare program looks its certificates up by their hash, as our sender does: with the
bundle that libcurl reads by default it takes some three times as long, and would flatter us."""

import os
import re
import subprocess

import house
import lab
from house import SERVICE, House

BARE, OURS = "a minimal libcurl program", "pam_sms_otp, daemon"
LIMIT_RATIO, LIMIT_KIB, LIMIT_HELD_MS, LOCKS = 1.5, 2048, 50, "/dev/shm/locks"


def bare(world, count):
    """As many programs at once; ms until the last has its answer."""
    done = subprocess.run([house.program("launch"), house.program("post"), world.server.url(), house.Provider.KEY, "{\"data\":{\"to\":[\"49\"],\"text\":\"1\"}}"],
                          input="%d\n" % count, stdout=subprocess.PIPE, encoding="ascii", check=True, env=dict(os.environ, POST_STORE=house.Provider.STORE))
    begun, ended, failed = (int(word) for word in done.stdout.split()[:3])
    lab.equal(failed, 0, "bare requests that failed")
    return (ended - begun) / 1e6


def memory_kib(pids):
    """Proportional and private memory of processes."""
    pss = private = 0
    for pid in pids:
        with open("/proc/%d/smaps_rollup" % pid) as f:
            found = dict(re.findall(r"(?m)^(\w+): +(\d+) kB", f.read()))
        pss += int(found["Pss"])
        private += int(found["Private_Clean"]) + int(found["Private_Dirty"])
    return pss, private


class Crowd:
    """What came of so many logins at once."""

    def __init__(self, world, count):
        gate_out, gate_in = os.pipe()
        before = world.meter.used_ms()
        host = world.meter.start("crowd", ["/bin/sh", "-c", "exec 3<&%d; exec \"$0\" crowd %s" % (gate_out, SERVICE), house.program("host")],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="ascii", pass_fds=[gate_out])
        os.close(gate_out)
        host.stdin.write("".join("u%d 10.1.%d.%d @+49151%08d\n" % (n, n // 250, n % 250 + 1, n) for n in range(count)))
        host.stdin.close()
        begun = int(host.stdout.readline().split()[1])
        self.pss, self.private = memory_kib([pid for pid, _ in lab.processes("sms-otpd")])
        os.close(gate_in)
        logins = [house.Login(line) for line in host.stdout]
        host.wait(30)
        world.quiet()
        after = world.meter.used_ms()
        self.cpu = None if after is None else (after - before) / count
        self.errors = sum(login.rc != 0 for login in logins)
        self.codes = sorted({login.rc for login in logins if login.rc != 0})
        prompts = [(login.prompt_ns - begun) / 1e6 for login in logins if login.prompt_ns]
        self.last, self.prompts, self.standing = max(prompts, default=0), prompts, max(1, len(prompts))


def locks():
    """{file: [(waited, held) in ms]} of what locks.so noted; users' records are one."""
    found = {}
    try:
        with open(LOCKS) as f:
            lines = f.read().splitlines()
        os.remove(LOCKS)
    except FileNotFoundError:
        return found
    for name, waited, held in (line.split() for line in lines):
        found.setdefault("site" if name == "site" else "user", []).append((int(waited) / 1e6, int(held) / 1e6))
    return found


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))]


def show(world, count, crowds, bares):
    peer, _ = house.spread(bares)
    median, _ = house.spread([crowd.last for crowd in crowds])
    most = count == 500
    errors = sum(crowd.errors for crowd in crowds)
    figure = "d %d at once: " % count
    house.row(figure + "the last answer or prompt", BARE, bares, "ms")
    more = {}
    if most:
        more = dict(house.judged(median / peer, LIMIT_RATIO), limit="at most %.1f x, for all" % LIMIT_RATIO)
        more["reached"] = more["reached"] and not errors  # who is refused keeps nobody waiting
    house.row(figure + "the last answer or prompt", OURS, [crowd.last for crowd in crowds], "ms", peer=BARE, ratio=median / peer, **more)
    house.row(figure + "every prompt", OURS, [ms for crowd in crowds for ms in crowd.prompts], "ms")
    more = dict(house.judged(errors, 0), limit="none") if most else {}
    codes = sorted({code for crowd in crowds for code in crowd.codes})
    house.row(figure + "errors, of %d logins" % (count * len(crowds)), OURS, errors, "", note="PAM codes %s" % codes if codes else "", **more)
    each = [crowd.pss / crowd.standing for crowd in crowds]
    more = dict(house.judged(house.spread(each)[0], LIMIT_KIB), limit="under %d KiB" % LIMIT_KIB) if most else {}
    house.row(figure + "engine's memory for each that waits (PSS)", OURS, each, "KiB", **more)
    house.row(figure + "engine's memory for each that waits (private)", OURS, [crowd.private / crowd.standing for crowd in crowds], "KiB")
    if crowds[0].cpu is not None:
        house.row(figure + "CPU of all processes for each", OURS, [crowd.cpu for crowd in crowds], "ms")
    for name, seen in sorted(locks().items()):
        held, waited = [pair[1] for pair in seen], [pair[0] for pair in seen]
        high = percentile(held, 0.99)
        more = dict(house.judged(high, LIMIT_HELD_MS), limit="99 %%: at most %d ms" % LIMIT_HELD_MS) if most and name == "site" else {}
        house.row(figure + "lock of %s held" % name, OURS, held, "ms", note="99 %%: %.1f ms, longest %.1f ms" % (high, max(held)), **more)
        house.row(figure + "lock of %s waited for" % name, OURS, waited, "ms", note="99 %%: %.1f ms, longest %.1f ms" % (percentile(waited, 0.99), max(waited)))


def work():
    house.name_service()
    with House(storage=house.DISK + "/bench-state", preload=house.program("locks.so")) as world:
        house.populate(0, 500)
        world.sender("real")
        for count, rounds in ((1, 10), (10, 8), (100, 5), (500, 5)):
            crowds, bares = [], []
            locks()
            for n in range(house.quick(rounds, 2) + 1):
                taken = bare(world, count), Crowd(world, count)
                if n == 0:
                    locks()  # the first is for warming up
                    continue
                bares.append(taken[0])
                crowds.append(taken[1])
            show(world, count, crowds, bares)
        refused = world.syslog.grep("login verdict=deny")
        for reason in sorted({re.search(r"reason=\S+", line).group(0) for line in refused}):
            some = [line for line in refused if reason in line]
            house.note("%d x %s, such as: %s" % (len(some), reason, some[0]))


if __name__ == "__main__":
    house.main(work)
