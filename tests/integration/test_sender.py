#!/usr/bin/python3
"""Goal: sms-otp-send as it is built, unprivileged, against a provider that checks every request and can misbehave: E4 (https,
certificates, no redirects, no environment, caps), E5 (hostile values), E6 (what counts as accepted), E7 (the sandbox), E9 (what was
handed over), G1 (a receipt says no number, text or key)."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys

import lab
import orders
from lab import check, equal
from orders import ACCEPTED, ACCOUNT, NUMBER, PENDING, RECIPIENT, REQUEST, TEMPORARY, TEXT, UNKNOWN, expect

lab.enter()

FOLDER = "/tmp/provider"
SITE = "/etc/sms-otp/providers"

sys.path.insert(0, os.path.join(lab.TOP, "tests", "fakes"))
from provider import DEXATEL_KEY, SENDER, TWILIO_KEY, TWILIO_SID  # noqa: E402

DEXATEL = {"from": SENDER, "key": DEXATEL_KEY}
TWILIO = {"account_sid": TWILIO_SID, "key": TWILIO_KEY, "from": SENDER}


# --- the provider ----------------------------------------------------------------------------------------------------

os.makedirs(FOLDER)
server = subprocess.Popen(["/usr/bin/python3", os.path.join(lab.TOP, "tests", "fakes", "provider.py"), FOLDER], stdin=subprocess.PIPE)
lab.wait_for("the provider's ports", lambda: os.path.exists(FOLDER + "/ports.json"), 20)
with open(FOLDER + "/ports.json") as ports:
    PORTS = json.load(ports)


def base(name="good", host="localhost"):
    return "%s://%s:%d" % ("http" if name == "plain" else "https", host, PORTS[name])


def meets(*manners):
    with open(FOLDER + "/next", "w") as f:
        f.write("".join(json.dumps(m) + "\n" for m in manners))


def requests():
    """Those since the last call."""
    with open(FOLDER + "/requests.jsonl", encoding="utf-8") as f:
        found = [json.loads(line) for line in f]
    new = found[requests.seen:]
    requests.seen = len(found)
    return new


requests.seen = 0


def one_request():
    found = requests()
    equal(len(found), 1, "requests")
    return found[0]


def good_order(**more):
    """As bytes."""
    return orders.pack("dexatel", "send", dict(DEXATEL, base_url=base()), ca=FOLDER + "/ca.pem", **more)


def send(description="dexatel", variables=None, action="send", port="good", host="localhost", **more):
    variables = dict(DEXATEL if variables is None else variables)
    if port:
        variables.setdefault("base_url", base(port, host))
    more.setdefault("ca", FOLDER + "/ca.pem")
    return orders.send(description, variables, action, secrets=(DEXATEL_KEY, TWILIO_KEY), **more)


# --- what works ------------------------------------------------------------------------------------------------------

@lab.plain("dexatel takes a message: one request of the right shape, its id in the receipt, seccomp on")
def dexatel():
    receipt = expect(send(), ACCEPTED, "^HTTP 201: accepted$")
    request = one_request()
    equal((request["wrong"], request["accepted"]), ([], True), "what the provider says")
    equal(request["fields"], {"channel": "SMS", "from": SENDER, "to": [NUMBER[1:]], "text": TEXT}, "fields")
    check(len(receipt.id) == 36, "id %r" % receipt.id)
    equal(receipt.reports, 1, "whether its delivery can be asked about")
    check(receipt.sandbox & 1, "no seccomp")
    lab.matches("^pam_sms_otp/", request["headers"]["user-agent"], "user agent")
    check(not {"cookie", "expect", "accept-encoding"} & set(request["headers"]), "headers %s" % request["headers"])
    expect(send(action="check"), ACCEPTED)
    equal(one_request()["path"], "/v1/accounts/self", "path of check")
    for state, outcome in (("delivered", ACCEPTED), ("Enroute", PENDING), ("failed", RECIPIENT), ("novelty", PENDING)):
        meets({"state": state})
        expect(send(action="poll", message_id=receipt.id), outcome)
        equal(one_request()["path"], "/v1/messages/" + receipt.id, "path of poll")


@lab.plain("twilio takes messages and calls, by a number, a service, and an API key")
def twilio():
    receipt = expect(send("twilio", TWILIO), ACCEPTED)
    request = one_request()
    equal(request["wrong"], [], "wrong")
    equal(request["fields"], {"To": NUMBER, "From": SENDER, "Body": TEXT, "ValidityPeriod": "600"}, "fields")
    service = {"account_sid": TWILIO_SID, "key": TWILIO_KEY, "messaging_service_sid": "MG1", "api_key_sid": "SK1"}
    expect(send("twilio", service), ACCEPTED)
    equal(one_request()["fields"].get("MessagingServiceSid"), "MG1", "service")
    expect(send("twilio", TWILIO, "check"), ACCEPTED)
    expect(send("twilio", TWILIO, "poll", message_id=receipt.id), ACCEPTED)
    requests()
    expect(send("twilio", TWILIO, "voice", text="<493027> & \"co\""), ACCEPTED)
    request = one_request()
    equal(request["wrong"], [], "wrong")
    equal(request["fields"]["Say"], ["<4, 9, 3, 0, 2, 7> & \"co\""] * 2, "what is said")


@lab.plain("the outbox gets the message, and only from a descriptor that was opened for it")
def outbox():
    open("/tmp/outbox", "w").close()
    os.chmod("/tmp/outbox", 0o600)
    receipt = expect(send("outbox", {}, port=None, outbox="/tmp/outbox"), ACCEPTED)
    equal(receipt.reports, 0, "whether its delivery can be asked about")
    check(receipt.sandbox & 1, "no seccomp")
    with open("/tmp/outbox") as f:
        lab.matches(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \%s\n%s\n\n\Z" % (NUMBER, TEXT.replace("(", r"\(").replace(")", r"\)")),
                    f.read(), "outbox")
    expect(send("outbox", {}, port=None), REQUEST)


@contextlib.contextmanager
def openssl_settings(path, lines):
    """OpenSSL's settings file, for a while."""
    path = os.path.realpath(path)
    before = None
    if os.path.exists(path):
        with open(path) as f:
            before = f.read()
    with open(path, "w") as f:
        f.write("openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = default\n[default]\n%s\n" % lines)
    try:
        yield
    finally:
        if before is None:
            os.remove(path)
        else:
            with open(path, "w") as f:
                f.write(before)


