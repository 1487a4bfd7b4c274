"""The frame of the module's tests: a user and mount namespace with a stand-in for the engine, a host of our own, TAP.

As an ordinary user (root becomes nobody first) the namespace has its own /run, /dev/log and engine's place, and its root is that
user; nothing reaches the machine."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

import treaty

PAM = {"SUCCESS": 0, "SERVICE_ERR": 3, "SYSTEM_ERR": 4, "PERM_DENIED": 6, "AUTH_ERR": 7, "AUTHINFO_UNAVAIL": 9, "MAXTRIES": 11,
       "CONV_ERR": 19}
# libpam keeps PAM_IGNORE to itself: the line after ours gives another code, which nothing else gives here
IGNORED = 8
NAMES = {IGNORED: "IGNORE", **{code: name for name, code in PAM.items()}}
NOBODY = 65534
STAGE = os.environ.get("SHIM_STAGE", "")
RUN = "/run/shim-test"
tests = []


def test(function):
    tests.append(function)
    return function


# --- the way in -------------------------------------------------------------------------------------------------

def stage():
    """Copies that an ordinary user can read, wherever the checkout is."""
    source = os.environ.get("top_srcdir", os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    build = os.environ.get("top_builddir", ".")
    folder = tempfile.mkdtemp(prefix="sms-otp-module.", dir="/var/tmp")
    os.chmod(folder, 0o755)
    here = os.path.join(source, "tests", "module")
    for name in os.listdir(here):
        if name.endswith(".py"):
            shutil.copy(os.path.join(here, name), folder)
    for path in ["tests/module/pam_host", ".libs/pam_sms_otp.so", "tests/module/.libs/pam_first.so"]:
        shutil.copy(os.path.join(build, path), folder)
    return folder


def sandbox():
    return os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration", "sandbox")


def works(command):
    return subprocess.run(command + ["true"], stderr=subprocess.DEVNULL).returncode == 0


def enter(as_root=False):
    """The test script starts itself again inside. Gives the exit status."""
    script = os.path.basename(sys.argv[0])
    folder = stage()
    root = ["unshare", "-m", "--propagation", "private"]
    command = root if as_root else ["unshare", "-Urm"]
    if not as_root and os.getuid() == 0:
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"] + command
    env = dict(os.environ, SHIM_STAGE=folder, PYTHONDONTWRITEBYTECODE="1")
    try:
        # inside a chroot nobody gets a user namespace: root does without, and where the chroot is no mount point,
        # so that mounts could get out of it, on a copy of the machine
        copy = [sandbox(), "--keep", f"SHIM_STAGE={folder}", "--keep", "PYTHONDONTWRITEBYTECODE=1", "--"]
        ways = [command] + ([root, copy + root] if os.getuid() == 0 else [])
        command = next(filter(works, ways), None)
        if not command:
            print("1..0 # SKIP the kernel gives no namespaces here")
            return 0
        return subprocess.run(command + ["/usr/bin/python3", os.path.join(folder, script)], env=env).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def places():
    out = subprocess.run([f"{STAGE}/pam_host", "-P"], capture_output=True, text=True, check=True).stdout
    return dict(line.split("=", 1) for line in out.splitlines())


MARK = b"<7>shim: so far"


class Syslog(threading.Thread):
    """/dev/log: what the module says."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.lines, self.path, self.read = [], path, threading.Event()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        os.chmod(path, 0o666)

    def run(self):
        while True:
            line = self.socket.recv(8192)
            if line == MARK:
                self.read.set()
            else:
                self.lines.append(line.decode("utf-8", "replace"))

    def settle(self):
        """Until all that was said by now is in lines: a line of our own comes behind it."""
        self.read.clear()
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.sendto(MARK, self.path)
        expect(self.read.wait(60), True, "the log's own mark within a minute")


