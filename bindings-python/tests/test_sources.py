"""Sources that Python wrote: who runs them, and who learns what they raised."""

from __future__ import annotations

import asyncio
import functools
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from grantmint import (
    ERRORS,
    DeadlineError,
    GrantCache,
    GrantmintError,
    InvalidArgumentError,
    ManualClock,
    PlaybackMinter,
    ThrottledError,
    UpstreamError,
    errors,
)
from support import STREAMER, Counting

START = 1_700_000_000


def eventually(holds):
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_a_plain_function_runs_on_the_thread_that_waits(key):
    source = Counting()
    minter = PlaybackMinter(key, source=source, allow_origin="https://Example.com", grant_ttl=30)
    minter.token(STREAMER.upper(), "alice")
    minter.token(STREAMER, "bob")
    (asked,) = source.asked
    assert asked["streamer"] == STREAMER
    assert asked["ttl"] == 30
    assert asked["origin"] == "https://example.com"
    assert 0 < asked["timeout"] <= 5
    assert source.threads == [threading.current_thread().name]


def test_a_refresh_runs_on_a_thread_of_the_library(key):
    clock, source = ManualClock(START), Counting()
    minter = PlaybackMinter(key, source=source, clock=clock)
    first = minter.token(STREAMER, "alice")
    clock.advance(30)
    assert minter.token(STREAMER, "bob").freshness == "refreshing"
    eventually(lambda: minter.token(STREAMER, "carol").generation > first.generation)
    assert source.threads[1:] == ["grantmint-source"]
    minter.prefetch("VJ" + "2" * 32)
    eventually(lambda: minter.try_token("VJ" + "2" * 32, "dave"))
    assert source.threads[1:] == ["grantmint-source"] * 2
    # One that has run them, and one that is idle.
    names = [thread.name for thread in threading.enumerate()]
    assert 1 <= names.count("grantmint-source") <= 16


def test_a_grant_that_is_invalidated_while_its_source_runs_is_not_stored(key):
    asked = []

    def source(streamer, **_):
        asked.append(streamer)
        if len(asked) == 1:
            minter.invalidate(streamer)
        return {"grant": {}}

    minter = PlaybackMinter(key, source=source, clock=ManualClock(START))
    first = minter.token(STREAMER, "alice")
    second = minter.token(STREAMER, "bob")
    assert len(asked) == 2
    assert second.generation > first.generation
    assert minter.token(STREAMER, "carol").generation == second.generation


def test_lifetime_is_as_the_source_says(key):
    def fetch(streamer, **_):
        return {"grant": '{ "exact" : 1 }', "ttl": 20}

    token = PlaybackMinter(key, source=fetch).token(STREAMER, "alice")
    assert 15 < token.grant_remaining < 20


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"grant": []}, "upstream_no_grant"),
        ({"grant": "{"}, "upstream_not_json"),
        ({"grant": "x" * 70_000}, "upstream_too_large"),
        ({}, "source_failed"),
        (None, "source_failed"),
        ({"grant": {}, "ttl": "soon"}, "source_failed"),
    ],
)
def test_what_is_no_grant_fails(key, answer, code):
    minter = PlaybackMinter(key, source=lambda *_, **__: answer)
    with pytest.raises(UpstreamError) as refused:
        minter.token(STREAMER, "alice")
    assert refused.value.code == code


def test_whose_function_raised_is_told_and_all_others_learn_the_class(key):
    started, go_on = threading.Event(), threading.Event()

    def fetch(streamer, **_):
        started.set()
        assert go_on.wait(5)
        raise LookupError("hush")

    minter = PlaybackMinter(key, source=fetch)
    errors = []

    def ask():
        with pytest.raises(UpstreamError) as raised:
            minter.token(STREAMER, "alice")
        errors.append(raised.value)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert started.wait(5)
    eventually(lambda: minter.stats().waits == 8)
    go_on.set()
    for thread in threads:
        thread.join()
    assert {error.code for error in errors} == {"source_failed"}
    assert all("LookupError" in str(error) and "hush" not in str(error) for error in errors)
    causes = [error.__cause__ for error in errors if error.__cause__ is not None]
    assert [str(cause) for cause in causes] == ["hush"]


def test_a_throttled_source_keeps_everybody_off(key):
    asked = []

    def fetch(streamer, **_):
        asked.append(streamer)
        raise ThrottledError(retry_after=60)

    minter = PlaybackMinter(key, source=fetch, clock=ManualClock(START))
    for _ in range(3):
        with pytest.raises(ThrottledError) as refused:
            minter.token(STREAMER, "alice")
        assert refused.value.retry_after >= 60
    assert len(asked) == 1


