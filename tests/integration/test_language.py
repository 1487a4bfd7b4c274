#!/usr/bin/python3
"""Goal: prompts, refusals and messages in the user's own language, else the service's, else the site's, by real sshd and sms-otp, with
no locale installed (D1, G4); and the origin-bound last line of a message, which is never cut."""

import os
import re
import shutil

import lab
from lab import BOTH, CLI, NUMBERS, check, equal, matches, run

OUTBOX = lab.STATE + "/outbox/messages"
LATE = 31  # s: the shortest lifetime there is, and one


def texts(world, count):
    """The last of so many messages in the outbox, each without its head."""
    def read():
        if not os.path.exists(OUTBOX):
            return []
        with open(OUTBOX, encoding="utf-8") as f:
            parts = re.split(r"(?m)^\d{4}-\d\d-\d\dT\S+Z \+\d+.*\n", f.read())
        return [p.rstrip("\n") for p in parts[1:]]
    found = lab.wait_for("message number %d" % count, lambda: len(read()) >= count and read())
    equal(len(found), count, "messages")
    code = re.match(r"\d{6}", found[-1])
    if code:
        world.secrets.append(code[0])
    return found[-1]


def wrong(code):
    return "%06d" % ((int(code) + 1) % 10 ** 6)


@lab.test("a German user: prompt, SMS, wrong code, no code, and in", engines=BOTH)
def german(world):
    equal(run(CLI, "set-language", "alice", "de", check_rc=0).stdout, "alice is spoken to in de from now on.\n", "set-language")
    ssh = world.ssh().password()
    ref = ssh.expect(r"Code an \.\.\.12 gesendet \(Ref\. (\w{4})\)\. Code, oder r für neue Zusendung: ")[1]
    sms = texts(world, 1)
    matches(r"^\d{6} ist Ihr Code für sshd auf \S+ \(Benutzer alice, Ref\. %s\)\. Gültig 90 s\. Nie weitersagen\.$" % ref, sms, "the SMS")
    ssh.send("Guten Tag")
    ssh.expect(r"Das war kein Code \(6 Ziffern\)\. Code für Ref\. %s: " % ref)
    ssh.send(wrong(sms[:6]))
    ssh.expect(r"Falscher Code, noch 2 Versuche\. Code für Ref\. %s: " % ref)
    ssh.send(sms[:6])
    ssh.gets_in()
    check(not any("Falscher" in line or "Code an" in line for line in world.syslog.lines), "the log speaks German")


@lab.test("a late code, and a lock, in German", code='{ lifetime = "30s"; }', lockout="{ failures = 3; }")
def late(world):
    run(CLI, "set-language", "alice", "de", check_rc=0)
    ssh = world.ssh().password()
    ssh.expect("gesendet")
    sms = texts(world, 1)
    # a second beyond the shortest lifetime: it is the engine's clock that counts
    lab.time.sleep(LATE)
    ssh.send(sms[:6])
    ssh.expect(r"Dieser Code ist abgelaufen \(zählt nicht\)\. Enter für einen neuen Code: ")
    ssh.send("")
    ssh.expect(r"Code an \.\.\.12 gesendet")
    sms = texts(world, 2)
    for left in (2, 1, 0):
        ssh.send(wrong(sms[:6]))
        if left:
            ssh.expect("Falscher Code, noch %d " % left)
    matches("Nach falschen Codes bis \\d\\d:\\d\\d gesperrt\\.", ssh.is_refused(), "what ssh says")


