#!/usr/bin/env python3
"""Measures how often processes call upstream, by how many they are: each for itself, as a fleet of one machine, and as one
of four machines through a server of Redis. All of them run at the same time, each group on an upstream of its own.

    curve.py --emulator PROGRAM --reader PROGRAM --csv FILE
"""

from __future__ import annotations

import argparse
import csv
import shutil
import tempfile
import time
from pathlib import Path

from run import Emulator, Processes, Redis, Watch, settings

COUNTS = [1, 2, 4, 8, 16, 32, 64]
WAYS = ["alone", "host", "redis"]
MACHINES = 4
STREAMS = 20
#: Nobody refreshes within so many seconds of the first call.
FIRST_S = 12


class Group:
    """So many processes that go one way."""

    def __init__(self, options: argparse.Namespace, way: str, count: int, folder: str, redis: Redis) -> None:
        self.emulator = Emulator(options.emulator)
        place = f"{folder}/{way}-{count}"
        fleet = {"host": f"host:{place}", "redis": redis.url}.get(way)
        hosts = [f"{place}-{machine}" for machine in range(MACHINES)] if way == "redis" else []
        self.processes = Processes([options.reader], settings(self.emulator, fleet, STREAMS), hosts)
        for number in range(count):
            self.processes.start(number)
        self.watch = Watch(self.emulator)

    def begin(self) -> None:
        for process in self.processes.running:
            self.processes.go(process)
        self.watch.start()

    def per_minute(self) -> float:
        """How often a stream is called for in a minute, not counting the first calls."""
        self.watch.end()
        return sum(map(rate, self.watch.times.values())) / STREAMS

    def end(self) -> None:
        for process in self.processes.running:
            process.kill()
        self.emulator.process.kill()


def rate(times: list[float]) -> float:
    """Calls of a minute, from the first of all to the last, whenever that was."""
    first, last = times[0], times[-1]
    return 60 * sum(time > first + FIRST_S for time in times) / (last - first)


def main() -> None:
    options = arguments()
    folder = tempfile.mkdtemp(prefix="grantmint-curve-", dir="/dev/shm")
    redis, groups = Redis(), {}
    try:
        for count in COUNTS:
            for way in WAYS:
                groups[count, way] = Group(options, way, count, folder, redis)
        for group in groups.values():
            group.begin()
        time.sleep(options.seconds)
        rates = {key: group.per_minute() for key, group in groups.items()}
    finally:
        for group in groups.values():
            group.end()
        redis.process.kill()
        shutil.rmtree(folder, ignore_errors=True)
    with Path(options.csv).open("w", encoding="ascii", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["processes", *WAYS])
        rows.writerows([count, *(f"{rates[count, way]:.2f}" for way in WAYS)] for count in COUNTS)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--emulator", required=True)
    parser.add_argument("--reader", required=True)
    parser.add_argument("--csv", required=True)
    parser.add_argument("--seconds", type=float, default=240, help="over a minute")
    return parser.parse_args()


if __name__ == "__main__":
    main()
