#!/usr/bin/python3
"""Goal: the README's five minutes are exact: its settings, files and commands, in its order, bring a new site from nothing to a sshd that asks
for the code, with Dexatel and with Twilio (G1, H)."""

import os
import re
import shutil
import sys
import time

import lab
from lab import CONF, STATE, check, equal, matches, run, wait_for

sys.path.insert(0, os.path.join(lab.TOP, "tests", "fakes"))
import provider as fake  # its keys and ids

lab.enter()

with open(os.path.join(lab.TOP, "README.md")) as f:
    README = f.read()
STEPS = README[README.index("## Five minutes"):README.index("## Read on")]
KEYS = {"dexatel": fake.DEXATEL_KEY, "twilio": fake.TWILIO_KEY}
CODE = re.compile(r"\b(\d{6}) is your code")


def blocks():
    """The indented blocks of the five minutes, in their order."""
    return [re.sub(r"(?m)^ {7}", "", found).strip() + "\n" for found in re.findall(r"(?m)(?:^ {7}.*\n)+", STEPS)]


def commands(word):
    """The commands of the block that has the word."""
    return next(block for block in blocks() if word in block).splitlines()


def at_terminal(here, command):
    """The README's command, as it stands there, in a shell of the administrator's."""
    person = lab.Terminal("/bin/bash", ["--norc", "-c", command])
    person.name = lab.CLI
    here.clients.append(person)
    return person


def codes(here):
    """The codes that the provider was handed, oldest first."""
    here.handed = [record["fields"].get("text") or record["fields"].get("Body") for record in here.provider.records() if record["sends"]]
    return [found.group(1) for found in map(CODE.search, filter(None, here.handed)) if found]


def next_code(here, count):
    wait_for("message %d at the provider" % count, lambda: len(codes(here)) >= count)
    return codes(here)[count - 1]


def new_site():
    """A machine on which the package has just been installed."""
    shutil.rmtree(STATE)
    for folder in ("", "/users", "/state", "/outbox"):
        os.mkdir(STATE + folder, 0o700)
    for name in ("sms-otp.conf", "dexatel.key", "twilio.key"):
        if os.path.exists(os.path.join(CONF, name)):
            os.remove(os.path.join(CONF, name))
    run("ssh-keygen", "-A", check_rc=0)


def settings(here, name):
    """The README's block, sent to the fake: what a reader puts in is put in, and an address of the API is added."""
    text = next(block for block in blocks() if block.startswith("routes") and '"%s"' % name in block)
    for old, new in (("MyCompany", fake.SENDER), ("+15005550006", fake.SENDER), ("AC...", fake.TWILIO_SID)):
        text = text.replace(old, new)
    text = re.sub(r'key_file = "\w+\.key";', r'\g<0> base_url = "https://127.0.0.1:%d"; ca_file = "ca.pem";' % here.provider.ports["good"], text)
    equal(text.count("base_url"), 1, "providers in the block")
    with open(CONF + "/sms-otp.conf", "w") as f:
        f.write(text)


def key_file(here, name):
    command = commands("install -m 0600")[0].replace("dexatel", name)
    person = at_terminal(here, command)
    person.send(KEYS[name])
    person.child.sendeof()
    person.expect(lab.pexpect.EOF)
    person.child.wait()  # it closes the terminal a little before it ends
    equal(person.status(), 0, "the status of %s" % command)
    equal(oct(os.stat("%s/%s.key" % (CONF, name)).st_mode & 0o777), "0o600", "the key's mode")


def first_phone(here):
    """Step 4."""
    enroll, recovery, trial = commands("sms-otp enroll")
    person = at_terminal(here, enroll)
    wait_for("the first message", lambda: codes(here) or [t for t in here.handed if t])
    code = re.search(r"\d{6}", here.handed[0]).group(0)
    person.expect(r"(?i)code[^\n]*: ?$")
    person.send(code)
    equal(person.status(), 0, "the status of enroll, which said %r" % person.seen())
    equal(len(re.findall(r"(?m)^[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}$", run("sh", "-c", recovery, check_rc=0).stdout)), 10, "recovery codes")
    before = len(codes(here))
    person = at_terminal(here, trial)
    person.expect("Code sent to ")
    person.send(next_code(here, before + 1))
    person.expect("verdict   let in")
    equal(person.status(), 0, "the status of try")


