"""Programs that chance seldom writes, run by Twilio's package and by the drop-in."""

from __future__ import annotations

import datetime

import drop_in_values as values
import pytest
from drop_in_compare import compared
from drop_in_libraries import NOW
from drop_in_other_programs import (
    WAYS,
    all_seen,
    bent,
    encoded,
    extended,
    json_of,
    overriding,
    read,
    signed,
)
from drop_in_programs import LOOKS, Program, adding, built_in, minting, setting, token_of

SECRET = values.SECRET
GOOD_HEADER, GOOD_CLAIMS = {"alg": "HS256"}, {"exp": NOW + 60}


def alike(make, *steps, now=NOW):
    """What came of the steps, by both."""
    both = compared(Program(make, [*steps]), now)
    return [official.error or official.value for official, _ in both]


# Reading.

HEADERS = [
    *({}, {"alg": None}, {"alg": ""}, {"alg": "none"}, {"alg": "HS512"}, {"alg": ["HS256"]}),
    *(GOOD_HEADER | {"kid": kid} for kid in ("a", 5, None)),
    *(GOOD_HEADER | {"crit": crit} for crit in ([], ["b64"], ["exp"], [1], "b64", None)),
    *(GOOD_HEADER | {"b64": b64} for b64 in (True, False, None, 0)),
    *(GOOD_HEADER | {"b64": b64, "crit": ["b64"]} for b64 in (True, False, 0)),
    *(b"", b"{", b"[]", b"null", b"\xff", b'{"alg":"HS256","alg":"none"}', b' {"alg":"HS256"}\n'),
]
TIMES = [
    *(NOW - 1, NOW, NOW + 1, NOW + 0.5, NOW - 0.5, str(NOW + 1), "x", None, True, [], 10**400),
    *(float("inf"), float("nan"), -1, ""),
]
CLAIMS = [
    *({}, {"iss": 5}, {"sub": "me"}, {"sub": None}, {"sub": 5}, {"jti": "id"}, {"jti": None}),
    *({"jti": 5}, {"aud": "a"}, {"aud": ["a"]}, {"aud": ""}, {"aud": []}, {"aud": None}),
    *({name: time} for name in ("exp", "nbf", "iat") for time in TIMES),
    *({"exp": NOW, "nbf": NOW + 1, "iat": NOW + 2}, {"iat": NOW + 2, "aud": "a", "sub": 5}),
    *(b"", b"{", b"[]", b"null", b'"{}"', b"NaN", b"\xff", b'{"exp":1,"exp":9999999999}'),
]


@pytest.mark.parametrize(
    "key", [SECRET, SECRET.encode(), "another secret, of some thirty letters", ""]
)
@pytest.mark.parametrize("now", [NOW, NOW + 0.5])
def test_headers_and_claims_are_judged_alike(key, now):
    pairs = [(header, GOOD_CLAIMS) for header in HEADERS]
    pairs += [(GOOD_HEADER, claims) for claims in CLAIMS]
    seen = set()
    for header, claims in pairs:
        token = signed(json_of(header), json_of(claims), SECRET.encode(), "HS256")
        for bend in ("whole", "detached"):
            made = bent(token, bend, 0, b"")
            came = alike(read(made, (key,), "HS256", "AccessToken"), all_seen, minting(), now=now)
            seen.add(str(came[0]))
    assert len(seen) > 12


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512", "RS256", "none", None, "", "HS1"])
def test_classes_that_insist_on_an_algorithm_are_alike(algorithm):
    for named in ("HS256", "HS384", "HS512", "RS256", "none", None, "", "HS1"):
        for by in ("HS256", "HS384", "HS512"):
            token = signed(json_of({"alg": named}), json_of(GOOD_CLAIMS), SECRET.encode(), by)
            for key in (SECRET, None):
                alike(read(token, (key,), algorithm, "Jwt"), all_seen, minting())
    token = signed(b"{}", json_of(GOOD_CLAIMS), SECRET.encode(), "HS256")
    alike(read(token, (SECRET,), algorithm, "Jwt"), all_seen)


def test_every_letter_counts_alike():
    header, claims = json_of(GOOD_HEADER), json_of(GOOD_CLAIMS | {"a": "b"})
    token = signed(header, claims, SECRET.encode(), "HS256")
    refused = 0
    for at in range(len(token) + 1):
        for letter in (b"A", b"B", b"-", b"+", b"=", b".", b"\n"):
            for way in ("changed", "longer"):
                made = bent(token, way, at, letter)
                refused += isinstance(
                    alike(read(made, (SECRET,), "HS256", "Jwt"), all_seen)[0], tuple
                )
                alike(read(made, (), "HS256", "Jwt"), all_seen)
    assert refused > len(token) * 12


