"""Playback tokens against the emulated upstream."""

from __future__ import annotations

from datetime import timedelta

import pytest
from grantmint import (
    ApiKey,
    ChatGrant,
    DeadlineError,
    GrantCache,
    GrantmintError,
    InvalidArgumentError,
    ManualClock,
    PlaybackMinter,
    ThrottledError,
    UpstreamError,
    verify,
)
from support import STREAMER


def test_a_viewer_is_let_in(emulator, key):
    minter = PlaybackMinter(
        key,
        base_url=emulator.base_url,
        allow_origin="https://www.example.com",
        grants=[ChatGrant(endpoint_id="e")],
        ttl=timedelta(hours=1),
    )
    token = minter.token(STREAMER, "alice", min_remaining=20, timeout=timedelta(seconds=3))
    played = emulator.ask("play", {"token": token.jwt, "origin": "https://www.example.com"})
    assert played["admitted"]
    assert (token.freshness, token.reason, token.retry_after) == ("fresh", None, None)
    assert 50 < token.grant_remaining < 60
    assert set(verify(token.jwt, key).grants) == {"player", "chat", "identity"}
    assert minter.token(STREAMER, "bob").generation == token.generation
    assert emulator.calls == 1


def test_a_stream_is_the_hot_path(emulator, key):
    with PlaybackMinter(key, base_url=emulator.base_url) as minter:
        stream = minter.stream(STREAMER)
        emulator.ask("faults", {"kind": "latency", "ms": 200, "times": 1})
        assert stream.try_token("alice") is None
        assert verify(stream.token("alice").jwt, key).identity == "alice"
        assert verify(stream.try_token("bob"), key).identity == "bob"
        assert minter.try_token(STREAMER, "carol")
        assert stream.streamer == STREAMER
        assert "VJ" in repr(stream)
    for call in (minter.token, minter.try_token, minter.invalidate_if):
        with pytest.raises(GrantmintError) as refused:
            call(STREAMER, 1 if call == minter.invalidate_if else "alice")
        assert refused.value.code == "closed"
    with pytest.raises(GrantmintError):
        stream.token("alice")
    assert emulator.calls == 1


def test_minters_of_one_account_share_their_cache(emulator, key):
    one, two = (PlaybackMinter(key, base_url=emulator.base_url) for _ in range(2))
    alone = PlaybackMinter(key, base_url=emulator.base_url, isolated=True)
    given = PlaybackMinter(key, base_url=emulator.base_url, cache=alone.cache())
    for minter in (one, two, alone, given):
        minter.token(STREAMER, "alice")
    assert emulator.calls == 2
    assert one.stats().fetches == two.stats().fetches == 1
    assert "grantmint_fetches_total" in one.stats().to_prometheus("live")
    kinds = [event.kind for event in one.drain_events()]
    assert kinds == ["fetch_sent", "fetch_succeeded"]
    assert two.invalidate(STREAMER)
    one.token(STREAMER, "alice")
    assert emulator.calls == 3
    emulator.ask("faults", {"kind": "latency", "ms": 200})
    two.purge()
    assert one.try_token(STREAMER, "alice") is None


def test_of_different_limits_of_one_account_the_lower_holds():
    account = ApiKey("AC" + "7" * 32, "SK" + "7" * 32, "secret")
    minters = [
        PlaybackMinter(account, isolated=True, calls_per_second=calls, burst=2, max_fetches=1)
        for calls in (5, 3)
    ]
    assert [minter.stats().calls_per_second for minter in minters] == [3.0, 3.0]
    told = [[event.kind for event in minter.drain_events()] for minter in minters]
    assert told == [[], ["limits_differ"]]
    page = minters[0].stats().to_prometheus("live")
    assert 'grantmint_calls_per_second{cache="live"} 3\n' in page


def test_a_cache_has_no_more_calls_at_once_than_its_burst():
    clock = ManualClock(1_700_000_000)
    cache = GrantCache(clock=clock, calls_per_second=1, burst=2)
    tickets = [cache.begin(f"key {number}").ticket for number in range(3)]
    assert [ticket.start()[0] for ticket in tickets] == ["go", "go", "later"]
    seen = cache.stats()
    assert (seen.fetches, seen.waiting, seen.calls_per_second) == (2, 1, 1.0)
    with pytest.raises(GrantmintError) as refused:
        cache.begin("another", timeout=0.5)
    assert refused.value.code == "overloaded"
    seen = cache.stats()
    assert (seen.no_room, seen.refusals, seen.keys_refused) == (1, 1, 1)
    assert "no_room" in [event.kind for event in cache.drain_events()]
    assert GrantCache(rate_limited=False).stats().calls_per_second is None