def test_an_interrupt_is_no_outcome(key):
    asked = []

    def fetch(streamer, **_):
        asked.append(streamer)
        if len(asked) == 1:
            raise KeyboardInterrupt
        return {"grant": {}}

    minter = PlaybackMinter(key, source=fetch)
    with pytest.raises(KeyboardInterrupt):
        minter.token(STREAMER, "alice")
    eventually(lambda: minter.token(STREAMER, "alice", timeout=5).jwt)
    assert len(asked) == 2


@pytest.mark.parametrize("ended_by", [SystemExit, KeyboardInterrupt])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_thread_for_refreshes_outlives_what_it_runs(key, ended_by):
    asked = []

    def fetch(streamer, **_):
        asked.append(streamer)
        if len(asked) == 1:
            raise ended_by
        return {"grant": {}}

    minter = PlaybackMinter(key, source=fetch)
    minter.prefetch(STREAMER)
    eventually(lambda: asked)
    other = "VJ" + "2" * 32
    minter.prefetch(other)
    eventually(lambda: minter.try_token(other, "alice"))
    assert minter.token(STREAMER, "alice").jwt


def test_a_coroutine_function_needs_a_loop(key):
    source = Counting()
    minter = PlaybackMinter(key, source=source.fetch)
    calls = [
        lambda: minter.token(STREAMER, "alice"),
        lambda: minter.stream(STREAMER).token("alice"),
        lambda: minter.prefetch(STREAMER),
        lambda: minter.try_token(STREAMER, "alice"),
    ]
    for call in calls:
        with pytest.raises(InvalidArgumentError) as refused:
            call()
        assert refused.value.code == "invalid_argument"
    assert asyncio.run(minter.token_async(STREAMER, "alice")).jwt
    assert minter.try_token(STREAMER, "alice")
    assert len(source.asked) == 1


@pytest.mark.parametrize("imports", ["", "import inspect"])
def test_coroutine_functions_are_told_from_others_with_and_without_inspect(imports):
    code = f"""
        import functools, sys
        {imports}
        from grantmint._sources import is_coroutine

        async def fetch(streamer, **_): ...
        class Fetch:
            async def __call__(self, streamer, **_): ...
            async def method(self, streamer, **_): ...
            def plain(self, streamer, **_): ...
        fetch_with = functools.partial(functools.partial(fetch, ttl=1), origin=None)
        asynchronous = [fetch, Fetch(), Fetch().method, fetch_with]
        plain = [lambda streamer, **_: fetch(streamer), Fetch().plain, print]
        plain.append(functools.partial(Fetch().plain, ttl=1))
        assert [is_coroutine(one) for one in asynchronous] == [True] * 4
        assert [is_coroutine(one) for one in plain] == [False] * 4
        print("inspect" in sys.modules)
    """
    command = [sys.executable, "-I", "-c", textwrap.dedent(code)]
    ended = subprocess.run(command, capture_output=True, check=False, text=True)
    assert ended.stdout == f"{bool(imports)}\n", ended.stderr


def test_a_coroutine_function_refreshes_on_the_loop(key):
    async def main(source):
        clock = ManualClock(START)
        minter = PlaybackMinter(key, source=source, clock=clock)
        stream = minter.stream(STREAMER)
        first = await stream.token_async("alice")
        clock.advance(30)
        assert (await minter.token_async(STREAMER, "bob")).freshness == "refreshing"
        for _ in range(500):
            token = await minter.token_async(STREAMER, "carol")
            if token.generation > first.generation:
                return
            await asyncio.sleep(0.005)
        raise AssertionError

    source = Counting()
    asyncio.run(main(functools.partial(source.fetch)))
    assert len(source.asked) == 2
    asyncio.run(main(source))
    assert source.threads[-1] == "grantmint-source"
    assert source.threads[-2] == "grantmint-source"


def test_a_loop_that_ends_hands_the_fetch_on(key):
    asked = []

    async def fetch(streamer, **_):
        asked.append(streamer)
        await asyncio.sleep(60 if len(asked) == 1 else 0)
        return {"grant": {}}

    minter = PlaybackMinter(key, source=fetch)
    began, other = threading.Event(), []

    async def leave():
        task = asyncio.create_task(minter.token_async(STREAMER, "alice"))
        while not asked:
            await asyncio.sleep(0.001)
        began.set()
        while not other or minter.stats().waits < 2:
            await asyncio.sleep(0.001)
        task.cancel()

    thread = threading.Thread(target=asyncio.run, args=(leave(),))
    thread.start()
    assert began.wait(5)

    async def stay():
        other.append(True)
        return await minter.token_async(STREAMER, "bob", timeout=10)

    assert asyncio.run(stay()).jwt
    thread.join()
    assert len(asked) == 2


