#!/usr/bin/python3
"""Goal: one HTTPS request carries one code to the provider, and outside of it and of the engine's memory the code is nowhere: in
no file that was written, no log line, no argument and no environment of any process; numbers and the provider's key only
where they belong (G1, E7). The module runs with debug."""

import os
import re
import threading

import lab
import secrecy
from lab import BOTH, WRONG, check, equal


class Watch:
    """Collects what every process shows of itself, again and again."""

    def __enter__(self):
        self.texts, self.on = set(), True
        self.thread = threading.Thread(target=self._look)
        self.thread.start()
        return self

    def _look(self):
        while self.on:
            for pid in filter(str.isdigit, os.listdir("/proc")):
                for name in ("cmdline", "environ"):
                    try:
                        with open("/proc/%s/%s" % (pid, name), "rb") as f:
                            self.texts.add(f.read())
                    except OSError:
                        pass

    def __exit__(self, *_):
        self.on = False
        self.thread.join()


def written_files():
    """Everything that was written since the sandbox began, but for kernel and test folders."""
    for top, _, names in os.walk("/run/upper"):
        for name in names:
            path = os.path.join(top, name)
            if os.path.isfile(path) and not os.path.islink(path):
                yield path
    for top, _, names in os.walk("/tmp"):
        for name in names:
            # not the provider's own record, and not the source
            if not top.startswith((lab.Provider.FOLDER, lab.TOP)):
                yield os.path.join(top, name)


def files_with(*words):
    found = []
    for path in written_files():
        with open(path, "rb") as f:
            text = f.read()
        found += [path for word in words if word.encode() in text]
    return found


def debug_stack(world):
    with open(os.path.join(lab.TOP, "pam.d-examples", "sshd")) as f:
        world.pam("sshd", text=f.read().replace("pam_sms_otp.so", "pam_sms_otp.so debug"))


@lab.test("one request per code, and no code anywhere else", engines=BOTH, provider={}, routes=("dexatel",))
def nowhere_else(world):
    debug_stack(world)
    with Watch() as watch:
        ssh = world.ssh()
        ssh.password()
        ssh.expect(lab.SENT)
        sms = world.provider.sms(1)[0]
        equal(len(world.provider.records()), 1, "requests for one code")
        wrong = sms.wrong()
        ssh.send(wrong)
        ssh.expect(WRONG)
        # the answer is the last that comes from the user's own terminal: look before it is typed, and after
        ssh.send(sms.code)
        ssh.gets_in()
    equal([r["port"] for r in world.provider.records()], ["good"], "requests in the end")
    number = lab.NUMBERS["alice"]
    check(len(watch.texts) > 20, "only %d texts of processes were seen" % len(watch.texts))
    for word in (sms.code, wrong, number[1:], world.provider.KEY):
        shown = [t for t in watch.texts if word.encode() in t and b"enroll" not in t]
        equal(shown, [], "arguments or environments with %s" % word)
        said = world.syslog.grep(re.escape(word)) + [line for line in open("/tmp/sshd/log", errors="replace") if word in line]
        equal(said, [], "log lines with %s" % word)
    equal(files_with(sms.code, wrong), [], "files with a code")
    allowed = ("/var/lib/sms-otp/users/", "/etc/sms-otp/dexatel.key")
    equal([f for f in files_with(number, world.provider.KEY) if not any(a in f for a in allowed)], [],
          "other files with the number or the provider's key")


@lab.test("G1: with the outbox the code is in the outbox alone", engines=BOTH)
def outbox(world):
    debug_stack(world)
    with Watch() as watch:
        ssh = world.ssh()
        sms = ssh.to_code(1)
        ssh.send(sms.code)
        ssh.gets_in()
    equal([f for f in files_with(sms.code) if "/var/lib/sms-otp/outbox/" not in f], [], "other files with the code")
    equal([t for t in watch.texts if sms.code.encode() in t], [], "arguments or environments with the code")
    equal(world.syslog.grep(sms.code), [], "log lines with the code")
    mode = os.stat(lab.STATE + "/outbox/messages")
    equal((mode.st_uid, oct(mode.st_mode & 0o777)), (0, "0o600"), "owner and mode of the outbox")


@lab.test("this search finds a code that is there", engines=("daemon",), sshd=False)
def the_search_itself(world):
    with open("/var/cache/planted", "w") as f:
        f.write("my code is 736251")
    check(files_with("736251"), "a planted code was not found")
    os.remove("/var/cache/planted")


LOG_FILES = ("/tmp/sshd/log", "/tmp/engine.log", "/tmp/servers/imap.log", "/var/log/auth.log")
OTHER_FILES = ("/run/sms-otp/note", "/var/lib/sms-otp/state/note", "/var/lib/sms-otp/note", "/var/cache/note", "/var/tmp/core")


def planted(here, path, text):
    """What the search at the end of each test says of a file with a text at its end."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    before = os.path.getsize(path) if os.path.exists(path) else None
    with open(path, "a") as f:
        f.write(text + "\n")
    found = secrecy.search(lab.known, sum(here.left_behind(), []))
    os.truncate(path, before) if before is not None else os.remove(path)
    return found


@lab.test("the search at the end of every test of every program finds what is planted: code, typed code, number, password, key, recovery "
          "code; in syslog, logs, state, /run, /var and on the screen", provider={}, routes=("dexatel",))
def every_test(here):
    codes = re.findall(r"(?m)^[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}$", lab.run(lab.CLI, "recovery-codes", "alice", check_rc=0).stdout)
    here.secrets += codes
    ssh = here.ssh().password()
    ssh.expect("Code sent to ")
    sms = here.provider.sms(1)[0]
    wrong = sms.wrong()
    ssh.send(wrong)
    ssh.expect("Wrong code")
    ssh.send(sms.code)
    ssh.gets_in()
    equal(secrecy.search(lab.known, sum(here.left_behind(), [])), [], "before anything is planted")
    number = lab.NUMBERS["alice"]
    said = ("code=%s" % sms.code, "answer=%s" % wrong, "to %s" % number, "to 0%s" % number[3:], "to ...%s" % number[-8:], codes[3],
            "field %s" % lab.PASSWORD, "X-Key: %s" % here.provider.KEY)
    for text in said:
        found = planted(here, LOG_FILES[0], text)
        equal(len(found), 1, "what was found of %r: %r" % (text, found))
    for path in LOG_FILES + OTHER_FILES:
        found = planted(here, path, said[0])
        equal(len(found), 1, "what was found in %s: %r" % (path, found))
        check(path in found[0], found[0])
    here.syslog.lines.append(said[0])
    check(secrecy.search(lab.known, here.left_behind()[0]), "a code in syslog was not found")
    here.syslog.lines.pop()
    ssh.log.append(number)
    check(secrecy.search(lab.known, here.left_behind()[2]), "a number on a screen was not found")
    ssh.log.pop()
    # what may be there: the two last digits, a keyed tag that happens to have the code's digits, and the code where it was typed
    for text in ("number=%s..12" % sms.code, "tag=a%s" % sms.code, "sent to ...12"):
        equal(planted(here, LOG_FILES[0], text), [], "what was found of %r" % text)


lab.enter()
lab.main(__doc__)
