#!/usr/bin/env python3
"""Draws the picture of docs/fleet.md from the figures beside it.

    fleet.py DOCS    reads DOCS/fleet-calls.csv, and writes an SVG for it
"""

from __future__ import annotations

import sys
from pathlib import Path

from panel import ABOVE, LEFT, Panel, svg, table

WAYS = [
    ("alone", "b", "each for itself"),
    ("host", "c", "a fleet of one machine"),
    ("redis", "a", "of four, through Redis"),
]


def main() -> None:
    docs = Path(sys.argv[1])
    rows = table(docs / "fleet-calls.csv")
    last = rows[-1]
    panel = Panel(ABOVE + 8, 220, last["processes"], 1.05 * last["alone"])
    panel.grid(8, 20, "requests a minute for a stream")
    for number, (way, kind, text) in enumerate(WAYS):
        points = [(row["processes"], row[way]) for row in rows]
        panel.line(points, kind)
        panel.dots(points, kind)
        panel.text(LEFT + 220 + 150 * number, panel.top - 8, text, "start", f"fill-{kind}")
    for way, kind in [("alone", "b"), ("redis", "a")]:
        x, y = panel.x(last["processes"]), panel.y(last[way])
        panel.text(x - 12, y - 8, f"{last[way]:.1f}", "end", f"fill-{kind}")
    title = "Requests upstream a minute for one stream, by the number of processes"
    text = (
        f"Each for itself, {last['processes']:.0f} processes send {last['alone']:.0f} requests a minute for a stream. "
        f"As a fleet of one machine they send {last['host']:.1f}, as one of four machines through Redis {last['redis']:.1f}, "
        "and so do fewer."
    )
    svg(docs / "fleet-calls.svg", (title, text), [panel], "processes")


if __name__ == "__main__":
    main()
