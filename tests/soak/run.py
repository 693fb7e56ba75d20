#!/usr/bin/env python3
"""Three runs of a mixed load in every language at once, each before an upstream that fails at random.

    run.py --emulator PROGRAM --seconds N LANGUAGE=COMMAND...

A program asks for tokens in every way until its time is over, watches the rules by itself, prints some of
its tokens for the player to judge, and at last a line of JSON with its memory after a quarter of the time
and at the end. Here it is seen that memory stays where it was, that cool-downs are kept as promised, and
that the player lets every viewer in. Each run says its seed; --seed plays its faults again.
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
import urllib.error
import urllib.request

ACCOUNT = "ACde300000000000000000000000000000"
KEYS = {
    "TWILIO_API": ("SKde300000000000000000000000000000", "not-a-secret-emulator-demo-key-0"),
    "SECOND_API": ("SKde300000000000000000000000000001", "not-a-secret-emulator-demo-key-1"),
}
RUNS = 3
ORIGIN = "https://www.example.com"
#: What may be added to the memory that a warm process takes: the larger of the two.
GROWTH_KIB, GROWTH_SHARE = 2048, 0.05
#: The rate limit that a process has: at once, and a second.
BURST, RATE = 20, 10

FAULTS = [
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503, "retry_after": 1},
    {"kind": "status", "status": 401},
    {"kind": "status", "status": 404},
    {"kind": "throttle"},
    {"kind": "throttle", "retry_after": 1},
    {"kind": "latency", "ms": 300, "jitter_ms": 700},
    {"kind": "stall", "ms": 500},
    {"kind": "stall"},
    {"kind": "cut_before"},
    {"kind": "cut_body"},
    {"kind": "slow_body", "bytes": 50, "every_ms": 20},
    {"kind": "garbage_bytes"},
    {"kind": "not_json"},
    {"kind": "null_grant"},
    {"kind": "oversize", "bytes": 70000},
    {"kind": "truncated_json"},
    {"kind": "short_grant", "lifetime_s": 9},
    {"kind": "short_grant", "lifetime_s": 0},
    {"kind": "no_date"},
    {"kind": "proxy_date", "s": 90},
]


class Emulator:
    """An upstream of a program's own."""

    def __init__(self, program: str) -> None:
        keys = [f"--key={ACCOUNT}:{sid}:{secret}" for sid, secret in KEYS.values()]
        command = [program, "--listen", "127.0.0.1:0", *keys]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]

    def ask(self, path: str, body: object = None, method: str | None = None) -> dict:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/emulator/{path}", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def play(self, token: str) -> None:
        try:
            self.ask("play", {"token": token, "origin": ORIGIN})
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"the player refused a token: {refused.read().decode()}") from None


class Load(threading.Thread):
    """One program and its upstream, for one run."""

    def __init__(self, name: str, command: str, emulator: str, seconds: int, seed: int) -> None:
        super().__init__(name=name)
        self.command, self.seconds = shlex.split(command), seconds
        self.emulator = Emulator(emulator)
        self.random = random.Random(f"{seed} {name}")
        self.played, self.broken, self.result = 0, [], {}

    def run(self) -> None:
        settings = {
            "SOAK_SECONDS": str(self.seconds),
            "GRANTMINT_BASE_URL": self.emulator.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            # An arena of the C library for each thread fills for minutes before it stays as it is,
            # which would look like a leak and hide one.
            "MALLOC_ARENA_MAX": "2",
        }
        for name, (sid, secret) in KEYS.items():
            settings.update({f"{name}_KEY": sid, f"{name}_SECRET": secret})
        process = subprocess.Popen(
            self.command, env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True
        )
        chaos = threading.Thread(target=self.make_trouble, args=[process])
        chaos.start()
        last = ""
        for line in process.stdout:
            if line.startswith("token "):
                self.check(lambda token=line.split()[1]: self.emulator.play(token))
                self.played += 1
            else:
                last = line
        if process.wait() != 0:
            self.broken.append(f"ended with {process.returncode}")
            last = "{}"
        chaos.join()
        self.result = json.loads(last)
        self.check(self.memory_stayed)
        self.check(self.upstream_was_left_alone)
        self.emulator.process.terminate()
        self.emulator.process.communicate()

    def make_trouble(self, process: subprocess.Popen) -> None:
        """Another fault, or none, every moment."""
        while process.poll() is None:
            self.emulator.ask("faults", method="DELETE")
            if self.random.random() < 0.4:
                fault = {**self.random.choice(FAULTS), "times": self.random.randint(1, 5)}
                self.emulator.ask("faults", fault)
            time.sleep(self.random.uniform(0.1, 1.0))

    def check(self, rule) -> None:
        try:
            rule()
        except AssertionError as broken:
            self.broken.append(str(broken))

    def memory_stayed(self) -> None:
        warm, end = self.result.get("warm_kib", 0), self.result.get("end_kib", 0)
        most = warm + max(GROWTH_KIB, warm * GROWTH_SHARE)
        assert warm and end <= most, f"memory went from {warm} to {end} KiB"

    def upstream_was_left_alone(self) -> None:
        calls = self.emulator.ask("counters")["requests"]
        self.result["calls"] = calls
        # A forked child has a rate limit of its own, which begins as its parent's stands.
        most = (BURST + RATE * self.seconds) * (1 + self.result.get("forks", 0))
        assert calls <= most, f"{calls} calls upstream, expected at most {most}"
        assert calls > 0 and self.played > 0, "nothing was tried"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--emulator", required=True)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("languages", nargs="+", type=lambda text: text.split("=", 1))
    given = parser.parse_args()
    broken = 0
    for number in range(RUNS):
        seed = given.seed + number
        loads = [Load(*language, given.emulator, given.seconds, seed) for language in given.languages]
        for load in loads:
            load.start()
        for load in loads:
            load.join()
            broken += len(load.broken)
            print(f"run {number + 1} (seed {seed}) {load.name}: {load.result}, {load.played} let in")
            for text in load.broken[:10]:
                print(f"  BROKEN: {text}")
        sys.stdout.flush()
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
