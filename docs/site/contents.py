"""What the site has: the parts and pages of docs/README.md, and where each file of the repository is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
CONTENTS = "docs/README.md"
FRONT = "README.md"
#: Where a file is that would not be below docs/.
PLACES = {
    FRONT: "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "bindings-node/README.md": "node.md",
    "bindings-python/README.md": "python.md",
    "core/README.md": "core.md",
    "ffi/README.md": "c-and-cpp.md",
}
#: Pages that are made from the files of each language, at the head of a part of their own.
GENERATED = [
    ("Python", "docs/reference/api-python.md"),
    ("C", "docs/reference/api-c.md"),
    ("C++", "docs/reference/api-cpp.md"),
    ("Rust and Node.js", "docs/reference/api.md"),
]
#: What those pages stand for.
STANDS_FOR = {"include/grantmint.h": GENERATED[1][1], "include/grantmint.hpp": GENERATED[2][1]}
PART = re.compile(r"^## (.+)$")
ENTRY = re.compile(r"^- \[([^\]]+)\]\(([^)#]+)\)")
#: A page that is not in the navigation.
ASIDE = re.compile(r"^\* \[[^\]]+\]\(([^)#]+)\)", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """A part of the site, with the title and file of each page. What a tool makes has no file here."""

    title: str
    pages: list[tuple[str, str]]


def contents() -> list[Part]:
    """The parts in the order of the page of contents."""
    parts: list[Part] = []
    for line in (ROOT / CONTENTS).read_text(encoding="utf-8").splitlines():
        if part := PART.match(line):
            parts.append(Part(part[1], []))
        elif entry := ENTRY.match(line):
            parts[-1].pages.append((entry[1], resolved(CONTENTS, entry[2])))
    parts = [part for part in parts if part.pages]
    after = next(place for place, part in enumerate(parts) if part.title == "Reference") + 1
    return [*parts[:after], Part("API", GENERATED), *parts[after:]]


def unlisted() -> list[str]:
    """The pages below docs/ that the page of contents does not name: nobody would find them."""
    text = (ROOT / CONTENTS).read_text(encoding="utf-8")
    named = {resolved(CONTENTS, link) for link in ASIDE.findall(text)} | {CONTENTS}
    named |= {file for part in contents() for _, file in part.pages}
    pages = (str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md"))
    return sorted(page for page in pages if page not in named and "node_modules" not in page)


def resolved(page: str, link: str) -> str:
    """The file that a link of a page goes to, from the root of the repository."""
    parts: list[str] = []
    for part in (PurePosixPath(page).parent / link).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def place(file: str) -> str:
    """Where a page is within the site's sources."""
    return PLACES.get(file) or file.removeprefix("docs/")
