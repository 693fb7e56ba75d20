"""Runs programs, and notes how long each stage took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tooling.places import TARGET

#: How long each stage took, in seconds.
_took: dict[str, float] = {}


def run(*command: object, **options: object) -> None:
    """Prints a command and runs it; ends this program if it fails."""
    words = [str(word) for word in command]
    print("+", *words, flush=True)
    ended = subprocess.run(words, check=False, **options)  # type: ignore[call-overload]
    if ended.returncode:
        sys.exit(f"{words[0]} ended with {ended.returncode}")


def environment(**more: str) -> dict[str, str]:
    """The environment variables for a program, with some more."""
    return {**os.environ, "CARGO_TARGET_DIR": str(TARGET), **more}


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Notes how long what it encloses takes."""
    start = time.monotonic()
    yield
    _took[name] = _took.get(name, 0) + time.monotonic() - start


def report() -> None:
    """Prints how long each stage took."""
    for name, seconds in _took.items():
        print(f"{seconds:6.1f} s  {name}")
    print(f"{sum(_took.values()):6.1f} s  in all")
