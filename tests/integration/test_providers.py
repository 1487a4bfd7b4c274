#!/usr/bin/python3
"""Goal: sms-otp providers, provider-check, and what check says of descriptions, with the built programs: every description that is
installed can be shown and its example used; a fault is named with its line; a hostile file harms nobody; no secret is shown."""

import base64
import json
import os
import re
import shutil
import socket
import subprocess

import lab
from lab import CLI, CONF, check, equal, matches, run, test

SHIPPED, SITE = "/usr/share/sms-otp/providers", CONF + "/providers"
ALONE = dict(sshd=False, services=(), enrolled=(), engines=("one-shot",))
NAMES = sorted(name[:-5] for name in os.listdir(SHIPPED)) if os.environ.get("LAB") else []
SECRET = "gr0wn-up+secret/0123456789=="
GOOD = 'send = { url = "https://a.example/"; form = ( ( "t", "{text}" ) ); success = { status = 200; }; };\n'
# no command may take longer: a file cannot hold it up
SECONDS = 20


def cli(*arguments, rc=0, **more):
    done = run(CLI, *arguments, timeout=SECONDS, **more)
    equal(done.returncode, rc, "sms-otp %s said %r and its status" % (" ".join(arguments), done.stdout))
    return done.stdout


def facts(*arguments, rc=0):
    done = subprocess.run((CLI,) + arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          encoding="utf-8", timeout=SECONDS)
    equal(done.returncode, rc, "sms-otp %s said %r and %r and its status" % (" ".join(arguments), done.stdout, done.stderr))
    return json.loads(done.stdout)


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
    os.chmod(path, mode)
    return path


def clean_site():
    shutil.rmtree(SITE, ignore_errors=True)
    os.makedirs(SITE, 0o755)
    os.chmod(SITE, 0o755)


def draft(text, name="draft.conf"):
    return write("/tmp/drafts/" + name, text)


# --- the list ------------------------------------------------------------------------------------------------------------

@test("providers: one line for each description and nothing else", **ALONE)
def list_all(here):
    clean_site()
    lines = cli("providers").splitlines()
    equal([line.split()[0] for line in lines], sorted(NAMES + ["outbox"]), "the names")
    listed = {d["name"]: d for d in facts("providers", "--json")}
    equal(sorted(listed), sorted(NAMES + ["outbox"]), "the names as JSON")
    for line in lines:
        d = listed[line.split()[0]]
        columns = re.split(r"  +", line)
        mark = [word for word in (", ".join(k for k in ("uncertain", "weak") if d[k]),) if word]
        equal(columns[1:], [d["vendor"], " ".join(d["calls"]), d["kind"]] + mark, "the columns of %s" % d["name"])
        check("sms" in d["calls"] and d["fault"] is None, "%s cannot send" % d["name"])
        check(line == line.rstrip(), "blanks at the end of %r" % line)
    starts = {line.index(listed[line.split()[0]]["vendor"], 8) for line in lines}
    equal(len(starts), 1, "columns at which the vendor begins")
    equal(listed["outbox"]["kind"], "outbox", "outbox")
    equal(listed["outbox"]["file"], None, "its file")
    for name in NAMES:
        text = open("%s/%s.conf" % (SHIPPED, name)).read()
        for key in ("uncertain", "weak"):
            equal(bool(listed[name][key]), bool(re.search(r"(?m)^%s\s*=" % key, text)), "%s is %s" % (name, key))
        equal("voice" in listed[name]["calls"], bool(re.search(r"(?m)^voice\s*=", text)), "%s has voice" % name)
        equal("reports" in listed[name]["calls"] and listed[name]["kind"] == "http",
              bool(re.search(r"(?m)^poll\s*=", text)), "%s has reports" % name)


