#!/usr/bin/env python3
"""Draws the pictures of docs/streams.md from the figures beside them.

    plot.py DOCS    reads DOCS/streams-rate.csv and DOCS/streams-carried.csv, and writes an SVG for each

Each picture has a ground of its own, light or dark as the reader's system is.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

STYLE = """<style>
.ground { fill: #ffffff } .ink { fill: #24292f } .axis { stroke: #57606a } .grid { stroke: #d8dee4 }
.a { stroke: #0969da } .b { stroke: #bc4c00 } .c { stroke: #57606a; stroke-dasharray: 5 4 }
.fill-a { fill: #0969da } .fill-b { fill: #bc4c00 } .fill-c { fill: #57606a }
@media (prefers-color-scheme: dark) {
.ground { fill: #0d1117 } .ink { fill: #e6edf3 } .axis { stroke: #8b949e } .grid { stroke: #30363d }
.a { stroke: #58a6ff } .b { stroke: #ffa657 } .c { stroke: #8b949e }
.fill-a { fill: #58a6ff } .fill-b { fill: #ffa657 } .fill-c { fill: #8b949e }
}
text { font: 12px system-ui, sans-serif } path { fill: none; stroke-width: 2 }
</style>"""
WIDTH, LEFT, RIGHT = 720, 64, 24
#: Where a panel's name and its axis have their place.
ABOVE, BELOW = 24, 24


class Panel:
    """One pair of axes, from `top` to `top + height`."""

    def __init__(self, top: int, height: int, x_most: float, y_most: float) -> None:
        self.top, self.height, self.x_most, self.y_most = top, height, x_most, y_most
        self.parts: list[str] = []

    def x(self, value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * value / self.x_most

    def y(self, value: float) -> float:
        return self.top + self.height * (1 - min(value, self.y_most) / self.y_most)

    def grid(self, x_step: float, y_step: float, name: str) -> None:
        bottom, right = self.top + self.height, WIDTH - RIGHT
        for y in steps(self.y_most, y_step):
            at = self.y(y)
            self.parts.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{right}" style="stroke-width:1"/>')
            self.text(LEFT - 8, at + 4, f"{y:,.0f}", "end")
        for x in steps(self.x_most, x_step):
            self.text(self.x(x), bottom + 16, f"{x:,.0f}", "middle")
        self.parts.append(f'<path class="axis" d="M{LEFT} {bottom}H{right}" style="stroke-width:1"/>')
        self.text(LEFT, self.top - 8, name, "start")

    def line(self, points: list[tuple[float, float]], kind: str, is_stepped: bool = False) -> None:
        d = ""
        for x, y in points:
            at, height = f"{self.x(x):.1f}", f"{self.y(y):.1f}"
            d += (f"H{at}V{height}" if is_stepped else f"L{at} {height}") if d else f"M{at} {height}"
        self.parts.append(f'<path class="{kind}" d="{d}"/>')

    def dots(self, points: list[tuple[float, float]], kind: str) -> None:
        for x, y in points:
            self.parts.append(f'<circle class="fill-{kind}" cx="{self.x(x):.1f}" cy="{self.y(y):.1f}" r="4"/>')

    def text(self, x: float, y: float, text: str, anchor: str, kind: str = "ink") -> None:
        self.parts.append(f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>')


def steps(most: float, step: float) -> list[float]:
    return [number * step for number in range(int(most / step) + 1)]


def svg(path: Path, height: int, title: str, panels: list[Panel], x_name: str) -> None:
    parts = [part for panel in panels for part in panel.parts]
    name = f'<text class="ink" x="{WIDTH - RIGHT}" y="{height - 8}" text-anchor="end">{x_name}</text>'
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{title}">\n'
        f'<title>{title}</title>\n{STYLE}\n<rect class="ground" width="{WIDTH}" height="{height}" rx="6"/>\n'
        + "\n".join([*parts, name])
        + "\n</svg>\n"
    )


def table(path: Path) -> list[dict[str, float]]:
    with path.open(encoding="ascii", newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


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
    svg(docs / "streams-rate.svg", bottom.top + bottom.height + 44, title, [top, middle, bottom], "seconds")


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
    svg(docs / "streams-carried.svg", panel.top + panel.height + 44, title, [panel], "limit, in requests a second")


def main() -> None:
    docs = Path(sys.argv[1])
    rate(docs)
    carried(docs)


if __name__ == "__main__":
    main()
