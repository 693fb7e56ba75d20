"""Tokens of other services: claims, slots, and what is refused."""

from __future__ import annotations

import concurrent.futures
import copy
import pickle
import time
from datetime import datetime, timedelta, timezone

import jwt as pyjwt
import pytest
from grantmint import (
    GrantmintError,
    InvalidArgumentError,
    JwtMinter,
    ManualClock,
    Slot,
    decode,
    sign,
    verify_jwt,
)
from support import vectors

SECRET = "a secret of at least thirty-two bytes"
NOW = 1_700_000_000
CLAIMS = {
    "iss": "my-app",
    "video": {
        "roomJoin": True,
        "room": Slot("room", required=True, max=256),
        "hidden": Slot("hidden", bool),
    },
    "level": Slot("level", int),
    "tags": Slot("tags", "json"),
    "name": Slot("name"),
    "empty": {},
}


@pytest.fixture
def rooms():
    return JwtMinter(SECRET, CLAIMS, ttl=600, clock=ManualClock(NOW))


def claims_of(token, **options):
    """What PyJWT reads, which checks the signature, too."""
    options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, **options}
    return pyjwt.decode(token, SECRET, ["HS256"], options={**options, "verify_aud": False})


def test_claims_stand_where_they_were_put(rooms):
    token = rooms.mint("alice", room="r", hidden=False, level=7, tags=["a", {"b": None}])
    assert claims_of(token) == {
        "iss": "my-app",
        "video": {"roomJoin": True, "room": "r", "hidden": False},
        "level": 7,
        "tags": ["a", {"b": None}],
        "empty": {},
        "sub": "alice",
        "iat": NOW,
        "exp": NOW + 600,
    }
    assert pyjwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}


def test_slots_that_are_not_filled_are_left_out():
    minter = JwtMinter(SECRET, {"a": {"b": {"c": Slot("c")}}, "d": Slot("d")}, identity=None)
    assert sorted(claims_of(minter.mint())) == ["exp", "iat"]
    assert claims_of(minter.mint(c="1"))["a"] == {"b": {"c": "1"}}


def test_any_value_of_a_json_slot_is_written_as_json(rooms):
    for value in ("a text", '{"a": 1}', 7, True, None, 1.5, {"å": "\\"}, [], {}):
        token = rooms.mint("alice", room="r", tags=value)
        assert claims_of(token)["tags"] == value


def test_the_identity_stands_where_it_is_said():
    for where, found in [
        ("user_id", ("user_id",)),
        (("context", "user", "id"), ("context", "user", "id")),
        (["context", "user"], ("context", "user")),
        (Slot("user_id", max=5), ("user_id",)),
    ]:
        claims = claims_of(JwtMinter(SECRET, identity=where).mint("alice"))
        for name in found:
            claims = claims[name]
        assert claims == "alice"
    within = JwtMinter(SECRET, {"context": {"user": Slot("identity")}}, identity=None)
    assert claims_of(within.mint("alice"))["context"] == {"user": "alice"}
    assert claims_of(within.mint(identity="bob"))["context"] == {"user": "bob"}
    nobody = JwtMinter(SECRET, {"role": "anon"}, identity=None)
    assert "sub" not in claims_of(nobody.mint())


def test_names_that_python_or_a_mint_uses_can_be_slots():
    minter = JwtMinter(SECRET, {"now": Slot("now", int), "x-y": Slot("x-y"), "self": Slot("self")})
    token = minter.mint_at("alice", NOW, now=7, self="me", **{"x-y": "z"})
    assert (claims_of(token)["now"], claims_of(token)["x-y"]) == (7, "z")


def test_times_are_as_they_were_set():
    minter = JwtMinter(SECRET, ttl=timedelta(minutes=5), nbf=True, backdate=10)
    claims = claims_of(minter.mint_at("alice", NOW))
    assert [claims[name] for name in ("iat", "nbf", "exp")] == [NOW - 10, NOW - 10, NOW + 300]
    claims = claims_of(JwtMinter(SECRET, iat=False).mint_at("alice", NOW))
    assert sorted(claims) == ["exp", "sub"]
    at = datetime.fromtimestamp(NOW, timezone.utc)
    assert claims_of(JwtMinter(SECRET, nbf=at).mint_at("alice", at))["nbf"] == NOW
    assert "nbf" not in claims_of(JwtMinter(SECRET, nbf=False).mint("alice"))
    clock = ManualClock(NOW)
    ticking = JwtMinter(SECRET, clock=clock)
    assert claims_of(ticking.mint("alice"))["iat"] == NOW
    clock.advance(5)
    assert claims_of(ticking.mint("alice"))["iat"] == NOW + 5


