#!/usr/bin/env python3
"""Runs a program against an emulator of its own, and asks that about what the program printed.

    with_emulator.py [--fault JSON] grantmint-emulator program [argument...]

The program finds the emulator's URL in GRANTMINT_EMULATOR and its demo key in TWILIO_…. It prints

    token <jwt>      the player must let this one in, and no two may be the same
    calls <number>   what upstream must have counted by then
"""

import argparse
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

ORIGIN = "https://www.example.com"
DEMO_KEY = {
    "TWILIO_ACCOUNT_SID": "ACde300000000000000000000000000000",
    "TWILIO_API_KEY": "SKde300000000000000000000000000000",
    "TWILIO_API_SECRET": "not-a-secret-emulator-demo-key-0",
}


class Emulator:
    """The emulator, for the length of a `with`."""

    def __init__(self, binary, *arguments):
        self.command = [binary, "--listen", "127.0.0.1:0", *arguments]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().split()[-1]
        self.environment = {**os.environ, **DEMO_KEY, "GRANTMINT_EMULATOR": self.url}
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=10)

    def ask(self, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.url}/emulator/{path}", data, timeout=10) as answer:
            return json.load(answer)

    def play(self, token):
        """The streamer that a player with this token may watch; raises if none."""
        try:
            return self.ask("play", {"token": token, "origin": ORIGIN})["streamer"]
        except urllib.error.HTTPError as refused:
            raise SystemExit(f"the player refused a token: {refused.read().decode()}") from None


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fault")
    arguments.add_argument("emulator")
    arguments.add_argument("program", nargs=argparse.REMAINDER)
    given = arguments.parse_args()
    faults = ["--fault", given.fault] if given.fault else []
    with Emulator(given.emulator, *faults) as emulator:
        ran = subprocess.run(
            given.program, env=emulator.environment, stdout=subprocess.PIPE, text=True, timeout=100
        )
        if ran.returncode != 0:
            return ran.returncode
        lines = [line.split(" ", 1) for line in ran.stdout.splitlines()]
        tokens = [what for kind, what in lines if kind == "token"]
        if len(set(tokens)) != len(tokens):
            raise SystemExit("two viewers got one token")
        for token in tokens:
            emulator.play(token)
        counted = emulator.ask("counters")["by_account"].get(DEMO_KEY["TWILIO_ACCOUNT_SID"], 0)
        for expected in (int(what) for kind, what in lines if kind == "calls"):
            if counted != expected:
                raise SystemExit(f"{counted} calls upstream, expected {expected}")
        print(f"{len(tokens)} tokens, {counted} calls upstream")
    return 0


if __name__ == "__main__":
    sys.exit(main())
