"""Goal: the shim speaks to root only, starts an engine only where none can be there, and takes whatever is not a verdict of the treaty for a
refusal (C1, E1, E2, E3)."""

import os
import shutil
import socket

from shim import Engine, RUN, expect, expect_code, main, mount, test
from treaty import LOGIN, VERDICT, accept, ask, deny, frame, question, say, story, text

OK = story(question(), accept())


def refused(shim, what):
    """A living engine that would say yes is not asked, and none is started."""
    shim.forget_note()
    shim.install(OK)
    r = shim.login(None)
    note = shim.started() is not None
    shim.uninstall()
    expect_code(r, "SYSTEM_ERR", what)
    expect((r.one("calls"), note), ("0", False), what, r)
    expect(len(r.log), 1, "lines of log", r)
    return r


def with_engine(shim, prepare, what, needle):
    folder = os.path.dirname(shim.socket)
    engine = Engine(shim.socket, [OK])
    engine.start()
    try:
        prepare(folder)
        r = refused(shim, what)
        expect(needle in r.log[0], True, f"{needle} in the log", r)
        expect(engine.events, [], "the engine was spoken to", r)
    finally:
        os.chmod(folder, 0o755)
        engine.end()


@test
def e1_folder_writable_by_others(shim):
    for mode in [0o775, 0o757, 0o1777]:
        with_engine(shim, lambda f, m=mode: os.chmod(f, m), oct(mode), os.path.dirname(shim.socket))


@test
def e1_folder_above_writable_by_others(shim):
    above = os.path.dirname(os.path.dirname(shim.socket))
    try:
        with_engine(shim, lambda f: os.chmod(above, 0o1777), "above", above + ":")
    finally:
        os.chmod(above, 0o755)


@test
def e1_folder_of_another_owner(shim):
    folder = os.path.dirname(shim.socket)
    os.makedirs(folder, exist_ok=True)
    try:
        os.chown(folder, 65534, 65534)
    except OSError:
        # there is one owner in this namespace; the machine's real root is another
        mount("--bind", "/usr/share", folder)
    try:
        r = refused(shim, "owner")
        expect("owned by uid 65534" in r.log[0], True, "log", r)
    finally:
        if os.path.ismount(folder):
            mount("--make-private", folder)
            os.system(f"umount {folder}")
        else:
            os.chown(folder, 0, 0)


@test
def e1_folder_that_is_a_link(shim):
    folder = os.path.dirname(shim.socket)
    os.rmdir(folder)
    other = RUN + "/elsewhere"
    os.makedirs(other, exist_ok=True)
    os.symlink(other, folder)
    engine = Engine(other + "/socket", [OK])
    engine.start()
    try:
        refused(shim, "link")
        expect(engine.events, [], "spoken to")
    finally:
        os.unlink(folder)
        engine.end()
        os.makedirs(folder)


@test
def e1_something_else_in_the_sockets_place(shim):
    def as_file(path):
        open(path, "w").close()

    def as_link(path):
        os.symlink(RUN + "/elsewhere/socket", path)

    for make in [as_file, os.mkdir, as_link, os.mkfifo]:
        make(shim.socket)
        try:
            r = refused(shim, make.__name__)
            expect("not a socket" in r.log[0], True, "log", r)
        finally:
            if os.path.isdir(shim.socket):
                os.rmdir(shim.socket)
            else:
                os.unlink(shim.socket)


@test
def e2_one_shot_where_no_folder_no_socket_or_nobody_listens(shim):
    folder = os.path.dirname(shim.socket)
    shutil.rmtree(folder, ignore_errors=True)
    expect_code(shim.login(OK, one_shot=True), "SUCCESS", "no folder")
    os.makedirs(folder)
    expect_code(shim.login(OK, one_shot=True), "SUCCESS", "no socket")
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    dead.bind(shim.socket)
    dead.close()
    r = shim.login(OK, one_shot=True)
    os.unlink(shim.socket)
    expect_code(r, "SUCCESS", "nobody listens")
    expect(r.answers(), [{"answer": "text", "text": "123456"}], "answers", r)


@test
def e2_a_wrong_kind_of_socket_starts_nothing(shim):
    other = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    other.bind(shim.socket)
    try:
        refused(shim, "datagram")
    finally:
        other.close()
        os.unlink(shim.socket)


