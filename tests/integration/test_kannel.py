#!/usr/bin/python3
"""Goal: a real gateway, Kannel as Debian has it (bearerbox, smsbox, and its fake SMSC in place of a phone company), carries the
codes: what the description kannel.conf sends is what arrives there, in either alphabet; what Kannel refuses is told as what it
is (E6); and no code comes into our logs (G1)."""

import atexit
import os
import re
import socket
import subprocess
import urllib.parse

import lab
from lab import BOTH, check, equal, matches

lab.enter()

PASSWORD = "kannel-password-of-the-tests"
KEY_FILE = lab.CONF + "/kannel.key"
FAKE_SMSC = "/usr/lib/kannel/test/fakesmsc"

SETTINGS = """
group = core
admin-port = %(admin)d
admin-interface = 127.0.0.1
admin-password = admin-of-the-tests
admin-allow-ip = 127.0.0.1
smsbox-port = %(smsbox)d
smsbox-port-ssl = false
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
box-deny-ip = "*.*.*.*"
store-type = file
store-location = store
dlr-storage = internal

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = %(smsc)d
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = %(sendsms)d
sendsms-interface = 127.0.0.1

group = sendsms-user
username = tester
password = %(password)s
user-allow-ip = 127.0.0.1
max-messages = 3
concatenation = true

group = sms-service
keyword = default
catch-all = true
text = "ok"
omit-empty = true
"""


