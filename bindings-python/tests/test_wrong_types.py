"""Arguments of a wrong type: each error names the argument, what came, and what to write."""

from __future__ import annotations

import asyncio
import traceback
import uuid
from datetime import datetime, timezone

import grantmint
import pytest
from grantmint import (
    AccessToken,
    ApiKey,
    CachePolicy,
    ChatGrant,
    CustomGrant,
    GrantCache,
    GrantmintError,
    InvalidArgumentError,
    ManualClock,
    PlaybackMinter,
    StreamMinter,
    ThrottledError,
    TokenMinter,
    VideoGrant,
    VoiceGrant,
    decode,
    sign,
    verify,
    verify_jwt,
)
from support import KEY, STREAMER, Counting

ACCOUNT, SID, SECRET = KEY
KEYS = ApiKey(*KEY)
ROOMS = TokenMinter(KEYS)
HEADER = {"alg": "HS256", "typ": "JWT"}
ONE = uuid.UUID(int=1)
NOT_A_KEY = ": write ApiKey(account_sid, key_sid, secret) or ApiKey.from_env()"
NOT_A_STREAM = ": write PlaybackMinter(…).stream(streamer)"
SECONDS = "seconds (int, float or timedelta)"
UNIX_SECONDS = "Unix seconds (int) or a datetime with a time zone"
A_LIST = ': write grants=[VideoGrant(room="…")]; other JSON: CustomGrant'
A_GRANT = 'a grant such as VideoGrant(room="…")'
OTHER_JSON = "; other JSON: CustomGrant"
TEXT_GRANTS = [
    ("VideoGrant", ["room"]),
    ("VoiceGrant", ["outgoing_application_sid", "push_credential_sid", "endpoint_id"]),
    ("ChatGrant", ["service_sid", "endpoint_id", "deployment_role_sid", "push_credential_sid"]),
    ("IpMessagingGrant", ["service_sid", "endpoint_id"]),
    ("SyncGrant", ["service_sid", "endpoint_id"]),
    ("TaskRouterGrant", ["workspace_sid", "worker_sid", "role"]),
    ("RtcGrant", ["configuration_profile_sid"]),
]


def elsewhere(name):
    """An object of another package's class, which has the name of one of ours."""
    return type(name, (), {"__module__": "elsewhere"})()


class WithFloat:
    """Converts itself, and fails."""

    def __float__(self):
        return "hush"


def live(**options):
    return PlaybackMinter(KEYS, source=Counting(), **options)


def stream():
    return live().stream(STREAMER)


def cache():
    return GrantCache()


def ticket():
    return cache().begin("key").ticket


def wait(awaitable):
    return asyncio.run(awaitable)


def env(**changed):
    named = zip(("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET"), KEY, strict=True)
    return {**dict(named), **changed}


def fields_of_grants():
    for kind, fields in TEXT_GRANTS:
        for field in fields:
            make = getattr(grantmint, kind)
            yield f"{field} must be a str, not int", lambda m=make, f=field: m(**{f: 7})