# --- E4 ----------------------------------------------------------------------------------------------------------------

@lab.plain("E4: a bad certificate or old TLS is no connection, and no request is made")
def certificates():
    for name in ("wrong_name", "untrusted", "expired"):
        expect(send(port=name), TEMPORARY, "certificate is not trusted")
    # also on a machine whose own settings allow old TLS
    with openssl_settings("/etc/ssl/openssl.cnf", "MinProtocol = TLSv1\nCipherString = ALL:@SECLEVEL=0"):
        expect(send(port="old_tls"), TEMPORARY, "TLS 1.2")
    expect(send(ca=""), TEMPORARY, "certificate is not trusted")
    expect(send(ca="/tmp/missing.pem"), REQUEST, "ca_file")
    equal(requests(), [], "requests")
    expect(send(host="127.0.0.1"), ACCEPTED)
    one_request()


CERTIFICATES = "/etc/ssl/certs"


def ca_link():
    """The name that OpenSSL looks for."""
    return "%s/%s.0" % (CERTIFICATES, lab.run("openssl", "x509", "-noout", "-hash", "-in", FOLDER + "/ca.pem", check_rc=0).stdout.strip())


@contextlib.contextmanager
def links(keep):
    """As many of the folder's hash links as keep says; the rest is away meanwhile."""
    found = sorted(name for name in os.listdir(CERTIFICATES) if re.fullmatch(r"[0-9a-f]{8}\.[0-9]+", name))
    check(len(found) > 40, "this machine's folder has %d links only" % len(found))
    os.makedirs("/tmp/links", exist_ok=True)
    for name in found[keep:]:
        shutil.move(os.path.join(CERTIFICATES, name), "/tmp/links")
    yield
    for name in found[keep:]:
        shutil.move(os.path.join("/tmp/links", name), CERTIFICATES)


