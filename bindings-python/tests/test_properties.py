"""What holds for any identity, grant, time and error."""

from __future__ import annotations

import json
import pickle

import grantmint
import pytest
from grantmint import (
    ERRORS,
    LIMITS,
    ApiKey,
    InvalidArgumentError,
    ManualClock,
    PlaybackMinter,
    TokenError,
    TokenMinter,
    decode,
    sign,
    verify,
    verify_jwt,
)
from hypothesis import assume, example, given
from hypothesis import strategies as st
from support import KEY, STREAMER

KEYS = ApiKey(*KEY)
NOW = 1_700_000_000

#: Any text that UTF-8 can hold.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=128)
#: Any text that a str can hold, lone surrogates too.
any_texts = st.text(st.characters(), max_size=200)
identities = texts.filter(lambda text: text and len(text.encode()) <= LIMITS["IDENTITY_MAX_BYTES"])
names = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=12)
ttls = st.integers(1, 86_400)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
json_objects = st.dictionaries(texts, json_values, max_size=4)


def sids(prefix):
    return st.text("0123456789abcdef", min_size=32, max_size=32).map(lambda digits: prefix + digits)


def maybe(strategy):
    return st.none() | strategy


grants = st.one_of(
    st.builds(grantmint.VideoGrant, maybe(names)),
    st.builds(
        grantmint.VoiceGrant,
        maybe(st.booleans()),
        maybe(sids("AP")),
        maybe(json_objects),
        maybe(sids("CR")),
        maybe(names),
    ),
    st.builds(grantmint.ChatGrant, maybe(sids("IS")), maybe(names), maybe(sids("RL"))),
    st.builds(grantmint.IpMessagingGrant, maybe(sids("IS")), maybe(names)),
    st.builds(grantmint.SyncGrant, maybe(sids("IS")), maybe(names)),
    st.builds(grantmint.TaskRouterGrant, maybe(sids("WS")), maybe(sids("WK")), maybe(names)),
    st.builds(grantmint.RtcGrant, maybe(sids("CP"))),
    st.builds(grantmint.PlaybackGrant, json_objects),
    st.builds(
        grantmint.CustomGrant,
        names.map(lambda name: f"custom_{name}"),
        # A text would be taken for JSON.
        json_values.filter(lambda value: not isinstance(value, str)),
    ),
)
grants_of_a_token = st.lists(grants, max_size=5, unique_by=lambda grant: grant.key)


@given(identity=identities, grants=grants_of_a_token, ttl=ttls)
@example(identity='"\\\x00\u2028\U0001f3ac', grants=[], ttl=1)
def test_a_token_says_what_it_was_made_of(identity, grants, ttl):
    jwt = TokenMinter(KEYS, grants=grants, ttl=ttl).mint_at(identity, NOW)
    decoded = verify(jwt, KEYS, now=NOW)
    assert decoded == decode(jwt)
    assert decoded.identity == identity
    assert (decoded.issued_at, decoded.expires_at) == (NOW, NOW + ttl)
    assert (decoded.issuer, decoded.subject) == (KEYS.key_sid, KEYS.account_sid)
    wanted = {grant.key: json.loads(grant.to_json()) for grant in grants}
    assert decoded.grants == {"identity": identity, **wanted}
    assert pickle.loads(pickle.dumps(decoded)) == decoded


@given(grant=grants)
def test_a_grant_survives_a_pickle(grant):
    again = pickle.loads(pickle.dumps(grant))
    assert (again, hash(again), again.to_json()) == (grant, hash(grant), grant.to_json())


@given(ttl=st.integers() | st.integers(-3, 3) | st.integers(86_398, 86_403))
def test_a_lifetime_is_what_was_asked_for_or_refused(ttl):
    if 1 <= ttl <= 86_400:
        decoded = decode(TokenMinter(KEYS, ttl=ttl).mint("alice"))
        assert decoded.expires_at - decoded.issued_at == ttl
    else:
        with pytest.raises(InvalidArgumentError) as refused:
            TokenMinter(KEYS, ttl=ttl)
        assert refused.value.code == "invalid_ttl"


