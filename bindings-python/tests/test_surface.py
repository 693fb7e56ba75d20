"""The package offers what the list of all languages says it does."""

from __future__ import annotations

import json
from operator import attrgetter

import grantmint
import grantmint.testing
from support import REPOSITORY

SURFACE = json.loads((REPOSITORY / "tests" / "conformance" / "surface.json").read_text())
#: A language's own way of doing the same, said in words, where that is a single one.
WORDS = {"constructor", "argument", "attributes", "str", "list"}


def is_name(text):
    return text is not None and text not in WORDS and all(map(str.isidentifier, text.split(".")))


def test_every_kind_of_error_is_there():
    listed = {kind["code"]: (kind["number"], kind["retryable"]) for kind in SURFACE["error_kinds"]}
    assert {code: row[:2] for code, row in grantmint.ERRORS.items()} == listed


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


def test_everything_public_is_listed_and_documented():
    for name in grantmint.__all__:
        value = getattr(grantmint, name)
        if not isinstance(value, (str, dict)):
            assert value.__doc__, name
        if isinstance(value, type):
            members = {member for member in vars(value) if not member.startswith("_")}
            for member in members:
                described = getattr(value, member)
                assert not callable(described) or described.__doc__, f"{name}.{member}"


def test_there_is_one_version():
    manifest = (REPOSITORY / "Cargo.toml").read_text(encoding="utf-8")
    assert f'\nversion = "{grantmint.__version__}"\n' in manifest
