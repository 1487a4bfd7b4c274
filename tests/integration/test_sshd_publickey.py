#!/usr/bin/python3
"""Goal: a key and the right code let in, and neither alone; what counts as a key is what sshd itself has accepted in this connection, whoever
says otherwise (D4). The same for the stack that takes a key or a password."""

import os

import lab
from lab import BOTH, PASSWORD, SENT, WRONG, check, equal, matches

KEY_AND_CODE = "AuthenticationMethods publickey,keyboard-interactive:pam"
CODE_ALONE = "AuthenticationMethods keyboard-interactive:pam"
EITHER = "AuthenticationMethods publickey,keyboard-interactive:pam keyboard-interactive:pam"
FORGED = "publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI"
FOLDER = "/tmp/keys"
FIRST = os.path.join(os.environ.get("TOP_BUILDDIR", ""), "tests/module/.libs/pam_first.so")


def stack(world, example="sshd-publickey", before=""):
    """The example as /etc/pam.d/sshd, with a line before it."""
    with open(os.path.join(lab.TOP, "pam.d-examples", example)) as f:
        world.pam("sshd", text=before + f.read())


def key(name, *arguments):
    os.makedirs(FOLDER, mode=0o700, exist_ok=True)
    path = os.path.join(FOLDER, name)
    if not os.path.exists(path):
        lab.run("ssh-keygen", "-q", "-N", "", "-f", path, *(arguments or ("-t", "ed25519")), check_rc=0)
    return path


def authorize(text, user="alice"):
    lab.run("sh", "-c", "mkdir -p ~%s/.ssh && cat >~%s/.ssh/authorized_keys && chown -R %s: ~%s/.ssh && chmod 700 ~%s/.ssh" % ((user,) * 5),
            text=text, check_rc=0)


def authorized(name="alice-key"):
    """alice's key, and that she may come with it."""
    path = key(name)
    with open(path + ".pub") as f:
        authorize(f.read())
    return path


def client(world, identity=None, *options, user="alice", methods="publickey,keyboard-interactive"):
    given = ("IdentitiesOnly=yes", "IdentityFile=" + (identity or "/nonexistent"))
    return world.ssh(user, options=given + options, methods=methods)


def nothing_sent(world, ssh, reason="no-first-factor"):
    ssh.is_refused()
    equal(world.sms(), [], "messages")
    lines = world.syslog.grep("login verdict")
    check(all("reason=" + reason in line for line in lines), "the audit lines: %r" % lines)
    return lines


KEY = dict(services=(), sshd_lines=(KEY_AND_CODE,))


@lab.test("key and right code let in, and no password is asked for", engines=BOTH, **KEY)
def key_and_code(world):
    stack(world)
    ssh = client(world, authorized())
    reference = ssh.expect(SENT).group(2)
    sms = world.last_sms(1)
    equal(sms.ref, reference, "the reference")
    ssh.send(sms.wrong())
    ssh.expect(WRONG)
    ssh.send(sms.code)
    ssh.gets_in()
    check("assword" not in ssh.seen(), "a password was asked for")


@lab.test("key and wrong code: out", engines=BOTH, **KEY)
def key_and_wrong_code(world):
    stack(world)
    ssh = client(world, authorized())
    ssh.expect(SENT)
    sms = world.last_sms(1)
    for k in (1, 2, 3):
        ssh.send(sms.wrong(k))
        if k < 3:
            ssh.expect(WRONG)
    ssh.is_refused()
    equal(world.audit()["reason"], "wrong", "the audit line's reason")
    equal(len(world.sms()), 1, "messages")


@lab.test("D4: no key, or another's: sshd does not even come to the module", engines=BOTH, **KEY)
def no_key(world):
    stack(world)
    authorized()
    for identity in (None, key("strangers-key")):
        equal(nothing_sent(world, client(world, identity)), [], "audit lines")


@lab.test("D4: a key that is known but not held: its public half is not enough", **KEY)
def public_half(world):
    stack(world)
    path = authorized()
    shown = os.path.join(FOLDER, "half")
    with open(path + ".pub") as f, open(shown + ".pub", "w") as copy:
        copy.write(f.read())
    equal(nothing_sent(world, client(world, shown + ".pub")), [], "audit lines")


@lab.test("D4: AuthenticationMethods forgotten: the stack alone sends nothing", engines=BOTH, services=(), sshd_lines=(CODE_ALONE,))
def stack_alone(world):
    stack(world)
    lines = nothing_sent(world, client(world, authorized(), methods="keyboard-interactive"))
    equal(len(lines), 1, "audit lines")