@contextlib.contextmanager
def bundled():
    bundle = CERTIFICATES + "/ca-certificates.crt"
    with open(bundle) as f:
        before = f.read()
    with open(FOLDER + "/ca.pem") as ca, open(bundle, "a") as f:
        f.write(ca.read())
    yield
    with open(bundle, "w") as f:
        f.write(before)


@lab.plain("E4: without a ca_file the system's folder of certificates is what counts, where it is a hashed one")
def system_certificates():
    expect(send(ca=""), TEMPORARY, "certificate is not trusted")
    # the bundle beside it is not read: it costs more than all the rest
    with bundled():
        expect(send(ca=""), TEMPORARY, "certificate is not trusted")
    shutil.copy(FOLDER + "/ca.pem", ca_link())
    expect(send(ca=""), ACCEPTED)
    # and never less is verified than the name
    expect(send(ca="", port="wrong_name"), TEMPORARY, "certificate is not trusted")
    os.remove(ca_link())
    expect(send(ca=""), TEMPORARY, "certificate is not trusted")
    one_request()


@lab.plain("E4: where it has no hash links, or a few that hide nothing, the bundle counts")
def bundle_of_certificates():
    for keep in (0, 20):
        with links(keep):
            expect(send(ca=""), TEMPORARY, "certificate is not trusted")
            with bundled():
                expect(send(ca=""), ACCEPTED)
                expect(send(ca="", port="wrong_name"), TEMPORARY, "certificate is not trusted")
                expect(send(ca="", port="untrusted"), TEMPORARY, "certificate is not trusted")
    equal(len(requests()), 2, "requests")


@lab.plain("E4: with a ca_file the system's certificates count for nothing")
def own_certificates():
    shutil.copy(FOLDER + "/ca.pem", ca_link())
    with bundled():
        expect(send(ca=FOLDER + "/stranger.pem"), TEMPORARY, "certificate is not trusted")
    os.remove(ca_link())
    equal(requests(), [], "requests")


@lab.plain("E4: no redirect is followed")
def redirect():
    meets({"redirect": base() + "/v1/messages"})
    expect(send(), REQUEST, "^HTTP 307: a redirect")
    one_request()


@lab.plain("E4: http only to a loopback address, and only where the order says so")
def plain_http():
    expect(send(port="plain"), REQUEST, "http is not allowed")
    equal(requests(), [], "requests")
    expect(send(port="plain", loopback_http=1), ACCEPTED)
    expect(send(port="plain", loopback_http=1, host="127.0.0.1"), ACCEPTED)
    equal(len(requests()), 2, "requests")
    for url in ("http://192.0.2.1", "http://127.0.0.1.example.com", "http://localhost.example.com"):
        expect(send(variables=dict(DEXATEL, base_url=url), loopback_http=1), REQUEST, "loopback")


@lab.plain("E4: the environment and .netrc change nothing: no proxy, no certificates, no key log")
def environment():
    nothing = "http://127.0.0.1:1"
    os.makedirs("/tmp/home", exist_ok=True)
    with open("/tmp/home/.netrc", "w") as f:
        f.write("machine localhost login netrc password netrc\n")
    os.chmod("/tmp/home/.netrc", 0o644)
    os.makedirs("/tmp/keys", exist_ok=True)
    os.chmod("/tmp/keys", 0o777)
    env = {"https_proxy": nothing, "http_proxy": nothing, "ALL_PROXY": nothing, "HOME": "/tmp/home", "PATH": "/usr/bin",
           "SSLKEYLOGFILE": "/tmp/keys/log", "SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": "/nowhere", "CURL_HOME": "/tmp/home",
           "RES_OPTIONS": "timeout:1", "OPENSSL_CONF": "/nowhere", "LD_BIND_NOW": "1"}
    expect(send(env=env), ACCEPTED)
    check("authorization" not in one_request()["headers"], "credentials of .netrc were sent")
    equal(os.listdir("/tmp/keys"), [], "key log")
    # with these settings nothing could be reached
    with openssl_settings("/etc/openssl-of-the-caller.cnf", "CipherString = PSK\nCiphersuites = TLS_AES_128_CCM_8_SHA256"):
        expect(send(env={"OPENSSL_CONF": "/etc/openssl-of-the-caller.cnf", "PATH": "/usr/bin"}), ACCEPTED)
    one_request()
    # a CA of the environment must not be trusted either
    expect(send(ca="", env={"SSL_CERT_FILE": FOLDER + "/ca.pem", "CURL_CA_BUNDLE": FOLDER + "/ca.pem", "PATH": "/usr/bin"}), TEMPORARY)
    equal(requests(), [], "requests")


