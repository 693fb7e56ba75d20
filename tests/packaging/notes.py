#!/usr/bin/env python3
"""Prints what CHANGELOG.md says of a version, as the notes of its release: notes.py VERSION ADDRESS

Links to files of the project are made to begin with ADDRESS, as the notes lie elsewhere.
"""

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"


def notes(changelog, version, address):
    """The part of the changelog below the heading of a version."""
    found = re.search(rf"(?ms)^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## \[|\Z)", changelog)
    if not found or not found[1].strip():
        raise ValueError(f"CHANGELOG.md says nothing of {version}")
    return re.sub(r"\]\((?!https?:|#)", f"]({address}/", found[1].strip()) + "\n"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        sys.stdout.write(notes(CHANGELOG.read_text(encoding="utf-8"), *sys.argv[1:]))
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
