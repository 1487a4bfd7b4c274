"""Goal: an engine that says nothing holds the host for 21 s and no longer (D11). The waits are the test: three in a row, as many hosts at once
as can be."""

import os
import socket
import time

from shim import Engine, expect, main, test
from treaty import accept, ask, question, say, story

FIRST, LAST = 20.0, 24.0


def finish_all(hosts):
    out = []
    began = time.monotonic()
    for host in hosts:
        said, _ = host.communicate(timeout=60)
        out.append((time.monotonic() - began, [line for line in said.splitlines() if line.startswith("rc=")]))
    return out


def expect_patience(results, what):
    for took, rc in results:
        expect(rc, ["rc=4"], what)
        expect(FIRST < took < LAST, True, f"{what}: {took:.1f} s")


@test
def d11_silence_before_the_first_prompt_and_full_queue(shim):
    """Nobody accepts: the first waits for a frame, the others for a place in the queue."""
    shim.stack("sshd", [], None)
    os.makedirs(os.path.dirname(shim.socket), exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(shim.socket)
    listener.listen(0)
    hosts = [shim.start(["text:1"]) for _ in range(4)]
    results = finish_all(hosts)
    listener.close()
    os.unlink(shim.socket)
    expect_patience(results, "silence")


@test
def d11_silence_after_an_answer_and_drops_of_a_frame(shim):
    """One engine is silent after the answer, one sends a byte now and then: the step is what counts."""
    shim.stack("sshd", [], None)
    drops = [step for b in ask("Code: ") for step in (say(bytes([b])), ["sleep", 2])]
    engine = Engine(shim.socket, [story(question(), ["sleep", 30])])
    other = Engine(None, [story(drops, accept())], share=engine)
    engine.start()
    hosts = [shim.start(["text:1"])]
    # the first engine's connection is taken by then
    time.sleep(0.5)
    other.start()
    hosts.append(shim.start(["text:1"]))
    results = finish_all(hosts)
    os.unlink(shim.socket)
    expect_patience(results, "silence")


main()
