"""Processes that share grants through a server of Redis, as those of several machines do."""

from __future__ import annotations

import contextlib
import pickle

import grantmint
import pytest
from grantmint import GrantCache, HostFleet, InvalidArgumentError, PlaybackMinter, RedisFleet
from peers import Peer
from redis_server import Redis, needs_redis
from support import STREAMER

SECRET = "thirty-two bytes that all have: "
#: A minter of a process that shares with others through the server alone, as on another machine.
LIVE = """
fleet = RedisFleet(redis, host=False, prefix="tests")
live = PlaybackMinter(key, base_url=url, fleet=fleet)
"""
TOKEN = "str(decode(live.token(VJ, 'alice').jwt).grants['player'])"


@pytest.fixture
def redis(tmp_path):
    server = Redis(tmp_path)
    yield server
    server.kill()


@pytest.fixture
def together():
    """Starts processes, and ends them."""
    with contextlib.ExitStack() as stack:

        def start(count, setup, **names):
            peers = [Peer(setup, **names) for _ in range(count)]
            return [stack.enter_context(peer) for peer in peers]

        yield start


@needs_redis
def test_two_machines_share_one_call(emulator, redis, together):
    emulator.ask("faults", {"kind": "latency", "ms": 100})
    one, other = together(2, LIVE, redis=redis.url, url=emulator.base_url)
    for peer in (one, other):
        peer.send(TOKEN)
    assert one.hear() == other.hear()
    assert emulator.calls == 1
    stats = [peer.ask("live.stats().fleet") for peer in (one, other)]
    assert sorted((fleet["leases"], fleet["values"]) for fleet in stats) == [(0, 1), (1, 0)]
    assert [fleet["errors"] for fleet in stats] == [0, 0]
    asked = [
        peer.ask("asyncio.run(live.token_async(VJ, 'bob')).freshness") for peer in (one, other)
    ]
    assert asked == ["fresh", "fresh"]
    assert emulator.calls == 1


@needs_redis
def test_a_text_names_a_server_and_a_folder_stands_in_front(emulator, key, redis, tmp_path):
    for fleet in (redis.url, RedisFleet(redis.url, host=tmp_path / "front", timeout=0.5)):
        minters = [
            PlaybackMinter(key, base_url=emulator.base_url, isolated=True, fleet=fleet)
            for _ in range(2)
        ]
        assert [live.token(STREAMER, "alice").freshness for live in minters] == ["fresh"] * 2
    # The folder of the second is another, the server the same.
    assert emulator.calls == 1


@needs_redis
def test_a_cache_shares_what_its_function_fetches(redis):
    fleet = RedisFleet(redis.url, host=False, secret=SECRET)
    grants = []
    for name in ("a", "b", "a"):
        cache = GrantCache(fleet=fleet, namespace=name)
        number = str(len(grants))
        grants.append(cache.get("k", lambda *_, number=number, **__: {"grant": number}).grant)
    assert grants == ["0", "1", "0"]


@needs_redis
def test_without_its_server_a_process_serves_on(emulator, key, redis):
    fleet = RedisFleet(redis.url, host=False, timeout=0.05)
    live = PlaybackMinter(key, base_url=emulator.base_url, fleet=fleet)
    warm = live.stream(STREAMER)
    assert warm.token("alice").freshness == "fresh"
    redis.kill()
    for number in range(200):
        assert warm.token(f"user {number}").freshness == "fresh"
    # A stream that is not warm yet is fetched without the server.
    assert live.token("VJ" + "4" * 32, "alice").freshness == "fresh"
    assert emulator.calls == 2
    stats = live.stats().fleet
    assert (stats["is_broken"], stats["alone"]) == (True, 1)
    assert "redis at 127.0.0.1" in stats["trouble"]
    assert "rd@" not in stats["trouble"]


def fleets(tmp_path):
    return [
        RedisFleet("redis://localhost"),
        RedisFleet("rediss://Redis.Example:7000/0"),
        RedisFleet("redis+unix:///run/a@b.sock"),
        RedisFleet("rediss+cluster://one.example,two.example:7000", prefix="live"),
        RedisFleet("redis://10.0.0.1", insecure=True),
        RedisFleet("redis://localhost", host=False),
        RedisFleet("redis://localhost", host=tmp_path, timeout=0.5),
        RedisFleet("rediss://redis.example", ca_file="/etc/ca.pem"),
    ]


def test_fleets_compare_hash_show_and_pickle(tmp_path):
    for fleet in fleets(tmp_path):
        assert sum(fleet == other for other in fleets(tmp_path)) == 1
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(fleet, protocol))
            assert (again, hash(again), repr(again)) == (fleet, hash(fleet), repr(fleet))
        assert eval(repr(fleet), {"RedisFleet": RedisFleet}) == fleet
        assert fleet != HostFleet()
        with pytest.raises(AttributeError):
            fleet.url = "redis://localhost"
    assert [repr(fleet) for fleet in fleets(tmp_path)[1:5]] == [
        "RedisFleet('rediss://redis.example:7000')",
        "RedisFleet('redis+unix:///run/a@b.sock')",
        "RedisFleet('rediss+cluster://one.example,two.example:7000', prefix='live')",
        "RedisFleet('redis://10.0.0.1', insecure=True)",
    ]
    assert fleets(tmp_path)[1].url == "rediss://redis.example:7000"


@pytest.mark.parametrize(
    "url",
    [
        "rediss://alice:hush@redis.example",
        "rediss://:hu@sh@redis.example",
        "rediss://:hush%25%@redis.example",
        "redis+unix://:hush@/run/redis.sock",
    ],
)
def test_a_password_is_in_no_text(key, url):
    fleet = RedisFleet(url)
    for text in (repr(fleet), str(fleet), fleet.url):
        assert "hush" not in text
        assert "sh@" not in text
        assert "alice" not in text
    assert "://...@" in fleet.url
    with pytest.raises(TypeError, match="not pickled") as refused:
        pickle.dumps(fleet)
    assert "hush" not in str(refused.value)
    assert fleet == RedisFleet(url) != RedisFleet(url.replace("hu", "other", 1))
    assert "hush" not in repr(PlaybackMinter(key, base_url="https://x.example", fleet=fleet))


def test_a_secret_is_in_no_text():
    fleet = RedisFleet("redis://localhost", secret=SECRET)
    assert repr(fleet) == "RedisFleet('redis://localhost', secret=...)"
    assert fleet == RedisFleet("redis://localhost", secret=SECRET.encode())
    assert fleet != RedisFleet("redis://localhost")
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(fleet)


@pytest.mark.parametrize(
    "url",
    [
        "hush",
        "http://hush",
        "valkey://hush",
        "redis://hush:65536",
        "redis://hush:x",
        "redis://h#hush",
        "redis://h?hush",
        "redis://h/1hush",
        "redis://hush.example",
        "rediss://" + "hush" * 600,
    ],
)
def test_another_url_is_refused_without_a_word_of_it(key, url):
    with pytest.raises(InvalidArgumentError) as refused:
        RedisFleet(url)
    assert (refused.value.code, refused.value.argument) == ("invalid_url", "url")
    assert "hush" not in str(refused.value)
    with pytest.raises(InvalidArgumentError) as refused:
        PlaybackMinter(key, base_url="https://x.example", fleet=url)
    assert refused.value.argument == "fleet"
    assert "hush" not in str(refused.value)


def test_it_is_public():
    assert "RedisFleet" in grantmint.__all__
