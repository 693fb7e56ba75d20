"""Programs against Twilio's classes, as data, and what comes of them.

A program makes a token and takes steps with it. Each is tried, whatever became of the one before,
and leaves a value, or the class and the message of an exception; and warnings.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import drop_in_values as values
from drop_in_libraries import GRANTS, noted_warnings
from hypothesis import strategies as st

FIELDS = {
    "ChatGrant": ("service_sid", "endpoint_id", "deployment_role_sid", "push_credential_sid"),
    "SyncGrant": ("service_sid", "endpoint_id"),
    "VideoGrant": ("room",),
    "TaskRouterGrant": ("workspace_sid", "worker_sid", "role"),
    "VoiceGrant": (
        "incoming_allow",
        "outgoing_application_sid",
        "outgoing_application_params",
        "push_credential_sid",
        "endpoint_id",
    ),
    "PlaybackGrant": ("grant",),
}
assert set(FIELDS) == set(GRANTS)


@dataclass
class Outcome:
    """What one step left."""

    step: str
    value: Any = None
    error: tuple[str, str] | None = None
    warnings: list[tuple[str, str]] = field(default_factory=list)


def outcome(step: str, run: Callable[[], Any]) -> Outcome:
    with noted_warnings() as noted:
        try:
            left = Outcome(step, shown(run()))
        except Exception as error:  # noqa: BLE001
            left = Outcome(step, error=(type(error).__name__, without_addresses(str(error))))
    left.warnings = noted
    return left


def shown(value: Any) -> Any:
    """A value such that those of two libraries can be compared."""
    return without_addresses(value if isinstance(value, str) else repr(value))


def without_addresses(text: str) -> str:
    return re.sub(r" at 0x[0-9a-f]+", "", re.sub(r"grantmint\.twilio\.", "twilio.", text))


class Given:
    """An argument that each library has its own of."""

    def __init__(self, make: Callable[[Any], Any], words: str) -> None:
        self.make, self.words = make, words

    def __repr__(self) -> str:
        return self.words


def of(library: Any, value: Any) -> Any:
    """The argument itself; a copy, since a program may change it."""
    if isinstance(value, Given):
        return value.make(library)
    if type(value) in (list, tuple):
        return type(value)(of(library, one) for one in value)
    return copy.deepcopy(value)


GENERATE = Given(lambda library: library.Jwt.GENERATE, "GENERATE")


# Grants.


def built_in(name: str, arguments: dict[str, Any]) -> Given:
    words = f"{name}(**{arguments!r})"
    return Given(lambda library: getattr(library, name)(**of(library, arguments)), words)


def of_ones_own(key: Any, payload: Any, style: str) -> Given:
    """A grant of the program's own class."""

    def make(library: Any) -> Any:
        base = library.VideoGrant if style == "extends" else library.AccessTokenGrant
        members: dict[str, Any] = {}
        if style != "without payload":
            members["to_payload"] = lambda self: copy.deepcopy(payload)
        if style == "attribute":
            members["key"] = key
        elif style not in ("without key", "extends"):
            members["key"] = property(lambda self: key)
        return type("Own", (base,), members)()

    return Given(make, f"own grant {key!r}: {payload!r}, {style}")


def arguments_of(name: str) -> st.SearchStrategy[dict[str, Any]]:
    strategies = dict.fromkeys(FIELDS[name], values.fields)
    if name == "VoiceGrant":
        strategies["incoming_allow"] = values.flags
        strategies["outgoing_application_params"] = values.nested
    if name == "PlaybackGrant":
        strategies["grant"] = values.mostly(values.json_objects, values.nested)
    return st.fixed_dictionaries({}, optional=strategies)


