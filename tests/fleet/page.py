"""What a program measures with readers, for a part of a page: the one between two comments that name it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def arguments(doc: str) -> argparse.Namespace:
    """The programs that are needed, and the page that is written, if one is."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--emulator", required=True)
    parser.add_argument("--reader", required=True)
    parser.add_argument("--page", type=Path)
    return parser.parse_args()


def show(page: Path | None, part: str, text: str) -> None:
    """Writes the part, or prints what would stand there."""
    if page is None:
        sys.stdout.write(text)
        return
    begin, end = f"<!-- {part}:begin -->\n", f"<!-- {part}:end -->"
    before, rest = page.read_text().split(begin)
    page.write_text(f"{before}{begin}{text}{end}{rest.split(end)[1]}")