@test("providers: the site's folder wins, and what is faulty is shown with its fault", **ALONE)
def list_site(here):
    clean_site()
    write(SITE + "/dexatel.conf", 'vendor = "Zürich \\"AG\\""; uncertain = "much";' + GOOD)
    listed = {d["name"]: d for d in facts("providers", "--json")}
    equal(listed["dexatel"]["file"], SITE + "/dexatel.conf", "the file that wins")
    equal(listed["dexatel"]["vendor"], 'Zürich "AG"', "the vendor")
    matches(r"(?m)^dexatel +Zürich \"AG\" +sms +http +uncertain$", cli("providers"), "its line")
    equal(len(listed), len(NAMES) + 1, "how many")

    write(SITE + "/bad.conf", "\n\nsned = 1;\n")
    write(SITE + "/Bad.conf", GOOD)
    write(SITE + "/open.conf", GOOD, 0o666)
    write(SITE + "/shut.conf", GOOD, 0o600)
    os.symlink(SHIPPED + "/twilio.conf", SITE + "/link.conf")
    os.mkfifo(SITE + "/pipe.conf", 0o644)
    write(SITE + "/x.conf~", "")
    write(SITE + "/evil\x1b[2J.conf", GOOD)
    text = cli("providers", rc=1)
    equal(len(text.splitlines()), len(NAMES) + 8, "lines")
    check("\x1b" not in text, "an escape sequence is printed")
    for name, fault in (("bad", SITE + "/bad.conf:3: "), ("Bad", "cannot be named"), ("open", "chmod"), ("shut", "ermission"),
                        ("link", "symbolic link|link"), ("pipe", "regular file"), (r"evil\?\[2J", "cannot be named")):
        matches(r"(?m)^%s +FAULTY: .*(%s)" % (name, fault), text, "the line of %s" % name)
    faulty = {d["name"]: d["fault"] for d in facts("providers", "--json", rc=1) if d["fault"]}
    equal(len(faulty), 7, "faulty ones as JSON: %r" % faulty)
    matches(r"^sms-otp: %s/bad.conf:3: " % SITE, cli("providers", "bad", rc=1), "a faulty one alone")
    clean_site()
    cli("providers")


@test("providers NAME: unknown names, odd names, and who may ask", **ALONE)
def unknown(here):
    clean_site()
    check("providers [NAME]" in cli("--help") and "provider-check FILE" in cli("--help"), "the help")
    matches("did you mean dexatel", cli("providers", "dexatle", rc=1), "a mistyped name")
    for name in ("nothing-like-it", "../../etc/passwd", "/etc/passwd", "\x1b[2J", "x" * 500, "", "Dexatel"):
        text = cli("providers", name, rc=1)
        matches("there is no description", text, "the name %r" % name[:30])
        check("\x1b" not in text, "an escape sequence is printed")
    cli("providers", "a", "b", rc=2)
    cli("provider-check", rc=2)
    matches("run as root", cli("providers", rc=2, user="bob"), "as bob")
    matches("run as root", cli("provider-check", SHIPPED + "/dexatel.conf", rc=2, user="bob"), "as bob")


# --- one of them ---------------------------------------------------------------------------------------------------------

@test("providers NAME: everything about each, as text and as JSON", **ALONE)
def pages(here):
    clean_site()
    for name in NAMES:
        text, d = cli("providers", name), facts("providers", name, "--json")
        equal(text.splitlines()[0], "%s: %s" % (name, d["vendor"]), "the first line")
        for key in ("doc", "confidence", "uncertain", "weak", "notes", "file"):
            check(not d[key] or d[key] in text, "%s: the page has no %s" % (name, key))
        for v in d["variables"]:
            matches(r"(?m)^%s +%s +%s +%s\b" % (v["name"], "yes" if v["required"] else "no", "yes" if v["secret"] else "no",
                                                v["kind"]), text, "the row of %s.%s" % (name, v["name"]))
        for group in d["one_of"]:
            check("Exactly one of %s must be given." % ", ".join(group) in text, "%s: one_of %r" % (name, group))
        check(text.endswith("\n\n" + d["example"]), "%s: the example is not at the end" % name)
    matches(r'routes    = \[ "outbox" \];\n$', cli("providers", "outbox"), "the example of outbox")


