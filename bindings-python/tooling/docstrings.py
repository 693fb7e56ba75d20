"""Writes the docstrings of the native module into its stub: editors read no more than that.

    python docstrings.py STUB    with the built package installed

What the stub says otherwise stays as it is. ruff formats it afterwards.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

Described: TypeAlias = ast.ClassDef | ast.FunctionDef


def main() -> None:
    """Rewrites the stub."""
    path = Path(sys.argv[1])
    module = importlib.import_module("grantmint._native")
    path.write_text(with_docstrings(path.read_text(encoding="utf-8"), module), encoding="utf-8")


def with_docstrings(stub: str, module: Any) -> str:
    """The text of a stub, with the docstrings that the module has now."""
    lines = stub.splitlines()
    # From the end on, so that the numbers of the lines above stay right.
    for node, value in sorted(described(ast.parse(stub), module), key=place, reverse=True):
        replace(lines, node, doc_of(value))
    return "\n".join(lines) + "\n"


def place(found: tuple[Described, Any]) -> int:
    """Where it begins."""
    return found[0].lineno


def described(tree: ast.Module | ast.ClassDef, owner: Any) -> Iterator[tuple[Described, Any]]:
    """The classes and functions of a stub, and what they are in the module.

    Not those that Python calls by itself, such as `__eq__`: they are as everywhere. Nor what is
    there for types alone.
    """
    for node in tree.body:
        if not isinstance(node, Described) or node.name.startswith("__"):
            continue
        value = inspect.getattr_static(owner, node.name, None)
        if value is None:
            continue
        yield node, value
        if isinstance(node, ast.ClassDef):
            yield from described(node, value)


def doc_of(value: Any) -> str | None:
    """The docstring without its margin."""
    # A staticmethod has a docstring of its own, on some versions.
    text = getattr(value, "__func__", value).__doc__
    return None if text is None else inspect.cleandoc(text)


def replace(lines: list[str], node: Described, doc: str | None) -> None:
    """Gives a class or function another docstring."""
    first = node.body[0]
    margin = " " * (node.col_offset + 4)
    text = [] if doc is None else quoted(doc, margin)
    if not is_constant(first):
        # A class whose members follow immediately.
        start = end = first.lineno - 1 - decorators(first)
    else:
        start, end = first.lineno - 1, first.end_lineno
        before = lines[start][: first.col_offset].rstrip()
        text = [*filter(None, [before]), *(text if text or node.body[1:] else [f"{margin}..."])]
    lines[start:end] = text


def is_constant(part: ast.stmt) -> bool:
    """Whether it is a docstring, or the dots that stand for a body."""
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)


def decorators(part: ast.stmt) -> int:
    """How many lines of decorators stand above a definition."""
    found = getattr(part, "decorator_list", None)
    return part.lineno - found[0].lineno if found else 0


def quoted(doc: str, margin: str) -> list[str]:
    """The lines of a docstring in the source."""
    before = 'r"""' if "\\" in doc else '"""'
    lines = [margin + line if line else "" for line in doc.splitlines()]
    lines[0] = margin + before + doc.splitlines()[0]
    if len(lines) == 1 and not doc.endswith('"'):
        return [lines[0] + '"""']
    return [*lines, f'{margin}"""']


if __name__ == "__main__":
    main()
