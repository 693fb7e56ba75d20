"""Who keeps a source, and who does not: what refers to its minter is collected with it."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest
from grantmint import ManualClock, PlaybackMinter
from support import STREAMER, Counting, eventually


class Live:
    """A program's object: it has a minter, whose source is a method of it."""

    def __init__(self, key, *, is_coroutine=False):
        self.asked = []
        source = self.fetch_async if is_coroutine else self.fetch
        self.minter = PlaybackMinter(key, source=source)
        self.stream = self.minter.stream(STREAMER)

    def fetch(self, streamer, **_):
        self.asked.append(streamer)
        return {"grant": {}}

    async def fetch_async(self, streamer, **rest):
        return self.fetch(streamer, **rest)


def are_collected(gone):
    gc.collect()
    return [part() for part in gone] == [None] * len(gone)


@pytest.mark.parametrize("is_coroutine", [False, True])
def test_a_source_that_refers_to_its_minter_is_collected(key, is_coroutine):
    live = Live(key, is_coroutine=is_coroutine)
    token = asyncio.run(live.minter.token_async(STREAMER, "alice"))
    assert live.stream.try_token("bob")
    assert token.jwt
    gone = [weakref.ref(part) for part in (live, live.minter, live.stream)]
    del live
    # The thread that ran a plain source may be about to let go of it.
    eventually(lambda: are_collected(gone))


def test_a_stream_keeps_the_source(key):
    clock, source = ManualClock(1_700_000_000), Counting()
    stream = PlaybackMinter(key, source=source, clock=clock).stream(STREAMER)
    gc.collect()
    assert stream.token("alice").jwt
    clock.advance(60)
    assert stream.token("bob").jwt
    assert len(source.asked) == 2


def test_a_function_of_a_dropped_minter_is_kept_by_nobody(key):
    def fetch(streamer, **_):
        return {"grant": {}}

    minter = PlaybackMinter(key, source=fetch, share="kept")
    other = PlaybackMinter(key, source=Counting(), share="kept")
    minter.keep_warm(STREAMER, 60)
    gone = weakref.ref(fetch)
    del minter, fetch
    gc.collect()
    assert gone() is None
    assert other.token(STREAMER, "alice").jwt
