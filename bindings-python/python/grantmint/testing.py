"""Doors for tests of whatever uses grantmint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantmint._native import ManualClock, _simulate_fork

if TYPE_CHECKING:
    from grantmint._cache import GrantCache

__all__ = ["ManualClock", "simulate_fork"]


def simulate_fork(cache: GrantCache) -> None:
    """Makes a cache behave from now on as in a forked child.

    Only grants that are still good are taken over.

    Args:
        cache: The cache.
    """
    _simulate_fork(cache)
