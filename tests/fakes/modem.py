#!/usr/bin/python3
"""A GSM modem as far as a program that sends messages in PDU mode notices: AT commands on a pseudo-terminal.

    modem.py LINK FOLDER

LINK becomes a symbolic link to the terminal. What is sent is appended to FOLDER/sent.jsonl, one object a message: number, text,
alphabet (gsm or ucs2). While FOLDER/refuse exists, messages are refused with the error of an unknown recipient.
It ends when its standard input does.
"""

import json
import os
import pty
import re
import select
import sys
import tty

# 3GPP TS 23.038, 6.2.1
GSM = ("@\u00a3$\u00a5\u00e8\u00e9\u00f9\u00ec\u00f2\u00c7\n\u00d8\u00f8\r\u00c5\u00e5\u0394_\u03a6\u0393\u039b\u03a9\u03a0\u03a8"
       "\u03a3\u0398\u039e\x1b\u00c6\u00e6\u00df\u00c9 !\"#\u00a4%&'()*+,-./0123456789:;<=>?\u00a1ABCDEFGHIJKLMNOPQRSTUVWXYZ"
       "\u00c4\u00d6\u00d1\u00dc\u00a7\u00bfabcdefghijklmnopqrstuvwxyz\u00e4\u00f6\u00f1\u00fc\u00e0")
EXTENSION = {0x0a: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2f: "\\", 0x3c: "[", 0x3d: "~", 0x3e: "]", 0x40: "|", 0x65: "\u20ac"}

ANSWERS = (
    (r"AT\+CREG\?", "+CREG: 0,1"), (r"AT\+CPIN\?", "+CPIN: READY"), (r"AT\+CSQ", "+CSQ: 20,99"), (r"AT\+CIMI", "262010000000000"),
    (r"AT\+CGSN", "350000000000000"), (r"AT\+CSCA\?", '+CSCA: "+491710760000",145'),
    (r"AT\+CPMS\?", '+CPMS: "SM",0,20,"SM",0,20,"SM",0,20'),
)


def septets(data, count):
    bits = sum(byte << (8 * k) for k, byte in enumerate(data))
    return [(bits >> (7 * k)) & 0x7f for k in range(count)]


def gsm(values):
    text, rest = "", iter(values)
    for value in rest:
        text += EXTENSION.get(next(rest, 0), " ") if value == 0x1b else GSM[value]
    return text


def decode(pdu):
    """An SMS-SUBMIT (3GPP TS 23.040, 9.2.2.2) with the service centre before it."""
    data = bytes.fromhex(pdu)
    data = data[1 + data[0]:]
    first, digits = data[0], data[2]
    octets = (digits + 1) // 2
    swapped = "".join("%x%x" % (b & 15, b >> 4) for b in data[4:4 + octets])
    number = ("+" if data[3] == 0x91 else "") + swapped[:digits]
    at = 4 + octets + 1
    coding = data[at]
    at += 1 + {0: 0, 2: 1, 1: 7, 3: 7}[first >> 3 & 3]
    length, body = data[at], data[at + 1:]
    header = body[0] + 1 if first & 0x40 else 0
    if coding & 0x0c == 8:
        return {"number": number, "alphabet": "ucs2", "text": body[header:length].decode("utf-16-be")}
    skipped = (header * 8 + 6) // 7
    return {"number": number, "alphabet": "gsm", "text": gsm(septets(body, length)[skipped:])}


class Modem:
    def __init__(self, link, folder):
        self.folder, self.pending, self.wants_pdu, self.count = folder, b"", False, 0
        self.master, slave = pty.openpty()
        tty.setraw(self.master)
        tty.setraw(slave)
        self.slave = slave  # kept open: the terminal is there whoever comes and goes
        os.symlink(os.ttyname(slave), link)
        os.chmod(os.ttyname(slave), 0o666)

    def say(self, *lines):
        os.write(self.master, ("\r\n" + "\r\n\r\n".join(lines) + "\r\n").encode())

    def take_pdu(self, pdu):
        self.wants_pdu = False
        if os.path.exists(self.folder + "/refuse"):
            self.say("+CMS ERROR: 28")
            return
        self.count += 1
        with open(self.folder + "/sent.jsonl", "a", encoding="utf-8") as f:
            f.write(json.dumps(decode(pdu)) + "\n")
        self.say("+CMGS: %d" % self.count, "OK")

    def take_command(self, line):
        if re.match(r"AT\+CMGS=", line):
            self.wants_pdu = True
            os.write(self.master, b"\r\n> ")
            return
        for pattern, answer in ANSWERS:
            if re.search(pattern, line):
                self.say(answer, "OK")
                return
        self.say("OK")

    def read(self):
        self.pending += os.read(self.master, 4096)
        while True:
            end = self.pending.find(b"\x1a" if self.wants_pdu else b"\r")
            if end < 0:
                return
            piece, self.pending = self.pending[:end].strip().decode("latin-1"), self.pending[end + 1:]
            if self.wants_pdu:
                self.take_pdu(piece)
            elif piece:
                self.take_command(piece)

    def run(self):
        while True:
            ready, _, _ = select.select([self.master, sys.stdin], [], [])
            if sys.stdin in ready:
                return
            self.read()


if __name__ == "__main__":
    Modem(*sys.argv[1:]).run()