@lab.test("D4: AuthenticationMethods forgotten, and an exemption by a rule: without a key it is no way in", engines=BOTH, services=(),
          sshd_lines=(CODE_ALONE,), rules='( { users = [ "alice" ]; then = "skip"; } )')
def no_methods_exempt(world):
    stack(world)
    authorized()
    ssh = client(world, methods="keyboard-interactive")
    ssh.is_refused()
    equal((world.audit()["verdict"], world.sms()), ("exempt", []), "the module's verdict, and messages")


@lab.test("an exemption by a rule: the key alone lets in, and nothing else does", engines=BOTH,
          rules='( { users = [ "alice" ]; then = "skip"; } )', **KEY)
def exempt(world):
    stack(world)
    client(world, authorized()).gets_in()
    equal((world.sms(), world.audit()["verdict"]), ([], "exempt"), "messages, and the audit line's verdict")
    client(world, key("other")).is_refused()
    equal(len(world.syslog.grep("login verdict")), 1, "audit lines")


@lab.test("a certificate longer than a frame is a key like others", engines=BOTH, services=(),
          sshd_lines=(KEY_AND_CODE, "TrustedUserCAKeys /tmp/keys/ca.pub"))
def long_certificate(world):
    stack(world)
    authorize("")
    ca, path = key("ca", "-t", "rsa", "-b", "4096"), key("long", "-t", "rsa", "-b", "4096")
    names = ",".join(["alice"] + ["some-long-name-of-a-principal-%03d" % n for n in range(100)])
    lab.run("ssh-keygen", "-q", "-s", ca, "-I", "alice", "-n", names, path + ".pub", check_rc=0)
    check(os.path.getsize(path + "-cert.pub") > 5000, "the certificate is short")
    ssh = client(world, path, "CertificateFile=%s-cert.pub" % path)
    ssh.expect(SENT)
    ssh.send(world.last_sms(1).code)
    ssh.gets_in()


@lab.test("D4: the client's variables, the user's files and sshd's own environment are no evidence", services=(),
          sshd=False, sshd_lines=(CODE_ALONE, "AcceptEnv *", "PermitUserEnvironment yes"))
def forged_outside(world):
    stack(world, before="auth optional pam_env.so user_readenv=1\n")
    line = "SSH_AUTH_INFO_0=%s\n" % FORGED
    lab.run("sh", "-c", "mkdir -p ~alice/.ssh && tee ~alice/.ssh/environment >~alice/.pam_environment && chown -R alice: ~alice", text=line,
            check_rc=0)
    os.environ["SSH_AUTH_INFO_0"] = FORGED
    try:
        world.start_sshd()
        ssh = client(world, None, 'SetEnv="SSH_AUTH_INFO_0=%s"' % FORGED, "SendEnv=SSH_AUTH_INFO_0", methods="keyboard-interactive")
        equal(len(nothing_sent(world, ssh)), 1, "audit lines")
    finally:
        del os.environ["SSH_AUTH_INFO_0"]
        lab.run("sh", "-c", "rm -f ~alice/.pam_environment ~alice/.ssh/environment")


@lab.test("D4: whatever else SSH_AUTH_INFO_0 says, nothing is sent", services=(), sshd_lines=(CODE_ALONE,))
def other_words(world):
    words = ("none", "publickeys ssh-ed25519 AAAA", "xpublickey", "none publickey ssh-ed25519 AAAA", " publickey ssh-ed25519",
             "keyboard-interactive/pam", "Publickey", "publickey\tssh-ed25519", "publickey-hostbound-v00@openssh.com ssh-ed25519", "")
    for n, word in enumerate(words, 1):
        stack(world, before="auth optional %s [says:SSH_AUTH_INFO_0=%s]\n" % (FIRST, word))
        equal(len(nothing_sent(world, client(world, methods="keyboard-interactive"))), n, "audit lines after %r" % word)
    # the tool works: this is what sshd itself would say
    stack(world, before="auth optional %s [says:SSH_AUTH_INFO_0=%s]\n" % (FIRST, FORGED))
    client(world, methods="keyboard-interactive").expect(SENT)


@lab.test("two keys and a code", services=(), sshd_lines=("AuthenticationMethods publickey,publickey,keyboard-interactive:pam",))
def two_keys(world):
    stack(world)
    one, two = key("one"), key("two")
    authorize(open(one + ".pub").read() + open(two + ".pub").read())
    equal(nothing_sent(world, client(world, one)), [], "audit lines with one key")
    ssh = client(world, one, "IdentityFile=" + two)
    ssh.expect(SENT)
    ssh.send(world.last_sms(1).code)
    ssh.gets_in()


# --- key or password ---------------------------------------------------------------------------------------------------