#: What the error says, whole, and the call.
WRONG = [
    ("account_sid must be a str, not int", lambda: ApiKey(7, SID, SECRET)),
    (
        "account_sid must be a str, not None: is TWILIO_ACCOUNT_SID set?",
        lambda: ApiKey(None, SID, SECRET),
    ),
    (
        "key_sid must be a str, not None: is TWILIO_API_KEY set?",
        lambda: ApiKey(ACCOUNT, None, SECRET),
    ),
    (
        "secret must be a str, not None: is TWILIO_API_SECRET set?",
        lambda: ApiKey(ACCOUNT, SID, None),
    ),
    ("secret must be a str, not bytes: write ….decode()", lambda: ApiKey(ACCOUNT, SID, b"hush")),
    ("region must be a str, not list", lambda: ApiKey(*KEY, region=[])),
    ("env must be a mapping such as os.environ, not int", lambda: ApiKey.from_env(7)),
    (
        "env['TWILIO_API_SECRET'] must be a str, not int",
        lambda: ApiKey.from_env(env(TWILIO_API_SECRET=7)),
    ),
    *fields_of_grants(),
    ("incoming_allow must be True or False, not str", lambda: VoiceGrant("hush")),
    ("key must be a str, not dict", lambda: CustomGrant({}, {})),
    (f"key must be an ApiKey, not None{NOT_A_KEY}", lambda: TokenMinter(None)),
    (f"key must be an ApiKey, not str{NOT_A_KEY}", lambda: TokenMinter("hush")),
    (f"key must be an ApiKey, not tuple{NOT_A_KEY}", lambda: AccessToken(KEY, identity="alice")),
    (f"key must be an ApiKey, not the class grantmint.ApiKey{NOT_A_KEY}", lambda: live_of(ApiKey)),
    (
        f"key must be an ApiKey, not elsewhere.ApiKey{NOT_A_KEY}",
        lambda: live_of(elsewhere("ApiKey")),
    ),
    ("identity must be a str, not UUID: write str(…)", lambda: AccessToken(KEYS, identity=ONE)),
    ("identity must be a str, not UUID: write str(…)", lambda: ROOMS.mint(ONE)),
    ("identity must be a str, not int: write str(…)", lambda: ROOMS.mint(7)),
    ("identity must be a str, not None", lambda: ROOMS.mint(None)),
    ("identity must be a str, not bytes: write ….decode()", lambda: ROOMS.mint(b"hush")),
    ("identity must be a str, not int: write str(…)", lambda: ROOMS.mint_at(7, 0)),
    (f"now must be {UNIX_SECONDS}, not str", lambda: ROOMS.mint_at("alice", "hush")),
    (f"now must be {UNIX_SECONDS}, not float", lambda: ROOMS.mint_at("alice", 1.5)),
    (f"now must be {UNIX_SECONDS}, not None", lambda: ROOMS.mint_at("alice", None)),
    ("identities[1] must be a str, not int", lambda: ROOMS.mint_many(["alice", 7])),
    ("identities[0] must be a str, not None", lambda: ROOMS.mint_many(iter([None]))),
    ("identities[2] must be a str, not UUID", lambda: ROOMS.mint_many(["a", "b", ONE])),
    (
        "identities must be a list of str: write mint_many([identity])",
        lambda: ROOMS.mint_many("hush"),
    ),
    ("identities must be a list of str, not None", lambda: ROOMS.mint_many(None)),
    ("identities must be a list of str, not int", lambda: ROOMS.mint_many(7)),
    (
        "grants must be a list: write grants=[VideoGrant(…)]",
        lambda: TokenMinter(KEYS, grants=VideoGrant(room="hush")),
    ),
    (
        "grants must be a list: write grants=[ChatGrant(…)]",
        lambda: AccessToken(KEYS, identity="alice", grants=ChatGrant()),
    ),
    (
        "grants must be a list: write grants=[CustomGrant(…)]",
        lambda: live(grants=CustomGrant("hush", {})),
    ),
    (
        f"grants must be a list of grants, not dict{A_LIST}",
        lambda: TokenMinter(KEYS, grants={"video": {"room": "hush"}}),
    ),
    (f"grants must be a list of grants, not str{A_LIST}", lambda: TokenMinter(KEYS, grants="hush")),
    (f"grants must be a list of grants, not int{A_LIST}", lambda: live(grants=7)),
    (
        f"grants must be a list of grants, not the class VideoGrant{A_LIST}",
        lambda: TokenMinter(KEYS, grants=VideoGrant),
    ),
    (
        f"grants[0] must be {A_GRANT}, not dict{OTHER_JSON}",
        lambda: TokenMinter(KEYS, grants=[{"video": {"room": "hush"}}]),
    ),
    (
        f"grants[1] must be {A_GRANT}, not str{OTHER_JSON}",
        lambda: AccessToken(KEYS, identity="alice", grants=[VideoGrant(), "hush"]),
    ),
    (
        f"grants[1] must be {A_GRANT}, not None{OTHER_JSON}",
        lambda: live(grants=(VideoGrant(), None)),
    ),
    (
        f"grants[0] must be {A_GRANT}, not the class grantmint.VideoGrant{OTHER_JSON}",
        lambda: TokenMinter(KEYS, grants=[VideoGrant]),
    ),
    (
        f"grants[0] must be {A_GRANT}, not elsewhere.VideoGrant{OTHER_JSON}",
        lambda: TokenMinter(KEYS, grants=[elsewhere("VideoGrant")]),
    ),
    (
        "ttl must be whole seconds (int or timedelta), not str",
        lambda: TokenMinter(KEYS, ttl="3600"),
    ),
    (
        "ttl must be whole seconds (int or timedelta), not datetime",
        lambda: AccessToken(KEYS, identity="alice", ttl=datetime.now(timezone.utc)),
    ),
    ("grant_ttl must be whole seconds (int or timedelta), not list", lambda: live(grant_ttl=[])),
    (f"nbf must be {UNIX_SECONDS}, not str", lambda: TokenMinter(KEYS, nbf="hush")),
    (
        f"valid_until must be {UNIX_SECONDS}, not str",
        lambda: AccessToken(KEYS, identity="alice", valid_until="hush"),
    ),
    ("unique must be True or False, not int", lambda: TokenMinter(KEYS, unique=1)),
    (
        "unique must be True or False, not str",
        lambda: AccessToken(KEYS, identity="alice", unique="hush"),
    ),
    ("unique must be True or False, not None", lambda: live(unique=None)),
    ("clock must be a ManualClock, not int", lambda: TokenMinter(KEYS, clock=7)),
    (
        "clock must be a ManualClock, not the class grantmint.ManualClock",
        lambda: GrantCache(clock=ManualClock),
    ),
    ("clock must be a ManualClock, not str", lambda: live(clock="hush")),
    ("allow_origin must be a str, not list", lambda: live(allow_origin=["https://a.example"])),
    (f"timeout must be {SECONDS}, not str", lambda: live(timeout="hush")),
    (f"min_remaining must be {SECONDS}, not dict", lambda: live(min_remaining={})),
    ("cache must be a GrantCache, not dict", lambda: live(cache={})),
    ("share must be a str, not bool", lambda: live(share=True)),
    ("isolated must be True or False, not str", lambda: live(isolated="hush")),
    (
        "base_url must be a str, not bytes: write ….decode()",
        lambda: PlaybackMinter(KEYS, base_url=b"http://127.0.0.1:1"),
    ),
    ("proxy must be a str, not int", lambda: PlaybackMinter(KEYS, proxy=8080)),
    (
        "ca_file must be a path (str, bytes or os.PathLike), not int",
        lambda: PlaybackMinter(KEYS, ca_file=7),
    ),
    ("streamer must be a str, not None", lambda: live().token(None, "alice")),
    ("identity must be a str, not int: write str(…)", lambda: live().token(STREAMER, 7)),
    (f"timeout must be {SECONDS}, not str", lambda: live().token(STREAMER, "alice", timeout="5")),
    (
        f"min_remaining must be {SECONDS}, not WithFloat",
        lambda: live().token(STREAMER, "alice", min_remaining=WithFloat()),
    ),
    ("streamer must be a str, not int", lambda: live().try_token(7, "alice")),
    ("identity must be a str, not UUID: write str(…)", lambda: live().try_token(STREAMER, ONE)),
    ("streamer must be a str, not int", lambda: wait(live().token_async(7, "alice"))),
    (
        "identity must be a str, not UUID: write str(…)",
        lambda: wait(live().token_async(STREAMER, ONE)),
    ),
    ("streamer must be a str, not int", lambda: live().stream(7)),
    ("identity must be a str, not int: write str(…)", lambda: stream().token(7)),
    ("identity must be a str, not None", lambda: stream().try_token(None)),
    (
        f"timeout must be {SECONDS}, not str",
        lambda: wait(stream().token_async("alice", timeout="5")),
    ),
    (
        f"parts must be what PlaybackMinter.stream hands over, not str{NOT_A_STREAM}",
        lambda: StreamMinter(STREAMER),
    ),
    ("streamer must be a str, not int", lambda: live().prefetch(7)),
    (f"seconds must be {SECONDS}, not str", lambda: live().keep_warm(STREAMER, "60")),
    ("streamer must be a str, not tuple", lambda: live().invalidate(())),
    (
        "generation must be a whole number (int), not str",
        lambda: live().invalidate_if(STREAMER, "1"),
    ),
    (
        "generation must be a whole number (int), not float",
        lambda: live().invalidate_if(STREAMER, 1.0),
    ),
    (f"key must be an ApiKey, not tuple{NOT_A_KEY}", lambda: live().rotate(KEY)),
    ("cache must be a str, not None", lambda: live().stats().to_prometheus(None)),
    ("rate_limited must be True or False, not str", lambda: GrantCache(rate_limited="hush")),
    ("key must be a str, not int", lambda: cache().begin(7)),
    (f"ttl must be {SECONDS}, not None", lambda: cache().begin("key", ttl=None)),
    ("key must be a str, not tuple", lambda: cache().get((), Counting())),
    (f"ttl must be {SECONDS}, not str", lambda: cache().get("key", Counting(), ttl="60")),
    ("key must be a str, not int", lambda: wait(cache().get_async(7, Counting()))),
    ("key must be a str, not int", lambda: cache().try_get(7)),
    ("key must be a str, not int", lambda: cache().prefetch(7)),
    (f"seconds must be {SECONDS}, not None", lambda: cache().keep_warm("key", None)),
    ("key must be a str, not int", lambda: cache().invalidate(7)),
    (
        "generation must be a whole number (int), not None",
        lambda: cache().invalidate_if("key", None),
    ),
    (f"ttl must be {SECONDS}, not str", lambda: ticket().complete({}, "60")),
    ("error must be a GrantmintError, not ValueError", lambda: ticket().fail(ValueError("hush"))),
    (f"wait_below must be {SECONDS}, not str", lambda: CachePolicy(wait_below="5")),
    (f"soft_point must be {SECONDS}, not list", lambda: GrantCache(policy={"soft_point": []})),
    (f"safety_margin must be {SECONDS}, not str", lambda: live(policy={"safety_margin": "1"})),
    (f"fetch_timeout must be {SECONDS}, not str", lambda: CachePolicy(fetch_timeout="4")),
    ("max_keys must be a whole number (int), not float", lambda: CachePolicy(max_keys=1.5)),
    ("jitter must be a number (int or float), not str", lambda: CachePolicy(jitter="hush")),
    (f"wall must be {SECONDS}, not None", lambda: ManualClock(None)),
    (f"seconds must be {SECONDS}, not str", lambda: ManualClock(0).advance("5")),
    (f"seconds must be {SECONDS}, not str", lambda: ManualClock(0).suspend("5")),
    (f"seconds must be {SECONDS}, not str", lambda: ManualClock(0).jump_wall("5")),
    ("token must be a str, not None", lambda: verify(None, KEYS)),
    ("token must be a str, not bytes: write ….decode()", lambda: verify(b"a.b.c", KEYS)),
    (f"api_key must be an ApiKey, not str{NOT_A_KEY}", lambda: verify("a.b.c", "hush")),
    (f"leeway must be {SECONDS}, not str", lambda: verify("a.b.c", KEYS, leeway="5")),
    (f"now must be {UNIX_SECONDS}, not str", lambda: verify("a.b.c", KEYS, now="hush")),
    ("algorithm must be a str, not list", lambda: verify("a.b.c", KEYS, algorithm=["HS256"])),
    ("algorithm must be a str, not None", lambda: verify_jwt("a.b.c", "s", algorithm=None)),
    ("token must be a str, not int", lambda: verify_jwt(7, "hush")),
    ("secret must be a str or bytes, not None", lambda: verify_jwt("a.b.c", None)),
    ("token must be a str, not dict", lambda: decode({})),
    ("alg must be a str, not None", lambda: sign(None, HEADER, {}, "hush")),
    ("secret must be a str or bytes, not int", lambda: sign("HS256", HEADER, {}, 7)),
    (f"retry_after must be {SECONDS}, not list", lambda: ThrottledError(retry_after=[])),
]


