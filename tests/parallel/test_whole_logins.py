#!/usr/bin/python3
"""Goal: B4 over whole logins with the real daemon: many processes that guess at one user at once have no more guesses evaluated than
the failures budget, and no more messages sent than the send budget. Bounded here; tests/parallel/README.md has the long form.

SMSOTP_PROCESSES (24), SMSOTP_GUESSES (8): so many processes, each until it has made so many guesses or was refused as often."""

import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(os.path.dirname(HERE), name) for name in ("integration", "module")]
import lab  # noqa: E402
import treaty  # noqa: E402
from lab import check, equal  # noqa: E402
from treaty_client import Login  # noqa: E402

PROCESSES, GUESSES = int(os.environ.get("SMSOTP_PROCESSES", "24")), int(os.environ.get("SMSOTP_GUESSES", "8"))
REASON = {number: name for name, number in treaty.REASONS.items()}


def attacker(k):
    """Counts of what came back. Each answer is a guess, and each login that is refused without a prompt as good as one."""
    seen, made = {}, 0
    while made < GUESSES:
        login = Login("alice", rhost="198.51.100.%d" % (k % 250))
        heard = login.hear()
        while heard[0] == "ask" and made < GUESSES:
            heard = login.say("%06d" % ((k * 7919 + made * 104729) % 1000000))
            made += 1
            word = "told-wrong" if heard[0] == "ask" and heard[1].startswith("Wrong code") else "answered"
            seen[word] = seen.get(word, 0) + 1
        if heard[0] != "ask":
            made += 1
            word = REASON[heard[2]] if heard[0] == "verdict" else "gone"
            seen[word] = seen.get(word, 0) + 1
            check(heard[0] != "verdict" or heard[1] == treaty.DENY, "somebody got in")
        login.close()
    return seen


def all_at_once():
    """What the processes saw, all together; they start at one moment."""
    gate, start = os.pipe()
    readers = []
    for k in range(PROCESSES):
        out, mine = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(start)
            os.read(gate, 1)
            try:
                said = json.dumps(attacker(k))
            except BaseException as error:  # the parent must hear of it
                said = json.dumps({"trouble %r" % error: 1})
            os.write(mine, said.encode())
            os._exit(0)
        os.close(mine)
        readers.append((pid, out))
    os.close(start)
    total = {}
    for pid, out in readers:
        with os.fdopen(out) as f:
            for word, n in json.load(f).items():
                total[word] = total.get(word, 0) + n
        os.waitpid(pid, 0)
    os.close(gate)
    return total


def evaluated(world):
    """Guesses that the engine compared, by its own log; and those on the record."""
    logins = PROCESSES
    lab.wait_for("the log", lambda: len(world.syslog.grep("login verdict=")) >= logins)
    world.no_process_left(30)
    tries = sum(int(n) for line in world.syslog.grep("login verdict=") for n in re.findall(r" tries=(\d+)", line))
    record = json.loads(lab.run(lab.CLI, "show", "--json", "alice", check_rc=0).stdout)
    return tries, record


def attack(world, failures, sends):
    seen = all_at_once()
    tries, record = evaluated(world)
    sent = len(world.sms())
    lab._note("%d processes, %d guesses each: %d SMS, %d guesses evaluated; they saw %s" % (
        PROCESSES, GUESSES, sent, tries, json.dumps(seen, sort_keys=True)))
    check(not any(word.startswith("trouble") for word in seen), "a process had trouble")
    check(sum(seen.values()) >= PROCESSES * GUESSES / 2, "hardly anything was tried")
    check(1 <= sent <= sends, "%d messages with a budget of %d" % (sent, sends))
    check(1 <= tries <= failures, "%d guesses were evaluated with a budget of %d" % (tries, failures))
    equal(world.syslog.grep("verdict=accept"), [], "acceptances")
    # what is refused because the record is in use for too long must not be the rule
    check(seen.get("state", 0) <= PROCESSES * GUESSES / 20, "%d were refused for the state's sake" % seen.get("state", 0))
    return sent, tries, record


@lab.test("B4: the budgets as they come", sshd=False)
def defaults(world):
    attack(world, 10, 5)


@lab.test("B4: a send budget of one is one", sshd=False, budget='{ user = "1/1h"; }')
def one_send(world):
    sent, _, _ = attack(world, 10, 1)
    equal(sent, 1, "messages")


@lab.test("B4: a failures budget of three is three", sshd=False, lockout="{ failures = 3; }", code="{ tries = 5; }")
def three_failures(world):
    _, tries, record = attack(world, 3, 5)
    equal(tries, 3, "guesses evaluated")
    check("lock" in json.dumps(record), "show says nothing of a lock: %r" % record)


lab.enter(3600, ("SMSOTP_PROCESSES", "SMSOTP_GUESSES"))
lab.main(__doc__)
