#!/usr/bin/env python3
"""Writes the examples in C and C++ of a Markdown page to files, and prints their names.

    readme.py README.md build/readme

A block marked `c` or `cpp` is a whole program; marked `cpp,no_run`, it is one that only compiles.
"""

import re
import sys
from pathlib import Path

BLOCK = re.compile(r"^```(c|cpp)(,no_run)?\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def main(page, out):
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    blocks = list(BLOCK.finditer(Path(page).read_text(encoding="utf-8")))
    if not blocks:
        raise SystemExit(f"{page} has no example in C or C++: are they still written as ```c and ```cpp?")
    for number, block in enumerate(blocks, 1):
        name = f"{Path(page).stem.lower()}_{number}{'_no_run' if block[2] else ''}.{block[1]}"
        (out / name).write_text(block[3], encoding="utf-8")
        print(out / name)


if __name__ == "__main__":
    main(*sys.argv[1:])