built_ins = st.sampled_from(GRANTS).flatmap(
    lambda name: st.builds(built_in, st.just(name), arguments_of(name))
)
styles = st.sampled_from(["property", "attribute", "extends", "without key", "without payload"])
own_grants = st.builds(
    of_ones_own,
    st.sampled_from(["flex", "player", "identity", "video", 7, None, "\u00e5"]),
    values.mostly(values.json_objects, values.nested),
    values.mostly(st.just("property"), styles),
)
no_grants = st.sampled_from(["video", None, 1, {"key": "video"}]) | st.sampled_from(GRANTS).map(
    lambda name: Given(lambda library: getattr(library, name), f"class {name}")
)
grants = built_ins | built_ins | own_grants
grants_and_more = st.lists(grants | no_grants, max_size=3)
containers = values.mostly(
    st.lists(grants, max_size=4),
    grants_and_more | grants_and_more.map(tuple) | st.sampled_from([None, (), {}, "ab", 5, 0]),
)


# Programs. Each is a function that takes a library and makes outcomes.


@dataclass
class Program:
    """What is made, and what is done with it."""

    make: Given
    steps: list[tuple[str, Callable[[Any, Any], Any]]]

    def __repr__(self) -> str:
        return f"{self.make!r}: {'; '.join(name for name, _ in self.steps)}"

    def run(self, library: Any) -> list[Outcome]:
        made: list[Any] = []
        outcomes = [outcome("make", lambda: made.append(self.make.make(library)))]
        if made:
            outcomes += [outcome(name, partial(do, library, made[0])) for name, do in self.steps]
        return outcomes


def setting(name: str, value: Any) -> tuple[str, Callable[[Any, Any], Any]]:
    def do(library: Any, token: Any) -> None:
        setattr(token, name, of(library, value))

    return f"{name} = {value!r}", do


def setting_of_grant(name: str, value: Any) -> tuple[str, Callable[[Any, Any], Any]]:
    def do(library: Any, token: Any) -> None:
        setattr(token.grants[0], name, of(library, value))

    return f"grants[0].{name} = {value!r}", do


def adding(grant: Any) -> tuple[str, Callable[[Any, Any], Any]]:
    return f"add {grant!r}", lambda library, token: token.add_grant(of(library, grant))


def minting(*ttl: Any) -> tuple[str, Callable[[Any, Any], Any]]:
    return f"to_jwt{ttl!r}", lambda library, token: token.to_jwt(*of(library, ttl))


def reading_back(key: Any) -> tuple[str, Callable[[Any, Any], Any]]:
    def do(library: Any, token: Any) -> Any:
        jwt = token.to_jwt()
        # One value, so that a token that only Twilio signs shows as one, whatever is read.
        return jwt, outcome(
            "read", lambda: all_of(library.AccessToken.from_jwt(jwt, *of(library, key)))
        )

    return f"from_jwt{key!r}", do


def all_of(token: Any) -> tuple[Any, ...]:
    """All that can be seen of a token."""
    seen = {name: value for name, value in vars(token).items() if not name.startswith("_")}
    return type(token).__name__, seen, token.headers, token.payload


def comparing(library: Any, token: Any) -> tuple[bool, ...]:
    twin = copy.copy(token)
    return token == twin, token != twin, hash(token) == hash(twin), bool(token)


LOOKS = [
    ("str", lambda library, token: str(token)),
    ("repr", lambda library, token: repr(token)),
    ("str of grants", lambda library, token: [str(grant) for grant in token.grants]),
    ("headers", lambda library, token: token.headers),
    ("payload", lambda library, token: token.payload),
    ("all", lambda library, token: all_of(token)),
    ("copy", lambda library, token: copy.copy(token).to_jwt()),
    ("deep copy", lambda library, token: copy.deepcopy(token).to_jwt()),
    ("compare", comparing),
    ("own attribute", lambda library, token: setattr(token, "mine", 1)),
    ("delete identity", lambda library, token: delattr(token, "identity")),
]
ARGUMENTS: dict[str, st.SearchStrategy[Any]] = {
    "account_sid": values.mostly(values.sids, values.nested),
    "signing_key_sid": values.mostly(values.sids, values.nested),
    "secret": values.secrets,
    "grants": containers,
    "identity": values.names,
    "nbf": st.just(GENERATE) | values.times,
    "ttl": values.lives,
    "valid_until": values.times,
    "region": values.regions,
}
NEEDED = ("account_sid", "signing_key_sid", "secret")


