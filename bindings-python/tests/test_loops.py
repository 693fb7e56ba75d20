"""Event loops that come, go, stop and close, and who runs a coroutine function then."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
import weakref
from contextlib import contextmanager

import pytest
import trio
from grantmint import (
    GrantCache,
    GrantmintError,
    InvalidArgumentError,
    ManualClock,
    PlaybackMinter,
)
from support import STREAMER, Counting, eventually

START = 1_700_000_000
OTHER = "VJ" + "2" * 32


@contextmanager
def running_loop():
    """A loop that runs on a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield loop
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def on(loop, call):
    return asyncio.run_coroutine_threadsafe(call, loop).result(10)


def open_files():
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


def minter_of(key, source, **options):
    clock = ManualClock(START)
    return clock, PlaybackMinter(key, source=source, clock=clock, **options)


async def until_cancelled(minter):
    """Gets the ticket of the fetch, and drops it when it is cancelled."""
    task = asyncio.create_task(minter.token_async(STREAMER, "alice"))
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        for other in asyncio.all_tasks():
            other.cancel()
        await asyncio.wait([task])
        raise


@pytest.mark.parametrize("of_stream", [False, True])
def test_a_thread_without_a_loop_has_the_loop_last_heard_from_refresh(key, of_stream):
    source = Counting()
    clock, minter = minter_of(key, source.fetch)
    stream = minter.stream(STREAMER)

    def try_token():
        return stream.try_token("bob") if of_stream else minter.try_token(STREAMER, "bob")

    with running_loop() as loop:
        first = on(loop, minter.token_async(STREAMER, "alice"))
        clock.advance(30)
        assert try_token()
        eventually(lambda: len(source.asked) == 2)
        eventually(lambda: on(loop, minter.token_async(STREAMER, "c")).generation != 1)
        assert on(loop, minter.token_async(STREAMER, "c")).generation > first.generation
        minter.prefetch(OTHER)
        eventually(lambda: minter.try_token(OTHER, "dave"))
        minter.keep_warm(OTHER, 60)


@pytest.mark.parametrize("of_stream", [False, True])
def test_a_grant_that_is_there_is_handed_out_with_nobody_to_refresh_it(key, of_stream):
    source = Counting()
    clock, minter = minter_of(key, source.fetch)
    stream = minter.stream(STREAMER)

    def try_token():
        return stream.try_token("bob") if of_stream else minter.try_token(STREAMER, "bob")

    asyncio.run(minter.token_async(STREAMER, "alice"))
    for _ in range(3):
        clock.advance(12)
        assert try_token()
    clock.advance(60)
    for call in (try_token, lambda: minter.prefetch(OTHER), lambda: minter.keep_warm(OTHER, 9)):
        with pytest.raises(InvalidArgumentError, match="event loop"):
            call()
    assert len(source.asked) == 1


def test_a_cache_hands_out_what_is_there_with_nobody_to_refresh_it():
    clock, source = ManualClock(START), Counting()
    cache = GrantCache(clock=clock)
    first = asyncio.run(cache.get_async("key", source.fetch))
    for _ in range(3):
        clock.advance(12)
        assert cache.try_get("key", source.fetch).generation == first.generation
    clock.advance(60)
    with pytest.raises(InvalidArgumentError, match="event loop"):
        cache.try_get("key", source.fetch)
    assert len(source.asked) == 1


def test_a_loop_that_cannot_watch_sockets_refreshes_too(key, monkeypatch):
    source = Counting()
    clock, minter = minter_of(key, source.fetch)

    def refuse(*_):
        raise NotImplementedError

    async def main():
        monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", refuse)
        await minter.token_async(STREAMER, "alice")
        clock.advance(30)
        assert minter.try_token(STREAMER, "bob")
        while len(source.asked) < 2:
            await asyncio.sleep(0.005)

    asyncio.run(asyncio.wait_for(main(), 5))


def test_a_closed_loop_takes_along_what_it_left_undone(key):
    source = Counting(60)
    minter = PlaybackMinter(key, source=source.fetch)
    before = open_files()
    loop = asyncio.new_event_loop()
    with pytest.raises((asyncio.TimeoutError, TimeoutError)):
        loop.run_until_complete(asyncio.wait_for(minter.token_async(STREAMER, "alice"), 0.1))
    loop.close()
    assert open_files() == before
    gone = weakref.ref(loop)
    del loop
    gc.collect()
    assert gone() is None
    # The fetch that nobody will end is begun anew at once, not after its time.
    source.seconds = 0
    assert asyncio.run(minter.token_async(STREAMER, "bob", timeout=3)).jwt


def test_a_loop_that_is_closed_and_kept_is_given_nothing(key):
    _, minter = minter_of(key, Counting().fetch)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(minter.token_async(STREAMER, "alice"))
    loop.close()
    with pytest.raises(InvalidArgumentError, match="event loop"):
        minter.prefetch(OTHER)
    assert minter.try_token(STREAMER, "bob")


def test_a_loop_that_does_not_listen_is_given_nothing_until_it_does(key):
    source = Counting()
    clock, minter = minter_of(key, source.fetch)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(minter.token_async(STREAMER, "alice"))
    numbers = iter(range(2, 1_000_000))

    def is_handed_back():
        clock.advance(0.1)  # for the rate limit
        minter.prefetch(f"VJ{next(numbers):032x}")
        return any(event.kind == "fetch_abandoned" for event in minter.drain_events())

    eventually(is_handed_back)
    loop.run_until_complete(asyncio.sleep(0.01))
    asked = len(source.asked)
    assert asked > 1
    minter.prefetch(OTHER)

    def is_asked_again():
        clock.advance(0.1)  # for the rate limit
        loop.run_until_complete(asyncio.sleep(0.01))
        return len(source.asked) > asked

    eventually(is_asked_again)
    loop.close()