def test_headers_algorithms_and_an_id_of_each():
    minter = JwtMinter(SECRET, header={"kid": "1"}, typ=None, algorithm="HS512", unique=True)
    tokens = {minter.mint("alice") for _ in range(50)}
    assert len(tokens) == 50
    assert pyjwt.get_unverified_header(tokens.pop()) == {"alg": "HS512", "kid": "1"}
    content = verify_jwt(tokens.pop(), SECRET, algorithm="HS512")
    assert content.jti is not None


def test_many_and_for_one_room(rooms):
    users = [{"identity": f"user {n}", "room": "r", "level": n} for n in range(20)]
    tokens = rooms.mint_many(users)
    assert [claims_of(token)["level"] for token in tokens] == list(range(20))
    assert tokens == [rooms.mint(u["identity"], room="r", level=u["level"]) for u in users]
    assert rooms.mint_many(iter([])) == []
    with pytest.raises(InvalidArgumentError) as refused:
        rooms.mint_many([users[0], {"identity": "bob"}])
    assert refused.value.argument == "users[1].room"
    lobby = rooms.bind(room="lobby", tags={"a": 1})
    assert claims_of(lobby.mint("alice"))["video"]["room"] == "lobby"
    once = rooms.mint("a", room="lobby", tags={"a": 1}, level=3)
    assert claims_of(lobby.bind(level=3).mint("a")) == claims_of(once)
    with pytest.raises(InvalidArgumentError, match="room is not a slot of this minter"):
        lobby.mint("alice", room="r")
    assert rooms.bind().mint("a", room="r") == rooms.mint("a", room="r")


def test_threads_share_a_minter(rooms):
    def mint(number):
        return claims_of(rooms.mint(f"user {number}", room="r", level=number))["level"]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(mint, range(500))) == list(range(500))


def test_what_each_is_told(rooms):
    for slots, argument in [
        ({}, "room"),
        ({"room": ""}, "room"),
        ({"room": 7}, "room"),
        ({"room": "r" * 257}, "room"),
        ({"room": "r", "rome": "r"}, "rome"),
        ({"room": "r", "hidden": "false"}, "hidden"),
        ({"room": "r", "hidden": 1}, "hidden"),
        ({"room": "r", "level": "7"}, "level"),
        ({"room": "r", "level": True}, "level"),
        ({"room": "r", "level": 1.5}, "level"),
        ({"room": "r", "level": float("nan")}, "level"),
        ({"room": "r", "level": 2**53 + 1}, "level"),
        ({"room": "r", "level": -(2**80)}, "level"),
        ({"room": "r", "level": None}, "level"),
        ({"room": "r", "name": "\ud800"}, "name"),
        ({"room": "r", "tags": float("nan")}, "tags"),
        ({"room": "r", "tags": [2**53 + 1]}, "tags"),
        ({"room": "r", "tags": {1, 2}}, "tags"),
        ({"room": "r", "tags": nested(65)}, "tags"),
        ({"room": "r", "tags": nested(100_000)}, "tags"),
        ({"room": "r", "identity": "bob"}, "identity"),
    ]:
        with pytest.raises(InvalidArgumentError) as refused:
            rooms.mint("alice", **slots)
        assert refused.value.argument == argument, slots
    with pytest.raises(TypeError, match="identity must be a str, not int"):
        rooms.mint(7, room="r")
    for identity in ("", None, "a" * 513, "\ud800"):
        with pytest.raises(InvalidArgumentError) as refused:
            rooms.mint(identity, room="r")
        assert refused.value.argument == "identity"


def nested(depth):
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"exp": 7}, "exp"),
        ({"iat": 7}, "iat"),
        ({"sub": "x"}, "sub"),
        ({"a": 2**53 + 1}, "claims"),
        ({"a": float("inf")}, "claims"),
        ({"a": [Slot("b")]}, "claims"),
        ({"a": Slot("b"), "c": Slot("b")}, "b"),
        ({"a": Slot("x" * 65)}, "slot name"),
        ({"a": Slot("identity", int)}, "identity"),
    ],
)
def test_claims_that_no_token_can_have_are_refused(claims, says):
    with pytest.raises(InvalidArgumentError) as refused:
        JwtMinter(SECRET, claims)
    assert refused.value.argument.split(".")[0] == says


