"""Annotations can be read while the program runs, as frameworks do that build on them."""

from __future__ import annotations

import importlib
import inspect
import typing
from datetime import timedelta
from types import FunctionType

import grantmint
import pytest

MODULES = (
    "grantmint",
    "grantmint.errors",
    "grantmint.testing",
    "grantmint.types",
    "grantmint.twilio.jwt",
    "grantmint.twilio.jwt.access_token",
    "grantmint.twilio.jwt.access_token.grants",
    "grantmint.twilio.jwt.exceptions",
)


def public(module):
    """The classes and functions of a module, by name."""
    found = importlib.import_module(module)
    named = {name: getattr(found, name) for name in found.__all__}
    return {f"{module}.{name}": value for name, value in named.items() if callable(value)}


def methods(kind):
    """What can be called on a class, and is not Python's own."""
    ours = [base for base in kind.__mro__ if base.__module__.startswith("grantmint")]
    for name in {name for base in ours for name in vars(base)}:
        value = inspect.getattr_static(kind, name)
        value = value.fget if isinstance(value, property) else getattr(kind, name)
        if isinstance(value, FunctionType) or (not name.startswith("_") and callable(value)):
            yield name, value


def named(value):
    """A class or function, and the methods of a class, by name."""
    yield "", value
    if isinstance(value, type):
        yield from ((f".{name}", method) for name, method in methods(value))


PUBLIC = {
    name + of_class: value
    for module in MODULES
    for name, whole in public(module).items()
    for of_class, value in named(whole)
}


def is_made_by_python(kind):
    """Whether a class has neither a constructor of its own nor a text that describes it."""
    makers = (kind.__init__, kind.__new__)
    return kind.__text_signature__ is None and not any(isinstance(m, FunctionType) for m in makers)


@pytest.mark.parametrize("name", PUBLIC)
def test_hints_and_signatures_can_be_read(name):
    value = PUBLIC[name]
    assert isinstance(typing.get_type_hints(value), dict)
    if isinstance(value, type) and is_made_by_python(value):
        return
    assert inspect.signature(value, eval_str=True) is not None


def test_the_hints_are_those_of_what_is_public():
    hints = typing.get_type_hints(grantmint.GrantCache.get)
    assert hints["return"] is grantmint.Hit
    assert hints["fetch"] is grantmint.GrantFetch
    assert hints["ttl"] == float | timedelta
    assert len(PUBLIC) > 200


@pytest.mark.newest
@pytest.mark.parametrize("method", ["token_async", "__enter__", "__exit__", "stream", "cache"])
def test_pydantic_can_wrap_the_methods_of_a_minter(method):
    from pydantic import ConfigDict, validate_call

    wrap = validate_call(config=ConfigDict(arbitrary_types_allowed=True))
    assert callable(wrap(getattr(grantmint.PlaybackMinter, method)))


@pytest.mark.newest
def test_a_call_that_pydantic_checks_goes_through():
    from pydantic import ConfigDict, ValidationError, validate_call

    checked = validate_call(config=ConfigDict(arbitrary_types_allowed=True))
    get = checked(grantmint.GrantCache().get)
    assert get("key", lambda key, **options: {"grant": key}, timeout=1).grant == "key"
    with pytest.raises(ValidationError):
        get("key", lambda key, **options: {"grant": key}, timeout="soon")
