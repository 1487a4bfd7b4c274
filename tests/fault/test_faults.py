#!/usr/bin/python3
"""Goal: whichever call or allocation of a login fails, in the host, the engine or the sender, nobody is let in but by the right code that is
consumed on the disk (C1, A3), nothing that was done is missing from the books (B1), nothing hangs, is left behind or changed in the host
(D8, D11, D16), and no block that is freed has a code in it. A sample of all; tests/fault/README.md has the long form."""

import os

import world
from world import lab

KEEP = ("FAULT_RUNS", "FAULT_PART", "FAULT_SECONDS", "FAULT_ONLY", "FAULT_WHAT")
RUNS = os.environ.get("FAULT_RUNS", "90")
PART = os.environ.get("FAULT_PART", "0/1")
SECONDS = int(os.environ.get("FAULT_SECONDS", "1800"))


def sweep(here, engine, runs, answers):
    status = world.program("faults", world.HOST, world.CONFDIR, here.messages(), engine, runs, PART, *answers)
    lab.equal(status, 0, "the status of faults")


def declare(goal, provider, engine, *answers):
    def run():
        with world.World(**({"provider": {}, "routes": ("dexatel",)} if provider else {})) as here:
            sweep(here, engine, RUNS, answers)
    run.__name__ = "_".join([engine.replace("-", "_"), "https" if provider else "outbox", *answers])
    lab.plain(goal)(run)


declare("A3, B1, C1: an engine for one login, the outbox", False, "one-shot", "wrong", "right")
declare("A3, B1, C1: a daemon, the outbox", False, "daemon", "wrong", "right")
declare("A3, B1, C1: a daemon, a provider", True, "daemon", "wrong", "right")
declare("C1: an engine for one login, and no right answer", False, "one-shot", "wrong", "wrong", "wrong")

@lab.plain("D11: a daemon, and a provider that takes the message and does not say so in time")
def daemon_silent_provider():
    # each login waits for the deadline, of which the shortest is 5 s: few of them
    runs = min(300, max(2, int(RUNS) // 60)) if int(RUNS) else 300
    with world.World(provider={}, routes=("dexatel",)) as here:
        here.provider.always(stall_after=40)
        sweep(here, "daemon", runs, ("wrong", "right"))


lab.enter(SECONDS, KEEP)
lab.main(__doc__)
