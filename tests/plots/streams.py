#!/usr/bin/env python3
"""Draws the pictures of docs/streams.md from the figures beside them.

    streams.py DOCS    reads DOCS/streams-rate.csv and DOCS/streams-carried.csv, and writes an SVG for each
"""

from __future__ import annotations

import sys
from pathlib import Path

from panel import ABOVE, BELOW, LEFT, Panel, svg, table


def rate(docs: Path) -> None:
    """The rate in force, what upstream refused, and who was served, through time."""
    rows = table(docs / "streams-rate.csv")
    last, width = rows[-1]["second"], rows[0]["second"]
    of = lambda name, by=1.0: [(row["second"], row[name] / by) for row in rows]  # noqa: E731
    limit = [(row["second"] - width, row["limit"]) for row in rows] + [(last, rows[-1]["limit"])]

    top = Panel(ABOVE + 8, 150, last, 120)
    top.grid(60, 20, "requests a second")
    top.line(limit, "c", is_stepped=True)
    top.line(of("rate_in_force"), "a")
    top.line(of("requests", width), "b")
    for at, (text, kind) in enumerate([("limit of upstream", "c"), ("rate in force", "a"), ("requests sent", "b")]):
        top.text(LEFT + 260 + 140 * at, top.top - 8, text, "start", f"fill-{kind}")

    middle = Panel(top.top + top.height + ABOVE + BELOW, 60, last, 1.2 * max([row["throttled"] for row in rows] + [1]))
    middle.grid(60, max(1, round(middle.y_most / 3)), "requests refused with 429, each 5 s")
    middle.line(of("throttled"), "b")

    most = max(row["streams_served"] for row in rows)
    bottom = Panel(middle.top + middle.height + ABOVE + BELOW, 90, last, 1.1 * most)
    bottom.grid(60, 500, "streams served, each 5 s")
    bottom.line(of("streams_served"), "a")
    title = "Rate in force, refused requests and streams served while the limit falls and rises"
    text = "The rate follows the limit down and up again; few requests are refused, and most streams are served throughout."
    svg(docs / "streams-rate.svg", (title, text), [top, middle, bottom], "seconds")


def carried(docs: Path) -> None:
    """How many streams a limit carries."""
    rows = table(docs / "streams-carried.csv")
    most = rows[-1]["calls_per_second"]
    panel = Panel(ABOVE + 8, 220, most, 1.1 * max(row["streams_served"] for row in rows))
    panel.grid(most / 5, 1000, "streams")
    lines = [("streams_served", "a", "all are served"), ("streams_at_leisure", "b", "every refresh at leisure")]
    for number, (name, kind, text) in enumerate(lines):
        points = [(row["calls_per_second"], row[name]) for row in rows]
        panel.line([(0, 0), *points], kind)
        panel.dots(points, kind)
        panel.text(LEFT + 300 + 140 * number, panel.top - 8, text, "start", f"fill-{kind}")
    title = "How many streams with grants of 60 s a limit carries"
    last = rows[-1]
    text = (
        f"Both lines rise evenly: {last['calls_per_second']:,.0f} requests a second carry {last['streams_served']:,.0f} "
        f"streams, or {last['streams_at_leisure']:,.0f} with every refresh at leisure."
    )
    svg(docs / "streams-carried.svg", (title, text), [panel], "limit, in requests a second")


def main() -> None:
    docs = Path(sys.argv[1])
    rate(docs)
    carried(docs)


if __name__ == "__main__":
    main()
