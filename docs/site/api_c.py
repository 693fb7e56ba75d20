"""The reference of the C interface, from its header."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contents import ROOT

HEADER = "include/grantmint.h"
#: What says how a function is imported, and nothing of what it does.
MARKS = re.compile(r"^(?:GRANTMINT_API|GRANTMINT_NODISCARD)\s+", re.MULTILINE)
NAMES = (
    re.compile(r"^#define (\w+)"),
    re.compile(r"\(\*(\w+)\)\("),
    re.compile(r"\}\s*(\w+);\s*$"),
    re.compile(r"(\w+)\s*\("),
    re.compile(r"(\w+);\s*$"),
)


def page() -> str:
    """The conventions, then each type with its functions."""
    text = (ROOT / HEADER).read_text(encoding="utf-8")
    first = re.match(r"/\*\n(.*?)\n \*/", text, re.DOTALL)
    said = "\n".join(line.removeprefix(" *").removeprefix(" ") for line in first[1].splitlines()) if first else ""
    items = list(declarations(text))
    stems = sorted(
        (name.removesuffix("_t") for name, declaration, _ in items if declaration.startswith("typedef struct") and "{" not in declaration),
        key=len,
        reverse=True,
    )
    groups: dict[str, list[tuple[str, str, str]]] = {"Constants, statuses and structs": []}
    for stem in sorted(stems):
        groups[f"{stem}_t"] = []
    groups["Functions without an object"] = []
    for item in items:
        groups[group_of(item, stems)].append(item)
    parts = [f"# C\n\nWhat `{HEADER}` says. [C and C++](../c-and-cpp.md) is the guide.\n\n```text\n{said}\n```\n"]
    for title, members in groups.items():
        parts.append(f"## {title}\n" if not title.endswith("_t") else f"## About {title}\n")
        parts += [entry(*member) for member in members]
    return "\n".join(parts)


def group_of(item: tuple[str, str, str], stems: list[str]) -> str:
    name, declaration, _ = item
    stem = next((stem for stem in stems if name == f"{stem}_t" or name.startswith(f"{stem}_")), None)
    is_function = "(" in declaration and not declaration.startswith(("typedef", "#define"))
    if stem and (is_function or name == f"{stem}_t"):
        return f"{stem}_t"
    return "Functions without an object" if is_function else "Constants, statuses and structs"


def entry(name: str, declaration: str, comment: str) -> str:
    comment = re.sub(r"^#+ (.+)$", r"**\1**", comment, flags=re.MULTILINE)
    return f"### {name}\n\n```c\n{declaration}\n```\n\n{comment}\n"


def declarations(text: str) -> Iterator[tuple[str, str, str]]:
    """Name, declaration and comment of whatever has a comment."""
    lines = iter(text.splitlines())
    for line in lines:
        if line != "/**":
            continue
        comment = []
        for line in lines:
            if line == " */":
                break
            comment.append(line.removeprefix(" *").removeprefix(" "))
        declared = declaration(lines)
        if declared:
            yield name_of(declared), declared, "\n".join(comment)


def declaration(lines: Iterator[str]) -> str:
    """What follows a comment, to the semicolon that ends it."""
    taken: list[str] = []
    depth = 0
    for line in lines:
        if not taken and line.startswith(("#if", "#endif", "#else")):
            continue
        taken.append(line)
        depth += line.count("{") - line.count("}")
        if line.startswith("#define") and not line.endswith("\\") or (depth == 0 and line.endswith(";")):
            break
    return MARKS.sub("", MARKS.sub("", "\n".join(taken)))


def name_of(declared: str) -> str:
    bare = re.sub(r"/\*.*?\*/", "", declared, flags=re.DOTALL)
    return next((found[1] for pattern in NAMES if (found := pattern.search(bare))), bare.splitlines()[0])