OR = dict(services=(), sshd_lines=(EITHER,))


def either(world):
    stack(world, "sshd-publickey-or-password")
    return authorized()


@lab.test("key or password: with the key the code, and no password", engines=BOTH, **OR)
def either_by_key(world):
    ssh = client(world, either(world))
    ssh.expect(SENT)
    sms = world.last_sms(1)
    ssh.send(sms.wrong())
    ssh.expect(WRONG)
    ssh.send(sms.code)
    ssh.gets_in()
    check("assword" not in ssh.seen(), "a password was asked for")


@lab.test("key or password: without a key, or with another's, the password and the code", engines=BOTH, **OR)
def either_by_password(world):
    either(world)
    for n, identity in enumerate((None, key("strangers-key")), 1):
        ssh = client(world, identity)
        sms = ssh.to_code(n)
        ssh.send(sms.code)
        ssh.gets_in()


@lab.test("key or password: neither without the code", engines=BOTH, **OR)
def either_wrong_code(world):
    for n, identity in enumerate((either(world), None), 1):
        ssh = client(world, identity)
        if identity is None:
            ssh.password()
        ssh.expect(SENT)
        sms = world.last_sms(n)
        for k in (1, 2, 3):
            ssh.send(sms.wrong(k))
            if k < 3:
                ssh.expect(WRONG)
        ssh.is_refused()


@lab.test("D4: key or password: a wrong password sends nothing", engines=BOTH, **OR)
def either_wrong_password(world):
    either(world)
    ssh = client(world)
    ssh.password("not-it")
    equal(nothing_sent(world, ssh), [], "audit lines")


@lab.test("key or password: an exemption of the settings lets in after either, and after nothing else", unenrolled='"ignore"', **OR)
def either_exempt(world):
    identity = either(world)
    with open(identity + ".pub") as f:
        authorize(f.read(), "bob")
    client(world, identity, user="bob").gets_in()
    ssh = client(world, user="bob")
    ssh.password()
    ssh.gets_in()
    ssh = client(world, user="bob")
    ssh.password("not-it")
    ssh.is_refused()
    equal(world.sms(), [], "messages")


@lab.test("key or password: forged variables skip no password", services=(), sshd=False,
          sshd_lines=(EITHER, "AcceptEnv *", "PermitUserEnvironment yes"))
def either_forged(world):
    either(world)
    os.environ["SSH_AUTH_INFO_0"] = FORGED
    try:
        world.start_sshd()
        ssh = client(world, None, 'SetEnv="SSH_AUTH_INFO_0=%s"' % FORGED, "SendEnv=SSH_AUTH_INFO_0")
        ssh.password("not-it")
        equal(nothing_sent(world, ssh), [], "audit lines")
    finally:
        del os.environ["SSH_AUTH_INFO_0"]


@lab.test("key or password: other words of sshd skip no password either, nor does a shell that cannot be run", **OR)
def either_words(world):
    either(world)
    with open(os.path.join(lab.TOP, "pam.d-examples", "sshd-publickey-or-password")) as f:
        text = f.read()
    matches(" /bin/sh ", text, "the example")
    cases = [("auth optional %s [says:SSH_AUTH_INFO_0=%s]\n" % (FIRST, word)) + text
             for word in ("none", "publickeys a", "publickey", "password", 'publickey" in *) exit 0;; esac #', "x\tpublickey a")]
    cases += [text.replace(" /bin/sh ", " /bin/absent "), text.replace("pam_exec.so", "pam_absent.so")]
    for case in cases:
        world.pam("sshd", text=case)
        ssh = client(world, methods="keyboard-interactive")
        ssh.password("not-it")
        equal(nothing_sent(world, ssh), [], "audit lines")


@lab.test("D3: sshd's password method before the code: it cannot ask, so it ends there, in no case with a login", engines=BOTH, services=(),
          sshd=False, sshd_lines=("AuthenticationMethods publickey,keyboard-interactive:pam password,keyboard-interactive:pam",
                                  "PasswordAuthentication yes"))
def password_method(world):
    identity = either(world)
    world.start_sshd()
    ssh = client(world, methods="password,keyboard-interactive")
    ssh.expect("password: ")
    ssh.send(PASSWORD)
    ssh.is_refused()
    line = world.audit()
    equal((line["verdict"], line["reason"] in ("conversation", "one-field"), line["tries"]), ("deny", True, "0"),
          "the audit line with reason %s" % line["reason"])
    ssh = client(world, identity)
    ssh.expect(SENT)
    ssh.send(world.sms()[-1].code)
    ssh.gets_in()


lab.enter(600)
lab.main(__doc__)
