#!/usr/bin/python3
"""Goal: the sender hands mails to a real dialogue: E4 (TLS verified, always, but to this machine where that is allowed), E5 (no value
adds a header or a recipient), E6 and E9 (what every answer of a mail server means, and that only the last byte hands over), G1."""

import email
import email.policy
import email.utils
import os
import re
import sys
import time

import lab
from lab import check, equal

lab.enter()

sys.path.insert(0, os.path.join(lab.TOP, "tests", "fakes"))
import orders  # noqa: E402
from orders import ACCEPTED, ACCOUNT, NUMBER, PENDING, RECIPIENT, REQUEST, TEMPORARY, TEXT, UNKNOWN, expect  # noqa: E402
from smtp import HANG_UP, PASSWORD, SILENT, USER, Smtp  # noqa: E402

FOLDER = "/tmp/mail"
GATEWAY = {"user": USER, "password": PASSWORD, "from": "otp@example.org", "domain": "sms.gateway.example"}
MAILBOX = {"weaker": "accepted", "from": "otp@example.org", "to": "bob@example.org"}
server = Smtp(FOLDER).__enter__()


def send(variables=None, port="starttls", description="email-to-sms", host="localhost", **more):
    variables = dict(GATEWAY if variables is None else variables)
    if port:
        variables.setdefault("server", "%s:%d" % (host, server.ports[port]))
    variables = {name: value for name, value in variables.items() if value is not None}
    more.setdefault("ca", FOLDER + "/ca.pem")
    return orders.send(description, variables, secrets=(PASSWORD, USER, "example.org", "gateway"), **more)


def one_session():
    found = server.take()
    equal(len(found), 1, "sessions")
    return found[0]


def one_mail():
    session = one_session()
    equal(len(session.mails), 1, "mails")
    return session, email.message_from_string(session.mails[0], policy=email.policy.default)


# --- what works ------------------------------------------------------------------------------------------------------

