#!/usr/bin/python3
"""A wire of some length: forwards connections to a port of loopback, and keeps every byte for a while, as a network with this round trip would; the
first bytes of a connection one round trip longer, for the handshake of TCP, which ends here at once. (Counted from those bytes: what a client does
between the handshake and them would else be hidden.)

	delay.py PORT ROUND_TRIP_MS		says its own port; ends with its standard input"""

import asyncio
import socket
import sys

PORT, ONE_WAY = int(sys.argv[1]), float(sys.argv[2]) / 2000


class End(asyncio.Protocol):
    """One of the two ends; what it hears goes to the other one, later."""

    def __init__(self, other=None):
        self.other, self.transport, self.loop = other, None, asyncio.get_running_loop()
        self.is_client, self.first, self.not_before, self.early = other is None, True, 0, []

    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.is_client:
            self.loop.create_task(self.reach())

    async def reach(self):
        _, self.other = await self.loop.create_connection(lambda: End(self), "127.0.0.1", PORT)
        for moment, data in self.early:
            self.loop.call_at(moment, self.hand_over, data)

    def data_received(self, data):
        if self.first and self.is_client:
            self.not_before = self.loop.time() + 3 * ONE_WAY
        self.first = False
        moment = max(self.loop.time() + ONE_WAY, self.not_before)
        if self.other is None:
            self.early.append((moment, data))
        else:
            self.loop.call_at(moment, self.hand_over, data)

    def hand_over(self, data):
        self.other.transport.write(data)

    def connection_lost(self, error):
        if self.other and self.other.transport:
            self.loop.call_at(max(self.loop.time() + ONE_WAY, self.not_before), self.other.transport.close)


async def main():
    server = await asyncio.get_running_loop().create_server(End, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_reader(sys.stdin, lambda: sys.stdin.buffer.read1() or ended.set())
    await ended.wait()


asyncio.run(main())
