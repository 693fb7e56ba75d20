#!/usr/bin/env python3
"""Puts together what the bench programs of all languages have found.

    table.py FOLDER                   prints one table of ratios, and writes FOLDER/bench.json
    table.py FOLDER --publish ROOT    also writes docs/bench.md, .json and .svg, and the figures of the README and of
                                      docs/explanation/performance.md between their marks
    table.py --again ROOT             writes the same pages from docs/bench.json

All ratios are shown in one direction: how many times as fast ours is. FOLDER holds a file of JSON for each run of a
program: a list of objects with language, case, name, unit (ns, ms, MB or × for a ratio) and value; x where cost grows
with something; at_least or at_most where there is a bar. Of several runs the median of each value counts.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import statistics
from pathlib import Path

HERE = Path(__file__).resolve().parent
BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
#: The ratios that the README shows: language, case, name, and what is how many times as fast as what.
FASTER = [
    ("Rust", "video", "faster jsonwebtoken / mint", "a video token", "jsonwebtoken's faster backend"),
    ("Rust", "a hit, one thread", "moka / hit by handle", "a cache hit", "moka"),
    ("Python", "tokens", "twilio / mint", "a video token", "the official package"),
    ("Python", "tokens", "stdlib / mint", "a video token", "json, hmac.digest and base64 by hand"),
    ("Python", "tokens", "twilio playback / token().jwt", "a playback token from the cache", "the official package"),
    ("Python", "drop-in", "twilio / drop-in", "a video token of `grantmint.twilio`", "the official package"),
    ("Node.js", "tokens", "twilio / mint", "a video token", "the official package"),
    ("Node.js", "tokens", "fast-jwt / mint", "a video token", "fast-jwt"),
    ("Node.js", "tokens", "by hand / mint", "a video token", "node:crypto with a prepared key"),
    ("Node.js", "drop-in", "twilio / drop-in", "a video token of `grantmint/twilio`", "the official package"),
]
#: Where the short table is.
SHORT = ("README.md", "docs/explanation/performance.md")
#: What the README says of the lower bound: no token can cost less than its HMAC.
FLOOR = ("Rust", "video", "mint / floor"), ("C", "through C, video", "C / Rust")
#: Costs of ours that no bar marks as such.
COSTS = ("await token / mint",)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--publish", type=Path, metavar="ROOT")
    parser.add_argument("--again", type=Path, metavar="ROOT")
    given = parser.parse_args()
    if given.again:
        write_pages(given.again, json.loads((given.again / "docs/bench.json").read_text(encoding="utf-8")))
        return
    runs, found = read(given.folder)
    today = datetime.date.today().isoformat()
    result = {"date": today, "machine": machine(), "runs": runs, "findings": found}
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    (given.folder / "bench.json").write_text(text, encoding="utf-8")
    for line in table(found):
        print(line)
    if given.publish:
        publish(given.publish, result, text)


def read(folder: Path) -> tuple[int, list[dict]]:
    """How many runs there were, and what they found."""
    files = sorted(file for file in folder.glob("*.json") if file.name != "bench.json")
    values: dict[tuple, list[float]] = {}
    found: dict[tuple, dict] = {}
    for file in files:
        for one in json.loads(file.read_text(encoding="utf-8")):
            which = (one["language"], one["case"], one["name"], one["unit"], one.get("x"))
            values.setdefault(which, []).append(one["value"])
            found.setdefault(which, one)
    runs = {len(each) for each in values.values()}
    if len(runs) != 1:
        raise SystemExit(f"some figures were found in one run and not in another: {sorted(runs)}")
    return runs.pop(), [{**one, "value": statistics.median(values[key])} for key, one in found.items()]


def machine() -> str:
    """What kind of machine it is, without its name."""
    cores = os.cpu_count()
    return f"{platform.system()} {platform.machine()}, {cores} cores, shared with others"


def table(found: list[dict]) -> list[str]:
    """All that is held to a bar, and every ratio."""
    shown = [one for one in found if "x" not in one and (one["unit"] == "×" or bar(one))]
    ratios = [one for one in shown if one["unit"] == "×"]
    beside_others = [one for one in ratios if not is_cost(one)]
    beside_bounds = [one for one in ratios if is_cost(one)]
    others = [one for one in shown if one["unit"] != "×"]
    head = ["| language | case | what | times as fast | as | required | |", "|---|---|---|---:|---|---:|---|"]
    of_sizes = ["| language | case | what | measured | required | |", "|---|---|---|---:|---:|---|"]
    return [
        *("## Beside other libraries", "", "Ours on the left, theirs on the right. Higher is better.", "", *head),
        *map(ratio_row, beside_others),
        *("", "## Beside a lower bound", "", "On the right is what no call can do without, or the same call without the part that is measured.", "", *head),
        *map(ratio_row, beside_bounds),
        *("", "## Times and sizes", "", "Lower is better.", "", *of_sizes),
        *map(row, others),
    ]


def ratio_row(one: dict) -> str:
    ours, theirs, value, required = as_fast(one)
    cells = (one["language"], one["case"], ours, value, theirs, required, verdict(one))
    return "| " + " | ".join(cells) + " |"


def as_fast(one: dict) -> tuple[str, str, str, str]:
    """Ours, theirs, how many times as fast ours is, and what is required. A name "A / B" is A's time by B's."""
    first, second = one["name"].split(" / ")
    if is_cost(one):
        required = f"≥ {amount(1 / one['at_most'], '×')}" if bar(one) else ""
        return first, second, amount(1 / one["value"], "×"), required
    return second, first, amount(one["value"], "×"), bar(one)


def row(one: dict) -> str:
    measured = amount(one["value"], one["unit"])
    return "| " + " | ".join((one["language"], one["case"], one["name"], measured, bar(one), verdict(one))) + " |"


def verdict(one: dict) -> str:
    return "" if not bar(one) else "met" if is_met(one) else "MISSED"


def is_cost(one: dict) -> bool:
    """Whether it is ours by theirs, so that less is better."""
    return one.get("at_most") is not None or one["name"].startswith(COSTS)


def bar(one: dict) -> str:
    if one.get("at_least") is not None:
        return f"≥ {amount(one['at_least'], one['unit'])}"
    if one.get("at_most") is not None:
        return f"≤ {amount(one['at_most'], one['unit'])}"
    return ""


def is_met(one: dict) -> bool:
    return one.get("at_least", 0) <= one["value"] <= one.get("at_most", float("inf"))


def amount(value: float, unit: str) -> str:
    number = f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 5 else f"{value:.2f}"
    return f"{number} {unit}"


def publish(root: Path, result: dict, text: str) -> None:
    (root / "docs/bench.json").write_text(text, encoding="utf-8")
    write_pages(root, result)
    draw(result["findings"], root / "docs/bench.svg")


def write_pages(root: Path, result: dict) -> None:
    for name, text in pages(root, result).items():
        (root / name).write_text(text, encoding="utf-8")


def pages(root: Path, result: dict) -> dict[str, str]:
    """The pages that have figures, by their names."""
    found = result["findings"]
    runs = "one run" if result["runs"] == 1 else f"medians of {result['runs']} runs"
    measured = f"Measured on {result['date']}: {result['machine']}, {runs}."
    return {
        "docs/bench.md": between(HERE / "page.md", [measured, "", *table(found)]),
        **{name: between(root / name, [*highlights(found), "", measured]) for name in SHORT},
    }


def highlights(found: list[dict]) -> list[str]:
    lines = ["| | what | times as fast | as | required |", "|---|---|---:|---|---:|"]
    named = {(one["language"], one["case"], one["name"]): one for one in found}
    # A name that a bench no longer has is an error here and not a row less in the README.
    for *which, ours, theirs in FASTER:
        _, _, value, required = as_fast(named[tuple(which)])
        lines.append(f"| {which[0]} | {ours} | {value} | {theirs} | {required} |")
    floor, through_c = (as_fast(named[which])[2].removesuffix(" ×") for which in FLOOR)
    said = f"A video token is made {floor} times as fast as its HMAC-SHA256 alone, and through C {through_c} times as fast as in Rust."
    return [*lines, "", said]


def between(document: Path, lines: list[str]) -> str:
    """A document with these lines where it has a place for them."""
    text = document.read_text(encoding="utf-8")
    if BEGIN not in text:
        return text
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    body = "\n".join(lines)
    return f"{before}{BEGIN}\n{body}\n{END}{after}"


def draw(found: list[dict], file: Path) -> None:
    """How cost grows: one panel for each axis."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    # The same figures make the same file.
    plt.rcParams.update({"svg.hashsalt": "grantmint", "font.size": 9, "axes.grid": True, "grid.alpha": 0.3})
    grown = [one for one in found if "x" in one]
    cases = list(dict.fromkeys(one["case"] for one in grown))
    figure, panels = plt.subplots(2, 2, figsize=(9, 6.5), layout="constrained")
    for panel, case in zip(panels.flat, cases):
        for name in dict.fromkeys(one["name"] for one in grown if one["case"] == case):
            points = [(one["x"], one["value"]) for one in grown if (one["case"], one["name"]) == (case, name)]
            panel.plot(*zip(*points), marker="o", label=name)
        panel.set(xscale="log", xlabel=case, ylabel="ns", ylim=(0, None))
        panel.legend()
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    main()