def token_of(positional: int, arguments: dict[str, Any]) -> Given:
    """A token whose first arguments are given without their names."""
    names = [name for name in ARGUMENTS if name in arguments]
    first = []
    for name in list(ARGUMENTS)[:positional]:
        if name not in names:
            break
        first.append(arguments[name])
    rest = {name: arguments[name] for name in names[len(first) :]}

    def make(library: Any) -> Any:
        named = {name: of(library, value) for name, value in rest.items()}
        return library.AccessToken(*of(library, first), **named)

    return Given(make, f"AccessToken(*{first!r}, **{rest!r})")


def only(**some: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Arguments of a token in which these alone may be unusual."""
    usual = {
        "account_sid": st.just("AC" + "a" * 32),
        "signing_key_sid": st.just("SK" + "b" * 32),
        "secret": values.good_secrets,
    }
    optional = {name: made for name, made in some.items() if name not in usual}
    needed = {name: some.get(name, made) for name, made in usual.items()}
    return st.fixed_dictionaries(needed, optional=optional)


def programs(
    arguments: st.SearchStrategy[dict[str, Any]],
    *steps: st.SearchStrategy[Any],
    last: st.SearchStrategy[Any] = st.just(minting()),  # noqa: B008
) -> st.SearchStrategy[Program]:
    some = st.lists(st.one_of(*steps), max_size=4) if steps else st.just([])
    ended = st.tuples(some, last)
    return st.builds(
        Program,
        st.builds(token_of, st.integers(0, 9), arguments),
        ended.map(lambda parts: [*parts[0], parts[1]]),
    )


looks = st.sampled_from(LOOKS)
settings = st.sampled_from([*sorted(ARGUMENTS), "secret_key", "issuer", "subject"]).flatmap(
    lambda name: st.builds(setting, st.just(name), ARGUMENTS.get(name, values.fields))
)
settings_of_grants = st.sampled_from(sorted({name for some in FIELDS.values() for name in some}))
mints = st.builds(minting) | st.builds(minting, values.lives)
KINDS: dict[str, st.SearchStrategy[Program]] = {
    "arguments": programs(
        st.fixed_dictionaries(
            {name: ARGUMENTS[name] for name in NEEDED},
            optional={name: made for name, made in ARGUMENTS.items() if name not in NEEDED},
        ),
        mints,
    ),
    "missing or unknown arguments": programs(
        st.fixed_dictionaries({}, optional=ARGUMENTS | {"algorithm": st.just("HS256")}), mints
    ),
    "grants": programs(only(grants=containers), st.builds(adding, grants | no_grants)),
    "grants changed": programs(
        only(grants=st.lists(built_ins, min_size=1, max_size=2)),
        st.builds(setting_of_grant, settings_of_grants, values.nested),
        st.sampled_from(LOOKS[:3]),
    ),
    "texts": programs(
        only(
            identity=values.texts,
            region=values.texts,
            account_sid=values.texts,
            signing_key_sid=values.texts,
            grants=st.lists(
                st.builds(lambda room: built_in("VideoGrant", {"room": room}), values.texts)
            ),
        )
    ),
    "times": programs(
        only(nbf=values.times, ttl=values.lives, valid_until=values.times), mints, last=mints
    ),
    "secrets": programs(only(secret=values.secrets), st.just(minting())),
    "attributes": programs(only(identity=values.names), settings, looks),
    "looks": programs(only(identity=values.names, grants=containers), looks, mints),
    "algorithms": programs(
        only(secret=values.secrets), st.builds(setting, st.just("algorithm"), values.algorithms)
    ),
    "there and back": programs(
        only(
            ttl=values.usual_ttls,
            identity=values.names,
            secret=values.secrets,
            region=values.regions,
        ),
        looks,
        last=st.builds(reading_back, st.tuples() | st.tuples(values.secrets)),
    ),
}
