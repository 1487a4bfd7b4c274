#!/usr/bin/python3
"""Goal: Cockpit's web login shows our prompts one after the other, as its login page gets them, and lets in with password and code and not
with either alone (A3, D1, D4, G1)."""

import base64
import http.client
import re
import socket

import lab
from display import Program
from lab import BOTH, PASSWORD, check, equal, matches, wait_for

PORT = 9090


class Page:
    """What Cockpit's login page does: Basic, and then an answer for each prompt."""

    @staticmethod
    def get(kind, text):
        page = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        page.request("GET", "/cockpit/login", headers={"Authorization": "%s %s" % (kind, text)})
        answer = page.getresponse()
        answer.read()
        page.close()
        return answer.status, answer.getheader("WWW-Authenticate") or ""

    def log_in(self, password, user="alice"):
        """The text of a prompt, or the status."""
        return self.take(*self.get("Basic", base64.b64encode(("%s:%s" % (user, password)).encode()).decode()))

    def answer(self, text):
        return self.take(*self.get("X-Conversation", "%s %s" % (self.id, base64.b64encode(text.encode()).decode())))

    def take(self, status, header):
        found = re.match(r"X-Conversation (\S+) (\S+)", header)
        if status != 401 or not found:  # it leaves the last prompt in the header of a success
            return status
        self.id = found.group(1)
        return base64.b64decode(found.group(2)).decode()


def begin(world):
    world.secrets.append(PASSWORD)
    Program(world, "/usr/lib/cockpit/cockpit-ws", "--no-tls", "--port", str(PORT), "--address", "127.0.0.1", user="root")

    def answers():
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", PORT)) == 0
    wait_for("cockpit-ws", answers)
    return Page()


@lab.test("A3, D1: cockpit: password and code let in; a wrong code is asked for again", engines=BOTH, sshd=False, services=("cockpit",))
def right(world):
    page = begin(world)
    matches("^%s$" % lab.SENT, str(page.log_in(PASSWORD)), "the prompt")
    sms = world.last_sms(1)
    equal((sms.service, sms.user), ("cockpit", "alice"), "service and user in the SMS")
    matches("^%s$" % lab.WRONG, str(page.answer(sms.wrong())), "the prompt")
    equal(page.answer(sms.code), 200, "the answer to the right code")
    line = world.audit("reason=accepted")
    equal((line["service"], line["by"], line["tries"], line["sends"]), ("cockpit", "sms", "2", "1"), "the audit line")


@lab.test("A3, D4: cockpit: a wrong password sends nothing; wrong codes let nobody in", sshd=False, services=("cockpit",))
def wrong(world):
    page = begin(world)
    equal(page.log_in("Wrong-Horse-7"), 401, "the answer to a wrong password")
    equal(world.sms(), [], "messages")
    page.log_in(PASSWORD)
    sms = world.last_sms(1)
    for k in (1, 2):
        check(isinstance(page.answer(sms.wrong(k)), str), "it does not ask again")
    equal(page.answer(sms.wrong(3)), 401, "the answer to the last wrong code")
    equal(len(world.sms()), 1, "messages")


if __name__ == "__main__":
    lab.enter()
    lab.main(__doc__)