@test
def e2_missing_engine(shim):
    shim.uninstall()
    r = shim.login(None)
    expect_code(r, "SYSTEM_ERR")
    expect("sms-otpd: cannot be started: No such file or directory" in r.log[0], True, "log", r)


@test
def e2_engine_that_ends_at_once(shim):
    with open(shim.places["engine"], "w") as f:
        f.write("#!/bin/sh\nexit 0\n")
    os.chmod(shim.places["engine"], 0o755)
    r = shim.login(None)
    shim.uninstall()
    expect_code(r, "SYSTEM_ERR")
    expect(len(r.log), 1, "log", r)


@test
def conf_goes_to_the_one_shot_engine(shim):
    r = shim.login(OK, arguments=["conf=/etc/other.conf"], one_shot=True)
    expect_code(r, "SUCCESS")
    expect(r.note["surroundings"]["argv"][-3:], ["--one-shot", "--settings", "/etc/other.conf"], "argv", r)
    r = shim.login(OK, one_shot=True)
    expect(r.note["surroundings"]["argv"][-1:], ["--one-shot"], "argv", r)


@test
def conf_with_a_living_engine_is_an_error(shim):
    r = shim.login(OK, arguments=["conf=/etc/other.conf"])
    expect_code(r, "SERVICE_ERR")
    expect(r.login(), None, "login", r)
    expect("conf=" in r.log[0], True, "log", r)


GARBAGE = {
    "nothing": b"",
    "half a header": b"T\1\5",
    "header only": frame(VERDICT, b"", length=8),
    "text": b"HTTP/1.1 200 OK\r\n\r\nACCEPT",
    "zeros": b"\0" * 64,
    "ones": b"\xff" * 64,
    "other treaty": b"O" + accept()[1:],
    "other version": accept()[:1] + b"\2" + accept()[2:],
    "reserved byte": accept()[:3] + b"\1" + accept()[4:],
    "huge length": frame(VERDICT, b"", length=0xFFFFFFFF),
    "too long for an event": frame(VERDICT, b"\0" * 600),
    "too long for any": frame(VERDICT, b"\0" * 20000),
    "unknown type": frame(9, accept()[8:]),
    "type zero": frame(0, accept()[8:]),
    "our own login": frame(LOGIN, text("alice") * 7 + b"\0" * 4),
    "verdict cut": accept()[:-1],
    "ask cut": ask("Code: ")[:-1],
    "ask with two echoes": frame(3, b"\2" + text("Code: ")),
    "ask with a short text": frame(3, b"\1" + text("Code: ")[:-1]),
    "ask with trailing bytes": frame(3, b"\1" + text("Code: ") + b"x"),
    "tell without text": frame(4, b""),
}


@test
def e3_garbage_is_a_refusal(shim):
    for name, raw in GARBAGE.items():
        r = shim.login(story(raw))
        expect_code(r, "SYSTEM_ERR", name)
        expect((r.one("calls"), len(r.log)), ("0", 1), name, r)


@test
def e3_garbage_after_the_answer_is_a_refusal(shim):
    for name, raw in GARBAGE.items():
        r = shim.login(story(question(), raw))
        expect_code(r, "SYSTEM_ERR", name)
        expect(r.one("calls"), "1", name, r)


@test
def e3_garbage_before_an_acceptance_spoils_it(shim):
    for name, raw in GARBAGE.items():
        if raw:
            expect_code(shim.login(story(raw, accept())), "SYSTEM_ERR", name)


@test
def c1_engine_that_closes_early(shim):
    for script in [[], [["login"]], story(question()), story(say(ask("Code: ")))]:
        expect_code(shim.login(script), "SYSTEM_ERR", str(script))


@test
def a_slow_byte_after_byte_verdict_is_heard(shim):
    raw = accept()
    drops = [step for i in range(len(raw)) for step in (say(raw[i:i + 1]), ["sleep", 0.02])]
    expect_code(shim.login(story(question(), drops)), "SUCCESS")


@test
def a_verdict_before_the_login_was_read(shim):
    """A crowded engine need not read what it will refuse."""
    expect_code(shim.login([say(deny("crowded"))]), "MAXTRIES")


@test
def sigpipe_is_never_raised(shim):
    for script in [[], story(say(ask("Code: ")))]:
        r = shim.login(script, options=["-m", "sigpipe"])
        expect(r.one("sigpipe"), "0", "SIGPIPE", r)


main()
