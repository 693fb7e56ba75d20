"""Where the drop-in differs from Twilio's package on purpose, and what it promises beside."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import threading
import time
import warnings
from unittest import mock

import drop_in_values as values
import pytest
from drop_in_libraries import DROP_IN, NOW, OFFICIAL, clock_at
from grantmint import ApiKey, InvalidArgumentError, decode, verify
from grantmint.twilio.jwt import Jwt, JwtDecodeError, exceptions
from grantmint.twilio.jwt.access_token import AccessToken, AccessTokenGrant
from grantmint.twilio.jwt.access_token.grants import (
    ChatGrant,
    PlaybackGrant,
    SyncGrant,
    TaskRouterGrant,
    VideoGrant,
    VoiceGrant,
)
from grantmint.twilio.jwt.exceptions import DeadTokenWarning
from support import vectors

ACCOUNT, KEY, SECRET = "AC" + "a" * 32, "SK" + "b" * 32, values.SECRET
PLAYABLE = {"playbackUrl": "https://play.example.com", "playerStreamerSid": "VJ1"}


def token(**options):
    return AccessToken(ACCOUNT, KEY, SECRET, **options)


def grants_of(jwt):
    return decode(jwt).grants


# Tokens that Twilio's package made elsewhere.

KINDS = {
    "chat": ChatGrant,
    "player": PlaybackGrant,
    "playback": PlaybackGrant,
    "sync": SyncGrant,
    "task_router": TaskRouterGrant,
    "video": VideoGrant,
    "voice": VoiceGrant,
}


@pytest.mark.parametrize("case", vectors("access_tokens.json")["cases"], ids=lambda c: c["name"])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_tokens_are_the_official_to_the_byte(case):
    grants = [
        KINDS[grant.pop("type")](**grant) for grant in (dict(grant) for grant in case["grants"])
    ]
    key = (case["account_sid"], case["api_key_sid"], case["api_key_secret"])
    options = {name: case[name] for name in ("identity", "ttl", "nbf", "region")}
    with clock_at(case["now"]):
        assert AccessToken(*key, grants=grants, **options).to_jwt() == case["twilio_python"]


# What is mended.


def test_grants_that_can_be_looked_at_once_all_get_into_the_token():
    once = token(grants=(VideoGrant(room) for room in ("r",)))
    assert grants_of(once.to_jwt()) == {"video": {"room": "r"}}
    once.add_grant(ChatGrant())
    assert set(grants_of(once.to_jwt())) == {"video", "chat"}
    with pytest.raises(ValueError, match="Grants must be instances of AccessTokenGrant"):
        token(grants=iter(["video"]))


def test_a_clock_that_is_patched_is_the_one_that_tokens_are_checked_by():
    with mock.patch.object(time, "time", return_value=50.0):
        assert Jwt.from_jwt(token().to_jwt(), SECRET).valid_until == 3650
        old = token().to_jwt()
    with pytest.raises(JwtDecodeError, match="Signature has expired"):
        Jwt.from_jwt(old, SECRET)


# What is refused.


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_json_is_not_signed(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        token(grants=[VideoGrant({"depth": number})]).to_jwt()


def test_half_a_pair_gets_into_claims_but_not_into_a_header():
    half = "\ud83d"
    assert json.loads(decode(token(region="ie1").to_jwt()).header_json)["twr"] == "ie1"
    with clock_at(NOW):
        both = (OFFICIAL, DROP_IN)
        tokens = [lib.AccessToken(ACCOUNT, KEY, SECRET, identity=half) for lib in both]
        assert tokens[0].to_jwt() == tokens[1].to_jwt()
    with pytest.raises(InvalidArgumentError, match="header is not valid JSON"):
        token(region=half).to_jwt()


def test_no_token_over_128_kib_is_made_or_read():
    with pytest.raises(InvalidArgumentError, match="over 128 KiB"):
        token(identity="a" * 100_000).to_jwt()
    large = OFFICIAL.AccessToken(ACCOUNT, KEY, SECRET, identity="a" * 100_000).to_jwt()
    for key in ("", SECRET):
        with pytest.raises(JwtDecodeError, match="over 128 KiB"):
            AccessToken.from_jwt(large, key)
    nearly = token(identity="a" * 97_000).to_jwt()
    assert AccessToken.from_jwt(nearly, SECRET).payload["grants"]["identity"] == "a" * 97_000


class Extended(Jwt):
    def __init__(self, headers, **options):
        super().__init__(SECRET, "me", **options)
        self._more = headers

    def _generate_payload(self):
        return {"root": True}

    def _generate_headers(self):
        return self._more


@pytest.mark.parametrize("algorithm", ["RS256", "ES512", "PS384", "ES256K", "EdDSA"])
def test_only_hmac_signs(algorithm):
    with pytest.raises(NotImplementedError, match="HS256, HS384 and HS512 only"):
        Extended({}, algorithm=algorithm).to_jwt()
    with pytest.raises(NotImplementedError, match=r"^Algorithm not supported$"):
        Extended({}, algorithm=algorithm.lower()).to_jwt()


def test_no_payload_stays_outside():
    with pytest.raises(NotImplementedError, match="detached payload"):
        Extended({"b64": False}).to_jwt()
    assert "b64" not in Jwt.from_jwt(Extended({"b64": True}).to_jwt(), SECRET).headers


@pytest.mark.parametrize("deep", ["[" * 60_000, '{"a":' * 15_000])
def test_what_is_nested_too_deeply_is_refused(deep):
    claims = token().to_jwt().split(".")[1]
    from drop_in_other_programs import encoded, signed

    secret = SECRET.encode()
    for made in (
        signed(deep.encode(), b"{}", secret, "HS256"),
        signed(b'{"alg":"HS256"}', deep.encode(), secret, "HS256"),
        encoded(deep.encode()) + b"." + claims.encode() + b".",
    ):
        with pytest.raises(JwtDecodeError, match="string: "):
            AccessToken.from_jwt(made, SECRET)
    with pytest.raises((InvalidArgumentError, exceptions.InvalidKeyError, RecursionError)):
        AccessToken(ACCOUNT, KEY, deep + '"kty"', identity=nested(100_000)).to_jwt()


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def test_what_holds_itself_is_refused_and_does_not_break_later_tokens():
    room = {}
    room["self"] = room
    broken = token(grants=[VideoGrant(room)])
    for _ in range(3):
        with pytest.raises(ValueError, match="Circular reference detected"):
            broken.to_jwt()
    room["self"] = "none"
    assert grants_of(broken.to_jwt()) == {"video": {"room": {"self": "none"}}}


# What is warned of: the token is Twilio's all the same.


def warned_of(run):
    """The messages, which must point at a line of this file."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        run()
    assert {warning.category for warning in caught} <= {DeadTokenWarning}
    assert {warning.filename for warning in caught} <= {__file__}
    return [str(warning.message) for warning in caught]


