#!/usr/bin/python3
"""provider: an SMS provider on loopback for the tests, in the shapes of Dexatel and Twilio.

Owns: a CA and certificates of its own, made in DIR; the record of every request; the ways to misbehave.
MUST: check credentials and the exact shape of each request; record a request before answering it; never reach a network.

    provider.py DIR [--address 127.0.0.1]

makes DIR/ca.pem (for ca_file), then DIR/ports.json, when it listens: a port each for
    good        https, right certificate (localhost, 127.0.0.1, ::1)
    wrong_name  https, certificate for another name
    untrusted   https, certificate of another CA
    expired     https, certificate that has expired
    old_tls     https, TLS 1.1 at most
    plain       http
Every request is a line of JSON in DIR/requests.jsonl: port, provider, method, path, query, headers (names in lower case), body,
fields (what the body says), wrong (a list of what is not as it must be), accepted, connection (a number).

What a request meets is told by DIR/next: lines of JSON, one for each request, the first is taken; where that is empty or missing,
by DIR/always. Keys: status, code (refuse so); refuse ("recipient", "account", "busy", "broken"); stall_before, stall_after
(seconds, before or after the request is read); garbage, huge, nothing, redirect (a URL), close ("before", "after"), body (this
text), state (what poll says); keep (true: the connection stays for another request; a number: and the answer promises so many
seconds), hang_up (it stays by what the answer says, and is closed behind it all the same).

It ends with its standard input, or by SIGTERM.
"""

import argparse
import base64
import binascii
import http.server
import json
import os
import re
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
import warnings
import xml.etree.ElementTree

DEXATEL_KEY = "dexatel-key-of-the-tests"
TWILIO_SID = "AC" + "0123456789abcdef" * 2
TWILIO_KEY = "twilio-key-of-the-tests"
SENDER = "ACME"

REFUSALS = {
    "dexatel": {"recipient": (400, 1523), "account": (401, 1001), "sender": (400, 1504), "busy": (429, 1429), "broken": (500, 1500)},
    "twilio": {"recipient": (400, 21211), "account": (401, 20003), "sender": (400, 21606), "busy": (429, 20429), "broken": (500, 20500)},
}
# Twilio's numbers for test credentials
MAGIC = {"+15005550001": (400, 21211), "+15005550002": (400, 21612), "+15005550003": (400, 21408),
         "+15005550004": (400, 21610), "+15005550009": (400, 21614)}


# --- certificates ----------------------------------------------------------------------------------------------------

def openssl(*arguments, cwd):
    subprocess.run(("openssl",) + arguments, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_ca(folder, name):
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30", "-subj",
            "/CN=%s of the tests" % name, "-keyout", name + ".key", "-out", name + ".pem", cwd=folder)


def make_leaf(folder, ca, name, names, dates=("-days", "30")):
    with open(os.path.join(folder, name + ".ext"), "w") as f:
        f.write("subjectAltName=%s\n" % names)
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
            "-keyout", name + ".key", "-out", name + ".csr", cwd=folder)
    openssl("x509", "-req", "-in", name + ".csr", "-CA", ca + ".pem", "-CAkey", ca + ".key", "-CAcreateserial", *dates,
            "-extfile", name + ".ext", "-out", name + ".pem", cwd=folder)


HERE = "DNS:localhost,IP:127.0.0.1,IP:::1"


def make_certificates(folder):
    make_ca(folder, "ca")
    make_ca(folder, "stranger")
    make_leaf(folder, "ca", "good", HERE)
    make_leaf(folder, "ca", "wrong_name", "DNS:elsewhere.example")
    make_leaf(folder, "stranger", "untrusted", HERE)
    try:
        make_leaf(folder, "ca", "expired", HERE, ("-days", "-1"))
    except subprocess.CalledProcessError:  # newer openssl: no negative days, but dates
        make_leaf(folder, "ca", "expired", HERE, ("-not_before", "20200101000000Z", "-not_after", "20200201000000Z"))
    os.chmod(os.path.join(folder, "ca.pem"), 0o644)


# --- what a right request looks like ---------------------------------------------------------------------------------

class Wrong(Exception):
    """status, code, and what is wrong."""


def demand(truth, status, code, what):
    if not truth:
        raise Wrong(status, code, what)


def dexatel_send(request):
    demand(request.headers.get("content-type") == "application/json", 400, 1005, "content type")
    try:
        whole = json.loads(request.body)
    except ValueError:
        raise Wrong(400, 1005, "not JSON")
    demand(isinstance(whole, dict) and set(whole) == {"data"}, 400, 1007, "keys at the top")
    data = whole["data"]
    request.fields = data
    demand(isinstance(data, dict) and set(data) == {"channel", "from", "to", "text"}, 400, 1007, "keys of data")
    demand(data["channel"] == "SMS", 400, 1515, "channel")
    demand(data["from"] == SENDER, 400, 1504, "from")
    demand(isinstance(data["to"], list) and len(data["to"]) == 1, 400, 1506, "to")
    demand(isinstance(data["to"][0], str) and re.fullmatch(r"[1-9][0-9]{6,14}", data["to"][0]), 400, 1523, "number")
    demand(isinstance(data["text"], str) and 0 < len(data["text"]) <= 1000, 400, 1508, "text")
    request.sends = True
    message = dict(id=str(uuid.uuid4()), account_id="1", status="enroute", encoding="GSM-7", segments_count=1, **data)
    message["to"] = data["to"][0]
    return 201, {"data": [message]}