@pytest.mark.parametrize("length", range(12, 16))
def test_padding_counts_alike(length):
    claims = json_of({"a": "b" * length})
    for header in (json_of(GOOD_HEADER), b'{"alg" :"HS256"}', b'{"alg": "HS256" }'):
        padded = b".".join(
            part + b"=" * (-len(part) % 4) for part in (encoded(header), encoded(claims))
        )
        parts = signed(header, claims, SECRET.encode(), "HS256").split(b".")
        for padding in range(5):
            for index in range(3):
                longer = [part + b"=" * padding * (n == index) for n, part in enumerate(parts)]
                alike(read(b".".join(longer), (), "HS256", "Jwt"), all_seen)
            alike(read(padded + b"." + parts[2] + b"=" * padding, (), "HS256", "Jwt"), all_seen)
    for way in WAYS:
        for at in range(8):
            alike(read(bent(b".".join(parts), way, at, b"="), (SECRET,), "HS256", "Jwt"), all_seen)


NO_TOKENS = [
    None,
    "",
    b"",
    ".",
    "..",
    "a.b",
    "...",
    "\ud800.a.b",
    bytearray(b"a.b.c"),
    5,
    [],
    object,
]


@pytest.mark.parametrize("token", NO_TOKENS, ids=repr)
def test_what_is_no_token_is_refused_alike(token):
    for key in ((), (SECRET,), (5,)):
        (error,) = alike(read(token, key, "HS256", "AccessToken"))
        assert error[0] == "JwtDecodeError"


# Signing.

SECRETS = values.TOO_LITTLE + values.KEYS_OF_OTHERS + ["s" * n for n in (31, 32, 47, 48, 63, 64)]


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: repr(secret)[:30])
@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512", "none", "RS256", None, "", 5, []])
def test_secrets_are_judged_alike(secret, algorithm):
    arguments = {"account_sid": "AC1", "signing_key_sid": "SK1", "secret": secret}
    chosen = setting("algorithm", algorithm)
    alike(token_of(0, arguments), minting(), chosen, minting(), LOOKS[0])
    token = signed(json_of(GOOD_HEADER), json_of(GOOD_CLAIMS), b"s" * 32, "HS256")
    alike(read(token, (secret,), "HS256", "Jwt"), all_seen, minting())


AWARE = datetime.datetime(2033, 1, 2, 3, 4, 5, 6, datetime.timezone(datetime.timedelta(hours=5)))
OWN = [
    *({name: AWARE} for name in ("exp", "nbf", "iat", "root")),
    *({"iat": AWARE.replace(tzinfo=None)}, {"iat": datetime.date(2033, 1, 2)}, {"iat": 1.5}),
    *({"iss": 5, "iat": None}, {1: 2, "1": 3}, {None: 1}, {(1,): 2}),
]


@pytest.mark.parametrize("payload", OWN, ids=repr)
def test_claims_of_ones_own_are_signed_alike(payload):
    arguments = {"secret_key": SECRET, "issuer": "me"}
    made = extended(payload, None, arguments)
    alike(made, *LOOKS[:2], *LOOKS[3:6], minting(), minting(60))
    alike(extended({}, None, arguments | {"valid_until": AWARE}), minting(), minting(5))
    for override in ({}, [], payload, [1], "text"):
        alike(made, overriding("payload", override), minting())
        alike(made, overriding("headers", override), minting())


HEADERS_OF_ONES_OWN = [
    *({"cty": "c"}, {"typ": ""}, {"alg": "HS512"}, {"kid": 5}, {"kid": "k"}, {"b64": True}, {1: 2}),
    *({"b64": False}, {"b64": None}, {"crit": []}, {"a": 1, 2: 3}, {"cty": "twilio-fpa;v=1"}),
    *({"cty": "twilio-fpa;v=1", "twr": "\u00e5"}, {"deep": {"b": 1, "a": [None, True, 0.1]}}),
]


@pytest.mark.parametrize("header", HEADERS_OF_ONES_OWN, ids=repr)
def test_headers_of_ones_own_are_signed_alike(header):
    arguments = {"secret_key": SECRET, "issuer": "me"}
    alike(extended({}, header, arguments), LOOKS[3], minting())
    # Without what the class would put over it.
    alike(extended({}, {}, arguments), overriding("headers", header), minting())


def test_grants_are_kept_and_left_out_alike():
    needed = {"account_sid": "AC1", "signing_key_sid": "SK1", "secret": SECRET}
    for empty in (None, "", 0, {}, [], False):
        for name, field in (
            ("VideoGrant", "room"),
            ("SyncGrant", "endpoint_id"),
            ("ChatGrant", "push_credential_sid"),
            ("TaskRouterGrant", "role"),
            ("PlaybackGrant", "grant"),
            ("VoiceGrant", "endpoint_id"),
            ("VoiceGrant", "outgoing_application_params"),
        ):
            more = {"outgoing_application_sid": "AP1"} if name == "VoiceGrant" else {}
            grant = built_in(name, {field: empty} | more)
            alike(token_of(0, needed | {"grants": [grant]}), minting(), LOOKS[2])

    kept = []

    def keeping(library, token):
        passed = [library.VideoGrant()]
        own = library.AccessToken("AC1", "SK1", SECRET, grants=passed)
        own.add_grant(library.ChatGrant())
        kept.append(len(passed))
        return own.grants is passed, len(passed)

    alike(token_of(0, needed), ("keeping", keeping), adding(built_in("VideoGrant", {})), minting())
    assert kept == [2, 2]
