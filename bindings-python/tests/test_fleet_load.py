"""gunicorn --preload with eight workers under load, and a server of Redis that comes and goes."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from redis_server import Redis, needs_redis
from servers import Client, Server

pytestmark = pytest.mark.newest

TESTS = Path(__file__).parent
WORKERS, CLIENTS, SECONDS = 8, 8, 5
COMMAND = (
    "gunicorn",
    "--preload",
    f"--workers={WORKERS}",
    "--threads=2",
    "--worker-class=gthread",
    f"--pythonpath={TESTS}",
    "--bind=127.0.0.1:PORT",
    "fleet_app:app",
)


def how_all_do(server):
    """What each worker says of the fleet."""
    said = {}

    def all_have_answered():
        stats = server.ask("stats")
        said[stats.pop("pid")] = stats
        assert len(said) == WORKERS

    server.eventually(all_have_answered)
    return said.values()


@needs_redis
@pytest.mark.parametrize("front", ["folder", "nothing"])
def test_no_request_is_lost_with_the_server(emulator, tmp_path, front):
    (tmp_path / "redis").mkdir()
    redis = Redis(tmp_path / "redis")
    env = {"GRANTMINT_FLEET": redis.url, "FRONT": front, "XDG_RUNTIME_DIR": str(tmp_path)}
    stop = threading.Event()
    calls = []

    def calls_in_five_seconds():
        before = emulator.calls
        stop.wait(SECONDS)
        calls.append(emulator.calls - before)

    def is_missed():
        assert any(worker["is_broken"] for worker in how_all_do(server))

    def answers():
        return sum(worker["answers"] for worker in how_all_do(server))

    def is_found_again():
        assert answers() > answered

    with Server(emulator, *COMMAND, **env) as server:
        clients = [Client(server.port, number, stop) for number in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            calls_in_five_seconds()
            redis.kill()
            server.eventually(is_missed)
            calls_in_five_seconds()
            answered = answers()
            redis.start()
            server.eventually(is_found_again)
            calls_in_five_seconds()
        finally:
            stop.set()
            for client in clients:
                client.join()
            redis.kill()
    tokens = [token for client in clients for token in client.tokens]
    failures = [failure for client in clients for failure in client.failures]
    before, during, after = calls
    print(
        f"{WORKERS} workers, with {front} in front: "
        f"{len(tokens)} requests, {len(failures)} failed; "
        f"calls in {SECONDS} s: {before} before, {during} without the server, {after} after"
    )
    assert failures == []
    assert len(set(tokens)) == len(tokens)
    # Together they refresh about every two seconds.
    assert max(before, after) <= SECONDS
    if front == "folder":
        assert during <= SECONDS, "the folder holds them together"