VALUES = {"text": "VALUE", "sender": "ACME", "host": "host.example", "label": "eu", "url": "https://host.example",
          "program": "/usr/bin/true", "folder": "/var/spool/example", "address": "me@mail.example"}


def fill_in(d, optional):
    """The example with its values; with the optional ones too."""
    rows = []
    for row in d["example"].splitlines():
        found = re.match(r'    (# )?(\w+?)(_file)? = "', row)
        variable = found and next((v for v in d["variables"] if v["name"] == found[2]), None)
        if variable and found[1] and optional and not any(variable["name"] in group for group in d["one_of"]):
            row = row.replace("# ", "", 1)
        if variable and not row.startswith("    #"):
            if found[3]:
                write("%s/%s" % (CONF, re.search(r'"(.+)"', row)[1]), SECRET + "\n", 0o600)
            row = row.replace("CHANGE-ME", variable["must"] or VALUES[variable["kind"]])
        rows.append(row)
    return "\n".join(rows) + '\nnumbers = { prefixes = [ "+49" ]; };\n'


@test("every example is taken by the settings once CHANGE-ME is replaced, and not before", **ALONE)
def examples(here):
    clean_site()
    for name in NAMES:
        d = facts("providers", name, "--json")
        for optional in (False, True):
            items = facts("check", "--offline", "--json", "--settings", write("/tmp/example.conf", fill_in(d, optional)),
                          rc=1)["items"]
            wrong = [i for i in items if i["level"] not in ("ok", "note") and i["topic"] in ("settings", "routes")]
            equal(wrong, [], "%s%s" % (name, " with the optional ones" if optional else ""))
            route = re.search(r'routes *= \[ "(.*)" \]', d["example"])[1]
            texts = [i["text"] for i in items if i["topic"] == "routes"]
            check("%s: not asked (--offline)" % route in texts, "%s: the route is not named in %r" % (name, texts))
            notes = [i["text"] for i in items if i["level"] == "note" and i["topic"] == "routes"]
            equal(any(d["uncertain"] and d["uncertain"] in n for n in notes), bool(d["uncertain"]), "%s: the notes" % name)
        if re.search(r'(?m)^    \w+ = "CHANGE-ME"', d["example"]):
            plain = d["example"] + 'numbers = { prefixes = [ "+49" ]; };\n'
            matches("CHANGE-ME", cli("check", "--offline", "--settings", write("/tmp/example.conf", plain), rc=2), name)
    for name in os.listdir(CONF):
        if name.endswith(".key"):
            os.remove(os.path.join(CONF, name))


# --- judging a file ------------------------------------------------------------------------------------------------------

@test("provider-check: every installed description is good, and its requests are shown", **ALONE)
def good(here):
    clean_site()
    for name in NAMES:
        text = cli("provider-check", "%s/%s.conf" % (SHIPPED, name))
        matches(r"(?m)^send$", text, name)
        d = facts("providers", name, "--json")
        if d["kind"] == "http":
            matches(r"(?m)^  (POST|GET|PUT) https://", text, name)
            calls = [{"send": "sms", "poll": "reports"}.get(c, c) for c in re.findall(r"(?m)^(send|voice|poll|check)$", text)]
            equal(calls, d["calls"], "the calls of %s" % name)
            check("cannot be made" not in text, "%s: %s" % (name, text))


