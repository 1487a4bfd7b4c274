"""Goal: a password change is let through by a right code in libpam's first walk of the stack, and by nothing in the second (C1, D4, D9):
whatever the controls in pam.d are, no line of ours leads in the second walk where it did not lead in the first."""

from shim import expect, main, test
from treaty import accept, deny, question, story, verdict, EXEMPT

RIGHT = story(question(), accept())
WRONG = story(question(), deny("wrong"))
OLD = "password required FIRST Old-pw-1"
CHANGES = "password required FIRST changes"
UPDATED = "info:changed"


def change(shim, script, lines, **more):
    options = ["-C", *more.pop("options", [])]
    return shim.login(script, lines=lines, options=options, service="passwd", **more)


def outcome(r):
    """The code, and whether anything was changed."""
    return r.code, UPDATED in r.all("say")


@test
def right_code_is_asked_for_once_and_before_the_change(shim):
    for lines in [[OLD, "password required OURS", CHANGES], [OLD, CHANGES, "password required OURS"]]:
        for one_shot in [False, True]:
            r = change(shim, RIGHT, lines, one_shot=one_shot)
            expect(outcome(r), ("SUCCESS", True), "outcome", r)
            expect(r.all("say"), ["on:Code: ", UPDATED], "what was said, and in this order", r)
            expect(len([e for e in r.events if "login" in e]), 1, "the engine was asked once", r)


@test
def each_refusal_has_its_code_and_changes_nothing(shim):
    cases = [(deny("wrong"), "AUTH_ERR"), (deny("not-enrolled"), "AUTH_ERR"), (deny("no-first-factor"), "AUTH_ERR"),
             (deny("locked"), "MAXTRIES"), (deny("outage"), "AUTHINFO_UNAVAIL"), (deny("settings"), "SERVICE_ERR"),
             (deny("unlisted"), "PERM_DENIED"), (deny("state"), "SYSTEM_ERR"), (verdict(0, "none"), "SYSTEM_ERR"),
             (verdict(1, "accepted"), "SYSTEM_ERR")]
    for last, code in cases:
        for lines in [[OLD, "password required OURS", CHANGES], [OLD, CHANGES, "password requisite OURS"]]:
            r = change(shim, story(last), lines)
            expect(outcome(r), (code, False), f"{last!r} {lines}", r)


@test
def engine_that_ends_or_is_absent_changes_nothing(shim):
    shim.uninstall()
    for script in [story(question()), None]:
        r = change(shim, script, [OLD, "password required OURS", CHANGES])
        expect(outcome(r), ("SYSTEM_ERR", False), "outcome", r)


@test
def d4_evidence_is_the_old_password_or_a_root_caller(shim):
    login = change(shim, RIGHT, [OLD, "password required OURS", CHANGES]).login()
    expect((login["change"], login["oldauthtok"], login["authtok"], login["root_caller"]), (True, True, False, True), "with it")
    login = change(shim, RIGHT, ["password required OURS", CHANGES]).login()
    expect((login["change"], login["oldauthtok"], login["authtok"]), (True, False, False), "without it")
    login = change(shim, RIGHT, [OLD, "password required OURS", CHANGES], options=["-a", "publickey ssh-ed25519 AAAA"]).login()
    expect((login["change"], login["auth_info"]), (True, "publickey ssh-ed25519 AAAA"), "sshd's account; the engine passes over it")
    login = shim.login(RIGHT, first="Pw-lab-1").login()
    expect((login["change"], login["oldauthtok"], login["root_caller"]), (False, False, False), "a login")


@test
def d4_an_expired_password_makes_nobody_root(shim):
    """passwd -k claims it at any time, and sshd and login are root at it while the person is not."""
    login = change(shim, RIGHT, [OLD, "password required OURS", CHANGES], options=["-E"]).login()
    expect((login["change"], login["oldauthtok"], login["root_caller"]), (True, True, False), "flags")
    r = change(shim, WRONG, [OLD, "password required OURS", CHANGES], options=["-E"])
    expect(outcome(r), ("AUTH_ERR", False), "outcome", r)


@test
def d3_the_old_password_as_the_answer_is_told_but_not_sent(shim):
    r = change(shim, story(question(), deny("one-field")), [OLD, "password required OURS", CHANGES], replies=["text:Old-pw-1"])
    expect(r.answers(), [{"answer": "same-as-password", "text": ""}], "answer", r)
    expect(outcome(r), ("AUTH_ERR", False), "outcome", r)
    expect("Old-pw-1" in repr(r.events) + repr(r.log), False, "password seen", r)


@test
def d10_a_host_that_cannot_ask_changes_nothing(shim):
    for reply in ["none", "array", "error", "late-error", "again", "text:12\x0134"]:
        r = change(shim, story(question(), accept()), [OLD, "password required OURS", CHANGES], replies=[reply])
        expect(outcome(r), ("CONV_ERR", False), reply, r)


@test
def a_line_before_us_that_refuses_ends_it_before_anything_is_sent(shim):
    r = change(shim, RIGHT, ["password requisite FIRST refuses", "password required OURS", CHANGES])
    expect((r.login(), UPDATED in r.all("say"), r.code == "SUCCESS"), (None, False, False), "outcome", r)


