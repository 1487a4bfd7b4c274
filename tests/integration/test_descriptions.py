#!/usr/bin/python3
"""Goal: every description of a provider says what it means: the real sender makes the request that the case file expects, and
takes each canned answer for what it is (E6), above all the errors that come with a 200. No account and no network is needed.

For each providers/NAME.conf with an HTTP call there is tests/cases/NAME.json:

  variables   the values of its variables; those of kind url are set by the test
  number      the recipient, if not NUMBER
  beside      requests on the side, answered and not compared: [ { path, status, body } ]
  send, voice, poll, check   one for each call of the description:
    request     what must arrive: method, path, query, headers (those listed; null: not there), and one of form, json and
                text; without one of these there must be no body
    answers     [ { status, headers, body (a text, or a JSON value), outcome, id, code, balance } ]; the last three are compared
                where they stand
    unicode     { text, request }: a message outside the GSM alphabet, with the first answer
    variants    [ { variables, request } ]: other values (null: none), with the first answer
    text, id    what is said (TEXT), the message that is asked about
"""

import concurrent.futures
import glob
import http.server
import itertools
import json
import os
import re
import threading
import urllib.parse

import lab
import orders
from lab import check, equal
from orders import ACTIONS, NUMBER, OUTCOMES

lab.enter()

TEXT = "493027 is your code"
SHIPPED = "/usr/share/sms-otp/providers"
LEAST = 28
AT_ONCE = 4


# --- descriptions: libconfig as far as they use it --------------------------------------------------------------------

TOKEN = re.compile(r"""(?:\s|\#[^\n]*|//[^\n]*|/\*.*?\*/)* (?:
    (?P<text>"(?:\\.|[^"\\])*") | (?P<name>[A-Za-z*][-A-Za-z0-9_*]*) | (?P<number>[-+]?[0-9][0-9.eExXA-Fa-fL]*) |
    (?P<mark>[{}()\[\]=:;,]) | (?P<end>\Z) )""", re.X | re.S)


class Reader:
    def __init__(self, text):
        self.tokens = []
        at = 0
        while at <= len(text):
            found = TOKEN.match(text, at)
            check(found, "not libconfig: %r" % text[at:at + 40])
            self.tokens.append((found.lastgroup, found.group(found.lastgroup)))
            if found.lastgroup == "end":
                break
            at = found.end()

    def take(self):
        return self.tokens.pop(0)

    def group(self, close):
        settings = {}
        while self.tokens[0] != close:
            kind, name = self.take()
            check(kind == "name" and self.take()[1] in "=:", "not a setting: %r" % name)
            settings[name] = self.value()
            if self.tokens[0][1] in (";", ","):
                self.take()
        self.take()
        return settings

    def list(self, close):
        values = []
        while self.tokens[0][1] != close:
            values.append(self.value())
            if self.tokens[0][1] == ",":
                self.take()
        self.take()
        return values

    def value(self):
        kind, text = self.take()
        if kind == "text":
            while self.tokens[0][0] == "text":
                text = text[:-1] + self.take()[1][1:]
            return re.sub(r"\\(.)", r"\1", text[1:-1])
        if kind == "number":
            return float(text) if "." in text else int(text.rstrip("L"), 0)
        if kind == "name":
            return text.lower() == "true"
        return self.group(("mark", "}")) if text == "{" else self.list({"(": ")", "[": "]"}[text])


def describe(path):
    with open(path, encoding="utf-8") as f:
        return Reader(f.read()).group(("end", ""))


def texts_in(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [text for one in value for text in texts_in(one)]
    return [value] if isinstance(value, str) else []


def named_in(value):
    """The variables that stand in the texts of a value."""
    return {name for text in texts_in(value) for found in re.findall(r"(?<!{)\{([a-z0-9_|]+)\}", text) for name in found.split("|")}


SOURCES = {os.path.basename(p)[:-5]: p for p in glob.glob(os.path.join(lab.TOP, "providers", "*.conf"))}
ALL = {name: describe(path) for name, path in sorted(SOURCES.items())}
HTTP = [name for name, d in ALL.items() if "url" in d.get("send", {})]


def cases_of(name):
    path = os.path.join(lab.TOP, "tests", "cases", name + ".json")
    check(os.path.exists(path), "there is no tests/cases/%s.json" % name)
    with open(path, encoding="utf-8") as f:
        return json.load(f)


# --- the server: the first part of the path says whose request it is -----------------------------------------------------

class Job:
    """One run of the sender: the answer it gets, and the requests that came."""
    count = itertools.count(1)
    jobs = {}

    def __init__(self, answer, beside):
        self.answer, self.requests = answer, []
        self.beside = {one["path"]: one for one in beside}
        self.name = "j%d" % next(self.count)
        self.jobs[self.name] = self


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
        parts = urllib.parse.urlsplit(self.path)
        _, name, path = parts.path.split("/", 2)
        job = Job.jobs[name]
        answer = job.beside.get("/" + path)
        if answer is None:
            answer = job.answer
            job.requests.append(dict(method=self.command, path="/" + path, query=parts.query, headers=self.headers, body=raw.decode()))
        body = answer.get("body", "")
        self.send_response(answer.get("status", 200))
        for field, value in answer.get("headers", {}).items():
            self.send_header(field, value)
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
        if answer.get("status", 200) != 204:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body if answer.get("status", 200) != 204 else b"")

    do_GET = do_POST = do_PUT = do_any


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()