@test("provider-check: the exact request, values of one's own, and no file of one's own needed", **ALONE)
def requests(here):
    path = draft("""
variables = {
  key  = { required = true; secret = true; };
  user = { required = true; };
  from = { kind = "sender"; };
};
number = "digits";
auth   = { kind = "basic"; user = "{user}"; password = "{key}"; };
send   = {
  url = "https://a.example/{user}/sms"; query = ( ( "k", "{key}" ), ( "u", 1, "unicode" ) );
  json = { to = "{number}"; from = { *when = "set from"; *value = "{from}"; }; text = "{text}"; };
  success = { status = 200; };
};
""", "My Draft.txt")
    coded = base64.b64encode(b"USER:SECRET-key").decode()
    equal(cli("provider-check", path), """send
  POST https://a.example/USER/sms?k=SECRET-key
  Content-Type: application/json
  Authorization: Basic %s
  note: the header Authorization is base64 of USER:SECRET-key

  {"to":"4915112345678","text":"493027 is the code for sshd on web1 (ref K7QF). Never share it."}
""" % coded, "the request")
    text = cli("provider-check", path, "from=ACME", "user=a b", "number=+436641234567", "text=\u0416 1")
    matches(r"POST https://a.example/a%20b/sms\?k=SECRET-key&u=1\n", text, "the address")
    check('{"to":"436641234567","from":"ACME","text":"\u0416 1"}' in text, text)
    # read by root, and by nobody else
    os.chmod(path, 0o600)
    os.chown(path, 12345, 12345)
    cli("provider-check", path)
    done = subprocess.run([CLI, "provider-check", "My Draft.txt"], cwd="/tmp/drafts", stdout=subprocess.PIPE, encoding="utf-8")
    equal(done.returncode, 0, "the status by a relative name")


@test("provider-check: a program, a spool and a mail", **ALONE)
def other_kinds(here):
    text = cli("provider-check", draft('command = { program = "/usr/bin/gammu"; arguments = ( "{number}" ); '
                                       'success = { exit = 0; }; };'))
    matches(r"program: /usr/bin/gammu\n  argument: \+4915112345678\n  on its standard input:\n  493027 is the code", text, "command")
    text = cli("provider-check", draft('spool = { folder = "/var/spool/sms/outgoing"; temporary = "/var/spool/sms/new"; '
                                       'content = "To: {number}\\n\\n{text}"; };'))
    matches(r"file: /var/spool/sms/outgoing\n.*\n  its content:\n  To: \+4915112345678\n  \n  493027", text, "spool")
    text = cli("provider-check", draft('variables = { from = { required = true; }; pw = { required = true; secret = true; }; };'
                                       'mail = { server = "m.example"; tls = "starttls"; user = "u"; password = "{pw}"; '
                                       'from = "{from}"; to = "{number}@sms.example"; subject = "{code}"; text = "{text}"; };'))
    matches(r"server: m.example\n  TLS: starttls\n", text, "mail")
    matches(r"envelope to: \+4915112345678@sms.example\n", text, "mail")
    matches(r"Subject: 493027\n", text, "mail")


