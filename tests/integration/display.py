"""display: a screen without glass, a keyboard without keys, and the programs that run before them.

Owns: Xvfb, xdotool.
MUST: end what it has started, the screen last.
Never: knows a prompt.
"""

import os
import signal
import subprocess

from lab import PASSWORD, wait_for

DISPLAY = ":7"
FOLDER = "/tmp/programs"
BUS = "/run/dbus/system_bus_socket"
ENV = {"HOME": "/home/alice", "DISPLAY": DISPLAY, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"}


class Program:
    """A program, alice's if nobody else's, that ends with the test."""

    def __init__(self, world, *argv, user="alice"):
        os.makedirs(FOLDER, exist_ok=True)
        self.log = os.path.join(FOLDER, os.path.basename(argv[0]) + ".log")
        who = {"user": user, "group": user, "extra_groups": [], "env": ENV}
        if user == "root":  # a daemon is on no display
            who = {"env": {"PATH": ENV["PATH"], "LANG": ENV["LANG"]}}
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(argv, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **who)
        world.clients.insert(0, self)  # the screen, which is the first, ends last

    def seen(self):
        with open(self.log, errors="replace") as f:
            return f.read()

    def runs(self):
        return self.process.poll() is None

    def end(self):
        if self.runs():
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(10)


def keyboard(*arguments, env=ENV):
    subprocess.run(["xdotool", *arguments], env=env, check=True, timeout=30)


def there(*arguments, env=ENV):
    """xdotool finds it."""
    return subprocess.run(["xdotool", *arguments], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def screen(world):
    """A display of alice's."""
    world.secrets.append(PASSWORD)
    os.makedirs("/tmp/.X11-unix", exist_ok=True)
    os.chmod("/tmp/.X11-unix", 0o1777)
    # -noreset: else it begins anew, and shuts out whoever comes, when its first client has left
    Program(world, "Xvfb", DISPLAY, "-noreset", "-screen", "0", "800x600x24", "-nolisten", "tcp")
    wait_for("Xvfb", lambda: there("getdisplaygeometry"), 30)


def system_bus(world):
    os.makedirs("/run/dbus", exist_ok=True)
    if os.path.exists(BUS):
        os.remove(BUS)
    Program(world, "dbus-daemon", "--system", "--nofork", "--nopidfile", user="root")
    wait_for("the system's bus", lambda: os.path.exists(BUS))
