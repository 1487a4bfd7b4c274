"""house: what the parts of the bench stand on: the sandbox, a world of the integration tests, hosts, peers, and what was used.

Owns: the way into the sandbox, the settings of the bench, the processes that it starts, the rows that a part hands out.
MUST: measure all alike: the same host, storage and moment for ours and the peers', turn by turn.
Never: judges a figure (table does), writes anywhere but on its standard output and /disk.
"""

import contextlib
import hashlib
import hmac
import json
import os
import random
import shutil
import signal
import statistics
import struct
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(TOP, "tests", "integration"))
import lab  # noqa: E402

OUT = os.environ.get("BENCH_OUT", "")  # what was built for the bench
QUICK = bool(os.environ.get("BENCH_QUICK"))
DISK, MAIL, SERVICE = "/disk", "/dev/shm/mail", "bench-sms"
NUMBER = lab.NUMBERS["alice"]
SECRET = b"12345678901234567890"
BASE32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
# as wide as settings may be: what is measured are honest logins, thousands in an hour
WIDE = {
    "without_password": '[ "%s" ]' % SERVICE,
    "budget": '{ user = "100/1m"; successes = "1000/1m"; number = "250/1m"; address = "250/1m"; '
              'all = "1000000/1h"; prefix = "1000000/1h"; }',
}


def program(name):
    return os.path.join(OUT, name)


def quick(full, short):
    return short if QUICK else full


def tool(name):
    """A program of the machine, or one that was fetched for the bench."""
    return shutil.which(name) or "%s/tools/usr/bin/%s" % (OUT, name)


def peer(module):
    """The path of a peer's module."""
    for folder in os.environ.get("BENCH_MODULES", "").split(":"):
        if os.path.exists("%s/%s.so" % (folder, module)):
            return "%s/%s.so" % (folder, module)
    raise lab.Failed("%s is not there" % module)


# --- rows ----------------------------------------------------------------------------------------------------------------

def spread(values):
    """Median and 95 %."""
    values = sorted(values)
    return statistics.median(values), values[min(len(values) - 1, int(0.95 * len(values)))]


def row(figure, subject, values, unit, **more):
    """Hand out one row. values: all of them, or one number. more: peer, ratio, limit, reached, by, note."""
    if not isinstance(values, (list, tuple)):
        values = [values]
    median, high = spread(values)
    print(json.dumps(dict(figure=figure, subject=subject, n=len(values), median=median, high=high, unit=unit, **more)), flush=True)
    return median


def judged(value, most):
    """For a row: is the limit kept, and how far is it from there?"""
    return {"reached": value <= most, "by": value / most if most else None}


def note(text):
    print("# " + text, file=sys.stderr, flush=True)


# --- codes of the peers ----------------------------------------------------------------------------------------------------

def hotp(counter):
    digest = hmac.new(SECRET, struct.pack(">Q", counter), hashlib.sha1).digest()
    at = digest[-1] & 15
    return "%06d" % ((struct.unpack(">I", digest[at:at + 4])[0] & 0x7fffffff) % 1000000)


