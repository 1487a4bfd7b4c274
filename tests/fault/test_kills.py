#!/usr/bin/python3
"""Goal: kill -9 after a system call of a login (charge, verify, consume) or of an enrolment costs the user at most: every wrong answer and every
message is counted, no code is accepted twice, and the state can be read or its damage is told (B1, A3, F2, D6). A sample of all calls;
tests/fault/README.md has the long form."""

import os

import world
from world import lab

KEEP = ("FAULT_RUNS", "FAULT_PART", "FAULT_SECONDS")
RUNS = os.environ.get("FAULT_RUNS", "50")
PART = os.environ.get("FAULT_PART", "0/1")
SECONDS = int(os.environ.get("FAULT_SECONDS", "1800"))


def cut(what, enrolled, **more):
    # a busy machine must not make the next login fail: its deadline is the longest there is
    with world.World(enrolled=enrolled, deadline='"20s"', **more) as here:
        status = world.program("kills", world.HOST, world.CONFDIR, here.messages(), what, RUNS, PART)
        lab.equal(status, 0, "the status of kills")


@lab.plain("A3, B1, D6: kill -9 of the host, of what it starts, of the engine and the sender, after any call of a login")
def one_shot_login():
    cut("login", ("alice",))


@lab.plain("A3, B1, D6: the same with a daemon, which is killed as well, and a provider")
def daemon_login():
    cut("daemon-login", ("alice",), provider={}, routes=("dexatel",))


@lab.plain("F2: kill -9 of the first enrolment of all")
def first_enrolment():
    cut("enroll", ())


@lab.plain("F2: kill -9 of a later enrolment")
def later_enrolment():
    cut("enroll", ("bob",))


lab.enter(SECONDS, KEEP)
lab.main(__doc__)
