"""Numbers of every size and kind: taken at their word, or refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from grantmint import (
    AccessToken,
    ApiKey,
    CachePolicy,
    GrantCache,
    InvalidArgumentError,
    ManualClock,
    PlaybackMinter,
    ThrottledError,
    TokenMinter,
    verify,
    verify_jwt,
)
from support import KEY, STREAMER, Counting

KEYS = ApiKey(*KEY)
HUGE = 10**400
NAN = float("nan")


def live(**options):
    return PlaybackMinter(KEYS, source=Counting(), **options)


REFUSED = [
    *(
        ("bool", "invalid_ttl", call)
        for call in (
            lambda: TokenMinter(KEYS, ttl=True),
            lambda: AccessToken(KEYS, identity="alice", ttl=False),
            lambda: live(grant_ttl=True),
        )
    ),
    *(
        ("bool", "invalid_argument", call)
        for call in (
            lambda: live(timeout=True),
            lambda: live().token(STREAMER, "alice", timeout=True),
            lambda: live().token(STREAMER, "alice", min_remaining=False),
            lambda: live().keep_warm(STREAMER, True),
            lambda: live().invalidate_if(STREAMER, True),
            lambda: verify("a.b.c", KEYS, leeway=True),
            lambda: verify("a.b.c", KEYS, now=True),
            lambda: TokenMinter(KEYS, nbf=True),
            lambda: TokenMinter(KEYS).mint_at("alice", True),
            lambda: CachePolicy(jitter=True),
            lambda: CachePolicy(max_keys=True),
            lambda: GrantCache().begin("key", ttl=True),
            lambda: ManualClock(True),
            lambda: ManualClock(0).jump_wall(True),
        )
    ),
    ("0 or more", "invalid_argument", lambda: CachePolicy(max_keys=-1)),
    ("0 or more", "invalid_argument", lambda: CachePolicy(max_keys=-HUGE)),
    ("0 or more", "invalid_argument", lambda: live().invalidate_if(STREAMER, -1)),
    ("0 or more", "invalid_argument", lambda: GrantCache().invalidate_if("key", -1)),
    ("0 seconds", "invalid_argument", lambda: live(timeout=-HUGE)),
    ("1970", "invalid_argument", lambda: TokenMinter(KEYS, nbf=-HUGE)),
    (None, "invalid_argument", lambda: TokenMinter(KEYS, nbf=HUGE)),
    (None, "invalid_argument", lambda: CachePolicy(max_keys=HUGE)),
    (None, "invalid_argument", lambda: CachePolicy(jitter=HUGE)),
    (None, "invalid_argument", lambda: CachePolicy(jitter=-HUGE)),
    (None, "invalid_argument", lambda: CachePolicy(jitter=NAN)),
    ("300", "invalid_argument", lambda: verify("a.b.c", KEYS, leeway=HUGE)),
    (None, "invalid_ttl", lambda: TokenMinter(KEYS, ttl=HUGE)),
    (None, "invalid_ttl", lambda: TokenMinter(KEYS, ttl=-HUGE)),
    ("whole", "invalid_argument", lambda: verify("a.b.c", KEYS, leeway=0.9)),
    ("whole", "invalid_argument", lambda: verify_jwt("a.b.c", "s", leeway=timedelta(seconds=1.5))),
    ("NaN", "invalid_argument", lambda: ManualClock(0).jump_wall(NAN)),
    ("NaN", "invalid_argument", lambda: ManualClock(NAN)),
    ("NaN", "invalid_argument", lambda: live(timeout=NAN)),
]


@pytest.mark.parametrize(("why", "code", "call"), REFUSED, ids=[code for _, code, _ in REFUSED])
def test_what_is_no_such_number_is_refused(why, code, call):
    with pytest.raises(InvalidArgumentError, match=why) as refused:
        call()
    assert refused.value.code == code


def test_a_generation_that_there_cannot_be_is_not_the_present_one():
    minter = live()
    minter.token(STREAMER, "alice")
    assert not minter.invalidate_if(STREAMER, HUGE)
    assert minter.invalidate_if(STREAMER, minter.token(STREAMER, "alice").generation)


def test_a_time_may_be_longer_than_anybody_waits():
    for seconds in (HUGE, 1e300, float("inf"), timedelta.max):
        assert live(timeout=seconds).token(STREAMER, "alice", timeout=seconds).jwt


def test_a_leeway_of_whole_seconds_is_taken_in_any_form():
    jwt = TokenMinter(KEYS, ttl=10).mint_at("alice", 1_700_000_000)
    for leeway in (5, 5.0, timedelta(seconds=5)):
        assert verify(jwt, KEYS, now=1_700_000_014, leeway=leeway).identity == "alice"


def test_a_clock_jumps_either_way():
    clock = ManualClock(1000)
    clock.jump_wall(-10)
    clock.jump_wall(timedelta(seconds=2.5))
    assert clock.now()[1] == 992.5


def test_whoever_limits_requests_names_a_time():
    for wrong in (True, HUGE, -HUGE, NAN, -1):
        with pytest.raises(ValueError, match="retry_after"):
            ThrottledError(retry_after=wrong)