def furnish():
    """The namespace's own /run, /dev and engine's place."""
    os.umask(0o022)
    where = places()
    folder = os.path.dirname(where["socket"])
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", os.path.dirname(folder))
    os.makedirs(RUN, exist_ok=True)
    os.makedirs(RUN + "/dev")
    for name in filter(lambda n: os.path.exists("/dev/" + n), ["null", "zero", "urandom", "random", "tty"]):
        open(f"{RUN}/dev/{name}", "w").close()
        mount("--bind", f"/dev/{name}", f"{RUN}/dev/{name}")
    mount("--rbind", RUN + "/dev", "/dev")
    mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", os.path.dirname(where["engine"]))
    os.makedirs(RUN + "/pam.d")
    with open(RUN + "/pam.d/other", "w") as f:
        f.write("auth required pam_deny.so\n")
    os.makedirs(RUN + "/engine")
    shutil.copy(f"{STAGE}/treaty.py", RUN + "/engine")
    log = Syslog("/dev/log")
    log.start()
    return where, log


# --- one login ----------------------------------------------------------------------------------------------------

class Result:
    def __init__(self, out, err, status, events, log, note, seconds):
        self.out, self.err, self.status, self.events, self.log, self.note = out, err, status, events, log, note
        self.seconds = seconds
        self.lines = [line.split("=", 1) for line in out.splitlines() if "=" in line]

    def all(self, key):
        return [v for k, v in self.lines if k == key]

    def one(self, key):
        values = self.all(key)
        return values[-1] if values else None

    @property
    def code(self):
        rc = self.one("rc")
        return NAMES.get(int(rc), rc) if rc is not None else f"no result (exit {self.status}): {self.out}{self.err}"

    def answers(self):
        return [e for e in self.events if "answer" in e]

    def login(self):
        return next((e["login"] for e in self.events if "login" in e), None)

    def trouble(self):
        return [e for e in self.events if "trouble" in e]


