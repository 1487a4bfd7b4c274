#!/usr/bin/python3
"""sms-otp export and import: the enrolments as a file, and back. All or nothing, every bad line named, a second run that
changes nothing, a crash in the middle that the next run ends; and the filters of list."""

import json
import os
import re
import signal
import subprocess
import time

import lab
from lab import CLI, NUMBERS, STATE, check, equal, matches, run, test, wait_for

ALONE = dict(sshd=False, services=(), enrolled=(), engines=("one-shot",))
ENROLLED = dict(ALONE, enrolled=("alice", "bob"))
HEADER = "user,number,language,verified\n"
FILE = "/tmp/users.csv"
CROWD = 2000


def write(text, mode=0o600):
    with open(FILE, "w", newline="") as f:
        f.write(text)
    os.chmod(FILE, mode)


def cli(*arguments, rc=0, text=None, timeout=30):
    """stdout, stderr."""
    done = subprocess.run((CLI,) + arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=timeout,
                          **(dict(input=text) if text is not None else dict(stdin=subprocess.DEVNULL)))
    equal(done.returncode, rc, "sms-otp %s said %r and %r and its status" % (" ".join(arguments), done.stdout, done.stderr))
    return done.stdout, done.stderr


def export():
    return cli("export")[0]


def uid(name):
    return int(run("id", "-u", name, check_rc=0).stdout)


def tree():
    """Every file of the data, by bytes: what must not change does not."""
    found = {}
    for folder, _, names in os.walk(STATE):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                found[os.path.join(folder, name)] = f.read()
    return found


def site_agrees(count):
    """So many are enrolled, by the folder and by the site's record: check tells of a difference."""
    said = run(CLI, "check", "--offline").stdout
    matches(r"\b%d enrolled" % count, said, "check")
    check("the record counts" not in said and "damaged" not in said, "check finds something: " + said)


def no_number_in(text):
    # the texts show how a number is written
    for number in re.findall(r"\+?\d{7,}", text.replace("like +49 171 1234567", "")):
        check(False, "a whole number (%s) in %r" % (number, text))


@test("export prints what import takes: round trip, and the second export is the same bytes", **ENROLLED)
def round_trip(here):
    cli("add-number", "alice", "+4915112345699", "--unverified")
    first = export()
    equal(first, HEADER + "alice,+4915112345612,,no\nalice,+4915112345699,,no\nbob,+4915112345634,,no\n", "the export")
    write(first)
    before = tree()
    _, said = cli("import", FILE)
    matches("0 new, 0 changed, 0 gone, 2 unchanged", said, "an import of the same")
    check(tree() == before, "an import that changes nothing wrote something")
    for name in ("alice", "bob"):
        cli("forget", name, "--yes")
    cli("import", FILE, "--yes")
    equal(export(), first, "the export after an import")
    site_agrees(2)


@test("import: new and changed users; dry run first; 1 without a yes; a second run changes nothing", **ENROLLED)
def import_changes(here):
    write("verified,number,user\r\nyes,+49 (0)151 999 00 011,alice\r\n,+4915112345634,bob\r\nno,00436641234556,carol\r\n")
    before = tree()
    for arguments in ((), ("--dry-run",), ("--dry-run", "--yes")):
        out, said = cli("import", FILE, *arguments, rc=1)
        matches(r"(?m)^changed +alice +\.\.\.12 -> \.\.\.11 \(another\) verified$", out, "the plan")
        matches(r"(?m)^new +carol +\.\.\.56$", out, "the plan")
        matches("1 new, 1 changed, 0 gone, 1 unchanged", said, "the sum")
        no_number_in(out + said)
    check(tree() == before, "a dry run wrote something")
    here.syslog.lines.clear()
    out, said = cli("import", FILE, "--yes")
    no_number_in(out + said)
    equal(export(), HEADER + "alice,+4915199900011,,yes\nbob,+4915112345634,,no\ncarol,+436641234556,,no\n", "the export")
    matches(r'action=set-number user=alice uid=\d+ number=[0-9a-f]{6}\.\.11 old=[0-9a-f]{6}\.\.12 by=root reason="import, verified=yes"',
            here.syslog.wait("action=set-number")[0], "the log")
    matches(r'action=enroll user=carol .*reason="import"', here.syslog.wait("action=enroll")[0], "the log")
    check(not os.path.exists(STATE + "/import"), "the journal is left")
    equal(here.sms(), [], "codes sent")
    check(not os.path.exists(STATE + "/outbox/messages"), "an import without --notify sent a text")
    before = tree()
    _, said = cli("import", FILE, "--yes")
    matches("0 new, 0 changed, 0 gone, 3 unchanged", said, "the second run")
    check(tree() == before, "the second run wrote something")
    here.secrets += ["4915199900011", "436641234556"]