@lab.plain("E4: a configured proxy is used; what it refuses was not sent, and it sees no credentials")
def proxy():
    expect(send(proxy=base("plain", "127.0.0.1")), TEMPORARY)
    request = one_request()
    equal((request["method"], request["port"], request["body"]), ("CONNECT", "plain", ""), "request")
    check("x-dexatel-key" not in request["headers"], "the key went to the proxy")
    expect(send(proxy="socks4://127.0.0.1:1"), REQUEST, "proxy")


@lab.plain("E4: at most 64 KiB of an answer are taken")
def huge():
    meets({"huge": True}, {"huge": True, "refuse": "busy"})
    expect(send(), UNKNOWN)
    expect(send(), TEMPORARY)
    requests()


# --- E5 ----------------------------------------------------------------------------------------------------------------

@lab.plain("E5: hostile texts arrive as they are, and change nothing else")
def hostile_text():
    for text in ('","from":"EVIL', "&From=EVIL&To=%2B4915", "a=b&c+d%20e;\\\"'<>", "\u00e4\u20ac\U0001f600 \u041a\u043e\u0434", "x\ny",
                 "{number} {key}", "../../x?y#z"):
        expect(send(text=text), ACCEPTED)
        request = one_request()
        equal((request["wrong"], request["fields"]["text"], request["fields"]["from"]), ([], text, SENDER), "dexatel")
        expect(send("twilio", TWILIO, text=text), ACCEPTED)
        request = one_request()
        equal((request["wrong"], request["fields"]["Body"], request["fields"]["To"]), ([], text, NUMBER), "twilio")


@lab.plain("E5: no value chooses an endpoint or breaks a header")
def hostile_values():
    cases = (
        ("dexatel", dict(DEXATEL, key="k\r\nX-Evil: 1"), {}, "`key`"),
        ("dexatel", dict(DEXATEL, base_url=base() + "/../x"), {}, "`base_url`"),
        ("dexatel", dict(DEXATEL, base_url="https://localhost@evil.example"), {}, "`base_url`"),
        ("dexatel", dict(DEXATEL, base_url="file:///etc/passwd"), {}, "`base_url`"),
        ("twilio", dict(TWILIO, account_sid="../../v1"), {}, "`account_sid`"),
        ("twilio", dict(TWILIO, account_sid="AC1/Calls"), {}, "`account_sid`"),
        ("dexatel", DEXATEL, {"action": "poll", "message_id": "../accounts/self"}, "`id`"),
    )
    for description, variables, more, note in cases:
        expect(send(description, variables, **more), REQUEST, note)
    expect(send(action="poll", message_id="x?a=b#c"), REQUEST)
    equal([r["path"] for r in requests()], ["/v1/messages/x%3Fa%3Db%23c"], "paths")


# --- E6 ----------------------------------------------------------------------------------------------------------------