def dexatel(request):
    demand(request.headers.get("x-dexatel-key") == DEXATEL_KEY, 401, 1001, "key")
    if request.path == "/v1/messages" and request.method == "POST":
        return dexatel_send(request)
    demand(request.method == "GET" and request.body == "", 405, 1000, "method")
    if request.path == "/v1/accounts/self":
        return 200, {"data": {"username": "tests", "currency": "EUR", "blocked": False}}
    demand(re.fullmatch(r"/v1/messages/[0-9a-f-]{36}", request.path), 404, 1000, "path")
    return 200, {"data": {"status": request.manner.get("state", "DELIVERED")}}


def twilio_form(request, fields):
    demand(request.headers.get("content-type") == "application/x-www-form-urlencoded", 400, 21603, "content type")
    pairs = urllib.parse.parse_qsl(request.body, keep_blank_values=True, strict_parsing=True)
    request.fields = dict(pairs)
    demand(len(pairs) == len(request.fields) and set(request.fields) == fields, 400, 21602, "fields %s" % sorted(request.fields))
    demand(re.fullmatch(r"\+[1-9][0-9]{6,14}", request.fields["To"]), 400, 21211, "number")
    demand(request.fields["To"] not in MAGIC, *MAGIC.get(request.fields["To"], (400, 21211)), "a magic number")


def twilio_message(request):
    sender = "MessagingServiceSid" if "MessagingServiceSid" in request.body else "From"
    twilio_form(request, {"To", "Body", "ValidityPeriod", sender})
    demand(request.fields[sender] == (SENDER if sender == "From" else "MG1"), 400, 21606, "sender")
    demand(request.fields["Body"] and len(request.fields["Body"]) <= 1600, 400, 21602, "text")
    demand(request.fields["ValidityPeriod"] == "600", 400, 21602, "validity")
    request.sends = True
    return 201, {"sid": "SM" + uuid.uuid4().hex, "status": "queued", "error_code": None, "body": request.fields["Body"]}


def twilio_call(request):
    twilio_form(request, {"To", "From", "Twiml", "Timeout"})
    try:
        said = [say.text for say in xml.etree.ElementTree.fromstring(request.fields["Twiml"]).iter("Say")]
    except xml.etree.ElementTree.ParseError:
        raise Wrong(400, 12100, "not XML")
    demand(said, 400, 12100, "nothing to say")
    request.fields["Say"] = said
    request.sends = True
    return 201, {"sid": "CA" + uuid.uuid4().hex, "status": "queued"}


def twilio(request):
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user = password = ""
    demand(kind == "Basic" and user in (TWILIO_SID, "SK1") and password == TWILIO_KEY, 401, 20003, "credentials")
    base = "/2010-04-01/Accounts/" + TWILIO_SID
    if (request.method, request.path) == ("POST", base + "/Messages.json"):
        return twilio_message(request)
    if (request.method, request.path) == ("POST", base + "/Calls.json"):
        return twilio_call(request)
    demand(request.method == "GET" and request.body == "", 405, 20004, "method")
    if request.path == base + ".json":
        return 200, {"sid": TWILIO_SID, "status": "active"}
    demand(re.fullmatch(re.escape(base) + r"/Messages/SM[0-9a-f]{32}\.json", request.path), 404, 20404, "path")
    return 200, {"status": request.manner.get("state", "delivered"), "error_code": None}


def error_body(provider, status, code):
    if provider == "twilio":
        return {"code": code, "message": "refused by the tests", "more_info": "", "status": status}
    return {"errors": [{"timestamp": "", "path": "", "method": "", "status": status, "message": "refused by the tests", "code": code}]}


