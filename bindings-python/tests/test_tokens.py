"""Tokens: the official libraries' vectors, and what is refused."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta, timezone

import grantmint
import pytest
from grantmint import (
    AccessToken,
    ApiKey,
    InvalidArgumentError,
    ManualClock,
    TokenError,
    TokenMinter,
    VideoGrant,
    VoiceGrant,
    decode,
    sign,
    verify,
    verify_jwt,
)
from support import vectors

CASES = vectors("access_tokens.json")["cases"]
GRANTS = {
    "video": grantmint.VideoGrant,
    "voice": grantmint.VoiceGrant,
    "chat": grantmint.ChatGrant,
    "sync": grantmint.SyncGrant,
    "task_router": grantmint.TaskRouterGrant,
    "playback": grantmint.PlaybackGrant,
}


def key_of(case):
    region = case.get("region")
    return ApiKey(
        case["account_sid"], case["api_key_sid"], case["api_key_secret"], region=region or None
    )


def grants_of(case):
    for fields in case["grants"]:
        fields = dict(fields)
        yield GRANTS[fields.pop("type")](**fields)


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_ours_say_what_the_official_ones_say(case):
    key = key_of(case)
    minter = TokenMinter(key, grants=grants_of(case), ttl=case["ttl"], nbf=case.get("nbf"))
    ours = minter.mint_at(case["identity"], case["now"])
    assert claims_of(ours) == claims_of(case["twilio_node"])
    assert decode(ours).header == decode(case["twilio_python"]).header
    clock = ManualClock(case["now"])
    token = AccessToken(
        key,
        identity=case["identity"],
        grants=grants_of(case),
        ttl=timedelta(seconds=case["ttl"]),
        nbf=case.get("nbf"),
        clock=clock,
    )
    assert token.to_jwt() == ours
    leeway = max(0, (case.get("nbf") or 0) - case["now"])
    for official in (case["twilio_python"], case["twilio_node"]):
        decoded = verify(official, key, now=case["now"], leeway=leeway)
        assert decoded.identity == case["identity"]


@pytest.fixture
def minter(key):
    return TokenMinter(key, grants=[VideoGrant(room="DailyStandup")], ttl=14_400)


def test_many_are_the_same_as_one_by_one(key):
    clock = ManualClock(1_700_000_000)
    minter = TokenMinter(key, clock=clock)
    names = [f"viewer-{number}" for number in range(100)]
    assert minter.mint_many(iter(names)) == [minter.mint(name) for name in names]
    assert minter.mint_many([]) == []
    with pytest.raises(InvalidArgumentError, match=r"identities\[1\]"):
        minter.mint_many(["alice", ""])
    with pytest.raises(TypeError):
        minter.mint_many("alice")


def test_a_token_is_verified(key, minter):
    jwt = minter.mint("ålice")
    decoded = verify(jwt, key)
    assert decoded.identity == "ålice"
    assert decoded.grants == {"video": {"room": "DailyStandup"}, "identity": "ålice"}
    assert decoded.expires_at - decoded.issued_at == 14_400
    assert decoded.issuer == key.key_sid
    assert decoded.subject == key.account_sid
    assert "alice" not in repr(decoded)
    assert decode(jwt) == decoded
    with pytest.raises(TokenError) as refused:
        verify(jwt, ApiKey(key.account_sid, key.key_sid, "another secret"))
    assert refused.value.code == "token_signature"
    later = datetime.now(timezone.utc) + timedelta(days=1)
    with pytest.raises(TokenError) as refused:
        verify(jwt, key, now=later)
    assert (refused.value.code, refused.value.number) == ("token_expired", 203)
    for wrong in ("", "a.b", "a.b.c", jwt[:-1]):
        with pytest.raises(TokenError):
            verify(wrong, key)


def test_other_services_tokens():
    claims = {"app_key": "k", "exp": 1_700_007_200}
    for algorithm in ("HS256", "HS384", "HS512"):
        header = {"alg": algorithm, "typ": "JWT"}
        for secret in ("shared", b"shared"):
            jwt = sign(algorithm, header, json.dumps(claims), secret)
            decoded = verify_jwt(jwt, secret, now=1_700_000_000, algorithm=algorithm)
            assert decoded.claims == claims
    with pytest.raises(TokenError) as refused:
        verify_jwt(jwt, "shared", now=1_700_000_000)
    assert refused.value.code == "token_algorithm"
    with pytest.raises(InvalidArgumentError):
        sign("none", "{}", "{}", "s")


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        ("invalid_ttl", {"ttl": 0}),
        ("invalid_ttl", {"ttl": -1}),
        ("invalid_ttl", {"ttl": 86_401}),
        ("invalid_ttl", {"ttl": 2**70}),
        ("invalid_ttl", {"ttl": 0.5}),
        ("invalid_ttl", {"ttl": timedelta(milliseconds=1500)}),
        ("invalid_grant", {"grants": [VideoGrant(), VideoGrant()]}),
        ("invalid_argument", {"nbf": datetime(2026, 1, 1)}),
        ("invalid_argument", {"nbf": datetime(1969, 1, 1, tzinfo=timezone.utc)}),
        ("invalid_argument", {"nbf": -1}),
    ],
)
def test_wrong_arguments_are_refused(key, code, arguments):
    with pytest.raises(InvalidArgumentError) as refused:
        TokenMinter(key, **arguments)
    assert refused.value.code == code
    assert isinstance(refused.value, ValueError)


def test_wrong_keys_are_refused(key):
    account, sid = key.account_sid, key.key_sid
    for code, arguments in [
        ("invalid_credentials", (sid, account, "s")),
        ("invalid_credentials", (account, sid, "")),
        ("invalid_sid", ("AC1", sid, "s")),
    ]:
        with pytest.raises(InvalidArgumentError) as refused:
            ApiKey(*arguments)
        assert refused.value.code == code
    with pytest.raises(InvalidArgumentError, match="TWILIO_API_KEY"):
        ApiKey.from_env({"TWILIO_ACCOUNT_SID": account})
    env = {"TWILIO_ACCOUNT_SID": account, "TWILIO_API_KEY": sid, "TWILIO_API_SECRET": "hush"}
    assert ApiKey.from_env(env).key_sid == sid
    with pytest.raises(TypeError):
        TokenMinter(key).mint(7)
    with pytest.raises(InvalidArgumentError) as refused:
        TokenMinter(key).mint("")
    assert refused.value.code == "invalid_identity"


def test_advice(key):
    token = AccessToken(key, identity="a b", grants=[VoiceGrant(incoming_allow=True)])
    assert [code for code, _ in token.warnings()] == ["voice_identity"]
    assert TokenMinter(key).warnings() == ()


def test_unique_tokens(key):
    minter = TokenMinter(key, unique=True)
    assert len({decode(jwt).jti for jwt in minter.mint_many(["alice"] * 1000)}) == 1000


def test_times_can_be_datetimes(key):
    at = datetime(2038, 1, 19, 3, 14, 8, tzinfo=timezone.utc)
    decoded = decode(TokenMinter(key, nbf=at).mint_at("alice", at))
    assert decoded.issued_at == decoded.not_before == 2**31
    with pytest.raises(InvalidArgumentError, match="1970"):
        TokenMinter(key).mint_at("alice", -1)
    clock = ManualClock(1_700_000_000)
    token = AccessToken(key, identity="a", valid_until=1_700_000_060, clock=clock)
    assert decode(token.to_jwt()).expires_at == 1_700_000_060


def test_a_decoded_signature_is_canonical():
    signed = sign("HS256", {"alg": "HS256"}, {"a": 1}, "s")
    assert decode(signed).claims == {"a": 1}
    rest, _, signature = signed.rpartition(".")
    for other in (f"{signature}=", f"{signature} ", signature[:-1], "+/+/", "å"):
        with pytest.raises(TokenError) as refused:
            decode(f"{rest}.{other}")
        assert refused.value.code == "token_malformed"


def test_a_token_is_at_most_127_levels_deep():
    def nested(levels):
        claims = '{"a":' + "[" * (levels - 1) + "]" * (levels - 1) + "}"
        return sign("HS256", {"alg": "HS256"}, claims, "s")

    assert grantmint.LIMITS["TOKEN_JSON_MAX_DEPTH"] == 127
    assert decode(nested(127))
    with pytest.raises(TokenError, match="the payload nests over 127 levels"):
        decode(nested(128))