def test_a_bad_grant_is_dropped_once(emulator, key):
    minter = PlaybackMinter(key, base_url=emulator.base_url, isolated=True)
    bad = minter.token(STREAMER, "alice").generation
    assert minter.invalidate_if(STREAMER, bad)
    assert not minter.invalidate_if(STREAMER, bad)


def test_a_key_is_rotated(emulator, key):
    minter = PlaybackMinter(key, base_url=emulator.base_url)
    minter.token(STREAMER, "alice")
    other = ApiKey(key.account_sid, "SK" + "1" * 32, "another secret")
    minter.rotate(other)
    assert verify(minter.token(STREAMER, "alice").jwt, other)
    with pytest.raises(InvalidArgumentError):
        minter.rotate(ApiKey("AC" + "9" * 32, key.key_sid, "s"))


def test_offline_no_request_leaves_the_machine(emulator, key, monkeypatch):
    monkeypatch.setenv("GRANTMINT_OFFLINE", "1")
    here = PlaybackMinter(key, base_url=emulator.base_url)
    assert here.token(STREAMER, "alice").freshness == "fresh"
    for options in [{}, {"base_url": "https://upstream.invalid"}, {"isolated": True}]:
        with pytest.raises(GrantmintError, match="GRANTMINT_OFFLINE is set") as raised:
            PlaybackMinter(key, **options).token(STREAMER, "alice")
        assert (raised.value.code, raised.value.is_retryable) == ("unsupported", False)


def test_prefetch_and_keep_warm(emulator, key):
    minter = PlaybackMinter(key, base_url=emulator.base_url)
    minter.prefetch(STREAMER)
    minter.keep_warm(STREAMER, timedelta(minutes=5))
    minter.token(STREAMER, "alice")
    assert emulator.calls == 1


def test_a_stream_that_two_minters_keep_warm_stays_warm_when_one_is_closed(key):
    """It is not evicted, though the cache has space for one stream alone."""

    def source(streamer, **_):
        return {"grant": {}}

    clock = ManualClock(1_700_000_000)
    cache = GrantCache(policy={"max_keys": 1}, clock=clock)
    one, two = (PlaybackMinter(key, source=source, cache=cache) for _ in range(2))
    for minter in (one, two):
        minter.token(STREAMER, "alice")
        minter.keep_warm(STREAMER, 600)
    one.close()
    with pytest.raises(GrantmintError) as caught:
        two.token("VJ" + "2" * 32, "bob")
    assert caught.value.code == "overloaded"
    two.keep_warm(STREAMER, 0)
    clock.advance(2)
    assert two.token("VJ" + "3" * 32, "bob").jwt


@pytest.mark.parametrize(
    ("fault", "code", "kind"),
    [
        ({"kind": "status", "status": 401}, "upstream_unauthorized", UpstreamError),
        ({"kind": "status", "status": 404}, "upstream_not_found", UpstreamError),
        ({"kind": "status", "status": 503}, "upstream_unavailable", UpstreamError),
        ({"kind": "throttle", "retry_after": 7}, "throttled", ThrottledError),
        ({"kind": "not_json"}, "upstream_not_json", UpstreamError),
        ({"kind": "string_grant"}, "upstream_no_grant", UpstreamError),
        ({"kind": "cut_before"}, "upstream_connect", UpstreamError),
    ],
    ids=lambda fault: fault["kind"] if isinstance(fault, dict) else "",
)
def test_what_upstream_answers_is_raised(emulator, key, fault, code, kind):
    emulator.ask("faults", fault)
    minter = PlaybackMinter(key, base_url=emulator.base_url)
    with pytest.raises(kind) as refused:
        minter.token(STREAMER, "alice")
    assert refused.value.code == code
    if code == "throttled":
        assert 6 < refused.value.retry_after < 10
    assert minter.stats().errors == {code: 1}


def test_nobody_waits_longer_than_they_said(emulator, key):
    emulator.ask("faults", {"kind": "latency", "ms": 2000})
    minter = PlaybackMinter(key, base_url=emulator.base_url)
    with pytest.raises(DeadlineError) as late:
        minter.token(STREAMER, "alice", timeout=0.1)
    assert late.value.is_retryable
    assert minter.token(STREAMER, "alice").jwt


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("invalid_origin", {"allow_origin": "example.com"}),
        ("invalid_url", {"base_url": "http://example.com"}),
        ("invalid_ttl", {"grant_ttl": 61}),
        ("invalid_argument", {"min_remaining": 31}),
        ("invalid_argument", {"min_remaining": float("nan")}),
        ("invalid_argument", {"timeout": -1}),
        ("invalid_argument", {"share": "a", "isolated": True}),
        ("invalid_argument", {"source": 7}),
    ],
)
def test_wrong_arguments_are_refused(key, code, arguments):
    with pytest.raises(InvalidArgumentError) as refused:
        PlaybackMinter(key, **arguments)
    assert refused.value.code == code