@lab.plain("E6: accepted is what the description names; everything else is the class that it is")
def outcomes():
    cases = (
        ({"refuse": "recipient"}, RECIPIENT), ({"refuse": "account"}, ACCOUNT), ({"refuse": "sender"}, ACCOUNT),
        ({"refuse": "busy"}, TEMPORARY), ({"refuse": "broken"}, TEMPORARY), ({"status": 503}, TEMPORARY),
        ({"status": 400, "code": 4}, REQUEST), ({"status": 404}, REQUEST), ({"status": 402}, ACCOUNT),
        ({"garbage": True}, UNKNOWN), ({"nothing": True}, UNKNOWN), ({"body": "{}"}, UNKNOWN),
        ({"body": '{"data":[{"id":""}],"sid":""}'}, UNKNOWN), ({"body": '{"data":[{"id":"x"}],"sid":"y"}', "status": 400}, REQUEST),
    )
    for manner, outcome in cases:
        for description, variables in (("dexatel", DEXATEL), ("twilio", TWILIO)):
            meets(manner)
            expect(send(description, variables), outcome)
    requests()
    meets({"refuse": "account"})
    receipt = expect(send("twilio", TWILIO), ACCOUNT, "^HTTP 401, code 20003: the provider refuses the credentials$")
    equal((receipt.status, receipt.code), (401, "20003"), "status and code")
    expect(send("twilio", TWILIO, number="+15005550004"), RECIPIENT, "code 21610")
    expect(send(variables=dict(DEXATEL, key="wrong"), action="check"), ACCOUNT)
    requests()


# --- E7 ----------------------------------------------------------------------------------------------------------------

@lab.plain("E7: it refuses root, and runs without new privileges, dumps and most system calls")
def confined():
    expect(send(user=0), REQUEST, "refuses to run as root")
    equal(requests(), [], "requests")
    meets({"stall_after": 2})
    here, process = orders.start(good_order(time_ms=1500))
    lab.wait_for("the request", lambda: [r for r in requests()], 5)
    with open("/proc/%d/status" % process.pid) as f:
        status = dict(line.rstrip("\n").split(":\t", 1) for line in f if ":\t" in line)
    equal((status["NoNewPrivs"], status["Seccomp"], status["Uid"].split()), ("1", "2", ["65534"] * 4), "status")
    equal(os.stat("/proc/%d/fd" % process.pid).st_uid, 0, "owner of its /proc entries: it is dumpable")
    equal(len(os.listdir("/proc/%d/task" % process.pid)) < 4, True, "threads")
    expect(orders.finish(here, process), UNKNOWN)


@lab.plain("E3: what is no order gets a refusal, and nothing is sent")
def malformed():
    good = good_order()
    for raw in (good[:8] + b"\0" * (len(good) - 8), orders.frame(orders.ORDER, good[8:] + b"x"), orders.frame(orders.RECEIPT, good[8:]),
                orders.frame(orders.ORDER, good[8:], version=9), orders.frame(orders.ORDER, good[8:], treaty=b"X"), b"GET / HTTP/1.1\r\n\r\n",
                orders.pack("../etc/x", "send", DEXATEL),
                orders.pack("dexatel", "send", DEXATEL, number=NUMBER + ",+49151")):
        answer, _ = orders.hear(*orders.start(raw), refused=True)
        # with bytes left unread the receipt may be lost with the connection
        check(not answer or orders.unpack(answer).outcome == REQUEST, "outcome of %r" % raw[:20])
    equal(requests(), [], "requests")


# --- E9 ----------------------------------------------------------------------------------------------------------------

@lab.plain("E9: after the hand-over a silence or a loss is unknown, before it is temporary; the receipt comes in time")
def lost():
    for manner in ({"stall_before": 1.5}, {"stall_after": 1.5}):
        meets(manner)
        receipt = expect(send(time_ms=1000), UNKNOWN, "no answer in time")
        check(0.5 < receipt.seconds < 1.0, "it took %.2f s" % receipt.seconds)
    for manner in ({"close": "after"}, {"close": "before"}):
        meets(manner)
        expect(send(), UNKNOWN, "connection was lost")
    meets({"stall_after": 1.5})
    expect(send(action="check", time_ms=1000), TEMPORARY)
    expect(send(variables=dict(DEXATEL, base_url="https://127.0.0.1:1")), TEMPORARY, "no connection")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # takes the connection and never says a word of TLS
        url = "https://127.0.0.1:%d" % silent.getsockname()[1]
        receipt = expect(send(variables=dict(DEXATEL, base_url=url), time_ms=1000), TEMPORARY, "no connection to the provider in time")
        check(receipt.seconds < 1.0, "it took %.2f s" % receipt.seconds)
    requests()


