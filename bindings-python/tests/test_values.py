"""Values: how they show themselves, compare and cross to other processes."""

from __future__ import annotations

import concurrent.futures
import copy
import json
import multiprocessing
import pickle
import re
from datetime import timedelta

import grantmint
import pytest
from grantmint import (
    ERRORS,
    AccessToken,
    CachePolicy,
    DeadlineError,
    GrantCache,
    GrantmintError,
    HostFleet,
    InvalidArgumentError,
    ManualClock,
    PlaybackMinter,
    ThrottledError,
    TokenError,
    TokenMinter,
    UpstreamError,
    errors,
)
from support import STREAMER, Counting

SID = "0" * 32


def grants():
    return [
        grantmint.VideoGrant(room="r'1"),
        grantmint.VideoGrant(),
        grantmint.VoiceGrant(True, f"AP{SID}", {"hush": [1, "å"]}, f"CR{SID}", "ep"),
        grantmint.VoiceGrant(incoming_allow=True),
        grantmint.ChatGrant(f"IS{SID}", "ep", f"RL{SID}", f"CR{SID}"),
        grantmint.IpMessagingGrant(service_sid=f"IS{SID}"),
        grantmint.SyncGrant(service_sid=f"IS{SID}", endpoint_id="ep"),
        grantmint.TaskRouterGrant(workspace_sid=f"WS{SID}", worker_sid=f"WK{SID}", role="worker"),
        grantmint.RtcGrant(f"CP{SID}"),
        grantmint.PlaybackGrant({"hush": None}),
        grantmint.CustomGrant("hologram", '{"hush": 1}'),
        CachePolicy(wait_below=10, max_keys=7, jitter=0.5),
        CachePolicy(),
        HostFleet(),
        HostFleet("/run/it's"),
    ]


@pytest.mark.parametrize("value", grants(), ids=repr)
def test_values_compare_hash_and_pickle(value):
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(value, protocol))
        assert again == value
        assert hash(again) == hash(value)
        assert type(again) is type(value)
    assert copy.deepcopy(value) == value
    assert value != object()
    assert sum(value == other for other in grants()) == 1
    assert "hush" not in repr(value)
    with pytest.raises(AttributeError):
        value.room = "other"


def test_grants_show_how_they_were_made():
    assert repr(grantmint.VideoGrant(room="r'1")) == """VideoGrant(room="r'1")"""
    shown = repr(grantmint.VoiceGrant(incoming_allow=True, endpoint_id="alice"))
    assert shown == "VoiceGrant(incoming_allow=True, endpoint_id=..)"
    for kind in (grantmint.ChatGrant, grantmint.IpMessagingGrant, grantmint.SyncGrant):
        assert repr(kind(endpoint_id="alice")) == f"{kind.__name__}(endpoint_id=..)"
    assert repr(grantmint.CustomGrant("k", {})) == "CustomGrant(key='k', ...)"
    assert eval(repr(CachePolicy(soft_point=30.0)), {"CachePolicy": CachePolicy}) == CachePolicy(
        soft_point=30
    )


def test_json_is_kept_to_the_byte():
    text = '{"b" : 1,"a":"\\u00e5"}'
    for given in (text, text.encode()):
        assert grantmint.PlaybackGrant(given).to_json() == text
    assert grantmint.PlaybackGrant({"b": "å", "a": 1.5}).to_json() == '{"b":"å","a":1.5}'
    for wrong in ("[]", "", "{", b"\xff", {"a": {1}}, {"a": float("nan")}):
        with pytest.raises(InvalidArgumentError) as refused:
            grantmint.PlaybackGrant(wrong)
        assert refused.value.code == "invalid_grant"


def test_what_holds_a_secret_says_why_it_is_not_pickled(key):
    minter = PlaybackMinter(key, source=Counting())
    kept = [
        key,
        TokenMinter(key),
        AccessToken(key, identity="alice"),
        minter,
        minter.stream(STREAMER),
        GrantCache(),
        ManualClock(0),
        HostFleet("/run/app", secret=b"not-a-secret-but-of-its-length: "),
    ]
    for value in kept:
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(value)
        assert "not-a-secret" not in repr(value)


def test_a_playback_token_hides_its_jwt(key):
    minter = PlaybackMinter(key, source=Counting())
    token = minter.token(STREAMER, "alice")
    again = pickle.loads(pickle.dumps(token))
    assert again == token
    assert hash(again) == hash(token)
    assert token.jwt not in repr(token)
    assert token != minter.token(STREAMER, "alice")


def test_a_hit_hides_its_grant(key):
    cache = GrantCache(clock=ManualClock(1_700_000_000))
    hit = cache.get("key", Counting())
    again = pickle.loads(pickle.dumps(hit))
    assert again == hit
    assert hash(again) == hash(hit)
    assert (again.grant, again.remaining, again.freshness) == (hit.grant, hit.remaining, "fresh")
    shown = r"Hit\(grant=\.\.\., remaining=[\d.]+, freshness='fresh', generation=\d+\)"
    assert re.fullmatch(shown, repr(hit)), "not even escaped"
    assert hit == cache.get("key", Counting())
    assert hit != cache.get("other", Counting())


def test_a_pickle_keeps_why_a_grant_is_degraded():
    clock = ManualClock(1_700_000_000)
    cache = GrantCache(clock=clock, policy={"jitter": 0.5})
    cache.get("key", Counting())
    clock.advance(40)
    begun = cache.begin("key")
    assert begun.ticket.start()[0] == "go"
    begun.ticket.fail(UpstreamError("hush", code="upstream_unavailable"))
    hit = cache.get("key", Counting())
    assert (hit.freshness, hit.reason.code) == ("degraded", "upstream_unavailable")
    again = pickle.loads(pickle.dumps(hit))
    assert again == hit
    assert (again.reason.code, again.retry_after) == (hit.reason.code, hit.retry_after)


