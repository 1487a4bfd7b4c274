"""Goal: a host is after a login what it was before, whatever it does about its children; what is started has nothing of the host in it; and a
host that is killed at the prompt leaves nothing behind (D6, D7, D8, D14, D16)."""

import os
import signal

from shim import alive, expect, expect_code, main, test, wait_for
from treaty import accept, deny, question, story

OK = story(question(), accept())
HOSTS = ["sigchld-default", "sigchld-ignore", "sigchld-handler", "sigchld-greedy", "greedy-thread", "closed"]


@test
def d16_host_is_as_before(shim):
    for one_shot in [False, True]:
        for script, code in [(OK, "SUCCESS"), (story(question(), deny("wrong")), "AUTH_ERR"), (story(question(), b"garbage!"),
                             "SYSTEM_ERR")]:
            r = shim.login(script, one_shot=one_shot, rounds=3)
            expect_code(r, code)
            expect((r.all("changed"), r.one("same"), r.one("child")), ([], "1", "0"), f"one-shot {one_shot}", r)


@test
def d16_host_is_as_before_when_no_engine_starts(shim):
    shim.uninstall()
    r = shim.login(None, rounds=3)
    expect_code(r, "SYSTEM_ERR")
    expect((r.all("changed"), r.one("same"), r.one("child")), ([], "1", "0"), "changed", r)


@test
def d8_no_kind_of_host_hears_of_our_children(shim):
    for host in HOSTS:
        r = shim.login(OK, one_shot=True, rounds=3, options=["-m", host])
        expect_code(r, "SUCCESS", host)
        expect((r.one("sigchld"), r.one("reaped"), r.one("child")), ("0", "0", "0"), host, r)
        expect((r.all("changed"), r.one("same")), ([], "1"), host, r)


@test
def d8_subreaper_host_is_served(shim):
    """It has asked for all orphans and gets the engine when that ends, as any orphan; the shim leaves it no other child."""
    r = shim.login(OK, one_shot=True, options=["-m", "subreaper"])
    expect_code(r, "SUCCESS")


@test
def d7_engine_starts_with_nothing_of_a_hostile_caller(shim):
    r = shim.login(OK, one_shot=True, options=["-m", "hostile"])
    expect_code(r, "SUCCESS")
    s = r.note["surroundings"]
    expect(s["env"], "", "environment", r)
    expect((s["cwd"], s["umask"]), ("/", 0o077), "cwd and umask", r)
    expect(s["sid"], s["pid"], "session", r)
    expect(set(s["uids"] + s["gids"]), {"0"}, "ids", r)
    expect(s["blocked"], ["0" * 16], "mask", r)
    # python ignores SIGPIPE and SIGXFSZ by itself
    expect(int(s["ignored"][0], 16) & ~(1 << 12 | 1 << 24), 0, "ignored signals", r)
    expect(s["fds"], [0, 1, 2], "descriptors", r)
    expect(s["null"], ["/dev/null", "/dev/null"], "outputs", r)
    expect(s["core"], 0, "core limit", r)
    expect(s["argv"][-1], "--one-shot", "argv", r)


@test
def d7_host_that_ignores_and_blocks_everything_is_unchanged(shim):
    for one_shot in [False, True]:
        r = shim.login(OK, one_shot=one_shot, rounds=2, options=["-m", "hostile"])
        expect_code(r, "SUCCESS")
        expect((r.all("changed"), r.one("same")), ([], "1"), "changed", r)


@test
def d7_a_starved_host_is_refused_or_served_but_never_an_outage(shim):
    r = shim.login(OK, one_shot=True, options=["-m", "starved"])
    expect(r.one("rc") in ["0", "4"], True, "code", r)


@test
def d7_closed_descriptors_are_not_prompted_into(shim):
    """Our socket may not become the host's standard input or output."""
    for one_shot in [False, True]:
        r = shim.login(OK, one_shot=one_shot, options=["-m", "closed"])
        expect_code(r, "SUCCESS")
        expect(r.trouble(), [], "engine", r)
        expect(r.one("low"), "0", "descriptors below 3 at the prompt", r)


def at_prompt(shim):
    """A host that hangs at its prompt, and its engine's pid."""
    shim.stack("sshd", [], None)
    shim.forget_note()
    shim.install(story(question(), ["wait-close"]))
    return shim.start_until_prompt(), shim.started()


@test
def d6_host_killed_at_the_prompt_leaves_nothing(shim):
    for sig in [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP]:
        host, engine = at_prompt(shim)
        expect(alive(engine), True, "the engine waits")
        host.send_signal(sig)
        host.wait(10)
        note = shim.note()
        expect(wait_for(lambda e=engine: not alive(e)), True, "the engine ended")
        # a login, and then the end instead of an answer
        expect([list(e) for e in note["events"]], [["login"], ["trouble"]], "events")
    shim.uninstall()


@test
def d6_engine_is_out_of_the_hosts_session_and_group(shim):
    host, engine = at_prompt(shim)
    expect((os.getsid(engine), os.getpgid(engine)), (engine, engine), "session and group")
    host.kill()
    host.wait(10)
    shim.note()
    shim.uninstall()


@test
def d14_setcred_says_success_and_nothing_else(shim):
    r = shim.login(OK)
    expect(r.one("setcred"), "0", "setcred", r)


@test
def many_logins_at_once_each_get_their_own_engine(shim):
    script = story(question(), accept())
    shim.stack("sshd", [], None)
    shim.install(script)
    hosts = [shim.start([f"text:{n:06}"]) for n in range(20)]
    codes = [host.communicate(timeout=60)[0] for host in hosts]
    expect(sum("rc=0\n" in out for out in codes), 20, "logins")
    notes = [shim.note() for _ in hosts]
    said = sorted(n["events"][1]["text"] for n in notes)
    expect(said, [f"{n:06}" for n in range(20)], "answers")
    shim.uninstall()


main()
