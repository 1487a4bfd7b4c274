#!/usr/bin/python3
"""Goal: bash, zsh and fish complete what `sms-otp --help` has: every command, every option of every command, users, services, files."""

import os
import re
import subprocess

import lab
from lab import CLI, check, equal, run

BASH = "/usr/share/bash-completion/completions/sms-otp"
ZSH = "/usr/share/zsh/vendor-completions"
FISH = "/usr/share/fish/vendor_completions.d/sms-otp.fish"


def usage():
    """Commands, and for each its operands and options."""
    found = {}
    for line in run(CLI, "--help", check_rc=0).stdout.splitlines():
        if line.startswith("  sms-otp "):
            name, _, rest = line[len("  sms-otp "):].partition(" ")
            found[name] = (re.sub(r"\[--[^]]*\]", "", rest).split(), re.findall(r"\[(--[a-z-]+)(?: ([^]]*))?\]", rest))
    check(len(found) > 15, "--help lists %r" % found)
    return found


def shell(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                          env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "TERM": "dumb"})
    equal(done.stderr, "", "%s's complaints" % command[0])
    return sorted(set(done.stdout.split()))


def by_bash(*words):
    quoted = " ".join("'%s'" % w for w in ("sms-otp",) + words)
    return shell("bash", "-c", "compopt() { :; }; . %s; COMP_WORDS=(%s); COMP_CWORD=%d; _sms_otp; printf '%%s\\n' \"${COMPREPLY[@]}\"" % (
        BASH, quoted, len(words)))


def by_fish(*words):
    return shell("fish", "--no-config", "-c", "source %s; complete -C 'sms-otp %s'" % (FISH, " ".join(words)))


def by_zsh(*words):
    """What compadd is given: zsh's own line editor wants a terminal."""
    quoted = " ".join("'%s'" % w for w in ("sms-otp",) + words)
    script = """
fpath=(%s $fpath)
compadd() { while [[ $1 == -* && $1 != -- ]]; do shift; done; [[ $1 == -- ]] && shift; print -l -- "$@" }
_users() { print -l -- ${(f)"$(cut -d: -f1 /etc/passwd)"} }
_files() { print -l -- ./* /etc/* }
_message() { : }
autoload -Uz _sms-otp
words=(%s); CURRENT=%d; _sms-otp
""" % (ZSH, quoted, len(words) + 1)
    return [w for w in shell("zsh", "-f", "-c", script) if w.startswith(words[-1])]


SHELLS = (("bash", by_bash), ("zsh", by_zsh), ("fish", by_fish))


@lab.plain("every command")
def commands():
    wanted = sorted(usage())
    for name, ask in SHELLS:
        equal([w for w in ask("") if not w.startswith("-")], wanted, name + "'s commands")
        equal(ask("unb"), ["unblock"], name + " after unb")
        equal([w for w in ask("--v")], ["--version"], name + " after --v")


@lab.plain("every option of every command")
def options():
    for command, (_, known) in sorted(usage().items()):
        wanted = sorted({option for option, _ in known} | {"--help", "--settings"})
        for name, ask in SHELLS:
            equal(ask(command, "--"), wanted, "%s's options of %s" % (name, command))


@lab.plain("users where a user is wanted, and nothing in their place elsewhere")
def users():
    for command, (operands, _) in sorted(usage().items()):
        for name, ask in SHELLS:
            found = ask(command, "nob")
            equal("nobody" in found, operands[:1] == ["USER"], "%s: nobody after %s" % (name, command))
            equal([w for w in ask(command, "root", "nob")], [], "%s after %s root" % (name, command))


@lab.plain("the values of options: services, terminals, times, files")
def values():
    for name, ask in SHELLS:
        check("sshd" in ask("explain", "root", "--service", "ss"), name + ": --service")
        check("4h" in ask("bypass", "root", "--for", "4"), name + ": --for")
        check(any(w.startswith("/etc/") for w in ask("check", "--settings", "/etc/")), name + ": --settings")
        equal(ask("bypass", "root", "--reason", "ro"), [], name + ": --reason")
        if os.path.exists("/dev/console"):
            check("/dev/console" in ask("explain", "root", "--tty", "/dev/c"), name + ": --tty")


lab.enter()
lab.main(__doc__)
