"""secrecy: what a test program brought into the world of people's data, and the search for it where it must not be (G1, F6).

Owns: every number, code, answer, password and key that the program used, learned from the outbox, the provider's record, the
enrolments and what was typed; and the texts to search: the logs, the screens, and the files that were written.
MUST: need no help from a test, but for secrets that nobody else can know of (World.secrets).
Never: looks at what is there to hold a secret: the outbox, the enrolments, the settings, a gateway's spool, and the tests' own /tmp.
"""

import os
import re
import stat

STATE, CONF = "/var/lib/sms-otp", "/etc/sms-otp"
RECOVERY = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}\b")
PHONE = re.compile(r"(?<![\w-])\+?[0-9(][0-9 ()/.-]{8,}[0-9](?![\w-])")
# a keyed tag of hex digits may be decimal ones, and the two last digits follow it
DIGITS = re.compile(r"(?<![0-9a-f])[0-9]{6,}(?![0-9a-f]|\.\.)")
# how much of a number, from its end, is too much: the country's and the network's part are not secret
TAIL = 7

# where something of ours, or a host on our behalf, may write; and what in it is a secret's own place
WRITTEN = ("/var", "/run")
OWN = ("/var/lib/sms-otp/outbox", "/var/lib/sms-otp/users", "/var/lib/sms-otp/damaged", "/var/spool", "/var/mail", "/var/backups", "/run/upper", "/run/dbus")
UPPER = ("/run/upper/_/up/var", "/run/upper/_var/up")  # what was written to /var, by the overlay: a walk over so much less
# gateways and a provider that tests run: they are handed number and text, and may log them
THEIRS = ("/tmp/provider", "/tmp/kannel", "/tmp/gammu", "/tmp/modem")
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOGS = re.compile(r"(?:/log|\.log|\.out|\.err)$")  # of /tmp, which is the tests' own, these are searched


class Secrets:
    """What must be nowhere: codes as whole runs of digits, numbers by their last digits, everything else as it is."""

    def __init__(self):
        self.codes, self.tails, self.words = set(), set(), set()

    def __len__(self):
        return len(self.codes) + len(self.tails) + len(self.words)

    def learn(self, text):
        """A code, a number, or a word: whichever it reads as."""
        digits = re.sub(r"\D", "", text)
        if re.fullmatch(r"\d{6,10}", text):
            self.codes.add(text)
        elif PHONE.fullmatch(text) and len(digits) >= 10:
            self.tails.add(digits[-TAIL:])
        elif len(text) >= 6:
            self.words.add(text)

    def learn_texts(self, text):
        """Messages, or files of enrolments: their numbers and codes."""
        for found in PHONE.finditer(text):
            digits = re.sub(r"\D", "", found.group(0))
            if len(digits) >= 10:
                self.tails.add(digits[-TAIL:])
        self.codes.update(re.findall(r"(?<![\w+])\d{6,10}(?!\w)", text))
        self.words.update(RECOVERY.findall(text))

    def typed(self, line):
        """What somebody typed: a code, a number, a password with a code behind it; never an ordinary word such as yes."""
        line = line.strip()
        digits = re.sub(r"\D", "", line)
        if re.fullmatch(r"\d{6,10}", line):
            self.codes.add(line)
        elif PHONE.fullmatch(line) and len(digits) >= 10:
            self.tails.add(digits[-TAIL:])
        self.words.update(RECOVERY.findall(line))

    def gather(self, provider=None):
        """What the files of this world know of: to be called before they go."""
        for folder in ("outbox", "users"):
            for path in files(os.path.join(STATE, folder)):
                self.learn_texts(read(path))
        for record in provider.records() if provider else ():
            fields = record.get("fields") or {}
            for value in fields.values():
                for text in value if isinstance(value, list) else [value]:
                    if isinstance(text, str):
                        self.learn_texts(text)
                        self.learn(text if text.startswith("+") else "+" + text) if PHONE.fullmatch(text) else None

    def found(self, text, but=""):
        """The secrets in a text. but: what was typed on this screen, and is seen there."""
        runs = set(DIGITS.findall(text))
        typed = re.sub(r"\D", "", but)
        leaks = {run for run in runs & self.codes if run not in but}
        leaks |= {run for run in runs if len(run) >= TAIL and run[-TAIL:] in self.tails and run[-TAIL:] not in typed}
        return sorted(leaks | {word for word in self.words if word in text and word not in but})


def files(top, but=()):
    """The ordinary files under a folder."""
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if os.path.join(folder, name) not in but]
        for name in names:
            path = os.path.join(folder, name)
            try:
                if stat.S_ISREG(os.lstat(path).st_mode):
                    yield path
            except OSError:
                pass


def read(path):
    try:
        with open(path, encoding="latin-1") as f:
            return f.read()
    except OSError:
        return ""  # it has gone meanwhile


def written(since):
    """(path, text) of what was written since then (a time of the file system), where something of ours may write."""
    tops = [(top, top) for top in WRITTEN]
    over = [top for top in UPPER if os.path.isdir(top)]
    if over:
        tops = [("/run", "/run")] + [(top, "/var") for top in over]
    for top, name in tops:
        for path in files(top, [top + own[len(name):] for own in OWN if own.startswith(name)]):
            try:
                if os.lstat(path).st_mtime >= since:
                    yield name + path[len(top):], read(path)
            except OSError:
                pass
    for path in files("/tmp", THEIRS + (TOP,)):
        if LOGS.search(path):
            yield path, read(path)


def show(text, secret):
    """The line of a text that has it, short."""
    at = text.find(secret)
    return repr(text[max(text.rfind("\n", 0, at) + 1, at - 100):at + len(secret) + 40].split("\n")[0])


def search(secrets, texts):
    """A line for each secret that is where it must not be; texts are (place, text, what was typed there)."""
    return ["G1: %s has a secret: %s" % (place, show(text, secret)) for place, text, but in texts for secret in secrets.found(text, but)]
