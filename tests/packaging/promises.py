#!/usr/bin/env python3
"""Holds docs/promises.md against the tests: each promise names one, each test that it names is
there, and so is what each link of the page goes to.
"""

import json
import re
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/promises.md"
HEAD = ["promise", "where", "tests"]
#: Below this no row has a test.
WITHOUT = "## Without a test"
TEST = re.compile(r'`([\w./-]+\.\w+)::(?:(\w+)|"([^"`]+)")`')
LINK = re.compile(r"\]\(([^)\s]+)\)")
#: How a test begins that has a name, and one that has a title.
DEFINED = {
    ".rs": r"\bfn {0}\(",
    ".py": r"\bdef {0}\(",
    ".c": r"^static void {0}\(",
    ".cpp": r"^static void {0}\(",
    ".mjs": r"\btest\(\s*(['\"`]){0}\1",
}


@cache
def text_of(path):
    return path.read_text(encoding="utf-8")


@cache
def rows_of(path):
    """The names of all rows of a file of data."""
    found = set()
    json.loads(text_of(path), object_hook=lambda row: found.add(row.get("name")))
    return found


def has(path, test):
    """Whether a file defines a test of this name or title."""
    if path.suffix == ".json":
        return test in rows_of(path)
    defined = DEFINED.get(path.suffix)
    return bool(defined and re.search(defined.format(re.escape(test)), text_of(path), re.MULTILINE))


def promises(page):
    """The cells of each row that has to name a test, with its line's number."""
    lines = page.split(WITHOUT)[0].splitlines()
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| ") and cells != HEAD:
            yield number, cells


def faults_of_tests(number, cells):
    if len(cells) != len(HEAD) or not LINK.search(cells[1]):
        yield f"{number}: a row says what is promised, where, and which tests hold it"
        return
    tests = TEST.findall(cells[2])
    if not tests or cells[2].count("`") != 2 * len(tests):
        yield f"{number}: a test is `path::name` or `path::\"title\"`"
    for file, name, title in tests:
        path = ROOT / file
        if not path.is_file():
            yield f"{number}: there is no {file}"
        elif not has(path, name or title):
            yield f"{number}: {file} has no test {name or title!r}"


def anchors(path):
    """What can follow the `#` in a link to a page."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def faults_of_links(page):
    for link in LINK.findall(page):
        file, _, anchor = link.partition("#")
        path = PAGE.parent / file if file else PAGE
        if not path.is_file():
            yield f"{link}: no such file"
        elif anchor and anchor not in anchors(path):
            yield f"{link}: no such heading"


def faults(page):
    """What is wrong with the page, a line each."""
    for row in promises(page):
        yield from faults_of_tests(*row)
    yield from faults_of_links(page)


def main():
    page = text_of(PAGE)
    found = [f"docs/promises.md: {fault}" for fault in faults(page)]
    for fault in found:
        print(fault, file=sys.stderr)
    tests = set(TEST.findall(page))
    count = sum(1 for _ in promises(page))
    print(f"promises: {count}, with {len(tests)} tests, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