@test("import --json: what Ansible looks at", **ENROLLED)
def as_json(here):
    write(HEADER + "alice,+4915112345612,,no\nbob,+4915112345635,,no\ncarol,+436641234556,,no\n")
    facts = json.loads(cli("import", FILE, "--json", "--yes", "--sync")[0])
    equal(facts, {"changed": True, "done": True, "new": ["carol"], "changed_users": ["bob"], "gone": [], "unchanged": 1, "bad": []}, "JSON")
    facts = json.loads(cli("import", FILE, "--json", "--yes", "--sync")[0])
    equal((facts["changed"], facts["done"], facts["unchanged"]), (False, True, 3), "the second run")
    write(HEADER + "alice,0151 1234,,no\n")
    facts = json.loads(cli("import", FILE, "--json", "--yes", rc=1)[0])
    equal((facts["changed"], facts["done"], [b["line"] for b in facts["bad"]]), (False, False, [2]), "a bad file")


@test("import: every bad line is named, with its number and no other, and nothing is written", **ENROLLED)
def bad_lines(here):
    write("\ufeff" + HEADER + "carol,+436641234556,,no\n"  # 2: good
          "alice,0151 1234567,,no\n"            # 3 no country
          "nobodyhere,+4915112345600,,no\n"     # 4 no such user
          "bob,+15551234567,,no\n"              # 5 not allowed
          "bob,+4915112345634,,maybe\n"         # 6
          "bob,+4915112345634,xx,no\n"          # 7
          "bob,+4915112345634,no\n"             # 8 three fields
          "\"bob\"x,+4915112345634,,no\n"       # 9
          "carol,+436641234556,,no\n"           # 10 twice the same number
          "alice,+4915112345612,,no\n"
          "carol,+436641234557,,no\n"           # 12 not together
          "-bad,+4915112345634,,no\n"           # 13
          "bob,+49900123456789,,no\n"           # 14 premium
          "bob,\"+4915112345634,,no\n")         # 15 never closed
    before = tree()
    out, said = cli("import", FILE, "--yes", rc=1)
    named = [int(n) for n in re.findall(r"(?m)^%s:(\d+): " % FILE, said)]
    equal(named, [3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15], "the lines that are named in %r" % said)
    matches("12 lines cannot be taken; nothing was changed", said, "the sum")
    no_number_in(out + said)
    check(tree() == before, "a bad file changed something")
    for text, says in (("", "names the columns"), ("user,number,colour\n", 'none called "colour"'), ("user,verified\n", "number is not among"),
                       ("user,number,user\n", "twice")):
        write(text)
        matches(re.escape(says), cli("import", FILE, rc=1)[1], "the header %r" % text)
    write(HEADER, 0o666)
    matches("may be written by others", cli("import", FILE, "--yes", rc=2)[1], "a file that others may write")
    cli("import", "/nowhere.csv", rc=2)
    check(tree() == before, "a bad header changed something")


@test("import: standard input", **ALONE)
def standard_input(here):
    _, said = cli("import", "-", rc=1, text=HEADER + "alice,%s,,yes\n" % NUMBERS["alice"])
    matches("say --yes", said, "no terminal")
    cli("import", "-", "--yes", text=HEADER + "alice,%s,,yes\n" % NUMBERS["alice"])
    equal(export(), HEADER + "alice,%s,,yes\n" % NUMBERS["alice"], "the export")


