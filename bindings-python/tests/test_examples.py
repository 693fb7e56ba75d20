"""The examples in the docstrings run and print what they say; every class and function has one."""

from __future__ import annotations

import asyncio
import doctest

import grantmint
import pytest
from grantmint import ApiKey, PlaybackMinter
from local_service import LocalService
from support import KEY, STREAMER, Counting

#: What can be called, in the order of the list of what is public.
PUBLIC = [name for name in grantmint.__all__ if callable(getattr(grantmint, name))]


@pytest.fixture
def source():
    """A source whose service is on this machine."""
    with LocalService(b'{"token": "t", "expires_in": 60}') as service:
        lifetime = [{"seconds": "/expires_in"}]
        yield grantmint.RestSource(f"{service.url}/token", value="/token", lifetime=lifetime)


@pytest.mark.parametrize("name", PUBLIC)
def test_the_example_runs(name, source):
    key = ApiKey(*KEY)
    names = {public: getattr(grantmint, public) for public in grantmint.__all__}
    names |= {"asyncio": asyncio, "source": source}
    names |= {"key": key, "streamer": STREAMER, "live": PlaybackMinter(key, source=Counting())}
    text = getattr(grantmint, name).__doc__
    example = doctest.DocTestParser().get_doctest(text, names, name, None, None)
    assert example.examples, f"{name} has no example"
    report = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    assert runner.run(example, out=report.append).failed == 0, "".join(report)
