"""What a source may answer, as in every language: tests/vectors/source_answers.json."""

from __future__ import annotations

import asyncio
import collections
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from grantmint import (
    ApiKey,
    GrantCache,
    GrantmintError,
    InvalidArgumentError,
    ManualClock,
    PlaybackMinter,
)
from support import KEY, STREAMER, vectors

TOLERANCE = 0.002
POLICY = {"safety_margin": 0.001}
FIELDS = {"name", "only", "asked", "grant", "ttl", "python", "node", "serves", "code", "says"}


class Response:
    """As those of requests and httpx."""

    status_code = 200

    def json(self) -> Any:
        raise AssertionError


class Awaitable:
    def __await__(self):
        raise AssertionError


class Client:
    """Has a grant, and is none."""


async def coroutine() -> Any:
    raise AssertionError


def coroutine_closed() -> Any:
    """A coroutine within another value, which only its owner can close."""
    made = coroutine()
    made.close()
    return made


def circle() -> Any:
    made: dict[str, Any] = {"hush": 1}
    made["grant"] = made
    return made


NAMES = {
    "Awaitable": Awaitable,
    "Client": Client,
    "Response": Response,
    "circle": circle,
    "collections": collections,
    "coroutine": coroutine,
    "coroutine_closed": coroutine_closed,
    "datetime": datetime,
    "inf": float("inf"),
    "nan": float("nan"),
    "timedelta": timedelta,
    "timezone": timezone,
}


def rows():
    for row in vectors("source_answers.json")["answers"]:
        assert set(row) <= FIELDS, row["name"]
        if "grant" not in row and "python" not in row:
            continue
        for place in ("minter", "cache"):
            if row.get("only", place) == place:
                yield pytest.param(row, place, id=f"{row['name']} ({place})")


def answer_of(row: dict[str, Any]) -> Any:
    if "python" in row:
        return eval(row["python"], dict(NAMES))
    return {name: row[name] for name in ("grant", "ttl") if name in row}


def ask(row: dict[str, Any], place: str) -> float:
    """The lifetime that the grant is served with."""
    asked, clock = row.get("asked", 60), ManualClock(1_800_000_000)

    def fetch(_: str, **__: Any) -> Any:
        return answer_of(row)

    if place == "cache":
        return GrantCache(policy=POLICY, clock=clock).get("key", fetch, ttl=asked).remaining
    key = ApiKey(*KEY)
    minter = PlaybackMinter(key, source=fetch, grant_ttl=asked, policy=POLICY, clock=clock)
    return minter.token(STREAMER, "alice").grant_remaining


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("row", "place"), list(rows()))
def test_every_answer_is_served_or_refused_as_written(row, place):
    if "serves" in row:
        assert ask(row, place) == pytest.approx(row["serves"], abs=TOLERANCE)
        return
    with pytest.raises(GrantmintError) as refused:
        ask(row, place)
    assert refused.value.code == row["code"]
    says = row.get("says", "")
    assert (says if isinstance(says, str) else says["python"]) in str(refused.value)
    assert "hush" not in str(refused.value)


def test_a_coroutine_function_is_told_the_same(key):
    async def fetch(_: str, **__: Any) -> Any:
        return {"grant": coroutine(), "ttl": 60}

    minter = PlaybackMinter(key, source=fetch)
    with pytest.raises(GrantmintError, match="is an await missing") as refused:
        asyncio.run(minter.token_async(STREAMER, "alice"))
    assert isinstance(refused.value.__cause__, TypeError)


def test_whoever_has_a_ticket_is_told_and_keeps_it():
    begun = GrantCache().begin("key", ttl=60)
    begun.ticket.start()
    with pytest.raises(InvalidArgumentError) as refused:
        begun.ticket.complete("a grant", ttl=60_000)
    assert (refused.value.code, refused.value.argument) == ("invalid_ttl", "ttl")
    begun.ticket.complete("a grant", ttl=30)
    assert begun.waiter.wait().grant == "a grant"
