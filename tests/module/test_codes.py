"""Goal: every verdict of the engine, sensible or not, becomes the one PAM code of D9, and nothing but an acceptance lets in (C1, C3)."""

from shim import expect, expect_code, main, test
from treaty import ACCEPT, DENY, EXEMPT, REASONS, accept, deny, frame, question, story, verdict

CODES = {
    "none": "SYSTEM_ERR", "wrong": "AUTH_ERR", "expired": "AUTH_ERR", "void": "AUTH_ERR", "unknown-user": "AUTH_ERR",
    "not-enrolled": "AUTH_ERR", "no-answer": "AUTH_ERR", "one-field": "AUTH_ERR", "locked": "MAXTRIES", "budget": "MAXTRIES",
    "crowded": "MAXTRIES", "blocked": "AUTH_ERR", "outage": "AUTHINFO_UNAVAIL", "number": "PERM_DENIED",
    "settings": "SERVICE_ERR", "arguments": "SERVICE_ERR", "state": "SYSTEM_ERR", "system": "SYSTEM_ERR",
    "conversation": "CONV_ERR", "refused": "PERM_DENIED", "unlisted": "PERM_DENIED", "no-first-factor": "AUTH_ERR",
    "engine": "SYSTEM_ERR", "no-offline": "AUTH_ERR", "sent": "AUTH_ERR", "no-step": "AUTH_ERR", "accepted": "SYSTEM_ERR", "exempt": "SYSTEM_ERR",
}


@test
def d9_right_code_is_success(shim):
    r = shim.login(story(question("Code: "), accept()))
    expect_code(r, "SUCCESS")
    expect(r.answers(), [{"answer": "text", "text": "123456"}], "answers", r)
    expect(r.one("setcred"), "0", "setcred", r)
    expect(r.log, [], "the shim is silent where the engine can speak", r)


@test
def d9_exempt_is_ignore_without_a_prompt(shim):
    r = shim.login(story(verdict(EXEMPT, "exempt")))
    expect_code(r, "IGNORE")
    expect(r.one("calls"), "0", "prompts", r)


@test
def d9_every_refusal_has_its_code(shim):
    expect(sorted(CODES), sorted(REASONS), "reasons")
    for reason, code in CODES.items():
        r = shim.login(story(deny(reason)))
        expect_code(r, code, reason)
        expect(r.one("calls"), "0", "prompts", r)


@test
def d9_refusal_after_the_prompt_is_the_same(shim):
    for reason in ["wrong", "expired", "void", "no-answer", "locked", "state"]:
        expect_code(shim.login(story(question(), deny(reason))), CODES[reason], reason)


@test
def c1_verdict_and_reason_must_agree(shim):
    for kind in [ACCEPT, EXEMPT]:
        for reason in REASONS:
            if (kind, reason) in [(ACCEPT, "accepted"), (EXEMPT, "exempt")]:
                continue
            expect_code(shim.login(story(verdict(kind, reason))), "SYSTEM_ERR", f"{kind:#x} {reason}")


@test
def c1_unknown_kinds_and_reasons_let_nobody_in(shim):
    for kind, reason in [(1, 1), (ACCEPT ^ 1, 1), (ACCEPT, len(REASONS)), (ACCEPT, 257), (ACCEPT, 1 << 31), (0xFFFFFFFF, 1),
                         (EXEMPT ^ 4, 2), (DENY, len(REASONS)), (DENY, 4294967295)]:
        r = shim.login(story(verdict(kind, reason)))
        expect_code(r, "SYSTEM_ERR", f"{kind:#x} {reason}")
        expect(len(r.log), 1, "one line of log", r)


@test
def c7_a_verdict_that_is_short_or_long_is_none(shim):
    good = accept()[8:]
    for body in [b"", good[:4], good[:7], good + b"\0", good + good]:
        expect_code(shim.login(story(frame(5, body))), "SYSTEM_ERR", body.hex())


@test
def d9_the_first_verdict_counts(shim):
    expect_code(shim.login(story(deny("wrong"), accept())), "AUTH_ERR")


@test
def both_ways_to_the_engine_behave_the_same(shim):
    for script, code in [(story(question(), accept()), "SUCCESS"), (story(question(), deny("wrong")), "AUTH_ERR"),
                         (story(deny("budget")), "MAXTRIES"), (story(verdict(EXEMPT, "exempt")), "IGNORE")]:
        r = shim.login(script, one_shot=True)
        expect_code(r, code)
        expect(r.trouble(), [], "trouble", r)


main()