@given(now=st.integers() | st.integers(0, 2**38))
def test_no_time_is_taken_for_another(now):
    minter = TokenMinter(KEYS)
    if 0 <= now < 253_402_300_800 - LIMITS["TTL_DEFAULT"]:
        assert decode(minter.mint_at("alice", now)).issued_at == now
    else:
        with pytest.raises(InvalidArgumentError) as refused:
            minter.mint_at("alice", now)
        assert refused.value.code == "invalid_argument"


@given(identity=st.text(max_size=600) | any_texts)
@example(identity="\ud83c\udfac")
def test_an_identity_is_kept_or_refused(identity):
    minter = TokenMinter(KEYS)
    if any("\ud800" <= letter <= "\udfff" for letter in identity):
        with pytest.raises(InvalidArgumentError) as refused:
            minter.mint(identity)
        assert refused.value.code == "invalid_utf8"
    elif 1 <= len(identity.encode()) <= LIMITS["IDENTITY_MAX_BYTES"]:
        assert decode(minter.mint(identity)).identity == identity
    else:
        with pytest.raises(InvalidArgumentError) as refused:
            minter.mint(identity)
        assert refused.value.code == "invalid_identity"


@given(jwt=any_texts | st.from_regex(r"[\w-]{0,80}\.[\w-]{0,80}\.[\w-]{0,80}"))
def test_what_is_no_token_is_said_to_be_none(jwt):
    is_utf_8 = not any("\ud800" <= letter <= "\udfff" for letter in jwt)
    for check in (decode, lambda text: verify(text, KEYS), lambda text: verify_jwt(text, "s")):
        with pytest.raises((TokenError, InvalidArgumentError)) as refused:
            check(jwt)
        assert isinstance(refused.value, TokenError) == is_utf_8


@given(position=st.integers(0, 10_000), letter=st.sampled_from("Aa0-_."), identity=identities)
def test_no_letter_of_a_token_can_be_changed(position, letter, identity):
    jwt = TokenMinter(KEYS).mint(identity)
    position %= len(jwt)
    assume(jwt[position] != letter)
    with pytest.raises(TokenError):
        verify(jwt[:position] + letter + jwt[position + 1 :], KEYS)


@given(claims=json_objects, secret=st.binary(min_size=1, max_size=80))
def test_any_claims_are_signed_to_the_byte(claims, secret):
    assume(not {"exp", "nbf", "iat", "crit"} & set(claims))
    text = json.dumps(claims)
    jwt = sign("HS512", {"alg": "HS512", "typ": "JWT"}, text, secret)
    assert decode(jwt).claims_json == text
    with pytest.raises(TokenError) as refused:
        verify_jwt(jwt, secret + b"!", algorithm="HS512")
    assert refused.value.code == "token_signature"


@given(
    code=st.sampled_from(sorted(ERRORS)),
    message=texts,
    retry_after=maybe(st.floats(0, 1e9)),
)
def test_an_error_crosses_to_other_processes(code, message, retry_after):
    error = grantmint.errors._from_core(code, message, retry_after)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (again.code, again.message, again.retry_after) == (code, message, retry_after)
    assert (again.number, again.is_retryable) == ERRORS[code][:2]
    assert str(again) == str(error)


@given(grant=json_objects, identity=identities, lifetime=st.integers(1, 60))
def test_a_source_is_taken_at_its_word(grant, identity, lifetime):
    def fetch(streamer, *, ttl, origin, timeout):
        return {"grant": grant, "ttl": lifetime}

    minter = PlaybackMinter(KEYS, source=fetch, clock=ManualClock(NOW), min_remaining=0)
    token = minter.token(STREAMER, identity)
    assert 0 < token.grant_remaining < lifetime
    assert decode(token.jwt).grants == {"identity": identity, "player": grant}
