#!/usr/bin/python3 -I
"""What the shim starts where a test has put it in the engine's place: it speaks by the script that it finds, and leaves a note of how
it was started and what it heard.

Argument 0 is the shim's choice, so the folder with the script stands in a file beside this program."""

import json
import os
import resource
import signal
import socket
import sys


def status(field):
    with open("/proc/self/status") as f:
        for line in f:
            if line.startswith(field + ":"):
                return line.split(":", 1)[1].split()
    return []


def surroundings():
    fds = []
    for fd in range(0, 1024):
        try:
            os.fstat(fd)
            fds.append(fd)
        except OSError:
            pass
    return {
        "argv": open("/proc/self/cmdline", "rb").read().decode().split("\0")[:-1],
        "env": open("/proc/self/environ", "rb").read().decode(),
        "pid": os.getpid(), "sid": os.getsid(0), "cwd": os.getcwd(), "umask": os.umask(0o077),
        "uids": status("Uid"), "gids": status("Gid"), "ignored": status("SigIgn"), "blocked": status("SigBlk"),
        "fds": fds, "fsize": resource.getrlimit(resource.RLIMIT_FSIZE)[0], "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "groups": status("Groups"),
        "null": [os.readlink("/proc/self/fd/1"), os.readlink("/proc/self/fd/2")],
        "sigpipe": int(signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN),
    }


def main():
    here = os.path.dirname(os.path.realpath(__file__))
    with open(os.path.join(here, "stand-in.folder")) as f:
        folder = f.read().strip()
    seen = surroundings()
    sys.path.insert(0, folder)
    import treaty
    with open(os.path.join(folder, "script.json")) as f:
        script = json.load(f)
    pid_note = os.path.join(folder, "pid")
    try:
        with open(pid_note, "w") as f:
            f.write(str(os.getpid()))
    except OSError:
        pass
    conn = socket.socket(fileno=0)
    seen["peer"] = list(__import__("struct").unpack("3i", conn.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)))
    events = treaty.serve(conn, script)
    note = json.dumps({"surroundings": seen, "events": events}).encode()
    # a host's file size limit may be ours as well where root cannot raise it: a datagram is not a file
    out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    out.sendto(note, os.path.join(folder, "notes"))


main()