@lab.plain("a gateway gets one mail over STARTTLS, of the right shape, from who signed in")
def gateway():
    receipt = expect(send(), ACCEPTED, "^SMTP 250: accepted by the mail server$")
    session, mail = one_mail()
    check(receipt.sandbox & 1, "no seccomp")
    equal((session.sender, session.recipients), ("<otp@example.org>", ["<%s@sms.gateway.example>" % NUMBER[1:]]), "envelope")
    equal(session.user, USER, "user")
    check(session.tls in ("TLSv1.2", "TLSv1.3"), "TLS %s" % session.tls)
    equal(session.commands, ["EHLO example.org", "STARTTLS", "EHLO example.org", "AUTH PLAIN", "MAIL FROM:<otp@example.org>",
                             "RCPT TO:<%s@sms.gateway.example>" % NUMBER[1:], "DATA", "QUIT"], "commands")
    equal(sorted(mail.keys()), ["Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "To"],
          "headers")
    equal((mail["From"], mail["To"]), ("otp@example.org", NUMBER[1:] + "@sms.gateway.example"), "addresses")
    equal((mail["Auto-Submitted"], mail.get_content_type(), mail.get_content_charset()), ("auto-generated", "text/plain", "utf-8"), "kind")
    equal(mail.get_content(), TEXT, "text")
    check(abs(email.utils.parsedate_to_datetime(mail["Date"]).timestamp() - time.time()) < 60, "date %s" % mail["Date"])
    lab.matches(r"^<[0-9a-f]{32}@example\.org>$", mail["Message-ID"], "id")
    expect(send(), ACCEPTED)
    check(one_mail()[1]["Message-ID"] != mail["Message-ID"], "the same Message-ID twice")


@lab.plain("implicit TLS, an address for a host, nobody who signs in, a subject")
def implicit():
    expect(send(dict(GATEWAY, tls="implicit"), "implicit"), ACCEPTED)
    session, mail = one_mail()
    check(session.tls and session.commands[0].startswith("EHLO") and "STARTTLS" not in session.commands, "commands %s" % session.commands)
    expect(send(host="127.0.0.1"), ACCEPTED)
    one_mail()
    expect(send(dict(GATEWAY, user=None, password=None, subject="K\u00f6nig & Co")), ACCEPTED)
    session, mail = one_mail()
    equal((session.user, mail["Subject"]), (None, "K\u00f6nig & Co"), "user and subject")
    expect(send(dict(GATEWAY, password=None)), REQUEST, "user and password go together")
    equal(server.take(), [], "sessions")


@lab.plain("any text arrives as it is")
def texts():
    for text in (".", ".\n.\n", "a\n.\nb", "\u00e4\u20ac\U0001f600 \u041a\u043e\u0434", "From: eve@example.org\n\nx", "x" * 300):
        expect(send(text=text), ACCEPTED)
        session, mail = one_mail()
        equal(mail.get_payload(decode=True).decode().replace("\r\n", "\n"), text, "text")
        check(all(len(line) <= 76 for line in session.mails[0].split("\r\n\r\n")[1].split("\r\n")), "long lines")


@lab.plain("mailbox: only for who accepts that it is weaker; to the address that is given")
def mailbox():
    expect(send(MAILBOX, description="mailbox"), ACCEPTED)
    session, mail = one_mail()
    equal((session.recipients, mail["Subject"], mail.get_content()), (["<bob@example.org>"], "Your login code", TEXT), "mail")
    expect(send(dict(MAILBOX, weaker=None), description="mailbox"), REQUEST, "^mailbox wants the variable `weaker`$")
    expect(send(dict(MAILBOX, weaker="yes"), description="mailbox"), REQUEST, '^mailbox: the value of `weaker` must be "accepted"$')
    equal(server.take(), [], "sessions")


@lab.plain("check signs in and sends nothing; there is no poll and no voice")
def check_call():
    expect(send(action="check"), ACCEPTED, "accepts the credentials")
    session = one_session()
    equal((session.user, session.sender, session.mails), (USER, None, []), "what was done")
    expect(send(dict(GATEWAY, password="wrong"), action="check"), ACCOUNT, "^SMTP 535: ")
    expect(send(dict(GATEWAY, user=None, password=None), action="check"), ACCEPTED, "^the mail server answers$")
    server.take()
    expect(send(action="voice"), REQUEST, "no voice call")
    expect(send(action="poll", message_id="x"), PENDING, "no poll call")
    equal(server.take(), [], "sessions")


# --- E4 ----------------------------------------------------------------------------------------------------------------

@lab.plain("E4: a bad certificate or old TLS is no connection; no credentials and no mail are sent")
def certificates():
    for port in ("wrong_name", "untrusted", "expired"):
        expect(send(port=port), TEMPORARY, "certificate is not trusted")
    expect(send(port="old_tls"), TEMPORARY, "TLS 1.2|no connection")
    expect(send(ca=""), TEMPORARY, "certificate is not trusted")
    expect(send(dict(GATEWAY, tls="implicit"), "implicit", ca=""), TEMPORARY, "certificate is not trusted")
    expect(send(ca="/tmp/missing.pem"), REQUEST, "ca_file")
    for session in server.take():
        check(session.user is None and session.sender is None, "%s: %s" % (session.port, session.commands))


@lab.plain("E4: who does not offer STARTTLS, or answers before it, gets nothing")
def no_starttls():
    expect(send(port="plain", loopback_http=1), TEMPORARY, "does not offer STARTTLS")
    equal(one_session().commands, ["EHLO example.org"], "commands")
    server.meets({"ehlo": "250-tests\n250 AUTH PLAIN"}, {"starttls": "454 not now"}, {"starttls": "220 go on\n250 AUTH PLAIN"})
    expect(send(), TEMPORARY, "STARTTLS")
    expect(send(), TEMPORARY, "STARTTLS")
    # an answer in the clear that is meant for what comes after the handshake
    expect(send(time_ms=1500), TEMPORARY)
    for session in server.take():
        check(session.user is None and session.sender is None, "commands %s" % session.commands)


@lab.plain("E4: without TLS only to a loopback address, and only where the order says so")
def plain():
    variables = dict(GATEWAY, tls="none")
    expect(send(variables, "plain"), REQUEST, "mail without TLS")
    for host in ("192.0.2.1", "127.0.0.1.example.com", "localhost.example.com", "mx.example.com:25"):
        expect(send(dict(variables, server=host), loopback_http=1), REQUEST, "mail without TLS")
    equal(server.take(), [], "sessions")
    expect(send(variables, "plain", loopback_http=1), ACCEPTED)
    session = one_session()
    equal((session.user, session.tls, len(session.mails)), (USER, None, 1), "session")
    # the setting takes nothing away from TLS
    expect(send(dict(GATEWAY, server="localhost:%d" % server.ports["untrusted"]), loopback_http=1), TEMPORARY, "not trusted")
    server.take()


@lab.plain("E4: the environment and .netrc change nothing, and no proxy is used")
def environment():
    os.makedirs("/tmp/home", exist_ok=True)
    with open("/tmp/home/.netrc", "w") as f:
        f.write("machine localhost login netrc password netrc\n")
    os.chmod("/tmp/home/.netrc", 0o644)
    nothing = "http://127.0.0.1:1"
    env = {"HOME": "/tmp/home", "PATH": "/usr/bin", "ALL_PROXY": nothing, "all_proxy": nothing, "smtp_proxy": nothing,
           "SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": "/nowhere"}
    expect(send(dict(GATEWAY, user=None, password=None), env=env, proxy=nothing), ACCEPTED)
    equal(one_session().user, None, "user")


# --- E5 ----------------------------------------------------------------------------------------------------------------

@lab.plain("E5: no value adds a header, a recipient or a server")
def hostile():
    cases = (
        (dict(GATEWAY, **{"from": "otp@example.org\r\nBcc: eve@example.org"}), "`from`"),
        (dict(GATEWAY, **{"from": "otp@example.org>\r\nRCPT TO:<eve@example.org"}), "`from`"),
        (dict(GATEWAY, domain="a.example>\r\nRCPT TO:<eve@b.example"), "`domain`"),
        (dict(GATEWAY, domain="a.example,eve@b.example"), "`domain`"),
        (dict(GATEWAY, domain="a.example:25"), "`to`"),
        (dict(GATEWAY, domain="[127.0.0.1]"), "`to`"),
        (dict(GATEWAY, subject="x\nBcc: eve@example.org"), "`subject`"),
        (dict(GATEWAY, server="localhost/x"), "`server`"),
        (dict(GATEWAY, server="localhost:1@evil.example"), "`server`"),
        (dict(GATEWAY, user="u\nv"), "`user`"),
        (dict(GATEWAY, tls="TRY"), "tls must be"),
    )
    for variables, note in cases:
        expect(send(variables), REQUEST, note)
    for to in ("bob@a,eve@b", "Bob <bob@a>", "bob@a\nBcc: eve@b", "-Xlog@a", "bob"):
        expect(send(dict(MAILBOX, to=to), description="mailbox"), REQUEST, "`to`")
    equal(server.take(), [], "sessions")


# --- E6, E9 --------------------------------------------------------------------------------------------------------------

@lab.plain("E6: what a mail server's answers mean")
def outcomes():
    cases = (
        ({"greeting": "554 no"}, TEMPORARY, "^SMTP 554: the mail server does not serve us$"),
        ({"greeting": HANG_UP}, TEMPORARY, "no connection"),
        ({"starttls": HANG_UP}, TEMPORARY, None),
        ({"auth": "535 5.7.8 wrong"}, ACCOUNT, "^SMTP 535: the mail server refuses the user or the password$"),
        ({"auth": "454 4.7.0 later"}, TEMPORARY, "^SMTP 454"),
        ({"mail": "550 no"}, ACCOUNT, "^SMTP 550: the mail server refuses the sender$"),
        ({"mail": "452 full"}, TEMPORARY, "^SMTP 452"),
        ({"rcpt": "550 5.1.1 nobody"}, RECIPIENT, "^SMTP 550: the mail server refuses the recipient$"),
        ({"rcpt": "550-5.1.1\n550 5.1.1 nobody"}, RECIPIENT, "^SMTP 550"),
        ({"rcpt": "451 greylisted"}, TEMPORARY, "^SMTP 451"),
        ({"rcpt": HANG_UP}, TEMPORARY, "hung up"),
        ({"data": "554 no"}, REQUEST, "^SMTP 554"),
        ({"data": HANG_UP}, TEMPORARY, "hung up"),
        ({"end": "554 5.7.1 spam"}, REQUEST, "^SMTP 554: the mail server refuses the mail$"),
        ({"end": "451 later"}, TEMPORARY, "^SMTP 451"),
        ({"end": HANG_UP}, UNKNOWN, "^handed over, and no answer from the mail server$"),
        ({"quit": HANG_UP}, ACCEPTED, None),
    )
    for manner, outcome, note in cases:
        server.meets(manner)
        receipt = expect(send(), outcome, note)
        equal(receipt.code, (re.findall(r"^SMTP (\d{3})", receipt.note) or [""])[0], "code of %r" % (receipt,))
    server.take()
    server.meets({"needs auth": True})
    expect(send(dict(GATEWAY, user=None, password=None)), ACCOUNT, "^SMTP 530")
    expect(send(dict(GATEWAY, password="wrong")), ACCOUNT, "^SMTP 535")
    server.take()


@lab.plain("E9: a silence before the last byte is temporary and after it unknown; the receipt comes in time")
def silence():
    for stage, outcome in (("greeting", TEMPORARY), ("starttls", TEMPORARY), ("auth", TEMPORARY), ("rcpt", TEMPORARY), ("data", TEMPORARY),
                           ("end", UNKNOWN)):
        server.meets({stage: SILENT})
        receipt = expect(send(time_ms=1000), outcome)
        check(0.5 < receipt.seconds < 1.1, "%s: it took %.2f s" % (stage, receipt.seconds))
    # nobody waits for the answer to QUIT, nor to the end of a refused dialogue
    server.meets({"quit": SILENT}, {"rcpt": "550 no", "quit": SILENT})
    for outcome in (ACCEPTED, RECIPIENT):
        receipt = expect(send(), outcome)
        check(receipt.seconds < 1.5, "it took %.2f s" % receipt.seconds)
    expect(send(dict(GATEWAY, server="127.0.0.1:1")), TEMPORARY, "no connection to the mail server")
    server.take()


lab.main(__doc__)