class Kannel:
    """bearerbox, smsbox and the fake SMSC."""
    FOLDER = "/tmp/kannel"
    # as the fake SMSC tells it: sender, recipient, kind, and a text in which all but letters and digits may be percent-encoded
    MESSAGE = re.compile(r"Got message \d+: <(\S+) (\S+) (text|data|ucs-2|udh) (.*)>$", re.M)

    def __init__(self):
        os.makedirs(self.FOLDER)
        self.ports = dict(zip(("admin", "smsbox", "smsc", "sendsms"), free_ports(4)))
        with open(self.FOLDER + "/kannel.conf", "w") as f:
            f.write(SETTINGS % dict(self.ports, password=PASSWORD))
        atexit.register(self.end)
        self.programs = {}
        # each needs the one before
        self.start("bearerbox", "smsc", "bearerbox", "-v", "1", "kannel.conf")
        self.connect()
        self.start("smsbox", "sendsms", "smsbox", "-v", "1", "kannel.conf")

    def start(self, name, port, *command):
        """port: where it listens when it is ready."""
        with open("%s/%s.log" % (self.FOLDER, name), "ab") as log:
            process = subprocess.Popen(command, cwd=self.FOLDER, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.programs[name] = process

        def ready():
            check(process.poll() is None, "%s ended and said %r" % (name, self.log(name)[-600:]))
            return port is None or listens(self.ports[port])
        lab.wait_for("%s of Kannel" % name, ready, 20)

    def connect(self):
        """The fake SMSC: without -m 0 it would send messages of its own."""
        before = self.log("bearerbox").count("Fakesmsc client connected")
        self.start("fakesmsc", None, FAKE_SMSC, "-H", "127.0.0.1", "-r", str(self.ports["smsc"]), "-m", "0", "1 2 text nop")
        lab.wait_for("bearerbox to see its SMSC", lambda: self.log("bearerbox").count("Fakesmsc client connected") > before, 20)

    def disconnect(self):
        before = self.log("bearerbox").count("EOF from fakesmsc")
        process = self.programs.pop("fakesmsc")
        process.terminate()
        process.wait(10)
        lab.wait_for("bearerbox to miss its SMSC", lambda: self.log("bearerbox").count("EOF from fakesmsc") > before, 20)

    def end(self):
        for name in ("fakesmsc", "smsbox", "bearerbox"):
            if name in self.programs:
                self.programs[name].kill()
                self.programs[name].wait(10)

    def log(self, name):
        try:
            with open("%s/%s.log" % (self.FOLDER, name), encoding="utf-8", errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def messages(self):
        return self.MESSAGE.findall(self.log("fakesmsc"))

    def block(self):
        return ('kannel = { base_url = "http://127.0.0.1:%d"; loopback_http = true; user = "tester"; password_file = "kannel.key"; '
                'from = "HOST"; };\n' % self.ports["sendsms"])


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def write_key(password):
    os.makedirs(lab.CONF, exist_ok=True)
    with open(KEY_FILE, "w") as f:
        f.write(password + "\n")
    os.chmod(KEY_FILE, 0o600)


write_key(PASSWORD)
kannel = Kannel()
WORLD = dict(routes=("kannel",), blocks=kannel.block())


def arrived(before):
    """The one message that came since there were so many."""
    lab.wait_for("a message at the SMSC", lambda: len(kannel.messages()) > before)
    found = kannel.messages()[before:]
    equal(len(found), 1, "messages at the SMSC")
    return found[0]


def not_logged(world, *secrets):
    for line in list(world.syslog.lines):
        for secret in secrets + (PASSWORD, lab.NUMBERS["alice"][1:]):
            check(secret not in line, "G1: a secret in the log: %r" % line)


def gets_in(world, before):
    ssh = world.ssh()
    ssh.password()
    prompt = ssh.expect(lab.SENT)
    sender, recipient, kind, text = arrived(before)
    equal((sender, recipient, kind), ("HOST", lab.NUMBERS["alice"], "text"), "sender, recipient and kind")
    sms = lab.Sms(lab.Sms.FORM.fullmatch(text))
    equal(sms.ref, prompt.group(2), "the reference")
    ssh.send(sms.code)
    ssh.gets_in()
    not_logged(world, sms.code)


@lab.test("Kannel carries the code, and it lets in: one message, to the right number", engines=BOTH, **WORLD)
def works(world):
    gets_in(world, len(kannel.messages()))
    line = world.audit()
    equal((line["verdict"], line["route"], line["sends"]), ("accept", "kannel", "1"), "the audit line")


@lab.test("a text outside the GSM alphabet arrives as UCS-2, as it was written", **WORLD,
          message='"{code} \u2013 \u0432\u0430\u0448 \u043a\u043e\u0434 \u2713 {ref}"', message_segments="3")
def unicode(world):
    before = len(kannel.messages())
    ssh = world.ssh()
    ssh.password()
    ref = ssh.expect(lab.SENT).group(2)
    _, recipient, kind, text = arrived(before)
    equal((recipient, kind), (lab.NUMBERS["alice"], "ucs-2"), "recipient and kind")
    text = urllib.parse.unquote_to_bytes(text.replace("+", "%20")).decode("utf-16-be")
    code = matches(r"\A(\d{6}) \u2013 \u0432\u0430\u0448 \u043a\u043e\u0434 \u2713 %s\Z" % ref, text, "the text").group(1)
    ssh.send(code)
    ssh.gets_in()
    not_logged(world, code)


@lab.test("in the GSM alphabet an umlaut and the euro sign arrive too, in one message of its 160", **WORLD,
          message='"{code} f\u00fcr \u20ac {ref}"')
def beyond_ascii(world):
    before = len(kannel.messages())
    ssh = world.ssh()
    ssh.password()
    ref = ssh.expect(lab.SENT).group(2)
    _, _, kind, text = arrived(before)
    equal(kind, "text", "kind")
    ssh.send(matches(r"\A(\d{6}) f\u00fcr \u20ac %s\Z" % ref, text, "the text").group(1))
    ssh.gets_in()


@lab.test("E6, B2: a wrong password is a fault of the account: the login is refused, nothing was sent and nothing is counted",
          engines=BOTH, budget='{ user = "2/1h 2/1d"; }', **WORLD)
def wrong_password(world):
    before = len(kannel.messages())
    write_key("not-" + PASSWORD)
    try:
        for _ in range(3):
            ssh = world.ssh()
            ssh.password()
            matches("No SMS sent: no provider answered", ssh.is_refused(), "what ssh says")
            line = world.audit("reason=outage")
            equal((line["verdict"], line["tries"]), ("deny", "0"), "the audit line")
    finally:
        write_key(PASSWORD)
    matches("HTTP 403.*account", "\n".join(world.syslog.lines), "what was logged")
    equal(len(kannel.messages()), before, "messages at the SMSC")
    gets_in(world, before)


@lab.test("with the SMSC away Kannel keeps the message; the code comes with the SMSC, and works", **WORLD)
def queued(world):
    before = len(kannel.messages())
    kannel.disconnect()
    ssh = world.ssh()
    ssh.password()
    ssh.expect(lab.SENT)
    equal(len(kannel.messages()), before, "messages at the SMSC")
    kannel.connect()
    ssh.send(lab.Sms(lab.Sms.FORM.fullmatch(arrived(before)[3])).code)
    ssh.gets_in()


@lab.test("with Kannel down there is no provider (D9)", **WORLD)
def down(world):
    kannel.end()
    ssh = world.ssh()
    ssh.password()
    matches("No SMS sent: no provider answered", ssh.is_refused(), "what ssh says")
    equal(world.audit()["reason"], "outage", "the audit line's reason")


lab.main(__doc__)