# (text, line, words): the fault must be told in this line
FAULTS = (
    ("a = ", 1, "syntax error"),
    ('vendor = "x"\n"y";\nsend == 1;', 3, "syntax error"),
    ('vendor = "x";\nvendor = "y";', 2, "duplicate"),
    ("x = [ 1,\n\"a\" ];", 2, "mismatched element"),
    ('\nsned = { };', 2, "no `sned`"),
    ('vendor = 1;', 1, "`vendor` is a text"),
    ('vendor = "x";', 0, "one of send"),
    ('send = 1;', 1, "`send` is a group"),
    ('send = {\n  success = { status = 200; };\n};', 1, "url is missing"),
    ('send = {\n url = "https://a.example/"; };', 1, "success is missing"),
    ('send = {\n url = "http://a.example/";\n success = { status = 200; }; };', 2, "https://"),
    ('send = {\n url = "https://a.example/?x=1"; };', 2, "has no ?"),
    ('send = {\n url = "https://{text}/"; };', 2, "cannot choose the host"),
    ('send = {\n url = "https://a.example/{nothing}"; };', 2, "no variable `nothing`"),
    ('send = {\n url = "https://a.example/{";\n };', 2, "placeholder"),
    ('send = {\n\n method = "DELETE"; };', 3, "GET, POST or PUT"),
    ('number = "national";' + GOOD, 1, "a number is written"),
    ('auth = { };' + GOOD, 1, "auth is a group with a kind"),
    ('auth = {\n kind = "magic"; };' + GOOD, 2, "the kind of auth"),
    ('auth = { kind = "basic"; user = "u"; };' + GOOD, 1, "wants `password`"),
    ('auth = { kind = "header"; name = "Host"; value = "x"; };' + GOOD, 1, "header"),
    ('headers = ( ( "A\\r\\nB", "1" ) );' + GOOD, 1, "header"),
    ('headers = (\n ( "A" ) );' + GOOD, 2, "a field is"),
    ('variables = {\n Key = { }; };', 2, "cannot be the name"),
    ('variables = {\n key_file = { }; };', 2, "cannot be the name"),
    ('variables = { key = {\n kind = "number"; }; };', 2, "a kind is"),
    ('variables = { key = {\n wanted = true; }; };', 2, "no `wanted`"),
    ('variables = {\n a = { required = true; fallback = "1"; }; };', 2, "cannot be required"),
    ('variables = { };\none_of = ( [ "a", "b" ] );', 2, "no variable `a`"),
    ('errors = (\n { status = 400; class = "bad"; } );' + GOOD, 2, "class"),
    ('send = { url = "https://a.example/";\n form = ( );\n json = { };\n success = { status = 200; }; };', 1, "only one of"),
    ('send = { url = "https://a.example/";\n success = { status = 404; }; };', 2, "200"),
    (GOOD + 'poll = {\n url = "https://a.example/"; };', 2, "poll wants"),
    (GOOD + 'voice = { url = "https://a.example/"; success = { status = 200; };\n repeat = 9; };', 3, "repeat is"),
    ('command = { program = "gammu"; success = { exit = 0; }; };', 1, "absolute path"),
    ('command = { program = "/bin/x"; success = { exit = 0; };\n arguments = ( "{text}" ); };', 2, "every local user"),
    (GOOD + 'spool = { };', 2, "only one of"),
    (GOOD + 'flash = { };', 2, "reserved"),
    (b"vendor = \"x\";\n\n\0" + GOOD.encode(), 3, "NUL byte"),
)


@test("provider-check: %d kinds of faults, each with its line" % len(FAULTS), **ALONE)
def faults(here):
    for text, line, words in FAULTS:
        path = draft(text)
        said = cli("provider-check", path, rc=1)
        matches(r"^%s:%s: .*%s" % (re.escape(path), line or r"\d+", re.escape(words)), said, "the fault of %r" % text)
        equal(len(said.splitlines()), 1, "lines about %r" % text)


@test("provider-check: faults go to standard error, requests to standard output", **ALONE)
def streams(here):
    done = subprocess.run([CLI, "provider-check", draft("x = 1;")], capture_output=True, encoding="utf-8")
    equal((done.stdout, done.returncode), ("", 1), "the output for a fault")
    done = subprocess.run([CLI, "provider-check", draft(GOOD)], capture_output=True, encoding="utf-8")
    equal((done.stderr, done.returncode), ("", 0), "the errors for a good one")


@test("provider-check: what cannot be sent at all, and values that do not fit", **ALONE)
def unfit(here):
    path = draft('variables = { r = { kind = "label"; required = true; }; key = { secret = true; }; };' + GOOD)
    for word, says in (("r=a.b", "the value of `r` must be"), ("x=1", "no variable `x`"), ("r", "is not VARIABLE=VALUE"),
                       ("key=" + SECRET, "`key` is a secret"), ("number=0151", "number"), ("text=", "text"),
                       ("r=" + "x" * 5000, "too long")):
        said = cli("provider-check", path, word, rc=1)
        matches(re.escape(says), said, "the refusal of %s" % word[:20])
        check(SECRET not in said, "the secret is shown")
    cli("provider-check", path, *["r=1"] * 30, rc=2)


# --- files that mean harm ------------------------------------------------------------------------------------------------

