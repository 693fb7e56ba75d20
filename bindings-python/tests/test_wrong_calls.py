"""What wrong calls are told: which argument, what came, and what to write.

The calls are data, in tests/wrong_calls/python.json. Each is an expression of the names below, and
`says` is the whole text of its error. No text shows a value that may be a secret: where a call
needs one, it gives "hush".
"""

from __future__ import annotations

import asyncio
import inspect
import json
import pickle
import traceback
import uuid
from datetime import datetime, timedelta, timezone

import grantmint
import grantmint.testing
import pytest
from grantmint import ApiKey, GrantCache, GrantmintError, PlaybackMinter, TokenMinter
from support import KEY, REPOSITORY, STREAMER, Counting

TABLE = REPOSITORY / "tests" / "wrong_calls" / "python.json"
GROUPS = json.loads(TABLE.read_text(encoding="utf-8"))
ROWS = [row for group in GROUPS for row in group["rows"]]


def rooms(**options):
    return TokenMinter(ApiKey(*KEY), **options)


def live(**options):
    return PlaybackMinter(ApiKey(*KEY), source=Counting(), **options)


def asking(source):
    """A call that runs the source."""
    return PlaybackMinter(ApiKey(*KEY), source=source).token(STREAMER, "alice")


def asking_async(source):
    return PlaybackMinter(ApiKey(*KEY), source=source).token_async(STREAMER, "alice")


def answering(answer):
    """A source that returns this."""
    return lambda *_, **__: answer


def oauth(*_, **__):
    """A source that hands on the body of an OAuth server."""
    return {"access_token": "hush", "expires_in": 3600, "token_type": "Bearer"}


def forgets_to_await(*arguments, **options):
    return Counting().fetch(*arguments, **options)


def rest(**options):
    """A source that is good, but for the options."""
    good = {"value": "/token", "lifetime": [{"seconds": "/expires_in"}]}
    return grantmint.RestSource("https://idp.example/token", **{**good, **options})


def credential(**options):
    return grantmint.Credential(rest(), **options)


def coturn(**options):
    return grantmint.IceServers.coturn("hush", ["turn:turn.example:3478"], **options)


def tokens(claims=None, **options):
    """A minter of another service's tokens."""
    return grantmint.JwtMinter("hush" * 8, claims, **options)


def joins(**options):
    return grantmint.JwtMinter.livekit("APIkey", "hush" * 8, room_join=True, **options)


def ticket():
    return GrantCache().begin("key").ticket


def env(**changed):
    """The environment's variables, with some changed."""
    named = zip(("TWILIO_ACCOUNT_SID", "TWILIO_API_KEY", "TWILIO_API_SECRET"), KEY, strict=True)
    return {**dict(named), **changed}


def elsewhere(name):
    """An object of another package's class, which has the name of one of ours."""
    return type(name, (), {"__module__": "elsewhere"})()


class WithFloat:
    """Converts itself, and fails."""

    def __float__(self):
        return "hush"


#: What the calls in the table may use.
NAMES = {
    **{name: getattr(grantmint, name) for name in grantmint.__all__},
    "simulate_fork": grantmint.testing.simulate_fork,
    "AC": KEY[0],
    "SK": KEY[1],
    "SECRET": KEY[2],
    "VJ": STREAMER,
    "key": ApiKey(*KEY),
    "rooms": rooms,
    "live": live,
    "stream": lambda: live().stream(STREAMER),
    "cache": GrantCache,
    "ticket": ticket,
    "tokens": tokens,
    "joins": joins,
    "rest": rest,
    "credential": credential,
    "coturn": coturn,
    "source": Counting(),
    "asking": asking,
    "asking_async": asking_async,
    "answering": answering,
    "oauth": oauth,
    "forgets_to_await": forgets_to_await,
    "env": env,
    "elsewhere": elsewhere,
    "WithFloat": WithFloat,
    "pickle": pickle,
    "uuid": uuid,
    "datetime": datetime,
    "timedelta": timedelta,
    "timezone": timezone,
}


def call(expression):
    """Evaluates the expression, and awaits what it gives."""
    given = eval(expression, dict(NAMES))
    if inspect.iscoroutine(given):
        asyncio.run(given)


@pytest.mark.parametrize("row", ROWS, ids=[row["call"] for row in ROWS])
def test_a_wrong_call_is_told_what_to_write(row):
    with pytest.raises(Exception) as refused:  # noqa: PT011
        call(row["call"])
    error = refused.value
    told = {"error": type(error).__name__, "says": str(error)}
    if isinstance(error, GrantmintError):
        told |= {"code": error.code}
    if getattr(error, "argument", None) is not None:
        told |= {"argument": error.argument}
    assert told == {name: value for name, value in row.items() if name != "call"}
    assert "hush" not in "".join(traceback.format_exception_only(type(error), error))


def test_the_table_is_whole():
    assert len(ROWS) >= 95
    calls = [row["call"] for row in ROWS]
    assert sorted(set(calls)) == sorted(calls)
    # An argument that an error names is what its text begins with.
    for row in ROWS:
        text = row["says"].removeprefix(f"{row.get('code')}: ")
        assert text.startswith(row.get("argument", "")), row


def test_every_function_and_option_is_called_wrongly():
    text = " ".join(row["call"] for row in ROWS)
    public = [getattr(grantmint, name) for name in grantmint.__all__]
    kinds = [kind for kind in public if isinstance(kind, type)]
    names = {name for kind in kinds for name in keywords(kind)}
    for kind in kinds:
        for name, function in vars(kind).items():
            if not name.startswith("_") and callable(function):
                names |= keywords(function)
    assert {name for name in names if name not in text} == set()


def keywords(function):
    """The arguments that a caller writes by name, but for those of our own use."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return set()
    by_name = {one.name for one in parameters if one.kind is one.KEYWORD_ONLY}
    return {name for name in by_name if not name.startswith("_")}


def test_what_an_iterable_raises_is_not_taken_for_a_wrong_type():
    def broken():
        yield from ()
        raise TypeError("mine")

    for make in (lambda: rooms().mint_many(broken()), lambda: rooms(grants=broken())):
        with pytest.raises(TypeError, match=r"^mine$"):
            make()


def test_what_a_source_raises_is_not_taken_for_a_wrong_call():
    def fetch(streamer, **_):
        raise TypeError("hush")

    for make in (lambda: asking(fetch), lambda: GrantCache().get("key", fetch)):
        with pytest.raises(GrantmintError, match=r"(source|fetch) raised TypeError$") as failed:
            make()
        assert str(failed.value.__cause__) == "hush"


def test_what_an_answer_raises_is_shown_to_no_waiter():
    class Answer(dict):
        def get(self, name):
            raise TypeError("hush")

    with pytest.raises(GrantmintError) as failed:
        asking(answering(Answer(grant={})))
    assert "hush" not in str(failed.value)
