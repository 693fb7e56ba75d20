"""Editors show what the native module says: its stub has the same docstrings.

`driver.py docstrings` writes them.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest
from grantmint import _native

STUB = ast.parse(Path(_native.__file__).with_name("_native.pyi").read_text(encoding="utf-8"))


def described(tree, owner, name="_native"):
    """The docstrings of a stub's classes and functions, and those of the module, by name."""
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("__"):
            value = inspect.getattr_static(owner, node.name, None)
            if value is None:
                continue  # it is there for types alone
            full_name = f"{name}.{node.name}"
            # A staticmethod has a docstring of its own, on some versions.
            doc = getattr(value, "__func__", value).__doc__
            yield full_name, (ast.get_docstring(node), doc)
            if isinstance(node, ast.ClassDef):
                yield from described(node, value, full_name)


DESCRIBED = dict(described(STUB, _native))


@pytest.mark.parametrize("name", DESCRIBED)
def test_the_stub_says_what_the_module_does(name):
    in_stub, in_module = DESCRIBED[name]
    assert in_stub == (in_module and inspect.cleandoc(in_module))


def test_everything_public_is_described():
    public = {name for name in DESCRIBED if "._" not in name.removeprefix("_native")}
    assert len(public) > 150
    assert [name for name in public if not DESCRIBED[name][0]] == []
