#!/usr/bin/python3
"""Goal: what happened can be seen. `sms-otp log` and `sms-otp stats` tell of real logins what was in the log and nothing else, from files of
syslog and from the journal; metrics are text that Prometheus takes, cost no network, and stop no login; a line goes to the journal or to
syslog, with its words as fields, and no number or code is in one (G1)."""

import gzip
import json
import os
import re
import socket
import subprocess
import threading
import time

import lab
from lab import BOTH, CLI, check, equal, matches, run, wait_for

LOG = "/tmp/auth.log"
JOURNAL = "/run/systemd/journal/socket"
JOURNALD = "/lib/systemd/systemd-journald"
HOLE = 4497


# --- a log as rsyslog writes it ----------------------------------------------------------------------------------------

def as_in_a_file(line):
    date, rest = re.match(r"<\d+>(\w{3} [ \d]\d \d\d:\d\d:\d\d) (.*)", line).groups()
    return "%s host %s\n" % (date, rest)


def write_log(world, path=LOG):
    with open(path, "w") as f:
        f.write("Nov  1 00:00:00 host sshd[1]: Accepted password for alice\n")
        f.writelines(as_in_a_file(line) for line in list(world.syslog.lines) if line.startswith("<"))


def ask(*words, check_rc=0):
    return run(CLI, *words, check_rc=check_rc).stdout


def facts(*words):
    return json.loads(ask(*words, "--json"))


def log_in(world, count):
    ssh = world.ssh()
    ssh.expect("Password: ")
    ssh.send(lab.PASSWORD)
    ssh.expect(lab.SENT)
    ssh.send(world.provider.sms(count)[-1].code)
    ssh.gets_in()


def fail(world, count):
    ssh = world.ssh()
    ssh.expect("Password: ")
    ssh.send(lab.PASSWORD)
    ssh.expect(lab.SENT)
    sms = world.provider.sms(count)[-1]
    for k in (1, 2, 3):
        ssh.send(sms.wrong(k))
        if k < 3:
            ssh.expect(lab.WRONG)
    ssh.is_refused()


# --- Prometheus' text format, strictly -----------------------------------------------------------------------------------

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"'


def parse(text):
    """{(name, frozenset of labels): value}; raises Failed on anything that a scraper might refuse."""
    samples, types, done, family = {}, {}, set(), None
    check(text.endswith("\n"), "the last line has no end")
    for line in text[:-1].split("\n"):
        head = re.fullmatch(r"# (HELP|TYPE) (%s) (.+)" % NAME, line)
        if head:
            kind, name, rest = head.groups()
            if kind == "HELP":
                check(name not in done and name != family, "%s is not in one place" % name)
                check(not re.search(r"\\[^\\n]", rest.replace("\\\\", "")), "a bad escape: %r" % line)
                done.add(family)
                family = name
            else:
                check(name == family and name not in types, "TYPE of %s stands wrongly" % name)
                equal(rest, "gauge", "type of " + name)
                types[name] = rest
            continue
        found = re.fullmatch(r"(%s)(?:\{(%s(?:,%s)*)\})? (-?\d+(?:\.\d+)?)" % (NAME, LABEL, LABEL), line)
        check(found, "no line of the format: %r" % line)
        name, labels = found[1], re.findall(LABEL, found[2] or "")
        check(name == family and name in types, "a sample without its head: %r" % line)
        equal(len(dict(labels)), len(labels), "labels of %r that differ" % line)
        key = (name, frozenset(labels))
        check(key not in samples, "twice: %r" % line)
        samples[key] = float(found[len(found.groups())])
    return samples


def value(samples, name, **labels):
    return samples[(name, frozenset(labels.items()))]


@lab.plain("the parser of this test refuses what is no exposition")
def parser():
    good = '# HELP a b\n# TYPE a gauge\na{x="\\"\\\\\\n"} 1\na 2.5\n'
    equal(len(parse(good)), 2, "samples")
    for bad in (good[:-1], good + "\n", good + "a 3\n", good + "b 1\n", good.replace("gauge", "counter"), good.replace('\\"', '"'),
                good.replace("2.5", "2,5"), good.replace("# TYPE a gauge\n", ""), good + good, good.replace("\\n", "\\t"),
                good.replace("a 2.5", "a  2.5"), good.replace("a 2.5", "1a 2.5")):
        try:
            parse(bad)
        except lab.Failed:
            continue
        raise lab.Failed("taken: %r" % bad)


