"""Holds every text of the project against docs/glossary.md: one word for one thing.

The glossary's table says which words stand for another; its list of exceptions says where they stay.
"""

from __future__ import annotations

import fnmatch
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GLOSSARY = "docs/glossary.md"
TEXTS = {
    ".c", ".cc", ".cjs", ".cmake", ".cpp", ".cts", ".h", ".hpp", ".js", ".json", ".md", ".mjs", ".mts",
    ".py", ".pyi", ".rs", ".sh", ".toml", ".ts", ".txt", ".yml",
}  # fmt: skip
NAMES = {"Makefile"}
LOCKS = {"Cargo.lock", "package-lock.json"}
CORPUS = "tests/fuzz/corpus/"


def rows(page: str, part: str) -> list[list[str]]:
    """The cells of a table of the glossary, without its head."""
    body = page.split(f"<!-- {part}:begin -->")[1].split(f"<!-- {part}:end -->")[0]
    lines = [line for line in body.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def words(cell: str) -> list[str]:
    return [word.strip(" `") for word in cell.split(",") if word.strip(" `")]


class Glossary:
    """What the page says."""

    def __init__(self, page: str) -> None:
        """Reads both tables."""
        self.instead = {bad: good for good, _, not_ in rows(page, "words") for bad in words(not_)}
        stays = [(where.strip("`"), words(cell)) for where, cell, _ in rows(page, "exceptions")]
        self.stays = stays
        # In names, too: `flightTicket`, `hit_and_lead`. The longest first, so that they count as one.
        options = "|".join(re.escape(bad) for bad in sorted(self.instead, key=len, reverse=True))
        self.pattern = re.compile(rf"(?<![a-z])({options})(?![a-z])", re.IGNORECASE)
        self.hump = re.compile(r"(?<=[a-z])(?=[A-Z])")

    def exceptions(self, path: str) -> list[str]:
        return [word for where, cell in self.stays if fnmatch.fnmatch(path, where) for word in cell]

    def faults(self, path: str, text: str) -> list[str]:
        """A line for each word that another stands for."""
        exceptions = self.exceptions(path)
        if "all" in exceptions:
            return []
        allowed = re.compile("|".join(map(re.escape, exceptions)))
        found = []
        for number, line in enumerate(text.splitlines(), 1):
            bare = allowed.sub(lambda match: "_" * len(match[0]), line)
            for match in self.pattern.finditer(self.hump.sub("_", bare)):
                good = self.instead[match[1].lower()]
                found.append(f"{path}:{number}: {match[1]!r}: write {good!r}")
        return found


def tracked() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    is_text = lambda path: (path.suffix in TEXTS or path.name in NAMES) and path.name not in LOCKS  # noqa: E731
    return [path for path in listed if is_text(Path(path)) and not path.startswith(CORPUS)]


def main() -> None:
    """Prints the faults; fails if there is one."""
    glossary = Glossary((ROOT / GLOSSARY).read_text())
    faults = []
    for path in tracked():
        if (ROOT / path).is_file():
            faults += glossary.faults(path, (ROOT / path).read_text(errors="replace"))
    print(*faults, sep="\n")
    print(f"words: {len(glossary.instead)} replaced, {len(faults)} faults")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
