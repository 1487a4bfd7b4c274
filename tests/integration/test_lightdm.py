#!/usr/bin/python3
"""Goal: lightdm and its GTK greeter, on a real X server, ask for password and code, one after the other in one field, and begin a session
only after both (A3, D1, D4, G1)."""

import os
import re
import time

import lab
from display import ENV, Program, keyboard, system_bus, there
from lab import BOTH, PASSWORD, check, equal, wait_for

MINE = "/tmp/lightdm-of-the-tests"
WHO = MINE + "/who"
FILES = {
    # lightdm says: X :0 -seat seat0 -auth FILE -nolisten tcp vtN -novtswitch
    MINE + "/xvfb": """#!/bin/bash
display=:0 auth=()
while [ $# -gt 0 ]; do case "$1" in :*) display=$1 ;; -auth) auth=(-auth "$2"); shift ;; esac; shift; done
exec Xvfb "$display" "${auth[@]}" -noreset -screen 0 1024x768x24 -nolisten tcp
""",
    MINE + "/session": """#!/bin/sh
id -un >%s.new && mv %s.new %s && sleep 60
""" % (WHO, WHO, WHO),
    "/usr/share/xsessions/tests.desktop": """[Desktop Entry]
Name=Tests
Exec=%s/session
Type=Application
""" % MINE,
    "/etc/lightdm/lightdm.conf.d/50-tests.conf": """[LightDM]
logind-check-graphical=false
[Seat:*]
xserver-command=%s/xvfb
greeter-session=lightdm-gtk-greeter
user-session=tests
greeter-hide-users=true
""" % MINE,
}


class Lightdm:
    """The greeter is there and wants a name."""

    def __init__(self, world):
        world.secrets.append(PASSWORD)
        for path, text in FILES.items():
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as f:
                f.write(text)
            os.chmod(path, 0o755)
        os.chmod(MINE, 0o1777)
        if os.path.exists(WHO):
            os.remove(WHO)
        os.makedirs("/tmp/.X11-unix", exist_ok=True)
        os.chmod("/tmp/.X11-unix", 0o1777)
        system_bus(world)
        self.program = Program(world, "/usr/sbin/lightdm", "--debug", user="root")
        self.asked = 0
        xauth = "/run/lightdm/root/:0"
        self.env = dict(ENV, DISPLAY=":0", XAUTHORITY=xauth)
        self.wait("Greeter connected")
        wait_for("the greeter's window", lambda: there("search", "--onlyvisible", "--name", ".", env=self.env), 30)
        self.wait("Greeter start authentication")

    def wait(self, pattern, count=1, seconds=30):
        wait_for("%d of %r of lightdm" % (count, pattern), lambda: len(re.findall(pattern, self.program.seen())) >= count, seconds)

    def prompt(self):
        """PAM has asked for something, and the greeter shows it."""
        self.asked += 1
        self.wait("Prompt greeter with 1 message", self.asked)
        time.sleep(0.5)

    def types(self, text):
        keyboard("type", "--delay", "60", text, env=self.env)
        keyboard("key", "Return", env=self.env)


def at_code(world):
    greeter = Lightdm(world)
    greeter.prompt()  # "login:"
    keyboard("mousemove", "512", "384", env=greeter.env)
    greeter.types("alice")
    greeter.prompt()
    greeter.types(PASSWORD)
    greeter.prompt()
    return greeter


@lab.test("A3, D1: lightdm: name, password, a wrong code, the right one: a session of that user", engines=BOTH, sshd=False, services=("lightdm",))
def right(world):
    greeter = at_code(world)
    sms = world.last_sms(1)
    equal((sms.service, sms.user), ("lightdm", "alice"), "service and user in the SMS")
    greeter.types(sms.wrong())
    greeter.prompt()
    check(not os.path.exists(WHO), "a session without the code")
    greeter.types(sms.code)
    wait_for("the session", lambda: os.path.exists(WHO), 30)
    with open(WHO) as f:
        equal(f.read(), "alice\n", "whose session it is")
    line = world.audit("reason=accepted")
    equal((line["service"], line["by"], line["tries"], line["sends"]), ("lightdm", "sms", "2", "1"), "the audit line")


@lab.test("A3, D4: lightdm: a wrong password sends nothing, and begins no session", sshd=False, services=("lightdm",))
def wrong_password(world):
    greeter = Lightdm(world)
    greeter.prompt()
    keyboard("mousemove", "512", "384", env=greeter.env)
    greeter.types("alice")
    greeter.prompt()
    greeter.types("Wrong-Horse-7")
    greeter.wait("Authentication complete with return value 7")
    equal(world.sms(), [], "messages")
    check(not os.path.exists(WHO), "a session")


if __name__ == "__main__":
    lab.enter()
    lab.main(__doc__)
