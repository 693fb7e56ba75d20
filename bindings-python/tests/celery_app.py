"""A Celery program: once it is ready it sends itself tasks, each of which mints a token.

Each task appends a line to the file that DONE names. Tasks of one process share their streams.
"""

from __future__ import annotations

import os
import time

from celery import Celery
from celery.signals import worker_ready
from grantmint import ApiKey, PlaybackMinter

TASKS = 30
app = Celery("tokens", broker="memory://")
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=TASKS)


def fetch(streamer, **_):
    time.sleep(0.1)
    return {"grant": {}}


minter = PlaybackMinter(ApiKey.from_env(), source=fetch)


@app.task
def mint(number):
    token = minter.token(f"VJ{number % 3:032x}", f"viewer-{number}")
    minter.prefetch(f"VJ{3:032x}")
    with open(os.environ["DONE"], "a", encoding="utf-8") as done:
        done.write(f"{token.jwt[:3]}\n")


@worker_ready.connect
def send_all(**_):
    for number in range(TASKS):
        mint.delay(number)
