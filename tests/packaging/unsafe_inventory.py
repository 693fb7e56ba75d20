#!/usr/bin/env python3
"""Holds docs/unsafe.md against the sources: every file with `unsafe` is in its table, with its
counts and a reason, and every block and impl has a SAFETY comment.

    unsafe_inventory.py           compares
    unsafe_inventory.py --write   writes the counts; a reason for a new file is still to be given
"""

import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs/unsafe.md"
BEGIN, END = "<!-- unsafe:begin -->", "<!-- unsafe:end -->"
HEAD = ["| file | blocks | functions | impls | what for |", "|---|---:|---:|---:|---|"]
KINDS = ("block", "function", "impl")
# What ships may be unsafe here alone.
SHIPPED = (
    "cli/src/interrupt.rs",
    "core/src/fork.rs",
    "ffi/src/",
    "bindings-node/src/hot/",
    "bindings-python/src/python_code.rs",
)
# So may tests and benches: they play the part of C, count allocations, or fork.
TESTS = ("core/tests/", "ffi/tests/", "tests/")
# A comment stands above the statement that holds the block; none is longer than this.
LINES_ABOVE = 12

# Comments, text and characters, in which `unsafe` is a word like any other.
SKIPPED = re.compile(
    r"""//[^\n]*|/\*.*?\*/"""
    r"""|\bb?r(?P<hash>\#*)".*?"(?P=hash)|[bc]?"(?:\\.|[^"\\])*"|'(?:\\.[^']*|[^'\\])'""",
    re.DOTALL,
)


def sources():
    for folder in ("cli", "core", "emulator", "ffi", "bindings-python", "bindings-node", "tests"):
        for path in sorted((ROOT / folder).rglob("*.rs")):
            if not {"target", "node_modules"} & set(path.parts):
                yield path


def code_of(text):
    """The source with all that is no code blanked, at the same places."""
    return SKIPPED.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def places(text):
    """Each use of `unsafe` with its kind and its line."""
    code = code_of(text)
    for match in re.finditer(r"\bunsafe\b", code):
        rest = code[match.end() :].lstrip()
        line = code.count("\n", 0, match.start())
        if rest.startswith("{"):
            yield "block", line
        elif rest.startswith(("impl", "trait")):
            yield "impl", line
        elif re.match(r"(?:extern\s+)?fn\s+\w", rest):
            yield "function", line
        # Else an attribute such as unsafe(no_mangle), or the type of a pointer to a function.


def has_comment(lines, line):
    above = lines[max(0, line - LINES_ABOVE) : line + 1]
    return any(re.search(r"//.*\bSAFETY:", text) for text in above)


def survey():
    """The counts of each file, and what is wrong with it."""
    found, faults = {}, []
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        counts = Counter()
        for kind, line in places(text):
            counts[kind] += 1
            is_trait = re.search(r"\bunsafe\s+trait\b", lines[line])
            if kind != "function" and not is_trait and not has_comment(lines, line):
                faults.append(f"{name}:{line + 1}: no SAFETY comment")
        if counts:
            found[name] = counts
            if not name.startswith(SHIPPED + TESTS):
                faults.append(f"{name}: not a place for unsafe code")
    return found, faults


def table():
    """The lines around the table of the document, and its reasons by file."""
    before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
    rows, after = rest.split(END)
    rows = [row.strip("| ").split("|") for row in rows.strip().splitlines()[2:]]
    return before, {row[0].strip("` "): row for row in rows}, after


def row(name, counts, reason):
    return f"| `{name}` | " + " | ".join(str(counts[kind]) for kind in KINDS) + f" | {reason} |"


def main():
    found, faults = survey()
    before, rows, after = table()
    reasons = {name: cells[4].strip() for name, cells in rows.items() if len(cells) == 5}
    lines = [row(name, counts, reasons.get(name, "")) for name, counts in sorted(found.items())]
    if sys.argv[1:] == ["--write"]:
        text = "\n".join([*HEAD, *lines])
        DOCUMENT.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
    else:
        said = {row.strip() for row in DOCUMENT.read_text(encoding="utf-8").splitlines()}
        faults += [f"docs/unsafe.md lacks: {line}" for line in lines if line not in said]
        faults += [f"docs/unsafe.md: nothing unsafe in {name}" for name in set(rows) - set(found)]
    faults += [f"docs/unsafe.md: no reason for {name}" for name in found if not reasons.get(name)]
    for fault in faults:
        print(fault, file=sys.stderr)
    total = sum(found.values(), Counter())
    counts = ", ".join(f"{total[kind]} {kind}s" for kind in KINDS)
    print(f"unsafe: {counts} in {len(found)} files, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
