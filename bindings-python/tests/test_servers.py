"""The example servers under uvicorn and gunicorn, with workers that die."""

from __future__ import annotations

import json
import os
import signal
import urllib.error
from concurrent.futures import ThreadPoolExecutor

import pytest
from servers import Server, flask_with_preload
from support import STREAMER

pytestmark = pytest.mark.newest


def let_in(server, emulator, viewers=200):
    with ThreadPoolExecutor(32) as pool:
        paths = [f"live/{STREAMER}/token?identity=viewer-{number}" for number in range(viewers)]
        answers = list(pool.map(server.ask, paths))
    assert len({answer["token"] for answer in answers}) == viewers
    for answer in answers[::20]:
        assert emulator.ask("play", {"token": answer["token"]})["admitted"]


def status_of(server, path):
    """How the server refuses, and what it says besides."""
    with pytest.raises(urllib.error.HTTPError) as refused:
        server.ask(path)
    with refused.value as answer:
        return answer.code, json.load(answer)["error"], answer.headers


@pytest.mark.parametrize("workers", [1, 2])
def test_fastapi_under_uvicorn(emulator, workers):
    command = ("uvicorn", "fastapi_server:app", "--port=PORT", f"--workers={workers}")
    with Server(emulator, *command, WARM_STREAMER=STREAMER) as server:
        let_in(server, emulator)
        assert 1 <= emulator.calls <= workers
        token = server.ask("rooms/token?identity=alice")["token"]
        assert emulator.ask("join", {"token": token, "room": "DailyStandup"})["admitted"]


def test_what_fastapi_answers_when_it_cannot(emulator):
    with Server(emulator, "uvicorn", "fastapi_server:app", "--port=PORT") as server:
        refusals(server, emulator)


def test_what_flask_answers_when_it_cannot(emulator):
    with Server(emulator, *flask_with_preload(1, 4, "gthread")) as server:
        refusals(server, emulator)


def refusals(server, emulator):
    """What the examples have in common."""
    for path in ("rooms/token", f"live/{STREAMER}/token"):
        assert status_of(server, path)[:2] == (400, "invalid_identity")
    assert status_of(server, "live/VJ-typo/token?identity=alice")[:2] == (400, "invalid_sid")
    path = "live/VJ" + "8" * 32 + "/token?identity=alice"
    emulator.ask("faults", {"kind": "status", "status": 404, "times": 1})
    assert status_of(server, path)[:2] == (404, "upstream_not_found")
    path = "live/VJ" + "9" * 32 + "/token?identity=alice"
    emulator.ask("faults", {"kind": "throttle", "retry_after": 7})
    status, code, headers = status_of(server, path)
    assert (status, code) == (503, "throttled")
    assert 7 <= int(headers["Retry-After"]) <= 10
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("kind", "threads"), [("sync", 1), ("gthread", 4)])
def test_flask_under_gunicorn_with_preload(emulator, kind, threads):
    command = flask_with_preload(2, threads, kind)
    with Server(emulator, *command, WARM_STREAMER=STREAMER) as server:
        assert emulator.calls == 1
        let_in(server, emulator)
        assert emulator.calls == 1, "the workers start with their parent's grant"
        first = server.workers(2)
        for worker in first:
            os.kill(worker, signal.SIGKILL)

        def replaced():
            assert not server.workers(2) & first

        server.eventually(replaced)
        let_in(server, emulator)
        assert emulator.calls == 1
        other = "VJ" + "2" * 32
        assert server.ask(f"live/{other}/token?identity=alice")["token"]