@test("a hostile file ends in a fault, soon, and in nothing else", **ALONE)
def hostile(here):
    os.makedirs("/tmp/drafts", exist_ok=True)
    big = draft(b"")
    os.truncate(big, 1 << 34)
    matches("larger than 65536", cli("provider-check", big, rc=1), "a file of 16 GiB")
    draft("#" * 65537)
    matches("larger than 65536", cli("provider-check", big, rc=1), "one byte too many")
    draft(GOOD + "#" * (65535 - len(GOOD)) + "\n")
    cli("provider-check", big)
    for mark in "({[":
        matches("^/tmp/drafts/draft.conf", cli("provider-check", draft("a = " + mark * 65000), rc=1), "deep %s" % mark)
        matches("^/tmp/drafts/draft.conf", cli("provider-check", draft("".join("a = " + mark + " " for _ in range(9000))), rc=1),
                "deep groups")
    cli("provider-check", draft("(" * 20 + ")" * 20), rc=1)
    matches("too large or too deep", cli("provider-check", draft("a = " + "(" * 20 + ")" * 20 + ";"), rc=1), "20 deep")
    matches("too large", cli("provider-check", draft("a = (" + ",".join("1" * 1 for _ in range(5000)) + ");"), rc=1), "wide")
    matches("cannot include", cli("provider-check", draft('@include "/etc/shadow"\n' + GOOD), rc=1), "an include")
    matches("cannot include|syntax", cli("provider-check", draft('x = 1; @include "/etc/shadow"\n' + GOOD), rc=1), "an include")
    # a regular expression that would take gigabytes
    bomb = GOOD.replace("status = 200;", 'status = 200;\nall = ( { regex = "' + "(" * 5 + "a" + "{1,255})" * 5 + '"; exists = true; } );')
    matches("^/tmp/drafts/draft.conf:2: .*regular expression", cli("provider-check", draft(bomb), rc=1), "a regular expression")
    for text in (os.urandom(5000), b"\xff\xfe" * 100, b"\x1b[2J\x1b]0;x\x07 = 1;", b'"\x9b2J" = 1;', "\u202e = 1;"):
        said = run(CLI, "provider-check", draft(text), timeout=SECONDS)
        equal(said.returncode, 1, "the status for %r" % text[:10])
        check(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said.stdout), "control characters in %r" % said.stdout)
    for key in ("vendor", "notes"):
        said = cli("provider-check", draft('%s = "\x1b[2J";' % key + GOOD + 'x\x1b[2J = 1;'), rc=1)
        check("\x1b" not in said, "an escape sequence in %r" % said)
    said = cli("provider-check", draft(GOOD.replace("{text}", "\x1b[2J\u202e")))
    check("\x1b" not in said and "\u202e" not in said, "an escape sequence in %r" % said)


@test("what is no file is not opened", **ALONE)
def no_file(here):
    os.makedirs("/tmp/drafts", exist_ok=True)
    os.mkfifo("/tmp/drafts/pipe.conf")
    os.symlink("pipe.conf", "/tmp/drafts/to-pipe.conf")
    os.symlink("/dev/zero", "/tmp/drafts/to-zero.conf")
    os.symlink("loop.conf", "/tmp/drafts/loop.conf")
    server = socket.socket(socket.AF_UNIX)
    server.bind("/tmp/drafts/socket.conf")
    for name in ("pipe.conf", "to-pipe.conf", "to-zero.conf", "socket.conf", "."):
        matches("is not a regular file", cli("provider-check", "/tmp/drafts/" + name, rc=2), name)
    matches("levels of symbolic links", cli("provider-check", "/tmp/drafts/loop.conf", rc=2), "a loop")
    matches("No such file", cli("provider-check", "/tmp/drafts/nothing.conf", rc=2), "nothing")
    matches("No such file", cli("provider-check", "", rc=2), "no name")
    matches("is not a regular file", cli("provider-check", "/dev/zero", rc=2), "a device")
    server.close()
    # a link to a file that only root reads shows nothing of it but where it is no description
    secret = write("/root/secret.key", SECRET + "\n", 0o600)
    os.symlink(secret, "/tmp/drafts/to-secret.conf")
    said = cli("provider-check", "/tmp/drafts/to-secret.conf", rc=1)
    check(SECRET not in said, "the secret is shown: %r" % said)
    said = cli("provider-check", draft(GOOD, "n" * 200 + ".conf"))
    deep = "/tmp/drafts/" + "d" * 200 + "/" + "e" * 200 + ".conf"
    matches(r"^\.\.\.e+\.conf:2: ", cli("provider-check", write(deep, "\nx = 1;"), rc=1), "a long name")
    said = cli("provider-check", write("/tmp/drafts/\x1b[2J.conf", "x = 1;"), rc=1)
    check("\x1b" not in said, "an escape sequence in %r" % said)