# --- logins ---------------------------------------------------------------------------------------------------------------

@lab.test("log tells each login and each change of one user; stats count them by day and route; metrics agree", engines=BOTH,
          enrolled=("alice", "bob"), provider={}, routes=("dexatel",), hedge_after="1")
def told(world):
    world.blocks += world.provider.block("hole", HOLE)
    world.settings(routes=("hole", "dexatel"))  # nobody listens there: refused at once
    log_in(world, 1)
    world.audit(count=1)
    fail(world, 2)
    line = world.audit("reason=wrong")
    equal((line["route"], line["delivered"]), ("dexatel", "-"), "the audit line")
    matches(r"^\d+$", line["sent_ms"], "sent_ms")
    ask("unlock", "alice")
    ask("block", "bob")
    world.syslog.wait("admin action=block user=bob")
    ssh = world.ssh(user="bob")
    ssh.expect("Password: ")
    ssh.send(lab.PASSWORD)
    ssh.is_refused()
    world.audit("user=bob")
    equal(world.syslog.grep("login verdict=.* failed=hole ")[:1] != [], True, "the route that failed")
    write_log(world)
    judge_log(world)
    judge_counts()


def judge_log(world):
    events = facts("log", "alice", "--file", LOG)
    equal([(e["what"], e.get("verdict") or e.get("action")) for e in events],
          [("admin", "enroll"), ("login", "accept"), ("login", "deny"), ("admin", "unlock")], "alice's past")
    for key, wanted in (("service", "sshd"), ("from", "127.0.0.1"), ("by", "sms"), ("reason", "accepted"), ("tries", 1), ("rule", None)):
        equal(events[1][key], wanted, key)
    matches(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", events[1]["time"], "time")
    shown = ask("log", "alice", "--file", LOG)
    matches(r"(?m)^TIME +WHAT +SERVICE +FROM +VERDICT +REASON +BY +SENDS +TRIES +ROUTE +TOOK$", shown, "the head")
    matches(r"(?m)^\d{4}-\S+ \S+  login     sshd +127\.0\.0\.1 +accept +accepted +sms +1 +1  dexatel +\d+\.\d s$", shown, "the login")
    matches(r"(?m)^\S+ \S+  admin     unlock .*by=root$", shown, "the change")
    check("bob" not in shown, "another user's past: %r" % shown)
    matches("the log has nothing about carol", ask("log", "carol", "--file", LOG, check_rc=1), "an unknown user")
    equal(facts("log", "alice", "--file", LOG, "--since", "2d")[0]["action"], "enroll", "since the day before yesterday")
    time.sleep(1.1)
    matches("nothing about alice", ask("log", "alice", "--file", LOG, "--since", "1s", check_rc=1), "since a second")
    matches("--since wants", ask("log", "alice", "--file", LOG, "--since", "soon", check_rc=2), "no time")
    matches("No such file", ask("log", "alice", "--file", "/nowhere", check_rc=2), "no file")


def judge_counts():
    seen = facts("stats", "--file", LOG)
    wanted = {"challenges": 2, "accepted": 1, "failed": 1, "refused": 1, "lockouts": 0, "exempt": 0, "messages": 2}
    equal(seen["all"], wanted, "all")
    equal(sum(d["challenges"] for d in seen["days"]), 2, "the days' sum")
    routes = {r["route"]: r for r in seen["routes"]}
    equal((routes["dexatel"]["accepted"], routes["hole"]["accepted"]), (2, 0), "accepted")
    check(routes["hole"]["failed"] >= 1 and routes["dexatel"]["failed"] == 0, "failed: %r" % routes)
    check(0 < routes["dexatel"]["median_ms"] <= routes["dexatel"]["p95_ms"] < 9000, "times: %r" % routes)
    equal(seen["users"], {"enrolled": 2, "locked": 0, "blocked": 1, "paused": 0, "bypassed": 0, "damaged": 0}, "users")
    left = {(b["prefix"], b["window_s"]): b["limit"] - b["remaining"] for b in seen["budgets"]}
    equal(left, {(None, 3600): 2, (None, 86400): 2, ("+49", 3600): 2, ("+49", 86400): 2, ("+43", 3600): 0, ("+43", 86400): 0}, "used")
    equal(seen["balances"], [], "nobody was asked")
    judge_metrics(parse(ask("stats", "--prometheus", "--file", LOG)), seen)
    judge_drawing()


def judge_metrics(samples, seen):
    for name, key in (("sms_otp_challenges", "challenges"), ("sms_otp_lockouts", "lockouts"), ("sms_otp_messages", "messages")):
        equal(value(samples, name), seen["all"][key], name)
    for result in ("accepted", "failed", "refused", "exempt"):
        equal(value(samples, "sms_otp_logins", result=result), seen["all"][result], result)
    for state, n in seen["users"].items():
        equal(value(samples, "sms_otp_users", state=state), n, state)
    for b in seen["budgets"]:
        labels = dict(budget="prefix" if b["prefix"] else "all", prefix=b["prefix"] or "", window_seconds=str(b["window_s"]))
        equal(value(samples, "sms_otp_budget_limit", **labels), b["limit"], "limit")
        equal(value(samples, "sms_otp_budget_remaining", **labels), b["remaining"], "remaining")
    for r in seen["routes"]:
        equal(value(samples, "sms_otp_route_logins", route=r["route"], result="accepted"), r["accepted"], "accepted by a route")
        equal(value(samples, "sms_otp_route_logins", route=r["route"], result="failed"), r["failed"], "failed by a route")
    equal(value(samples, "sms_otp_route_acceptance_seconds", route="dexatel", quantile="0.5") * 1000,
          [r for r in seen["routes"] if r["route"] == "dexatel"][0]["median_ms"], "the median")
    equal(value(samples, "sms_otp_window_seconds"), 86400, "the window")
    for name, labels in samples:
        check(not any(word in str(labels) for word in ("alice", "bob", "491")), "who is in %s %s" % (name, labels))


def judge_drawing():
    def draw(**env):
        return subprocess.run([CLI, "stats", "--file", LOG], env=env, stdout=subprocess.PIPE, encoding="utf-8", check=True).stdout
    plain, blocks = draw(LANG="C"), draw(LANG="C.UTF-8")
    matches(r"(?m)^\d{4}-\d\d-\d\d +2 +1 +1 +1 +0 +0 +2  #{30}$", plain, "a day")
    check(plain.isascii(), "not plain: %r" % plain)
    matches("(?m)^\\d{4}-\\S+ .*  \u2588{30}$", blocks, "a day in blocks")
    matches(r"(?m)^dexatel +2 +0 +\d+\.\d\d s +\d+\.\d\d s +- ", plain, "a route")
    matches(r"(?m)^Now: 2 enrolled, 0 locked, 1 blocked, 0 paused, 0 let by, 0 damaged$", plain, "now")
    matches(r"(?m)^Messages left: 58 of 60 in 1 h$", plain, "what is left")


@lab.test("a provider's report on the message is in the line and in the statistics", provider={}, routes=("dexatel",))
def reported(world):
    world.provider.always(state="delivered")
    ssh = world.ssh()
    ssh.expect("Password: ")
    ssh.send(lab.PASSWORD)
    ssh.expect(lab.SENT)
    code = world.provider.sms(1)[-1].code
    time.sleep(4)  # the first question comes after two seconds
    ssh.send(code)
    ssh.gets_in()
    equal(world.audit()["delivered"], "yes", "delivered")
    write_log(world)
    route = facts("stats", "--file", LOG)["routes"][0]
    equal((route["delivered"], route["undelivered"]), (1, 0), "reports")


# --- sources ----------------------------------------------------------------------------------------------------------------

OLD = "%s host sms-otpd[7]: login verdict=%s reason=%s user=alice uid=1000 service=%s sends=1 tries=1 ms=5\n"


@lab.test("without a journal the files of syslog are read, old ones too, packed or not, oldest first; a forged tag of another program is none",
          sshd=False)
def files(world):
    now = time.time()

    def stamp(days):
        return time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(now - days * 86400))
    for name in os.listdir("/var/log"):
        if name.startswith(("auth.log", "secure")):
            os.remove("/var/log/" + name)
    matches("no log was found", ask("log", "alice", check_rc=2), "no log")
    parts = {"auth.log.2.gz": (20, "c"), "auth.log.1": (9, "b"), "auth.log": (1, "a")}
    for name, (days, service) in parts.items():
        with (gzip.open if name.endswith(".gz") else open)("/var/log/" + name, "wt") as f:
            f.write(OLD % (stamp(days), "deny", "wrong", service))
            f.write("%s host sudo[1]: sms-otpd[7]: login verdict=accept reason=accepted user=alice service=x ms=5\n" % stamp(days))
            f.write("x" * 20000 + " sms-otpd: login user=alice\n")
        os.utime("/var/log/" + name, (now - days * 86400 + 60,) * 2)
    equal([e["service"] for e in facts("log", "alice")], ["c", "b", "a"], "all")
    equal([e["service"] for e in facts("log", "alice", "--since", "10d")], ["b", "a"], "ten days")
    equal(facts("stats")["all"]["failed"], 3, "of 30 days")
    equal(value(parse(ask("stats", "--prometheus", "--since", "2d")), "sms_otp_logins", result="failed"), 1, "of two")
    equal(facts("log", "alice", "--file", "/var/log/auth.log.2.gz")[0]["service"], "c", "a packed file")
    with open("/var/log/auth.log.3.gz", "wb") as f:
        f.write(b"no gzip")
    matches("auth.log.3.gz: .*could not read the log", ask("log", "alice", check_rc=2), "a damaged file")
    matches("365 days at most", ask("stats", "--since", "2020-01-01", check_rc=2), "too long ago")
    matches("choose one", ask("stats", "--json", "--prometheus", check_rc=2), "two forms")


