"""Warns at the line of the program that called this package."""

from __future__ import annotations

import sys

_OURS = __name__.rpartition(".jwt.")[0]


def warn(message: str, category: type[Warning]) -> None:
    """Warns at the innermost calling line outside this package."""
    import warnings

    frame, level = sys._getframe(1).f_back, 3
    while frame and str(frame.f_globals.get("__name__")).startswith(_OURS):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)
