"""A WSGI program whose source of grants takes 0.2 seconds, for servers of every kind."""

from __future__ import annotations

import json
import os
import time
from urllib.parse import parse_qs

from grantmint import ApiKey, PlaybackMinter

calls = 0


def fetch(streamer, **_):
    global calls
    calls += 1
    time.sleep(0.2)
    return {"grant": {"n": calls}}


minter = PlaybackMinter(ApiKey.from_env(), source=fetch)


def app(environ, start_response):
    if environ["PATH_INFO"] == "/stats":
        answer = {"pid": os.getpid(), "calls": calls}
    else:
        (streamer,) = parse_qs(environ["QUERY_STRING"])["streamer"]
        answer = {"token": minter.token(streamer, "alice").jwt}
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]