def test_a_task_of_a_loop_that_does_not_listen_does_not_fetch(key):
    source = Counting(60)
    minter = PlaybackMinter(key, source=source.fetch)
    stopped = asyncio.new_event_loop()
    with running_loop() as first, running_loop() as other:
        fetcher = asyncio.run_coroutine_threadsafe(until_cancelled(minter), first)
        eventually(lambda: source.asked)
        waiting = stopped.create_task(minter.token_async(STREAMER, "bob"))
        stopped.run_until_complete(asyncio.sleep(0.01))
        numbers = iter(range(2, 1_000_000))

        def is_handed_back():
            minter.prefetch(f"VJ{next(numbers):032x}")
            time.sleep(0.1)
            return any(event.kind == "fetch_abandoned" for event in minter.drain_events())

        eventually(is_handed_back)
        source.seconds = 0
        call = minter.token_async(STREAMER, "carol", timeout=3)
        follower = asyncio.run_coroutine_threadsafe(call, other)
        eventually(lambda: minter.stats().waits == 3)
        first.call_soon_threadsafe(fetcher.cancel)
        assert follower.result(10).jwt
        assert stopped.run_until_complete(waiting).jwt
    stopped.close()


def test_loops_that_take_turns_have_one_port_each(key):
    minter = PlaybackMinter(key, source=Counting().fetch)
    loops = [asyncio.new_event_loop() for _ in range(2)]
    numbers = iter(range(1_000))

    def ask(loop):
        return loop.run_until_complete(minter.token_async(f"VJ{next(numbers):032x}", "alice"))

    for loop in loops:
        ask(loop)
    before = open_files()
    for _ in range(5):
        assert all(ask(loop).jwt for loop in loops)
    assert open_files() == before
    for loop in loops:
        loop.close()


@pytest.mark.newest
def test_a_closed_loop_of_uvloop_leaves_no_sockets(key):
    import uvloop

    minter = PlaybackMinter(key, source=Counting(60).fetch)
    uvloop.new_event_loop().close()
    before = open_files()
    for number in range(3):
        loop = uvloop.new_event_loop()
        call = minter.token_async(f"VJ{number:032x}", "alice")
        with pytest.raises((asyncio.TimeoutError, TimeoutError)):
            loop.run_until_complete(asyncio.wait_for(call, 0.1))
        loop.close()
    del loop
    assert open_files() <= before


@pytest.mark.parametrize("rounds", range(4))
def test_a_wait_is_cancelled_whatever_comes_at_the_same_time(rounds):
    from grantmint import _async

    async def main():
        begun = GrantCache().begin("key")
        task = asyncio.create_task(begun.waiter.wait_async())
        await asyncio.sleep(0.01)
        for future in list(_async.port_of_loop()._rung.values()):
            future.set_result(None)
        for _ in range(rounds):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=1)
        assert done
        assert task.cancelled()
        begun.ticket.abandon()

    asyncio.run(main())


def call_once(coroutine):
    """Runs a coroutine up to its first await, with no loop."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    finally:
        coroutine.close()
    return None


def test_without_a_loop_of_asyncio_the_error_says_what_to_call(key):
    source = Counting()
    _, minter = minter_of(key, source)
    cache = GrantCache()
    fetcher = cache.begin("key")
    waits = [
        lambda: minter.token_async(STREAMER, "alice"),
        lambda: minter.stream(STREAMER).token_async("alice"),
        lambda: cache.get_async("key", source),
        lambda: cache.get_async("other", source),
        lambda: cache.get_async("another", source.fetch),
        fetcher.waiter.wait_async,
    ]

    async def under_trio(wait):
        with pytest.raises(GrantmintError, match=r"trio\.to_thread\.run_sync") as refused:
            await wait()
        assert refused.value.code == "unsupported"

    for wait in waits:
        with pytest.raises(GrantmintError, match=r"call token\(\) or get\(\)") as refused:
            call_once(wait())
        assert refused.value.code == "unsupported"
        trio.run(under_trio, wait)
    assert not source.asked, "a call that is refused fetches nothing"
    minter.token(STREAMER, "alice")
    assert call_once(minter.token_async(STREAMER, "bob")).jwt, "a hit needs no loop"


def test_a_grant_whose_refresh_needs_a_loop_is_served_without_one():
    clock = ManualClock(1_700_000_000)
    source = Counting()
    cache = GrantCache(clock=clock)
    first = cache.get("key", source)
    clock.advance(30)
    hit = call_once(cache.get_async("key", source.fetch))
    assert (hit.grant, hit.freshness) == (first.grant, "refreshing")
    assert len(source.asked) == 1


def test_trio_in_a_thread(key):
    _, minter = minter_of(key, Counting(0.05))
    tokens = []

    async def main():
        async def ask():
            tokens.append(await trio.to_thread.run_sync(minter.token, STREAMER, "alice"))

        async with trio.open_nursery() as nursery:
            for _ in range(5):
                nursery.start_soon(ask)

    trio.run(main)
    assert len(tokens) == 5
    assert minter.stats().fetches == 1
