"""Part b: what a module adds to the host's process: libraries that are mapped, resident memory, descriptors; beside pam_permit, and beside the
same of the peers. In a new process each time, looked at from within: at the prompt, after pam_authenticate, and when PAM has ended."""

import os
import subprocess

import house
import lab
import login
from house import House

MOMENTS = ("before", "prompt", "after", "end")
LIMIT_KIB = 64
FREE = ("libpam.so", "libc.so")  # what libpam brings, and libc, are there anyway


class Look:
    def __init__(self, text):
        words = text.split()
        self.fields = dict(word.split("=") for word in words[1:] if "=" in word and "/" not in word)
        self.libraries = [word for word in words[1:] if word.startswith("/")]

    def __getitem__(self, name):
        return int(self.fields[name])


def look(way):
    answer = way.answer()
    done = subprocess.run([house.program("host"), "look", way.service], input="alice 192.0.2.7 %s\n" % answer, stdout=subprocess.PIPE,
                          encoding="utf-8", check=True)
    lines = done.stdout.splitlines()
    lab.equal(lines[-1].split()[0], "0", "PAM's code of %s" % way.name)
    return {line.split()[0]: Look(line) for line in lines[:-1]}


def work():
    rounds = house.quick(25, 5)
    with House(storage=house.DISK + "/bench-state") as world:
        login.furnish_peers(house.DISK + "/bench-peers")
        world.sender("stand-in")
        ways = [way for way in login.ways() if way.daemon and way.sender != "real"]
        seen = {way.name: [] for way in ways}
        for _ in range(rounds):
            for way in ways:
                seen[way.name].append(look(way))
        floor = seen[login.FLOOR]
        plain = set(floor[0]["after"].libraries)
        resting, _ = house.spread([one["after"]["rss"] for one in floor])
        for way in ways:
            show(way.name, seen[way.name], plain, resting)


def show(name, looks, plain, resting):
    ours = name == login.DAEMON
    libraries = sorted({os.path.basename(path) for one in looks for moment in ("prompt", "after") if moment in one
                        for path in one[moment].libraries if path not in plain and "/security/" not in path})
    more = dict(house.judged(len(libraries), 0), limit="none") if ours else {}
    house.row("b libraries mapped, beside libpam's and libc", name, len(libraries), "", note=" ".join(libraries), **more)
    for moment in ("prompt", "after", "end"):
        if moment not in looks[0]:
            continue
        added = [one[moment]["rss"] - resting for one in looks]
        more = {}
        if ours and moment != "end":
            median, _ = house.spread(added)
            more = dict(house.judged(median, LIMIT_KIB), limit="at most %d KiB" % LIMIT_KIB)
        house.row("b resident memory beside pam_permit, %s" % moment, name, added, "KiB", **more)
        if moment != "prompt":
            house.row("b private memory (dirty), %s" % moment, name, [one[moment]["private_dirty"] for one in looks], "KiB")
        house.row("b descriptors, %s less before" % moment, name,
                  [one[moment]["descriptors"] - one["before"]["descriptors"] for one in looks], "")


if __name__ == "__main__":
    house.main(work)
