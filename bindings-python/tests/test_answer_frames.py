"""No frame of a traceback keeps what a source answered: some programs send away all locals."""

from __future__ import annotations

import asyncio

import pytest
from grantmint import GrantCache, GrantmintError, PlaybackMinter
from support import STREAMER

SECRET = "hush-hush-hush"


class Odd(dict):
    """Fails when it is read, as a lazy mapping may."""

    def __getitem__(self, name):
        held = super().__getitem__(name)
        raise RuntimeError(len(held))


ANSWERS = {
    "a text": SECRET,
    "a list": [SECRET],
    "no grant": {"token": SECRET},
    "another service's": {"access_token": SECRET, "expires_in": 5},
    "a wrong field": {"grant": SECRET, "lifetime": 5},
    "a ttl that is no number": {"grant": SECRET, "ttl": "soon"},
    "a ttl that is too long": {"grant": SECRET, "ttl": 9_000},
    "no JSON": {"grant": {"for": SECRET, "of": [object()]}},
    "no finite number": {"grant": {"for": SECRET, "of": float("nan")}},
    "a mapping that fails": Odd(grant=SECRET),
}


def token(key, fetch):
    return PlaybackMinter(key, source=fetch).token(STREAMER, "alice")


def token_async(key, fetch):
    return asyncio.run(PlaybackMinter(key, source=fetch).token_async(STREAMER, "alice"))


def get(_, fetch):
    return GrantCache().get("key", fetch)


def get_async(_, fetch):
    return asyncio.run(GrantCache().get_async("key", fetch))


def plain(answer):
    return lambda first, **options: answer


def coroutine(answer):
    async def fetch(first, **options):
        await asyncio.sleep(0)
        return answer

    return fetch


def chain(error):
    """An exception and all that stand behind it."""
    met, left = [], [error]
    while left:
        one = left.pop()
        if one is not None and one not in met:
            met.append(one)
            left += [one.__cause__, one.__context__]
    return met


def locals_of(error):
    """The name of each frame, and what its locals show; those of the test itself are left out."""
    trace = error.__traceback__
    while trace is not None:
        if (
            trace.tb_frame.f_globals is not globals()
            or trace.tb_frame.f_code.co_name == "__getitem__"
        ):
            yield trace.tb_frame.f_code.co_name, repr(trace.tb_frame.f_locals)
        trace = trace.tb_next


@pytest.mark.parametrize(
    ("ask", "source"),
    [
        (token, plain),
        (token_async, plain),
        (token_async, coroutine),
        (get, plain),
        (get_async, plain),
        (get_async, coroutine),
    ],
)
@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_no_frame_keeps_an_answer_that_was_refused(key, ask, source, answer):
    with pytest.raises(GrantmintError) as raised:
        ask(key, source(answer))
    assert raised.value.code == "source_failed"
    assert raised.value.__cause__ is not None
    errors = chain(raised.value)
    assert [error for error in errors if SECRET in str(error)] == []
    frames = [frame for error in errors for frame in locals_of(error)]
    assert [name for name, shown in frames if SECRET in shown] == []


def test_what_a_source_raised_keeps_its_own_frames(key):
    def fetch(streamer, **options):
        held = "a local of the program's own"
        raise OSError(len(held))

    with pytest.raises(GrantmintError) as raised:
        token(key, fetch)
    trace = raised.value.__cause__.__traceback__
    while trace.tb_next is not None:
        trace = trace.tb_next
    assert trace.tb_frame.f_locals["held"] == "a local of the program's own"


def test_what_a_caller_was_handling_is_left_alone(key):
    def fails():
        held = "a local of the program's own"
        raise OSError(len(held))

    try:
        fails()
    except OSError as before:
        with pytest.raises(GrantmintError):
            token(key, plain({"token": SECRET}))
        frame = before.__traceback__.tb_next.tb_frame
        assert frame.f_locals["held"] == "a local of the program's own"
