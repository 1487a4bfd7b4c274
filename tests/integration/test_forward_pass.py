#!/usr/bin/python3
"""Goal: through real programs with one field, vsftpd and FreeRADIUS, the password with an app's or a recovery code at its end lets in, each
code once; neither lets in without the other, no SMS is sent, and no log has any of it (A3, B7, D3, G1)."""

import ftplib
import hashlib
import os
import signal
import socket
import struct
import subprocess

import lab
from factors import enroll_app, fresh, recovery_codes, wrong
from lab import BOTH, CLI, PASSWORD, check, equal, matches, run, wait_for

FOLDER = "/tmp/one-field"
FTP_PORT, RADIUS_PORT, RADIUS_SECRET = 2121, 1812, b"testing-123"


class Server:
    """A daemon that ends with the test."""

    def __init__(self, world, name, argv, files):
        os.makedirs(FOLDER, 0o755, exist_ok=True)
        for path, text in files.items():
            with open(os.path.join(FOLDER, path), "w") as f:
                f.write(text)
        self.log = os.path.join(FOLDER, name + ".log")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(argv, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        world.clients.append(self)

    def seen(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def wait(self, what, probe):
        wait_for(what, lambda: self.process.poll() is not None or probe())
        equal(self.process.poll(), None, "it ended early and said %r; status" % self.seen())

    def end(self):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(10)


class Ftp(Server):
    service = "vsftpd"
    engines = ("daemon",)

    def __init__(self, world):
        os.makedirs("/var/run/vsftpd/empty", exist_ok=True)
        conf = "listen=YES\nlisten_address=127.0.0.1\nlisten_port=%d\nbackground=NO\nlocal_enable=YES\nanonymous_enable=NO\n" \
            "pam_service_name=vsftpd\nsecure_chroot_dir=/var/run/vsftpd/empty\ndelay_failed_login=0\n" % FTP_PORT
        super().__init__(world, "vsftpd", ["vsftpd", FOLDER + "/vsftpd.conf"], {"vsftpd.conf": conf})

        def answers():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", FTP_PORT)) == 0
        self.wait("vsftpd", answers)

    @staticmethod
    def lets_in(field, user="alice"):
        with ftplib.FTP() as ftp:
            ftp.connect("127.0.0.1", FTP_PORT, timeout=30)
            try:
                ftp.login(user, field)
            except ftplib.error_perm as refused:
                matches("^530 ", str(refused), "the refusal")
                return False
            matches("/home/" + user, ftp.pwd(), "where one is")
            return True


RADIUSD_CONF = """
prefix = /usr
logdir = {folder}
run_dir = {folder}
libdir = /usr/lib/freeradius
security {{
	user = root
	group = root
	allow_core_dumps = no
}}
client here {{
	ipaddr = 127.0.0.1
	secret = {secret}
}}
modules {{
	pam {{
		pam_auth = radiusd
	}}
}}
server default {{
	listen {{
		type = auth
		ipaddr = 127.0.0.1
		port = {port}
	}}
	authorize {{
		update control {{
			&Auth-Type := PAM
		}}
	}}
	authenticate {{
		Auth-Type PAM {{
			pam
		}}
	}}
}}
"""


class Radius(Server):
    service = "radiusd"
    engines = BOTH
    number = 0

    def __init__(self, world):
        conf = RADIUSD_CONF.format(folder=FOLDER, secret=RADIUS_SECRET.decode(), port=RADIUS_PORT)
        super().__init__(world, "radius", ["freeradius", "-f", "-l", "stdout", "-d", FOLDER, "-n", "radiusd"], {"radiusd.conf": conf})
        self.wait("FreeRADIUS", lambda: "Ready to process requests" in self.seen())

    @classmethod
    def lets_in(cls, field, user="alice"):
        """RFC 2865: PAP."""
        cls.number = (cls.number + 1) % 256
        authenticator = os.urandom(16)
        raw, hidden, last = field.encode(), b"", authenticator
        for at in range(0, max(len(raw), 1), 16):
            pad = hashlib.md5(RADIUS_SECRET + last).digest()
            last = bytes(a ^ b for a, b in zip(raw[at:at + 16].ljust(16, b"\0"), pad))
            hidden += last
        body = struct.pack("BB", 1, 2 + len(user)) + user.encode() + struct.pack("BB", 2, 2 + len(hidden)) + hidden
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(30)
            s.connect(("127.0.0.1", RADIUS_PORT))
            s.send(struct.pack(">BBH", 1, cls.number, 20 + len(body)) + authenticator + body)
            answer = s.recv(4096)
        check(answer[0] in (2, 3) and answer[1] == cls.number, "the answer is neither Access-Accept nor Access-Reject: %r" % answer)
        proof = hashlib.md5(answer[:4] + authenticator + answer[20:] + RADIUS_SECRET).digest()
        equal(answer[4:20], proof, "the server's proof")
        return answer[0] == 2


def begin(world, kind):
    world.secrets.append(PASSWORD)
    return kind(world)


def both_programs(goal, **more):
    """The same test with each of them. vsftpd lets no engine be started."""
    def declare(function):
        for kind in (Ftp, Radius):
            lab.test("%s: %s" % (kind.service, goal), sshd=False, services=(kind.service,), engines=kind.engines, **more)(
                lambda world, kind=kind: function(world, begin(world, kind)))
        return function
    return declare


@both_programs("A3: password and app code let in once; neither does without the other, and no SMS is sent")
def app(world, server):
    key, proof, _ = enroll_app(world)
    code = fresh(key, [proof])
    world.secrets += [code, proof]
    for field in (PASSWORD, code, PASSWORD + wrong(key), PASSWORD + " " + code[:5], ""):
        check(not server.lets_in(field), "%r lets in" % field)
    check(server.lets_in(PASSWORD + code), "the right password and code do not let in")
    line = world.audit("reason=accepted")
    equal((line["service"], line["by"], line["tries"], line["sends"]), (server.service, "app", "1", "0"), "the audit line")
    check(not server.lets_in(PASSWORD + code), "the same code lets in twice")
    check(not server.lets_in(PASSWORD + proof), "an older code lets in")
    equal(world.sms(), [], "messages")
    check("one-field" not in "\n".join(world.syslog.lines), "D3: the service is suspected")


@both_programs("A3: a recovery code lets in once; one that came with a wrong password is used up")
def recovery(world, server):
    codes = recovery_codes(world)
    check(not server.lets_in("Wrong-Horse-7" + codes[0]), "a wrong password lets in")
    check(not server.lets_in(PASSWORD + codes[0]), "a code that is used up lets in")
    check(not server.lets_in(codes[1]), "a code alone lets in")
    check(server.lets_in(PASSWORD + codes[1].lower()), "the right password and code do not let in")
    check(not server.lets_in(PASSWORD + codes[1]), "the same code lets in twice")
    equal(run(CLI, "recovery-codes", "alice", "--count", check_rc=0).stdout, "8\n", "codes left")
    equal(world.sms(), [], "messages")


@both_programs("A6, B7: a field without a code counts for nothing; wrong codes lock the app and the recovery codes", lockout="{ failures = 3; }")
def lock(world, server):
    codes = recovery_codes(world)
    for field in [PASSWORD, "x", PASSWORD + "12345"] * 2:
        check(not server.lets_in(field), "%r lets in" % field)
    equal(world.audit("reason=no-answer", 6)["tries"], "0", "tries")
    for _ in range(3):
        check(not server.lets_in(PASSWORD + "0000-0000-0000-0000"), "a wrong code lets in")
    check(not server.lets_in(PASSWORD + codes[0]), "a locked user gets in")
    equal(world.audit("reason=locked")["verdict"], "deny", "the audit line")
    run(CLI, "unlock", "alice", check_rc=0)
    check(server.lets_in(PASSWORD + codes[0]), "the right password and code do not let in")


@both_programs("who has neither app nor recovery codes, is not enrolled or unknown, is refused", enrolled=("alice", "bob"))
def nothing(world, server):
    recovery_codes(world, "bob")
    check(not server.lets_in(PASSWORD + "123456"), "alice gets in")
    equal(world.audit("reason=no-offline")["service"], server.service, "the service")
    check(not server.lets_in(PASSWORD + "123456", user="carol"), "carol gets in")
    world.audit("reason=not-enrolled")
    check(not server.lets_in(PASSWORD + "123456", user="nobody-here"), "somebody unknown gets in")
    equal(world.sms(), [], "messages")


@both_programs("C3: whom a rule lets off types the password alone", rules='( { users = [ "alice" ]; then = "skip"; } )')
def rule(world, server):
    check(not server.lets_in("Wrong-Horse-7"), "a wrong password lets in")
    check(server.lets_in(PASSWORD), "the password does not let in")
    equal(world.audit("reason=exempt")["verdict"], "exempt", "the audit line")


@lab.test("vsftpd starts no engine: without the daemon nobody gets in, and the log says so", engines=("one-shot",), sshd=False,
          services=("vsftpd",))
def no_daemon(world):
    codes = recovery_codes(world)
    check(not begin(world, Ftp).lets_in(PASSWORD + codes[0]), "alice gets in")
    world.syslog.wait("pam_sms_otp.*sms-otpd: cannot be started: Operation not permitted")
    equal(run(CLI, "recovery-codes", "alice", "--count", check_rc=0).stdout, "10\n", "codes left")


lab.enter()
lab.main(__doc__)
