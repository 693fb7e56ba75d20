"""The example servers under uvicorn and gunicorn, with workers that die."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from support import REPOSITORY, STREAMER

EXAMPLES = REPOSITORY / "bindings-python" / "examples"


class Server:
    """A program that serves HTTP."""

    def __init__(self, emulator, *command, **env):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        command = [part.replace("PORT", str(self.port)) for part in command]
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=EXAMPLES,
            env={
                **os.environ,
                "TWILIO_ACCOUNT_SID": "ACde300000000000000000000000000000",
                "TWILIO_API_KEY": "SKde300000000000000000000000000000",
                "TWILIO_API_SECRET": "not-a-secret-emulator-demo-key-0",
                "GRANTMINT_BASE_URL": emulator.base_url,
                **env,
            },
        )
        self.eventually(lambda: self.ask("stats"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait(20)

    def ask(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=20) as answer:
            return json.load(answer)

    def eventually(self, run):
        end = time.monotonic() + 30
        while True:
            try:
                return run()
            except (OSError, AssertionError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def workers(self):
        return {self.ask("stats")["pid"] for _ in range(30)}


def let_in(server, emulator, viewers=200):
    with ThreadPoolExecutor(32) as pool:
        paths = [f"live/{STREAMER}/token?identity=viewer-{number}" for number in range(viewers)]
        answers = list(pool.map(server.ask, paths))
    assert len({answer["token"] for answer in answers}) == viewers
    for answer in answers[::20]:
        assert emulator.ask("play", {"token": answer["token"]})["admitted"]


def test_fastapi_under_uvicorn(emulator):
    pytest.importorskip("fastapi")
    command = ("uvicorn", "fastapi_server:app", "--port", "PORT", "--log-level", "warning")
    with Server(emulator, *command) as server:
        let_in(server, emulator)
        assert emulator.calls == 1
        token = server.ask("rooms/token?identity=alice")["token"]
        assert emulator.ask("join", {"token": token, "room": "DailyStandup"})["admitted"]
        emulator.ask("faults", {"kind": "throttle", "retry_after": 7})
        for path, status in (("VJ-typo", 400), ("VJ" + "9" * 32, 503)):
            with pytest.raises(urllib.error.HTTPError) as refused:
                server.ask(f"live/{path}/token?identity=alice")
            assert refused.value.code == status
            refused.value.close()
        assert int(refused.value.headers["Retry-After"]) >= 7


@pytest.mark.parametrize("workers", ["sync", "gthread"])
def test_flask_under_gunicorn_with_preload(emulator, workers):
    pytest.importorskip("flask")
    command = (
        "gunicorn",
        "--preload",
        "--workers=2",
        "--threads=4" if workers == "gthread" else "--threads=1",
        f"--worker-class={workers}",
        "--bind=127.0.0.1:PORT",
        "--log-level=warning",
        "flask_server:app",
    )
    with Server(emulator, *command, WARM_STREAMER=STREAMER) as server:
        assert emulator.calls == 1
        let_in(server, emulator)
        assert emulator.calls == 1, "the workers start with their parent's grant"
        first = server.workers()
        for worker in first:
            os.kill(worker, signal.SIGKILL)

        def replaced():
            assert not server.workers() & first

        server.eventually(replaced)
        let_in(server, emulator)
        assert emulator.calls == 1
        other = "VJ" + "2" * 32
        assert server.ask(f"live/{other}/token?identity=alice")["token"]
