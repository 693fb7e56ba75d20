"""A token server with FastAPI.

    uvicorn fastapi_server:app --workers 2

It needs TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET. Have your own users logged in
before you hand them tokens: here anybody is whoever they say.
"""

from __future__ import annotations

import os
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from grantmint import ApiKey, GrantmintError, PlaybackMinter, TokenMinter, VideoGrant

key = ApiKey.from_env()
rooms = TokenMinter(key, grants=[VideoGrant(room="DailyStandup")], ttl=14_400)
live = PlaybackMinter(key, base_url=os.environ.get("GRANTMINT_BASE_URL"))

app = FastAPI()


@app.get("/rooms/token")
async def room_token(identity: str) -> dict[str, Any]:
    """A token to join the room: no network, no wait."""
    return {"token": rooms.mint(identity)}


@app.get("/live/{streamer}/token")
async def live_token(streamer: str, identity: str) -> dict[str, Any]:
    """A token to watch the stream. All viewers share its grant; one of them has it fetched."""
    token = await live.token_async(streamer, identity)
    return {"token": token.jwt, "valid_for": token.grant_remaining, "state": token.freshness}


@app.get("/stats")
async def stats() -> dict[str, Any]:
    """What this process's cache has done."""
    counted = live.stats()
    return {"pid": os.getpid(), "fetches": counted.fetches, "hits": counted.hits}


@app.exception_handler(GrantmintError)
async def refused(_: Request, error: GrantmintError) -> JSONResponse:
    """Says what went wrong, and when to come back."""
    if isinstance(error, ValueError):
        raise HTTPException(400, error.code)
    after = {} if error.retry_after is None else {"Retry-After": str(int(error.retry_after) + 1)}
    return JSONResponse({"error": error.code}, 503, after)
