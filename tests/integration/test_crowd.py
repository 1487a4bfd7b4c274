#!/usr/bin/python3
"""Goal: many logins of one user at once never exceed a bound (B4): neither the SMS that are sent nor the guesses that are
evaluated nor the four challenges that may live."""

import threading

import lab
from lab import BOTH, check, equal


def together(count, work):
    """Run work(i) count times at once; raises the first error."""
    errors = []

    def one(i):
        try:
            work(i)
        except Exception as error:
            errors.append(error)
    threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if errors:
        raise errors[0]


@lab.test("twenty logins at once: no more SMS than the budget, and every guess is counted", engines=BOTH,
          budget='{ user = "5/1h 10/1d"; }', lockout="{ failures = 8; }")
def twenty(world):
    outcomes = []

    def login(_):
        ssh = world.ssh()
        ssh.password()
        at = ssh.child.expect([lab.SENT, r"Next SMS in \d+ s", r"No more SMS", "denied", "Locked"])
        outcomes.append(at)
        if at == 0:
            for _ in range(3):
                ssh.send("000000")
                if ssh.child.expect([lab.WRONG, "denied", "Locked"]) != 0:
                    return
    together(20, login)
    check(1 <= len(world.sms()) <= 5, "%d messages were sent with a budget of 5" % len(world.sms()))
    equal(len(world.sms()), outcomes.count(0), "messages, and logins that came to a code prompt")
    for client in world.clients:
        client.end()
    world.no_process_left()
    tries = sum(int(line.split(" tries=")[1].split()[0]) for line in world.syslog.grep("login verdict="))
    check(tries <= 8, "%d guesses were evaluated, the lock comes at 8" % tries)
    equal(world.syslog.grep("verdict=accept"), [], "acceptances")


@lab.test("a fifth login at once is refused with a text; the four others get in", engines=BOTH, code="{ lifetime = 300; }")
def fifth(world):
    # Two sends without a success are free of waits, and each success makes them free again: so open two, finish the second.
    waiting, sent = [], 0
    while len(waiting) < 3:
        keep, finish = world.ssh(), world.ssh()
        waiting.append((keep, keep.to_code(sent + 1)))
        finish.send(finish.to_code(sent + 2).code)
        finish.gets_in()
        sent += 2
    fourth = world.ssh()
    waiting.append((fourth, fourth.to_code(sent + 1)))
    fifth = world.ssh()
    fifth.password()
    said = fifth.is_refused()
    lab.matches("Four logins are waiting for a code already", said, "what the fifth was told")
    equal(len(world.sms()), sent + 1, "messages")
    equal(world.audit("reason=crowded")["verdict"], "deny", "the audit line's verdict")
    for ssh, sms in waiting:
        ssh.send(sms.code)
        ssh.gets_in()


@lab.test("eight honest logins in a row are never refused (B5)", engines=("daemon",))
def honest(world):
    for count in range(1, 9):
        ssh = world.ssh()
        ssh.send(ssh.to_code(count).code)
        ssh.gets_in()


lab.enter()
lab.main(__doc__)
