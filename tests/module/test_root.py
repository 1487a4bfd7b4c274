"""Goal: what an ordinary user's namespace cannot show: a root host and a caller who is not root, a server that is not root, an ordinary
user's host (D6, D7, E1, E2). In a mount namespace of its own, with the stand-in where the engine would be."""

import os
import socket
import subprocess
import sys

from shim import NOBODY, Engine, alive, expect, expect_code, main, test, wait_for
from treaty import accept, question, story

OK = story(question(), accept())
ORDINARY = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
# what su and sudo are: the caller's real uid, root's effective one
SETUID = ["setpriv", f"--ruid={NOBODY}", "--euid=0", f"--rgid={NOBODY}", "--egid=0", "--groups=4,24,27"]


@test
def e2_root_host_starts_an_engine(shim):
    r = shim.login(OK, one_shot=True)
    expect_code(r, "SUCCESS")
    expect(r.note["surroundings"]["peer"][1], 0, "the peer that the engine sees", r)


@test
def d6_setuid_host_starts_an_engine_with_all_ids_root(shim):
    r = shim.login(OK, one_shot=True, wrap=SETUID)
    expect_code(r, "SUCCESS")
    s = r.note["surroundings"]
    expect((s["uids"], s["gids"], s["groups"]), (["0"] * 4, ["0"] * 4, []), "ids", r)


@test
def d6_caller_cannot_signal_the_engine(shim):
    shim.stack("sshd", [], None)
    shim.forget_note()
    shim.install(story(question(), ["wait-close"]))
    host = shim.start_until_prompt(SETUID)
    engine = shim.started()

    def as_caller(sig, pid):
        command = [*ORDINARY, "sh", "-c", f"kill -{sig} {pid}"]
        return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0

    # the host itself is in the caller's hands, the engine is not
    expect(as_caller("STOP", host.pid), True, "the caller stops the host")
    expect([as_caller(s, engine) for s in ["0", "STOP", "KILL", "TERM"]], [False] * 4, "the caller signals the engine")
    expect(as_caller("KILL", host.pid), True, "the caller kills the host")
    host.wait(10)
    note = shim.note()
    expect([list(e) for e in note["events"]], [["login"], ["trouble"]], "events")
    expect(wait_for(lambda: not alive(engine)), True, "the engine ends with its host")
    shim.uninstall()


@test
def d7_callers_limits_bind_no_engine_or_none_is_started(shim):
    with open("/proc/self/status") as f:
        caps = int(next(line.split()[1] for line in f if line.startswith("CapEff")), 16)
    may_raise = bool(caps >> 24 & 1)  # CAP_SYS_RESOURCE, which containers often lack
    r = shim.login(OK, one_shot=True, wrap=SETUID, options=["-m", "starved"])
    if may_raise:
        expect_code(r, "SUCCESS")
        expect(r.note["surroundings"]["fsize"], -1, "file size limit", r)
    else:
        # never AUTHINFO_UNAVAIL: the caller of su has brought it about
        expect_code(r, "SYSTEM_ERR")
        expect((r.one("calls"), "cannot be started" in r.log[0]), ("0", True), "nothing runs, and it is said", r)


@test
def e2_ordinary_host_without_a_socket_starts_nothing(shim):
    shim.install(OK)
    shim.forget_note()
    r = shim.login(None, wrap=ORDINARY)
    expect_code(r, "SYSTEM_ERR")
    expect((shim.started(), r.one("child"), r.one("calls")), (None, "0", "0"), "nothing was started", r)
    expect("only root may start one" in r.log[0], True, "log", r)
    shim.uninstall()


@test
def e1_ordinary_host_speaks_to_the_living_engine(shim):
    expect_code(shim.login(OK, wrap=ORDINARY), "SUCCESS")


@test
def e2_conf_does_not_start_an_engine_for_an_ordinary_host(shim):
    shim.install(OK)
    shim.forget_note()
    r = shim.login(None, wrap=ORDINARY, arguments=["conf=/tmp/mine.conf"])
    expect_code(r, "SYSTEM_ERR")
    expect(shim.started(), None, "nothing was started", r)
    r = shim.login(OK, wrap=ORDINARY, arguments=["conf=/tmp/mine.conf"])
    expect_code(r, "SERVICE_ERR")
    shim.uninstall()


@test
def d4_the_root_caller_is_the_one_who_runs_the_host(shim):
    """The real uid: passwd has root's effective one whoever runs it."""
    lines = ["password required FIRST Old-pw-1", "password required OURS"]
    for wrap, root in [((), True), (SETUID, False), (ORDINARY, False)]:
        r = shim.login(OK, lines=lines, options=["-C"], wrap=wrap)
        expect((r.login()["change"], r.login()["oldauthtok"], r.login()["root_caller"]), (True, True, root), f"flags {wrap}", r)
        expect_code(r, "SUCCESS")


LISTEN = "import signal, socket; s = socket.socket(fileno=0); s.listen(8); print('listening', flush=True); signal.pause()"


def listen_as_nobody(path):
    """A socket that root made, and nobody listens at: the kernel remembers who called listen."""
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.bind(path)
    os.chmod(path, 0o666)
    server = subprocess.Popen([*ORDINARY, "/usr/bin/python3", "-c", LISTEN], stdin=s, stdout=subprocess.PIPE)
    server.stdout.readline()
    return s, server


@test
def e1_server_that_is_not_root_is_refused(shim):
    os.makedirs(os.path.dirname(shim.socket), exist_ok=True)
    s, server = listen_as_nobody(shim.socket)
    try:
        shim.install(OK)
        shim.forget_note()
        r = shim.login(None)
        expect_code(r, "SYSTEM_ERR")
        expect(f"served by uid {NOBODY}" in r.log[0], True, "log", r)
        expect(shim.started(), None, "nothing was started", r)
        conn, _ = s.accept()
        expect(conn.recv(100), b"", "what the false server heard")
        conn.close()
    finally:
        server.kill()
        server.wait(10)
        server.stdout.close()
        s.close()
        os.unlink(shim.socket)
        shim.uninstall()


@test
def e1_folder_or_socket_of_another_owner_is_refused(shim):
    folder = os.path.dirname(shim.socket)
    for which in [folder, shim.socket]:
        engine = Engine(shim.socket, [OK])
        engine.start()
        os.chown(which, NOBODY, NOBODY)
        try:
            r = shim.login(None)
            expect_code(r, "SYSTEM_ERR", which)
            expect(f"{which}: owned by uid {NOBODY}" in r.log[0], True, "log", r)
            expect(engine.events, [], "spoken to", r)
        finally:
            os.chown(which, 0, 0)
            engine.end()


if os.getuid() != 0:
    print("1..0 # SKIP this one is about root itself, and runs as root in ./test")
    sys.exit(0)
main(as_root=True)
