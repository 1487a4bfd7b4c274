#!/usr/bin/python3
"""Goal: a code arrives although one provider is down. A silent route is joined by the next after hedge_after and passed over by the
next login; a message that is reported as failed is sent again by another route while the prompt is up; v brings a call; a route serves its own
countries only (E4-E6, E9, B1, B2, C4)."""

import re
import socket
import time

import lab
from lab import BOTH, CLI, check, equal, matches

HOLE = 4499
CALLABLE = r"Code sent to \.\.\.(\d\d) \(ref (\w{4})\)\. Code, r to resend, or v for a call: "


class Hole:
    """A host that takes connections and never says a word."""

    def __enter__(self):
        self.socket = socket.create_server(("127.0.0.1", HOLE), backlog=64)
        return self

    def __exit__(self, *unused):
        self.socket.close()


def prompt_after(world):
    """A login up to its code prompt: the client, and the seconds from the password's answer."""
    ssh = world.ssh()
    ssh.expect(r"Password: ")
    start = time.monotonic()
    ssh.send(lab.PASSWORD)
    ssh.expect(lab.SENT)
    return ssh, time.monotonic() - start


@lab.test("route one is a black hole: the first login prompts within hedge_after + 1 s by route two, the second at once", engines=BOTH,
          provider={}, routes=("dexatel",), hedge_after="2", code='{ cooldown = "10s"; }')
def black_hole(world):
    with Hole():
        world.blocks += world.provider.block("hole", HOLE)
        world.settings(routes=("hole", "dexatel"))
        ssh, first = prompt_after(world)
        ssh.send(world.provider.sms(1)[-1].code)
        ssh.gets_in()
        check(2 <= first < 3, "the first prompt came after %.2f s" % first)
        equal(world.audit()["route"], "dexatel", "the audit line's route")
        equal(world.audit()["sends"], "2", "what may be on its way is counted")
        ssh, second = prompt_after(world)
        ssh.send(world.provider.sms(2)[-1].code)
        ssh.gets_in()
        check(second < 1, "the second prompt came after %.2f s" % second)
        equal(world.audit(count=2)["sends"], "1", "sends of the second login")
        matches(r"hole: has failed and is passed over", lab.run(CLI, "check", "--offline").stdout, "check")
    check(world.syslog.grep("route hole: no answer yet"), "nothing was logged about the route")
    lab._note("hedge_after 2 s: prompts after %.2f s and %.2f s" % (first, second))


@lab.test("a report says failed while the prompt is up: the same code by route two, and the next prompt says so", engines=BOTH, provider={},
          routes=("dexatel", "outbox"))
def failed_report(world):
    world.provider.always(state="failed")
    ssh = world.ssh()
    ssh.password()
    ssh.expect(lab.SENT)
    sms = world.provider.sms(1)[0]
    again = world.sms(1, seconds=20)[0]
    equal((again.code, again.ref), (sms.code, sms.ref), "the second message")
    time.sleep(0.5)  # nobody types as fast as a file can be read
    ssh.send(again.wrong())
    ssh.expect(r"The SMS could not be delivered and was sent again\. Wrong code, 2 tries left\. ")
    ssh.send(again.code)
    ssh.gets_in()
    line = world.audit()
    equal((line["route"], line["sends"]), ("outbox", "2"), "the audit line")
    asked = [r for r in world.provider.records() if r["method"] == "GET"]
    equal(len(asked), 1, "questions about the message")
    check(world.syslog.grep("route dexatel: reported as not delivered"), "nothing was logged about the report")
    # one phone that is off speaks for nobody else
    ssh = world.ssh()
    ssh.password()
    ssh.expect(lab.SENT)
    equal(len(world.provider.sms(2)), 2, "messages by route one")
    ssh.end()


