"""Goal: the engine hears who logs in, where and how, from PAM's items and nowhere else; names that cannot be one get no further (D4, D12,
D13); the arguments in pam.d do what they say."""

import os

from shim import expect, expect_code, main, test
from treaty import accept, question, story

OK = story(question(), accept())


@test
def items_are_handed_on(shim):
    r = shim.login(OK, options=["-r", "2001:db8::7", "-t", "pts/3", "-R", "bob"], service="sudo-i")
    expect_code(r, "SUCCESS")
    login = r.login()
    expect((login["user"], login["service"], login["rhost"], login["tty"], login["ruser"]),
           ("alice", "sudo-i", "2001:db8::7", "pts/3", "bob"), "login", r)
    expect(login["flags"], 0, "flags", r)


@test
def absent_items_are_empty(shim):
    login = shim.login(OK).login()
    expect((login["rhost"], login["tty"], login["ruser"], login["auth_info"], login["prompt"]), ("",) * 5, "login")


@test
def places_are_cut_and_made_printable(shim):
    login = shim.login(OK, options=["-r", "h" * 300, "-t", "a\x1b[2Jb", "-R", "x\ny\u00e9"]).login()
    expect(login["rhost"], "h" * 255, "rhost")
    expect(login["tty"], "a?[2Jb", "tty")
    expect(login["ruser"], "x?y??", "ruser")


@test
def d4_evidence_comes_from_the_pam_environment_only(shim):
    os.environ["SSH_AUTH_INFO_0"] = "publickey ssh-ed25519 AAAA"
    try:
        expect(shim.login(OK).login()["auth_info"], "", "process environment")
    finally:
        del os.environ["SSH_AUTH_INFO_0"]
    info = "publickey ssh-ed25519 AAAA\npassword"
    expect(shim.login(OK, options=["-a", info]).login()["auth_info"], info, "PAM environment")
    # of one key only, and only where it is short
    key = "publickey ssh-rsa " + "A" * 992
    for said, heard in [(info + "\npublickey ssh-rsa BBBB", info + "\npublickey"), (key, key), (key + "A", "publickey"),
                        (key + "A\npublickey ssh-rsa B", "publickey\npublickey"), ("publickey ", "publickey"),
                        ("hostbased ssh-rsa B\npassword x", "hostbased\npassword")]:
        expect(shim.login(OK, options=["-a", said]).login()["auth_info"], heard, f"{len(said)} bytes, {said[:30]!r}")


@test
def d4_evidence_is_handed_on_whole_or_not_at_all(shim):
    lines = [("p" * 4094, "p" * 4094), ("p" * 4095, ""), ("p" * 2000 + "\n" + "q" * 2093, "p" * 2000 + "\n" + "q" * 2093),
             ("p" * 2000 + "\n" + "q" * 2094, ""), ("publickey\n" + "p" * 4095, ""), ("p" * 4095 + "\npublickey", ""),
             # not one word of it is made up: a line that begins with a blank has no method
             (" publickey a", ""), ("none publickey", "none"), ("publickeys a\nxpublickey", "publickeys\nxpublickey"), ("\n\n", "\n\n")]
    for said, heard in lines:
        expect(shim.login(OK, options=["-a", said]).login()["auth_info"], heard, f"{len(said)} bytes, {said[:20]!r}")
    # a certificate is longer than any frame
    for said in ["publickey ssh-rsa-cert-v01@openssh.com " + "A" * 4800, "publickey ssh-ed25519 " + "A" * 4800 + "\n"]:
        heard = shim.login(OK, options=["-a", said]).login()["auth_info"]
        expect(heard.rstrip("\n"), "publickey", "a long certificate")
    expect(shim.login(OK, options=["-a", "publickey\tx"]).login()["auth_info"], "", "control byte")


@test
def d4_authtok_is_a_flag(shim):
    expect(shim.login(OK, first="Pw-lab-1").login()["authtok"], True, "set")
    expect(shim.login(OK).login()["authtok"], False, "not set")