@lab.test("lang= for a service, language for the site, and the user's own before both", language='"es"')
def order(world):
    with open("/etc/pam.d/sshd") as f:
        line = f.read()
    ssh = world.ssh().password()
    ssh.expect(r"Código enviado al \.\.\.12 \(ref\. \w{4}\)\. Código, o r para reenviarlo: ")
    sms = texts(world, 1)
    matches(r"^\d{6} es su clave para sshd en ", sms, "the SMS in Spanish")
    ssh.send(sms[:6])
    ssh.gets_in()
    world.pam("sshd", text=line.replace("pam_sms_otp.so", "pam_sms_otp.so lang=fr"))
    check("lang=fr" in open("/etc/pam.d/sshd").read(), "the line was not changed")
    ssh = world.ssh().password()
    ssh.expect(r"Code envoyé au \.\.\.12 \(réf\. \w{4}\)\. Code, ou r pour le renvoyer : ")
    sms = texts(world, 2)
    matches(r"^\d{6} est votre code pour sshd sur .* \(compte alice, ", sms, "the SMS in French")
    ssh.send(sms[:6])
    ssh.gets_in()
    run(CLI, "set-language", "alice", "pt", check_rc=0)
    ssh = world.ssh().password()
    ssh.expect(r"Código enviado para \.\.\.12 \(ref\. \w{4}\)\. Código, ou r para o reenviar: ")
    sms = texts(world, 3)
    matches(r"^\d{6} é o seu PIN para sshd em ", sms, "the SMS in Portuguese")
    ssh.send(sms[:6])
    ssh.gets_in()
    run(CLI, "set-language", "alice", "en", check_rc=0)
    ssh = world.ssh()
    ssh.to_code(None)
    ssh.end()


@lab.test("lang= with no language of ours refuses the login, and prompt= is taken as it is")
def arguments(world):
    with open("/etc/pam.d/sshd") as f:
        line = f.read()
    world.pam("sshd", text=line.replace("pam_sms_otp.so", "pam_sms_otp.so lang=xx"))
    world.ssh().password().is_refused()
    world.syslog.wait(r"lang= \(a language is one of en, de, fr, es, pt\)")
    world.pam("sshd", text=line.replace("pam_sms_otp.so", "pam_sms_otp.so lang=de [prompt=Code for the VPN: ]"))
    ssh = world.ssh().password()
    ssh.expect(r"(?<!\. )Code for the VPN: ")
    sms = texts(world, 1)
    matches("ist Ihr Code", sms, "the SMS")
    ssh.send(wrong(sms[:6]))
    ssh.expect(r"Falscher Code, noch 2 Versuche\. Code for the VPN: ")
    ssh.send(sms[:6])
    ssh.gets_in()


@lab.test("a missing catalogue denies nobody: English, and a line in the log; check tells of it")
def missing(world):
    run(CLI, "set-language", "alice", "de", check_rc=0)
    catalogue = "/usr/share/locale/de/LC_MESSAGES/sms-otp.mo"
    os.rename(catalogue, catalogue + ".away")
    try:
        ssh = world.ssh()
        sms = ssh.to_code(1)
        ssh.send(sms.code)
        ssh.gets_in()
        world.syslog.wait("no de, English is spoken: " + re.escape(catalogue))
        matches("note +languages no de, English is spoken in its place", run(CLI, "check", "--offline").stdout, "check")
        world.settings(language='"de"')
        matches("LOOK +languages no de, English is spoken in its place", run(CLI, "check", "--offline").stdout, "check, where the site speaks it")
    finally:
        os.rename(catalogue + ".away", catalogue)


@lab.test("origins: the message of this service ends with the line, in English and German, and of another does not",
          origins='{ sshd = "host.example.org"; cockpit = "other.example"; }')
def origin(world):
    for count, language in enumerate(("en", "de"), 1):
        run(CLI, "set-language", "alice", language, check_rc=0)
        ssh = world.ssh().password()
        ssh.expect("(?:sent to|gesendet)")
        sms = texts(world, count)
        equal(sms.split("\n")[1:], ["@host.example.org #" + sms[:6]], "what is behind the text")
        check("other.example" not in sms, "another service's host")
        ssh.send(sms[:6])
        ssh.gets_in()
    shown = run(CLI, "outbox", "--last", "1", check_rc=0).stdout
    equal(shown.rstrip("\n").split("\n")[-1], "@host.example.org #" + sms[:6], "the outbox' last line")
    world.settings(origins='{ cockpit = "other.example"; }')
    ssh = world.ssh().password()
    ssh.expect("gesendet")
    sms = texts(world, 3)
    equal(sms.count("\n"), 0, "newlines in a message of another service")
    ssh.end()


