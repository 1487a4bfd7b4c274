#!/usr/bin/python3
"""Goal: hosts that the other tests cannot run, or not in these versions and corners, as scripted ones (model.c and what it lists): each shows a
person what that program would show, and with no more than that the right code lets in, a wrong one is counted once, and a host that
cannot prompt twice, forgets, breaks off or waits too short costs nobody a guess (D1 to D4, D9 to D12, A4, A6, B5)."""

import json
import os
import queue
import re
import subprocess
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "integration"))

import lab  # noqa: E402
from factors import recovery_codes  # noqa: E402
from lab import CLI, PASSWORD, SENT, WRONG, check, equal, matches, run  # noqa: E402

MODEL = os.path.join(os.environ.get("TOP_BUILDDIR", ""), "tests/attack/model")
SUCCESS, AUTH_ERR, MAXTRIES, CONV_ERR = 0, 7, 11, 19
BEHIND_PASSWORD = "auth requisite pam_unix.so nodelay\nauth required pam_sms_otp.so %s\naccount required pam_permit.so\n"
ONE_FIELD = "auth requisite pam_sms_otp.so forward_pass\nauth required pam_unix.so nodelay try_first_pass\naccount required pam_permit.so\n"
SERVICES = {"sshd-10.2": "sshd", "sshd-10.3": "sshd", "sshd-password": "sshd", "sudo": "sudo", "sudo-interrupted": "sudo", "su": "su", "su-quiet": "su",
            "login": "login", "gdm": "gdm-password", "lightdm": "lightdm", "cockpit": "cockpit", "polkit": "polkit-1", "swaylock": "swaylock",
            "i3lock": "i3lock", "dovecot": "dovecot", "openvpn": "openvpn"}
ROOMY = '{ user = "20/1h 20/1d"; number = "50/1h"; }'


