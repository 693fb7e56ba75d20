"""Processes that a test steers: each evaluates what it is sent, and says what came of it.

python -c "import peers; peers.serve()"    with this folder on PYTHONPATH
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any


class Peer:
    """A process. `with` it ends when the test does, whatever it does then."""

    def __init__(self, setup: str = "", **names: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", "import peers; peers.serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.send(names)
        self.send(setup)

    def __enter__(self) -> Peer:  # noqa: PYI034
        assert self.hear() is None
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait(20)
        assert self.process.stdin is not None
        self.process.stdin.close()
        # A child of it may have the other end, too.
        self._listener.join(20)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put("")

    def send(self, what: Any) -> None:
        """Has it evaluate an expression."""
        assert self.process.stdin is not None
        print(json.dumps(what), file=self.process.stdin, flush=True)

    def hear(self, seconds: float = 20) -> Any:
        """What came of it."""
        line = self._lines.get(timeout=seconds)
        assert line, "it has ended"
        said = json.loads(line)
        if "failed" in said:
            raise Failed(*said["failed"])
        return said["value"]

    def ask(self, what: str) -> Any:
        self.send(what)
        return self.hear()


class Failed(Exception):  # noqa: N818
    """What a process was told by grantmint."""

    def __init__(self, code: str, retry_after: float | None, text: str) -> None:
        super().__init__(text)
        self.code, self.retry_after = code, retry_after


def serve() -> None:
    """What such a process does."""
    import asyncio

    import grantmint
    from support import KEY, STREAMER

    names: dict[str, Any] = {name: getattr(grantmint, name) for name in grantmint.__all__}
    names |= {"key": grantmint.ApiKey(*KEY), "VJ": STREAMER, "KEY": KEY, "asyncio": asyncio}
    names |= {"os": os, "time": time, **json.loads(sys.stdin.readline())}
    names |= {"log": log, "said": lambda said: say({"value": said})}
    answer(lambda: exec(json.loads(sys.stdin.readline()), names))  # noqa: S102
    for line in sys.stdin:
        answer(partial(eval, json.loads(line), names))


def answer(run: Any) -> None:
    try:
        said = {"value": run()}
    except Exception as error:  # noqa: BLE001
        told = [getattr(error, "code", None), getattr(error, "retry_after", None), repr(error)]
        said = {"failed": told}
    say(said)


def say(said: dict[str, Any]) -> None:
    """In one write: a child may say something at the same time."""
    os.write(1, f"{json.dumps(said, default=str)}\n".encode())


def log(path: str, what: str) -> None:
    """Adds a line to a file that several write."""
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{what}\n")


def a_member(base_url: str, fleet: str, start: Any, answers: Any) -> None:
    """What one of many processes does that want the same grant at the same time."""
    import grantmint
    from support import KEY, STREAMER

    live = grantmint.PlaybackMinter(grantmint.ApiKey(*KEY), base_url=base_url, fleet=fleet)
    start.wait(60)
    began = time.monotonic()
    token = live.token(STREAMER, "alice")
    answers.put((token, time.monotonic() - began, live.stats().fleet))