def test_claims_that_nest_without_end_are_refused():
    endless = {}
    endless["a"] = endless
    with pytest.raises(InvalidArgumentError, match="claims nests over 64 levels"):
        JwtMinter(SECRET, endless)


def test_tokens_that_would_end_before_they_begin_are_refused():
    late = JwtMinter(SECRET, nbf=int(time.time()) + 10_000, ttl=20_000)
    with pytest.raises(InvalidArgumentError) as refused:
        late.mint_at("alice", 1_000)
    assert refused.value.code == "invalid_argument"
    for options, argument in [
        ({"ttl": 0}, "ttl"),
        ({"ttl": 86_401}, "ttl"),
        ({"max_ttl": 31_536_001}, "max_ttl"),
        ({"backdate": 301}, "backdate"),
        ({"header": {"alg": "none"}}, "header.alg"),
        ({"header": {"a": float("nan")}}, "header.a"),
    ]:
        with pytest.raises(GrantmintError) as refused:
            JwtMinter(SECRET, **options)
        assert refused.value.argument == argument


def test_secrets_are_judged_and_never_shown():
    for empty in ("", b""):
        with pytest.raises(InvalidArgumentError) as refused:
            JwtMinter(empty)
        assert refused.value.code == "invalid_credentials"
    short = JwtMinter(b"hush")
    assert [code for code, _ in short.warnings()] == ["short_secret"]
    assert JwtMinter(SECRET).warnings() == ()
    long = JwtMinter(SECRET, {"a": "x" * 4_100})
    assert [code for code, _ in long.warnings()] == ["token_long"]
    assert repr(short) == "JwtMinter(...)"
    assert copy.copy(short) is short
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(short)
    assert JwtMinter(SECRET).mint_at("a", NOW) == JwtMinter(SECRET.encode()).mint_at("a", NOW)


def slots():
    return [
        Slot("a"),
        Slot("a", int),
        Slot("a", bool),
        Slot("a", "json"),
        Slot("a", required=True),
        Slot("a", max=7),
        Slot("a", one_of=["x", "y"]),
        Slot("b"),
    ]


def test_slots_compare_hash_show_and_pickle():
    for slot in slots():
        assert sum(slot == other for other in slots()) == 1
        assert eval(repr(slot), {"Slot": Slot}) == slot
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            again = pickle.loads(pickle.dumps(slot, protocol))
            assert (again, hash(again)) == (slot, hash(slot))
        with pytest.raises(AttributeError):
            slot.name = "c"
    assert repr(Slot("room", required=True)) == "Slot('room', str, required=True)"
    assert Slot("a", type=str) == Slot("a")
    kinds = JwtMinter(SECRET, {"kind": Slot("kind", one_of=("sip", "agent"))})
    assert kinds.mint("alice", kind="sip")
    with pytest.raises(InvalidArgumentError, match="kind must be one of sip, agent"):
        kinds.mint("alice", kind="bot")


def test_tokens_without_an_end_are_taken_if_that_is_said():
    endless = sign("HS256", {"alg": "HS256"}, {"sub": "alice"}, SECRET)
    with pytest.raises(GrantmintError) as refused:
        verify_jwt(endless, SECRET)
    assert refused.value.code == "token_claims"
    assert verify_jwt(endless, SECRET, require_exp=False).subject == "alice"
    with pytest.raises(TypeError, match="require_exp must be True or False, not str"):
        verify_jwt(endless, SECRET, require_exp="no")


def official(name):
    return vectors(f"{name}_tokens.json")["cases"]


def same_claims(ours, theirs, secret, but=()):
    """Whether both say the same, but for these claims."""
    kept = [
        {name: value for name, value in decode(token).claims.items() if name not in but}
        for token in (ours, theirs)
    ]
    assert kept[0] == kept[1]
    assert pyjwt.decode(
        ours,
        secret,
        ["HS256"],
        options={
            "verify_signature": True,
            "verify_exp": False,
            "verify_aud": False,
            "verify_nbf": False,
            "verify_iat": False,
        },
    )