def live_of(key):
    return PlaybackMinter(key, source=Counting())


@pytest.mark.parametrize(("says", "call"), WRONG, ids=[says for says, _ in WRONG])
def test_a_wrong_type_is_refused_by_name(says, call):
    with pytest.raises(TypeError) as refused:
        call()
    error = refused.value
    assert type(error) is TypeError
    assert str(error) == says
    assert error.__cause__ is None
    assert "hush" not in "".join(traceback.format_exception_only(type(error), error))


#: Of a type that is right, or that a bool passes for, or of one that is checked as a value.
REFUSED = [
    (
        "invalid_ttl",
        "ttl must be whole seconds (int or timedelta), not bool",
        lambda: TokenMinter(KEYS, ttl=True),
    ),
    (
        "invalid_ttl",
        "grant_ttl must be whole seconds (int or timedelta), not float",
        lambda: live(grant_ttl=15.0),
    ),
    ("invalid_argument", f"timeout must be {SECONDS}, not bool", lambda: live(timeout=True)),
    ("invalid_argument", "timeout must be 0 seconds or more", lambda: live(timeout=-1)),
    (
        "invalid_argument",
        "min_remaining must be a number of seconds, not NaN",
        lambda: live(min_remaining=float("nan")),
    ),
    ("invalid_argument", "max_keys must not be negative", lambda: CachePolicy(max_keys=-1)),
    ("invalid_argument", "nbf must not be before 1970", lambda: TokenMinter(KEYS, nbf=-1)),
    (
        "invalid_argument",
        "now must have a time zone, such as timezone.utc",
        lambda: ROOMS.mint_at("alice", datetime(2030, 1, 1)),
    ),
    (
        "invalid_argument",
        "policy must be a CachePolicy or a dict of its arguments, not int",
        lambda: GrantCache(policy=7),
    ),
    (
        "invalid_argument",
        "fetch must be a function, def or async def, not dict",
        lambda: cache().get("key", {}),
    ),
    (
        "invalid_argument",
        "fetch must be a function, def or async def, not None",
        lambda: wait(cache().get_async("key", None)),
    ),
    ("invalid_grant", "value cannot be written as JSON", lambda: CustomGrant("key", {1j})),
    ("invalid_grant", "grant must be JSON in UTF-8", lambda: ticket().complete(b"\xff")),
]


@pytest.mark.parametrize(("code", "says", "call"), REFUSED, ids=[says for _, says, _ in REFUSED])
def test_a_wrong_value_is_refused_by_name(code, says, call):
    with pytest.raises(InvalidArgumentError) as refused:
        call()
    assert (refused.value.code, refused.value.message) == (code, says)


def test_what_an_iterable_raises_is_not_taken_for_a_wrong_type():
    def broken():
        yield from ()
        raise TypeError("mine")

    for call in (lambda: ROOMS.mint_many(broken()), lambda: TokenMinter(KEYS, grants=broken())):
        with pytest.raises(TypeError, match=r"^mine$"):
            call()


def test_a_wrong_type_is_no_error_of_grantmint():
    with pytest.raises(TypeError) as refused:
        ROOMS.mint(7)
    assert not isinstance(refused.value, GrantmintError)
