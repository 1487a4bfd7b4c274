#!/usr/bin/python3
"""Goal: whatever a local user does to su and sudo that he starts, how he starts them and what he puts into their way - he gets in nowhere, reaches
neither engine nor state, every other login goes through, each message and guess is counted, no file outside the state is touched,
and nothing of ours is left (B1, B4, B6, D6, D7, E1, F1, F3).

Arguments: runs=N (60), seed=TEXT (chosen and printed), only=K (that run alone), each=N (50: runs in one world), names of tests. The long
form and what it found is in README.md."""

import json
import os
import random
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "integration"))

import lab  # noqa: E402
import manifest  # noqa: E402
import onlooker  # noqa: E402
from lab import CLI, PASSWORD, SENT, STATE, check, equal, run, wait_for  # noqa: E402

TARGETS = ["t%02d" % n for n in range(24)] + ["alice"] * 4
RACED = ["/tmp", "/var/tmp", "/dev/shm", "/tmp/trap", "/home/bob", "/run/user/bob"]
CANARIES = {"/etc/canary": 0o644, "/root/canary": 0o600}
WORKERS = 6
ROOMY = dict(budget='{ all = "100000/1h"; prefix = "100000/1h"; }')


def options():
    """What of the arguments is not the name of a test."""
    given = {"runs": "60", "each": "50", "seed": str(random.SystemRandom().randrange(10**6)), "only": ""}
    for word in [w for w in sys.argv[1:] if "=" in w]:
        name, value = word.split("=", 1)
        if name not in given:
            sys.exit("unknown argument %s" % word)
        given[name] = value
    return given


# --- the town: users, files, and who may do what ------------------------------------------------------------------------------------

def add_users():
    with open("/etc/shadow") as f:
        secret = next(line.split(":")[1] for line in f if line.startswith("bob:"))
    with open("/etc/passwd") as people, open("/etc/passwd", "a") as more, open("/etc/shadow", "a") as shadow:
        there = people.read()
        for n, name in enumerate(sorted(set(TARGETS) - {"alice"})):
            if "\n%s:" % name not in there:
                more.write("%s:x:%d:100::/nonexistent:/bin/sh\n" % (name, 3000 + n))
                shadow.write("%s:%s:19000:0:99999:7:::\n" % (name, secret))
    with open("/root/people.csv", "w") as f:
        os.fchmod(f.fileno(), 0o600)
        f.write("user,number\n" + "".join("%s,+4915120000%03d\n" % (name, n) for n, name in enumerate(sorted(set(TARGETS) - {"alice"}))))
    run(CLI, "import", "/root/people.csv", "--yes", check_rc=0)
    os.unlink("/root/people.csv")


def furnish(world):
    add_users()
    with open("/etc/sudoers.d/attack", "w") as f:
        f.write("bob ALL=(ALL) ALL\ncarol ALL=(ALL) ALL\nDefaults timestamp_timeout=0\nDefaults:bob targetpw\n")
    os.chmod("/etc/sudoers.d/attack", 0o440)
    for service in ("su", "sudo"):
        with open(os.path.join(lab.TOP, "pam.d-examples", service)) as f:
            # the pause after a failure would be the test's time only
            world.pam(service, text=f.read().replace("pam_unix.so", "pam_unix.so nodelay"))
    for path, mode in CANARIES.items():
        with open(path, "w") as f:
            f.write("nobody writes here\n")
        os.chmod(path, mode)
    for path in ("/tmp/trap", "/run/user", "/run/user/bob"):
        os.makedirs(path, 0o755, exist_ok=True)
    for path in ("/tmp/trap", "/run/user/bob"):
        os.chown(path, *ids("bob"))
    if not os.path.exists("/tmp/trap/fifo"):
        os.mkfifo("/tmp/trap/fifo")
        os.chown("/tmp/trap/fifo", *ids("bob"))


def ids(name):
    return tuple(int(run("id", how, name, check_rc=0).stdout) for how in ("-u", "-g"))


# --- who logs in honestly meanwhile --------------------------------------------------------------------------------------------------

class Honest:
    """Another user, and the attacked one from where he always comes from: by ssh and by sudo."""

    def __init__(self, world):
        self.world, self.count = world, 0

    def code(self, client):
        ref = client.expect(SENT).group(2)
        return wait_for("the SMS with ref %s" % ref, lambda: [sms for sms in self.world.sms() if sms.ref == ref])[0].code

    def ssh(self, user):
        client = self.world.ssh(user=user)
        client.password()
        client.send(self.code(client))
        client.gets_in()

    def sudo(self, user):
        client = lab.Terminal("runuser", ["-u", user, "--", "sudo", "-k", "id", "-un"])
        self.world.clients.append(client)
        client.expect("%s: " % user)
        client.send(PASSWORD)
        client.send(self.code(client))
        client.expect("root\r")
        equal(client.status(), 0, "sudo's status")

    def once(self):
        how, user = ((self.ssh, "alice"), (self.sudo, "carol"), (self.ssh, "carol"))[self.count % 3]
        self.count += 1
        how(user)
        self.world.clients.clear()


# --- after all ------------------------------------------------------------------------------------------------------------------------

OWN = ("/var/lib/sms-otp/", "/var/log/", "/run/sudo/", "/var/lib/sudo/", "/run/utmp", "/run/sms-otp/socket", "/tmp/sshd/log", "/tmp/engine.log",
       "/dev/log", "/dev/null", "/dev/ptmx", "/dev/tty")