@test("import asks on a terminal", **ENROLLED)
def asks(here):
    write(HEADER + "alice,+4915199900011,,no\n")
    client = lab.Terminal(CLI, ["import", FILE])
    here.clients.append(client)
    client.expect(r"Change this\? \[y/n\] ")
    client.send("n")
    client.expect("nothing was changed")
    equal(client.status(), 1, "the status of a no")
    client = lab.Terminal(CLI, ["import", FILE])
    here.clients.append(client)
    client.expect(r"Change this\? \[y/n\] ")
    client.send("y")
    equal(client.status(), 0, "the status of a yes")
    matches("alice,\\+4915199900011", export(), "the export")
    here.secrets.append("4915199900011")


@test("import: somebody changed meanwhile, or whose record is damaged, stops it before the first change", **ENROLLED)
def meanwhile(here):
    write(HEADER + "alice,+4915199900011,,no\nbob,+4915199900012,,no\n")
    here.secrets += ["4915199900011", "4915199900012", "4915199900013"]
    client = lab.Terminal(CLI, ["import", FILE])
    here.clients.append(client)
    client.expect(r"Change this\? \[y/n\] ")
    cli("set-number", "bob", "+4915199900013", "--unverified")
    before = tree()
    client.send("y")
    client.expect("bob was changed by another command meanwhile")
    equal(client.status(), 2, "its status")
    check(tree() == before, "it changed something")
    path = "%s/state/%d" % (STATE, uid("bob"))
    with open(path, "r+b") as f:
        f.write(b"\xa5" * os.stat(path).st_size)
    before = tree()
    matches("0 of 2 users are done", cli("import", FILE, "--yes", rc=2)[1], "a damaged record")
    check(tree() == before, "it changed something")


@test("import --sync forgets who is not in the file, as forget does", **dict(ALONE, enrolled=("alice", "bob", "carol")))
def sync(here):
    write(HEADER + "alice,%s,,no\n" % NUMBERS["alice"])
    matches("0 gone", cli("import", FILE)[1], "without --sync")
    out, _ = cli("import", FILE, "--sync", rc=1)
    matches(r"(?m)^gone +bob +\.\.\.34$", out, "the plan")
    cli("import", FILE, "--sync", "--yes")
    equal(export(), HEADER + "alice,%s,,no\n" % NUMBERS["alice"], "the export")
    for name in ("bob", "carol"):
        check(not os.path.exists("%s/state/%d" % (STATE, uid(name))), "%s's record is left" % name)
    equal(len(os.listdir(STATE + "/state/former")), 2, "marks of who was enrolled once")
    equal(len(here.syslog.grep("action=forget")), 2, "lines in the log")
    site_agrees(1)


@test("import --sync does not take the last administrator away without a question of its own", **ENROLLED)
def last_administrator(here):
    run("groupadd", "-f", "sudo", check_rc=0)
    run("usermod", "-a", "-G", "sudo", "bob", check_rc=0)
    try:
        write(HEADER + "alice,%s,,no\n" % NUMBERS["alice"])
        matches("No administrator|no administrator", cli("import", FILE, "--sync", "--yes", rc=1)[1], "--yes without a terminal")
        check("bob" in export(), "bob was forgotten")
        client = lab.Terminal(CLI, ["import", FILE, "--sync", "--yes"])
        here.clients.append(client)
        client.expect(r"No administrator would be left .*\[y/n\] ")
        client.send("y")
        equal(client.status(), 0, "the status")
        check("bob" not in export(), "bob is there")
    finally:
        run("gpasswd", "-d", "bob", "sudo")


@test("import --sync of a file without users does not forget everybody", **ENROLLED)
def cut_off(here):
    write(HEADER)
    before = tree()
    matches("Nobody at all would be left", cli("import", FILE, "--sync", "--yes", rc=1)[1], "a file with its header alone")
    check(tree() == before, "it changed something")


@test("import: two names of one uid are one enrolment, and refused", **ALONE)
def alias(here):
    run("useradd", "-o", "-M", "-u", str(uid("bob")), "bobby", check_rc=0)
    try:
        write(HEADER + "bob,+4915112345634,,no\nalice,+4915112345612,,no\nbobby,+4915112345635,,no\n")
        said = cli("import", FILE, "--yes", rc=1)[1]
        matches(r"users\.csv:4: bobby has the same uid as the user in line 2", said, "an alias")
    finally:
        run("userdel", "bobby")