# --- one run ---------------------------------------------------------------------------------------------------------------

def pairs(encoded, what):
    found = urllib.parse.parse_qsl(encoded, keep_blank_values=True, strict_parsing=bool(encoded))
    equal(len(dict(found)), len(found), "%s without one twice: %r" % (what, found))
    return dict(found)


def exact(value):
    """True and 1 are two things, and so are 1 and "1"."""
    return json.dumps(value, sort_keys=True)


def compare_body(seen, wanted):
    kind = seen["headers"].get("Content-Type", "")
    if "form" in wanted:
        equal(kind, "application/x-www-form-urlencoded", "content type")
        equal(pairs(seen["body"], "form"), wanted["form"], "form")
    elif "json" in wanted:
        equal(kind, "application/json", "content type")
        equal(exact(json.loads(seen["body"])), exact(wanted["json"]), "json")
    else:
        equal(seen["body"], wanted.get("text", ""), "body")


def compare(seen, wanted):
    check(set(wanted) <= {"method", "path", "query", "headers", "form", "json", "text"}, "keys of the request: %s" % sorted(wanted))
    equal((seen["method"], seen["path"]), (wanted["method"], wanted["path"]), "method and path")
    equal(pairs(seen["query"], "query"), wanted.get("query", {}), "query")
    for name, value in wanted.get("headers", {}).items():
        equal(seen["headers"].get(name), value, "header " + name)
    compare_body(seen, wanted)


class Run:
    """What one order is, what it must ask, and what it must come to."""

    def __init__(self, name, action, cases, answer, request, variables=None, text=None):
        self.name, self.action, self.answer, self.request = name, action, answer, request
        call = cases[action]
        values = dict(cases.get("variables", {}), **(variables or {}))
        self.job = Job(answer, cases.get("beside", []))
        here = "http://127.0.0.1:%d/%s" % (server.server_address[1], self.job.name)
        for one, is_like in ALL[name]["variables"].items():
            if is_like.get("kind") == "url":
                values[one] = here
        self.values = {one: value for one, value in values.items() if value is not None}
        speaks = action in ("send", "voice")
        self.number = cases.get("number", NUMBER) if speaks else ""
        self.text = text or call.get("text", TEXT) if speaks else ""
        self.id = call["id"] if action == "poll" else ""

    def secrets(self):
        return [self.values[v] for v, is_like in ALL[self.name]["variables"].items() if is_like.get("secret") and v in self.values]

    def __call__(self):
        what = "%s with %s" % (self.action, json.dumps(self.answer)[:200])
        try:
            receipt = orders.send(self.name, self.values, self.action, self.secrets(), number=self.number, text=self.text,
                                  message_id=self.id, time_ms=8000, loopback_http=1)
            equal(len(self.job.requests), 1, "requests, where the receipt says %r;" % (receipt,))
            compare(self.job.requests[0], self.request)
            equal(OUTCOMES[receipt.outcome], self.answer["outcome"], "outcome of %r" % (receipt,))
            for one in ("id", "code", "balance"):
                if one in self.answer:
                    equal(getattr(receipt, one), self.answer[one], one)
            self.judge_url()
        except lab.Failed as failed:
            return "%s: %s" % (what, failed)
        except (OSError, ValueError) as error:
            return "%s: %r" % (what, error)
        return None

    def judge_url(self):
        url = urllib.parse.unquote(self.job.requests[0]["path"] + "?" + self.job.requests[0]["query"])
        if any(secret in url for secret in ["493027"] + self.secrets()):
            check("URL" in ALL[self.name].get("notes", ""), "E4: a secret or the code is in the URL, and notes do not say so")