class Person:
    """Who sits at a scripted host, and knows what it shows."""

    def __init__(self, world, host, *options, user="alice", stack=BEHIND_PASSWORD % "", as_user=False):
        world.pam(SERVICES[host], text=stack)
        command = [MODEL, host] + (["-u", user] if user else []) + list(options)
        self.process = subprocess.Popen((["runuser", "-u", user, "--"] if as_user else []) + command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, encoding="utf-8", errors="replace", bufsize=1)
        self.world, self.host, self.lines, self.said = world, host, queue.Queue(), []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        world.clients.append(self)

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def line(self):
        try:
            line = self.lines.get(timeout=40)
        except queue.Empty:
            raise lab.Failed("%s says nothing; so far %r" % (self.host, self.said))
        if line is not None:
            self.said.append(line)
        return line

    def asked(self, pattern):
        """Wait to be asked, for something like that and nothing else: how, and the match."""
        while True:
            line = self.line()
            if line is None:
                raise lab.Failed("%s ended where /%s/ should be asked: %r" % (self.host, pattern, self.said))
            if line.startswith("ask="):
                how, text = line[4:].split(":", 1)
                check(len(text.encode()) <= 512 and text.isprintable(), "D1: the prompt %r" % text)
                return how, matches("^(?:%s)$" % pattern, text, "what %s asks" % self.host)

    def type(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def to_code(self, count, password="Password: "):
        """Through the password; the SMS."""
        if self.host == "sudo":
            password = r"\[sudo\] password for alice: "
        self.asked("password" if self.host == "cockpit" else password)
        self.type(PASSWORD)
        self.how, found = self.asked(SENT)
        sms = self.world.last_sms(count)
        equal(sms.ref, found.group(2), "the reference")
        return sms

    def all(self, key):
        return [line.split("=", 1)[1] for line in self.said if line.startswith(key + "=")]

    def over(self):
        """Read on to the end; what pam_authenticate gave, each time."""
        while self.line() is not None:
            pass
        self.process.wait(20)
        equal(self.all("fault"), [], "faults of %s" % self.host)
        if self.process.returncode == 0:
            check(int(self.all("most")[0]) <= 1, "D1: more than one message in a call: %r" % self.said)
        return [int(rc) for rc in self.all("rc")]

    def ends(self, *codes):
        equal(self.over(), list(codes), "the codes of %s, which said %r" % (self.host, self.said))
        return self

    def leaves(self):
        self.process.stdin.close()

    def seen(self):
        return "\n".join(self.said)

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        if not self.process.stdin.closed:
            try:
                self.process.stdin.close()
            except OSError:
                pass


def model(goal, **more):
    return lab.test(goal, sshd=False, enrolled=("alice", "bob"), services=(), **more)


def afresh(user="alice"):
    """Without waits and budgets from before."""
    run(CLI, "forget", user, "--yes", check_rc=0)
    run(CLI, "enroll", user, lab.NUMBERS[user], "--unverified", check_rc=0)


def quiet(world):
    check("one-field" not in "\n".join(world.syslog.lines), "D3: the host is suspected")


# --- hosts that prompt twice ------------------------------------------------------------------------------------------------------------

TWICE = [("sshd-10.2", ()), ("sshd-10.3", ()), ("sudo", ()), ("sudo", ("-w", "-A")), ("su", ()), ("su-quiet", ()), ("login", ()), ("gdm", ()),
         ("lightdm", ()), ("cockpit", ()), ("polkit", ())]


@model("D1, D2, D9: each host that prompts twice: all that a person needs is in the one prompt; a wrong code, then the right one",
       engines=lab.BOTH, lockout="{ failures = 20; }")
def twice(world):
    for count, (host, options) in enumerate(TWICE, 1):
        person = Person(world, host, *options)
        sms = person.to_code(count)
        equal((person.how, sms.user, sms.service), ("askpass" if options else "on", "alice", SERVICES[host]), "D2: echo; whose code, and for what")
        person.type(sms.wrong())
        equal(person.asked(WRONG)[1].group(1), "2", "tries left")
        person.type(sms.code)
        person.ends(SUCCESS)
        equal(person.all("see"), [], "what was shown beside the prompts")
        line = world.audit("reason=accepted", count)
        equal((line["service"], line["tries"], line["sends"]), (SERVICES[host], "2", "1"), "the audit line")
    quiet(world)


# who shows a refusal's reason; sudo is always silent, Cockpit forgets what comes without a prompt
SHOWN = [("sshd-10.2", True), ("sshd-10.3", True), ("sudo", False), ("su", True), ("su-quiet", True), ("login", True), ("gdm", True),
         ("lightdm", True), ("cockpit", False), ("polkit", True)]


@model("D9: locked out is PAM_MAXTRIES: sshd asks no more; the reason is shown where the host shows any", lockout="{ failures = 3; }")
def locked(world):
    person = Person(world, "sshd-10.2")
    sms = person.to_code(1)
    for k in (1, 2, 3):
        person.type(sms.wrong(k))
    person.ends(MAXTRIES)
    for host, shown in SHOWN:
        person = Person(world, host, "-n", "3")
        person.asked("password" if host == "cockpit" else r".*[Pp]assword.*: ")
        person.type(PASSWORD)
        # sudo goes on after MAXTRIES, as after a wrong password
        codes = [MAXTRIES] + [MAXTRIES] * (2 if host == "sudo" else 0)
        for _ in codes[1:]:
            person.asked(r"\[sudo\] password for alice: ")
            person.type(PASSWORD)
        person.leaves()  # GDM begins anew with another worker
        equal(person.over()[:len(codes)], codes, "the codes of %s" % host)
        check(host == "gdm" or len(person.all("rc")) == len(codes), "%s went on: %r" % (host, person.said))
        told = [text for text in person.all("see") if re.match(r"Locked until \d\d:\d\d", text)]
        equal(bool(told), shown, "%s: the reason is shown" % host)
    equal(len(world.sms()), 1, "messages")


@model("D6, D10: whoever goes away at the prompt: sshd is killed there, the others fail; no guess, no process, and no second message of that call",
       budget=ROOMY)
def gone(world):
    first = Person(world, "sshd-10.2")  # what has worked once is not suspected
    first.type(PASSWORD)
    first.type(first.world.sms(1)[0].code)
    first.ends(SUCCESS)
    hosts = [(host, options) for host, options in TWICE if host != "sshd-10.3"][:2] + [("gdm", ()), ("cockpit", ()), ("polkit", ()), ("su", ())]
    for count, (host, options) in enumerate(hosts, 1):
        afresh()
        person = Person(world, host, *options)
        person.asked("password" if host == "cockpit" else r".*[Pp]assword.*: ")
        person.type(PASSWORD)
        person.asked(SENT)
        person.leaves()
        person.ends(*([] if host.startswith("sshd") else [CONV_ERR]))
        equal(person.process.returncode, -15 if host.startswith("sshd") else 0, "the status of %s" % host)
        line = world.audit("reason=conversation|reason=no-answer", count)
        equal((line["verdict"], line["tries"], line["sends"]), ("deny", "0", "1"), "%s: guesses and messages of the call" % host)
    world.no_process_left()


@model("D10: sudo after ^C: one failed read ends the round, and no prompt comes after it; with -n nobody is asked and nothing sent", without_password='[ "sudo" ]')
def interrupted(world):
    person = Person(world, "sudo", "-n", "3")
    person.to_code(1)
    person.leaves()
    person.ends(CONV_ERR)
    equal(person.all("calls"), ["2"], "calls of the conversation")
    # a round that begins where reading has failed: success, and no text
    person = Person(world, "sudo-interrupted", stack="auth required pam_sms_otp.so\n").ends(CONV_ERR)
    equal((person.all("calls"), world.audit("service=sudo", 2)["tries"]), (["1"], "0"), "calls, and guesses")
    before = len(world.sms())
    person = Person(world, "sudo", "-w", "-n", "-n", "3")
    check(SUCCESS not in person.over() and person.all("ask") == [], "-n: %r" % person.said)
    equal(len(world.sms()), before, "messages")


# --- login: one handle for another user ---------------------------------------------------------------------------------------------------

@model("A4, D12: login keeps its handle and asks for another name: the code goes to that one's phone, and the first one's code is a wrong one")
def next_user(world):
    person = Person(world, "login", "-n", "3", user=None)
    person.asked("web01 login: ")
    person.type("alice")
    first = person.to_code(1)
    for k in (1, 2, 3):
        person.type(first.wrong(k))
        if k < 3:
            person.asked(WRONG)
    person.asked("web01 login: ")
    equal(person.all("see"), ["Login incorrect"], "what login shows")
    person.type("bob")
    second = person.to_code(2)
    equal((first.user, second.user), ("alice", "bob"), "whose codes")
    person.type(first.code if first.code != second.code else first.wrong())
    person.asked(WRONG)
    person.type(second.code)
    person.ends(AUTH_ERR, SUCCESS)
    used = {name: sum(p["failures"][0]["used"] for p in json.loads(run(CLI, "show", name, "--json").stdout)["purses"]) for name in ("alice", "bob")}
    equal(used, {"alice": 3, "bob": 1}, "failures counted")


@model("D4: the first user's password is no evidence for the next one on the same handle: nothing is sent")
def no_evidence(world):
    skips = "auth [success=1 default=ignore] pam_succeed_if.so quiet user = bob\n" + BEHIND_PASSWORD % ""
    person = Person(world, "login", "-n", "2", user=None, stack=skips)
    person.asked("web01 login: ")
    person.type("alice")
    sms = person.to_code(1)
    for k in (1, 2, 3):
        person.type(sms.wrong(k))
    for _ in (1, 2):
        person.asked(WRONG)
    person.asked("web01 login: ")
    person.type("bob")
    person.ends(AUTH_ERR, AUTH_ERR)
    equal(world.audit("user=bob")["reason"], "no-first-factor", "why")
    equal(len(world.sms()), 1, "messages")


# --- desktops -------------------------------------------------------------------------------------------------------------------------------

@model("D12: GDM may begin without a name: PAM asks, the greeter is told who it is, and the code goes there")
def two_stages(world):
    person = Person(world, "gdm", user=None)
    person.asked("Username:")
    person.type("bob")
    sms = person.to_code(1)
    equal(sms.user, "bob", "whose code")
    person.type(sms.code)
    person.ends(SUCCESS)
    equal(person.all("user"), ["bob"], "what the greeter was told")


@model("D11: a provider that is silent: Cockpit, which waits 30 s for each step, comes to the prompt", provider={}, routes=("dexatel",))
def patience(world):
    world.provider.always(stall_after=60)
    person = Person(world, "cockpit")
    person.asked("password")
    person.type(PASSWORD)
    how, found = person.asked(r".*\(ref \w{4}\).*: ")
    matches("minute", found.group(0), "E9: what the prompt says")
    person.type(re.search(r"\b(\d{6})\b", world.provider.text(world.provider.records()[0])).group(1))
    person.ends(SUCCESS)


@model("A6: polkit's helper cuts a line of 600 bytes in two answers: two that are none, no guess, and then the right code")
def cut_line(world):
    person = Person(world, "polkit")
    sms = person.to_code(1)
    person.type("7" * 600)
    for _ in (1, 2):
        equal(person.asked(r".*%s.*: " % sms.ref)[0], "on", "echo")
    person.type(sms.code)
    person.ends(SUCCESS)
    equal(world.audit("reason=accepted")["tries"], "1", "A6: guesses")


# --- hosts with one field -------------------------------------------------------------------------------------------------------------------

# a host that fails at a prompt with echo, or gives the name for it, or the password
FIELDS = [("sshd-password", "", CONV_ERR), ("sshd-password", "no_echo", AUTH_ERR), ("swaylock", "", AUTH_ERR), ("swaylock", "no_echo", AUTH_ERR),
          ("i3lock", "", AUTH_ERR), ("dovecot", "", AUTH_ERR), ("dovecot", "no_echo", AUTH_ERR), ("openvpn", "", AUTH_ERR), ("openvpn", "no_echo", AUTH_ERR)]


@model("D3: one field for two prompts: refused without a guess, and one line names the service", budget=ROOMY)
def one_field(world):
    for count, (host, argument, code) in enumerate(FIELDS):
        afresh()
        run(CLI, "check", "--two-prompts", SERVICES[host])
        world.syslog.lines.clear()
        person = Person(world, host, stack=BEHIND_PASSWORD % argument, as_user=host in ("swaylock", "i3lock"))
        person.asked("password|field")
        person.type(PASSWORD)
        person.ends(code)
        line = world.audit("service=%s" % SERVICES[host])
        equal((line["reason"], line["tries"], line["sends"]), ("one-field" if code == AUTH_ERR else "conversation", "0", "1"), "%s: the audit line" % host)
        equal(len(world.syslog.grep("note .*service %s may not be able to prompt twice" % SERVICES[host])), 1, "D3: lines that name %s" % SERVICES[host])


@model("D3: after three in a row, by two users, nothing more is sent through such a service, until check is told otherwise")
def marked(world):
    for count, user in enumerate(("alice", "bob", "alice"), 1):
        person = Person(world, "dovecot", user=user)
        person.asked("field")
        person.type(PASSWORD)
        person.ends(AUTH_ERR)
        equal(len(world.sms()), count, "messages")
    for user in ("bob", "alice"):
        person = Person(world, "dovecot", user=user)
        person.asked("field")
        person.type(PASSWORD)
        person.ends(AUTH_ERR)
    equal(len(world.sms()), 3, "messages through a service with one field")
    run(CLI, "check", "--two-prompts", "dovecot", check_rc=0)
    person = Person(world, "dovecot", user="bob")
    person.asked("field")
    person.type(PASSWORD)
    person.ends(AUTH_ERR)
    equal(len(world.sms()), 4, "messages after check was told")


@model("D1, D3: i3lock, whose array holds one message only, and swaylock: one handle, a wrong field, then password and recovery code in it")
def lockers(world):
    codes = recovery_codes(world)
    for host, code in (("i3lock", codes[0]), ("swaylock", codes[1])):
        person = Person(world, host, "-n", "3", stack=ONE_FIELD, as_user=True)
        for field in (PASSWORD, "Wrong-Horse-7" + codes[2 if host == "i3lock" else 3], PASSWORD + code):
            person.asked("field")
            person.type(field)
        person.ends(AUTH_ERR, AUTH_ERR, SUCCESS)
    equal(world.sms(), [], "messages")


@model("A6, D3: openvpn knows a prompt by its first word: a wrong code is counted once, since no word fits the next prompt, and nobody is suspected")
def words(world):
    for count in (1, 2):
        person = Person(world, "openvpn", "-w", "password PASSWORD code OTP")
        person.asked("field")
        person.type(PASSWORD + "\t000000")
        person.ends(CONV_ERR)
        equal(world.audit("service=openvpn", count)["tries"], "1", "guesses")
    quiet(world)


lab.enter()
lab.main(__doc__)
