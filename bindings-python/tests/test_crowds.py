"""Many threads, tasks and loops at once; callers that give up."""

from __future__ import annotations

import asyncio
import threading

import pytest
from grantmint import DeadlineError, PlaybackMinter, verify
from support import STREAMER, Counting


def crowd(minter, threads=64, tasks=1000, loops=3):
    """Everybody at once; returns the tokens of all."""
    tokens, barrier = [], threading.Barrier(threads + loops)

    def ask(name):
        barrier.wait()
        tokens.append((name, minter.token(STREAMER, name).jwt))

    async def ask_all(names):
        asked = [minter.token_async(STREAMER, name) for name in names]
        answers = await asyncio.gather(*asked)
        tokens.extend((name, token.jwt) for name, token in zip(names, answers, strict=True))

    def run_loop(number):
        names = [f"task-{task}" for task in range(number, tasks, loops)]
        barrier.wait()
        asyncio.run(ask_all(names))

    started = [threading.Thread(target=ask, args=(f"thread-{n}",)) for n in range(threads)]
    started += [threading.Thread(target=run_loop, args=(n,)) for n in range(loops)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    return tokens


def test_one_call_for_64_threads_1000_tasks_and_3_loops(emulator, key):
    emulator.ask("faults", {"kind": "latency", "ms": 300})
    minter = PlaybackMinter(key, base_url=emulator.base_url)
    tokens = crowd(minter)
    assert len(tokens) == 1064
    assert len({jwt for _, jwt in tokens}) == 1064
    assert all(verify(jwt, key).identity == name for name, jwt in tokens)
    assert emulator.calls == 1


def test_one_run_of_a_plain_source_for_everybody(key):
    source = Counting(0.2)
    tokens = crowd(PlaybackMinter(key, source=source))
    assert len(tokens) == 1064
    assert len(source.asked) == 1


def test_a_failure_is_shared_too(emulator, key):
    emulator.ask("faults", [{"kind": "latency", "ms": 200}, {"kind": "status", "status": 503}])
    minter = PlaybackMinter(key, base_url=emulator.base_url)

    async def main():
        asked = [minter.token_async(STREAMER, f"viewer-{n}") for n in range(500)]
        return await asyncio.gather(*asked, return_exceptions=True)

    errors = asyncio.run(main())
    assert {error.code for error in errors} == {"upstream_unavailable"}
    assert len({id(error) for error in errors}) == 500
    assert emulator.calls == 1


def test_who_is_cancelled_cancels_nobody_else(key):
    source = Counting(0.2)
    minter = PlaybackMinter(key, source=source.fetch)

    async def main():
        tasks = [
            asyncio.create_task(minter.token_async(STREAMER, f"viewer-{n}")) for n in range(100)
        ]
        await asyncio.sleep(0.05)
        for task in tasks[:99]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(result, asyncio.CancelledError) for result in results[:99])
        assert results[99].jwt
        # All are gone: the fetch goes on without anybody.
        minter.purge()
        await asyncio.sleep(1)
        task = asyncio.create_task(minter.token_async(STREAMER, "alice"))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.sleep(0.4)
        assert minter.try_token(STREAMER, "bob")

    asyncio.run(main())
    assert len(source.asked) == 2


def test_a_task_waits_no_longer_than_it_said(emulator, key):
    emulator.ask("faults", {"kind": "latency", "ms": 1500})
    minter = PlaybackMinter(key, base_url=emulator.base_url)

    async def main():
        with pytest.raises(DeadlineError):
            await minter.token_async(STREAMER, "alice", timeout=0.1)
        with pytest.raises((asyncio.TimeoutError, TimeoutError)):
            await asyncio.wait_for(minter.token_async(STREAMER, "alice"), 0.1)
        return await minter.token_async(STREAMER, "bob")

    assert asyncio.run(main()).jwt
    assert emulator.calls == 1


def test_loops_come_and_go(key):
    minter = PlaybackMinter(key, source=Counting().fetch)
    for number in range(20):
        streamer = f"VJ{number % 10:032x}"
        assert asyncio.run(minter.token_async(streamer, "alice")).jwt


def test_a_loop_that_cannot_watch_sockets(key, monkeypatch):
    def refuse(*_):
        raise NotImplementedError

    async def main():
        monkeypatch.setattr(asyncio.get_running_loop(), "add_reader", refuse)
        minter = PlaybackMinter(key, source=Counting(0.05))
        tokens = [minter.token_async(STREAMER, f"viewer-{n}") for n in range(20)]
        return await asyncio.gather(*tokens)

    assert len(asyncio.run(main())) == 20


@pytest.mark.newest
def test_uvloop(key):
    import uvloop

    source = Counting(0.05)
    minter = PlaybackMinter(key, source=source.fetch)

    async def main():
        return await asyncio.gather(
            *[minter.token_async(STREAMER, f"viewer-{n}") for n in range(200)]
        )

    loop = uvloop.new_event_loop()
    try:
        assert len(loop.run_until_complete(main())) == 200
    finally:
        loop.close()
    assert len(source.asked) == 1
