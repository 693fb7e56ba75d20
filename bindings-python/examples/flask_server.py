"""A token server with Flask.

    gunicorn --preload --workers 2 --threads 8 flask_server:app

It needs TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET. Have your own users logged in
before you hand them tokens: here anybody is whoever they say.
"""

from __future__ import annotations

import os
from typing import Any

from flask import Flask, request
from grantmint import ApiKey, GrantmintError, PlaybackMinter, TokenMinter, VideoGrant

# Made before the workers fork: each starts with the grants that are still good.
key = ApiKey.from_env()
rooms = TokenMinter(key, grants=[VideoGrant(room="DailyStandup")], ttl=14_400)
live = PlaybackMinter(key, base_url=os.environ.get("GRANTMINT_BASE_URL"))
if "WARM_STREAMER" in os.environ:
    live.token(os.environ["WARM_STREAMER"], "nobody")

app = Flask(__name__)


@app.get("/rooms/token")
def room_token() -> dict[str, Any]:
    """A token to join the room: no network, no wait."""
    return {"token": rooms.mint(request.args["identity"])}


@app.get("/live/<streamer>/token")
def live_token(streamer: str) -> dict[str, Any]:
    """A token to watch the stream. All viewers share its grant; one of them has it fetched."""
    token = live.token(streamer, request.args["identity"])
    return {"token": token.jwt, "valid_for": token.grant_remaining, "state": token.freshness}


@app.get("/stats")
def stats() -> dict[str, Any]:
    """What this process's cache has done."""
    counted = live.stats()
    return {"pid": os.getpid(), "fetches": counted.fetches, "hits": counted.hits}


@app.errorhandler(GrantmintError)
def refused(error: GrantmintError) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Says what went wrong, and when to come back."""
    status = 400 if isinstance(error, ValueError) else 503
    after = {} if error.retry_after is None else {"Retry-After": str(int(error.retry_after) + 1)}
    return {"error": error.code}, status, after
