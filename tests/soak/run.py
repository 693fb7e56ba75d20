#!/usr/bin/env python3
"""Three runs of a mixed load in every language at once, each before an upstream that fails at random.

    run.py --emulator PROGRAM --seconds N [--series FILE] LANGUAGE=COMMAND...

A program asks for tokens in every way until its time is over, and watches the rules by itself. It prints its memory
every second, some of its tokens for the player to judge, and at last a line of JSON. Here it is seen that memory does
not grow without end, that nothing unexpected is written to standard error, that cool-downs are kept as promised, and
that the player lets every viewer in. In the second run the fleets share through a server of Redis, else through a folder.
Each run says its seed; --seed plays its faults again. --series writes down what memory was, second by second.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shlex
import subprocess
import sys
import threading
import time
from pathlib import Path

from growth import allowed, growth
from upstream import ACCOUNT, KEYS, Emulator, Fleet

RUNS = 3
#: The run whose fleets share through a server.
WITH_REDIS = 1
#: The rate limit that a process is told to keep: at once, and a second.
BURST, RATE = 20, 10


class Load(threading.Thread):
    """One program and its upstream, for one run."""

    def __init__(
        self, name: str, command: str, emulator: str, seconds: int, seed: int, *, redis: bool
    ) -> None:
        super().__init__(name=name)
        self.command, self.seconds = shlex.split(command), seconds
        self.emulator, self.fleet = Emulator(emulator), Fleet(redis=redis)
        self.random = random.Random(f"{seed} {name}")
        self.played, self.broken, self.result = 0, [], {}
        self.memory: list[tuple[float, float]] = []

    def run(self) -> None:
        process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.settings()},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        besides = [
            threading.Thread(
                target=self.emulator.make_trouble,
                args=[self.random, lambda: process.poll() is None],
            ),
            threading.Thread(target=self.watch_errors, args=[process]),
        ]
        for thread in besides:
            thread.start()
        last = self.read(process)
        if process.wait() != 0:
            self.broken.append(f"ended with {process.returncode}")
            last = "{}"
        for thread in besides:
            thread.join()
        self.result = json.loads(last)
        self.check(self.memory_stayed)
        self.check(self.upstream_was_left_alone)
        self.emulator.end()
        self.fleet.end()

    def settings(self) -> dict[str, str]:
        settings = {
            "SOAK_SECONDS": str(self.seconds),
            "SOAK_FLEET": self.fleet.url,
            "SOAK_BURST": str(BURST),
            "SOAK_RATE": str(RATE),
            "GRANTMINT_BASE_URL": self.emulator.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            # An arena of the C library for each thread fills for minutes before it stays as it is,
            # which would look like a leak and hide one.
            "MALLOC_ARENA_MAX": "2",
        }
        for name, (sid, secret) in KEYS.items():
            settings.update({f"{name}_KEY": sid, f"{name}_SECRET": secret})
        return settings

    def read(self, process: subprocess.Popen) -> str:
        """Takes what a program says of itself; returns the last line."""
        start, last = time.monotonic(), "{}"
        for line in process.stdout:
            what, _, value = line.rstrip("\n").partition(" ")
            if what == "token":
                self.check(lambda token=value: self.emulator.play(token))
                self.played += 1
            elif what == "memory":
                self.memory.append((round(time.monotonic() - start, 2), float(value)))
            else:
                last = line
        return last

    def watch_errors(self, process: subprocess.Popen) -> None:
        """Nothing is expected on standard error: no warning, no exception that was ignored."""
        lines = list(process.stderr)
        if lines:
            self.broken.append(f"{len(lines)} lines on standard error:\n" + "".join(lines[:20]))

    def check(self, rule) -> None:
        try:
            rule()
        except AssertionError as broken:
            self.broken.append(str(broken))

    def memory_stayed(self) -> None:
        assert self.memory, "it did not say what memory it takes"
        grown, most = growth(self.memory), allowed(self.memory)
        first, last = (int(self.memory[at][1]) for at in (len(self.memory) // 3, -1))
        self.result |= {"warm_kib": first, "end_kib": last, "growth_kib": round(grown)}
        assert grown <= most, f"memory goes on growing: by {grown:.0f} KiB, expected {most:.0f}"

    def upstream_was_left_alone(self) -> None:
        calls = self.emulator.ask("counters")["requests"]
        self.result["calls"] = calls
        # A forked child has a rate limit of its own, which begins as its parent's stands.
        most = (BURST + RATE * self.seconds) * (1 + self.result.get("forks", 0))
        assert calls <= most, f"{calls} calls upstream, expected at most {most}"
        assert calls > 0 and self.played > 0, "nothing was tried"


def one_run(number: int, given: argparse.Namespace) -> list[Load]:
    """Runs all programs at once; prints what became of each."""
    seed, redis = given.seed + number, number == WITH_REDIS
    loads = [
        Load(*language, given.emulator, given.seconds, seed, redis=redis)
        for language in given.languages
    ]
    for load in loads:
        load.start()
    for load in loads:
        load.join()
        print(f"run {number + 1} (seed {seed}) {load.name}: {load.result}, {load.played} let in")
        for text in load.broken[:10]:
            print(f"  BROKEN: {text}")
    sys.stdout.flush()
    return loads


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--emulator", required=True)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--series", type=Path)
    parser.add_argument("languages", nargs="+", type=lambda text: text.split("=", 1))
    given = parser.parse_args()
    loads = [load for number in range(RUNS) for load in one_run(number, given)]
    if given.series:
        given.series.write_text(
            json.dumps([{"name": load.name, "series": load.memory} for load in loads])
        )
    return 1 if any(load.broken for load in loads) else 0


if __name__ == "__main__":
    sys.exit(main())
