#!/usr/bin/python3
"""Goal: what the sender signs is what the providers verify: the signatures of AWS (by libcurl), OVHcloud and Azure are computed here a
second time, from the vendors' documents; and an OAuth2 token is fetched for each order, of which nothing is ever unknown (E9)."""

import base64
import datetime
import email.utils
import hashlib
import hmac
import http.server
import json
import os
import re
import secrets
import ssl
import sys
import threading
import time
import urllib.parse

import lab
from lab import check, equal

lab.enter()

sys.path.insert(0, os.path.join(lab.TOP, "tests", "fakes"))
import orders  # noqa: E402
from orders import ACCEPTED, ACCOUNT, NUMBER, RECIPIENT, REQUEST, TEMPORARY, TEXT, UNKNOWN, expect  # noqa: E402
from provider import make_certificates  # noqa: E402

FOLDER = "/tmp/signers"
SITE = "/etc/sms-otp/providers"
HARD = "493027: a=b&c+d%20e*~'()!/?#;\u00e4\u20ac\U0001f600\nx"
AWS = {"region": "eu-central-1", "access_key_id": "AKIDEXAMPLE", "key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
OVH = {"service": "sms-ab12345-1", "application_key": "application-of-the-tests", "application_secret": "secret-of-the-tests",
       "consumer_key": "consumer-of-the-tests"}
AZURE = {"key": base64.b64encode(b"key of the tests, as long as Azure's: sixty-four bytes, all of ...").decode(), "from": "+12025550100"}
OAUTH = {"id": "client id:1", "secret": "s%c ret+&="}


# --- the signatures, from the documents of those who verify them ---------------------------------------------------------

def sha256(raw):
    return hashlib.sha256(raw).hexdigest()


def keyed(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def sigv4(request, secret, date, region, service, signed):
    """The signature of AWS Signature Version 4. request: method, path, query, headers (names in lower case), body."""
    query = "&".join(sorted(request["query"].split("&"))) if request["query"] else ""
    headers = "".join("%s:%s\n" % (name, re.sub(" +", " ", request["headers"][name].strip())) for name in signed)
    canonical = "\n".join([request["method"], request["path"], query, headers, ";".join(signed), sha256(request["body"])])
    scope = "%s/%s/%s/aws4_request" % (date[:8], region, service)
    key = ("AWS4" + secret).encode()
    for part in scope.split("/"):
        key = keyed(key, part)
    return keyed(key, "\n".join(["AWS4-HMAC-SHA256", date, scope, sha256(canonical.encode())])).hex()


def ovh_signature(request, timestamp):
    text = "+".join([OVH["application_secret"], OVH["consumer_key"], request["method"], request["url"], request["body"].decode(), timestamp])
    return "$1$" + hashlib.sha1(text.encode()).hexdigest()


def azure_signature(request, key):
    headers = request["headers"]
    path = request["path"] + ("?" + request["query"] if request["query"] else "")
    text = "%s\n%s\n%s;%s;%s" % (request["method"], path, headers["x-ms-date"], headers["host"], headers["x-ms-content-sha256"])
    return base64.b64encode(keyed(base64.b64decode(key), text)).decode()


# --- the providers -----------------------------------------------------------------------------------------------------

class Refused(Exception):
    """status, code."""


def demand(truth, status, code):
    if not truth:
        raise Refused(status, code)


def fields_of(request):
    demand(request["headers"].get("content-type") == "application/x-www-form-urlencoded", 400, "content-type")
    pairs = urllib.parse.parse_qsl(request["body"].decode(), keep_blank_values=True, strict_parsing=True)
    demand(len(dict(pairs)) == len(pairs), 400, "a field twice")
    return dict(pairs)


def close_to_now(seconds):
    return abs(seconds - (time.time() + world.ahead_s)) < 300


def aws(request):
    headers = request["headers"]
    given = re.fullmatch(r"AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)/(\d{8})/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request, *SignedHeaders=([a-z0-9;-]+), *"
                         r"Signature=([0-9a-f]{64})", headers.get("authorization", ""))
    demand(given, 400, "IncompleteSignature")
    who, day, region, service, signed, signature = given.groups()
    signed, date = signed.split(";"), headers.get("x-amz-date", "")
    demand(re.fullmatch(r"\d{8}T\d{6}Z", date) and date[:8] == day and signed == sorted(signed), 400, "IncompleteSignature")
    demand({"host", "x-amz-date"} <= set(signed) <= set(headers), 403, "SignatureDoesNotMatch")
    demand(who == AWS["access_key_id"], 403, "InvalidClientTokenId")
    demand((region, service) == (AWS["region"], "sns"), 403, "SignatureDoesNotMatch")
    when = datetime.datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc).timestamp()
    demand(close_to_now(when), 403, "SignatureDoesNotMatch")
    demand(hmac.compare_digest(signature, sigv4(request, AWS["key"], date, region, service, signed)), 403, "SignatureDoesNotMatch")
    demand((request["method"], request["path"]) == ("POST", "/"), 404, "UnknownOperation")
    fields = fields_of(request)
    demand(fields.get("Version") == "2010-03-31", 400, "NoSuchVersion")
    if fields["Action"] == "GetSMSAttributes":
        return 200, "<GetSMSAttributesResponse><GetSMSAttributesResult><attributes/></GetSMSAttributesResult></GetSMSAttributesResponse>"
    demand(fields["Action"] == "Publish", 400, "InvalidAction")
    demand(re.fullmatch(r"\+[1-9][0-9]{6,14}", fields.get("PhoneNumber", "")), 400, "InvalidParameter")
    request["message"] = (fields["PhoneNumber"], fields["Message"])
    return 200, "<PublishResponse><PublishResult><MessageId>%s</MessageId></PublishResult></PublishResponse>" % secrets.token_hex(8)


def ovh(request):
    headers = request["headers"]
    demand(headers.get("x-ovh-application") == OVH["application_key"], 403, "INVALID_KEY")
    demand(headers.get("x-ovh-consumer") == OVH["consumer_key"], 403, "INVALID_CREDENTIAL")
    demand(re.fullmatch(r"\d{10}", headers.get("x-ovh-timestamp", "")), 400, "QUERY_TIME_OUT")
    demand(close_to_now(int(headers["x-ovh-timestamp"])), 400, "QUERY_TIME_OUT")
    demand(headers.get("x-ovh-signature") == ovh_signature(request, headers["x-ovh-timestamp"]), 400, "INVALID_SIGNATURE")
    service = "/1.0/sms/" + OVH["service"]
    if request["method"] == "GET" and request["path"] == service:
        return 200, {"name": OVH["service"], "creditsLeft": 12.5}
    if request["method"] == "GET" and re.fullmatch(service + r"/outgoing/\d+", request["path"]):
        return 200, {"deliveryReceipt": 1}
    demand((request["method"], request["path"]) == ("POST", service + "/jobs"), 404, "NOT_FOUND")
    demand(headers.get("content-type") == "application/json", 400, "content-type")
    job = json.loads(request["body"])
    demand(len(job["receivers"]) == 1 and job["noStopClause"] is True, 400, "receivers")
    request["message"] = (job["receivers"][0], job["message"])
    request["coding"] = job.get("coding")
    return 200, {"ids": [4711], "validReceivers": job["receivers"], "invalidReceivers": [], "totalCreditsRemoved": 1}


def azure(request):
    headers = request["headers"]
    given = re.fullmatch(r"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=([A-Za-z0-9+/]{43}=)", headers.get("authorization", ""))
    demand(given, 401, "Denied")
    demand(headers.get("x-ms-content-sha256") == base64.b64encode(hashlib.sha256(request["body"]).digest()).decode(), 401, "Denied")
    demand(headers["x-ms-date"].endswith(" GMT"), 401, "Denied")
    demand(close_to_now(email.utils.parsedate_to_datetime(headers["x-ms-date"]).timestamp()), 401, "Denied")
    demand(given.group(1) == azure_signature(request, AZURE["key"]), 401, "Denied")
    if (request["method"], request["path"]) == ("GET", "/phoneNumbers"):
        return 200, {"phoneNumbers": []}
    demand((request["method"], request["path"], request["query"]) == ("POST", "/sms", "api-version=2021-03-07"), 404, "NotFound")
    sent = json.loads(request["body"])
    demand(len(sent["smsRecipients"]) == 1, 400, "recipients")
    request["message"] = (sent["smsRecipients"][0]["to"], sent["message"])
    good = sent["smsRecipients"][0]["to"] == NUMBER
    return 202, {"value": [{"to": NUMBER, "messageId": "m-1" if good else None, "httpStatusCode": 202 if good else 400, "successful": good}]}


def oauth(request):
    if request["path"] == "/auth/token":
        fields = fields_of(request)
        demand(fields.pop("grant_type") == "client_credentials", 400, "unsupported_grant_type")
        basic = request["headers"].get("authorization", "").partition("Basic ")[2]
        if basic:
            one, two = (urllib.parse.unquote(part) for part in base64.b64decode(basic).decode().split(":"))
            request["way"] = "basic"
        else:
            one, two = fields.pop("client_id", ""), fields.pop("client_secret", "")
            request["way"] = "form"
        demand((one, two) == (OAUTH["id"], OAUTH["secret"]), 401, "invalid_client")
        demand(fields in ({}, {"scope": "sms.send read"}), 400, "invalid_scope")
        request["scope"] = fields.get("scope")
        world.token = secrets.token_urlsafe(600) + "=="
        return 200, {"access_token": world.token, "token_type": "bearer", "expires_in": 60}
    token, world.token = world.token, None
    demand(token and request["headers"].get("authorization") == "Bearer " + token, 401, "invalid_token")
    request["message"] = (json.loads(request["body"])["to"], json.loads(request["body"])["text"])
    return 200, {"id": "m-1"}


PROVIDERS = {"aws": aws, "ovh": ovh, "azure": azure, "oauth": oauth}


def body_of(provider, status, answer):
    """What a refusal looks like there."""
    if not isinstance(answer, Refused):
        return answer
    code = answer.args[1]
    if provider == "aws":
        return "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>no</Message></Error></ErrorResponse>" % code
    return {"ovh": {"errorCode": code, "message": "no"}, "azure": {"error": {"code": code}}}.get(provider, {"error": code})


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 20

    def log_message(self, *arguments):
        pass

    def do_any(self):
        self.close_connection = True
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = dict(method=self.command, path=path, query=query, headers=headers, body=raw, way=None, message=None,
                       url="https://%s%s" % (headers["host"], self.path))
        world.requests.append(request)
        manner = world.manners.pop(path, {})
        time.sleep(manner.get("stall", 0))
        if manner.get("close"):
            return
        if "status" in manner:
            self.answer(manner["status"], manner.get("body", ""), manner.get("headers", {}))
            return
        try:
            status, answer = PROVIDERS[self.server.provider](request)
        except Refused as refused:
            status, answer = refused.args[0], refused
        request["status"] = status
        self.answer(status, body_of(self.server.provider, status, answer), {})

    def answer(self, status, body, headers):
        raw = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_PUT = do_any


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, provider):
        self.provider = provider
        super().__init__(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(FOLDER + "/good.pem", FOLDER + "/good.key")
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, address):
        pass  # the client is gone