class Journal:
    """A stand-in for journald's socket that keeps every entry as a dict."""

    def __init__(self):
        self.entries = []
        os.makedirs(os.path.dirname(JOURNAL), exist_ok=True)
        if os.path.exists(JOURNAL):
            os.remove(JOURNAL)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(JOURNAL)
        os.chmod(JOURNAL, 0o666)
        self.socket.settimeout(0.1)
        self.raw, self.ended = b"", False
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        while not self.ended:
            try:
                entry = self.socket.recv(65536)
            except socket.timeout:
                continue
            self.raw += entry
            self.entries.append(dict(line.split("=", 1) for line in entry.decode().rstrip("\n").split("\n")))

    def wait(self, **fields):
        return wait_for("an entry with %r" % fields,
                        lambda: [e for e in list(self.entries) if all(e.get(k) == v for k, v in fields.items())])

    def end(self):
        self.ended = True
        self.thread.join()
        self.socket.close()


@lab.test("g1_ with a journal each line goes there once, with fields and without a secret; when it is gone, to syslog", engines=BOTH)
def journal(world):
    here = Journal()
    try:
        ssh = world.ssh()
        sms = ssh.to_code(1)
        ssh.send(sms.wrong())
        ssh.expect(lab.WRONG)
        ssh.send(sms.code)
        ssh.gets_in()
        entry = here.wait(SMSOTP_VERDICT="accept")[0]
        for key, wanted in (("PRIORITY", "6"), ("SYSLOG_FACILITY", "10"), ("SYSLOG_IDENTIFIER", "sms-otpd"), ("SMSOTP_REASON", "accepted"),
                            ("SMSOTP_USER", "alice"), ("SMSOTP_SERVICE", "sshd"), ("SMSOTP_FROM", "127.0.0.1"), ("SMSOTP_TRIES", "2")):
            equal(entry.get(key), wanted, key)
        matches(r"^login verdict=accept .* user=alice ", entry["MESSAGE"], "the message")
        check("SMSOTP_RULE" not in entry, "an empty field: %r" % entry)
        equal([e for e in here.entries if e["MESSAGE"].startswith("login ")], [entry], "lines of the login")
        equal(world.syslog.grep("sms-otpd"), [], "lines in syslog as well")
        for secret in (sms.code, lab.NUMBERS["alice"], lab.NUMBERS["alice"][1:]):
            check(secret.encode() not in here.raw, "a secret in the journal")
    finally:
        here.end()
    ssh = world.ssh()
    ssh.to_code(2)
    ssh.end()
    world.audit("reason=conversation")  # the socket is there, and nobody behind it
    os.remove(JOURNAL)


