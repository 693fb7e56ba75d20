"""What the programs of a run talk to: an upstream that fails at random, and a server that fleets share through."""

from __future__ import annotations

import json
import random
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ACCOUNT = "ACde300000000000000000000000000000"
KEYS = {
    "TWILIO_API": ("SKde300000000000000000000000000000", "not-a-secret-emulator-demo-key-0"),
    "SECOND_API": ("SKde300000000000000000000000000001", "not-a-secret-emulator-demo-key-1"),
}
ORIGIN = "https://www.example.com"

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

    def make_trouble(self, chance: random.Random, goes_on: Callable[[], bool]) -> None:
        """Another fault, or none, every moment."""
        while goes_on():
            self.ask("faults", method="DELETE")
            if chance.random() < 0.4:
                self.ask("faults", {**chance.choice(FAULTS), "times": chance.randint(1, 5)})
            time.sleep(chance.uniform(0.1, 1.0))

    def end(self) -> None:
        self.process.terminate()
        self.process.communicate()


class Fleet:
    """What the processes of one program share grants by: a folder, or a server of Redis of their own."""

    def __init__(self, *, redis: bool) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="grantmint-soak-"))
        self.server = None
        self.url = f"host:{self.folder}"
        if redis:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            command = ["redis-server", "--port", str(port), "--save", "", "--dir", str(self.folder)]
            self.server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            self.url = f"redis://127.0.0.1:{port}"

    def end(self) -> None:
        if self.server:
            self.server.terminate()
            self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