def may_change(bob):
    """What su, sudo, sshd and PAM write themselves, and what is the attacker's own, in his own places."""
    def may(path, entry):
        mine = path.startswith(tuple(folder + "/" for folder in RACED)) and (entry is None or entry[2:3] == (bob,))
        return mine or path.startswith(OWN) or path in ("/home/alice/.cache", "/run/sudo", "/run/motd.dynamic")
    return may


def purses(user):
    return json.loads(run(CLI, "show", user, "--json", check_rc=0).stdout)


def used(record, what):
    """Over the longest window of each purse."""
    return sum(purse[what][-1]["used"] for purse in record["purses"])


def counts_agree(world, reports):
    """B1: what was sent and what was guessed stands in the records."""
    messages = [sms.user for sms in world.sms()]
    for user in sorted(set(TARGETS) - {"alice"}):
        record = purses(user)
        check("damaged" not in record, "%s: %r" % (user, record))
        wrong = sum(r["wrong"] for r in reports if r["target"] == user)
        check(used(record, "sends") >= messages.count(user), "%s has had %d messages, counted are %d" % (user, messages.count(user), used(record, "sends")))
        check(used(record, "failures") >= wrong, "%s: %d guesses were told to be wrong, counted are %d" % (user, wrong, used(record, "failures")))
    said = run(CLI, "check", "--offline").stdout
    check("damaged" not in said and "the record counts" not in said, "check finds something: " + said)


def locks():
    """F3: locks on files of the state."""
    inodes = {os.lstat(os.path.join(top, name)).st_ino for top, _, names in os.walk(STATE) for name in names}
    with open("/proc/locks") as f:
        return [line for line in f if int(line.split()[-3].rsplit(":", 1)[1]) in inodes]


def nothing_left(world):
    wait_for("the end of %s" % lab.processes("su", "sudo"), lambda: not lab.processes("su", "sudo"), 20)
    # an engine whose host was stopped or killed goes by itself
    world.no_process_left(20)
    wait_for("the end of the locks %r" % locks(), lambda: not locks(), 5)


def tell(text):
    print("# " + text, flush=True)


def judge(world, reports, wanted, honest):
    equal([(r["run"], r["breach"]) for r in reports if r["breach"]], [], "breaches")
    equal(sorted(r["run"] for r in reports), wanted, "runs that came to an end")
    lines = world.syslog.grep(r"login verdict=accept")
    equal(len(lines), honest.count + 1, "acceptances in the log, and honest logins")
    counts_agree(world, reports)


def attack(world, seed, first, count):
    furnish(world)
    honest = Honest(world)
    honest.ssh("alice")  # from now on a known place (B6)
    before, bob = manifest.take(), ids("bob")[0]
    began = time.monotonic()
    racer = subprocess.Popen(["runuser", "-u", "bob", "--", "/usr/bin/python3", HERE + "/racer.py", seed, *RACED], cwd="/tmp")
    attacker = subprocess.Popen(["runuser", "-u", "bob", "--", "/usr/bin/python3", HERE + "/attacker.py", seed, str(first), str(count), str(WORKERS), *TARGETS],
                                cwd="/tmp", stdout=open("/tmp/attack-reports", "w"))
    try:
        with onlooker.Onlooker(world.engine.pid if world.engine else 0) as others:
            while attacker.poll() is None:
                honest.once()
        equal(attacker.returncode, 0, "the attacker's status")
        while honest.count < 3:
            honest.once()
    finally:
        for process in (attacker, racer):
            process.kill()
            process.wait(10)
        run("pkill", "-KILL", "-u", "bob")
    nothing_left(world)
    with open("/tmp/attack-reports") as f:
        reports = [json.loads(line) for line in f]
    os.unlink("/tmp/attack-reports")
    for r in reports if count == 1 else []:
        tell(json.dumps(r))
    tell("%d runs in %.0f s, %d at a code's prompt, %d guesses answered, %d messages, %d honest logins, %d blows at the engine" % (
        len(reports), time.monotonic() - began, sum(r["code"] for r in reports), sum(r["wrong"] for r in reports), len(world.sms()), honest.count,
        sum(r["tried"] for r in reports)))
    tell("%d engines for one login and senders were looked at" % len(others.seen))
    equal(sorted(others.wrong), [], "D7: what they had of who started them")
    judge(world, reports, list(range(first, first + count)), honest)
    equal(manifest.touched(before, manifest.take(), may_change(bob)), [], "files that were touched")


def declare(given):
    """A world of its own for each batch, with either way to the engine in turn."""
    runs, each = int(given["runs"]), min(int(given["each"]), max(1, int(given["runs"]) // 2))
    batches = [(first, min(each, runs - first)) for first in range(0, runs, each)]
    if given["only"]:
        k = int(given["only"])
        batches = [(k, 1)]
    for first, count in batches:
        kind = lab.BOTH[first // each % 2]

        def body(world, first=first, count=count):
            attack(world, given["seed"], first, count)
        body.__name__ = "attack_%d_%s" % (first, kind.replace("-", "_"))
        lab.test("D6, D7: runs %d to %d, seed %s [%s]" % (first, first + count - 1, given["seed"], kind), engines=(kind,),
                 services=("sshd", "su", "sudo"), enrolled=("alice", "bob", "carol"), **ROOMY)(body)


GIVEN = options()
lab.enter(300 if int(GIVEN["runs"]) <= 100 else 3000)
declare(GIVEN)
sys.argv[1:] = [w for w in sys.argv[1:] if "=" not in w]
lab.main(__doc__)
