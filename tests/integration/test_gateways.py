#!/usr/bin/python3
"""Goal: codes go out by programs and spools of this machine, with the real ones of Debian: gammu-smsd with its dummy phone, and
smstools with a modem made of software; and by a program of the site's own and by sms-otp-mmcli, with stand-ins. Each code lets in
through a real sshd. What the rule E8 says of programs holds in the sender as it is built; no code or number comes into our logs (G1)."""

import atexit
import glob
import json
import os
import re
import shutil
import signal
import subprocess

import lab
from lab import BOTH, check, equal, matches

lab.enter()

ALICE = lab.NUMBERS["alice"]


def user(*groups):
    """The sender's user, a member of these groups."""
    if lab.run("id", "_sms-otp").returncode:
        lab.run("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "_sms-otp", check_rc=0)
    lab.run("usermod", "-G", ",".join(groups), "_sms-otp", check_rc=0)


def started(log, *command, **more):
    """A daemon that ends with this test."""
    with open(log, "ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True, **{"stdin": subprocess.DEVNULL, **more})

    def end():
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)
    atexit.register(end)
    process.end = end
    return process


def read(path, encoding="utf-8"):
    with open(path, encoding=encoding, errors="replace") as f:
        return f.read()


def not_logged(world, *secrets):
    for line in list(world.syslog.lines):
        for secret in secrets + (ALICE[1:],):
            check(secret not in line, "G1: a secret in the log: %r" % line)


def gets_in(world, take, prompt=lab.SENT):
    """Log in with the code of the message that take() brings: its number as digits, and its text."""
    ssh = world.ssh()
    ssh.password()
    ref = ssh.expect(prompt).group(2)
    number, text = take()
    equal(number, ALICE[1:], "the number")
    sms = lab.Sms(lab.Sms.FORM.fullmatch(text.rstrip("\n")))
    equal((sms.ref, sms.user), (ref, "alice"), "reference and user")
    ssh.send(sms.code)
    ssh.gets_in()
    not_logged(world, sms.code)
    return sms


def one_new(what, found, before):
    """The one of found() that was not there before."""
    new = lab.wait_for(what, lambda: sorted(set(found()) - set(before)), 20)
    equal(len(new), 1, what)
    return new[0]


# --- gammu-smsd ------------------------------------------------------------------------------------------------------------

GAMMU = "/tmp/gammu"
GAMMU_SETTINGS = """
[gammu]
device = %(folder)s/dummy
connection = none
model = dummy
gammuloc = /dev/null

[smsd]
service = files
logfile = %(folder)s/log
debuglevel = 0
inboxpath = %(folder)s/inbox/
outboxpath = %(folder)s/outbox/
sentsmspath = %(folder)s/sent/
errorsmspath = %(folder)s/error/
commtimeout = 1
sendtimeout = 10
loopsleep = 1
checksecurity = 0
checkbattery = 0
checksignal = 0
outboxformat = unicode
transmitformat = auto
"""


def gammu():
    """Folders as Debian has them: root's, and in them the group's."""
    if os.path.exists(GAMMU):
        return
    # the device of Gammu's dummy phone is a folder
    os.makedirs(GAMMU + "/dummy")
    for name in ("inbox", "outbox", "sent", "error"):
        os.mkdir("%s/%s" % (GAMMU, name))
        shutil.chown("%s/%s" % (GAMMU, name), "root", "gammu")
        os.chmod("%s/%s" % (GAMMU, name), 0o770)
    with open(GAMMU + "/smsdrc", "w") as f:
        f.write(GAMMU_SETTINGS % {"folder": GAMMU})
    started(GAMMU + "/said", "/usr/bin/gammu-smsd", "-c", GAMMU + "/smsdrc", "--pid", GAMMU + "/pid", cwd=GAMMU)
    lab.wait_for("gammu-smsd", lambda: os.path.exists(GAMMU + "/pid"), 20)


def gammu_sent():
    return glob.glob(GAMMU + "/sent/OUT*")


def gammu_message(path):
    """outboxformat = unicode: UTF-16 with a mark; the number is in the name."""
    return re.search(r"_\+(\d+)_", path).group(1), read(path, "utf-16")


GAMMU_WORLD = dict(routes=("gammu-smsd",), blocks='gammu-smsd = { config = "%s/smsdrc"; };\n' % GAMMU)


@lab.test("gammu-smsd carries the code, and it lets in", engines=BOTH, **GAMMU_WORLD)
def by_gammu(world):
    user("gammu")
    gammu()
    before = gammu_sent()
    gets_in(world, lambda: gammu_message(one_new("a message that gammu-smsd sent", gammu_sent, before)))
    line = world.audit()
    equal((line["verdict"], line["route"], line["sends"]), ("accept", "gammu-smsd", "1"), "the audit line")


@lab.test("gammu-smsd: a text outside the GSM alphabet arrives as it was written, whatever the locale is", **GAMMU_WORLD,
          message='"{code} \u2013 \u0432\u0430\u0448 \u043a\u043e\u0434 \u2713 {ref}"', message_segments="3")
def by_gammu_unicode(world):
    user("gammu")
    gammu()
    before = gammu_sent()
    ssh = world.ssh()
    ssh.password()
    ref = ssh.expect(lab.SENT).group(2)
    _, text = gammu_message(one_new("a message that gammu-smsd sent", gammu_sent, before))
    ssh.send(matches(r"\A(\d{6}) \u2013 \u0432\u0430\u0448 \u043a\u043e\u0434 \u2713 %s\s*\Z" % ref, text, "the text").group(1))
    ssh.gets_in()


@lab.test("B2: an outbox that cannot be written, or settings that are not there, are no message: refused, and nothing is counted",
          **GAMMU_WORLD, budget='{ user = "2/1h 2/1d"; }')
def by_gammu_not(world):
    gammu()
    before = gammu_sent()
    user()
    for _ in range(3):
        ssh = world.ssh()
        ssh.password()
        matches("No SMS sent: no provider answered", ssh.is_refused(), "what ssh says")
        equal(world.audit("reason=outage")["tries"], "0", "tries")
    matches("gammu-smsd.*exit status 3", "\n".join(world.syslog.lines), "what was logged")
    user("gammu")
    gets_in(world, lambda: gammu_message(one_new("a message that gammu-smsd sent", gammu_sent, before)))


# --- smstools --------------------------------------------------------------------------------------------------------------

SPOOL = "/var/spool/sms"
MODEM = "/tmp/modem"
SMSD_SETTINGS = """
devices = GSM1
outgoing = %(spool)s/outgoing
checked = %(spool)s/checked
failed = %(spool)s/failed
incoming = %(spool)s/incoming
sent = %(spool)s/sent
logfile = %(modem)s/smsd.log
infofile = %(modem)s/smsd.working
pidfile = %(modem)s/smsd.pid
loglevel = 7
delaytime = 1
errorsleeptime = 1
autosplit = 3

[GSM1]
device = %(modem)s/modem
incoming = no
check_network = no
baudrate = 115200
"""


def smstools():
    """smsd as Debian's script starts it: as smsd, with the group of the serial lines; its folders are those of the package, and one
    is ours, as the description's notes say."""
    if os.path.exists(MODEM):
        return
    lab.run("install", "-d", "-o", "_sms-otp", "-g", "dialout", "-m", "2700", SPOOL + "/sms-otp", check_rc=0)
    lab.run("chmod", "o=", SPOOL, check_rc=0)
    os.makedirs(MODEM)
    os.chmod(MODEM, 0o777)
    with open(MODEM + "/smsd.conf", "w") as f:
        f.write(SMSD_SETTINGS % {"spool": SPOOL, "modem": MODEM})
    started(MODEM + "/modem.log", "/usr/bin/python3", os.path.join(lab.TOP, "tests/fakes/modem.py"), MODEM + "/modem", MODEM,
            stdin=subprocess.PIPE)
    lab.wait_for("the modem", lambda: os.path.exists(MODEM + "/modem"))
    started(MODEM + "/smsd.said", "/usr/sbin/smsd", "-c" + MODEM + "/smsd.conf", "-usmsd", "-gdialout", "-t")
    lab.wait_for("smsd", lambda: "GSM1" in (read(MODEM + "/smsd.log") if os.path.exists(MODEM + "/smsd.log") else ""), 20)


def modem_sent():
    if not os.path.exists(MODEM + "/sent.jsonl"):
        return []
    return [json.loads(line) for line in read(MODEM + "/sent.jsonl").splitlines()]


def modem_message(before):
    lab.wait_for("a message at the modem", lambda: len(modem_sent()) > before, 20)
    equal(len(modem_sent()), before + 1, "messages at the modem")
    found = modem_sent()[before]
    return found["number"].lstrip("+"), found["text"]


SMSTOOLS_WORLD = dict(routes=("smstools",), blocks="smstools = { };\n")


@lab.test("smstools carries the code, and it lets in; nobody else can read it", engines=BOTH, **SMSTOOLS_WORLD)
def by_smstools(world):
    user("smsd")
    smstools()
    before, sent = len(modem_sent()), os.listdir(SPOOL + "/sent")
    gets_in(world, lambda: modem_message(before))
    equal(modem_sent()[before]["alphabet"], "gsm", "alphabet")
    name = one_new("the file among the sent", lambda: os.listdir(SPOOL + "/sent"), sent)
    matches(r"\Asmsotp-[0-9a-f]{16}\Z", name, "its name")
    check(lab.run("cat", "%s/sent/%s" % (SPOOL, name), user="bob").returncode != 0, "another user can read the sent message")
    equal(os.listdir(SPOOL + "/sms-otp"), [], "what is left of incomplete files")
    equal(world.audit()["route"], "smstools", "the route")


@lab.test("smstools: a text outside the GSM alphabet arrives as it was written", **SMSTOOLS_WORLD,
          message='"{code} \u2013 \u0432\u0430\u0448 \u043a\u043e\u0434 \u2713 {ref}"', message_segments="3")
def by_smstools_unicode(world):
    user("smsd")
    smstools()
    before = len(modem_sent())
    ssh = world.ssh()
    ssh.password()
    ref = ssh.expect(lab.SENT).group(2)
    _, text = modem_message(before)
    equal(modem_sent()[before]["alphabet"], "ucs2", "alphabet")
    ssh.send(matches(r"\A(\d{6}) \u2013 \u0432\u0430\u0448 \u043a\u043e\u0434 \u2713 %s\s*\Z" % ref, text, "the text").group(1))
    ssh.gets_in()


@lab.test("B2: without a right to the folder nothing is sent and nothing is counted", **SMSTOOLS_WORLD, budget='{ user = "2/1h 2/1d"; }')
def by_smstools_not(world):
    user()
    smstools()
    before = len(modem_sent())
    for _ in range(3):
        ssh = world.ssh()
        ssh.password()
        matches("No SMS sent: no provider answered", ssh.is_refused(), "what ssh says")
    matches("route smstools: .*Permission denied", "\n".join(world.syslog.lines), "what was logged")
    user("smsd")
    gets_in(world, lambda: modem_message(before))


# --- a program of one's own ------------------------------------------------------------------------------------------------

PROGRAM = "/usr/local/sbin/send-text"


def program(text, mode=0o755):
    os.makedirs(os.path.dirname(PROGRAM), exist_ok=True)
    with open(PROGRAM, "w") as f:
        f.write("#!/bin/sh\n" + text)
    os.chmod(PROGRAM, mode)
    shutil.rmtree("/tmp/program", ignore_errors=True)
    os.mkdir("/tmp/program")
    shutil.chown("/tmp/program", "_sms-otp")


def program_message():
    lab.wait_for("a message of the program", lambda: os.path.exists("/tmp/program/done"))
    return read("/tmp/program/number").strip().lstrip("+"), read("/tmp/program/text")


PROGRAM_WORLD = dict(routes=("command",), blocks='command = { program = "%s"; };\n' % PROGRAM)
TAKES = """
[ $# = 1 ] || exit 64
cat >/tmp/program/text && echo "$1" >/tmp/program/number
"""


@lab.test("a program of one's own carries the code, and it lets in", engines=BOTH, **PROGRAM_WORLD)
def by_program(world):
    program(TAKES + ">/tmp/program/done")
    gets_in(world, program_message)


@lab.test("E7, E8: it runs as nobody of account, with nothing of ours, and no way to gain anything", **PROGRAM_WORLD)
def program_confined(world):
    program(TAKES + r"""
exec >/tmp/program/about
echo "id=$(id -un):$(id -Gn)" "cwd=$(pwd)" "env=$(env | grep -v '^\(PWD\|OLDPWD\|_\|SHLVL\)=')" "fds=$(ls /proc/self/fd | tr '\n' ,)"
grep -E '^(NoNewPrivs|Seccomp):' /proc/self/status
unshare -r true 2>/dev/null && echo unshared
cat /var/lib/sms-otp/state/key /etc/shadow 2>/dev/null
tr '\0' ' ' </proc/$$/cmdline
>/tmp/program/done""")
    sms = gets_in(world, program_message)
    about = read("/tmp/program/about")
    matches(r"^id=_sms-otp:_sms-otp( |$)", about, "its user")
    matches(r" cwd=/ env= fds=0,1,2,3,$", about.splitlines()[0], "what it has")
    matches(r"(?s)NoNewPrivs:\t1\nSeccomp:\t2\n", about, "its confinement")
    check("unshared" not in about, "it has a user namespace of its own")
    check(sms.code not in about, "E8: the code is among its arguments: %r" % about)


@lab.test("E9: a program that does not end in time may have sent: the login goes on, and nothing is left running", **PROGRAM_WORLD,
          deadline='"5s"')
def program_late(world):
    program(TAKES + "sleep 300 & >/tmp/program/done; sleep 300")
    gets_in(world, program_message, r"Code sent to \.\.\.(\d\d), it may take a minute \(ref (\w{4})\)\. Code, or r to resend: ")
    lab.wait_for("the end of what it started", lambda: not lab.processes("sleep", "send-text"))


@lab.test("B2: exit statuses are told apart; the number is refused, not now, not so, an administrator's matter", **PROGRAM_WORLD)
def program_refuses(world):
    for status, words in ((75, "exit status 75: the program says that it cannot send now"),
                          (67, "exit status 67: the program refuses this recipient"),
                          (78, "exit status 78: the program says that its account"),
                          (1, "exit status 1: the program does not take this message")):
        program("exit %d" % status)
        world.syslog.lines.clear()
        ssh = world.ssh()
        ssh.password()
        ssh.is_refused()
        matches(words, "\n".join(world.syslog.lines), "what was logged")


@lab.test("E8: a program that others could have changed is not run", **PROGRAM_WORLD)
def program_of_others(world):
    program(TAKES + ">/tmp/program/done", 0o775)
    ssh = world.ssh()
    ssh.password()
    matches("No SMS sent", ssh.is_refused(), "what ssh says")
    matches("others may write to it", "\n".join(world.syslog.lines), "what was logged")
    os.chmod(PROGRAM, 0o755)
    shutil.chown(PROGRAM, "alice")
    ssh = world.ssh()
    ssh.password()
    ssh.is_refused()
    matches("must be root", "\n".join(world.syslog.lines), "what was logged")
    check(not os.path.exists("/tmp/program/done"), "it was run")


# --- mmcli -----------------------------------------------------------------------------------------------------------------

MMCLI_WORLD = dict(routes=("modemmanager",), blocks="modemmanager = { };\n")
TOOL = "/usr/libexec/sms-otp/sms-otp-mmcli"
STAND_IN = r"""#!/usr/bin/python3
import os, sys
a, folder = sys.argv[1:], "/tmp/mmcli/"
with open(folder + "calls", "a") as f:
    f.write(repr(a) + "\n")
manner = open(folder + "manner").read() if os.path.exists(folder + "manner") else ""
if a[:2] == ["-m", "any"] and a[2].startswith("--messaging-create-sms="):
    if manner == "denied":
        sys.exit("error: couldn't create new SMS: 'GDBus.Error:org.freedesktop.DBus.Error.AccessDenied: no'")
    if manner == "none":
        sys.exit("error: couldn't find modem")
    print("Successfully created new SMS: /org/freedesktop/ModemManager1/SMS/21")
elif a == ["-s", "21", "--send"]:
    if manner == "late":
        sys.exit("error: couldn't send the SMS: 'Timeout was reached'")
    if manner == "refused":
        sys.exit("error: couldn't send the SMS: 'GDBus.Error:org.freedesktop.ModemManager1.Error.Message.InvalidNumber: no'")
    print("successfully sent the SMS")
elif a != ["-m", "any", "--messaging-delete-sms=21"]:
    sys.exit("error: unknown")
"""


def mmcli(manner=""):
    shutil.rmtree("/tmp/mmcli", ignore_errors=True)
    os.mkdir("/tmp/mmcli")
    os.chmod("/tmp/mmcli", 0o777)
    with open("/tmp/mmcli/manner", "w") as f:
        f.write(manner)
    with open("/usr/bin/mmcli", "w") as f:
        f.write(STAND_IN)
    os.chmod("/usr/bin/mmcli", 0o755)


def mmcli_calls():
    return [eval(line) for line in read("/tmp/mmcli/calls").splitlines()] if os.path.exists("/tmp/mmcli/calls") else []


def mmcli_message():
    lab.wait_for("a message at mmcli", lambda: len(mmcli_calls()) == 3)
    found = matches(r"\A--messaging-create-sms=number=\+(\d+),text=([\"'])(.*)\2\Z", mmcli_calls()[0][2], "the properties")
    return found.group(1), found.group(3)


def hide(word):
    lab.run("mount", "-o", "remount,hidepid=" + word, "/proc", check_rc=0)


def tool(text, *arguments):
    done = subprocess.run([TOOL, *arguments], input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", env={},
                          timeout=20)
    check(not re.search(r"493027|4915112345612", done.stdout + done.stderr), "G1: it says %r" % (done.stdout + done.stderr))
    check(done.stderr.count("\n") <= 1, "it says %r" % done.stderr)
    return done.returncode, done.stdout


@lab.test("ModemManager: sms-otp-mmcli carries the code where /proc hides it, and it lets in; no message stays on the modem",
          **MMCLI_WORLD)
def by_mmcli(world):
    mmcli()
    hide("invisible")
    try:
        gets_in(world, mmcli_message)
    finally:
        hide("off")
    equal(mmcli_calls()[1:], [["-s", "21", "--send"], ["-m", "any", "--messaging-delete-sms=21"]], "the other calls")


@lab.test("ModemManager: where every user could read the code, nothing is sent", **MMCLI_WORLD)
def by_mmcli_not(world):
    mmcli()
    ssh = world.ssh()
    ssh.password()
    matches("No SMS sent", ssh.is_refused(), "what ssh says")
    matches("modemmanager.*exit status 78", "\n".join(world.syslog.lines), "what was logged")
    equal(mmcli_calls(), [], "calls of mmcli")


@lab.plain("sms-otp-mmcli: what can and cannot be written for mmcli; what its ends mean")
def mmcli_ends():
    mmcli()
    equal(tool("493027", ALICE)[0], 78, "status without hidepid")
    equal(mmcli_calls(), [], "calls of mmcli")
    for word in ("1", "2", "4", "noaccess", "invisible", "ptraceable"):
        hide(word)
        equal(tool("493027", ALICE), (0, "sent 21\n"), "with hidepid=" + word)
    for text, quote in (("a, b=c 'd'", '"'), ('a "b"', "'"), ("493027\nx\n", '"'), ("$(id) `id` \\", '"')):
        mmcli()
        equal(tool(text, ALICE), (0, "sent 21\n"), "with %r" % text)
        equal(mmcli_calls()[0], ["-m", "any", "--messaging-create-sms=number=%s,text=%s%s%s" % (ALICE, quote, text, quote)], "call")
    mmcli()
    for status, text, arguments in ((78, "\"a\" 'b'", (ALICE,)), (64, "", (ALICE,)), (64, "x", ()), (64, "x", ("+49x",)),
                                    (64, "x", (ALICE + ",text=y",)), (64, "x", ("-h",)), (64, "x", (ALICE, "--help")),
                                    (64, "x", (ALICE, "any", "y"))):
        equal(tool(text, *arguments), (status, ""), "with %r %r" % (text, arguments))
    equal(mmcli_calls(), [], "calls of mmcli")
    for manner, expected, calls in (("none", (75, ""), 1), ("denied", (77, ""), 1), ("refused", (75, ""), 3),
                                    ("late", (0, "no answer in time\n"), 3)):
        mmcli(manner)
        equal(tool("493027", ALICE), expected, "mmcli: " + manner)
        equal(len(mmcli_calls()), calls, "calls of mmcli: " + manner)
    os.remove("/usr/bin/mmcli")
    equal(tool("493027", ALICE), (78, ""), "without mmcli")
    hide("off")


lab.main(__doc__)
