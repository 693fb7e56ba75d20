"""Who runs a source, and in which context: never who is busy, and never in another request's."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from grantmint import GrantCache, ManualClock, PlaybackMinter
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from support import STREAMER, until

START = 1_700_000_000
REQUESTS = 1_000
#: As many requests wait for one fetch.
WAITING = 50
request_of = contextvars.ContextVar("request_of", default=None)


def streamer(number):
    return f"VJ{number:032x}"


class Request:
    """What a framework keeps in a context."""

    def __init__(self, name):
        self.name = name


def test_a_thread_that_runs_a_source_is_given_no_other_fetch(key):
    first, release = threading.Event(), threading.Event()
    threads = []

    def fetch(streamer, **_):
        threads.append(threading.current_thread().name)
        if len(threads) == 1:
            first.set()
            release.wait(30)
        return {"grant": {}}

    live = PlaybackMinter(key, source=fetch)
    busy = threading.Thread(target=live.token, args=(STREAMER, "alice"), name="busy")
    busy.start()
    first.wait(10)
    live.invalidate(STREAMER)
    live.token(STREAMER, "bob")
    release.set()
    busy.join()
    assert threads == ["busy", threading.current_thread().name]


def test_an_executor_whose_threads_all_wait_does_not_stop_a_source(key):
    live = PlaybackMinter(key, source=lambda streamer, **_: {"grant": {}})
    cache = GrantCache()

    async def main():
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(2))
        tokens = [live.token_async(STREAMER, "alice")]
        tokens += [asyncio.to_thread(live.token, STREAMER, str(n)) for n in range(8)]
        await asyncio.gather(*tokens)
        fetch = lambda key, **_: {"grant": "a grant"}  # noqa: E731
        hits = [cache.get_async("key", fetch)]
        hits += [asyncio.to_thread(cache.get, "key", fetch) for _ in range(8)]
        await asyncio.gather(*hits)

    asyncio.run(main())
    assert live.stats().fetches == 1
    assert cache.stats().fetches == 1


def test_a_loop_that_ends_does_not_start_the_source_again(key):
    started, said = [], []

    async def fetch(streamer, **_):
        started.append(streamer)
        await asyncio.sleep(30)

    async def main():
        live = PlaybackMinter(key, source=fetch)
        tasks = [asyncio.ensure_future(live.token_async(STREAMER, str(n))) for n in range(20)]
        await asyncio.sleep(0.02)
        return len(tasks)  # asyncio.run cancels them

    class Handler(logging.Handler):
        def emit(self, record):
            said.append(record.getMessage())

    handler = Handler()
    logging.getLogger("asyncio").addHandler(handler)
    try:
        for _ in range(20):
            asyncio.run(main())
            gc.collect()
    finally:
        logging.getLogger("asyncio").removeHandler(handler)
    assert (len(started), said) == (20, [])


@pytest.mark.parametrize("kind", ["plain", "coroutine"])
def test_a_source_runs_in_the_context_of_a_caller_that_waits_or_of_its_minter(key, kind):
    clock, seen = ManualClock(START), []

    def note():
        seen.append(getattr(request_of.get(), "name", None))
        return {"grant": {}}

    def plain(streamer, **_):
        return note()

    async def coroutine(streamer, **_):
        await asyncio.sleep(0)
        return note()

    async def main():
        request_of.set(Request("the minter's"))
        source = plain if kind == "plain" else coroutine
        live = PlaybackMinter(key, source=source, clock=clock)
        alive = []

        async def serve(number):
            request = Request(number)
            alive.append(weakref.ref(request))
            request_of.set(request)
            await live.token_async(STREAMER, "alice")

        for number in range(4):
            await asyncio.create_task(serve(number))
            clock.advance(30)  # a refresh is due
            await asyncio.create_task(serve(100 + number))
            await until(lambda: len(seen) == 2 * (number + 1))  # noqa: B023
            live.invalidate(STREAMER)
        await asyncio.sleep(0.05)
        gc.collect()
        return [ref for ref in alive if ref() is not None]

    kept = asyncio.run(main())
    assert seen == [name for number in range(4) for name in (number, "the minter's")]
    assert kept == []


def test_spans_of_a_source_have_the_right_parent(key):
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer(__name__)
    alive = []

    async def fetch(streamer, **_):
        with tracer.start_as_current_span("fetch", attributes={"streamer": streamer}):
            await asyncio.sleep(0.001)
        return {"grant": {}}

    async def main():
        live = PlaybackMinter(key, source=fetch, base_url="https://spans.test")

        async def serve(number):
            request = Request(number)
            alive.append(weakref.ref(request))
            request_of.set(request)
            stream = streamer(number // WAITING)
            with tracer.start_as_current_span("request", attributes={"streamer": stream}):
                await live.token_async(stream, "alice", timeout=60)

        for start in range(0, REQUESTS, 100):
            await asyncio.gather(*(serve(start + number) for number in range(100)))
        await asyncio.sleep(0.05)  # the loop lets go of what it has done
        gc.collect()
        return sum(ref() is not None for ref in alive)

    kept = asyncio.run(main())
    spans = exporter.get_finished_spans()
    requests = {span.context.span_id: span for span in spans if span.name == "request"}
    fetches = [span for span in spans if span.name == "fetch"]
    assert (len(requests), len(fetches), kept) == (REQUESTS, REQUESTS // WAITING, 0)
    for span in fetches:
        assert span.parent is not None
        parent = requests[span.parent.span_id]
        assert parent.attributes["streamer"] == span.attributes["streamer"]
    assert trace.get_current_span() is trace.INVALID_SPAN
