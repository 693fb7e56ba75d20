#!/usr/bin/env python3
"""Finds the dead links of a site: files and anchors that are not there, and whatever is loaded from elsewhere."""

from __future__ import annotations

import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

#: What a browser fetches by itself.
LOADS = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}
#: Links that say where the page itself is, and load nothing.
RELATIONS = {"canonical", "prefetch"}
#: Made by tools of their own, which check their links themselves; we look into what is ours.
FOREIGN = ("api/rust/", "api/typescript/")


class Page(HTMLParser):
    """The anchors and links of a page."""

    def __init__(self) -> None:
        """Knows nothing yet."""
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[tuple[bool, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes what a tag has."""
        named = dict(attrs)
        self.anchors.update(value for name, value in attrs if name in ("id", "name") and value)
        if tag == "link" and named.get("rel") in RELATIONS:
            return
        for name in ("href", "src"):
            if value := named.get(name):
                self.links.append(((tag, name) in LOADS, value))


@cache
def page(path: Path) -> Page:
    read = Page()
    read.feed(path.read_text(encoding="utf-8"))
    return read


def faults(site: Path) -> list[str]:
    """A line for each dead link."""
    found = []
    for path in sorted(site.rglob("*.html")):
        name = str(path.relative_to(site))
        if name.startswith(FOREIGN):
            continue
        found += [f"{name}: {fault}" for fault in faults_of(site, path)]
    return found


def faults_of(site: Path, path: Path) -> list[str]:
    found = []
    for loads, link in page(path).links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc:
            if loads and parts.scheme != "data":
                found.append(f"loads {link}")
            continue
        there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if is_left_out(site, there):
            continue
        if there.is_dir():
            there /= "index.html"
        if not there.is_file():
            found.append(f"{link}: no such file")
        elif parts.fragment and there.suffix == ".html" and not has(there, unquote(parts.fragment)):
            found.append(f"{link}: no such anchor")
    return sorted(set(found))


def is_left_out(site: Path, there: Path) -> bool:
    """Whether it belongs to a reference that this build of the site does not have."""
    return any(str(there).startswith(f"{site}/{part}") and not (site / part).exists() for part in FOREIGN)


def has(path: Path, anchor: str) -> bool:
    return anchor in page(path).anchors


def main() -> int:
    """Prints the faults of a site."""
    found = faults(Path(sys.argv[1]).resolve())
    print("\n".join(found))
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
