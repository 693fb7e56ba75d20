"""Whether a process takes more and more memory, judged by how much it had at many moments."""

from __future__ import annotations

from itertools import combinations
from statistics import median

#: This share of a run fills caches, compiles what is called often and finds out how much room a heap needs. What
#: memory does meanwhile says nothing.
WARM_UP = 1 / 3
#: The last share of a run. What grows without end still does so there; what warms up late has settled.
LATE = 1 / 3
#: A slope that adds less than this until the end of the run is that of no leak: the larger of the two.
GROWTH_KIB, GROWTH_SHARE = 2048, 0.05
#: A slope of fewer moments says nothing.
FEWEST = 4

#: Seconds since the start, and KiB then.
Moment = tuple[float, float]


def growth(series: list[Moment]) -> float:
    """By how many KiB memory grew after the warm-up, if it goes on growing. Pauses of a collector, and a jump that stays,
    count for little: slopes are medians of those between all pairs."""
    start, end = series[0][0], series[-1][0]
    span = end - start
    warm = [moment for moment in series if moment[0] >= start + span * WARM_UP]
    late = [moment for moment in series if moment[0] >= end - span * LATE]
    return min(slope(warm), slope(late)) * (warm[-1][0] - warm[0][0])


def slope(series: list[Moment]) -> float:
    """The slope of Theil and Sen, in KiB a second."""
    assert len(series) >= FEWEST, f"{len(series)} looks at memory are too few"
    pairs = combinations(series, 2)
    return median((b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs if b[0] > a[0])


def allowed(series: list[Moment]) -> float:
    """How much growth is the noise of a process of this size."""
    return max(GROWTH_KIB, GROWTH_SHARE * median(kib for _, kib in series))