class World:
    """What the servers are to do, and what they saw."""
    requests, manners, token = [], {}, None
    ahead_s = 0  # how far the providers' clock is ahead of ours

    def take(self):
        found, self.requests = self.requests, []
        return found


world = World()
os.makedirs(FOLDER)
make_certificates(FOLDER)
SERVERS = {name: Server(name) for name in PROVIDERS}


def base(provider):
    return "https://localhost:%d" % SERVERS[provider].server_address[1] + {"ovh": "/1.0"}.get(provider, "")


def send(provider, description, variables, **more):
    variables = dict(variables, base_url=base(provider))
    hidden = tuple(value for value in (AWS["key"], OVH["application_secret"], OVH["consumer_key"], AZURE["key"], OAUTH["secret"], world.token) if value)
    return orders.send(description, variables, secrets=hidden, ca=FOLDER + "/ca.pem", **more)


def one_request():
    found = world.take()
    equal(len(found), 1, "requests")
    return found[0]


# --- the verifier itself -----------------------------------------------------------------------------------------------

@lab.plain("the second implementation of AWS's signature gives what AWS publishes for its own test")
def verifier():
    request = {"method": "GET", "path": "/", "query": "", "body": b"", "headers": {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z"}}
    equal(sigv4(request, AWS["key"], "20150830T123600Z", "us-east-1", "service", ["host", "x-amz-date"]),
          "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31", "get-vanilla")


# --- AWS ---------------------------------------------------------------------------------------------------------------

@lab.plain("aws-sns: the signature holds, for any text, and the message is the one that was ordered")
def sns():
    for text in (TEXT, HARD, "a b", "+", "%2B", "="):
        receipt = expect(send("aws", "aws-sns", AWS, text=text), ACCEPTED)
        equal(one_request()["message"], (NUMBER, text), "message")
        equal(len(receipt.id), 16, "id")
    expect(send("aws", "aws-sns", dict(AWS, **{"from": "ACME Ltd"})), ACCEPTED)
    lab.matches("AWS.SNS.SMS.SenderID&.*=ACME%20Ltd$", one_request()["body"].decode(), "sender")
    expect(send("aws", "aws-sns", AWS, action="check"), ACCEPTED)
    one_request()


@lab.plain("aws-sns: another secret, key, region or time is refused, and is the account's trouble")
def sns_refused():
    for change in ({"key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEx"}, {"access_key_id": "AKIDOTHER"}, {"region": "us-east-1"}):
        receipt = expect(send("aws", "aws-sns", dict(AWS, **change)), ACCOUNT, "^HTTP 403, code (SignatureDoesNot|InvalidClientTok): ")
        equal(receipt.status, 403, "status")
        expect(send("aws", "aws-sns", dict(AWS, **change), action="check"), ACCOUNT)
    world.ahead_s = 1000
    expect(send("aws", "aws-sns", AWS), ACCOUNT, "code SignatureDoesNot")
    world.ahead_s = 0
    check(all(r["message"] is None for r in world.take()), "a message was taken")


# --- OVHcloud ----------------------------------------------------------------------------------------------------------

@lab.plain("ovh: the signature holds, with and without a body, and the message is the one that was ordered")
def ovhcloud():
    for text, coding in ((TEXT, None), (HARD, "8bit"), ("a+b", None), ("\u00e4", None), ("\u0416", "8bit")):
        receipt = expect(send("ovh", "ovh", OVH, text=text), ACCEPTED)
        request = one_request()
        equal((request["message"], request["coding"], receipt.id), ((NUMBER, text), coding, "4711"), "message")
    equal(expect(send("ovh", "ovh", OVH, action="check"), ACCEPTED).balance, "12.5", "balance")
    expect(send("ovh", "ovh", OVH, action="poll", message_id="4711"), ACCEPTED)
    equal([r["method"] for r in world.take()], ["GET", "GET"], "methods")


@lab.plain("ovh: another secret, key or time is refused, and is the account's trouble")
def ovh_refused():
    cases = (({"application_secret": "another"}, "INVALID_SIGNATUR"), ({"application_key": "another"}, "INVALID_KEY"),
             ({"consumer_key": "another"}, "INVALID_CREDENTI"))
    for change, code in cases:
        equal(expect(send("ovh", "ovh", dict(OVH, **change)), ACCOUNT).code, code, "code")
    world.ahead_s = -1000
    equal(expect(send("ovh", "ovh", OVH), ACCOUNT).code, "QUERY_TIME_OUT", "code")
    world.ahead_s = 0
    check(all(r["message"] is None for r in world.take()), "a message was taken")


# --- Azure -------------------------------------------------------------------------------------------------------------

@lab.plain("azure: the signature holds, with and without a body, and the message is the one that was ordered")
def azure_acs():
    for text in (TEXT, HARD):
        equal(expect(send("azure", "azure", AZURE, text=text), ACCEPTED).id, "m-1", "id")
        equal(one_request()["message"], (NUMBER, text), "message")
    expect(send("azure", "azure", AZURE, action="check"), ACCEPTED)
    equal(one_request()["method"], "GET", "method")
    expect(send("azure", "azure", AZURE, number="+4915112345679"), RECIPIENT)
    world.take()


@lab.plain("azure: another key or time is refused, and is the account's trouble; what is no key is told before")
def azure_refused():
    expect(send("azure", "azure", dict(AZURE, key=base64.b64encode(b"another").decode())), ACCOUNT, "^HTTP 401")
    world.ahead_s = 1000
    expect(send("azure", "azure", AZURE), ACCOUNT, "^HTTP 401")
    world.ahead_s = 0
    check(all(r["message"] is None for r in world.take()), "a message was taken")
    expect(send("azure", "azure", dict(AZURE, key="no base64")), REQUEST, "the key is not one of Azure's")
    equal(world.take(), [], "requests")


# --- OAuth2 --------------------------------------------------------------------------------------------------------------

DESCRIPTION = """
variables = { base_url = { kind = "url"; }; token_base = { kind = "url"; }; client = { }; secret = { secret = true; }; };
auth = { kind = "oauth2"; token_url = "{token_base}/auth/token"; client_id = "{client}"; client_secret = "{secret}"; %s };
send = { url = "{base_url}/messages"; json = { to = "{number}"; text = "{text}"; };
  success = { status = 200; all = ( { path = "id"; exists = true; } ); }; id = "id"; };
"""


def describe(name, more):
    os.makedirs(SITE, 0o755, exist_ok=True)
    with open("%s/%s.conf" % (SITE, name), "w") as f:
        f.write(DESCRIPTION % more.replace("%", "%%"))
    os.chmod("%s/%s.conf" % (SITE, name), 0o644)


describe("oa-basic", 'scope = "sms.send read";')
describe("oa-form", 'credentials = "form";')


def oauth_send(description="oa-basic", change=None, **more):
    variables = {"client": OAUTH["id"], "secret": OAUTH["secret"], "token_base": base("oauth")}
    return send("oauth", description, dict(variables, **(change or {})), **more)


@lab.plain("oauth2: a token for each order, by basic authentication or in the form, and then the message with it")
def oauth2():
    for description, way, scope in (("oa-basic", "basic", "sms.send read"), ("oa-form", "form", None)):
        for _ in range(2):
            expect(oauth_send(description), ACCEPTED)
            token, message = world.take()
            equal((token["path"], token["way"], token["scope"]), ("/auth/token", way, scope), "the request for a token")
            equal(message["message"], (NUMBER, TEXT), "message")
            check("client_secret" not in token["url"] and OAUTH["secret"] not in message["body"].decode(), "where the secret stands")


@lab.plain("E9: without a token nothing is handed over: temporary or the account's trouble, never unknown")
def no_token():
    cases = (
        ({"status": 400, "body": {"error": "invalid_client"}}, ACCOUNT), ({"status": 401}, ACCOUNT), ({"status": 403}, ACCOUNT),
        ({"status": 404}, ACCOUNT), ({"status": 429}, TEMPORARY), ({"status": 500}, TEMPORARY), ({"status": 502}, TEMPORARY),
        ({"status": 503}, TEMPORARY), ({"status": 504}, TEMPORARY), ({"status": 408}, TEMPORARY), ({"close": True}, TEMPORARY),
        ({"status": 200, "body": "<html>It works!</html>"}, REQUEST), ({"status": 200, "body": {}}, REQUEST), ({"status": 204}, REQUEST),
        ({"status": 200, "body": {"access_token": "a\r\nX-Evil: 1"}}, REQUEST),
        ({"status": 200, "body": {"access_token": "a", "token_type": "mac"}}, REQUEST),
        ({"status": 307, "headers": {"Location": base("oauth") + "/auth/token"}}, REQUEST),
        ({"status": 200, "body": '{"access_token":"a"}' + " " * 70000}, REQUEST),
    )
    for manner, outcome in cases:
        world.manners["/auth/token"] = manner
        receipt = expect(oauth_send(), outcome, "^the token: ")
        equal(receipt.status, manner.get("status", 0), "status of %r" % (receipt,))
        equal(one_request()["path"], "/auth/token", "path")
    expect(oauth_send(change={"secret": "another"}), ACCOUNT, "^the token: HTTP 401: the credentials are refused$")
    equal(one_request()["path"], "/auth/token", "path")
    expect(oauth_send(change={"token_base": "https://127.0.0.1:1"}), TEMPORARY, "^the token: no connection")
    equal(world.take(), [], "requests")


@lab.plain("E4: the token's URL obeys the same rules: https, certificates, one deadline for both")
def token_rules():
    expect(oauth_send(change={"token_base": "http://127.0.0.1:1"}), REQUEST, "^the token: http is not allowed")
    expect(oauth_send(change={"token_base": "http://192.0.2.1"}, loopback_http=1), REQUEST, "^the token: .*loopback")
    expect(orders.send("oa-basic", {"client": "i", "secret": "s", "token_base": base("oauth"), "base_url": base("oauth")}), TEMPORARY,
           "^the token: .*certificate is not trusted")
    equal(world.take(), [], "requests")
    world.manners["/auth/token"] = {"stall": 1.5}
    receipt = expect(oauth_send(time_ms=1000), TEMPORARY, "^the token: handed over, and no answer in time$")
    check(receipt.seconds < 1.4, "it took %.2f s" % receipt.seconds)
    world.manners["/auth/token"] = {"stall": 0.6}
    world.manners["/messages"] = {"stall": 1}
    receipt = expect(oauth_send(time_ms=1200), UNKNOWN)
    check(receipt.seconds < 1.5, "it took %.2f s" % receipt.seconds)
    world.take()


@lab.plain("E9: what happens after the token is judged as ever")
def after_the_token():
    for manner, outcome in (({"close": True}, UNKNOWN), ({"status": 429}, TEMPORARY), ({"status": 401}, ACCOUNT), ({"status": 200}, UNKNOWN)):
        world.manners["/messages"] = manner
        expect(oauth_send(), outcome)
        equal([r["path"] for r in world.take()], ["/auth/token", "/messages"], "paths")


lab.main(__doc__)
