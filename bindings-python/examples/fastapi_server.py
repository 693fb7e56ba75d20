"""A token server with FastAPI.

    pip install fastapi uvicorn

To try it, start ``grantmint emulator`` in a terminal of its own, and copy the three lines that it
prints into yours: they are the key that the server needs. Then, in this folder:

    export GRANTMINT_BASE_URL=http://127.0.0.1:8900
    uvicorn fastapi_server:app --workers 2 &
    curl '127.0.0.1:8000/live/VJ00000000000000000000000000000001/token?identity=alice'
    curl '127.0.0.1:8000/rooms/token?identity=alice'

GRANTMINT_BASE_URL says where grants come from; Twilio has closed its own endpoint. WARM_STREAMER
says which to fetch first. Each worker has a cache of its own, and asks upstream about once
per stream and half a minute. With GRANTMINT_FLEET=host one worker does so for all.
"""

from __future__ import annotations

import math
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from grantmint import ApiKey, GrantmintError, PlaybackMinter, TokenMinter, VideoGrant

# Made once a process. What is wrong with the key or the options shows here, not at showtime.
key = ApiKey.from_env()
rooms = TokenMinter(key, grants=[VideoGrant(room="DailyStandup")], ttl=14_400)
live = PlaybackMinter(
    key,
    base_url=os.environ.get("GRANTMINT_BASE_URL"),
    fleet=os.environ.get("GRANTMINT_FLEET"),
)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Has the first grant fetched before viewers come, and lets go of the cache at the end."""
    with live:
        if "WARM_STREAMER" in os.environ:
            live.prefetch(os.environ["WARM_STREAMER"])
        yield


# Without the pages that describe its routes, which every request would be compared with first.
app = FastAPI(lifespan=lifespan, openapi_url=None)


def viewer(request: Request) -> str:
    """A caller that asks. Put your log-in here: as it stands, anybody is whoever they say.

    The routes call it. To make it a dependency, write ``async def``: FastAPI runs any other on a
    thread, which takes as long as all else here.
    """
    return request.query_params.get("identity", "")


@app.get("/rooms/token")
async def room_token(request: Request) -> JSONResponse:
    """A token to join the room: no network, no wait."""
    return answer({"token": rooms.mint(viewer(request))})


@app.get("/live/{streamer}/token")
async def live_token(streamer: str, request: Request) -> JSONResponse:
    """A token to watch the stream. All viewers share its grant; one of them has it fetched."""
    token = await live.token_async(streamer, viewer(request))
    state = {"valid_for": token.grant_remaining, "state": token.freshness}
    return answer({"token": token.jwt, **state})


@app.get("/stats")
async def stats() -> dict[str, Any]:
    """What this process's cache has done."""
    counted = live.stats()
    return {"pid": os.getpid(), "fetches": counted.fetches, "hits": counted.hits}


@app.exception_handler(GrantmintError)
async def refused(_: Request, error: GrantmintError) -> JSONResponse:
    """Says what went wrong, and when to come back. No error of grantmint holds a secret."""
    return answer({"error": error.code}, status_of(error), error.retry_after)


def status_of(error: GrantmintError) -> int:
    """Whose fault it is: the client's, nobody's for long, or that of our own set-up."""
    if isinstance(error, ValueError):
        return 400
    if error.code == "upstream_not_found":
        return 404
    return 503 if error.is_retryable else 502


def answer(
    body: dict[str, Any], status: int = 200, retry_after: float | None = None
) -> JSONResponse:
    """An answer that no HTTP cache may store: a token is for one viewer."""
    headers = {"Cache-Control": "no-store"}
    if retry_after is not None:
        headers["Retry-After"] = str(math.ceil(retry_after))
    return JSONResponse(body, status, headers)
