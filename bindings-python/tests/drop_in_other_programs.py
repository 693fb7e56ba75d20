"""Programs that extend the base class, and those that read tokens of anybody's making."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import drop_in_values as values
from drop_in_libraries import NOW
from drop_in_programs import GENERATE, LOOKS, Given, Program, all_of, minting, of, setting
from hypothesis import strategies as st

# Classes of one's own.


def extended(payload: Any, headers: Any, arguments: dict[str, Any]) -> Given:
    """A token whose class says what is in it, or leaves it open."""

    def make(library: Any) -> Any:
        members: dict[str, Any] = {}
        if payload is not None:
            members["_generate_payload"] = lambda self: of(library, payload)
        if headers is not None:
            members["_generate_headers"] = lambda self: of(library, headers)
        kind = type("Own", (library.Jwt,), members)
        return kind(**{name: of(library, value) for name, value in arguments.items()})

    return Given(make, f"Own(**{arguments!r}) of {payload!r}, {headers!r}")


claims = st.dictionaries(
    values.mostly(st.sampled_from(["exp", "nbf", "iat", "iss", "root"]), values.keys_of_dicts),
    values.times | values.nested,
    max_size=4,
)
header_names = st.sampled_from(["kid", "b64", "crit", "typ", "alg", "cty", "sooper"])
header_members = st.dictionaries(
    values.mostly(header_names, values.keys_of_dicts),
    values.mostly(values.texts | st.sampled_from([True, None, 5, ["b64"]]), values.nested),
    max_size=3,
)
own_classes = st.builds(
    extended,
    values.mostly(claims, values.nested),
    values.mostly(header_members, values.nested),
    st.fixed_dictionaries(
        {"secret_key": values.secrets, "issuer": values.mostly(st.just("me"), values.nested)},
        optional={
            "subject": values.fields,
            "algorithm": values.algorithms,
            "nbf": st.just(GENERATE) | values.times,
            "ttl": values.lives,
            "valid_until": values.times,
        },
    ),
)


def overriding(name: str, value: Any) -> tuple[str, Any]:
    """Puts a value in the place of a property of the token's class."""

    def do(library: Any, token: Any) -> None:
        setattr(type(token), name, property(lambda self: of(library, value)))

    return f"{name} is {value!r}", do


overrides = st.builds(overriding, st.sampled_from(["headers", "payload"]), claims | values.nested)
settings = st.builds(setting, st.just("algorithm"), values.algorithms)


# Tokens of anybody's making.

HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def encoded(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def signed(header: bytes, payload: bytes, secret: bytes, name: str) -> bytes:
    message = encoded(header) + b"." + encoded(payload)
    return message + b"." + encoded(hmac.new(secret, message, HASHES[name]).digest())


def json_of(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def members(**some: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=some)


json_values = st.recursive(values.scalars, lambda inner: st.lists(inner, max_size=2), max_leaves=3)
moments = values.mostly(
    st.sampled_from([NOW - 1, NOW, NOW + 1, NOW + 60, NOW + 0.5, 10**12]),
    json_values | st.sampled_from(["17", "1800000000", "x", float("inf"), float("nan")]),
)
FRESH = {"exp": NOW + 60, "iss": "me"}
read_headers = values.mostly(
    st.just({"alg": "HS256", "typ": "JWT"}),
    st.builds(
        lambda more: {"alg": "HS256", **more},
        members(
            alg=st.sampled_from(["HS512", "none", "RS256", None, "", 5, ["HS256"]]),
            kid=json_values,
            crit=st.sampled_from([[], ["b64"], ["exp"], [1], "b64", None, ["b64", "x"]]),
            b64=st.sampled_from([True, False, None, 0]),
            cty=json_values,
        ),
    )
    | st.sampled_from([b"", b"{", b"[]", b"null", b'{"alg":"HS256","alg":"none"}', b"\xff{}", {}])
    | st.just(b"[" * 2_000),
)
read_claims = values.mostly(
    st.builds(
        lambda more: FRESH | more,
        members(
            exp=moments,
            nbf=moments,
            iat=moments,
            aud=st.sampled_from(["a", ["a"], "", [], None, 5]),
            sub=values.mostly(st.just("me"), json_values),
            jti=values.mostly(st.just("id"), json_values),
            iss=json_values,
            grants=json_values,
        ),
    ),
    st.sampled_from([b"", b"{", b"[]", b"null", b'"{}"', b"\xff\xfe{}", b"NaN", {}])
    | st.just(b"[" * 2_000),
)


def bent(token: bytes, how: str, at: int, letter: bytes) -> bytes:
    """A token with something wrong."""
    at %= len(token) + 1
    return {
        "whole": lambda: token,
        "cut": lambda: token[:at],
        "changed": lambda: token[:at] + letter + token[at + 1 :],
        "longer": lambda: token[:at] + letter + token[at:],
        "padded": lambda: b".".join(part + b"=" * (-len(part) % 4) for part in token.split(b".")),
        "overpadded": lambda: token + b"=" * (1 + at % 4),
        "detached": lambda: b"..".join(token.split(b".")[::2]),
        "unsigned": lambda: token[: token.rindex(b".") + 1],
    }[how]()


WAYS = ["cut", "changed", "longer", "padded", "overpadded", "detached", "unsigned"]
tokens = st.builds(
    bent,
    st.builds(
        signed,
        read_headers.map(json_of),
        read_claims.map(json_of),
        st.sampled_from(
            [values.SECRET.encode(), b"short", b"another secret, as long as the first"]
        ),
        values.mostly(st.just("HS256"), st.sampled_from(["HS384", "HS512"])),
    ),
    values.mostly(st.just("whole"), st.sampled_from(WAYS)),
    st.integers(0, 400),
    st.sampled_from([b".", b"A", b"-", b"+", b"/", b"=", b"!", b"\n", b" ", b"\xff"]),
)
readable = values.mostly(
    tokens | tokens.map(lambda token: token.decode("latin-1")),
    st.sampled_from([None, "", b"", "..", "a.b", "\ud800.a.b", bytearray(b"a.b.c"), 5, [], object]),
)


def read(token: Any, key: tuple[Any, ...], algorithm: Any, cls: str) -> Given:
    """What is read, as a token; by a class that may insist on another algorithm."""

    def make(library: Any) -> Any:
        base = getattr(library, cls)
        kind = base if algorithm == "HS256" else type("Own", (base,), {"ALGORITHM": algorithm})
        return kind.from_jwt(of(library, token), *of(library, key))

    return Given(make, f"from_jwt({token!r}, *{key!r}) by {cls} of {algorithm!r}")


reads = st.builds(
    read,
    readable,
    values.mostly(
        st.sampled_from([(values.SECRET,), (), (None,), ("short",)]), st.tuples(values.secrets)
    ),
    values.mostly(st.just("HS256"), st.sampled_from(["HS512", "HS384", "none", "RS256", None, ""])),
    st.sampled_from(["Jwt", "AccessToken"]),
)
all_seen = ("all", lambda library, token: all_of(token))
after_reading = st.sampled_from([minting(), minting(60), LOOKS[0], LOOKS[3], LOOKS[8]])
KINDS: dict[str, st.SearchStrategy[Program]] = {
    "own classes": st.builds(
        lambda make, steps: Program(make, [*steps, minting()]),
        own_classes,
        st.lists(overrides | settings | st.sampled_from(LOOKS[3:5]), max_size=2),
    ),
    "reading": st.builds(
        lambda make, steps: Program(make, [all_seen, *steps]),
        reads,
        st.lists(after_reading, max_size=3),
    ),
}
