"""Reads streams until its input ends, as one process of a fleet; then prints a line of JSON about itself. The
environment says which streams, which fleet and which upstream."""

from __future__ import annotations

import json
import os
import sys
import threading
import time

import grantmint

EVERY = 0.2

fleet: str | grantmint.RedisFleet = os.environ["GRANTMINT_FLEET"]
host = os.environ.get("READER_HOST")
if host:  # The folder of the machine that this process stands for, if there are several.
    fleet = grantmint.RedisFleet(fleet, host=host, timeout=2)
live = grantmint.PlaybackMinter(
    grantmint.ApiKey.from_env(), base_url=os.environ["GRANTMINT_BASE_URL"], fleet=fleet
)
streams = [f"VJ{number:032x}" for number in range(int(os.environ["READER_STREAMS"]))]
first_one = int(os.environ.get("READER_FIRST", "0"))
streams = streams[first_one:] + streams[:first_one]

print("ready", flush=True)
sys.stdin.readline()
ends = threading.Event()


def wait_for_the_end() -> None:
    sys.stdin.read()
    ends.set()


threading.Thread(target=wait_for_the_end, daemon=True).start()
start = time.monotonic()
reads, first, slowest, errors = 0, 0.0, 0.0, set()
while not ends.is_set():
    for stream in streams:
        before = time.monotonic()
        try:
            live.token(stream, "alice")
        except grantmint.GrantmintError as error:
            errors.add(error.code)
        took = time.monotonic() - before
        if reads == 0:
            first = took
        elif reads >= len(streams):  # All but the first of each stream.
            slowest = max(slowest, took)
        reads += 1
    ends.wait(EVERY)
report = {"reads": reads, "first_s": first, "slowest_s": slowest, "errors": sorted(errors)}
report["fetches"] = live.stats().fetches
print(json.dumps({**report, "age_s": time.monotonic() - start}))
