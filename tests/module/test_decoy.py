"""Goal: a decoy's line is told to the engine and to nobody else, and in the stack of pam.d-examples/sshd-decoy whatever it says leads nowhere (D15)."""

from shim import expect, expect_code, main, test
from treaty import EXEMPT, accept, deny, question, story, verdict

ASK = "Code sent to ...12 (ref K7QF). Code, or r to resend: "
WRONG = story(question(ASK), deny("wrong"))
DECOY, REAL = "auth [default=die] OURS decoy", "auth required OURS decoy=refused"
RIGHT_PASSWORD, WRONG_PASSWORD = "auth [success=1 default=ignore] FIRST secret", "auth [success=1 default=ignore] pam_deny.so"
YES, REACHED = "auth required pam_permit.so", "auth required FIRST was-ignored"


def flags(r):
    login = r.login()
    return login["decoy"], login["conceal"]


@test
def the_engine_is_told(shim):
    for one_shot in [False, True]:
        for argument, want in [((), (False, False)), (("decoy",), (True, False)), (("decoy=refused",), (False, True))]:
            r = shim.login(WRONG, arguments=argument, one_shot=one_shot)
            expect_code(r, "AUTH_ERR")
            expect(flags(r), want, "the flags", r)
            expect(r.all("say"), ["on:" + ASK], "what was said", r)


@test
def d15_after_a_wrong_password_there_is_no_way_in(shim):
    """Whatever an engine says to a decoy, be it an acceptance."""
    for last in [deny("wrong"), deny("locked"), deny("outage"), deny("settings"), accept(), verdict(EXEMPT, "exempt"), []]:
        for after in [YES, REACHED]:
            r = shim.login(story(question(ASK), last) if last else story(question(ASK)), lines=[WRONG_PASSWORD, DECOY, REAL, after])
            expect(r.code in ("SUCCESS", "IGNORE", "CRED_INSUFFICIENT"), False, "a way in", r)
            expect(flags(r), (True, False), "which line asked", r)
            expect(len([e for e in r.events if "login" in e]), 1, "logins", r)


@test
def d15_a_decoy_says_no_whatever_the_engine_says(shim):
    for last in [accept(), verdict(EXEMPT, "exempt")]:
        for control in ["required", "sufficient", "optional"]:
            r = shim.login(story(question(ASK), last), lines=[f"auth {control} OURS decoy"])
            expect(r.code, "AUTH_ERR" if control == "required" else "PERM_DENIED", "a decoy that was accepted", r)


@test
def after_the_right_password_only_the_real_line_counts(shim):
    lines = [RIGHT_PASSWORD, DECOY, REAL, YES]
    for last, code in [(accept(), "SUCCESS"), (verdict(EXEMPT, "exempt"), "SUCCESS"), (deny("wrong"), "AUTH_ERR"), (deny("state"), "SYSTEM_ERR")]:
        r = shim.login(story(question(ASK), last), lines=lines)
        expect_code(r, code)
        expect(flags(r), (False, True), "which line asked", r)


@test
def d15_what_sshd_makes_of_an_answer_ends_nothing(shim):
    """For who is unknown it hands on control bytes, as many as were typed; the password it has made so as well."""
    junk = "text:\b\n\r\x7fIN"
    script = story(question(ASK), question("Wrong code"), question("Wrong code"), deny("wrong"))
    for ours in [DECOY, REAL.replace("required", "[default=die]")]:
        r = shim.login(script, replies=[junk, "text:secret", "text:alice"], lines=["auth required FIRST secret", ours])
        expect_code(r, "AUTH_ERR")
        expect(r.answers(), [{"answer": "text", "text": "?" * n} for n in (6, 6, 5)], "what the engine heard", r)
    r = shim.login(script, replies=[junk], lines=["auth required OURS"])
    expect(r.answers(), [{"answer": "control", "text": ""}], "what the engine heard of another line", r)


@test
def bad_lines_let_nobody_in(shim):
    for words in ["decoy=yes", "decoy decoy=refused", "decoy forward_pass", "decoy=refused forward_pass", "decoy only=sshd"]:
        r = shim.login(None, lines=[RIGHT_PASSWORD.replace("success=1", "success=ignore"), "auth required OURS " + words])
        expect_code(r, "SERVICE_ERR")
    for words in ["decoy", "decoy=refused"]:
        r = shim.login(None, lines=["password required OURS " + words, "password required FIRST changes"], options=["-C"], service="passwd")
        expect_code(r, "SERVICE_ERR")
        expect("decoy (for lines of the type auth)" in str(r.log), True, "the log", r)


main()