def totp():
    return hotp(int(time.time()) // 30)


# --- what processes use ------------------------------------------------------------------------------------------------------

class Meter:
    """A cgroup in which hosts and engine run, so that what all their processes use is one number. works: whether there is one. Inside, its
    root is this group: an engine for one login leaves its caller's group (D6) and stays in it, at the cost that this has anywhere."""
    ROOT = "/sys/fs/cgroup"
    ENTER = ('echo $$ >"$1/cgroup.procs" && shift && exec unshare -C -m /bin/sh -c \'umount "$0" && mount -t cgroup2 none "$0" && '
             'mkdir -p "$0/$1" && echo $$ >"$0/$1/cgroup.procs" && shift && exec "$@"\' ' + ROOT + ' "$@"')

    def __init__(self):
        self.group = "%s/sms-otp-bench-%d" % (self.ROOT, time.time_ns())
        self.works = False
        if not os.path.ismount(self.ROOT) and lab.run("mount", "-t", "cgroup2", "none", self.ROOT).returncode:
            return
        try:
            os.mkdir(self.group)
            self.works = not subprocess.run(self.inside("trial", ["/bin/true"]), stderr=subprocess.DEVNULL).returncode
        except OSError:
            pass

    def inside(self, name, argv):
        return ["/bin/sh", "-c", self.ENTER, "sh", self.group, name, *argv]

    def start(self, name, argv, **more):
        return subprocess.Popen(self.inside(name, argv) if self.works else argv, **more)

    def used_ms(self):
        """CPU of all so far; None where nobody counts it."""
        if not self.works:
            return None
        with open(self.group + "/cpu.stat") as f:
            return int(f.readline().split()[1]) / 1000

    def end(self):
        def gone():
            with contextlib.suppress(FileNotFoundError):
                for folder, _, _ in os.walk(self.group, topdown=False):
                    try:
                        os.rmdir(folder)
                    except OSError:
                        return False
            return True
        if os.path.isdir(self.group):
            lab.wait_for("the bench's cgroup to be empty", gone)


# --- hosts -----------------------------------------------------------------------------------------------------------------------

class Login:
    """What came of one login, in ms."""

    def __init__(self, line):
        self.rc, start, authenticate, prompt, end, person = (int(word) for word in line.split())
        self.begun_ns, self.prompt_ns = authenticate, prompt
        self.wall = (end - start - person) / 1e6
        self.to_prompt = (prompt - authenticate) / 1e6 if prompt else None


class Hosts:
    """A program that logs in through a service, again and again."""

    def __init__(self, kind, service, meter=None):
        start = meter.start if meter else lambda name, argv, **more: subprocess.Popen(argv, **more)
        self.process = start("host-%s-%s" % (kind, service), [program("host"), kind, service], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             encoding="ascii", bufsize=1)

    def login(self, user="alice", answer="@" + NUMBER, address="192.0.2.7", rc=0):
        self.process.stdin.write("%s %s %s\n" % (user, address, answer))
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise lab.Failed("the host ended")
        login = Login(line)
        lab.equal(login.rc, rc, "PAM's code of a login of %s with %s" % (user, answer))
        return login

    def end(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


# --- the provider -------------------------------------------------------------------------------------------------------------

class Provider:
    """The bench's own HTTPS server, with a certificate of a CA that the whole sandbox trusts; as Dexatel."""
    FOLDER, KEY = "/tmp/bench-provider", "bench-key"
    STORE = "/etc/ssl/certs"

    def __init__(self):
        os.makedirs(self.FOLDER, exist_ok=True)
        if not os.path.exists(self.FOLDER + "/ca.pem"):
            self.certify()
        self.record = self.FOLDER + "/record"
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.record)
        self.process = subprocess.Popen([program("provider"), "leaf.pem", "leaf.key", self.record], cwd=self.FOLDER, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, encoding="ascii")
        self.port = int(self.process.stdout.readline())

    def certify(self):
        with open(self.FOLDER + "/san", "w") as f:
            f.write("subjectAltName=IP:127.0.0.1\n")
        for command in ("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=bench-ca",
                        "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout leaf.key -out leaf.csr -subj /CN=bench",
                        "x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -out leaf.pem -days 2 -extfile san"):
            subprocess.run(["openssl", *command.split()], cwd=self.FOLDER, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # the store as update-ca-certificates leaves it: a bundle, and a link named by the subject's hash
        os.makedirs(self.STORE, exist_ok=True)
        with open(self.FOLDER + "/ca.pem") as ca, open(self.STORE + "/ca-certificates.crt", "a") as bundle:
            bundle.write(ca.read())
        found = subprocess.run(["openssl", "x509", "-hash", "-noout", "-in", "ca.pem"], cwd=self.FOLDER, check=True, stdout=subprocess.PIPE)
        shutil.copy(self.FOLDER + "/ca.pem", "%s/%s.0" % (self.STORE, found.stdout.decode().strip()))

    def url(self, port=None):
        return "https://127.0.0.1:%d/v1/messages" % (port or self.port)

    def block(self, name="dexatel", port=None):
        """A provider block for the settings, and the file that it names."""
        with open(lab.CONF + "/dexatel.key", "w") as f:
            f.write(self.KEY + "\n")
        os.chmod(lab.CONF + "/dexatel.key", 0o600)
        return '%s = { use = "dexatel"; from = "ACME"; key_file = "dexatel.key"; base_url = "https://127.0.0.1:%d"; };\n' % (name, port or self.port)

    def requests(self):
        """(number, moment in ns, the client's port) of each."""
        try:
            with open(self.record) as f:
                return [(words[0], int(words[1]), int(words[2])) for words in (line.split() for line in f) if len(words) == 3]
        except FileNotFoundError:
            return []

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(10)


# --- a world ---------------------------------------------------------------------------------------------------------------------

class House(lab.World):
    """Users, settings, state and engine; no sshd. storage: a folder that holds the state (under /disk: the machine's own disk); None: memory."""

    def __init__(self, storage=None, engine="daemon", preload=None, **settings):
        super().__init__(engine=engine, sshd=False, services=(), routes=("dexatel",), **dict(WIDE, **settings))
        self.storage, self.preload, self.meter, self.mounted = storage, preload, None, False
        self.warm = False

    def __enter__(self):
        os.makedirs(MAIL, exist_ok=True)
        os.chmod(MAIL, 0o777)
        os.makedirs(lab.CONF, 0o755, exist_ok=True)
        self.meter = Meter()
        self.server = Provider()
        if self.storage:
            os.makedirs(self.storage, 0o755, exist_ok=True)
            lab.run("mount", "--bind", self.storage, lab.STATE, check_rc=0)
            self.mounted = True
        self.blocks = self.blocks or self.server.block()
        with open("/etc/pam.d/" + SERVICE, "w") as f:
            f.write("auth required pam_sms_otp.so\n")
        for name in ("real", "stand-in"):
            if not os.path.exists("%s.%s" % (lab.SENDER, name)):
                shutil.copy(lab.SENDER if name == "real" else program("sender"), "%s.%s" % (lab.SENDER, name))
        self.sends = "real"  # which one is in the place
        return super().__enter__()

    def __exit__(self, kind, value, tb):
        try:
            self.sender("real")
            super().__exit__(kind, value, tb)
        finally:
            self.server.end()
            self.meter.end()
            if self.mounted:
                lab.run("umount", lab.STATE)
                if not os.path.ismount(self.storage):
                    shutil.rmtree(self.storage, ignore_errors=True)

    def no_secret_logged(self):
        """The integration tests look for that; here nobody else reads."""

    def start_engine(self, *arguments):
        env = {"LD_PRELOAD": self.preload} if self.preload else {}
        self.engine = self.meter.start("engine", [lab.ENGINE, *arguments], cwd="/", env=dict(env, PATH=os.environ["PATH"]), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        lab.wait_for("the engine's socket", lambda: os.path.exists(lab.SOCKET) or self.engine.poll() is not None)
        lab.equal(self.engine.poll(), None, "the engine ended early; status")

    def restart(self):
        """Another daemon, that knows the settings as they are now, and has no sender kept."""
        self.engine.terminate()
        self.engine.wait(10)
        for pid, _ in lab.processes("sms-otpd", "sms-otp-send"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(FileNotFoundError):
            os.remove(lab.SOCKET)
        self.start_engine()

    def sender(self, name):
        """Which program sends from now on: the real one or the stand-in."""
        if name != self.sends:
            os.link("%s.%s" % (lab.SENDER, name), lab.SENDER + ".new")
            os.rename(lab.SENDER + ".new", lab.SENDER)
        self.sends = name

    @contextlib.contextmanager
    def one_shot(self):
        """As if there were no daemon."""
        os.rename(lab.SOCKET, lab.SOCKET + ".away")
        try:
            yield
        finally:
            os.rename(lab.SOCKET + ".away", lab.SOCKET)

    def children(self):
        with open("/proc/%d/task/%d/children" % (self.engine.pid, self.engine.pid)) as f:
            return [int(pid) for pid in f.read().split()]

    def quiet(self):
        """Wait until what goes on after a verdict is over. Where a sender stays (warm) nobody can tell by the processes."""
        if self.warm:
            time.sleep(0.05)
            return
        end = time.monotonic() + 10
        own = self.engine.pid if self.engine else 0
        while any(pid != own for pid, _ in lab.processes("sms-otpd", "sms-otp-send")):
            if time.monotonic() > end:
                raise lab.Failed("an engine does not end: %s" % lab.processes("sms-otpd", "sms-otp-send"))
            time.sleep(0.001)


# --- many users ----------------------------------------------------------------------------------------------------------------------

def name_service():
    """A million users that the system knows of, without a line in /etc/passwd (programs/nss.c). Before any House."""
    folder = next(path for path in ("/usr/lib/%s-linux-gnu" % os.uname().machine, "/usr/lib64", "/usr/lib") if os.path.isdir(path))
    shutil.copy(program("libnss_bench.so.2"), folder)
    with open("/etc/nsswitch.conf") as f:
        lines = [line for line in f if not line.startswith("passwd:")]
    with open("/etc/nsswitch.conf", "w") as f:
        f.writelines(lines + ["passwd: files bench\n"])


def populate(first, last, folder=lab.STATE):
    """Enrol u<first> to u<last - 1>, as `sms-otp import` would, but for the syncs."""
    subprocess.run([program("populate"), folder, str(first), str(last)], check=True)


def clear(folder):
    """Remove what is in there, the folders at once: of a million files that is minutes."""
    removers = [subprocess.Popen(["rm", "-rf", os.path.join(folder, name)]) for name in os.listdir(folder)]
    for remover in removers:
        remover.wait()


# --- the way in --------------------------------------------------------------------------------------------------------------------

def machine():
    """What the figures depend on, of this machine."""
    with open("/proc/cpuinfo") as f:
        cpu = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), "?")
    with open("/etc/os-release") as f:
        system = next((line.split("=")[1].strip().strip('"') for line in f if line.startswith("PRETTY_NAME")), "?")
    return "%s, %d processors, Linux %s, %s" % (cpu, os.cpu_count(), os.uname().release, system)


def sync_ms(folder, count=200):
    """What an fdatasync of 4 KiB costs there."""
    path, took = os.path.join(folder, "sync-trial"), []
    fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.pwrite(fd, bytes(65536), 0)
    os.fsync(fd)
    for i in range(count):
        os.pwrite(fd, os.urandom(4096), 4096 * (i % 16))
        begun = time.perf_counter()
        os.fdatasync(fd)
        took.append((time.perf_counter() - begun) * 1000)
    os.close(fd)
    os.remove(path)
    return spread(took)


def main(work):
    """Run a part: work() hands out rows. Only in the sandbox."""
    if not os.environ.get("LAB"):
        print("run it by bench/run, which makes a sandbox for it", file=sys.stderr)
        sys.exit(1)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    random.seed(1)
    try:
        work()
    except lab.Failed as error:
        note("stopped: %s" % error)
        sys.exit(1)
