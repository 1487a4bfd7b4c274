"""servers: real daemons that ask PAM, and their clients.

Owns: dovecot and openvpn, their settings and certificates.
MUST: end with the test that started them.
Never: writes a file of pam.d.
"""

import base64
import os
import re
import signal
import socket
import subprocess

import lab
from lab import check, equal, matches, run, wait_for

FOLDER = "/tmp/servers"
IMAP_PORT, VPN_PORT = 2143, 1194


class Server:
    """A daemon that ends with the test."""

    def __init__(self, world, name, argv, files):
        os.makedirs(FOLDER, 0o755, exist_ok=True)
        for path, text in files.items():
            with open(os.path.join(FOLDER, path), "w") as f:
                f.write(text)
        self.log = os.path.join(FOLDER, name + ".log")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(argv, cwd=FOLDER, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        world.clients.append(self)

    def seen(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def wait(self, what, probe):
        wait_for(what, lambda: self.process.poll() is not None or probe(), 20)
        equal(self.process.poll(), None, "it ended early and said %r; status" % self.seen())

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)


# failures are not to be answered late: that would be the test's time only; and 256 MB are too few to start an engine in
DOVECOT_CONF = """
base_dir = /run/dovecot-lab
log_path = {folder}/dovecot.log
ssl = no
listen = 127.0.0.1
auth_failure_delay = 0
auth_debug = yes
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service auth-worker {{
  vsz_limit = 1G
}}
"""
DOVECOT_2_3 = """
protocols = imap
disable_plaintext_auth = no
mail_location = maildir:/tmp/mail-%u
passdb {
  driver = pam
  args = dovecot
}
userdb {
  driver = passwd
}
"""
DOVECOT_2_4 = """
protocols {
  imap = yes
}
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = /tmp/mail-%{user}
passdb pam {
  service_name = dovecot
}
userdb passwd {
}
"""


def dovecot_conf():
    version = run("dovecot", "--version", check_rc=0).stdout
    conf = DOVECOT_CONF.format(folder=FOLDER, port=IMAP_PORT)
    if version.startswith("2.3."):
        return conf + DOVECOT_2_3
    return "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n" + conf + DOVECOT_2_4


class Dovecot(Server):
    service = "dovecot"

    def __init__(self, world):
        super().__init__(world, "dovecot-stdout", ["dovecot", "-F", "-c", FOLDER + "/dovecot.conf"], {"dovecot.conf": dovecot_conf()})

        def answers():
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", IMAP_PORT)) == 0
        self.wait("dovecot", answers)

    @staticmethod
    def lets_in(field, user="alice", source="127.0.0.1"):
        with socket.create_connection(("127.0.0.1", IMAP_PORT), 30, (source, 0)) as s:
            lines = s.makefile("r", encoding="utf-8", errors="replace")
            matches(r"^\* OK", lines.readline(), "the greeting")
            s.sendall(('a LOGIN "%s" "%s"\r\n' % (user, field)).encode())
            for line in lines:
                if line.startswith("a "):
                    check(line.startswith(("a OK", "a NO")), "dovecot says %r" % line)
                    return line.startswith("a OK")
        raise lab.Failed("dovecot hung up")


VPN_SERVER = """
local 127.0.0.1
port {port}
proto udp
dev tun
ca ca.crt
cert s.crt
key s.key
dh none
topology subnet
mode server
tls-server
ifconfig 10.99.0.1 255.255.255.0
ifconfig-pool 10.99.0.10 10.99.0.20 255.255.255.0
verify-client-cert none
username-as-common-name
plugin {plugin} "{words}"
verb 3
"""
VPN_CLIENT = """
client
dev null
proto udp
remote 127.0.0.1 {port}
nobind
ca ca.crt
auth-user-pass {up}
auth-retry none
connect-retry-max 1
verb 3
pull
"""
PLUGIN = "/usr/lib/openvpn/openvpn-plugin-auth-pam.so"


def certificates():
    if os.path.exists(FOLDER + "/s.crt"):
        return
    os.makedirs(FOLDER, exist_ok=True)
    for command in (
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=labca",
            "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout s.key -out s.csr -subj /CN=server",
            "x509 -req -in s.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out s.crt -days 2"):
        subprocess.run(["openssl", *command.split()], cwd=FOLDER, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class OpenVpn(Server):
    service = "openvpn"
    words = "openvpn login USERNAME password PASSWORD"
    number = 0

    def __init__(self, world):
        if not os.path.exists("/dev/net/tun"):
            os.makedirs("/dev/net", exist_ok=True)
            try:
                os.mknod("/dev/net/tun", 0o20666, os.makedev(10, 200))
            except OSError:
                pass
        certificates()
        conf = VPN_SERVER.format(port=VPN_PORT, plugin=PLUGIN, words=self.words)
        super().__init__(world, "openvpn", ["openvpn", "--config", FOLDER + "/server.conf"], {"server.conf": conf})
        wait_for("openvpn", lambda: re.search("Initialization Sequence Completed|Exiting due to fatal error", self.seen()), 20)
        if re.search("(?i)cannot open tun/tap|cannot ioctl TUNSETIFF", self.seen()):
            raise lab.Skipped("the kernel gives no tunnel here")
        self.wait("openvpn", lambda: "Initialization Sequence Completed" in self.seen())

    @classmethod
    def lets_in(cls, field, user="alice", source=None, second=None):
        """second: the second field, as a client with static-challenge sends it."""
        if second is not None:
            field = "SCRV1:%s:%s" % tuple(base64.b64encode(part.encode()).decode() for part in (field, second))
        OpenVpn.number += 1
        up = "%s/up-%d" % (FOLDER, OpenVpn.number)
        with open(up, "w") as f:
            f.write("%s\n%s\n" % (user, field))
        conf = VPN_CLIENT.format(port=VPN_PORT, up=up)
        if source:
            conf = conf.replace("nobind\n", "local %s\nlport 0\n" % source)
        with open(up + ".conf", "w") as f:
            f.write(conf)
        client = subprocess.Popen(["openvpn", "--config", up + ".conf"], cwd=FOLDER, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, encoding="utf-8", errors="replace")
        said = ""
        try:
            for line in client.stdout:
                said += line
                if "AUTH_FAILED" in line:
                    return False
                if "PUSH_REPLY" in line:
                    return True
            raise lab.Failed("openvpn ended and said %r" % said[-900:])
        finally:
            client.terminate()
            client.stdout.close()
            client.wait(10)
