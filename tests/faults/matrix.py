#!/usr/bin/env python3
"""Every fault in every language: what the caller sees, when, and how many calls upstream has counted.

    matrix.py --emulator PROGRAM [--write DOCUMENT | --check DOCUMENT] LANGUAGE=COMMAND...

Each pair of a fault and a language has an emulator and a process of its own, so that no back-off of one
is met by the next. What is seen must be what faults.json says, the same in all languages; the table in the
document must say that too.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import socket
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
DEMO_KEY = {
    "TWILIO_ACCOUNT_SID": "ACde300000000000000000000000000000",
    "TWILIO_API_KEY": "SKde300000000000000000000000000000",
    "TWILIO_API_SECRET": "not-a-secret-emulator-demo-key-0",
}
MARKS = "<!-- faults:begin -->", "<!-- faults:end -->"
#: Many faults are nothing but waiting.
AT_ONCE = 6
TIMEOUT = 30


@dataclass
class Seen:
    """What a caller has seen of a fault."""

    code: str
    took_ms: int
    retry_after_ms: int
    calls: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--emulator", required=True)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--write", type=Path)
    what.add_argument("--check", type=Path)
    parser.add_argument("languages", nargs="+", type=lambda text: text.split("=", 1))
    given = parser.parse_args()
    faults = json.loads((HERE / "faults.json").read_text(encoding="utf-8"))
    names = [name for name, _ in given.languages]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        runs = [
            [pool.submit(run, fault, given.emulator, command) for _, command in given.languages]
            for fault in faults
        ]
        seen = [[one.result() for one in row] for row in runs]
    wrong = [text for fault, row in zip(faults, seen) for text in mistakes(fault, names, row)]
    if not wrong and given.write:
        replace_table(given.write, MARKS, table(faults, seen))
    if not wrong and given.check:
        is_same = without_times(table_in(given.check, MARKS)) == without_times(table(faults, seen))
        wrong = [] if is_same else [f"{given.check} is out of date: write it anew"]
    print("\n".join(wrong) or f"{len(faults)} faults are the same in {', '.join(names)}")
    return 1 if wrong else 0


def run(fault: dict, emulator: str, command: str) -> Seen:
    """One language before an upstream of its own with this fault."""
    if not fault.get("listens", True):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        return probe(command, {"GRANTMINT_BASE_URL": f"http://127.0.0.1:{port}"}, lambda: 0)
    with tempfile.TemporaryDirectory() as folder:
        ca_file = str(Path(folder) / "ca.pem")
        options = ["--fault", json.dumps(fault["fault"])] if fault["fault"] else []
        settings = {}
        if "tls" in fault:
            options += ["--tls", fault["tls"], "--tls-ca-out", ca_file]
            settings["GRANTMINT_CA_FILE"] = ca_file
        with upstream(emulator, *options) as url:
            # An upstream that nobody trusts cannot be asked what it has counted; nothing came through.
            count = (lambda: 0) if "tls" in fault else (lambda: calls(url))
            return probe(command, {"GRANTMINT_BASE_URL": url, **settings}, count)


@contextmanager
def upstream(emulator: str, *options: str) -> Iterator[str]:
    """An emulator of its own; where it is."""
    started = [emulator, "--listen", "127.0.0.1:0", *options]
    with subprocess.Popen(started, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().split()[-1]
        finally:
            process.terminate()


def probe(command: str, settings: dict[str, str], count) -> Seen:
    environment = {**os.environ, **DEMO_KEY, **settings}
    ran = subprocess.run(
        shlex.split(command), env=environment, stdout=subprocess.PIPE, text=True, timeout=TIMEOUT, check=True
    )
    code, took, wait = ran.stdout.split()
    return Seen(code, int(took), int(wait), count())


def calls(url: str) -> int:
    with urllib.request.urlopen(f"{url}/emulator/counters", timeout=10) as answer:
        return json.load(answer)["requests"]


def mistakes(fault: dict, names: list[str], row: list[Seen]) -> list[str]:
    """What differs from what is to be seen."""
    expected = (fault["sees"], fault.get("calls", 1))
    return [
        f"{fault['name']}, {name}: {seen}, expected {expected}"
        for name, seen in zip(names, row)
        if (seen.code, seen.calls) != expected
    ]


def table(faults: list[dict], seen: list[list[Seen]]) -> str:
    lines = [
        "| upstream | the caller sees | after | come back after | calls |",
        "|---|---|---:|---:|---:|",
    ]
    for fault, row in zip(faults, seen):
        took = in_words(statistics.median(one.took_ms for one in row))
        wait = in_words(statistics.median(one.retry_after_ms for one in row)) if any_wait(row) else "–"
        code = "a token" if fault["sees"] == "ok" else f"`{fault['sees']}`"
        lines.append(f"| {fault['name']} | {code} | {took} | {wait} | {row[0].calls} |")
    return "\n".join(lines)


def any_wait(row: list[Seen]) -> bool:
    return any(one.retry_after_ms for one in row)


def in_words(ms: float) -> str:
    if ms < 50:
        return "at once"
    return f"{round(ms, -2):.0f} ms" if ms < 950 else f"{ms / 1000:.0f} s"


def table_in(document: Path, marks: tuple[str, str]) -> str:
    """The table between the marks; times in it may differ."""
    begin, end = marks
    return document.read_text(encoding="utf-8").split(begin)[1].split(end)[0].strip()


def replace_table(document: Path, marks: tuple[str, str], new: str) -> None:
    text = document.read_text(encoding="utf-8")
    begin, end = marks
    before, rest = text.split(begin)
    _, after = rest.split(end)
    document.write_text(f"{before}{begin}\n{new}\n{end}{after}", encoding="utf-8")


def rows(table: str) -> list[list[str]]:
    return [re.split(r"\s*\|\s*", line.strip("| ")) for line in table.splitlines()[2:]]


def without_times(table: str) -> list[tuple[str, ...]]:
    return [(name, code, count) for name, code, _, _, count in rows(table)]


if __name__ == "__main__":
    sys.exit(main())