@lab.test("real journald and journalctl: log and stats find a login; what another user logs under our name is not believed")
def journald(world):
    if not os.path.exists(JOURNALD):
        raise lab.Skipped("no journald here")
    if not os.path.exists("/etc/machine-id") or not open("/etc/machine-id").read().strip():
        with open("/etc/machine-id", "w") as f:
            f.write("0123456789abcdef0123456789abcdef\n")
    os.makedirs("/etc/systemd/journald.conf.d", exist_ok=True)
    with open("/etc/systemd/journald.conf.d/test.conf", "w") as f:
        f.write("[Journal]\nStorage=volatile\nReadKMsg=no\nAudit=no\nForwardToSyslog=no\n")
    os.makedirs("/run/systemd/journal", exist_ok=True)
    # journald wants to know its cgroup
    run("mount", "-t", "cgroup2", "none", "/sys/fs/cgroup")
    daemon = subprocess.Popen([JOURNALD], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={})
    try:
        try:
            wait_for("journald", lambda: os.path.exists(JOURNAL) or daemon.poll() is not None, 5)
            wait_for("its files", lambda: run("journalctl", "-n", "1").returncode == 0 and os.path.isdir("/run/log/journal"), 5)
        except lab.Failed:
            raise lab.Skipped("journald does not run here")
        ssh = world.ssh()
        sms = ssh.to_code(1)
        ssh.send(sms.code)
        ssh.gets_in()
        forged = "login verdict=accept reason=accepted user=alice uid=0 service=forged sends=0 tries=1 ms=1"
        entry = "MESSAGE=%s\nSYSLOG_IDENTIFIER=sms-otpd\n" % forged
        run("/usr/bin/python3", "-c", "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(%r, %r)" % (
            entry.encode(), JOURNAL), user="bob", check_rc=0)
        long = "login verdict=deny reason=state user=bob ms=1 fault=\"%s\"" % ("x" * 1200)
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(("MESSAGE=%s\nSYSLOG_IDENTIFIER=sms-otpd\n" % long).encode(), JOURNAL)
        run("journalctl", "--sync")
        wait_for("the forged line", lambda: "service=forged" in run("journalctl", "-a", "-o", "cat").stdout)
        events = wait_for("the login", lambda: run(CLI, "log", "alice").returncode == 0) and facts("log", "alice")
        equal([(e["service"], e["verdict"]) for e in events if e["what"] == "login"], [("sshd", "accept")], "alice's logins")
        equal(facts("stats")["all"]["accepted"], 1, "accepted")
        equal(value(parse(ask("stats", "--prometheus")), "sms_otp_logins", result="accepted"), 1, "the metric")
        equal(len(facts("log", "bob")[-1]["fault"]), 1200, "a long line's end")
        check("SMSOTP_USER" in run("journalctl", "-o", "verbose", "SMSOTP_SERVICE=sshd").stdout, "found by a field")
        check(sms.code not in run("journalctl", "-a", "-o", "verbose").stdout, "G1")
        lab._note("journald and journalctl of this machine")
    finally:
        daemon.terminate()
        daemon.wait(10)
        if os.path.exists(JOURNAL):
            os.remove(JOURNAL)


