#!/usr/bin/env python3
"""Every fault of what a fleet shares by, in every language: what callers see, what the statistics and events say, and
how many calls upstream has counted.

    fleets.py --emulator PROGRAM --bad-store PROGRAM [--write DOCUMENT | --check DOCUMENT] LANGUAGE=COMMAND...

A process asks for three streams that it has no grant for, once the fault is there, and for one that it has a grant for.
It shares by a server, with a folder in front as is usual, or by a folder alone. What is seen must be what fleets.json says,
the same in all languages; the table in the document must say that too.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shlex
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from matrix import AT_ONCE, DEMO_KEY, HERE, calls, in_words, replace_table, rows, table_in, upstream

MARKS = "<!-- fleets:begin -->", "<!-- fleets:end -->"
WARM, COLD = 1, (2, 3, 4)
COUNTED = ("alone_failed", "alone_nolease", "alone_late", "alone_rejected", "rejected")
#: As the superuser of a name space of its own, if one may be made here.
FULL = 'mount -t tmpfs -o size=16k,mode=700 none "$0" && (head -c 1M /dev/zero >"$0/junk" 2>&-; exec "$@")'
SPACES = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]


@dataclass
class Seen:
    """What there is to see of a fault."""

    codes: list[str]
    slowest_ms: int
    warm: str
    calls: int
    warm_calls: int
    counted: dict[str, int]
    events: list[str]
    trouble: str


class Program:
    """One that answers each line with a line, and ends with its input."""

    def __init__(self, command: list[str], **settings: str) -> None:
        environment = {**os.environ, **DEMO_KEY, **settings}
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def hear(self) -> str:
        return self.process.stdout.readline().strip()

    def ask(self, what: object) -> str:
        print(what, file=self.process.stdin, flush=True)
        return self.hear()

    def end(self) -> str:
        """What it says at last."""
        said, _ = self.process.communicate(timeout=30)
        if self.process.returncode:
            sys.exit(f"{self.process.args} ended with {self.process.returncode}")
        return said.strip()


def main() -> int:
    given = arguments()
    if sys.platform != "linux":
        print("fleets work on Linux only so far")
        return 0
    faults = json.loads((HERE / "fleets.json").read_text(encoding="utf-8"))
    tried = [fault for fault in faults if fault.get("folder") != "full" or may_mount()]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = [
            [pool.submit(run, fault, given, shlex.split(command)) for _, command in given.languages]
            for fault in tried
        ]
        seen = [[one.result() for one in row] for row in runs]
    names = [name for name, _ in given.languages]
    wrong = [text for fault, row in zip(tried, seen) for text in mistakes(fault, names, row)]
    if not wrong and given.write:
        replace_table(given.write, MARKS, table(tried, seen))
    if not wrong and given.check:
        wrong = not_up_to_date(given.check, table(tried, seen), len(faults))
    print("\n".join(wrong) or f"{len(tried)} faults of fleets are the same in {', '.join(names)}")
    return 1 if wrong else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--emulator", required=True)
    parser.add_argument("--bad-store", required=True)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", type=Path)
    what.add_argument("--check", type=Path)
    parser.add_argument("languages", nargs="+", type=lambda text: text.split("=", 1))
    return parser.parse_args()


def may_mount() -> bool:
    return subprocess.run([*SPACES, "mount -t tmpfs none /tmp"], stderr=subprocess.DEVNULL).returncode == 0


def run(fault: dict, given: argparse.Namespace, command: list[str]) -> Seen:
    """One language with this fault."""
    with tempfile.TemporaryDirectory() as place, upstream(given.emulator) as url:
        # Where the folder in front of a server is.
        settings = {"GRANTMINT_BASE_URL": url, "XDG_RUNTIME_DIR": place}
        if "server" not in fault:
            folder = Path(place) / "fleet"
            settings["GRANTMINT_FLEET"] = f"host:{folder}"
            command = before(fault["folder"], folder, command, settings)
            return watch(Program(command, **settings), url, None)
        store = Program([given.bad_store, fault["server"]])
        settings["GRANTMINT_FLEET"] = store.hear()
        try:
            fails = (lambda: store.ask("fail")) if fault.get("in_the_middle") else None
            return watch(Program(command, **settings), url, fails)
        finally:
            store.end()


def before(what: str, folder: Path, command: list[str], settings: dict[str, str]) -> list[str]:
    """Makes a folder with this fault; how to run the program there."""
    if what == "link":
        folder.symlink_to(folder.parent)
        return command
    folder.mkdir(mode=0o700)
    if what == "open":
        folder.chmod(0o755)
    if what == "full":
        return [*SPACES, FULL, str(folder), *command]
    if what == "junk":
        other = Program(command, **settings)
        for stream in COLD:
            other.ask(stream)
        other.end()
        for file in folder.glob("*/*"):
            file.write_bytes(secrets.token_bytes(file.stat().st_size))
    return command


def watch(program: Program, url: str, fails) -> Seen:
    """Asks as callers do. The fault is there once the one with a grant has it, or from the start."""
    earlier = calls(url)
    if fails:
        program.ask(WARM)
        fails()
        earlier += 1
    cold = [program.ask(stream).split() for stream in COLD]
    cold_calls = calls(url) - earlier
    warm, _ = program.ask(WARM if fails else COLD[0]).split()
    warm_calls = calls(url) - earlier - cold_calls
    numbers, _, rest = program.end().partition(" [")
    events, _, trouble = rest.partition("]")
    return Seen(
        [code for code, _ in cold],
        max(int(took) for _, took in cold),
        warm,
        cold_calls,
        warm_calls,
        dict(zip(COUNTED, map(int, numbers.split()))),
        [event for event in events.split(",") if event],
        # Where it is comes first.
        trouble.strip().split(": ", 1)[-1],
    )


def mistakes(fault: dict, names: list[str], row: list[Seen]) -> list[str]:
    """What differs from what is to be seen."""
    return [f"{fault['name']}, {name}: {seen}" for name, seen in zip(names, row) if not is_expected(fault, seen)]


def is_expected(fault: dict, seen: Seen) -> bool:
    """Of several ways to count and to say it, each may be met: it depends on what is noticed first."""
    served = (seen.codes, seen.warm, seen.calls, seen.warm_calls) == (["ok"] * len(COLD), "ok", len(COLD), 0)
    counted = {name: count for name, count in seen.counted.items() if count}
    is_counted = set(counted) <= set(fault["counted"]) and sum(counted.values()) == (len(COLD) if fault["counted"] else 0)
    is_told = set(fault["events"]) - set(fault.get("maybe", [])) <= set(seen.events) <= set(fault["events"])
    return served and is_counted and is_told and says(fault["trouble"] or [""], seen.trouble)


def says(texts: list[str], said: str) -> bool:
    """Whether it is one of them, where … stands for anything."""
    return any(re.fullmatch(".*".join(map(re.escape, text.split("…"))), said) for text in texts)


def table(faults: list[dict], seen: list[list[Seen]]) -> str:
    lines = [
        "| what it shares by | without a grant | after | calls | with a grant | calls | counted as | events | `fleet.trouble` |",
        "|---|---|---:|---:|---|---:|---|---|---|",
    ]
    for fault, row in zip(faults, seen):
        slowest = in_words(statistics.median(one.slowest_ms for one in row))
        counted, events = (", ".join(f"`{name}`" for name in fault[key]) or "–" for key in ("counted", "events"))
        trouble = " or ".join(f"“{text}”" for text in fault["trouble"]) or "–"
        lines.append(
            f"| {fault['name']} | a token | {slowest} | {row[0].calls} | a token | {row[0].warm_calls} "
            f"| {counted} | {events} | {trouble} |"
        )
    return "\n".join(lines)


def not_up_to_date(document: Path, new: str, count: int) -> list[str]:
    """Whether the document says the same; times may differ, and what was not tried here is not compared."""
    has = {row[0]: without_time(row) for row in rows(table_in(document, MARKS))}
    is_same = len(has) == count and all(has.get(row[0]) == without_time(row) for row in rows(new))
    return [] if is_same else [f"{document} is out of date: write it anew"]


def without_time(row: list[str]) -> list[str]:
    return row[:2] + row[3:]


if __name__ == "__main__":
    sys.exit(main())
