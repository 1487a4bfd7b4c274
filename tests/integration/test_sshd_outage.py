#!/usr/bin/python3
"""Goal: when a provider fails, the next one is asked, and when none is left the login is refused with a sentence that says so, in
good time (D9, D11, E4, E6, E9); a send that nobody took is not counted (B2)."""

import time

import lab
from lab import BOTH, check, equal, matches


def refused(world, sentence, reason):
    start = time.monotonic()
    ssh = world.ssh()
    ssh.password()
    matches(sentence, ssh.is_refused(), "what ssh says")
    check(time.monotonic() - start < 25, "it took %.0f s" % (time.monotonic() - start))
    line = world.audit("reason=" + reason)
    equal((line["verdict"], line["tries"]), ("deny", "0"), "the audit line")
    return line


def gets_in(world, count):
    ssh = world.ssh()
    ssh.password()
    prompt = ssh.expect(lab.SENT)
    sms = world.provider.sms(count)[-1]
    equal(sms.ref, prompt.group(2), "the reference")
    ssh.send(sms.code)
    ssh.gets_in()


@lab.test("through a provider, over https with its own CA: one request, and in", engines=BOTH, provider={}, routes=("dexatel",))
def works(world):
    gets_in(world, 1)
    records = world.provider.records()
    equal([(r["method"], r["path"], r["wrong"]) for r in records], [("POST", "/v1/messages", [])], "requests")
    equal(records[0]["fields"]["to"], [lab.NUMBERS["alice"][1:]], "the number in the request")
    equal(world.audit()["route"], "dexatel", "the audit line's route")


@lab.test("provider down: AUTHINFO_UNAVAIL and a sentence; the sends are given back, so the next login works at once",
          engines=BOTH, provider={}, routes=("dexatel",), budget='{ user = "2/1h 2/1d"; }')
def down(world):
    good = world.blocks
    world.blocks = world.provider.block(port=1)  # nobody listens there
    world.settings()
    for _ in range(3):
        refused(world, "No SMS sent: no provider answered", "outage")
    check(world.syslog.grep(r"pam_sms_otp\(sshd:auth\)|sms-otpd"), "nothing was logged")
    world.blocks = good
    world.settings()
    gets_in(world, 1)


@lab.test("first route down, the second delivers", engines=BOTH, provider={}, routes=("dexatel",))
def second_route(world):
    world.blocks = world.provider.block("first", 1) + world.provider.block()
    world.settings(routes=("first", "dexatel"))
    gets_in(world, 1)
    equal(world.audit()["route"], "dexatel", "the audit line's route")
    equal(len(world.provider.records()), 1, "requests")


def refusing(manner):
    @lab.test("a provider that refuses (%s) is followed by the next; no code is asked for twice" % manner, provider={}, routes=("dexatel",))
    def followed(world):
        world.blocks = world.provider.block() + world.provider.block("second")
        world.settings(routes=("dexatel", "second"))
        with open(world.provider.FOLDER + "/next", "w") as f:
            f.write('{"refuse": "%s"}\n' % manner)
        gets_in(world, 1)
        line = world.audit()
        equal((line["route"], line["sends"]), ("second", "1"), "the audit line")
        equal(len(world.provider.records()), 2, "requests")


for _manner in ("busy", "broken", "account"):
    refusing(_manner)


@lab.test("a refused number is told as such, and no other provider is asked", engines=BOTH, provider={}, routes=("dexatel",))
def recipient(world):
    world.blocks = world.provider.block() + world.provider.block("second")
    world.settings(routes=("dexatel", "second"))
    world.provider.always(refuse="recipient")
    refused(world, "No SMS sent: your number is refused", "number")
    equal(len(world.provider.records()), 1, "requests")


@lab.test("E4: a bad certificate gets no request at all", engines=("daemon",), provider={}, routes=("dexatel",))
def certificates(world):
    for port in ("wrong_name", "untrusted", "expired", "old_tls", "plain"):
        world.blocks = world.provider.block(port=port)
        world.settings()
        refused(world, "No SMS sent: no provider answered", "outage")
        world.syslog.lines.clear()
    equal(world.provider.records(), [], "requests")


@lab.test("E6: garbage with status 200 is no acceptance", engines=("daemon",), provider={}, routes=("dexatel",))
def garbage(world):
    for manner in ({"garbage": True}, {"body": "{}"}, {"nothing": True}, {"redirect": "https://127.0.0.1:1/"}):
        world.provider.always(**manner)
        ssh = world.ssh()
        ssh.password()
        at = ssh.child.expect(["denied", "it may take a minute", lab.SENT])
        check(at != 2, "taken for an acceptance: %r" % manner)
        ssh.end()
        lab.run(lab.CLI, "unlock", "alice", check_rc=0)


@lab.test("E9, D11: a provider that stalls after it was asked: the prompt comes in time, says that it may take a minute, and the code works",
          engines=BOTH, provider={}, routes=("dexatel",))
def stalls(world):
    world.provider.always(stall_after=40)
    start = time.monotonic()
    ssh = world.ssh()
    ssh.password()
    ssh.expect(r"Code sent to \.\.\.12, it may take a minute \(ref (\w{4})\)")
    check(time.monotonic() - start < 13, "the prompt came after %.0f s" % (time.monotonic() - start))
    records = world.provider.records()
    equal(len(records), 1, "requests")
    ssh.send(lab.Sms(lab.Sms.FORM.search(world.provider.text(records[0]))).code)
    ssh.gets_in()


@lab.test("D11: a provider that never answers the handshake is given up in time", engines=BOTH, provider={}, routes=("dexatel",))
def silent(world):
    import socket
    with socket.create_server(("127.0.0.1", 4499)):
        world.blocks = world.provider.block(port=4499)
        world.settings()
        start = time.monotonic()
        refused(world, "No SMS sent: no provider answered", "outage")
        check(time.monotonic() - start < 15, "it took %.0f s" % (time.monotonic() - start))


@lab.test("E7, D11: a name server that never answers holds neither the sender nor the login", engines=BOTH, provider={}, routes=("dexatel",))
def silent_name_server(world):
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hole:
        hole.bind(("127.0.0.1", 53))
        hole.settimeout(1)
        with open("/etc/resolv.conf", "w") as f:
            f.write("nameserver 127.0.0.1\n")
        world.blocks = world.provider.block().replace("https://127.0.0.1:", "https://sms.example.com:")
        world.settings()
        start = time.monotonic()
        refused(world, "No SMS sent: no provider answered", "outage")
        check(time.monotonic() - start < 15, "it took %.0f s" % (time.monotonic() - start))
        check(hole.recvfrom(512)[0], "nobody asked for the name")
    lab.wait_for("the sender's end", lambda: lab.run("pgrep", "-x", "sms-otp-send").returncode == 1, 2)


lab.enter()
lab.main(__doc__)
