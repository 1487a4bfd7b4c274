#!/usr/bin/python3
"""picture: docs/login.svg, the login of the README: what a terminal showed, and the SMS that came meanwhile.

Owns: the capture of one real login by ssh (real sshd, module, engine and sender, in the sandbox), and how it is drawn.
MUST: put no text into the picture that was not on the terminal or in the SMS; draw the same bytes from the same texts.

CONTRIBUTING.md has the command that takes it anew. tests/integration/test_picture.py logs in anew and compares.
"""

import os
import re
import shutil
import sys
import textwrap
import xml.etree.ElementTree
from xml.sax.saxutils import escape

import lab

FILE = os.path.join(lab.TOP, "docs", "login.svg")
SVG = "{http://www.w3.org/2000/svg}"
# a column of the terminal, a line of it, and a line on the phone, in the picture's own units
COLUMN, LINE, PHONE_LINE = 7.83, 26, 20
PHONE_COLUMNS = 24

STYLE = """
    .screen { font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; fill: #d7dce5; }
    .message { font: 12.5px -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; fill: #1c2430; }
    .typed { fill: #8fd88f; }
    .code { font-weight: 700; }
"""


# --- the capture -----------------------------------------------------------------------------------------------------

def laptop():
    """carol's shell, from which she would come as alice: it knows the host's key, and asks nothing else."""
    folder = "/home/carol/.ssh"
    os.makedirs(folder, exist_ok=True)
    with open("/tmp/sshd/key.pub") as key, open(folder + "/known_hosts", "w") as known:
        known.write("web01 " + key.read())
    # alice wants no message of the day; what it says is the machine's business
    for path in ("/home/alice/.hushlogin", "/etc/motd"):
        with open(path, "w"):
            pass
    shutil.rmtree("/etc/motd.d", ignore_errors=True)
    lab.run("chown", "-R", "carol:", folder, check_rc=0)
    env = {"HOME": "/home/carol", "PATH": "/usr/bin:/bin", "TERM": "dumb", "PS1": "$ ", "LC_ALL": "C.UTF-8"}
    return lab.Terminal("/usr/sbin/runuser", ["-u", "carol", "--", "/bin/bash", "--norc", "--noprofile", "-i"], env=env)


def capture(world):
    """([(what the terminal said, what was typed behind it)], the SMS)"""
    terminal = laptop()
    world.clients.append(terminal)
    terminal.expect(r"\$ $")
    terminal.send("ssh alice@web01")
    terminal.expect("Password: ")
    terminal.send(lab.PASSWORD)
    terminal.expect(lab.SENT)
    sms = world.last_sms(1)
    terminal.send(sms.code)
    terminal.expect(r"alice@web01:~\$ $")
    lines = []
    for line in terminal.seen().replace("\r\n", "\n").replace("\r", "").split("\n"):
        typed = next((text for text in terminal.sent if text and line.endswith(text)), "")
        if line.strip():  # sshd ends the line of an answer that echoed once more
            lines.append((line[:len(line) - len(typed)], typed))
    terminal.send("exit")
    terminal.expect(r"\$ $")
    terminal.send("exit")
    return lines, sms.text


def take():
    lab.PORT = 22  # as everybody's; the sandbox has a network of its own
    with lab.World() as world:
        return capture(world)


# --- the drawing -----------------------------------------------------------------------------------------------------

def tspan(kind, text):
    return '<tspan class="%s">%s</tspan>' % (kind, escape(text)) if text else ""


def phone_text(sms, x, y):
    """The SMS as its bubble has it, the code in bold."""
    code, drawn = sms.split(" ")[0], []
    for number, line in enumerate(textwrap.wrap(sms, PHONE_COLUMNS)):
        rest = line
        head = ""
        if number == 0 and line.startswith(code):
            head, rest = tspan("code", code), line[len(code):]
        drawn.append('    <text x="%d" y="%d">%s%s</text>' % (x, y + number * PHONE_LINE, head, escape(rest)))
    return drawn


def draw(lines, sms):
    columns = max(len(said) + len(typed) for said, typed in lines)
    wide = round(columns * COLUMN) + 40
    rows = len(textwrap.wrap(sms, PHONE_COLUMNS))
    bubble = rows * PHONE_LINE + 18
    high = max(bubble + 78, len(lines) * LINE + 60)
    left = wide + 22
    svg = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" aria-labelledby="t d">' % (
        left + 222, high + 4, left + 222, high + 4),
        '  <title id="t">A login by ssh with a code by SMS</title>',
        '  <desc id="d">On a dark terminal, from top to bottom: %s Beside it a phone with the message: %s</desc>' % (
            escape(" / ".join((said + typed).rstrip() for said, typed in lines) + "."), escape(sms)),
        "  <style>%s  </style>" % STYLE,
        '  <rect x="2" y="2" width="%d" height="%d" rx="10" fill="#161b24" stroke="#4a5568"/>' % (wide - 2, high),
        '  <path d="M2 34 H%d" stroke="#2b3442"/>' % wide]
    svg += ['  <circle cx="%d" cy="18" r="5" fill="%s"/>' % (20 + 18 * k, c) for k, c in enumerate(("#e06c60", "#d9b25f", "#7cb86f"))]
    svg.append('  <g class="screen" id="terminal" xml:space="preserve">')
    for number, (said, typed) in enumerate(lines):
        svg.append('    <text x="20" y="%d" textLength="%d">%s%s</text>' % (
            66 + number * LINE, round(len(said + typed) * COLUMN), escape(said), tspan("typed", typed)))
    svg.append("  </g>")
    last = lines[-1]
    svg.append('  <rect x="%d" y="%d" width="8" height="16" fill="#8fd88f"/>' % (
        20 + round((len(last[0]) + len(last[1])) * COLUMN), 53 + (len(lines) - 1) * LINE))
    svg += ['  <rect x="%d" y="2" width="218" height="%d" rx="24" fill="#222a35" stroke="#4a5568"/>' % (left + 2, high),
            '  <rect x="%d" y="10" width="202" height="%d" rx="16" fill="#f3f5f8"/>' % (left + 10, high - 16),
            '  <rect x="%d" y="18" width="48" height="6" rx="3" fill="#222a35"/>' % (left + 87),
            '  <path d="M%d 40 h164 a12 12 0 0 1 12 12 v%d a12 12 0 0 1 -12 12 h-160 l-16 9 v-%d a12 12 0 0 1 12 -12 z" fill="#d5e6d3"/>' % (
                left + 30, bubble - 24, bubble - 3),
            '  <g class="message" id="phone">'] + phone_text(sms, left + 30, 62) + ["  </g>", "</svg>", ""]
    return "\n".join(svg)


def texts(svg):
    """The lines and the SMS of a picture, as draw takes them."""
    root = xml.etree.ElementTree.fromstring(svg)
    found = {group.get("id"): list(group) for group in root.iter(SVG + "g")}
    lines = []
    for text in found["terminal"]:
        typed = "".join(part.text for part in text)
        lines.append((text.text or "", typed))
    return lines, " ".join("".join(text.itertext()) for text in found["phone"])


def shape(text):
    """A text without what differs from login to login: the code and its reference."""
    return re.sub(r"\bref \w{4}\b", "ref RRRR", re.sub(r"\b\d{6}\b", "000000", text))


if __name__ == "__main__":
    lab.enter()
    sys.stdout.write(draw(*take()))
