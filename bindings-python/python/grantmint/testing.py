"""Help for tests of programs that use grantmint."""

from __future__ import annotations

from grantmint._cache import GrantCache
from grantmint._native import ManualClock, _simulate_fork

__all__ = ["ManualClock", "simulate_fork"]


def simulate_fork(cache: GrantCache) -> None:
    """Makes a cache behave as in a forked child from now on.

    It keeps the grants that are still good, and nothing else.

    Args:
        cache: The cache.
    """
    _simulate_fork(cache)
