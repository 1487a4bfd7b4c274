"""lab: what the integration tests stand on: a sandbox, users, a real sshd, the engine, a provider, syslog.

Owns: the way into the sandbox, TAP, and the fixtures that a test builds its world of.
MUST: leave every test a fresh state, and fail a test whose engine or sender processes outlive it.
Never: runs anything outside the sandbox.

A test file calls lab.enter() first (it starts itself again inside a sandbox of its own), declares its tests with
@lab.test(...), and ends with lab.main().
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback

import pexpect

import secrecy

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
PASSWORD = "Correct-Horse-7"
PORT = 2222  # the sandbox has a network of its own: any port is free
NUMBERS = {"alice": "+4915112345612", "bob": "+4915112345634", "carol": "+436641234556"}
ENGINE, SENDER, CLI = "/usr/libexec/sms-otpd", "/usr/libexec/sms-otp-send", "/usr/sbin/sms-otp"
STATE, CONF, SOCKET = "/var/lib/sms-otp", "/etc/sms-otp", "/run/sms-otp/socket"
BOTH = ("daemon", "one-shot")
REPORTS = "/tmp/reports"  # of programs that were built with sanitizers: tests/assurance/defaults.c

SENT = r"Code sent to \.\.\.(\d\d) \(ref (\w{4})\)\. Code, or r to resend: "
WRONG = r"Wrong code, (\d) (?:tries|try) left\. Code for ref (\w{4}): "


# --- the way in, and TAP ---------------------------------------------------------------------------------------------

def enter(seconds=300, keep=()):
    """Start this file again as root of a sandbox, unless that is where it runs. SMSOTP_LOWER: another Debian's tree to make it of. keep: names of
    the environment that stay."""
    if os.environ.get("LAB"):
        return
    stage = os.environ.get("SMSOTP_STAGE", os.path.join(TOP, "build", "gcc", "stage"))
    if not os.path.exists(stage + ENGINE):
        print("Bail out! %s has no installed tree; run ./test, or make stage.stamp" % stage)
        sys.exit(1)
    build = os.path.dirname(stage)
    kept = [word for name in keep if name in os.environ for word in ("--keep", name + "=" + os.environ[name])]
    os.execv(os.path.join(HERE, "sandbox"), [
        "sandbox", "--seconds", str(seconds), "--stage", stage, "--lower", os.environ.get("SMSOTP_LOWER", "/"), "--keep", "LAB=yes", "--keep", "TOP_BUILDDIR=" + build, *kept,
        "/usr/bin/python3", os.path.abspath(sys.argv[0])] + sys.argv[1:])


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


def check(truth, text):
    if not truth:
        raise Failed(text)


def equal(seen, wanted, what):
    if seen != wanted:
        raise Failed("%s: wanted %r, saw %r" % (what, wanted, seen))


def matches(pattern, text, what):
    found = re.search(pattern, text)
    if not found:
        raise Failed("%s: wanted /%s/, saw %r" % (what, pattern, text))
    return found


def wait_for(what, probe, seconds=10):
    """Poll until probe() is true; its value."""
    end = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed("waited %s s in vain for %s" % (seconds, what))
        time.sleep(0.02)


_tests = []


def test(goal, engines=("daemon",), **world):
    """Declare a test: goal names the rule; it runs once for each way of reaching the engine, in a world of its own."""
    def declare(function):
        for engine in engines:
            _tests.append((goal + (" [%s]" % engine if len(engines) > 1 else ""), function, dict(world, engine=engine)))
        return function
    return declare


def plain(goal):
    """Declare a test that builds no world."""
    def declare(function):
        _tests.append((goal, function, None))
        return function
    return declare


def _note(text):
    for line in str(text).rstrip().splitlines():
        print("# " + line)


def main(goal):
    # what a world does to users and /etc is not for the machine itself
    if not os.environ.get("LAB") and any(world is not None for _, _, world in _tests):
        print("Bail out! the file does not call lab.enter()")
        sys.exit(1)
    wanted = sys.argv[1:]
    chosen = [t for t in _tests if not wanted or any(w in t[1].__name__ for w in wanted)]
    for line in goal.strip().splitlines():
        print(("# " + line).rstrip())
    tells = os.environ.get("LAB") and any(world is not None for _, _, world in chosen)
    print("1..%d" % (len(chosen) + bool(tells)), flush=True)
    failures = 0
    if os.environ.get("LAB"):
        os.makedirs(REPORTS, exist_ok=True)
        os.chmod(REPORTS, 0o1777)
    for number, (text, function, world) in enumerate(chosen, 1):
        start = time.monotonic()
        verdict, suffix = "ok", ""
        here = None
        try:
            if world is None:
                function()
            else:
                here = World(**world)
                with here:
                    function(here)
            no_report()
        except Skipped as reason:
            suffix = " # SKIP %s" % reason
        except Exception as error:  # whatever it is, the test has failed
            verdict = "not ok"
            failures += 1
            if isinstance(error, Failed):
                _note(error)
                frames = traceback.extract_tb(error.__traceback__)
                _note("at " + ", ".join("%s:%d" % (f.name, f.lineno) for f in frames if "/test_" in f.filename))
            else:
                _note(traceback.format_exc())
            if here:
                _note(here.story())
        print("%s %d - %s%s" % (verdict, number, text.replace("#", ""), suffix))
        _note("%.1f s" % (time.monotonic() - start))
        sys.stdout.flush()
    sys.exit(1 if failures + leaked(len(chosen) + 1 if tells else 0) else 0)


def leaked(number):
    """G1 over the whole program: 1 if a secret of one of its worlds is in the logs or on a screen of any; 0 without a test's number."""
    if not number:
        return 0
    found = secrecy.search(known, _archive)
    print("%s %d - G1: none of %d secrets in %d logs and screens, %d bytes of them, of this program" % (
        "not ok" if found else "ok", number, len(known), len(_archive), sum(len(text) for _, text, _ in _archive)))
    for line in found:
        _note(line)
    return len(found) > 0