# --- the server ----------------------------------------------------------------------------------------------------------

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one packet an answer: unbuffered writes wait 40 ms for each other's acknowledgement
    disable_nagle_algorithm = True
    timeout = 60

    def log_message(self, *arguments):
        pass

    def take(self):
        self.provider = "twilio" if self.path.startswith("/2010-04-01/") else "dexatel"
        parts = urllib.parse.urlsplit(self.path)
        self.whole, self.path, self.query = self.path, parts.path, parts.query
        self.method = self.command
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.body = raw.decode("utf-8", "backslashreplace")
        self.headers = {name.lower(): value for name, value in self.headers.items()}
        self.fields, self.sends = {}, False

    def judge(self):
        """(status, answer, what is wrong)"""
        handler = twilio if self.provider == "twilio" else dexatel
        try:
            status, answer = handler(self)
        except Wrong as wrong:
            status, code, what = wrong.args
            return status, error_body(self.provider, status, code), [what]
        refusal = REFUSALS[self.provider].get(self.manner.get("refuse"))
        if refusal:
            return refusal[0], error_body(self.provider, *refusal), []
        if "status" in self.manner:
            return self.manner["status"], error_body(self.provider, self.manner["status"], self.manner.get("code")), []
        return status, answer, []

    def answer(self, status, body, **headers):
        raw = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", headers.pop("kind", "application/json"))
        self.send_header("Content-Length", str(len(raw)))
        for name, value in headers.items():
            self.send_header(name, value)
        if isinstance(self.manner.get("keep"), int) and self.manner["keep"] is not True:
            self.send_header("Keep-Alive", "timeout=%d, max=100" % self.manner["keep"])
        if "keep" not in self.manner:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(raw)

    def do_any(self):
        self.close_connection = True
        self.manner = self.server.fake.next_manner()
        if self.manner.get("close") == "before":
            return
        time.sleep(self.manner.get("stall_before", 0))
        self.take()
        status, answer, wrong = self.judge()
        misbehaves = set(self.manner) & {"garbage", "huge", "nothing", "redirect", "close", "body"}
        self.server.fake.record(self, status, wrong, accepted=not wrong and status < 300 and not misbehaves)
        time.sleep(self.manner.get("stall_after", 0))
        if self.manner.get("close") == "after":
            return
        if "redirect" in self.manner:
            self.answer(307, "", Location=self.manner["redirect"])
        elif self.manner.get("garbage"):
            self.answer(200, "<html><body>It works!</body></html>", kind="text/html")
        elif self.manner.get("huge"):
            self.answer(status, json.dumps(answer) + " " * 70000)
        elif self.manner.get("nothing"):
            self.answer(200, "")
        elif "body" in self.manner:
            self.answer(self.manner.get("status", 200), self.manner["body"])
        else:
            self.answer(status, json.dumps(answer))
        self.close_connection = "keep" not in self.manner or "hang_up" in self.manner

    do_GET = do_POST = do_PUT = do_CONNECT = do_any


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, fake, name, context):
        self.fake, self.name, self.context = fake, name, context
        super().__init__((fake.address, 0), Handler)

    def finish_request(self, request, address):
        """In the connection's own thread: a client that stalls in its handshake holds nobody else."""
        if self.context:
            request.settimeout(30)
            try:
                request = self.context.wrap_socket(request, server_side=True)
            except (ssl.SSLError, OSError):
                return
        try:
            super().finish_request(request, address)
        except OSError:
            pass  # the client is gone
        finally:
            if self.context:
                try:
                    request.close()
                except OSError:
                    pass


class Fake:
    def __init__(self, folder, address):
        self.folder, self.address, self.lock = folder, address, threading.Lock()
        self.log = open(os.path.join(folder, "requests.jsonl"), "a", encoding="utf-8")

    def context(self, name):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate = "good" if name == "old_tls" else name
        context.load_cert_chain(os.path.join(self.folder, certificate + ".pem"), os.path.join(self.folder, certificate + ".key"))
        if name == "old_tls":
            warnings.simplefilter("ignore")  # that it is old is the point
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        return context

    def start(self):
        ports = {}
        for name in ("good", "wrong_name", "untrusted", "expired", "old_tls", "plain"):
            server = Server(self, name, None if name == "plain" else self.context(name))
            ports[name] = server.server_address[1]
            threading.Thread(target=server.serve_forever, daemon=True).start()
        path = os.path.join(self.folder, "ports.json")
        with open(path + ".new", "w") as f:
            json.dump(ports, f)
        os.rename(path + ".new", path)

    def next_manner(self):
        with self.lock:
            try:
                with open(os.path.join(self.folder, "next"), encoding="utf-8") as f:
                    lines = f.read().splitlines()
            except FileNotFoundError:
                lines = []
            if lines:
                with open(os.path.join(self.folder, "next"), "w", encoding="utf-8") as f:
                    f.write("".join(line + "\n" for line in lines[1:]))
                return json.loads(lines[0])
            try:
                with open(os.path.join(self.folder, "always"), encoding="utf-8") as f:
                    return json.loads(f.read() or "{}")
            except FileNotFoundError:
                return {}

    def record(self, request, status, wrong, accepted):
        line = json.dumps({
            "port": request.server.name, "provider": request.provider, "method": request.method, "path": request.path,
            "query": request.query, "headers": request.headers, "body": request.body, "fields": request.fields,
            "status": status, "wrong": wrong, "accepted": accepted, "sends": request.sends, "connection": request.client_address[1]})
        with self.lock:
            self.log.write(line + "\n")
            self.log.flush()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--address", default="127.0.0.1")
    given = parser.parse_args()
    os.makedirs(given.folder, exist_ok=True)
    make_certificates(given.folder)
    Fake(given.folder, given.address).start()
    # with its standard input closed by whoever started it, it has no reason to stay
    sys.stdin.read()


if __name__ == "__main__":
    main()
