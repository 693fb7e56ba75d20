"""A token server with Flask.

    pip install flask gunicorn

To try it, start ``grantmint emulator`` in a terminal of its own, and copy the three lines that it
prints into yours: they are the key that the server needs. Then, in this folder:

    export GRANTMINT_BASE_URL=http://127.0.0.1:8900
    gunicorn --preload --workers 2 --threads 8 flask_server:app &
    curl '127.0.0.1:8000/live/VJ00000000000000000000000000000001/token?identity=alice'
    curl '127.0.0.1:8000/rooms/token?identity=alice'

GRANTMINT_BASE_URL says where grants come from; Twilio has closed its own endpoint. WARM_STREAMER
says which to fetch first. With --preload each worker starts with the grants that its parent
had; then it has a cache of its own. With GRANTMINT_FLEET=host the workers share grants: one of
them fetches for all. Nothing is to be shut down: what the library runs ends with
the process.
"""

from __future__ import annotations

import math
import os
from typing import Any

from flask import Flask, Response, jsonify, request
from grantmint import ApiKey, GrantmintError, PlaybackMinter, TokenMinter, VideoGrant

# Made before the workers fork. What is wrong with the key or the options shows here.
key = ApiKey.from_env()
rooms = TokenMinter(key, grants=[VideoGrant(room="DailyStandup")], ttl=14_400)
live = PlaybackMinter(
    key,
    base_url=os.environ.get("GRANTMINT_BASE_URL"),
    fleet=os.environ.get("GRANTMINT_FLEET"),
)
if "WARM_STREAMER" in os.environ:
    live.token(os.environ["WARM_STREAMER"], "nobody")

app = Flask(__name__)


def viewer() -> str:
    """A caller that asks. Put your log-in here: as it stands, anybody is whoever they say."""
    return request.args.get("identity", "")


@app.get("/rooms/token")
def room_token() -> Response:
    """A token to join the room: no network, no wait."""
    return answer({"token": rooms.mint(viewer())})


@app.get("/live/<streamer>/token")
def live_token(streamer: str) -> Response:
    """A token to watch the stream. All viewers share its grant; one of them has it fetched."""
    token = live.token(streamer, viewer())
    state = {"valid_for": token.grant_remaining, "state": token.freshness}
    return answer({"token": token.jwt, **state})


@app.get("/stats")
def stats() -> dict[str, Any]:
    """What this process's cache has done."""
    counted = live.stats()
    return {"pid": os.getpid(), "fetches": counted.fetches, "hits": counted.hits}


@app.errorhandler(GrantmintError)
def refused(error: GrantmintError) -> Response:
    """Says what went wrong, and when to come back. No error of grantmint holds a secret."""
    return answer({"error": error.code}, status_of(error), error.retry_after)


def status_of(error: GrantmintError) -> int:
    """Whose fault it is: the client's, nobody's for long, or that of our own set-up."""
    if isinstance(error, ValueError):
        return 400
    if error.code == "upstream_not_found":
        return 404
    return 503 if error.is_retryable else 502


def answer(body: dict[str, Any], status: int = 200, retry_after: float | None = None) -> Response:
    """An answer that no HTTP cache may store: a token is for one viewer."""
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    if retry_after is not None:
        response.headers["Retry-After"] = str(math.ceil(retry_after))
    return response
