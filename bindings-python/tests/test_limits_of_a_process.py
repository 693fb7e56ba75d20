"""A process that can have no more threads or descriptors: what is cached is served all the same."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest
from support import KEY, STREAMER

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limits are those of Linux")

#: Each way to ask, while a refresh of the cached grants is due; then the same with an empty cache.
PROGRAM = """
    import asyncio, json, os, resource, sys
    from grantmint import ApiKey, GrantCache, GrantmintError, ManualClock, PlaybackMinter
    url, *key, S, limit, kind = sys.argv[1:]
    clock = ManualClock(1_800_000_000)

    def plain(streamer, **_):
        return {"grant": {}}

    async def coroutine(streamer, **_):
        return {"grant": {}}

    source = {"plain": plain, "coroutine": coroutine, "client": None}[kind]
    options = {"base_url": url} if source is None else {"source": source}
    live = PlaybackMinter(ApiKey(*key), clock=clock, timeout=3, **options)
    cache, loop = GrantCache(clock=clock), asyncio.new_event_loop()
    on_loop = loop.run_until_complete
    fetch = source or plain

    def ways(stream, key):
        if kind != "coroutine":
            yield "token", lambda: live.token(stream, "a")
            yield "get", lambda: cache.get(key, fetch)
        yield "try_token", lambda: live.try_token(stream, "a")
        yield "try_get", lambda: cache.try_get(key, fetch)
        yield "token_async", lambda: on_loop(live.token_async(stream, "a"))
        yield "get_async", lambda: on_loop(cache.get_async(key, fetch))

    def ask(stream, key):
        told = {}
        for name, way in ways(stream, key):
            try:
                told[name] = "nothing" if way() is None else "served"
            except GrantmintError as error:
                told[name] = error.code
            except BaseException as error:
                told[name] = repr(error)
        return told

    on_loop(live.token_async(S, "a"))
    on_loop(cache.get_async("key", fetch))
    clock.advance(33)
    if os.fork() == 0:
        loop = asyncio.new_event_loop()  # that of the parent is the parent's
        on_loop = loop.run_until_complete
        on_loop(asyncio.sleep(0))
        if limit == "threads":
            most = resource.getrlimit(resource.RLIMIT_NPROC)[1]
            resource.setrlimit(resource.RLIMIT_NPROC, (1, most))
            if os.getuid() == 0:  # whom it does not bind
                os.setresuid(65534, 65534, 0)
        else:
            free = os.dup(0)
            os.close(free)
            most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
            resource.setrlimit(resource.RLIMIT_NOFILE, (free, most))
        cached = ask(S, "key")
        live.invalidate(S)
        cache.invalidate("key")
        cold = ask(S[:-1] + "2", "cold")
        print(json.dumps([cached, cold]), flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.mark.parametrize("limit", ["threads", "descriptors"])
@pytest.mark.parametrize("kind", ["plain", "coroutine", "client"])
def test_a_cached_grant_is_served_whatever_a_process_lacks(emulator, limit, kind):
    program = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(PROGRAM)]
    asked = [emulator.base_url, *KEY, STREAMER, limit, kind]
    ended = subprocess.run([*program, *asked], capture_output=True, check=False, text=True)
    assert ended.returncode == 0, ended.stderr
    cached, cold = json.loads(ended.stdout)
    assert set(cached.values()) == {"served"}, cached
    if kind == "coroutine":
        # No loop runs there, and where there is no descriptor none has a port.
        assert cold.pop("try_get") == "invalid_argument"
        assert cold.pop("try_token") in ("nothing", "invalid_argument")
    assert set(cold.values()) <= {"served", "nothing", "overloaded", "upstream_connect"}, cold
    if kind == "plain":
        assert (cold["token"], cold["get"]) == ("served", "served")
