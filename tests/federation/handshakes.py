"""`python -m tests.federation.handshakes FOLDER CHANGES PERIOD_S`: a server that changes its keys.

It prints its port, shows another certificate of the same CA every so often, says so when it has
changed so many times, and ends well when its input does.
"""

import asyncio
import sys
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import grpc

from federation import keys, trust
from federation.keys import Keys
from tests.federation.world import EE, HOST, card


def every(folder: Path, count: int) -> list[Keys]:
    """Keys of Estonia that differ in their node certificate alone."""
    now = datetime.now(UTC)
    found = [keys.open(folder, EE, now)]
    place, us = keys.Place(folder, EE, keys.Plain()), card(found[0])
    while len(found) < count:
        keys.begin(place, us, [keys.What.TLS], now)
        found.append(keys.open(folder, EE, now))
    return found


async def serve(folder: Path, changes: int, period_s: float) -> None:
    turns = cycle(every(folder, 4))
    shown = next(turns)
    server = grpc.aio.server()
    certified = trust.server_credentials(lambda: trust.desk_certified(shown, [shown.ca]))
    print(server.add_secure_port(f"{HOST}:0", certified), flush=True)  # noqa: T201
    await server.start()
    for _ in range(changes):
        await asyncio.sleep(period_s)
        shown = next(turns)
    await asyncio.sleep(period_s)
    print("changed", flush=True)  # noqa: T201
    await asyncio.to_thread(sys.stdin.read)
    await server.stop(0)


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
