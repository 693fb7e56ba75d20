"""Pictures of figures as SVG, each with a ground of its own, light or dark as the reader's system is."""

from __future__ import annotations

import csv
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


def svg(path: Path, said: tuple[str, str], panels: list[Panel], x_name: str) -> None:
    """`said` is for those who do not see it: what it is about, and what it shows."""
    title, text = said
    parts = [part for panel in panels for part in panel.parts]
    height = panels[-1].top + panels[-1].height + 44
    name = f'<text class="ink" x="{WIDTH - RIGHT}" y="{height - 8}" text-anchor="end">{x_name}</text>'
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="title text">\n<title id="title">{title}</title>\n<desc id="text">{text}</desc>\n{STYLE}\n<rect class="ground" width="{WIDTH}" height="{height}" rx="6"/>\n'
        + "\n".join([*parts, name])
        + "\n</svg>\n"
    )


def table(path: Path) -> list[dict[str, float]]:
    with path.open(encoding="ascii", newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
