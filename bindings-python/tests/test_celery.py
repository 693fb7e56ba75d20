"""Tasks of Celery mint tokens, in each of its pools."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from servers import VARIABLES
from support import KEY

pytestmark = pytest.mark.newest

TASKS = 30
POOLS = ("prefork", "threads", "gevent", "eventlet")


class Worker:
    """A worker of Celery that sends itself tasks; see celery_app.py."""

    def __init__(self, pool, home):
        self.done, self.log = home / f"{pool}-done", home / f"{pool}-log"
        self.done.touch()
        command = (sys.executable, "-W", "ignore", "-m", "celery", "-A", "celery_app", "worker")
        alone = ("--without-gossip", "--without-mingle", "--without-heartbeat")
        variables = dict(zip(VARIABLES, KEY, strict=True))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, f"--pool={pool}", "--concurrency=4", *alone],
                cwd=Path(__file__).parent,
                env={**os.environ, **variables, "DONE": str(self.done)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    """A worker of each pool. All start at the same time, which takes the least."""
    home = tmp_path_factory.mktemp("celery")
    workers = {pool: Worker(pool, home) for pool in POOLS}
    yield workers
    for worker in workers.values():
        worker.process.kill()
        worker.process.wait()


@pytest.mark.parametrize("pool", POOLS)
def test_tasks(workers, pool):
    worker = workers[pool]
    end = time.monotonic() + 60
    while len(worker.done.read_text().split()) < TASKS and time.monotonic() < end:
        time.sleep(0.05)
    assert worker.done.read_text().split() == ["eyJ"] * TASKS, worker.log.read_text()
    worker.process.send_signal(signal.SIGTERM)
    assert worker.process.wait(30) == 0, worker.log.read_text()
    assert "Traceback" not in worker.log.read_text()