@lab.test("the line goes to a provider as it is", provider={}, routes=("dexatel",), origins='{ sshd = "host.example.org"; }')
def over_the_wire(world):
    ssh = world.ssh().password()
    ssh.expect(lab.SENT)
    text = lab.wait_for("the message", lambda: [world.provider.text(r) for r in world.provider.records() if "text" in r["fields"]])[0]
    equal(text.split("\n")[1:], ["@host.example.org #" + text[:6]], "what is behind the text")
    ssh.send(text[:6])
    ssh.gets_in()


@lab.test("check counts the line into the segments, for every language and host", sshd=False)
def segments(world):
    matches(r"message +fits 1 segment\b", run(CLI, "check", "--offline").stdout, "check without a line")
    world.settings(origins='{ cockpit = "host.example.org"; }')
    matches("fits 1 segment", run(CLI, "check", "--offline").stdout, "check with a short host")
    world.settings(origins='{ cockpit = "a-host-of-some-length.department.example.org"; }')
    done = run(CLI, "check", "--offline")
    matches("the message in fr with the line of cockpit can need 2 segments", done.stdout, "check with a long host")
    equal(done.returncode, 2, "its status")
    world.settings(message_segments="2")
    matches("fits 2 segments", run(CLI, "check", "--offline").stdout, "check with two")
    world.settings(origins='{ cockpit = "https://host"; }')
    matches(r"origins\.cockpit: write the page's host", run(CLI, "check", "--offline").stdout, "check with a URL")


@lab.test("enroll --language, set-language, show, list and their JSON; a new number keeps it", enrolled=(), sshd=False)
def commands(world):
    run(CLI, "enroll", "alice", NUMBERS["alice"], "--unverified", "--language", "fr", check_rc=0)
    matches(r"(?m)^  language +fr$", world.show(), "show")
    matches('"language": *"fr"', run(CLI, "show", "alice", "--json").stdout, "show --json")
    matches('"language": *"fr"', run(CLI, "list", "--json").stdout, "list --json")
    matches(r"(?m)^language  fr, the user's own$", run(CLI, "explain", "alice").stdout, "explain")
    matches('"language": *"fr"', run(CLI, "explain", "alice", "--json").stdout, "explain --json")
    matches(r"(?m)^alice .* fr ", run(CLI, "list").stdout, "list")
    run(CLI, "set-number", "alice", NUMBERS["bob"], "--unverified", check_rc=0)
    matches(r"(?m)^  language +fr$", world.show(), "show after set-number")
    for words in (("add-number", "alice", NUMBERS["carol"], "--unverified"), ("default-number", "alice", "2"), ("remove-number", "alice", "2"),
                  ("add-number", "alice", NUMBERS["bob"], "--unverified")):
        run(CLI, *words, check_rc=0)
        matches(r"(?m)^  language +fr$", world.show(), "show after " + words[0])
    equal(len(re.findall(r"(?m)^alice .* fr ", run(CLI, "list").stdout)), 2, "lines of list with the language")
    with open("/var/lib/sms-otp/users/%d.conf" % int(run("id", "-u", "alice", check_rc=0).stdout)) as f:
        matches(r'(?m)^language = "fr";\nothers = \(', f.read(), "the enrolment's file")
    run(CLI, "set-language", "alice", "default", check_rc=0)
    check("language" not in world.show(), "show still has a language")
    matches(r"(?m)^language  en, the site's, unless lang= ", run(CLI, "explain", "alice").stdout, "explain")
    matches('"language": *null', run(CLI, "show", "alice", "--json").stdout, "show --json")
    world.syslog.wait(r"admin action=set-language user=alice uid=\d+ language=default")
    for words in (("set-language", "alice", "xx"), ("set-language", "bob", "de"), ("set-language", "alice", "../de"),
                  ("enroll", "carol", NUMBERS["carol"], "--unverified", "--language", "xx")):
        equal(run(CLI, *words).returncode, 1, "the status of " + " ".join(words))
    check("carol" not in run(CLI, "list").stdout, "carol was enrolled")


