"""Fixtures. The tests run against the installed wheel, never against the source tree."""

from __future__ import annotations

from pathlib import Path

import grantmint
import hypothesis
import pytest
from grantmint import ApiKey
from support import KEY, REPOSITORY, Emulator

assert REPOSITORY / "bindings-python" not in Path(grantmint.__file__).parents

# No files are left behind, and a slow machine is no failure.
hypothesis.settings.register_profile("grantmint", database=None, deadline=None, print_blob=True)
hypothesis.settings.load_profile("grantmint")


@pytest.fixture
def emulator():
    emulator = Emulator()
    yield emulator
    emulator.close()


@pytest.fixture
def key() -> ApiKey:
    """The emulator's built-in key."""
    return ApiKey(*KEY)