def test_a_pickle_of_what_a_token_says_signs_nothing(key):
    jwt = TokenMinter(key).mint("alice")
    decoded = grantmint.verify(jwt, key)
    pickled = pickle.dumps(decoded)
    again = pickle.loads(pickled)
    assert again == decoded
    assert hash(again) == hash(decoded)
    assert again.identity == "alice"
    assert jwt.rpartition(".")[2].encode() not in pickled


def test_every_kind_of_error_has_its_class():
    for code, (number, retryable, meaning) in ERRORS.items():
        error = errors._from_core(code, "why", 1.5)
        assert (error.code, error.number, error.is_retryable) == (code, number, retryable)
        assert str(error) == f"{code}: why"
        assert meaning
        again = pickle.loads(pickle.dumps(error))
        assert (type(again), again.code, again.args) == (type(error), code, ("why", code, 1.5))
        assert again.retry_after == 1.5
        assert isinstance(error, GrantmintError)
        kind = {1: InvalidArgumentError, 2: TokenError, 3: UpstreamError}.get(number // 100)
        assert kind is None or isinstance(error, kind)
        # Servers answer with a 400 to what a client could help.
        assert isinstance(error, ValueError) == (number // 100 == 1 or code == "invalid_utf8")
    assert isinstance(errors._from_core("throttled", "", None), ThrottledError)
    assert isinstance(errors._from_core("deadline_exceeded", "", None), DeadlineError)
    assert issubclass(DeadlineError, TimeoutError)
    assert ThrottledError(retry_after=3).code == "throttled"
    assert ThrottledError(retry_after=timedelta(minutes=1)).retry_after == 60
    with pytest.raises(ValueError, match="code must be"):
        GrantmintError("why", code="typo")
    for wrong in (-1, float("nan")):
        with pytest.raises(ValueError, match="retry_after"):
            ThrottledError(retry_after=wrong)


def told(error):
    """All of an error that is to arrive elsewhere."""
    fields = (error.code, error.message, error.retry_after, error.argument, error.is_retryable)
    return type(error), str(error), error.args, fields


def crossed(error):
    """The error as libraries and processes hand it on."""
    yield type(error)(*error.args)
    yield type(error)(*json.loads(json.dumps(error.args)))  # Celery's results
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        yield pickle.loads(pickle.dumps(error, protocol))
    yield copy.copy(error)
    yield copy.deepcopy(error)


@pytest.mark.parametrize("argument", [None, "grant_ttl"])
@pytest.mark.parametrize("retry_after", [None, 0.25])
def test_an_error_is_the_same_wherever_it_goes(retry_after, argument):
    for code in ERRORS:
        error = errors._from_core(code, "why", retry_after, argument)
        assert str(error) == f"{code}: why"
        for again in crossed(error):
            assert told(again) == told(error)
    for kind in (GrantmintError, *GrantmintError.__subclasses__(), ThrottledError):
        for error in (kind(), kind("why"), kind("why", "overloaded", timedelta(seconds=2), "ttl")):
            for again in crossed(error):
                assert told(again) == told(error)


def test_an_error_crosses_processes():
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
        refused = pool.submit(grantmint.decode, "").exception()
        crossed = pool.submit(errors._from_core, "throttled", "why", 2.5, "x").result()
    assert told(crossed) == told(errors._from_core("throttled", "why", 2.5, "x"))
    assert (type(refused), refused.code) == (TokenError, "token_malformed")


class CustomError(ThrottledError):
    def __init__(self, hint: str) -> None:
        super().__init__("why", retry_after=2)
        self.hint = hint


def test_exceptions_of_ones_own_are_pickled():
    again = pickle.loads(pickle.dumps(CustomError("later")))
    assert (again.hint, again.code, again.retry_after) == ("later", "throttled", 2)
    degraded = errors._from_core("upstream_timeout", "why", 0.25)
    assert "upstream_timeout" in repr(degraded)


def test_policies():
    with pytest.raises(InvalidArgumentError):
        CachePolicy(wait_below=0)
    with pytest.raises(InvalidArgumentError):
        CachePolicy(jitter=2)
    with pytest.raises(InvalidArgumentError):
        CachePolicy(soft_point=-1)
    with pytest.raises(InvalidArgumentError):
        GrantCache(policy=7)
    with pytest.raises(TypeError):
        GrantCache(policy={"typo": 1})
    assert len(GrantCache(policy={"max_keys": 1})) == 0


def test_an_error_names_the_argument_at_fault_and_where_it_is_explained():
    with pytest.raises(InvalidArgumentError) as swapped:
        grantmint.ApiKey(f"AC{SID}", f"AC{SID}", "s")
    assert swapped.value.argument == "key_sid"
    assert swapped.value.message.startswith("key_sid starts with AC")
    assert swapped.value.doc_url == "docs/errors.md#invalid_credentials"
    assert pickle.loads(pickle.dumps(swapped.value)).argument == "key_sid"
    with pytest.raises(InvalidArgumentError) as listed:
        TokenMinter(grantmint.ApiKey(f"AC{SID}", f"SK{SID}", "s")).mint_many(["alice", ""])
    assert listed.value.argument == "identities[1]"
    assert GrantmintError("on purpose").argument is None
