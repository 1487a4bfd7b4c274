#!/usr/bin/python3
"""Goal: B4 over real sshd connections: many ssh clients that guess at one user at once have no more guesses evaluated than the failures
budget, and no more messages sent than the send budget. Bounded here; tests/parallel/README.md has the long form.

SMSOTP_CONNECTIONS (10), SMSOTP_GUESSES (6): so many at once, each until it has made so many guesses or was refused as often."""

import os
import re
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), "integration")]
import lab  # noqa: E402
from lab import check, equal  # noqa: E402

CONNECTIONS, GUESSES = int(os.environ.get("SMSOTP_CONNECTIONS", "10")), int(os.environ.get("SMSOTP_GUESSES", "6"))
PROMPTS = [lab.SENT, lab.WRONG, r"Next SMS in \d+ s", r"Code for ref", "LOGGED-IN"]


class Attack:
    def __init__(self, world):
        self.world, self.lock = world, threading.Lock()
        self.seen, self.errors = {}, []

    def count(self, word):
        with self.lock:
            self.seen[word] = self.seen.get(word, 0) + 1

    def login(self, k, made):
        """One connection; how many guesses have been made by now."""
        import pexpect
        ssh = lab.Ssh(self.world, "alice")  # not kept: there are thousands
        ssh.child.timeout = 120
        try:
            ssh.child.expect("Password: ")
            ssh.send(lab.PASSWORD)
            while made < GUESSES:
                at = ssh.child.expect(PROMPTS + ["denied", pexpect.EOF])
                made += 1
                if at >= len(PROMPTS):
                    self.count("refused")
                    return made
                self.count(("sent", "wrong", "wait", "again", "GOT IN")[at])
                ssh.send("%06d" % ((k * 7919 + made * 104729) % 1000000))
            return made
        except pexpect.EOF:  # sshd has no place for one more
            self.count("turned away")
            return made + 1
        finally:
            ssh.end()

    def client(self, k):
        try:
            made = 0
            while made < GUESSES:
                made = self.login(k, made)
        except Exception as error:
            self.errors.append(error)

    def run(self):
        threads = [threading.Thread(target=self.client, args=(k,)) for k in range(CONNECTIONS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        if self.errors:
            raise self.errors[0]


@lab.test("B4: guesses over many connections at once stay within both budgets", lockout="{ failures = 4; }",
          budget='{ user = "2/1h 10/1d"; }', code="{ tries = 3; }")
def connections(world):
    attack = Attack(world)
    attack.run()
    world.no_process_left(60)
    tries = sum(int(n) for line in world.syslog.grep("login verdict=") for n in re.findall(r" tries=(\d+)", line))
    sent = len(world.sms())
    lab._note("%d connections, %d guesses each: %d SMS, %d guesses evaluated; they saw %r" % (
        CONNECTIONS, GUESSES, sent, tries, attack.seen))
    check(1 <= sent <= 2, "%d messages with a budget of 2" % sent)
    check(1 <= tries <= 4, "%d guesses were evaluated with a budget of 4" % tries)
    check(attack.seen.get("refused", 0) > 0, "nobody was refused: this tests nothing")
    equal(world.syslog.grep("verdict=accept"), [], "acceptances")
    check("GOT IN" not in attack.seen, "somebody got in")


lab.enter(3600, ("SMSOTP_CONNECTIONS", "SMSOTP_GUESSES"))
lab.main(__doc__)