def no_report():
    """No sanitizer has said anything."""
    names = [os.path.join(REPORTS, name) for name in (os.listdir(REPORTS) if os.environ.get("LAB") else ()) if name.startswith("san.")]
    texts = []
    for name in names:
        with open(name, errors="replace") as f:
            texts.append(f.read()[:3000])
        os.remove(name)
    check(not texts, "\n".join(texts))


# --- processes ---------------------------------------------------------------------------------------------------------

def processes(*names):
    """(pid, name) of the living processes with one of these program names."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as f:
                text = f.read()
        except OSError:
            continue
        name = text[text.index("(") + 1:text.rindex(")")]
        if name in names and text[text.rindex(")") + 2] not in "ZX":
            found.append((int(pid), name))
    return found


def run(*command, text=None, user=None, check_rc=None, timeout=60):
    """Run a command; its CompletedProcess with stdout and stderr as one text."""
    if user:
        command = ("runuser", "-u", user, "--") + command
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding="utf-8", errors="replace", timeout=timeout,
                          stdin=subprocess.DEVNULL if text is None else None)
    if check_rc is not None:
        equal(done.returncode, check_rc, "%s said %r and its status" % (" ".join(command), done.stdout))
    return done


# --- syslog ----------------------------------------------------------------------------------------------------------------

class Syslog:
    """A listener on /dev/log that keeps every line."""

    def __init__(self):
        self.lines = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("/dev/log")
        os.chmod("/dev/log", 0o666)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            for line in self.socket.recv(65536).rstrip(b"\0\n").decode("utf-8", "replace").split("\n"):
                self.lines.append(line)

    def grep(self, pattern):
        return [line for line in list(self.lines) if re.search(pattern, line)]

    def wait(self, pattern, count=1, seconds=10):
        return wait_for("%d log line(s) /%s/" % (count, pattern),
                        lambda: (lambda found: found if len(found) >= count else None)(self.grep(pattern)), seconds)


_syslog = None
known = secrecy.Secrets()  # of all worlds of this program
_terminals, _archive = [], []  # of this world; what all worlds logged and showed


# --- the provider ---------------------------------------------------------------------------------------------------------

class Provider:
    """The fake of tests/fakes/provider.py, as a Dexatel. port: which of its certificates; see there."""
    KEY = "dexatel-key-of-the-tests"
    FOLDER = "/tmp/provider"

    def __init__(self, port="good"):
        shutil.rmtree(self.FOLDER, ignore_errors=True)
        os.makedirs(self.FOLDER)
        self.process = subprocess.Popen(["/usr/bin/python3", os.path.join(TOP, "tests/fakes/provider.py"), self.FOLDER],
                                        stdin=subprocess.PIPE)
        wait_for("the provider", lambda: os.path.exists(self.FOLDER + "/ports.json"), 30)
        with open(self.FOLDER + "/ports.json") as f:
            self.ports = json.load(f)
        self.port = port
        # the sender's user must not read these, and the engine must
        with open(CONF + "/dexatel.key", "w") as f:
            f.write(self.KEY + "\n")
        os.chmod(CONF + "/dexatel.key", 0o600)
        shutil.copy(self.FOLDER + "/ca.pem", CONF + "/ca.pem")
        os.chmod(CONF + "/ca.pem", 0o644)

    def block(self, name="dexatel", port=None):
        """A provider block for the settings."""
        number = port if isinstance(port, int) else self.ports[port or self.port]
        return ('%s = { use = "dexatel"; from = "ACME"; key_file = "dexatel.key"; base_url = "https://127.0.0.1:%d"; '
                'ca_file = "ca.pem"; };\n' % (name, number))

    def always(self, **manner):
        with open(self.FOLDER + "/always.new", "w") as f:
            json.dump(manner, f)
        os.rename(self.FOLDER + "/always.new", self.FOLDER + "/always")

    def records(self):
        try:
            with open(self.FOLDER + "/requests.jsonl") as f:
                # the last one may be half written
                return [json.loads(line) for line in f if line.endswith("\n")]
        except FileNotFoundError:
            return []

    @staticmethod
    def text(record):
        return record["fields"]["text"]

    def sms(self, count):
        """The messages that it took, waiting for so many."""
        def taken():
            return [Sms(Sms.FORM.search(self.text(r))) for r in self.records()
                    if r["accepted"] and "text" in r["fields"]]
        wait_for("message number %d at the provider" % count, lambda: len(taken()) >= count)
        return taken()

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)


# --- one test's world ----------------------------------------------------------------------------------------------------

class Sms:
    """One message as a phone would show it."""
    FORM = re.compile(r"(\d{6,10}) is your code for (\S+) on (\S+) \(user (\S+), ref (\w{4})\)\. "
                      r"Valid [^.]+\. Never share it\.")

    def __init__(self, found):
        self.text = found.group(0)
        self.code, self.service, self.host, self.user, self.ref = found.groups()

    def wrong(self, k=1):
        """A code of the same length that is not it; another one for each k."""
        return "%0*d" % (len(self.code), (int(self.code) + k) % 10 ** len(self.code))


class World:
    """Users, settings, state, sshd and engine. Settings are given as raw libconfig text by name."""

    def __init__(self, engine="daemon", sshd=True, services=("sshd",), enrolled=("alice",), provider=None,
                 sshd_lines=(), routes=("outbox",), blocks="", **settings):
        global _syslog
        self.engine_kind, self.with_sshd = engine, sshd
        self.enrolled, self.provider_arguments = enrolled, provider
        self.sshd_lines, self.services = sshd_lines, services
        self.engine = self.sshd = self.provider = None
        self.clients = []
        self.secrets = []  # what a test brings into the world and no log may have
        self.routes, self.blocks, self.extra = list(routes), blocks, settings
        if _syslog is None:
            _syslog = Syslog()
        self.syslog = _syslog
        self.began = 0

    # life and death

    def __enter__(self):
        self.syslog.lines.clear()
        _terminals.clear()
        self.began = int(time.time())
        for folder in ("users", "state", "outbox"):
            shutil.rmtree(os.path.join(STATE, folder), ignore_errors=True)
            os.makedirs(os.path.join(STATE, folder), 0o700)
        os.makedirs(CONF, 0o755, exist_ok=True)
        if run("id", "_sms-otp").returncode:
            run("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", "_sms-otp", check_rc=0)
        for name in NUMBERS:
            if run("id", name).returncode:
                run("useradd", "-m", "-s", "/bin/bash", name, check_rc=0)
                run("chpasswd", "-c", "SHA512", text="%s:%s\n" % (name, PASSWORD), check_rc=0)
        if self.provider_arguments is not None:
            self.provider = Provider(**self.provider_arguments)
            self.blocks += self.provider.block()
        self.settings()
        for name in self.enrolled:
            run(CLI, "enroll", name, NUMBERS[name], "--unverified", check_rc=0)
        for service in self.services:
            self.pam(service)
        if self.engine_kind == "daemon":
            self.start_engine()
        if self.with_sshd:
            self.start_sshd()
        return self

    def __exit__(self, kind, value, tb):
        for client in self.clients:
            client.end()
        for process in (self.sshd, self.engine):
            if process:
                process.send_signal(signal.SIGTERM)
        # the listener of sshd ends, its logins may be at a prompt
        for pid, _ in processes("sshd", "sshd-session", "sshd-auth"):
            try:
                os.kill(pid, signal.SIGTERM)
            except ProcessLookupError:
                pass
        for process in (self.sshd, self.engine):
            if process:
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    if kind is None:
                        raise Failed("%s did not end after SIGTERM" % process.args[0])
        if kind is None:
            self.no_process_left()
            self.no_secret_logged()
        for pid, _ in processes("sms-otpd", "sms-otp-send"):
            os.kill(pid, signal.SIGKILL)
        if self.provider:
            self.provider.end()
        shutil.rmtree("/run/sms-otp", ignore_errors=True)

    def left_behind(self):
        """(logs, files, screens) of this world, each a list of (place, text, what was typed there), for secrecy.search."""
        known.gather(self.provider)
        for secret in [PASSWORD, Provider.KEY, *NUMBERS.values(), *self.secrets]:
            known.learn(secret)
        files = [(path, text, "") for path, text in secrecy.written(self.began)]
        logs = [("syslog", "\n".join(self.syslog.lines), "")] + [file for file in files if secrecy.LOGS.search(file[0])]
        files = [file for file in files if not secrecy.LOGS.search(file[0])]
        # whoever sits at sms-otp is an administrator: what it shows is for him
        screens = [("the screen of " + terminal.name, terminal.seen(), "\n".join(terminal.sent))
                   for terminal in _terminals if terminal.name != CLI]
        return logs, files, screens

    def no_secret_logged(self):
        """G1: whatever the test did, no log, no file and no screen has a number, a code, an answer, a password or a key."""
        logs, files, screens = self.left_behind()
        _archive.extend(logs + screens)
        _terminals.clear()
        found = secrecy.search(known, logs + files + screens)
        check(not found, "\n".join(found))

    def no_process_left(self, seconds=5):
        """D16, D6: apart from the daemon itself nothing of ours is running."""
        own = self.engine.pid if self.engine and self.engine.poll() is None else 0
        wait_for("the end of %s" % processes("sms-otpd", "sms-otp-send"),
                 lambda: not [p for p in processes("sms-otpd", "sms-otp-send") if p[0] != own], seconds)

    # parts

    def settings(self, routes=None, text=None, **more):
        """Write sms-otp.conf, anew with changes if some are given."""
        self.extra.update(more)
        if routes is not None:
            self.routes = list(routes)
        if text is None:
            text = "routes = [ %s ];\n" % ", ".join('"%s"' % r for r in self.routes)
            if self.blocks:
                text += "providers = {\n%s};\n" % self.blocks
            given = {"numbers": '{ prefixes = [ "+49", "+43" ]; }'}
            given.update(self.extra)
            text += "".join("%s = %s;\n" % item for item in given.items())
        with open(CONF + "/sms-otp.conf", "w") as f:
            f.write(text)
        os.chmod(CONF + "/sms-otp.conf", 0o644)

    def pam(self, service, example=None, text=None):
        """Install an example as /etc/pam.d/SERVICE; with debug, so that G1 is judged by all that can be logged."""
        if text is None:
            with open(os.path.join(TOP, "pam.d-examples", example or service)) as f:
                text = re.sub(r"(?m)^([^#\n].*\bpam_sms_otp\.so)", r"\1 debug", f.read())
        with open("/etc/pam.d/" + service, "w") as f:
            f.write(text)

    def start_engine(self, *arguments):
        self.engine_log = open("/tmp/engine.log", "w+")
        self.engine = subprocess.Popen([ENGINE, *arguments], cwd="/", env={}, stdin=subprocess.DEVNULL,
                                       stdout=self.engine_log, stderr=subprocess.STDOUT, start_new_session=True)
        wait_for("the engine's socket", lambda: os.path.exists(SOCKET) or self.engine.poll() is not None)
        equal(self.engine.poll(), None, "the engine ended early and said %r; status" % open("/tmp/engine.log").read())

    def start_sshd(self):
        os.makedirs("/run/sshd", 0o755, exist_ok=True)
        if not os.path.exists("/tmp/sshd/key"):
            os.makedirs("/tmp/sshd", 0o755)
            run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/tmp/sshd/key", check_rc=0)
        with open("/tmp/sshd/key.pub") as key, open("/tmp/sshd/known_hosts", "w") as known:
            known.write("[127.0.0.1]:%d %s" % (PORT, key.read()))
        lines = ["Port %d" % PORT, "ListenAddress 127.0.0.1", "HostKey /tmp/sshd/key", "PidFile none", "UsePAM yes",
                 "PasswordAuthentication no", "KbdInteractiveAuthentication yes", "LogLevel DEBUG1", "UseDNS no",
                 "MaxStartups 200", "PermitRootLogin no", "PrintMotd no"]
        # since 9.8 sshd shuts out an address that failed, and ours is every client's
        if not run("/usr/sbin/sshd", "-t", "-h", "/tmp/sshd/key", "-f", "/dev/null", "-o", "PerSourcePenalties=no").returncode:
            lines.append("PerSourcePenalties no")
        given = list(self.sshd_lines) or ["AuthenticationMethods keyboard-interactive:pam"]
        with open("/tmp/sshd/config", "w") as f:
            f.write("\n".join(given + lines) + "\n")
        if os.path.exists("/tmp/sshd/log"):
            os.remove("/tmp/sshd/log")
        # argv[0]'s base name is the PAM service: it must be sshd's own
        self.sshd = subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", "/tmp/sshd/config", "-E", "/tmp/sshd/log"],
                                     stdin=subprocess.DEVNULL, start_new_session=True)

        def answers():
            equal(self.sshd.poll(), None, "sshd ended; status")
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", PORT)) == 0
        wait_for("sshd", answers)

    # what a test looks at

    def sms(self, count=None, seconds=10):
        """The messages in the outbox, oldest first; count: wait until there are so many."""
        def read():
            try:
                with open(STATE + "/outbox/messages", encoding="utf-8", errors="replace") as f:
                    text = f.read()
            except FileNotFoundError:
                text = ""
            return [Sms(found) for found in Sms.FORM.finditer(text)]
        if count is not None:
            wait_for("SMS number %d" % count, lambda: len(read()) >= count, seconds)
        return read()

    def last_sms(self, count):
        found = self.sms(count)
        equal(len(found), count, "messages in the outbox")
        return found[-1]

    def audit(self, pattern="", count=1):
        """The last of at least count audit lines of the engine that match, as a dict."""
        lines = self.syslog.wait("login verdict=.*" + pattern, count)
        return dict(re.findall(r"(\w+)=(\S*)", lines[-1][lines[-1].index("login verdict="):]))

    def show(self, user="alice"):
        return run(CLI, "show", user).stdout

    def ssh(self, user="alice", **more):
        client = Ssh(self, user, **more)
        self.clients.append(client)
        return client

    def story(self):
        """For a failed test: what everybody said."""
        parts = ["syslog:"] + list(self.syslog.lines)[-30:]
        for name in ("/tmp/sshd/log", "/tmp/engine.log"):
            if os.path.exists(name):
                with open(name, errors="replace") as f:
                    kept = [line for line in f.read().splitlines() if "debug1" not in line]
                parts += [name + ":"] + kept[-12:]
        for client in self.clients:
            if hasattr(client, "seen"):
                parts += ["client:"] + client.seen().splitlines()[-12:]
        if self.provider:
            parts += ["provider: %s" % self.provider.records()[-3:]]
        return "\n".join(parts)


# --- clients ---------------------------------------------------------------------------------------------------------------

class Terminal:
    """A program on a terminal of its own, with somebody at it."""

    def __init__(self, command, arguments, timeout=25, env=None):
        self.child = pexpect.spawn(command, arguments, encoding="utf-8", codec_errors="replace", timeout=timeout,
                                   env=env or dict(os.environ, LC_ALL="C.UTF-8"), dimensions=(40, 300))
        self.name, self.log, self.sent = command, [], []
        _terminals.append(self)
        self.child.logfile_read = self
        self.child.delaybeforesend = 0

    def write(self, text):
        self.log.append(text)

    def flush(self):
        pass

    def seen(self):
        return "".join(self.log)

    def expect(self, pattern):
        """Wait for a prompt or text; the match."""
        try:
            self.child.expect(pattern)
        except (pexpect.EOF, pexpect.TIMEOUT) as error:
            raise Failed("wanted /%s/, then came %s; seen so far: %r" % (pattern, type(error).__name__, self.seen()[-900:]))
        return self.child.match

    def send(self, line):
        self.sent.append(line)
        known.typed(line)
        self.child.sendline(line)

    def status(self):
        """Wait for the end; the exit status (a signal is 128 and its number)."""
        try:
            self.child.expect(pexpect.EOF)
        except pexpect.TIMEOUT:
            raise Failed("no end; seen so far: %r" % self.seen()[-900:])
        self.child.close()
        return self.child.exitstatus if self.child.exitstatus is not None else 128 + self.child.signalstatus

    def end(self):
        self.child.close(force=True)


class Ssh(Terminal):
    """A real ssh client."""

    def __init__(self, world, user, options=(), command="echo LOGGED-IN-AS $(id -un)", methods="keyboard-interactive",
                 prompts=1):
        self.world = world
        arguments = ["-F", "/dev/null", "-p", str(PORT), "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=/tmp/sshd/known_hosts",
                     "-o", "NumberOfPasswordPrompts=%d" % prompts,
                     "-o", "PreferredAuthentications=" + methods]
        for option in options:
            arguments += ["-o", option]
        super().__init__("ssh", arguments + ["%s@127.0.0.1" % user, command])
        self.user = user

    def password(self, text=PASSWORD):
        self.expect(r"Password: ")
        self.send(text)
        return self

    def to_code(self, count):
        """Give the password, wait for the code prompt; the SMS, number count of this world."""
        self.password()
        prompt = self.expect(SENT)
        sms = self.world.last_sms(count) if count else self.world.sms()[-1]
        self.ref = prompt.group(2)
        return sms

    def gets_in(self):
        self.expect("LOGGED-IN-AS %s\r" % self.user)
        equal(self.status(), 0, "ssh's status")

    def is_refused(self):
        status = self.status()
        check("LOGGED-IN" not in self.seen(), "it got in: %r" % self.seen())
        equal(status, 255, "ssh's status; it said %r; status" % self.seen()[-500:])
        return self.seen()
