"""What the tests share."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grantmint

REPOSITORY = Path(__file__).resolve().parents[2]
#: The emulator's built-in key.
KEY = (
    "ACde300000000000000000000000000000",
    "SKde300000000000000000000000000000",
    "not-a-secret-emulator-demo-key-0",
)
STREAMER = "VJ00000000000000000000000000000001"


def eventually(holds: Callable[[], bool]) -> None:
    """Waits until something holds that a thread sees to."""
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


async def until(holds: Callable[[], bool]) -> None:
    """The same for a task, whose loop goes on meanwhile."""
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.005)


def vectors(name: str) -> Any:
    return json.loads((REPOSITORY / "tests" / "vectors" / name).read_text(encoding="utf-8"))


class Emulator:
    """The emulated upstream, as a program of its own."""

    def __init__(self, *options: str) -> None:
        program = os.environ["GRANTMINT_EMULATOR"]
        self._process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", *options], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.base_url = self._process.stdout.readline().rsplit(" ", 1)[-1].strip()

    def ask(self, what: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.base_url}/emulator/{what}", data=data)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    @property
    def calls(self) -> int:
        return self.ask("counters")["requests"]

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)


class Counting:
    """A source that counts, and takes its time."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.asked: list[dict[str, Any]] = []
        self.threads: list[str] = []

    def __call__(self, streamer: str, *, ttl: int, origin: str | None, timeout: float) -> Any:
        import threading
        import time

        self.asked.append({"streamer": streamer, "ttl": ttl, "origin": origin, "timeout": timeout})
        self.threads.append(threading.current_thread().name)
        time.sleep(self.seconds)
        return {"grant": {"n": len(self.asked)}}

    async def fetch(self, streamer: str, *, ttl: int, origin: str | None, timeout: float) -> Any:
        import asyncio

        self.asked.append({"streamer": streamer, "ttl": ttl, "origin": origin, "timeout": timeout})
        await asyncio.sleep(self.seconds)
        return {"grant": {"n": len(self.asked)}}


def a_worker(base_url: str) -> Any:
    """What a process of a pool does: hands back a token and an error."""
    key = grantmint.ApiKey(*KEY)
    token = grantmint.PlaybackMinter(key, base_url=base_url).token(STREAMER, "alice")
    try:
        grantmint.PlaybackMinter(key).token("VJ-typo", "alice")
    except grantmint.GrantmintError as error:
        return token, error
    return None