@test("the recipe for forty hosts: its commands, as the page has them", **ENROLLED)
def recipe(here):
    with open(os.path.join(lab.TOP, "docs/recipes.md")) as f:
        part = f.read().split("## Forty hosts")[1].split("\n## ")[0]
    lines = [line[4:] for line in part.splitlines() if line.startswith("    sms-otp ") or line.startswith("    chmod ")]
    equal([line.split()[:2] for line in lines], [["sms-otp", "export"], ["chmod", "600"], ["sms-otp", "import"]], "the commands")
    there = "/root/recipe"
    os.makedirs(there, exist_ok=True)
    for line in lines:
        run("sh", "-c", "umask 022; cd %s && %s" % (there, line), check_rc=0)
    task = re.search(r"ansible\.builtin\.command: (.*)", part).group(1)
    variable = re.search(r"register: (\w+)", part).group(1)
    condition = re.search(r"changed_when: \(%s\.stdout \| from_json\)\.(\w+)" % variable, part).group(1)
    with open(there + "/users.csv") as f:
        text = f.read()
    seen = []
    for more in ("carol,+436641234556,,no\n", "carol,+436641234556,,no\n", ""):
        with open("/root/users.csv", "w") as f:
            f.write(text + more)
        os.chmod("/root/users.csv", 0o600)
        done = subprocess.run(["sh", "-c", task], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True)
        equal(done.returncode, 0, "the task's status")
        no_number_in(done.stdout)
        seen.append(json.loads(done.stdout)[condition])
    equal(seen, [True, False, True], "changed_when of a new user, again, and a user who left")


@test("f6_ a changed number voids codes and forgets places; --notify tells the old one", **dict(ENROLLED, engines=("daemon",), services=("sshd",), sshd=True))
def changed_number(here):
    ssh = here.ssh()
    ssh.send(ssh.to_code(1).code)
    ssh.gets_in()
    equal(len(json.loads(cli("devices", "alice", "--json")[0])), 1, "places after a login")
    ssh = here.ssh()
    code = ssh.to_code(2).code
    write(HEADER + "alice,+4915199900011,,no\n")
    here.secrets.append("4915199900011")
    cli("import", FILE, "--yes", "--notify")
    with open(STATE + "/outbox/messages") as f:
        matches(r"The phone for login codes of user alice on \S+ was changed from this number to another", f.read(), "the notice")
    equal(json.loads(cli("devices", "alice", "--json")[0]), [], "places after the change")
    ssh.send(code)
    wait_for("the engine's answer", lambda: here.syslog.grep("login verdict=.*reason=void") or "Wrong code" in ssh.seen() or
             "LOGGED-IN" in ssh.seen())
    check("LOGGED-IN" not in ssh.seen(), "a code that went to the old number let in")
    ssh.end()


@test("import: damaged enrolments: --sync is refused, and a damaged user of the file is a bad line", **ENROLLED)
def damaged(here):
    with open("%s/users/%d.conf" % (STATE, uid("bob")), "w") as f:
        f.write("no enrolment")
    write(HEADER + "alice,+4915199900011,,no\n")
    here.secrets.append("4915199900011")
    before = tree()
    cli("import", FILE, "--sync", "--yes", rc=2)
    check(tree() == before, "it changed something")
    write(HEADER + "alice,+4915199900011,,no\nbob,+4915112345635,,no\n")
    matches(r"users\.csv:3: ", cli("import", FILE, "--yes", rc=1)[1], "a damaged user")
    check(tree() == before, "it changed something")
    write(HEADER + "alice,+4915199900011,,no\n")
    cli("import", FILE, "--yes")
    cli("export", rc=2)


