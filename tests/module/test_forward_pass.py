"""Goal: with forward_pass one field has password and code: the engine hears the code alone, and the next line gets the password alone, after
an acceptance only (A6, C1, G1); nothing else about the login changes."""

from shim import expect, expect_code, main, test
from treaty import EXEMPT, accept, deny, question, story, verdict

RIGHT = story(question("Password and app code in one line: "), accept())
WRONG = story(question("Password and app code in one line: "), deny("wrong"))
OURS = "auth [success=ok ignore=ignore default=die] OURS forward_pass"
# says what it finds in PAM_AUTHTOK
NEXT = "auth required FIRST tells-authtok"
FIELD = "Correct-Horse-7123456"
CODE = "7K3M-9QRT-VWXY-0123"


def login(shim, script, field=FIELD, before=(), ours=OURS, **more):
    return shim.login(script, replies=["text:" + field], lines=[*before, ours, NEXT], **more)


def handed_on(r):
    return [line.split(":", 2)[2] for line in r.all("say") if line.startswith("info:authtok:")]


@test
def code_goes_to_the_engine_and_the_password_to_the_next_line(shim):
    for field, code, password in [(FIELD, "123456", "Correct-Horse-7"), ("x" + CODE, CODE, "x"), ("pw 7" + CODE.lower(), CODE.lower(), "pw 7")]:
        for one_shot in [False, True]:
            r = login(shim, RIGHT, field, one_shot=one_shot)
            expect_code(r, "SUCCESS")
            expect(r.answers(), [{"answer": "text", "text": code}], "what the engine heard", r)
            expect(handed_on(r), [password], "what the next line found", r)
            expect(r.all("say")[0], "off:Password and app code in one line: ", "one prompt, without echo", r)
            expect(r.one("calls"), "2", "calls: ours and what the next line says", r)
            expect(r.log, [], "the log", r)


@test
def d4_the_engine_is_told(shim):
    r = login(shim, RIGHT)
    expect((r.login()["forward"], r.login()["change"], r.login()["authtok"]), (True, False, False), "the login", r)
    r = shim.login(story(question(), accept()))
    expect(r.login()["forward"], False, "without the argument", r)


@test
def a_field_that_a_line_before_has_taken(shim):
    r = login(shim, RIGHT, before=["auth required FIRST Horse-Nine654321"])
    expect_code(r, "SUCCESS")
    expect(r.answers(), [{"answer": "text", "text": "654321"}], "what the engine heard", r)
    expect(handed_on(r), ["Horse-Nine"], "what the next line found", r)


@test
def c1_a_refusal_hands_nothing_on(shim):
    for last, code in [(deny("wrong"), "AUTH_ERR"), (deny("locked"), "MAXTRIES"), (deny("no-offline"), "AUTH_ERR"),
                       (verdict(0, "accepted"), "SYSTEM_ERR"), (verdict(1, "accepted"), "SYSTEM_ERR")]:
        script = story(question(), last)
        expect_code(login(shim, script), code)
        r = login(shim, script, ours="auth optional OURS forward_pass")
        expect(handed_on(r), ["(none)"], "what the next line found", r)
        r = login(shim, script, before=["auth required FIRST " + FIELD], ours="auth optional OURS forward_pass")
        expect(handed_on(r), [FIELD], "what the next line found: as it was", r)


@test
def a6_without_a_code_the_engine_hears_so_and_no_more(shim):
    for field, heard in [("Correct-Horse-7", "empty"), ("123456", "empty"), ("", "empty"), (CODE, "empty"), ("a\tb123456", "control"),
                         ("x" * 600, "oversize")]:
        r = login(shim, WRONG, field)
        expect(r.code, "CONV_ERR" if heard == "control" and r.code == "CONV_ERR" else "AUTH_ERR", "code", r)
        expect(r.answers(), [{"answer": heard, "text": ""}], "what the engine heard of %r" % field, r)
        # whatever it says then
        r = login(shim, RIGHT, field)
        expect(r.code != "SUCCESS" and handed_on(r) == [], True, "an acceptance without a code", r)


@test
def c1_an_acceptance_without_a_question_lets_nobody_in(shim):
    r = login(shim, story(accept()))
    expect_code(r, "SYSTEM_ERR")
    expect("the password could not be handed on" in str(r.log), True, "the log", r)


@test
def c3_who_needs_no_code_is_asked_by_the_next_line(shim):
    r = login(shim, story(verdict(EXEMPT, "exempt")))
    expect(handed_on(r), ["(none)"], "what the next line found", r)
    expect(r.one("calls"), "1", "calls: the next line's", r)
    for field in (FIELD, "x" + CODE, "123456"):
        r = login(shim, story(verdict(EXEMPT, "exempt")), before=["auth required FIRST " + field])
        expect(handed_on(r), [field], "what the next line found: all of the field", r)
    r = login(shim, None, ours=OURS + " only=sudo")
    expect(handed_on(r), ["(none)"], "what the next line found", r)


@test
def a_second_question_is_not_put(shim):
    r = shim.login(story(question(), question(), deny("wrong")), replies=["text:" + FIELD, "text:" + FIELD], lines=[OURS, NEXT])
    expect(r.code, "AUTH_ERR", "code", r)
    expect([a["answer"] for a in r.answers()], ["text", "failed"], "what the engine heard", r)
    expect(r.one("calls"), "1", "prompts", r)


@test
def g1_nothing_of_the_field_is_logged(shim):
    for script in [RIGHT, WRONG, story(accept()), story(question())]:
        r = login(shim, script, ours=OURS + " debug")
        expect([line for line in r.log if "123456" in line or "Horse" in line], [], "the log", r)


@test
def a_password_change_has_no_one_field(shim):
    for script in [RIGHT, None]:
        r = shim.login(script, lines=["password required OURS forward_pass", "password required FIRST changes"], options=["-C"],
                       service="passwd")
        expect_code(r, "SERVICE_ERR")
        expect("info:changed" in r.all("say"), False, "changed", r)
        expect("forward_pass (for lines of the type auth)" in str(r.log), True, "the log", r)


main()
