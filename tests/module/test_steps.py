"""Goal: with two_step the line before the password hands on the whole field, or after an acceptance what stood before the code; the engine
hears the digits that it asked for and nothing else; the line behind the password asks nothing and never lets in (A4, A6, C1, G1)."""

from shim import expect, expect_code, main, test
from treaty import EXEMPT, accept, ask_field, deny, question, say, story, verdict

SECOND = "auth [success=1 default=ignore] OURS forward_pass two_step"
# says what it finds in PAM_AUTHTOK
NEXT = "auth required FIRST tells-authtok"
FIELD = "Correct-Horse-7123456"


def field(digits=6, alone=False):
    return [say(ask_field(digits, alone)), ["answer"]]


def second(shim, script, typed=FIELD, before=(), ours="auth optional OURS forward_pass two_step", **more):
    return shim.login(script, replies=["text:" + typed], lines=[*before, ours, NEXT], **more)


def handed_on(r):
    return [line.split(":", 2)[2] for line in r.all("say") if line.startswith("info:authtok:")]


@test
def what_is_accepted_leaves_what_stood_before_the_code(shim):
    for typed, args, code, password in [(FIELD, (), "123456", "Correct-Horse-7"), ("123456", (), "123456", "(none)"),
                                        ("123456", (6, True), "123456", "(none)"), ("x12345678", (8,), "12345678", "x")]:
        for one_shot in [False, True]:
            r = second(shim, story(field(*args), accept()), typed, one_shot=one_shot)
            expect_code(r, "SUCCESS")
            expect(r.answers(), [{"answer": "text", "text": code}], "what the engine heard", r)
            expect(handed_on(r), [password], "what the next line found", r)
            expect(r.all("say")[0], "off:Password, code, or both in one line: ", "one prompt, without echo", r)
            expect(r.log, [], "the log", r)


@test
def c1_what_is_refused_is_handed_on_whole(shim):
    for last in [deny("wrong"), deny("no-step"), deny("expired"), deny("locked"), verdict(0, "accepted"), verdict(1, "accepted"),
                 verdict(EXEMPT, "exempt"), b""]:
        for typed in [FIELD, "123456", "Correct-Horse-7"]:
            r = second(shim, story(field(), last), typed)
            expect(handed_on(r), [typed], "what the next line found", r)
            r = second(shim, story(field(), last), before=["auth required FIRST " + typed])
            expect(handed_on(r), [typed], "what the next line found: as it was", r)


@test
def a6_without_a_code_the_engine_hears_so_and_no_more(shim):
    for typed, args in [("Correct-Horse-7", ()), ("", ()), (FIELD, (6, True)), (FIELD, (8,)), ("a\tb123456", ()), ("x" * 600, ())]:
        r = second(shim, story(field(*args), deny("no-step")), typed)
        expect(r.answers(), [{"answer": "empty", "text": ""}], "what the engine heard of %r" % typed, r)
        # whatever it says then
        r = second(shim, story(field(*args), accept()), typed, ours="auth requisite OURS forward_pass two_step")
        expect_code(r, "SYSTEM_ERR")


@test
def where_no_code_is_out_nothing_is_asked(shim):
    r = second(shim, story(deny("no-step")))
    expect(r.one("calls"), "1", "calls: the next line's", r)
    expect(handed_on(r), ["(none)"], "what the next line found", r)
    r = second(shim, story(accept()), ours="auth requisite OURS forward_pass two_step")
    expect_code(r, "SYSTEM_ERR")


@test
def d4_the_engine_is_told(shim):
    r = second(shim, story(deny("no-step")))
    expect([r.login()[k] for k in ("two_step", "forward", "digits", "change")], [True, True, False, False], "the login", r)
    for password, digits in [("Correct-Horse-7", False), ("Anna-19850312", True), ("Anna-12345", False)]:
        r = shim.login(story(deny("sent")), lines=["auth required FIRST " + password, "auth required OURS two_step"])
        expect([r.login()[k] for k in ("two_step", "forward", "digits", "authtok")], [True, False, digits, True], "the login", r)
        expect_code(r, "AUTH_ERR")
    r = shim.login(story(question(), accept()))
    expect([r.login()[k] for k in ("two_step", "digits")], [False, False], "without the argument", r)


@test
def the_first_step_asks_nothing_and_never_lets_in(shim):
    for script in [story(question(), accept()), story(field(), accept()), story(accept())]:
        r = shim.login(script, replies=["text:123456"], lines=["auth required FIRST Correct-Horse-7", "auth required OURS two_step"])
        expect_code(r, "SYSTEM_ERR")
        expect(r.one("calls"), "0", "prompts", r)
        expect(r.answers(), [], "what the engine heard", r)
    r = shim.login(story(verdict(EXEMPT, "exempt")), lines=["auth required OURS two_step", "auth required FIRST x"])
    expect_code(r, "SUCCESS")


@test
def a_field_is_for_two_steps_only(shim):
    for ours in ["auth required OURS", "auth required OURS forward_pass"]:
        r = shim.login(story(field(), accept()), replies=["text:" + FIELD], lines=[ours])
        expect_code(r, "SYSTEM_ERR")
        expect(r.answers(), [], "what the engine heard", r)
    r = second(shim, story(question(), accept()), ours="auth requisite OURS forward_pass two_step")
    expect_code(r, "SYSTEM_ERR")
    r = second(shim, story(field(), field(), accept()), ours="auth requisite OURS forward_pass two_step")
    expect([a["answer"] for a in r.answers()], ["text", "failed"], "what the engine heard at a second field", r)


@test
def the_jump_lets_in_past_the_password(shim):
    lines = [SECOND, "auth requisite pam_deny.so", "auth required pam_permit.so"]
    r = shim.login(story(field(), accept()), replies=["text:123456"], lines=lines)
    expect_code(r, "SUCCESS")
    for script in [story(field(), deny("wrong")), story(deny("no-step")), story(verdict(EXEMPT, "exempt")), story(field())]:
        r = shim.login(script, replies=["text:123456"], lines=lines)
        expect(r.code != "SUCCESS", True, "not let in", r)


@test
def g1_nothing_of_the_field_is_logged(shim):
    for script in [story(field(), accept()), story(field(), deny("wrong")), story(accept()), story(field())]:
        r = second(shim, script, ours="auth optional OURS forward_pass two_step debug")
        expect([line for line in r.log if "123456" in line or "Horse" in line], [], "the log", r)


@test
def a_password_change_has_no_steps(shim):
    for words in ["two_step", "two_step forward_pass"]:
        r = shim.login(None, lines=["password required OURS " + words, "password required FIRST changes"], options=["-C"],
                       service="passwd")
        expect_code(r, "SERVICE_ERR")
        expect("info:changed" in r.all("say"), False, "changed", r)
        expect("two_step (for lines of the type auth)" in str(r.log), True, "the log", r)


main()
