"""hostile: an SMS provider on loopback that misbehaves down to the byte, and a name server that does; for a test's own process.

Owns: its listeners and connections; the record of every whole request.
MUST: record a request before anything of an answer leaves; end every connection in end(); never reach a network.

A Provider is given a manner: a function of one Line (a connection), called in a thread of its own. With a context the line speaks
TLS through memory, so that what leaves is known, and can be cut, to the byte. A Names is given a function from a question to an
answer.
"""

import json
import os
import socket
import ssl
import struct
import threading
import warnings

TIMEOUT = 30  # of any one call: longer than every deadline


class Gone(Exception):
    """This connection has ended."""


# --- one connection ------------------------------------------------------------------------------------------------------

class Line:
    def __init__(self, provider, sock):
        self.provider, self.socket = provider, sock
        self.sent, self.left = 0, None  # so many bytes have left; so many may yet, and then cut() happens
        self.cut = self.reset
        self.cut_within = False  # what was cut had more bytes
        self.got = b""
        self.secured = self.answered = False  # the handshake has ended; all of say() has left
        provider.line = self
        self.tls = None
        if provider.context:
            self.input, self.output = ssl.MemoryBIO(), ssl.MemoryBIO()
            self.tls = provider.context.wrap_bio(self.input, self.output, server_side=True)

    # bytes as they are

    def put(self, raw):
        part = raw if self.left is None else raw[:self.left]
        self.socket.sendall(part)
        self.sent += len(part)
        if self.left is not None:
            self.left -= len(part)
            self.cut_within = len(part) < len(raw)
            if self.left == 0:
                self.cut()

    def _flush(self, pace=0):
        raw = self.output.read()
        if not pace:
            if raw:
                self.put(raw)
            return
        for byte in raw:
            self.put(bytes([byte]))
            self.wait(pace)

    def _pull(self):
        raw = self.socket.recv(65536)
        if not raw:
            raise Gone
        self.input.write(raw)

    # what is said in TLS, or in the clear where there is none

    def shake(self, pace=0):
        """The handshake; pace: seconds between two bytes of ours."""
        done = not self.tls
        while not done:
            try:
                self.tls.do_handshake()
                done = True
            except ssl.SSLWantReadError:
                pass
            self._flush(pace)
            if not done:
                self._pull()
        self.secured = True

    def read(self):
        while self.tls:
            try:
                raw = self.tls.read(65536)
            except ssl.SSLWantReadError:
                self._pull()
                continue
            if not raw:
                raise Gone
            return raw
        raw = self.socket.recv(65536)
        if not raw:
            raise Gone
        return raw

    def request(self):
        """Read a whole request and record it."""
        while True:
            head, mark, body = self.got.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            length = 0
            for line in lines[1:]:
                name, _, value = line.partition(":")
                if name.lower() == "content-length":
                    length = int(value)
            if mark and len(body) >= length:
                break
            self.got += self.read()
        self.got = body[length:]
        self.provider.record(lines[0], body[:length])

    def say(self, raw, pace=0):
        for part in ([raw] if not pace else [bytes([byte]) for byte in raw]):
            if self.tls:
                self.tls.write(part)
                self._flush()
            else:
                self.put(part)
            if pace:
                self.wait(pace)
        self.answered = True

    # ends and silences

    def wait(self, seconds):
        if self.provider.over.wait(seconds):
            raise Gone

    def hang(self):
        """Not a word more, until the client has gone."""
        while self.socket.recv(65536):
            pass
        raise Gone

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise Gone

    def close(self):
        """The end without TLS's own."""
        self.socket.shutdown(socket.SHUT_WR)
        self.hang()

    def finish(self):
        """The end as it should be."""
        if self.tls:
            try:
                self.tls.unwrap()
            except ssl.SSLWantReadError:
                pass
            self._flush()
        self.close()


# --- the provider ----------------------------------------------------------------------------------------------------------

class Provider:
    def __init__(self, manner, context=None, address="127.0.0.1", backlog=16, takes=True):
        self.manner, self.context = manner, context
        self.requests, self.polls, self.connections, self.line = [], 0, 0, None
        self.lock, self.over, self.lines = threading.Lock(), threading.Event(), set()
        self.socket = socket.create_server((address, 0), backlog=backlog)
        self.port = self.socket.getsockname()[1]
        if takes:
            threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                sock, _ = self.socket.accept()
            except OSError:
                return
            sock.settimeout(TIMEOUT)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.connections += 1
                self.lines.add(sock)
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        try:
            self.manner(Line(self, sock))
        except (Gone, OSError):  # ssl.SSLError is an OSError: the client did not like what it saw
            pass
        finally:
            with self.lock:
                self.lines.discard(sock)
                sock.close()

    def record(self, line, body):
        with self.lock:
            if line.startswith("GET"):
                self.polls += 1
            else:
                self.requests.append((line, body.decode("utf-8", "replace")))

    def texts(self):
        """The messages that were in the requests."""
        return [json.loads(body)["data"]["text"] for _, body in list(self.requests) if body]

    def end(self):
        self.over.set()
        for sock in [self.socket] + list(self.lines):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.socket.close()


def context(folder, name, version=None):
    """A server's context with one of the certificates in folder; version: the only one of TLS that it speaks. It gives no tickets: the last
    that a client must have of a handshake is the last that is sent."""
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(os.path.join(folder, name + ".pem"), os.path.join(folder, name + ".key"))
    found.num_tickets = 0
    if version:
        warnings.simplefilter("ignore")  # that it is old is the point
        if version < ssl.TLSVersion.TLSv1_2:
            found.set_ciphers("ALL:@SECLEVEL=0")
        found.minimum_version = found.maximum_version = version
    return found


# --- names -----------------------------------------------------------------------------------------------------------------

def reply(question, addresses=(), rcode=0, flags=0):
    """A name server's answer: A records with these addresses, for a question of type A; none for other types."""
    at = 12
    while question[at]:
        at += 1 + question[at]
    asked = question[12:at + 5]
    given = addresses if asked[-4:-2] == b"\0\1" else ()
    return (question[:2] + struct.pack(">HHHHH", 0x8180 | rcode | flags, 1, len(given), 0, 0) + asked +
            b"".join(b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 0, 4) + socket.inet_aton(a) for a in given))


class Names:
    """A name server at address, port 53. answer: from a question's bytes to an answer's, or None for silence. By TCP it is silent."""

    def __init__(self, address, answer):
        self.address, self.answer, self.asked = address, answer, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        self.silent = socket.create_server((address, 53), backlog=64)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                question, client = self.socket.recvfrom(4096)
            except OSError:
                return
            self.asked += 1
            said = self.answer(question)
            if said is not None:
                self.socket.sendto(said, client)

    def end(self):
        self.socket.close()
        self.silent.close()
