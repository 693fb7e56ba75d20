"""What type checkers are to see; checked with mypy --strict, never run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, assert_type

from grantmint import (
    ApiKey,
    GrantCache,
    Hit,
    PlaybackMinter,
    PlaybackToken,
    Stats,
    StreamMinter,
    TokenMinter,
    VideoGrant,
    VoiceGrant,
    verify,
)


def fetch(streamer: str, *, ttl: float, origin: str | None, timeout: float) -> dict[str, Any]:
    return {"grant": {}}


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
        assert_type(live.cache(), GrantCache)
    assert_type(GrantCache().get("key", fetch), Hit)
    assert_type(await GrantCache().get_async("key", fetch), Hit)
    assert_type(verify("jwt", key).identity, str | None)
    TokenMinter(key, grants=["video"])  # type: ignore[list-item]
    rooms.mint(identity="alice")  # type: ignore[call-arg]
