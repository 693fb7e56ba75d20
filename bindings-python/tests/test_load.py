"""gunicorn --preload with four workers under load, of which some are ended from outside."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from servers import Client, Server, flask_with_preload
from support import STREAMER

pytestmark = pytest.mark.newest

SECONDS = 30
WORKERS = 4
CLIENTS = 8


def end_one_worker(server, how):
    """Ends a worker and waits until another has taken its place; returns when it was ended."""
    before = server.workers(WORKERS)
    victim = min(before)
    ended = time.monotonic()
    os.kill(victim, how)

    def replaced():
        assert victim not in server.workers(WORKERS)

    server.eventually(replaced)
    return ended


@pytest.mark.timeout(SECONDS * 4)
def test_workers_that_end_under_load(emulator):
    """Synchronous workers hold one request each: a killed one costs no more."""
    command = flask_with_preload(WORKERS, threads=1, kind="sync")
    with Server(emulator, *command, WARM_STREAMER=STREAMER) as server:
        stop = threading.Event()
        clients = [Client(server.port, number, stop) for number in range(CLIENTS)]
        end = time.monotonic() + SECONDS
        for client in clients:
            client.start()
        try:
            stop.wait(SECONDS / 5)
            end_one_worker(server, signal.SIGTERM)
            stop.wait(SECONDS / 5)
            killed = end_one_worker(server, signal.SIGKILL)
            stop.wait(max(0, end - time.monotonic()))
        finally:
            stop.set()
            for client in clients:
                client.join()
        tokens = [token for client in clients for token in client.tokens]
        failures = sorted(failure for client in clients for failure in client.failures)
        print(
            f"{len(tokens)} tokens in {SECONDS} s, {len(failures)} failures, {emulator.calls} calls"
        )
        assert len(set(tokens)) == len(tokens)
        assert [failure for failure in failures if failure[0] < killed] == []
        assert len(failures) <= 1, "only what the killed worker was serving"
        assert 1 <= emulator.calls <= 2 * (WORKERS + 1)
        assert emulator.ask("play", {"token": tokens[-1]})["admitted"]
        assert len(tokens) > SECONDS * CLIENTS, "the load was hardly one"