def runs_of(name, action):
    cases = cases_of(name)
    check(action in cases, "tests/cases/%s.json has nothing for %s" % (name, action))
    call = cases[action]
    runs = [Run(name, action, cases, answer, call["request"]) for answer in call["answers"]]
    first = call["answers"][0]
    if "unicode" in call:
        runs.append(Run(name, action, cases, first, call["unicode"]["request"], text=call["unicode"]["text"]))
    for variant in call.get("variants", []):
        runs.append(Run(name, action, cases, first, variant["request"], variables=variant["variables"]))
    return runs


def must_be_tried(d, action):
    """The outcomes that the answers of a call must have."""
    if action == "poll":
        return {"accepted", "pending", "recipient"}
    call = d[action]
    wanted = {"accepted"} | ({"unknown"} if action != "check" and call["success"].get("all") else set())
    if action == "send":
        wanted |= {entry["class"] for entry in call.get("errors", []) + d.get("errors", [])}
    return wanted


def try_call(name, action):
    def run():
        runs = runs_of(name, action)
        tried = {one.answer["outcome"] for one in runs}
        check(must_be_tried(ALL[name], action) <= tried, "no answer for %s" % sorted(must_be_tried(ALL[name], action) - tried))
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            wrong = [one for one in pool.map(lambda r: r(), runs) if one]
        check(not wrong, "\n".join(wrong))
        print("# %d runs" % len(runs))
    run.__name__ = "%s_%s" % (name, action)
    return run


# --- what all of them have ---------------------------------------------------------------------------------------------

SECRET_NAME = re.compile(r"(^|_)(key|token|secret|password|pass|pin)$")


def faults_of(name, d):
    for text in ("vendor", "doc", "confidence"):
        if not d.get(text):
            yield "no %s" % text
    if not d.get("sources"):
        yield "no sources"
    variables = d.get("variables", {})
    for one, is_like in variables.items():
        if not is_like.get("doc"):
            yield "%s has no doc" % one
        # where there are two halves of one credential, the key is the name and the secret the password
        half = one == "api_key" and "api_secret" in variables
        if SECRET_NAME.search(one) and not half and not is_like.get("secret"):
            yield "%s is not secret" % one
    if name in HTTP:
        base = variables.get("base_url", {})
        if base.get("kind") != "url" or not (base.get("fallback", "").startswith("https://") or base.get("required")):
            yield "no base_url of kind url, with a fallback or required"
        yield from faults_of_calls(d, variables)


def faults_of_calls(d, variables):
    calls = [d[action] for action in ACTIONS if action in d]
    auths = [one["auth"] for one in [d] + calls if "auth" in one]
    for auth in auths:
        known = {k: v for k, v in auth.items() if k not in ("kind", "name", "user", "provider", "token_url", "client_id", "scope")}
        for one in sorted(named_in(known) & set(variables)):
            if not variables[one].get("secret") and not variables[one].get("doc", "").startswith("the name"):
                yield "%s authenticates and is not secret" % one
    used = named_in([one for key, one in d.items() if key != "variables"])
    for one in sorted(set(variables) - used):
        # a condition may be all that a variable is for
        if not any(re.search(r"\bset %s\b" % one, text) for text in texts_in(d)):
            yield "%s is not used" % one
    for call in calls:
        if "success" in call and not call["success"].get("all") and not d.get("notes"):
            yield "a success without a test of the answer, and no word about it in notes (E6)"


@lab.plain("descriptions: at least %d, each with vendor, doc, sources, confidence, base_url, its secrets marked" % LEAST)
def all_of_them():
    faults = ["%s.conf: %s" % (name, fault) for name, d in ALL.items() for fault in faults_of(name, d)]
    if len(ALL) < LEAST:
        faults.append("%d descriptions, and not %d" % (len(ALL), LEAST))
    check(not faults, "\n".join(faults))


@lab.plain("descriptions: all are installed, and each HTTP one has its cases and no others")
def installed():
    equal(sorted(f[:-5] for f in os.listdir(SHIPPED) if f.endswith(".conf")), sorted(ALL), "installed")
    cases = {os.path.basename(p)[:-5] for p in glob.glob(os.path.join(lab.TOP, "tests", "cases", "*.json"))}
    equal(sorted(cases), sorted(HTTP), "case files")
    for name in HTTP:
        check(set(cases_of(name)) - {"variables", "number", "beside"} == {a for a in ACTIONS if a in ALL[name]},
              "tests/cases/%s.json has other calls than the description" % name)


for each in HTTP:
    for call in ACTIONS:
        if call in ALL[each]:
            lab.plain("%s: %s asks as it should, and takes every answer for what it is" % (each, call))(try_call(each, call))

lab.main(__doc__)