# --- cheap and safe -------------------------------------------------------------------------------------------------------------

@lab.test("metrics ask no provider but with --online; they are whole or nothing; logins go on meanwhile", provider={}, routes=("dexatel",))
def cheap(world):
    write_log(world)
    before = len(world.provider.records())
    start = time.monotonic()
    parse(ask("stats", "--prometheus", "--file", LOG))
    took = time.monotonic() - start
    equal(len(world.provider.records()), before, "requests")
    samples = parse(ask("stats", "--prometheus", "--online", "--file", LOG))
    check(len(world.provider.records()) > before, "the provider was not asked")
    equal(value(samples, "sms_otp_route_reached", route="dexatel"), 1, "reached")
    stop = threading.Event()

    def again():
        while not stop.is_set():
            run(CLI, "stats", "--prometheus", "--file", LOG)
    threads = [threading.Thread(target=again) for _ in range(4)]
    for t in threads:
        t.start()
    try:
        log_in(world, 1)
    finally:
        stop.set()
        for t in threads:
            t.join()
    done = subprocess.run([CLI, "stats", "--prometheus", "--file", "/nowhere"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    equal((done.returncode, done.stdout), (2, b""), "without a log")
    world.settings(text="routes = [")
    done = subprocess.run([CLI, "stats", "--prometheus", "--file", LOG], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    equal((done.returncode, done.stdout), (2, b""), "without settings")
    lab._note("one run took %.2f s" % took)


lab.enter()
lab.main(__doc__)
