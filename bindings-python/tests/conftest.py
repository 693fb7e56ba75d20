"""Fixtures. The tests run against the installed wheel, never against the source tree."""

from __future__ import annotations

import pytest
from grantmint import ApiKey
from support import KEY, Emulator


@pytest.fixture
def emulator():
    emulator = Emulator()
    yield emulator
    emulator.close()


@pytest.fixture
def key() -> ApiKey:
    """The emulator's built-in key."""
    return ApiKey(*KEY)
