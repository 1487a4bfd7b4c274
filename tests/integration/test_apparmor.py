#!/usr/bin/python3
"""Goal: the AppArmor profiles are taken by the parser and allow every file, program and socket that real logins touch, and no more than they
should. The kernel that runs this needs no AppArmor: what is touched is seen by strace, and held against the rules as they are written."""

import os
import re
import subprocess

import lab
from lab import check, equal, matches

# as the package installs them
FOLDER = "/etc/apparmor.d"
PLACES = {"sms-otpd": FOLDER + "/sms-otpd", "sms-otp-send": FOLDER + "/abstractions/sms-otp-send"}
TRACE = "/tmp/apparmor.trace"


def install():
    for name, place in PLACES.items():
        with open(os.path.join(lab.TOP, "apparmor", name)) as f, open(place, "w") as to:
            to.write(f.read())


# --- the rules as they are written ---------------------------------------------------------------------------------------

def expand(text, variables):
    """Every value of a path with variables in it."""
    found = re.search(r"@\{(\w+)\}", text)
    if not found:
        return [text]
    return [done for value in variables[found.group(1)] for done in expand(text[:found.start()] + value + text[found.end():], variables)]


def pattern(glob):
    """apparmor.d(5), "Globbing"."""
    out, depth, at = "", 0, 0
    while at < len(glob):
        two, one = glob[at:at + 2], glob[at]
        if two == "**":
            out += ".*"
        elif one == "*":
            out += "[^/]*"
        elif one == "{":
            out, depth = out + "(?:", depth + 1
        elif one == "}":
            out, depth = out + ")", depth - 1
        elif one == "," and depth:
            out += "|"
        elif one == "[":
            end = glob.index("]", at)
            out += glob[at:end + 1]
            at = end
        else:
            out += "[^/]" if one == "?" else re.escape(one)
        at += 2 if two == "**" else 1
    return re.compile(re.sub("/+", "/", out))


def profiles():
    """Name of profile: its rules for files, [(pattern, permissions)]; includes are put in by the parser."""
    done = lab.run("apparmor_parser", "--preprocess", PLACES["sms-otpd"], check_rc=0)
    variables, found, name = {}, {}, None
    for line in done.stdout.splitlines():
        line = line.split(" #")[0].strip()
        if re.match(r"@\{\w+\}\s*\+?=", line):
            word, _, values = re.match(r"@\{(\w+)\}\s*(\+?=)\s*(.*)", line).groups()
            variables.setdefault(word, []).extend(value.strip('"') for value in values.split())
        elif re.match(r"profile (\S+) ", line):
            name = line.split()[1]
            found[name] = []
        rule = re.match(r"(?:owner )?((?:/|@\{)\S*)\s+([a-zA-Z]+)(?: -> \S+)?,", line)
        if rule and name:
            found[name] += [(pattern(path), rule.group(2)) for path in expand(rule.group(1), variables)]
    return found


def allowed(rules, path, wanted):
    """Whether each letter of wanted is given by some rule; x by any of its kinds."""
    given = "".join(permissions for form, permissions in rules if form.fullmatch(path))
    return all(letter in given for letter in wanted)


# --- what is touched --------------------------------------------------------------------------------------------------------

CALL = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)(?:<(.*?)>)?( E\w+)?")


def touched(text):
    """(program, path, permissions) of all calls that worked, in the order of the trace."""
    program, found = {}, []
    for line in text.splitlines():
        call = CALL.match(line)
        if not call or int(call.group(4)) < 0:
            continue
        pid, name, arguments, _, opened, _ = call.groups()
        if name in ("clone", "clone3", "fork", "vfork"):
            program[call.group(4)] = program.get(pid, "sms-otpd")
            continue
        who = program.get(pid, "sms-otpd")
        quoted = re.search(r'"([^"]*)"', arguments)
        if name == "execve":
            found.append((who, quoted.group(1), "x"))
            program[pid] = os.path.basename(quoted.group(1))
        elif name.startswith("open") and opened and "O_PATH" not in arguments and opened.startswith("/"):
            mode = "rw" if "O_RDWR" in arguments else "w" if "O_WRONLY" in arguments else "r"
            folder = "/" if os.path.isdir(opened) and not opened.endswith("/") else ""
            found.append((who, opened.replace(" (deleted)", "") + folder, mode))
        elif name == "connect" and quoted and "AF_UNIX" in arguments:
            found.append((who, quoted.group(1), "w"))
    return found