DEAD = {
    "region is not a str": {"region": b"ie1"},
    "identity is empty": {"identity": ""},
    "incoming_allow is not True": {"grants": [VoiceGrant(incoming_allow="true")]},
    "left out without outgoing_application_sid": {
        "grants": [VoiceGrant(outgoing_application_params={"a": 1})]
    },
    "no player takes this grant": {"grants": [PlaybackGrant(json.dumps(PLAYABLE))]},
    "the member 'grant' of the answer": {"grants": [PlaybackGrant({"grant": PLAYABLE})]},
    "it is over already": {"ttl": -5},
    "lives for 0 s": {"ttl": 0},
    "lives for 86401 s: Twilio refuses": {"ttl": 86_401},
    "lives for 1698300000000 s": {"valid_until": NOW * 1000},
    "lives for -1 s": {"valid_until": NOW - 1},
}


@pytest.mark.parametrize("words", DEAD)
def test_what_nobody_accepts_is_warned_of(words):
    with clock_at(NOW):
        (message,) = warned_of(lambda: token(**DEAD[words]).to_jwt())
        assert words in message
        (message,) = warned_of(lambda: str(token(**DEAD[words])))
        assert words in message


def test_swapped_sids_are_warned_of():
    for account, key in ((KEY, ACCOUNT), (ACCOUNT, ACCOUNT), (KEY, KEY)):
        assert warned_of(lambda: AccessToken(account, key, SECRET).to_jwt()) == [  # noqa: B023
            "account_sid and signing_key_sid look swapped"
        ]