@lab.test("a report says delivered: nothing more is asked or sent, and the words were `sent`", provider={}, routes=("dexatel", "outbox"))
def delivered_report(world):
    world.provider.always(state="delivered")
    ssh = world.ssh()
    ssh.password()
    ssh.expect(lab.SENT)
    lab.wait_for("a question about the message", lambda: [r for r in world.provider.records() if r["method"] == "GET"])
    time.sleep(4)
    equal([r["method"] for r in world.provider.records()], ["POST", "GET"], "requests")
    equal(world.sms(), [], "messages by route two")
    check("elivered" not in ssh.seen(), "a promise: %r" % ssh.seen())
    ssh.send(world.provider.sms(1)[0].code)
    ssh.gets_in()


@lab.test("v: a call speaks the code, its digits one by one and twice", provider={}, routes=("dexatel",), code='{ cooldown = "10s"; }')
def call(world):
    with open(lab.CONF + "/twilio.key", "w") as f:
        f.write("twilio-key-of-the-tests\n")
    lab.os.chmod(lab.CONF + "/twilio.key", 0o600)
    world.blocks += ('caller = { use = "twilio"; account_sid = "AC0123456789abcdef0123456789abcdef"; key_file = "twilio.key"; '
                     'from = "+15005550006"; base_url = "https://127.0.0.1:%d"; ca_file = "ca.pem"; };\n' % world.provider.ports["good"])
    world.settings(voice='[ "caller" ]')
    ssh = world.ssh()
    ssh.password()
    ssh.expect(CALLABLE)
    sms = world.provider.sms(1)[0]
    ssh.send("v")
    wait = ssh.expect(r"Next SMS in (\d+) s\. Code for ref \w{4}: ")
    time.sleep(int(wait.group(1)))
    ssh.send("v")
    ssh.expect(r"Calling \.\.\.12 \(ref (\w{4})\)\. Code, r to resend, or v for a call: ")
    calls = [r for r in world.provider.records() if r["path"].endswith("/Calls.json")]
    equal([(r["status"], r["wrong"]) for r in calls], [(201, [])], "calls")
    spoken = ", ".join(sms.code)
    equal([spoken in say for say in calls[0]["fields"]["Say"]], [True, True], "what was said: %r" % calls[0]["fields"]["Say"])
    ssh.send(sms.code)
    ssh.gets_in()
    equal(world.audit()["route"], "caller", "the audit line's route")


@lab.test("without a voice route v is not offered and is no command", routes=("outbox",))
def no_call(world):
    ssh = world.ssh()
    sms = ssh.to_code(1)
    ssh.send("v")
    ssh.expect(r"That was no code \(6 digits\)\. Code for ref \w{4}: ")
    ssh.send(sms.code)
    ssh.gets_in()


@lab.test("r goes by the next route when nothing is known of the first", provider={}, routes=("dexatel", "outbox"), code='{ cooldown = "10s"; }')
def resend(world):
    world.provider.always(state="enroute")
    ssh = world.ssh()
    ssh.password()
    ssh.expect(lab.SENT)
    time.sleep(10)
    ssh.send("r")
    ssh.expect(lab.SENT)
    equal(world.sms(1)[0].code, world.provider.sms(1)[0].code, "the code by route two")
    ssh.send(world.sms()[0].code)
    ssh.gets_in()


@lab.test("only: a route is tried for its own countries, and a number that none serves is refused, not an outage (C4)", engines=BOTH,
          provider={}, routes=("dexatel", "outbox"), enrolled=("alice", "carol"))
def countries(world):
    world.blocks = world.provider.block().replace("{ use", '{ only = [ "+43" ]; use')
    world.settings()
    ssh = world.ssh()
    sms = ssh.to_code(1)
    ssh.send(sms.code)
    ssh.gets_in()
    equal(world.provider.records(), [], "requests for a number that the provider does not serve")
    world.settings(routes=("dexatel",))
    ssh = world.ssh()
    ssh.password()
    matches("No SMS sent: your number is refused", ssh.is_refused(), "what ssh says")
    equal(world.audit("reason=number")["verdict"], "deny", "the verdict")
    found = lab.run(CLI, "check", "--offline").stdout
    check(re.search(r"\+49 is in numbers\.prefixes, but no route serves it", found), "check does not say it: %s" % found)


lab.enter()
lab.main(__doc__)