@lab.test("the message of a verification is in the language that is chosen with it", enrolled=(), sshd=False)
def verification(world):
    child = lab.Terminal(CLI, ["enroll", "alice", NUMBERS["alice"], "--language", "de"])
    world.clients.append(child)
    child.expect("Code from the phone")
    sms = texts(world, 1)
    matches("ist Ihr Code für enrolment auf ", sms, "the SMS")
    child.send(sms[:6])
    equal(child.status(), 0, "enroll's status")
    matches(r"(?m)^  language +de$", world.show(), "show")


@lab.test("several numbers: the menu, the resend and the texts to the earlier numbers in German", sshd=True)
def menu(world):
    run(CLI, "set-language", "alice", "de", check_rc=0)
    run(CLI, "add-number", "alice", NUMBERS["bob"], "--unverified", check_rc=0)
    matches(r"^Ein weiteres Telefon für Codes von Benutzer alice auf \S+ wurde eingetragen\. Nicht Sie\? Sagen Sie es dem Administrator\.$",
            texts(world, 1), "the text to the first number")
    ssh = world.ssh().password()
    ssh.expect(r"Code an \.\.\.12 gesendet \(Ref\. \w{4}\)\. Code, r für neue Zusendung oder 2 für \.\.\.\d\d: ")
    texts(world, 2)
    ssh.end()


@lab.test("a notice is in the language of the prompts, and the log's line of it is not", notify='"new-device"', engines=BOTH)
def notice(world):
    run(CLI, "set-language", "alice", "de", check_rc=0)
    for count, source in ((1, "127.0.0.1"), (2, "127.0.0.9")):
        ssh = world.ssh(options=("BindAddress=" + source,)).password()
        ssh.expect("gesendet")
        ssh.send(texts(world, count)[:6])
        ssh.gets_in()
        ssh.end()
    matches(r"^Neuer Login an \S+ per sshd als alice von 127\.0\.0\.9, \d\d:\d\d\. Nicht Sie\? Sagen Sie es dem Admin\.$", texts(world, 3), "the notice")
    world.syslog.wait("notice new-device is sent")


@lab.test("who records a phone at the login is asked in the site's language", language='"de"',
          unenrolled='{ then = "enroll"; until = "2099-12-31"; groups = [ "bob" ]; }')
def enrolment(world):
    ssh = world.ssh("bob").password()
    ssh.expect(r"Diese Anmeldung braucht einen Code per SMS, und für Sie ist kein Telefon eingetragen\. Ihre Nummer, etwa \+49 151 23456789: ")
    ssh.send("123")
    ssh.expect(r"Diese Nummer nennt ihr Land nicht\. Ihre Nummer, etwa \+49 151 23456789: ")
    ssh.send(NUMBERS["bob"])
    ssh.expect(r"Code an \.\.\.34 gesendet")
    sms = texts(world, 1)
    matches("ist Ihr Code für sshd auf ", sms, "the SMS")
    ssh.send(sms[:6])
    ssh.gets_in()
    check("language" not in world.show("bob"), "the site's language was stored as the user's own")


# the last: the machine is not given its locales back
@lab.test("no locale on the machine, and a client that asks for another: German all the same", engines=BOTH)
def no_locale(world):
    run(CLI, "set-language", "alice", "de", check_rc=0)
    for folder in ("/usr/lib/locale", "/usr/share/i18n", "/usr/share/locale/locale.alias"):
        if os.path.isdir(folder):
            shutil.rmtree(folder)
        elif os.path.exists(folder):
            os.remove(folder)
    check("C.utf8" not in run("locale", "-a").stdout, "there still is a locale")
    ssh = world.ssh(options=("SetEnv=LANGUAGE=fr LANG=fr_FR.UTF-8 LC_ALL=fr_FR.UTF-8",)).password()
    # a client without a locale shows what is not ASCII in its own way
    ssh.expect(r"Code an \.\.\.12 gesendet \(Ref\. \w{4}\)\. Code, oder r f\S+r neue Zusendung: ")
    sms = texts(world, 1)
    matches("^\\d{6} ist Ihr Code für sshd ", sms, "the SMS")
    ssh.send(sms[:6])
    ssh.gets_in()


lab.enter()
lab.main(__doc__)
