"""Part e: 10, 10,000 and 1,000,000 enrolled users: what one login costs, what the commands that look at all of them do, and the size on disk. The name
service costs the same whoever is asked for (programs/nss.c), so that what grows is ours. The sender is the stand-in."""

import os
import random
import shutil
import signal
import subprocess
import time

import house
import lab
from house import SERVICE, House, Hosts

LIMIT, SAME, OLD = 1.1, 10, "a login, one of ten who come again"
FOLDERS = ("users", "state", "outbox")
COMMANDS = {"list": ("list",), "check": ("check", "--offline"), "enroll, one more": ("enroll", "alice", house.NUMBER, "--unverified"),
            "show, one user": ("show", "u3"), "stats": ("stats",)}
COMMAND_SECONDS, SAMPLE = 100, 2000


def own_disk(storage):
    """A file of the disk as a file system of its own, which goes at once with all that is in it: to remove two million files takes longer than all the
    rest. Where nobody may mount a file, the folder itself."""
    image = house.DISK + "/many.img"
    os.makedirs(storage, exist_ok=True)
    ready = ("cd /dev && mknod loop-control c 10 237; for n in $(seq 0 31); do mknod loop$n b 7 $n; done; "
             "truncate -s 24G %s && mkfs.ext4 -q -m 0 -N 2500000 %s && mount -o loop %s %s" % (image, image, image, storage))
    mounted = not lab.run("sh", "-c", ready, timeout=300).returncode
    if not mounted:
        house.note("no file can be mounted here: the million lies in the folder itself")
        shutil.rmtree(storage, ignore_errors=True)
    return mounted


class Site:
    """Folders of some size beside the ones that count; only() puts them there. A rename moves no file."""

    def __init__(self, count):
        self.count, self.away = count, {name: "%s/%s.%d" % (lab.STATE, name, count) for name in FOLDERS}

    def only(self, do):
        for name, path in self.away.items():
            os.rename(path, "%s/%s" % (lab.STATE, name))
        try:
            return do()
        finally:
            for name, path in self.away.items():
                os.rename("%s/%s" % (lab.STATE, name), path)


def found(count):
    """A site with so many users, as a House's settings want it."""
    for name in FOLDERS:
        os.makedirs("%s/%s" % (lab.STATE, name), 0o700)
    lab.run(lab.CLI, "enroll", "u0", "+4915100000000", "--unverified", check_rc=0)  # founds the site: its key and its record
    begun = time.monotonic()
    house.populate(1, count)
    lab.run("sync", "-f", lab.STATE)
    house.note("%d users in %.0f s" % (count, time.monotonic() - begun))
    site = Site(count)
    for name, path in site.away.items():
        os.rename("%s/%s" % (lab.STATE, name), path)
    return site


def log_in(world, hosts, n):
    login = hosts.login("u%d" % n, "@+49151%08d" % n, "10.1.%d.%d" % (n // 250 % 250, n % 250 + 1))
    world.quiet()
    return login


def logins(world, sites, rounds):
    """Turn by turn; wall time of logins by ten who come again, CPU of each, and wall of those who come for the first time."""
    hosts = Hosts("fresh", SERVICE, world.meter)
    again, cpu, first = ({site.count: [] for site in sites} for _ in range(3))
    never = {site.count: random.sample(range(SAME, site.count), min(rounds, site.count - SAME)) for site in sites if site.count > SAME}

    def one(site, n):
        if never.get(site.count):
            first[site.count].append(log_in(world, hosts, never[site.count].pop()).wall)
        before = world.meter.used_ms()
        wall = log_in(world, hosts, n % SAME).wall
        time.sleep(0.001)
        if n >= SAME:
            again[site.count].append(wall)
            cpu[site.count].append(None if before is None else world.meter.used_ms() - before)
    for n in range(SAME + rounds):
        for site in sites[n % len(sites):] + sites[:n % len(sites)]:
            site.only(lambda: one(site, n))
    hosts.end()
    return again, cpu, first


def command(words):
    """ms, and what was used, of one command; None when it took too long."""
    child = subprocess.Popen([house.program("launch"), lab.CLI, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                             encoding="ascii", start_new_session=True)
    try:
        said, _ = child.communicate("1\n", COMMAND_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
        return None
    begun, ended, _, resident, cpu = (int(word) for word in said.split())
    return (ended - begun) / 1e6, "%.0f MiB, %.2f s of CPU" % (resident / 1024, cpu / 1000)


def kib_on_disk(site):
    """The blocks of the folders, and of the files by a sample of each: to ask for a million takes minutes."""
    def size():
        blocks = 0
        for name in ("users", "state"):
            folder = "%s/%s" % (lab.STATE, name)
            names = os.listdir(folder)
            some = random.sample(names, min(SAMPLE, len(names)))
            blocks += os.stat(folder).st_blocks + sum(os.stat("%s/%s" % (folder, one)).st_blocks for one in some) / len(some) * len(names)
        return blocks / 2
    return site.only(size)


def ask(site, rounds):
    for name, words in COMMANDS.items():
        def run(again):
            if words[0] == "enroll" and again:
                lab.run(lab.CLI, "forget", "alice", "--yes")
            return command(words)
        taken = [site.only(lambda: run(n)) for n in range(rounds if site.count <= 10000 else 1)]
        figure = "e `%s` with %d users" % (name, site.count)
        if None in taken:
            house.row(figure, "sms-otp", COMMAND_SECONDS * 1000, "ms", note="longer than that: ended by the bench")
        else:
            house.row(figure, "sms-otp", [ms for ms, _ in taken], "ms", note=taken[-1][1])


def show(sites, taken, unit, figure, limit=None):
    few = house.spread(taken[sites[0].count])[0] if taken[sites[0].count] else None
    for site in sites:
        values = taken[site.count]
        if not values or None in values:
            continue
        median, _ = house.spread(values)
        more = {} if site is sites[0] or not few else {"peer": "with 10 users", "ratio": median / few}
        if limit and site is sites[-1] and few:
            more.update(house.judged(median / few, limit), limit="at most %.1f x" % limit)
        house.row(figure, "%d users" % site.count, values, unit, **more)


def work():
    house.name_service()
    storage = house.DISK + "/bench-state"
    mounted = own_disk(storage)
    with House(storage=storage, enrolled=()) as world:
        world.sender("stand-in")
        for name in FOLDERS:
            shutil.rmtree("%s/%s" % (lab.STATE, name))
        sites = [found(count) for count in (10, 10000, house.quick(1000000, 30000))]
        again, cpu, first = logins(world, sites, house.quick(150, 8))
        show(sites, again, "ms", "e wall, " + OLD, LIMIT)
        show(sites, cpu, "ms", "e CPU of all processes, " + OLD, LIMIT)
        show(sites, first, "ms", "e wall, a login, one who was never here")
        for site in sites:
            ask(site, house.quick(5, 1))
            size = kib_on_disk(site)
            house.row("e size on disk", "%d users" % site.count, size / 1024, "MiB", note="%.1f KiB each" % (size / site.count))
        if not mounted:
            house.clear(lab.STATE)
    if mounted:
        lab.run("umount", storage)
        os.remove(house.DISK + "/many.img")


if __name__ == "__main__":
    house.main(work)
