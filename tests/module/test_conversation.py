"""Goal: the person is asked once a call and sees what the engine said; a host that cannot or will not prompt ends the login, and nothing that
it does makes the shim go on asking (D1, D2, D3, D10, A6)."""

from shim import expect, expect_code, main, test
from treaty import accept, ask, deny, question, say, story, tell, verdict


def asked(r):
    return r.all("say")


@test
def d1_one_message_a_call(shim):
    r = shim.login(story(question("First: "), question("Second: "), tell("That was it."), deny("wrong")),
                   replies=["text:1", "text:2"])
    expect_code(r, "AUTH_ERR")
    expect(r.all("call"), ["1", "1", "1"], "messages in each call", r)
    expect(asked(r), ["on:First: ", "on:Second: ", "error:That was it."], "what was shown", r)


@test
def d2_echo_is_the_engines_or_the_arguments(shim):
    for echo, arguments, style in [(True, [], "on"), (False, [], "off"), (True, ["no_echo"], "off"), (False, ["no_echo"], "off")]:
        r = shim.login(story(question("Code: ", echo), accept()), arguments=arguments)
        expect(asked(r), [f"{style}:Code: "], f"{echo} {arguments}", r)
        expect_code(r, "SUCCESS")


@test
def d1_longest_prompt_passes_whole(shim):
    r = shim.login(story(question("x" * 512), accept()))
    expect(asked(r), ["on:" + "x" * 512], "prompt", r)


@test
def d1_prompt_beyond_the_treaty_is_not_shown(shim):
    for prompt in ["x" * 513, "", "a\nb", "a\n", "\x1b[2J", "a\x7f", "a\0b"]:
        r = shim.login(story(ask(prompt), accept()))
        expect_code(r, "SYSTEM_ERR", repr(prompt))
        expect(r.one("calls"), "0", "calls", r)


@test
def tell_is_shown_unless_silent(shim):
    r = shim.login(story(tell("Locked until 14:32."), deny("locked")))
    expect(asked(r), ["error:Locked until 14:32."], "shown", r)
    expect_code(r, "MAXTRIES")
    r = shim.login(story(tell("Locked until 14:32."), deny("locked")), options=["-q"])
    expect(asked(r), [], "shown", r)
    expect(r.login()["silent"], True, "flag", r)
    expect_code(r, "MAXTRIES")


@test
def a6_answers_have_their_kinds(shim):
    cases = [("text:123456", "text", "123456"), ("text:", "empty", ""), ("text:r", "text", "r"), ("size:511", "text", "7" * 511),
             ("size:512", "oversize", ""), ("size:100000", "oversize", ""), ("text: 12 34-56 ", "text", " 12 34-56 "),
             ("text:\u0661\u0662\u0663", "text", "\u0661\u0662\u0663")]
    for reply, kind, text in cases:
        r = shim.login(story(question(), deny("wrong")), replies=[reply])
        expect(r.answers(), [{"answer": kind, "text": text}], reply, r)
        expect_code(r, "AUTH_ERR")


@test
def d3_password_or_name_as_the_answer_is_told_but_not_sent(shim):
    cases = [("Pw-lab-1", "Pw-lab-1", "same-as-password"), ("Pw-lab-1", "alice", "same-as-password"), (None, "alice", "same-as-password"),
             ("Pw-lab-1", "Pw-lab-", "text"), ("Pw-lab-1", "Pw-lab-12", "text"), ("Pw-lab-1", "pw-lab-1", "text"), (None, "Pw-lab-1", "text")]
    for password, reply, kind in cases:
        r = shim.login(story(question(), deny("one-field")), first=password, replies=["text:" + reply])
        expect(r.answers(), [{"answer": kind, "text": reply if kind == "text" else ""}], f"{password} {reply}", r)
        expect_code(r, "AUTH_ERR")
        expect(r.login()["authtok"], password is not None, "flag", r)


@test
def g1_password_is_never_sent(shim):
    r = shim.login(story(question(), accept()), first="Secret-9-word")
    expect_code(r, "SUCCESS")
    expect("Secret-9-word" in repr(r.events) + repr(r.log), False, "password seen", r)


MISBEHAVIOURS = ["none", "array", "error", "late-error", "again", "text:12\x0134", "text:123456\n", "text:\x7f", "text:12\t34"]


@test
def d10_each_misbehaviour_ends_with_conv_err(shim):
    for reply in MISBEHAVIOURS:
        r = shim.login(story(question(), deny("conversation")), replies=[reply, "text:123456"])
        expect_code(r, "CONV_ERR", reply)
        expect(r.answers(), [{"answer": "control" if reply.startswith("text:") else "failed", "text": ""}], reply, r)
        expect(r.one("calls"), "1", "calls", r)


@test
def d10_no_second_prompt_whatever_the_engine_says(shim):
    r = shim.login(story(question(), question(), accept()), replies=["error", "text:123456"])
    expect_code(r, "CONV_ERR")
    expect(r.one("calls"), "1", "calls", r)


@test
def d10_null_conversation_sends_nothing(shim):
    r = shim.login(story(question(), accept()), options=["-m", "null-conv"])
    expect_code(r, "CONV_ERR")
    expect(r.login(), None, "login", r)
    expect(len(r.log), 1, "log", r)


@test
def d10_acceptance_after_a_failed_conversation_is_none(shim):
    for last in [accept(), verdict(0x3C69963C, "exempt"), verdict(0, "none")]:
        expect_code(shim.login(story(question(), last), replies=["error"]), "CONV_ERR")


@test
def d3_engine_may_know_why_the_conversation_failed(shim):
    r = shim.login(story(question(), tell("This service cannot ask twice."), deny("one-field")), replies=["error"])
    expect_code(r, "AUTH_ERR")
    expect(r.one("calls"), "1", "calls", r)


@test
def d11_silence_after_a_failed_conversation_is_short(shim):
    r = shim.login(story(question(), ["sleep", 6]), replies=["error"])
    expect_code(r, "CONV_ERR")
    expect(1.5 < r.seconds < 4, True, f"{r.seconds:.1f} s, must be 2", r)


@test
def d10_an_engine_that_asks_for_ever_is_left(shim):
    many = [question() for _ in range(40)]
    r = shim.login(story(*many, accept()), replies=["text:1"] * 40)
    expect_code(r, "SYSTEM_ERR")
    expect(int(r.one("calls")) <= 16, True, r.one("calls"), r)
    r = shim.login(story(*[say(tell("Hello."))] * 10, accept()))
    expect_code(r, "SYSTEM_ERR")
    expect(r.one("calls"), "1", "calls", r)


@test
def last_words_are_heard_from_an_engine_that_hangs_up(shim):
    """The verdict stands in the socket, and our answer finds nobody."""
    script = [["login"], say(ask("Code: ")), say(deny("void"))]
    r = shim.login(script, replies=["slow:123456"])
    expect_code(r, "AUTH_ERR")


main()