@test("E7: a sender that hangs, dies, lies or is missing is told of, and outlives nothing", **ALONE)
def bad_senders(here):
    os.rename(lab.SENDER, lab.SENDER + ".away")
    try:
        matches("cannot be started", cli("providers", rc=2), "a missing sender")
        matches("cannot be started", cli("provider-check", draft(GOOD), rc=2), "a missing sender")
        for script, says in (("exit 2", "without an answer"), ("kill -9 $$", "without an answer"), ("exit 0", "not understood"),
                             ("echo end=; echo more=", "not understood"), ("cat /dev/zero", "too long|NUL"),
                             ("printf 'name=x\\n'", "not understood"), ("printf '\\033[2J=\\nend=\\n'", "not understood")):
            write(lab.SENDER, "#!/bin/sh\n%s\n" % script, 0o755)
            said = cli("provider-check", draft(GOOD), rc=2)
            matches(says, said, script)
            said += cli("providers", "dexatel", rc=2) + cli("providers", rc=1)
            check("\x1b" not in said, "an escape sequence in %r" % said)
        # ended after 10 s
        write(lab.SENDER, "#!/bin/sh\nsleep 100\n", 0o755)
        matches("in time", cli("provider-check", draft(GOOD), rc=2), "a sender that hangs")
        write(lab.SENDER, "#!/bin/sh\nid -un >/tmp/who; env | grep -v PWD= >>/tmp/who; grep NoNewPrivs /proc/self/status "
                          ">>/tmp/who; ls /proc/self/fd | wc -l >>/tmp/who; echo end=\n", 0o755)
        write("/tmp/who", "", 0o666)
        cli("provider-check", draft(GOOD))
        equal(open("/tmp/who").read().split(), ["_sms-otp", "NoNewPrivs:", "1", "4"], "who the sender is")
    finally:
        os.rename(lab.SENDER + ".away", lab.SENDER)


@test("E7: the sender by hand: not as root, no order, no other arguments", **ALONE)
def by_hand(here):
    clean_site()
    matches("refuses to run as root", run(lab.SENDER, "--judge", "x", text=GOOD, check_rc=2).stdout, "as root")
    matches("refuses to run as root", run(lab.SENDER, "--describe", "dexatel", check_rc=2).stdout, "as root")
    matches("(?s)^name=dexatel\n.*\nend=\n$", run(lab.SENDER, "--describe", "dexatel", user="bob", check_rc=0).stdout, "as bob")
    matches("(?s)^call=send\n.*\nend=\n$", run(lab.SENDER, "--judge", "x", text=GOOD, user="bob", check_rc=0).stdout, "as bob")
    for words in (("--describe",), ("--describe", "a", "b"), ("--judge",), ("--nothing",), ("x",)):
        matches("usage: ", run(lab.SENDER, *words, user="bob", check_rc=2).stdout, " ".join(words))
    text = run(lab.SENDER, "--help", check_rc=0).stdout
    check("--describe NAME" in text and "--judge PATHNAME" in text, "the help")
    done = run("strace", "-f", "-qq", "-o", "/tmp/trace", "-u", "bob", lab.SENDER, "--judge", "x", text=GOOD, check_rc=0)
    calls = open("/tmp/trace").read().splitlines()
    held = [n for n, call in enumerate(calls) if re.search(r"seccomp\(SECCOMP_SET_MODE_FILTER.*= 0|PR_SET_SECCOMP.*= 0", call)]
    taken = [n for n, call in enumerate(calls) if re.search(r" read\(0, ", call)]
    check(held and taken and max(held) < min(taken), "it is not confined before it reads: %r %r" % (held, taken))
    check(not any(re.search(r" (socket|connect|execve|openat?)\(", call) for call in calls[max(held):]), "what it does then")
    matches("(?s)^call=send", done.stdout, "the answer under strace")


