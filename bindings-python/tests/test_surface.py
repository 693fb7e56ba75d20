"""The package offers what the list of all languages says it does."""

from __future__ import annotations

import inspect
import json
from collections.abc import Mapping
from operator import attrgetter

import grantmint
import grantmint.testing
import grantmint.types
import pytest
from grantmint import GrantmintError
from support import REPOSITORY

SURFACE = json.loads((REPOSITORY / "tests" / "conformance" / "surface.json").read_text())
#: A language's own way of doing the same, said in words, where that is a single one.
WORDS = {"constructor", "argument", "attributes", "str", "list"}


def is_name(text):
    return text is not None and text not in WORDS and all(map(str.isidentifier, text.split(".")))


def test_every_kind_of_error_is_there():
    listed = {kind["code"]: (kind["number"], kind["retryable"]) for kind in SURFACE["error_kinds"]}
    assert {code: row[:2] for code, row in grantmint.ERRORS.items()} == listed


@pytest.mark.parametrize("table", [grantmint.ERRORS, grantmint.LIMITS], ids=["ERRORS", "LIMITS"])
def test_what_all_code_shares_is_read_only(table):
    before = dict(table)
    with pytest.raises(TypeError):
        table["mine"] = before[next(iter(before))]
    with pytest.raises(AttributeError):
        table.clear()
    assert dict(table) == before


def test_every_function_is_there():
    for function in SURFACE["functions"]:
        if is_name(function["python"]):
            assert attrgetter(function["python"])(grantmint) is not None


def test_every_class_has_its_methods():
    missing = []
    for kind in filter(lambda kind: is_name(kind["python"]), SURFACE["classes"]):
        found = getattr(grantmint, kind["python"])
        names = [method["python"] for method in kind["methods"] if is_name(method["python"])]
        missing += [f"{kind['python']}.{name}" for name in names if not hasattr(found, name)]
    assert missing == []


MODULES = (grantmint, grantmint.errors, grantmint.testing, grantmint.types)
CLASSES = [
    getattr(grantmint, name)
    for name in grantmint.__all__
    if isinstance(getattr(grantmint, name), type)
]


def is_inherited_from_python(kind, name):
    """Whether Exception or OSError has it already."""
    return any(hasattr(base, name) for base in kind.__mro__ if base.__module__ == "builtins")


def test_everything_public_is_documented():
    bare = []
    for module in MODULES:
        names = [*module.__all__, "__doc__"]
        described = [name for name in names if not isinstance(vars(module)[name], (str, Mapping))]
        bare += [name for name in described if not vars(module)[name].__doc__]
        assert module.__doc__
    for kind in CLASSES:
        for name in (name for name in dir(kind) if not name.startswith("_")):
            value = getattr(kind, name)
            # A default of an exception's attribute: its docstring is in the source alone.
            if isinstance(value, str) or value is None or is_inherited_from_python(kind, name):
                continue
            if not value.__doc__:
                bare.append(f"{kind.__name__}.{name}")
    assert bare == []


def keywords(function):
    """The arguments that a caller writes by name."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    by_name = [one.name for one in parameters if one.kind is one.KEYWORD_ONLY]
    return [name for name in by_name if not name.startswith("_")]


def test_arguments_with_names_are_described():
    bare = []
    # What the other exceptions take is what GrantmintError does.
    for kind in (kind for kind in CLASSES if GrantmintError not in kind.__mro__[1:]):
        functions = [(kind.__name__, kind)]
        functions += [(f"{kind.__name__}.{name}", value) for name, value in vars(kind).items()]
        for name, function in functions:
            if "._" not in name and callable(function) and not refers_on(function.__doc__):
                text = function.__doc__ or ""
                bare += [f"{name}({one}=)" for one in keywords(function) if f"{one}:" not in text]
    assert bare == []


def refers_on(text):
    """Whether a docstring leaves the arguments to that of another function."""
    return text is not None and text.startswith("As ") and "Args:" not in text


def test_there_is_one_version():
    manifest = (REPOSITORY / "Cargo.toml").read_text(encoding="utf-8")
    assert f'\nversion = "{grantmint.__version__}"\n' in manifest
