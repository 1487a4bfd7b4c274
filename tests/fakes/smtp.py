"""smtp: a mail server on loopback for the tests, in threads of the test itself.

Owns: certificates of its own (those of provider.py); the record of every session; the ways to refuse, stall and hang up.
MUST: speak TLS where its port says so, and never take credentials without it but on the port for that; never reach a network.

    with Smtp(FOLDER) as server: server.ports["starttls"], FOLDER/ca.pem

Ports: starttls, implicit (right certificate), plain (no TLS at all, and AUTH), and for starttls with another certificate
wrong_name, untrusted, expired, old_tls.

server.meets({stage: answer}) is for the next session: stages greeting, ehlo, starttls, auth, mail, rcpt, data, end, quit; an answer
is a line, HANG_UP or SILENT. server.sessions has a Session for each connection.
"""

import base64
import os
import socket
import socketserver
import ssl
import threading

from provider import Fake, make_certificates

HANG_UP, SILENT = object(), object()
USER, PASSWORD = "otp@example.org", "mail-password-of-the-tests"
PORTS = ("starttls", "implicit", "plain", "wrong_name", "untrusted", "expired", "old_tls")


class Session:
    def __init__(self, port, manner):
        self.port, self.manner = port, manner
        self.commands, self.tls, self.user, self.mails = [], None, None, []
        self.sender, self.recipients = None, []
        self.over = threading.Event()


class Gone(Exception):
    pass


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        self.session = self.server.fake.begin(self.server.name)
        self.request.settimeout(30)
        try:
            if self.server.name == "implicit":
                self.secure()
            self.say("greeting", "220 tests ESMTP")
            while self.command():
                pass
        except (Gone, OSError, ValueError):
            pass
        finally:
            self.request.close()
            self.session.over.set()

    def secure(self):
        name = self.server.name if self.server.name not in ("starttls", "implicit") else "good"
        self.request = self.server.fake.context(name).wrap_socket(self.request, server_side=True)
        self.session.tls = self.request.version()

    def line(self):
        """Byte by byte: what follows STARTTLS belongs to TLS."""
        raw = b""
        while not raw.endswith(b"\n"):
            part = self.request.recv(1)
            if not part:
                raise Gone
            raw += part
        return raw.decode("utf-8", "backslashreplace")

    def say(self, stage, usual):
        """True when the answer is the usual one."""
        given = self.session.manner.get(stage, usual)
        if given is HANG_UP:
            raise Gone
        if given is SILENT:
            while self.request.recv(4096):
                pass
            raise Gone
        self.request.sendall(given.replace("\n", "\r\n").encode() + b"\r\n")
        return given is usual

    def command(self):
        text = self.line().rstrip("\r\n")
        verb = text.upper().split(" ")[0].split(":")[0]
        self.session.commands.append(text if verb != "AUTH" else " ".join(text.split(" ")[:2]))
        known = {"EHLO": self.ehlo, "STARTTLS": self.starttls, "AUTH": self.auth, "MAIL": self.mail, "RCPT": self.rcpt, "DATA": self.data}
        if verb == "QUIT":
            self.say("quit", "221 bye")
            return False
        if verb in known:
            known[verb](text)
        else:
            self.say("unknown", "502 what?")
        return True

    def ehlo(self, text):
        offers_tls = self.session.tls is None and self.server.name != "plain"
        self.say("ehlo", "250-tests\n250-SIZE 100000\n250 %s" % ("STARTTLS" if offers_tls else "AUTH PLAIN LOGIN"))

    def starttls(self, text):
        if self.say("starttls", "220 go on"):
            self.secure()

    def auth(self, text):
        if self.session.tls is None and self.server.name != "plain":
            self.say("unknown", "538 encryption is wanted")
            return
        self.request.sendall(b"334 \r\n")
        _, user, password = base64.b64decode(self.line()).decode().split("\0")
        self.session.user = user
        right = (user, password) == (USER, PASSWORD)
        self.say("auth", "235 welcome" if right else "535 5.7.8 wrong")

    def mail(self, text):
        if self.session.user is None and self.session.manner.get("needs auth"):
            self.say("unknown", "530 5.7.0 sign in first")
        elif self.say("mail", "250 fine"):
            self.session.sender = text.split(":", 1)[1]

    def rcpt(self, text):
        if self.say("rcpt", "250 fine"):
            self.session.recipients.append(text.split(":", 1)[1])

    def data(self, text):
        if not self.say("data", "354 go on"):
            return
        mail = ""
        while not mail.endswith("\r\n.\r\n"):
            mail += self.line()
        self.session.mails.append(mail[:-3])
        self.say("end", "250 queued")


class Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 32


class Smtp:
    def __init__(self, folder):
        self.folder, self.sessions, self.manners, self.listeners = folder, [], [], []
        self.lock, self.ports = threading.Lock(), {}

    def __enter__(self):
        os.makedirs(self.folder, exist_ok=True)
        make_certificates(self.folder)
        self.certificates = Fake(self.folder, "127.0.0.1")
        for name in PORTS:
            listener = Listener(("127.0.0.1", 0), Handler)
            listener.fake, listener.name = self, name
            self.ports[name] = listener.server_address[1]
            self.listeners.append(listener)
            threading.Thread(target=listener.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *what):
        for listener in self.listeners:
            listener.shutdown()
            listener.server_close()

    def context(self, name):
        return self.certificates.context(name)

    def begin(self, port):
        with self.lock:
            session = Session(port, self.manners.pop(0) if self.manners else {})
            self.sessions.append(session)
        return session

    def meets(self, *manners):
        with self.lock:
            self.manners = list(manners)

    def take(self):
        """The sessions since the last call, all of them over."""
        with self.lock:
            found, self.sessions = self.sessions, []
        for session in found:
            session.over.wait(10)
        return found