# --- check ---------------------------------------------------------------------------------------------------------------

@test("check: what is missing, unknown, faulty, uncertain or weak in a route's description", **ALONE)
def check_routes(here):
    clean_site()
    write(SITE + "/pigeon.conf", 'uncertain = "the way home"; variables = { key = { required = true; secret = true; }; '
                                 'from = { }; service = { }; }; one_of = ( [ "from", "service" ] );' + GOOD)
    write(CONF + "/pigeon.key", SECRET + "\n", 0o600)

    def said(block, rc):
        here.settings(text='routes = [ "p" ]; providers = { p = { use = "pigeon"; %s }; };\n'
                           'numbers = { prefixes = [ "+49" ]; };\n' % block)
        text = cli("check", "--offline", rc=rc)
        check(SECRET not in text, "the secret is shown")
        return text

    text = said('key_file = "pigeon.key"; from = "x";', 1)
    matches("(?m)^note +routes +p: the description pigeon is uncertain: the way home$", text, "the note")
    matches("(?m)^ok +routes +p: not asked", text, "the route")
    check("TROUBLE" not in text, text)
    items = facts("check", "--offline", "--json", rc=1)["items"]
    equal([i["text"] for i in items if i["level"] == "note" and i["topic"] == "routes"], ["p: the description pigeon is uncertain: the way home"], "as JSON")
    matches(r"(?m)^TROUBLE +routes +p: the description pigeon needs what providers\.p does not say: key$", said('from = "x";', 2),
            "a missing variable")
    matches("(?m)^TROUBLE +routes +p: .* has no variable called so: form;", said('key_file = "pigeon.key"; from = "x"; form = "y";', 2),
            "an unknown variable")
    matches("(?m)^TROUBLE +routes +p: .* exactly one of: from, service", said('key_file = "pigeon.key";', 2), "none of a set")
    text = said('form = "x";', 2)
    equal(text.count("TROUBLE  routes"), 3, "troubles at once in %r" % text)
    check("not asked" not in text, "it would be asked all the same")
    write(SITE + "/pigeon.conf", "\nx = 1;")
    matches("(?m)^TROUBLE +routes +p: %s/pigeon.conf:2: " % SITE, said('from = "x";', 2), "a faulty description")
    os.remove(SITE + "/pigeon.conf")
    matches("(?m)^TROUBLE +routes +p: there is no provider description", said('from = "x";', 2), "a missing description")


@test("G1: no command shows a secret of the site, in whatever form", **ALONE)
def secrets(here):
    clean_site()
    seen = cli("providers")
    for name in NAMES:
        d = facts("providers", name, "--json")
        here.settings(text=fill_in(d, True))
        seen += cli("providers", name) + cli("provider-check", "%s/%s.conf" % (SHIPPED, name))
        seen += run(CLI, "check", "--offline", timeout=SECONDS).stdout
    for form in (SECRET, SECRET.replace("+", "%2B"), SECRET[:12], base64.b64encode(SECRET.encode()).decode()[:16]):
        check(form not in seen, "%s is shown" % form)
    for name in os.listdir(CONF):
        if name.endswith(".key"):
            os.remove(os.path.join(CONF, name))


lab.enter()
lab.main(__doc__)
