"""Parts of a page that a program writes: each between two comments that name it."""

from __future__ import annotations

from pathlib import Path


def write(page: Path, part: str, text: str) -> None:
    begin, end = f"<!-- {part}:begin -->\n", f"<!-- {part}:end -->"
    before, rest = page.read_text().split(begin)
    page.write_text(f"{before}{begin}{text}{end}{rest.split(end)[1]}")