@test
def d12_names_that_cannot_be_one(shim):
    for name in ["a/b", "-root", "..", ".", "a\nb", "a\x7f", "x" * 256, "../etc/passwd"]:
        r = shim.login(OK, options=["-u", name])
        expect_code(r, "AUTH_ERR", repr(name))
        expect(r.login(), None, "nothing goes to the engine", r)
        expect(len(r.log), 1, "one line", r)
        expect(len(name) > 2 and name in r.log[0], False, "a name that is none may be a password", r)


@test
def d12_names_that_can(shim):
    for name in ["a", "x" * 255, "a.b-c_d", "j\u00f6rg", "DOM\\user", "user@example.org", "a b"]:
        r = shim.login(OK, options=["-u", name])
        expect_code(r, "SUCCESS", name)
        expect(r.login()["user"], name, "name", r)


@test
def d12_host_without_a_name_is_asked_for_it(shim):
    r = shim.login(OK, options=["-u", ""], replies=["text:carol", "text:123456"])
    expect_code(r, "SUCCESS")
    expect(r.login()["user"], "carol", "name", r)
    r = shim.login(OK, options=["-u", ""], replies=["error"])
    expect_code(r, "CONV_ERR")
    expect(r.login(), None, "login", r)
    r = shim.login(OK, options=["-u", ""], replies=["text:"])
    expect_code(r, "AUTH_ERR")


@test
def service_name_must_fit(shim):
    r = shim.login(OK, service="s" * 64)
    expect_code(r, "SUCCESS")
    r = shim.login(OK, service="s" * 65)
    expect_code(r, "PERM_DENIED")
    expect(r.login(), None, "login", r)


@test
def prompt_is_handed_on_as_given(shim):
    r = shim.login(OK, arguments=["prompt=Code for the VPN: "])
    expect(r.login()["prompt"], "Code for the VPN: ", "prompt", r)
    expect_code(r, "SUCCESS")


@test
def language_is_handed_on(shim):
    r = shim.login(OK, arguments=["lang=de"])
    expect(r.login()["language"], "de", "language", r)
    expect_code(r, "SUCCESS")
    expect(shim.login(OK).login()["language"], "", "language without lang=", r)


@test
def debug_is_told_and_idle_words_are_logged_once(shim):
    r = shim.login(OK, arguments=["try_first_pass", "nodelay"])
    expect_code(r, "SUCCESS")
    expect((r.log, r.login()["debug"]), ([], False), "without debug", r)
    r = shim.login(OK, arguments=["try_first_pass", "debug", "nodelay"])
    expect_code(r, "SUCCESS")
    expect(r.login()["debug"], True, "flag", r)
    expect([line.split(": ", 2)[-1] for line in r.log], ["accepted without effect: try_first_pass nodelay"], "log", r)


@test
def bad_arguments_are_service_err_and_one_line(shim):
    r = shim.login(OK, arguments=["nullok", "debug", "retry=3", "nonsense"])
    expect_code(r, "SERVICE_ERR")
    expect(r.login(), None, "login", r)
    expect(len(r.log), 1, "lines", r)
    expect("bad arguments: nullok (see `unenrolled` in sms-otp.conf), retry= (see `code.tries` in sms-otp.conf), "
           "nonsense (unknown)" in r.log[0], True, "text", r)


@test
def bad_arguments_win_over_only(shim):
    expect_code(shim.login(OK, arguments=["only=sudo", "nullok"]), "SERVICE_ERR")


@test
def only_leaves_other_services_alone(shim):
    r = shim.login(OK, arguments=["only=sudo,login"])
    expect_code(r, "IGNORE")
    expect((r.login(), r.one("calls"), r.log), (None, "0", []), "nothing happens", r)
    r = shim.login(OK, arguments=["only=sudo,sshd"])
    expect_code(r, "SUCCESS")
    r = shim.login(OK, arguments=["only=sudo", "debug"])
    expect_code(r, "IGNORE")
    expect(len(r.log), 1, "one line under debug", r)


@test
def c3_only_does_not_leave_a_missing_engine_alone(shim):
    shim.uninstall()
    expect_code(shim.login(None, arguments=["only=sshd"]), "SYSTEM_ERR")


main()
