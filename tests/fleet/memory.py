#!/usr/bin/env python3
"""Measures what lies on a server of Redis for a stream, and for an account: names, contents and what the server needs besides.

    memory.py --emulator PROGRAM --reader PROGRAM [--page PAGE]    prints it, or writes it into a page
"""

from __future__ import annotations

import re
import sys
import time

import page
from resp import Client
from run import Emulator, Processes, Redis, settings

#: A fetch takes so long that its lease can be looked at.
FETCH_MS = 1000
KINDS = {
    "l": ("lease", "a stream, while it is fetched, and for 2 s at most after that"),
    "v": ("value", "a stream, until its grant ends"),
    "p": ("pause", "a stream, after upstream has refused it, until the pause is over"),
    "b": ("cell", "an account, until 70 min after its last request"),
}


def main() -> None:
    options = page.arguments(__doc__)
    emulator, redis = Emulator(options.emulator), Redis()
    # Of two streams upstream refuses one.
    emulator.ask("faults", {"kind": "latency", "ms": FETCH_MS})
    emulator.ask("faults", {"kind": "status", "status": 503, "streamer": f"VJ{1:032x}"})
    client, seen = Client(redis.port), {}
    version = re.search(r"redis_version:(\S+)", str(client.ask("INFO", "server")))[1]
    processes = Processes([options.reader], settings(emulator, redis.url, 2), [])
    try:
        processes.start(0)
        processes.go(processes.running[0])
        until = time.monotonic() + 20
        while set(seen) < set(KINDS) and time.monotonic() < until:
            seen.update(look(client))
            time.sleep(0.02)
    finally:
        for process in processes.running:
            process.kill()
        emulator.process.kill()
        redis.process.kill()
    if missing := set(KINDS) - set(seen):
        sys.exit(f"nothing of {missing} was there")
    page.show(options.page, "memory", table(version, seen))


def look(client: Client) -> dict[str, tuple[int, int]]:
    """What is there: by kind its length, and how many bytes the server says that it takes."""
    found = {}
    for key in client.ask("KEYS", "*"):
        length, taken = client.ask("STRLEN", key), client.ask("MEMORY", "USAGE", key)
        if taken:
            found[key.rsplit(":", 1)[1]] = (length, taken)
    return found


def table(version: str, seen: dict[str, tuple[int, int]]) -> str:
    head = f"| Redis {version} | for each | contents | with all that belongs to it |\n|---|---|---|---|\n"
    rows = [
        f"| {name} | {of} | {seen[kind][0]} bytes | {seen[kind][1]} bytes |\n" for kind, (name, of) in KINDS.items()
    ]
    return head + "".join(rows)


if __name__ == "__main__":
    main()
