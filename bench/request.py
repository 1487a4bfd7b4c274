"""Part c: from the start of pam_authenticate until the provider has the whole request, beside the curl command and a minimal program with libcurl
that make the same one: cold (each from nothing: a new process, a new connection) and warm (on a connection that is open), on loopback and with a round trip of
40 ms in between."""

import json
import os
import shutil
import subprocess

import house
import lab
from house import SERVICE, House, Hosts

CURL, LIBCURL, DAEMON, ONE_SHOT = "the curl command", "a minimal libcurl program", "pam_sms_otp, daemon", "pam_sms_otp, one-shot"
# without the bundle of all CAs, which libcurl reads as a whole by default, and which our sender does without
LEAN_CURL, LEAN_LIBCURL = CURL + ", this CA only", LIBCURL + ", certificates by hash"
COLD_LIMIT, WARM_SLACK_MS, KEEP_WARM = 1.1, 2.0, '"60s"'
TEXT = "123456 is your code for bench-sms on web01 (user alice, ref ABCD). Valid 90 seconds. Never share it."
BODY = json.dumps({"data": {"channel": "SMS", "from": "ACME", "to": ["4915112345612"], "text": TEXT}})


class Wire:
    """A delaying proxy."""

    def __init__(self, port, round_trip_ms):
        self.process = subprocess.Popen(["/usr/bin/python3", house.HERE + "/delay.py", str(port), str(round_trip_ms)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, encoding="ascii")
        self.port = int(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


class Program:
    """Something that is started by launch; or, where it stays, by a line of its standard input."""

    def __init__(self, argv, stays=False, **env):
        self.process = subprocess.Popen(argv if stays else [house.program("launch"), *argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        encoding="ascii", bufsize=1, env=dict(os.environ, **env))

    def begin(self):
        """Make one request; when that began."""
        self.process.stdin.write("1\n")
        self.process.stdin.flush()
        words = self.process.stdout.readline().split()
        lab.check(words and words[2:3] in ([], ["0"]), "the program failed: %s" % words)
        return int(words[0])

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


def until_whole(world, begin):
    """ms from what begin() says until the request that it makes was whole at the provider."""
    before = len(world.server.requests())
    moment = begin()
    lab.wait_for("the request", lambda: len(world.server.requests()) > before)
    found = world.server.requests()
    lab.equal(len(found), before + 1, "requests")
    return (found[-1][1] - moment) / 1e6


def knows_warm():
    """Does this build know keep_warm? The settings are put back."""
    path = lab.CONF + "/sms-otp.conf"
    shutil.copy(path, path + ".before")
    with open(path, "a") as f:
        f.write("keep_warm = %s;\n" % KEEP_WARM)
    said = lab.run(lab.CLI, "check", "--offline").stdout
    shutil.move(path + ".before", path)
    return "keep_warm" not in said


def measure(world, ways, rounds, warm_up):
    taken = {name: [] for name in ways}
    for n in range(warm_up + rounds):
        names = list(ways)
        for name in names[n % len(names):] + names[:n % len(names)]:
            one = until_whole(world, ways[name])
            world.quiet()
            if n >= warm_up:
                taken[name].append(one)
    return taken


def cold(world, port, round_trip):
    argv = [house.tool("curl"), "-sS", "-o", "/dev/null", "-H", "Content-Type: application/json", "-H", "X-Dexatel-Key: " + house.Provider.KEY,
            "-d", BODY, world.server.url(port)]
    post = [house.program("post"), world.server.url(port), house.Provider.KEY, BODY]
    programs = {CURL: Program(argv), LEAN_CURL: Program(argv + ["--cacert", house.Provider.FOLDER + "/ca.pem"]),
                LIBCURL: Program(post), LEAN_LIBCURL: Program(post, POST_STORE=house.Provider.STORE)}
    hosts = Hosts("fresh", SERVICE)

    def by_one_shot():
        with world.one_shot():
            return hosts.login().begun_ns
    ways = {name: one.begin for name, one in programs.items()}
    taken = measure(world, dict(ways, **{DAEMON: lambda: hosts.login().begun_ns, ONE_SHOT: by_one_shot}), house.quick(60, 4), 3)
    peer, _ = house.spread(taken[CURL])
    for name, values in taken.items():
        median, _ = house.spread(values)
        more = {} if name == CURL else {"peer": CURL, "ratio": median / peer}
        if name == DAEMON:
            more.update(house.judged(median / peer, COLD_LIMIT), limit="at most %.1f x" % COLD_LIMIT)
        house.row("c to the whole request, cold, round trip %d ms" % round_trip, name, values, "ms", **more)
    for process in (*programs.values(), hosts):
        process.end()


def warm(world, port, round_trip, known):
    libcurl = Program([house.program("post"), world.server.url(port), house.Provider.KEY, BODY, "warm"], stays=True)
    hosts = Hosts("fresh", SERVICE)
    ways = {LIBCURL: libcurl.begin}
    if known:
        ways[DAEMON] = lambda: hosts.login().begun_ns
    taken = measure(world, ways, house.quick(60, 4), 3)
    peer, _ = house.spread(taken[LIBCURL])
    figure = "c to the whole request, warm, round trip %d ms" % round_trip
    house.row(figure, LIBCURL, taken[LIBCURL], "ms")
    if known:
        median, _ = house.spread(taken[DAEMON])
        most = round_trip + WARM_SLACK_MS
        house.row(figure, DAEMON, taken[DAEMON], "ms", peer=LIBCURL, ratio=median / peer, limit="at most a round trip and %g ms" % WARM_SLACK_MS,
                  **house.judged(median, most))
    else:
        house.note("cold only: this build knows no keep_warm")
    libcurl.end()
    hosts.end()


def work():
    with House(storage=house.DISK + "/bench-state") as world:
        world.sender("real")
        known = knows_warm()
        for round_trip in (0, 40):
            wire = Wire(world.server.port, round_trip) if round_trip else None
            port = wire.port if wire else world.server.port
            world.blocks = world.server.block(port=port)
            world.settings()
            cold(world, port, round_trip)
            if known:
                world.settings(keep_warm=KEEP_WARM)
                world.restart()
            world.warm = known
            warm(world, port, round_trip, known)
            world.warm = False
            if known:
                del world.extra["keep_warm"]
                world.settings()
                world.restart()
            if wire:
                wire.end()


if __name__ == "__main__":
    house.main(work)