@test("an export leaves out and names whom import would refuse", **ENROLLED)
def left_out(here):
    path = "%s/users/%d.conf" % (STATE, uid("bob"))
    with open(path) as f:
        text = f.read()
    other = "%s/users/%d.conf" % (STATE, 54321)
    with open(other, "w") as f:
        f.write(text.replace("uid = %d" % uid("bob"), "uid = 54321").replace('"bob"', '"ghost"'))
    os.chmod(other, 0o600)
    out, said = cli("export", rc=1)
    check("ghost" not in out and "ghost is left out" in said, "export: %r %r" % (out, said))


def crowd_file(start=0):
    return HEADER + "".join("u%04d,+4915100%06d,,no\n" % (k, start + k) for k in range(CROWD))


def crowd_begin():
    """Users of the system, two thousand: written into passwd, since useradd takes a while."""
    if run("id", "u0000").returncode == 0:
        return
    with open("/etc/passwd", "a") as f:
        for k in range(CROWD):
            f.write("u%04d:x:%d:%d::/nonexistent:/bin/false\n" % (k, 20000 + k, 20000 + k))


@test("2,000 users: enrolled, unchanged, changed, forgotten", **ALONE)
def crowd(here):
    crowd_begin()
    times = []

    def timed(*arguments, **more):
        start = time.monotonic()
        seen = cli(*arguments, timeout=250, **more)
        times.append("%s %.1f s" % (" ".join(arguments), time.monotonic() - start))
        return seen
    write(crowd_file())
    matches("2000 new", timed("import", FILE, "--yes")[1], "the first")
    matches("2000 unchanged", timed("import", FILE, "--yes")[1], "the second")
    equal(timed("export")[0], crowd_file(), "the export")
    write(crowd_file(500000))
    matches("2000 changed", timed("import", FILE, "--yes")[1], "the third")
    write(HEADER + "u0000,+4915100500000,,no\n")
    matches("1999 gone, 1 unchanged", timed("import", FILE, "--sync", "--yes")[1], "the fourth")
    equal(len(os.listdir(STATE + "/users")), 1, "entries that are left")
    site_agrees(1)
    print("# " + "; ".join(times))
    here.secrets += ["4915100%06d" % k for k in (0, 1, 999, 500000, 500001)]