def test_what_is_good_is_not_warned_of():
    good = [
        {},
        {"identity": "alice", "region": "ie1", "ttl": 86_400},
        {"identity": 4444, "ttl": 1, "nbf": None},
        {"grants": [VoiceGrant(incoming_allow=False), VoiceGrant(True, "AP1", {"a": 1})]},
        {"grants": [PlaybackGrant(PLAYABLE), VideoGrant(), ChatGrant()]},
        {"valid_until": NOW + 60, "ttl": 10**6},
    ]
    with clock_at(NOW):
        for options in good:
            assert warned_of(lambda: token(**options).to_jwt()) == []  # noqa: B023
        assert warned_of(lambda: token(ttl=0).to_jwt(60)) == []
        assert warned_of(lambda: token(valid_until=NOW - 1).to_jwt(60)) == []


def test_the_line_of_the_warning_is_the_callers_even_from_a_class_of_ones_own():
    class Own(VoiceGrant):
        def to_payload(self):
            return super().to_payload()

    with pytest.warns(DeadTokenWarning) as caught:
        token(grants=[Own("true")]).to_jwt()
    assert caught[0].filename == __file__


def test_a_warning_shows_no_secret():
    short = "hunter2"
    with pytest.warns(exceptions.InsecureKeyLengthWarning) as caught:
        AccessToken(ACCOUNT, KEY, short).to_jwt()
    assert short not in str(caught[0].message)
    assert SECRET not in repr(token()) + repr(Jwt.from_jwt(token().to_jwt(), SECRET))


# With the rest of grantmint, and on its own.


def test_its_tokens_are_good_for_the_rest_of_grantmint():
    jwt = token(identity="alice", grants=[VideoGrant("r")]).to_jwt()
    assert verify(jwt, ApiKey(ACCOUNT, KEY, SECRET)).identity == "alice"


def test_threads_may_share_a_token():
    shared = token(identity="alice", grants=[VideoGrant({"deep": [1] * 50})])
    with clock_at(NOW):
        wanted = shared.to_jwt()
        made = []
        threads = [
            threading.Thread(target=lambda: made.extend(shared.to_jwt() for _ in range(300)))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert made == [wanted] * 2400


ABSENT = ["rest", "twiml", "request_validator", "jwt.client", "jwt.taskrouter", "jwt.validation"]


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_not_here_says_so(name):
    with pytest.raises(ImportError, match=rf"import twilio\.{name} instead"):
        importlib.import_module(f"grantmint.twilio.{name}")
    importlib.import_module(f"twilio.{name}")


def test_importing_it_stays_light():
    code = """
import sys
from grantmint.twilio.jwt.access_token import AccessToken
from grantmint.twilio.jwt.access_token.grants import VideoGrant
AccessToken("AC", "SK", "s" * 32, grants=[VideoGrant()], identity="alice").to_jwt()
heavy = {"asyncio", "dataclasses", "datetime", "hashlib", "inspect", "jwt", "twilio"}
print(sorted(heavy & set(sys.modules)))
"""
    command = [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{code}"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def public(namespace):
    return {name for name in vars(namespace) if not name.startswith("_")}


@pytest.mark.parametrize("name", sorted(vars(OFFICIAL)))
def test_every_name_of_a_class_is_there(name):
    official, ours = getattr(OFFICIAL, name), getattr(DROP_IN, name)
    assert public(official) <= public(ours) | public(Jwt) | public(AccessTokenGrant)
    assert [base.__name__ for base in ours.__mro__] == [base.__name__ for base in official.__mro__]