def sshd_asks():
    """Step 5, for the sshd of this test and for whoever asks for the system's settings."""
    block = next(block for block in blocks() if block.startswith("UsePAM"))
    with open("/etc/ssh/sshd_config", "w") as f:
        f.write(block)
    matches("(?m)^kbdinteractiveauthentication yes$", run("/usr/sbin/sshd", "-T", check_rc=0).stdout, "what sshd -T says")


def on_trial(here):
    """Step 6."""
    command = commands("sms-otp rollout")[0]
    before = len(codes(here))
    person = at_terminal(here, command)
    person.expect("Code sent to ")
    person.send(next_code(here, before + 1))
    person.expect("Type yes to put the new file in place: ")
    person.send("yes")
    person.expect("Waiting for a login")
    time.sleep(1.1)  # what was in the second of the begin counts as before it
    ssh = here.ssh().password()
    ssh.expect("Code sent to ")
    ssh.send(next_code(here, before + 2))
    ssh.gets_in()
    person.expect("Type yes to keep")
    person.send("yes")
    equal(person.status(), 0, "the status of rollout")
    with open("/etc/pam.d/sshd") as f:
        matches(r"(?m)^auth\s+required\s+pam_sms_otp\.so$", f.read(), "sshd's file")


def walk(here, name):
    with open("/etc/pam.d/sshd") as f:
        old = f.read()
    new_site()
    matches(r'(?m)^routes += \[ "%s" \];$' % name, run(lab.CLI, "providers", name, check_rc=0).stdout, "what providers prints")
    key_file(here, name)
    settings(here, name)
    told = run("sh", "-c", commands("sms-otp check")[0])
    last = told.stdout.rstrip().splitlines()[-1]
    check("`%s`" % last.rstrip(".") in STEPS, "the README does not say how check ends: " + told.stdout)
    matches(r"%s\b" % name, told.stdout, "what check says of the provider")
    check(any(record["accepted"] and not record["sends"] for record in here.provider.records()), "check did not ask the provider: " + told.stdout)
    first_phone(here)
    sshd_asks()
    on_trial(here)
    stranger = here.ssh().password()
    stranger.expect("Code sent to ")
    stranger.send("000000" if codes(here)[-1] != "000000" else "000001")
    stranger.expect("Wrong code")
    stranger.end()
    with open("/etc/pam.d/sshd", "w") as f:
        f.write(old)


@lab.test("five minutes with Dexatel", provider={}, services=(), enrolled=(), engines=("one-shot",))
def dexatel(here):
    walk(here, "dexatel")


@lab.test("five minutes with Twilio", provider={}, services=(), enrolled=(), engines=("one-shot",))
def twilio(here):
    here.secrets.append(fake.TWILIO_KEY)
    walk(here, "twilio")


@lab.test("no account yet: the outbox and sms-otp outbox --follow, as the README says", services=(), enrolled=(), engines=("one-shot",), sshd=False)
def no_account(here):
    matches(r'`routes = \[ "outbox" \];` without `providers`', STEPS, "the README")
    text = next(block for block in blocks() if block.startswith("routes"))
    new_site()
    with open(CONF + "/sms-otp.conf", "w") as f:
        f.write('routes = [ "outbox" ];\n' + text[text.index("numbers"):])
    follower = at_terminal(here, re.search(r"`(sms-otp outbox --follow)`", STEPS).group(1))
    person = at_terminal(here, commands("sms-otp enroll")[0])
    code = follower.expect(r"\b(\d{6})\b").group(1)
    person.expect(r"(?i)code[^\n]*: ?$")
    person.send(code)
    equal(person.status(), 0, "the status of enroll")


lab.main(__doc__)
