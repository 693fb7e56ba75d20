"""What type checkers are to see; checked with mypy --strict, never run."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any, assert_type

from grantmint import (
    ERRORS,
    LIMITS,
    ApiKey,
    Credential,
    GrantCache,
    Hit,
    HostFleet,
    IceCredentials,
    IceServers,
    Issued,
    PlaybackMinter,
    PlaybackToken,
    RedisFleet,
    RestSource,
    Stats,
    StreamMinter,
    TokenMinter,
    VideoGrant,
    VoiceGrant,
    oauth2,
    verify,
)
from grantmint.types import AsyncGrantFetch, AsyncGrantSource, GrantFetch, GrantSource, Sourced


def fetch(streamer: str, *, ttl: float, origin: str | None, timeout: float) -> dict[str, Any]:
    return {"grant": {}}


async def fetch_later(streamer: str, **options: object) -> dict[str, object]:
    return {"grant": {}, "ttl": options["ttl"]}


class Client:
    async def __call__(
        self, streamer: str, *, ttl: int, origin: str | None, timeout: float
    ) -> dict[str, str]:
        return {"grant": streamer}


def no_options(streamer: str) -> dict[str, object]:
    return {"grant": streamer}


def no_mapping(streamer: str, **options: object) -> str:
    return streamer


def misspelt(streamer: str, **options: object) -> Sourced:
    return {"grnt": streamer}  # type: ignore[typeddict-item, typeddict-unknown-key]


def told(streamer: str, **options: object) -> Sourced:
    return {"grant": {"for": streamer}, "ttl": timedelta(seconds=15)}


async def told_later(streamer: str, **options: object) -> Sourced:
    return {"grant": streamer}


def fleets(key: ApiKey) -> None:
    fleet = HostFleet(Path("/run/app"), secret=b"s" * 32)
    assert_type(fleet.path, str | None)
    GrantCache(fleet=fleet, namespace="tests")
    PlaybackMinter(key, fleet="host")
    many = RedisFleet("rediss://redis.example", host=False, timeout=timedelta(seconds=1))
    assert_type(many.url, str)
    PlaybackMinter(key, fleet=many)
    PlaybackMinter(key, fleet=7)  # type: ignore[arg-type]
    told = GrantCache().stats().fleet
    if told is not None:
        assert_type(told["values"], int)
        assert_type(told["trouble"], str | None)


async def credentials(key: ApiKey) -> None:
    source = RestSource(
        "https://idp.example/token",
        auth={"basic": ("user", "secret")},
        json={"ttl": "{ttl:int}"},
        ttl=60,
        value="/token",
        lifetime=[{"seconds": "/expires_in"}, "asked", {"constant": 60}],
        retry_after=("Retry-After", "s"),
    )
    RestSource("https://idp.example/token", method="DELETE")  # type: ignore[arg-type]
    assert_type(oauth2("https://idp.example/token", "app", "secret"), RestSource)
    with Credential(source, use="session", fleet="host") as token:
        assert_type(token, Credential)
        assert_type(token.get(timeout=1), Issued)
        assert_type(await token.get_async(), Issued)
        assert_type(token.try_get("alice"), Issued | None)
        assert_type(token.stats(), Stats)
    servers = IceServers.twilio(key, ttl=timedelta(hours=1), session=600)
    assert_type(servers, IceServers)
    assert_type(servers.get("alice"), IceCredentials)
    assert_type(await servers.get_async(), IceCredentials)
    assert_type(servers.get().ice_servers, list[dict[str, Any]])
    assert_type(IceServers.coturn("secret", ["turn:a"]).stats(), Stats | None)
    IceServers.twilio("key")  # type: ignore[arg-type]


def sources(key: ApiKey) -> None:
    plain: GrantSource = fetch
    later: AsyncGrantSource = fetch_later
    asked: GrantFetch = fetch
    asked_later: AsyncGrantFetch = fetch_later
    PlaybackMinter(key, source=plain)
    PlaybackMinter(key, source=later)
    PlaybackMinter(key, source=Client())
    PlaybackMinter(key, source=lambda streamer, **options: {"grant": streamer, **options})
    GrantCache().try_get("key", asked)
    GrantCache().try_get("key", asked_later)
    PlaybackMinter(key, source=told)
    PlaybackMinter(key, source=told_later)
    GrantCache().get("key", told)
    PlaybackMinter(key, source=no_options)  # type: ignore[arg-type]
    PlaybackMinter(key, source=no_mapping)  # type: ignore[arg-type]
    PlaybackMinter(key, source="https://example.com")  # type: ignore[arg-type]
    PlaybackMinter(key, source=42)  # type: ignore[arg-type]
    GrantCache().get("key", 42)  # type: ignore[arg-type]
    GrantCache(rate_limited=None, calls_per_second=5, burst=2, max_fetches=1)
    PlaybackMinter(key, calls_per_second=0.5, burst=2, max_fetches=1)
    PlaybackMinter(key, burst=1.5)  # type: ignore[arg-type]
    GrantCache().get("key", asked_later)  # type: ignore[arg-type]


async def check(key: ApiKey) -> None:
    rooms = TokenMinter(key, grants=[VideoGrant(room="r"), VoiceGrant()], ttl=timedelta(hours=1))
    assert_type(rooms.mint("alice"), str)
    assert_type(rooms.mint_many(["alice"]), list[str])
    with PlaybackMinter(key, source=fetch, policy={"max_keys": 5}) as live:
        assert_type(live, PlaybackMinter)
        assert_type(live.token("VJ", "alice", timeout=1), PlaybackToken)
        assert_type(await live.token_async("VJ", "alice"), PlaybackToken)
        assert_type(live.try_token("VJ", "alice"), str | None)
        assert_type(live.stream("VJ"), StreamMinter)
        assert_type(await live.stream("VJ").token_async("alice"), PlaybackToken)
        assert_type(live.stats(), Stats)
        assert_type(live.stats().calls_per_second, float | None)
        assert_type(live.cache(), GrantCache)
    assert_type(GrantCache().get("key", fetch), Hit)
    assert_type(await GrantCache().get_async("key", fetch), Hit)
    assert_type(verify("jwt", key).identity, str | None)
    TokenMinter(key, grants=["video"])  # type: ignore[list-item]
    assert_type(rooms.mint(identity="alice"), str)
    assert_type(ERRORS["closed"], tuple[int, bool, str])
    assert_type(LIMITS["TTL_MAX"], int)
    ERRORS["mine"] = (1, False, "")  # type: ignore[index]
    LIMITS.clear()  # type: ignore[attr-defined]