def test_the_cause_in_a_task(key):
    async def bad(streamer, **_):
        raise LookupError("hush")

    def worse(streamer, **_):
        raise LookupError("hush")

    for source in (bad, worse):
        minter = PlaybackMinter(key, source=source)
        with pytest.raises(UpstreamError) as raised:
            asyncio.run(minter.token_async(STREAMER, "alice"))
        assert str(raised.value.__cause__) == "hush"


def test_a_forgotten_await_is_noticed(key):
    async def fetch(streamer, **_):
        return {"grant": {}}

    minter = PlaybackMinter(key, source=lambda streamer, **rest: fetch(streamer, **rest))
    with pytest.raises(UpstreamError) as raised:
        minter.token(STREAMER, "alice")
    assert "async def" in str(raised.value.__cause__)


def test_a_cache_by_itself():
    clock, source = ManualClock(START), Counting()
    cache = GrantCache(clock=clock)
    first = cache.get("key", source)
    assert (first.grant, first.freshness) == ('{"n":1}', "fresh")
    assert "n" not in repr(first).partition("grant=...")[0]
    assert cache.get("key", source).generation == first.generation
    assert asyncio.run(cache.get_async("key", source.fetch)).generation == first.generation
    clock.advance(30)
    assert cache.get("key", source).freshness == "refreshing"
    eventually(lambda: cache.get("key", source).generation > first.generation)
    assert source.threads[-1] == "grantmint-source"
    assert cache.try_get("other") is None
    clock.advance(10)
    source.seconds = 0.1
    assert cache.try_get("other", source) is None
    eventually(lambda: cache.try_get("other"))
    assert len(cache) == 2
    assert len(source.asked) == 3


def test_a_cache_fetches_once_on_all_loops():
    source = Counting(0.05)
    cache = GrantCache()

    async def crowd():
        grants = [cache.get_async("key", source.fetch) for _ in range(50)]
        return {grant.generation for grant in await asyncio.gather(*grants)}

    found = []
    threads = [
        threading.Thread(target=lambda: found.append(asyncio.run(crowd()))) for _ in range(3)
    ]
    threads += [
        threading.Thread(target=lambda: found.append({cache.get("key", source).generation}))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set.union(*found)) == 1
    assert len(source.asked) == 1


def test_errors_of_a_cache():
    def bad(key, **_):
        raise LookupError("hush")

    async def worse(key, **_):
        raise LookupError("hush")

    for number, call in enumerate(
        [
            lambda cache: cache.get("key", bad),
            lambda cache: asyncio.run(cache.get_async("key", bad)),
            lambda cache: asyncio.run(cache.get_async("key", worse)),
        ]
    ):
        with pytest.raises(UpstreamError) as raised:
            call(GrantCache())
        assert str(raised.value.__cause__) == "hush", number
    with pytest.raises(InvalidArgumentError):
        GrantCache().get("key", worse)
    with pytest.raises(InvalidArgumentError):
        GrantCache().try_get("key", worse)
    with pytest.raises(GrantmintError):
        GrantCache().get("", bad)
    cache = GrantCache()
    fetcher = cache.begin("key")
    assert fetcher.outcome == "fetch"
    with pytest.raises(DeadlineError):
        cache.get("key", bad, timeout=0.05)
    with pytest.raises(DeadlineError):
        asyncio.run(cache.get_async("key", bad, timeout=0.05))
    fetcher.ticket.abandon()
    with pytest.raises(GrantmintError) as raised:
        fetcher.ticket.start()
    assert raised.value.code == "abandoned"
    assert cache.get("key", Counting()).grant


@pytest.mark.parametrize("code", ERRORS)
def test_a_look_tells_of_no_error_that_a_fetch_ended_in(code):
    cache = GrantCache()
    ticket = cache.begin("key").ticket
    assert ticket.start()[0] == "go"
    ticket.fail(errors._from_core(code, "on purpose", None))
    assert cache.try_get("key") is None
    with pytest.raises(InvalidArgumentError):
        cache.try_get("key", min_remaining=40)


def test_a_dropped_fetch_is_begun_again_twice_within_the_callers_time():
    clock = ManualClock(START)
    asking = GrantCache(clock=clock)._ask("key", ttl=60, min_remaining=None, timeout=5)
    for more in (True, True, False):
        begun = asking.begin()
        clock.advance(2)
        begun.ticket.abandon()
        with pytest.raises(GrantmintError) as raised:
            begun.waiter.wait()
        assert raised.value.code == "abandoned"
        assert asking.goes_on("abandoned") is more
    begun = asking.begin()
    with pytest.raises(DeadlineError):
        begun.waiter.wait()
