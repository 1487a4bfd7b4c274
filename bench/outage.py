"""Part f: seconds from pam_authenticate to the prompt when the first provider is out, in the first login of an outage and in those after it, with a second
provider in `routes`: one that takes connections and never answers, and one that nobody listens for. Each outage in a house of its own, that knows of none."""

import socket

import house
from house import SERVICE, House, Hosts

LOGINS = 3


def outage(silent):
    """ms to each prompt of the logins of one outage."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as out:  # nobody ever accepts
        port = out.getsockname()[1]
        if not silent:
            out.close()
        with House(storage=house.DISK + "/bench-state") as world:
            world.sender("real")
            world.blocks = world.server.block(port=port) + world.server.block("second")
            world.settings(routes=("dexatel", "second"))
            hosts = Hosts("fresh", SERVICE)
            taken = []
            for _ in range(LOGINS):
                taken.append(hosts.login().to_prompt)
                world.quiet()
            hosts.end()
            return taken


def work():
    for silent, name in ((True, "it never answers"), (False, "nobody listens")):
        taken = list(zip(*(outage(silent) for _ in range(house.quick(5, 1)))))
        for number, values in enumerate(taken, 1):
            house.row("f to the prompt in an outage: %s" % name, "login %d" % number, list(values), "ms")


if __name__ == "__main__":
    house.main(work)