def killed_import(arguments, until):
    """Start an import and kill it as soon as until() is true; false: it was too fast."""
    child = subprocess.Popen((CLI, "import", FILE) + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while child.poll() is None and not until():
        pass
    child.send_signal(signal.SIGKILL)
    return child.wait() == -signal.SIGKILL


@test("kill -9 in the middle, at many points: run again, it is whole", **ALONE)
def killed(here):
    crowd_begin()
    some = 400  # enough that a loaded machine can kill it in time
    lines = crowd_file().splitlines(True)[1:some + 1]
    write(HEADER + "".join(lines))
    users = STATE + "/users"
    caught = 0
    for want in (1, 40, 120, 200):
        # on a loaded machine this test may be too slow to catch it
        if not killed_import(("--yes",), lambda: len(os.listdir(users)) >= want):
            break
        caught += 1
        have = len([n for n in os.listdir(users) if not n.startswith(".")])
        check(have == some or os.path.exists(STATE + "/import"), "an import that was killed has left no mark that it had begun")
        # 2: the file that was being written is named
        out = subprocess.run([CLI, "export"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        check(out.returncode in (0, 2), "export's status %d" % out.returncode)
        equal(len(out.stdout.splitlines()) - 1, have, "users after a kill at %d" % want)
    cli("import", FILE, "--yes")
    equal(export(), HEADER + "".join(lines), "the export after the last run")
    site_agrees(some)
    # changed numbers, and a sync: a second step may be missing
    changed = [line.replace("+4915100", "+4915177") for line in lines[:some // 2]]
    write(HEADER + "".join(changed))
    for k in range(40):
        begin = time.monotonic()
        if not killed_import(("--yes", "--sync"), lambda: time.monotonic() - begin > 0.004 * (k + 1)):
            break
        caught += 1
    print("# killed %d times" % caught)
    check(caught > 2, "it ended before it could be killed")
    cli("import", FILE, "--yes", "--sync")
    equal(export(), HEADER + "".join(changed), "the export after the last run")
    check(not os.path.exists(STATE + "/import"), "the journal is left")
    numbered = [n for n in os.listdir(STATE + "/state") if n.isdigit()]
    equal(len(numbered), some // 2, "records that are left")
    equal([n for n in os.listdir(users) if not n.endswith(".conf")], [], "what killed writers left")
    site_agrees(some // 2)


@test("an import that was cut short between its two steps is ended by the next: erased, and voided", **ENROLLED)
def finished(here):
    """The journal as a crash leaves it: bob's entry is gone, his record is not; alice has her new number, not yet settled."""
    os.remove("%s/users/%d.conf" % (STATE, uid("bob")))
    with open(STATE + "/import", "w") as f:
        f.write("sms-otp import 1\ns %d alice\ne %d bob\n" % (uid("alice"), uid("bob")))
    os.chmod(STATE + "/import", 0o600)
    dead = subprocess.Popen(["true"])
    dead.wait()
    for folder in ("users/.%d.conf" % uid("bob"), "state/.%d" % uid("bob"), ".import"):
        with open("%s/%s.%d-123" % (STATE, folder, dead.pid), "w") as f:
            f.write("half")
    write(HEADER + "alice,%s,,no\n" % NUMBERS["alice"])
    cli("import", FILE, "--sync", rc=1)
    for folder in ("", "users", "state"):
        equal([n for n in os.listdir(os.path.join(STATE, folder)) if n.startswith(".")], [], "what a killed writer left in " + folder)
    out, said = cli("import", FILE, rc=1)
    matches("An import was cut short", said, "what it says")
    equal(sorted(re.findall(r"(?m)^finish +(\S+)", out)), ["alice", "bob"], "whom it finishes")
    cli("import", FILE, "--yes")
    check(not os.path.exists("%s/state/%d" % (STATE, uid("bob"))), "bob's record is left")
    check(not os.path.exists(STATE + "/import"), "the journal is left")
    cli("import", FILE)
    with open(STATE + "/import", "w") as f:
        f.write("sms-otp import 1\ns %d alice\ne %d bo" % (uid("alice"), uid("bob")))
    os.chmod(STATE + "/import", 0o600)
    matches("is not as import writes it", cli("import", FILE, rc=2)[1], "half a journal")
    with open(STATE + "/import", "w") as f:
        f.write("sms-otp import 1\ns %d alice\ne %d bob\n" % (uid("alice"), uid("bob")))
    cli("forget", "alice", "--yes")
    with open(STATE + "/import") as f:
        equal(f.read(), "sms-otp import 1\ne %d bob\n" % uid("bob"), "g5_ the journal after forget")


def names(*arguments):
    return sorted({user["user"] for user in json.loads(cli("list", "--json", *arguments)[0])})


@test("list: filters, and --count", **dict(ALONE, enrolled=("alice", "bob", "carol")))
def filters(here):
    write(HEADER + "bob,%s,,yes\n" % NUMBERS["bob"])
    cli("import", FILE, "--yes")
    cli("recovery-codes", "alice")
    cli("block", "bob")
    cli("bypass", "carol", "--for", "1h", "--reason", "test")
    run("groupadd", "-f", "crew", check_rc=0)
    run("usermod", "-a", "-G", "crew", "carol", check_rc=0)
    for arguments, wanted in ((("--unverified",), ["alice", "carol"]), (("--blocked",), ["bob"]), (("--no-recovery",), ["bob", "carol"]),
                              (("--bypass",), ["carol"]), (("--group", "crew"), ["carol"]), (("--prefix", "+43"), ["carol"]),
                              (("--locked",), []), (("--prefix", "+49", "--no-recovery"), ["bob"])):
        equal(names(*arguments), wanted, "list " + " ".join(arguments))
        equal(cli("list", "--count", *arguments)[0], "%d\n" % len(wanted), "--count of it")
    equal(cli("list", "--count", "--json")[0].strip(), "3", "--count --json")
    cli("list", "--group", "nosuchgroup", rc=2)
    cli("list", "--prefix", "49", rc=2)
    matches("Nobody who is enrolled is like that", cli("list", "--locked")[1], "an empty list")


lab.enter(seconds=900)
lab.main(__doc__)