@test
def c1_a_jump_over_the_password_line_stays_one_in_the_second_walk(shim):
    """`when the code is wrong, do not come to pam_unix`: with a plain success for the second walk it would be walked into."""
    lines = [OLD, "password [success=ignore default=1] OURS", CHANGES, "password required FIRST"]
    r = change(shim, WRONG, lines)
    expect(UPDATED in r.all("say"), False, "changed after a wrong code", r)
    r = change(shim, RIGHT, lines)
    expect(outcome(r), ("SUCCESS", True), "after the right one", r)


@test
def c1_sufficient_and_optional_mean_the_same_in_both_walks(shim):
    """They make the code decoration, as they do for a login; what is said to be changed is changed."""
    for control in ["optional", "sufficient"]:
        r = change(shim, WRONG, [OLD, f"password {control} OURS", CHANGES])
        expect(outcome(r), ("SUCCESS", True), control, r)
    r = change(shim, RIGHT, [OLD, "password sufficient OURS", CHANGES])
    expect(outcome(r), ("SUCCESS", False), "sufficient ends both walks", r)


@test
def c4_an_outage_that_a_site_passes_over_is_passed_over_in_both_walks(shim):
    lines = [OLD, "password [success=ok authinfo_unavail=ignore default=die] OURS", CHANGES]
    r = change(shim, story(deny("outage")), lines)
    expect(outcome(r), ("SUCCESS", True), "outage", r)
    r = change(shim, story(deny("number")), lines)
    expect(outcome(r), ("PERM_DENIED", False), "another refusal", r)


@test
def c3_exemptions_are_ignored_in_both_walks(shim):
    for arguments, script in [("only=sshd", RIGHT), ("", story(verdict(EXEMPT, "exempt")))]:
        r = change(shim, script, [OLD, f"password [success=ok ignore=ignore default=die] OURS {arguments}", CHANGES])
        expect(outcome(r), ("SUCCESS", True), f"with a line that says yes {arguments}", r)
        r = change(shim, script, [f"password required OURS {arguments}"])
        expect(outcome(r), ("PERM_DENIED", False), f"alone {arguments}", r)
    r = change(shim, RIGHT, [OLD, "password required OURS only=passwd", CHANGES])
    expect((outcome(r), len(r.answers())), (("SUCCESS", True), 1), "only=passwd", r)


@test
def two_lines_of_ours_keep_their_verdicts_apart(shim):
    """The second line accepts; the first, which refused, must not lead into the change in the second walk."""
    lines = [OLD, "password [success=ignore default=1] OURS debug", CHANGES, "password required OURS"]
    r = change(shim, WRONG, lines, scripts=[WRONG, RIGHT], replies=["text:1", "text:2"])
    expect((outcome(r), len(r.answers())), (("SUCCESS", False), 2), "outcome", r)


@test
def c1_two_lines_without_arguments_do_not_stand_in_for_each_other(shim):
    """libpam gives them no array of arguments by which to tell them apart."""
    lines = [OLD, "password [success=ignore default=1] OURS", CHANGES, "password required OURS"]
    r = change(shim, WRONG, lines, scripts=[WRONG, RIGHT], replies=["text:1", "text:2"])
    expect((outcome(r), len(r.answers())), (("AUTH_ERR", False), 2), "refused, then accepted", r)
    r = change(shim, RIGHT, lines, scripts=[RIGHT, WRONG], replies=["text:1", "text:2"])
    expect((outcome(r), len(r.answers())), (("AUTH_ERR", False), 2), "accepted, then refused", r)
    r = change(shim, RIGHT, lines, scripts=[RIGHT, RIGHT], replies=["text:1", "text:2"])
    expect((outcome(r), len(r.answers())), (("SUCCESS", True), 2), "accepted twice", r)
    exempt = story(verdict(EXEMPT, "exempt"))
    r = change(shim, RIGHT, [OLD, "password [ignore=1 default=ignore] OURS", CHANGES, "password required OURS"], scripts=[exempt, RIGHT])
    expect(outcome(r), ("SYSTEM_ERR", False), "exempt, then accepted", r)
    r = change(shim, RIGHT, [OLD, "password required OURS", CHANGES, "password required OURS"], scripts=[RIGHT, exempt])
    expect(outcome(r), ("SYSTEM_ERR", False), "accepted, then exempt", r)


@test
def a_handle_that_changes_twice_is_asked_twice(shim):
    r = change(shim, RIGHT, [OLD, "password required OURS", CHANGES], rounds=3, options=["-n", "3"])
    expect(outcome(r), ("SUCCESS", True), "outcome", r)
    expect((len(r.answers()), r.all("say").count("on:Code: ")), (3, 3), "asked", r)
    expect((r.all("changed"), r.one("same")), ([], "1"), "D16: what is left in the host", r)


@test
def bad_arguments_refuse(shim):
    r = change(shim, RIGHT, [OLD, "password required OURS nullok", CHANGES])
    expect(outcome(r), ("SERVICE_ERR", False), "outcome", r)
    expect(r.login(), None, "login", r)


main()