class Engine(threading.Thread):
    """A living engine: one script a connection."""

    def __init__(self, path, scripts, backlog=8, share=None):
        super().__init__(daemon=True)
        self.scripts, self.events = scripts, []
        if share:
            self.socket = share.socket
            return
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(path)
        os.chmod(path, 0o666)
        self.socket.listen(backlog)

    def run(self):
        for script in self.scripts:
            try:
                conn, _ = self.socket.accept()
            except OSError:
                return
            self.events += treaty.serve(conn, script)

    def end(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.join(10)
        self.socket.close()
        os.unlink(self.path)


class Stage:
    def __init__(self):
        self.places, self.syslog = furnish()
        self.hosts = []
        self.notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notes.bind(RUN + "/engine/notes")
        self.notes.settimeout(10)

    @property
    def socket(self):
        return self.places["socket"]

    def stack(self, service, arguments, first):
        """A service's file; first: the password that stood before us, None for none."""
        with open(f"{RUN}/pam.d/{service}", "w") as f:
            if first is not None:
                f.write(f"auth [default=ignore] {STAGE}/pam_first.so {first}\n")
            words = " ".join(f"[{a.replace(']', chr(92) + ']')}]" if " " in a else a for a in arguments)
            f.write(f"auth [success=done ignore=ignore default=die] {STAGE}/pam_sms_otp.so {words}\n")
            f.write(f"auth requisite {STAGE}/pam_first.so was-ignored\n")

    def stack_lines(self, service, lines):
        """A service's file, line by line; OURS and FIRST are the modules."""
        text = "\n".join(lines).replace("OURS", f"{STAGE}/pam_sms_otp.so").replace("FIRST", f"{STAGE}/pam_first.so")
        with open(f"{RUN}/pam.d/{service}", "w") as f:
            f.write(text + "\n")

    def install(self, script):
        """The stand-in in the engine's place."""
        engine = self.places["engine"]
        shutil.copy(f"{STAGE}/stand_in.py", engine)
        os.chmod(engine, 0o755)
        with open(os.path.join(os.path.dirname(engine), "stand-in.folder"), "w") as f:
            f.write(RUN + "/engine")
        with open(RUN + "/engine/script.json", "w") as f:
            json.dump(script, f)

    def uninstall(self):
        if os.path.exists(self.places["engine"]):
            os.unlink(self.places["engine"])

    def command(self, replies=(), options=(), service="sshd"):
        return [f"{STAGE}/pam_host", "-c", RUN + "/pam.d", "-s", service, *options, "--", *replies]

    def forget_note(self):
        if os.path.exists(RUN + "/engine/pid"):
            os.unlink(RUN + "/engine/pid")

    def started(self):
        """The process id of the last stand-in, None if there was none."""
        try:
            with open(RUN + "/engine/pid") as f:
                return int(f.read() or 0) or None
        except FileNotFoundError:
            return None

    def note(self):
        try:
            return json.loads(self.notes.recv(65536))
        except TimeoutError:
            return None

    def login(self, script=None, replies=("text:123456",), arguments=(), options=(), first=None, service="sshd", one_shot=False,
              engine=True, wrap=(), rounds=1, lines=(), scripts=()):
        """A whole login. script: the engine's; rounds: how many connections it serves; lines: a stack of its own;
        scripts: one for each connection, where they differ."""
        if lines:
            self.stack_lines(service, lines)
        else:
            self.stack(service, arguments, first)
        living = None
        if script is not None and one_shot:
            self.install(script)
        elif script is not None and engine:
            living = Engine(self.socket, scripts or [script] * rounds)
            living.start()
        before = len(self.syslog.lines)
        if rounds > 1:
            options = ("-n", str(rounds), *options)
        began = time.monotonic()
        try:
            p = subprocess.run([*wrap, *self.command(replies, options, service)], capture_output=True, text=True, timeout=60,
                               stdin=subprocess.DEVNULL, errors="surrogateescape")
        finally:
            seconds = time.monotonic() - began
            if living:
                living.end()
        note = None
        events = living.events if living else []
        if script is not None and one_shot:
            for _ in range(rounds):
                note = self.note()
                events = events + (note["events"] if note else [])
            self.uninstall()
        self.syslog.settle()
        return Result(p.stdout, p.stderr, p.returncode, events, self.syslog.lines[before:], note, seconds)

    def start(self, replies, wrap=()):
        """A host that is left running; it ends with the test at the latest."""
        host = subprocess.Popen([*wrap, *self.command(replies)], stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
        self.hosts.append(host)
        return host

    def start_until_prompt(self, wrap=()):
        """A host that hangs at its prompt."""
        host = self.start(["hang"], wrap)
        for line in host.stdout:
            if line.startswith("say="):
                return host
        raise AssertionError("the host ended before its prompt")

    def end_hosts(self):
        for host in self.hosts:
            host.kill()
            host.wait(10)
            host.stdout.close()
        self.hosts = []


def wait_for(what, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.02)
    return False


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def expect(actual, wanted, what="", result=None):
    if actual != wanted:
        more = f"\nhost said:\n{result.out}{result.err}engine heard: {result.events}\nlog: {result.log}" if result else ""
        raise AssertionError(f"{what}: {actual!r}, must be {wanted!r}{more}")


def expect_code(result, code, what=""):
    expect(result.code, code, what or "code", result)


def main(as_root=False):
    if not STAGE:
        sys.exit(enter(as_root))
    signal.alarm(300)
    stage = Stage()
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, function in enumerate(tests, 1):
        try:
            function(stage)
        except Exception as e:  # one broken test must not hide the others
            failed += 1
            detail = f"{type(e).__name__}: {e}".replace("\n", "\n# ")
            print(f"not ok {number} - {function.__name__}\n# {detail}", flush=True)
        else:
            print(f"ok {number} - {function.__name__}", flush=True)
        finally:
            stage.end_hosts()
    sys.exit(1 if failed else 0)
