"""treaty_client: the shim's side of a login with the daemon, for root, in a few lines.

Owns: one connection, its frames, and what is a guess.
MUST: say what it heard, not what it expects.
"""

import socket
import struct

import lab
import treaty


class Login:
    def __init__(self, user, rhost="192.0.2.1", service="sshd"):
        self.end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.end.settimeout(60)
        self.end.connect(lab.SOCKET)
        body = b"".join(treaty.text(t) for t in (user, service, rhost, "ssh", "", "", "", "")) + struct.pack(">I", 1)
        self.end.sendall(treaty.frame(treaty.LOGIN, body))

    def hear(self):
        """("ask", text), ("verdict", kind, reason), or ("gone",)."""
        while True:
            try:
                kind, body = treaty.read_frame(self.end)
            except (EOFError, ConnectionError):
                return ("gone",)
            if kind == treaty.ASK:
                body.take(1)
                return ("ask", body.text())
            if kind == treaty.VERDICT:
                return ("verdict",) + struct.unpack(">II", body.take(8))

    def say(self, text):
        try:
            self.end.sendall(treaty.frame(treaty.ANSWER, bytes([1]) + treaty.text(text)))
        except ConnectionError:
            return ("gone",)
        return self.hear()

    def close(self):
        self.end.close()