def traced(world):
    """strace on the engine, once it is attached."""
    tracer = subprocess.Popen(["strace", "-f", "-y", "-qq", "-s", "300", "-o", TRACE, "-e", "trace=open,openat,openat2,execve,connect,clone,clone3,fork,vfork",
                               "-p", str(world.engine.pid)], stdin=subprocess.DEVNULL)

    def attached():
        with open("/proc/%d/status" % world.engine.pid) as f:
            return re.search(r"TracerPid:\s+[1-9]", f.read())
    lab.wait_for("strace", attached)
    return tracer


@lab.plain("the parser takes both profiles; the sender's is stacked, as no_new_privs wants it")
def parsed():
    install()
    done = lab.run("apparmor_parser", "-Q", "-K", PLACES["sms-otpd"])
    equal(done.returncode, 0, done.stdout + "the parser's status")
    equal(sorted(re.findall(r"(?m)^sms-\S+$", lab.run("apparmor_parser", "-N", PLACES["sms-otpd"]).stdout)), ["sms-otp-send", "sms-otpd"], "profiles")
    with open(PLACES["sms-otpd"]) as f:
        matches(r"(?m)^ *%s cix -> &sms-otp-send,$" % lab.SENDER, f.read(), "how the sender is started")
    broken = lab.run("sh", "-c", "sed 's/ cix -> /cix-> /' %s | apparmor_parser -Q -K" % PLACES["sms-otpd"])
    check(broken.returncode != 0, "the parser takes anything")


@lab.test("every file, program and socket of logins by outbox, by HTTPS, and by a sender that stays, is allowed", provider={}, enrolled=("alice", "bob"))
def logins(world):
    install()
    rules = profiles()
    tracer = traced(world)
    ssh = world.ssh()
    ssh.send(ssh.to_code(1).code)
    ssh.gets_in()
    world.settings(routes=["dexatel"])
    ssh = world.ssh("bob")
    ssh.password()
    ssh.expect(lab.SENT)
    ssh.send(world.provider.sms(1)[0].code)
    ssh.gets_in()
    # a keeper, and a sender that serves twice
    world.settings(keep_warm='"60s"')
    for count in (2, 3):
        ssh = world.ssh("alice")
        ssh.password()
        ssh.expect(lab.SENT)
        ssh.send(world.provider.sms(count)[-1].code)
        ssh.gets_in()
    tracer.terminate()
    tracer.wait(10)
    with open(TRACE) as f:
        seen = set(touched(f.read()))
    for who in rules:
        check(len([s for s in seen if s[0] == who]) > 20, "%d accesses by %s" % (len([s for s in seen if s[0] == who]), who))
    forbidden = sorted("%s: %s %s" % (profile, path, mode) for who, path, mode in seen
                       # what a sender does, its profile and the engine's must allow: they are stacked
                       for profile in {who, "sms-otpd"} if not allowed(rules[profile], path, mode))
    equal(forbidden, [], "what the profiles forbid")


@lab.plain("neither may write to what is not its own, nor read passwords, and the sender no state")
def tight():
    install()
    rules = profiles()
    for path, mode in (("/etc/shadow", "r"), ("/etc/sms-otp/sms-otp.conf", "w"), ("/etc/pam.d/sshd", "w"), ("/usr/sbin/sms-otp", "x"), ("/root/.ssh/id_ed25519", "r"),
                       ("/home/alice/file", "r"), ("/usr/libexec/sms-otpd", "w"), ("/var/lib/sms-otp/rollout/sshd", "w")):
        for profile in rules:
            check(not allowed(rules[profile], path, mode), "%s may %s %s" % (profile, mode, path))
    for path, mode in (("/var/lib/sms-otp/state/site", "r"), ("/var/lib/sms-otp/users/1000", "r"), ("/usr/libexec/sms-otpd", "x"), ("/run/sms-otp/socket", "w"),
                       ("/var/lib/sms-otp/state/key", "r")):
        check(not allowed(rules["sms-otp-send"], path, mode), "the sender may %s %s" % (mode, path))
    for path, mode in (("/var/lib/sms-otp/state/site", "rwk"), ("/usr/libexec/sms-otp-send", "x"), ("/etc/sms-otp/dexatel.key", "r")):
        check(allowed(rules["sms-otpd"], path, mode), "the engine may not %s %s" % (mode, path))


lab.enter()
lab.main(__doc__)
