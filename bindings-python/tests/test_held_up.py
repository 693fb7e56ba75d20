"""Callers that are held up, or whose process is stopped, after their grant has come."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from grantmint import ManualClock, PlaybackMinter, decode
from support import KEY, STREAMER, Counting, until

START = 1_700_000_000

#: Its loop is busy while the grant comes, and says when that begins.
CHILD = """
    import asyncio, json, sys, time
    from grantmint import ApiKey, PlaybackMinter, GrantmintError, decode
    live = PlaybackMinter(
        ApiKey(*sys.argv[2:5]), base_url=sys.argv[1], grant_ttl=4, min_remaining=1, timeout=30
    )
    def told(token):
        age = time.time() - decode(token.jwt).issued_at
        print(json.dumps({"remaining": token.grant_remaining, "age": age}), flush=True)
    async def on_a_loop():
        asked = asyncio.create_task(live.token_async(sys.argv[5], "alice"))
        await asyncio.sleep(0)
        print("ready", flush=True)
        time.sleep(1)
        told(await asked)
    def on_a_thread():
        print("ready", flush=True)
        try:
            told(live.token(sys.argv[5], "alice"))
        except GrantmintError as error:
            print(json.dumps({"code": error.code}), flush=True)
    asyncio.run(on_a_loop()) if sys.argv[6] == "loop" else on_a_thread()
"""


def test_a_loop_that_is_held_up_hands_out_no_dead_grant(key):
    clock, coming = ManualClock(START), threading.Event()

    def fetch(streamer, **_):
        coming.wait(10)
        return {"grant": {}}

    live = PlaybackMinter(key, source=fetch, clock=clock, timeout=600)

    async def held_up():
        asked = asyncio.create_task(live.token_async(STREAMER, "alice"))
        await asyncio.sleep(0.05)
        coming.set()
        while live.try_token(STREAMER, "bob") is None:
            time.sleep(0.001)  # noqa: ASYNC251
        clock.advance(120)
        return await asked

    token = asyncio.run(held_up())
    assert token.grant_remaining >= 5
    assert decode(token.jwt).issued_at == START + 120
    assert live.stats().fetches == 2


def on_a_blocked_loop(key, blocked):
    """Leaves a refresh for a loop that is blocked.

    Returns:
        The statistics and the number of calls when all is over, and the next token.
    """
    clock, source = ManualClock(START), Counting()

    async def main():
        live = PlaybackMinter(key, source=source.fetch, clock=clock, isolated=True)
        await live.token_async(STREAMER, "alice")
        clock.advance(30)
        assert live.try_token(STREAMER, "bob")
        blocked(live, clock)
        stats = live.stats()
        assert (stats.fetches, stats.refreshes, len(source.asked)) == (1, 0, 1)
        await until(lambda: live.stats().in_flight == 0)
        stats, calls = live.stats(), len(source.asked)
        return stats, calls, await live.token_async(STREAMER, "dave")

    return asyncio.run(main())


def test_a_refresh_that_a_blocked_loop_is_given_is_sent_once_when_the_loop_goes_on(key):
    def blocked(live, clock):
        clock.advance(3)
        assert live.try_token(STREAMER, "carol")

    stats, calls, token = on_a_blocked_loop(key, blocked)
    assert (stats.fetches, calls, stats.errors) == (2, 2, {})
    # Its lifetime counts from when the loop called the source, less the safety margin.
    assert token.grant_remaining == 58


def test_a_refresh_that_a_blocked_loop_does_not_begin_in_time_costs_nothing(key):
    def blocked(live, clock):
        clock.advance(5)
        # It is over, and the next begins.
        assert live.try_token(STREAMER, "carol")
        assert live.stats().errors == {"overloaded": 1}

    stats, calls, token = on_a_blocked_loop(key, blocked)
    assert (stats.fetches, calls, stats.errors) == (2, 2, {"overloaded": 1})
    assert token.grant_remaining == 58


def test_a_refresh_that_is_invalidated_before_a_blocked_loop_begins_it_is_not_sent(key):
    stats, calls, _ = on_a_blocked_loop(key, lambda live, _: live.invalidate(STREAMER))
    assert (stats.fetches, calls) == (1, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("where", ["loop", "thread"])
def test_a_process_that_is_stopped_hands_out_no_dead_grant(emulator, where):
    if where == "thread":
        emulator.ask("faults", {"kind": "latency", "ms": 300, "times": 1})
    program = [sys.executable, "-c", textwrap.dedent(CHILD)]
    asked = [emulator.base_url, *KEY, STREAMER, where]
    child = subprocess.Popen([*program, *asked], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(0.2)
    child.send_signal(signal.SIGSTOP)
    time.sleep(3)
    child.send_signal(signal.SIGCONT)
    told = json.loads(child.communicate(timeout=60)[0])
    if where == "thread" and "code" in told:
        # The process stood still while it fetched.
        assert told["code"] in ("grant_too_short", "upstream_timeout")
        return
    assert told["remaining"] >= 1
    assert told["age"] < 2