@pytest.mark.parametrize("case", official("zoom"), ids=lambda case: case["name"])
def test_the_official_vectors_of_zoom(case):
    minter = JwtMinter.zoom_video_sdk(case["key"], case["secret"], ttl=case["ttl"])
    token = minter.mint_at(None, case["now"], **case["slots"])
    same_claims(token, case["official"], case["secret"])


@pytest.mark.parametrize("case", official("jitsi"), ids=lambda case: case["name"])
def test_the_official_vectors_of_jitsi(case):
    made = (case["key"], case["secret"], case["aud"], case["sub"])
    token = JwtMinter.jitsi(*made, ttl=case["ttl"]).mint_at(None, case["now"], **case["slots"])
    same_claims(token, case["official"], case["secret"], ("iat", "nbf"))


@pytest.mark.parametrize("case", official("daily"), ids=lambda case: case["name"])
def test_the_official_vectors_of_daily(case):
    minter = JwtMinter.daily(case["key"], case["secret"], ttl=case["ttl"])
    token = minter.mint_at(None, case["now"], **case["slots"])
    same_claims(token, case["official"], case["secret"])


#: What the official package says of everybody, unless it is said otherwise.
PYTHONS = ("can_publish", "can_subscribe", "can_publish_data")


@pytest.mark.parametrize("package", ["livekit_api", "livekit_server_sdk"])
@pytest.mark.parametrize("case", official("livekit"), ids=lambda case: case["case"])
def test_the_official_vectors_of_livekit(case, package):
    slots = {**case.get("video", {})}
    if package == "livekit_api" and "video" in case:
        slots = {**dict.fromkeys(PYTHONS, True), **slots}
    slots |= {f"sip_{name}": value for name, value in case.get("sip", {}).items()}
    slots |= {
        name: case[name] for name in ("name", "metadata", "attributes", "kind") if name in case
    }
    slots |= {"sha256": case["sha256"]} if "sha256" in case else {}
    slots |= {"room_preset": case["room_preset"]} if "room_preset" in case else {}
    slots |= {"room_config": case["room_config"]} if "room_config" in case else {}
    minter = JwtMinter.livekit(case["api_key"], case["api_secret"], ttl=case["ttl"], backdate=0)
    identity = case.get("identity")
    if len((identity or "").encode()) > 256:
        # The packages sign what the server refuses.
        with pytest.raises(InvalidArgumentError, match="identity is over 256 bytes"):
            minter.mint_at(identity, case["now"], **slots)
        return
    token = minter.mint_at(identity, case["now"], **slots)
    same_claims(token, case[package], case["api_secret"])


def test_the_key_of_livekit_in_the_environment(monkeypatch):
    monkeypatch.setenv("LIVEKIT_API_KEY", "key")
    monkeypatch.delenv("LIVEKIT_API_SECRET", raising=False)
    with pytest.raises(InvalidArgumentError) as refused:
        JwtMinter.livekit_from_env()
    assert refused.value.code == "invalid_credentials"
    assert refused.value.argument == "LIVEKIT_API_SECRET"
    monkeypatch.setenv("LIVEKIT_API_SECRET", SECRET)
    token = JwtMinter.livekit_from_env(room_join=True).mint("alice", room="r")
    assert claims_of(token)["iss"] == "key"


def test_what_services_would_refuse_is_refused_here():
    joins = JwtMinter.livekit("key", SECRET, room_join=True)
    with pytest.raises(InvalidArgumentError, match="room must be given"):
        joins.mint("alice")
    with pytest.raises(InvalidArgumentError, match="room_join must be true or false, not a text"):
        JwtMinter.livekit("key", SECRET, room_join="true")
    with pytest.raises(InvalidArgumentError, match="ttl must be 1800 to 172800 seconds"):
        JwtMinter.zoom_video_sdk("key", SECRET, ttl=60)
    assert JwtMinter.zoom_video_sdk("key", SECRET, ttl=1_800).warnings()[0][0] == "zoom_ttl"
    with pytest.raises(InvalidArgumentError, match="name must be a text, not a whole number"):
        JwtMinter.jitsi("app", SECRET, "jitsi", "meet.example").mint("a", room="r", name=7)
    with pytest.raises(InvalidArgumentError, match="attributes must be an object whose values"):
        joins.mint("alice", room="r", attributes={"a": 1})
