"""Part a: what one authentication costs, beside those of the peers: wall time, and CPU of all processes that have a part in it. In a process of
its own, as sshd makes one for each connection, and in one that lives on; with what is remembered on the machine's disk, and in memory. The
sender is a stand-in that answers at once, since the peers have no network; the last row is with the real one and a provider on loopback."""

import contextlib
import os
import shutil
import time

import house
import lab
from house import SERVICE, House, Hosts

DAEMON, ONE_SHOT, REAL = "pam_sms_otp, daemon", "pam_sms_otp, one-shot", "pam_sms_otp, daemon, real sender"
FLOOR, PEER = "pam_permit", "pam_google_authenticator, HOTP"
LIMITS = {DAEMON: 1.0, ONE_SHOT: 2.5}  # so many times the peer's, where a process is fresh and the disk real
WARM_UP = 5


class Way:
    """One of those who are compared."""

    def __init__(self, name, service, answer, sender="stand-in", daemon=True):
        self.name, self.service, self.answer, self.sender, self.daemon = name, service, answer, sender, daemon
        self.hosts, self.wall, self.cpu = {}, {}, {}


def counting(first):
    counter = [first - 1]

    def code():
        counter[0] += 1
        return "=" + house.hotp(counter[0])
    return code


def furnish_peers(folder):
    """Their files, for alice, as their own tools would write them; and their services."""
    shutil.rmtree(folder, ignore_errors=True)
    home = folder + "/alice"
    os.makedirs(home)
    for name, text in (("hotp", '%s\n" HOTP_COUNTER 1\n'), ("totp", '%s\n" TOTP_AUTH\n')):
        with open("%s/%s" % (home, name), "w") as f:
            f.write(text % house.BASE32)
        os.chmod("%s/%s" % (home, name), 0o600)
    lab.run("chown", "-R", "alice:alice", home, check_rc=0)
    os.chmod(home, 0o700)
    with open(folder + "/oath.users", "w") as f:
        f.write("HOTP alice - %s\n" % house.SECRET.hex())
    os.chmod(folder + "/oath.users", 0o600)
    lines = {
        "bench-permit": "pam_permit.so",
        "bench-oath": "%s usersfile=%s/oath.users window=5 digits=6" % (house.peer("pam_oath"), folder),
        "bench-hotp": "%s secret=%s/${USER}/hotp" % (house.peer("pam_google_authenticator"), folder),
        "bench-totp": "%s secret=%s/${USER}/totp" % (house.peer("pam_google_authenticator"), folder),
    }
    for service, line in lines.items():
        with open("/etc/pam.d/" + service, "w") as f:
            f.write("auth required %s\n" % line)


def ways():
    sms = "@" + house.NUMBER
    return [
        Way(FLOOR, "bench-permit", lambda: "=0"),
        Way("pam_oath, HOTP", "bench-oath", counting(0)),
        Way(PEER, "bench-hotp", counting(1)),
        Way("pam_google_authenticator, TOTP", "bench-totp", lambda: "=" + house.totp()),
        Way(DAEMON, SERVICE, lambda: sms),
        Way(ONE_SHOT, SERVICE, lambda: sms, daemon=False),
        Way(REAL, SERVICE, lambda: sms, sender="real"),
    ]


def measure(world, way, kind, keep):
    """One login of one of them."""
    if way.service == SERVICE:
        world.sender(way.sender)
    with contextlib.nullcontext() if way.daemon else world.one_shot():
        before = world.meter.used_ms()
        login = way.hosts[kind].login(answer=way.answer())
        world.quiet()
        time.sleep(0.001)  # the daemon reaps
        after = world.meter.used_ms()
    if keep:
        way.wall.setdefault(kind, []).append(login.wall)
        if after is not None:
            way.cpu.setdefault(kind, []).append(after - before)


def show(all_ways, storage, kind):
    for figure, taken in (("wall", lambda way: way.wall[kind]), ("CPU of all processes", lambda way: way.cpu.get(kind))):
        peer = next(taken(way) for way in all_ways if way.name == PEER)
        if not peer:
            house.note("no cgroup2 here: CPU is not measured")
            continue
        peer, _ = house.spread(peer)
        for way in all_ways:
            median, _ = house.spread(taken(way))
            more = {} if way.name == PEER else {"peer": PEER, "ratio": median / peer}
            if way.name in LIMITS and kind == "fresh" and storage == "disk":
                more.update(house.judged(median / peer, LIMITS[way.name]), limit="at most %.1f x" % LIMITS[way.name])
            house.row("a %s, %s process, state on %s" % (figure, {"fresh": "fresh", "lived": "long-lived"}[kind], storage), way.name, taken(way), "ms", **more)


def work():
    rounds = house.quick(150, 6)
    for storage, folder in (("disk", house.DISK), ("tmpfs", "/dev/shm")):
        median, high = house.sync_ms(folder)
        house.row("a the storage: one fdatasync", storage, median, "ms", note="95 %%: %.2f ms" % high)
        with House(storage=folder + "/bench-state") as world:
            furnish_peers(folder + "/bench-peers")
            compared = ways()
            for way in compared:
                way.hosts = {kind: Hosts(kind, way.service, world.meter) for kind in ("fresh", "lived")}
            for n in range(WARM_UP + rounds):
                for kind in ("fresh", "lived"):
                    for way in compared[n % len(compared):] + compared[:n % len(compared)]:
                        measure(world, way, kind, n >= WARM_UP)
            for kind in ("fresh", "lived"):
                show(compared, storage, kind)
            for way in compared:
                for hosts in way.hosts.values():
                    hosts.end()
        shutil.rmtree(folder + "/bench-peers", ignore_errors=True)


if __name__ == "__main__":
    house.main(work)