@lab.plain("E7: a resolver that hangs does not hold the receipt back")
def resolver():
    with open("/etc/resolv.conf") as f:
        before = f.read()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hole:
        hole.bind(("127.0.0.1", 53))
        with open("/etc/resolv.conf", "w") as f:
            f.write("nameserver 127.0.0.1\n")
        try:
            receipt = expect(send(variables=dict(DEXATEL, base_url="https://sms.example.com"), time_ms=1500), TEMPORARY)
        finally:
            with open("/etc/resolv.conf", "w") as f:
                f.write(before)
    check(receipt.seconds < 1.6, "it took %.2f s" % receipt.seconds)


# --- descriptions ----------------------------------------------------------------------------------------------------------

def describe(name, text, mode=0o644):
    os.makedirs(SITE, 0o755, exist_ok=True)
    with open("%s/%s.conf" % (SITE, name), "w") as f:
        f.write(text)
    os.chmod("%s/%s.conf" % (SITE, name), mode)


@lab.plain("descriptions: the site's wins, faults are named with their line, variables are asked for before any request")
def descriptions():
    expect(send("nosuch"), REQUEST, "no provider description `nosuch.conf`")
    expect(send(variables={"key": "k"}), REQUEST, "^dexatel wants the variable `from`$")
    expect(send(variables={"key": "k"}, action="check"), REQUEST, "^dexatel wants the variable `from`$")
    expect(send(variables=dict(DEXATEL, colour="red")), REQUEST, "^dexatel has no variable `colour`$")
    expect(send("twilio", {"account_sid": "AC1", "key": "k"}), REQUEST, "exactly one of")
    describe("mine", 'variables = { base_url = { kind = "url"; }; };\nsend = { url = "{base_url}/x";\n  success = { status = 200; }; typo = 1; };\n')
    expect(send("mine", {}), REQUEST, r"/mine\.conf:3: `send` has no `typo`$")
    describe("mine", 'variables = { base_url = { kind = "url"; }; };\nsend = { url = "{base_url}/x"; success = { status = 200; }; };\n', 0o666)
    expect(send("mine", {}), REQUEST, r"/mine\.conf")
    os.chmod(SITE + "/mine.conf", 0o644)
    equal(requests(), [], "requests")
    expect(send("mine", {}, "check"), PENDING, "^no check call for this provider$")
    expect(send("mine", {}, "voice"), REQUEST, "no voice call")
    equal(requests(), [], "requests")
    expect(send(action="voice"), REQUEST, "wants the variable `voice_template`$")
    describe("aws", 'variables = { base_url = { kind = "url"; }; };\nauth = { kind = "sigv4"; provider = "aws:amz:eu-central-1:sns"; '
             'user = "AKIDEXAMPLE"; password = "secret"; };\nsend = { url = "{base_url}/v1/messages"; form = ( ( "PhoneNumber", "{number}" ) );\n'
             '  success = { status = 200; }; };\n')
    expect(send("aws", {}), ACCOUNT)
    lab.matches(r"^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/\d{8}/eu-central-1/sns/aws4_request, *SignedHeaders=.*, *Signature=[0-9a-f]{64}$",
                one_request()["headers"]["authorization"], "signature")
    with open("/usr/share/sms-otp/providers/dexatel.conf") as f:
        describe("dexatel", f.read().replace('channel = "SMS"', 'channel = "VIBER"'))
    expect(send(), REQUEST)
    equal(one_request()["wrong"], ["channel"], "wrong")
    os.remove(SITE + "/dexatel.conf")


@lab.plain("twenty at once")
def crowd():
    requests()
    raw = good_order(time_ms=8000)
    for here, process in [orders.start(raw) for _ in range(20)]:
        expect(orders.finish(here, process), ACCEPTED)
    equal(len(requests()), 20, "requests")


lab.main(__doc__)
