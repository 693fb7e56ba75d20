"""A minter for each request: what the next one finds, and who is told of it."""

from __future__ import annotations

import subprocess
import sys
import time

import grantmint
import pytest
from grantmint import GrantmintError, PlaybackMinter

STREAMER = "VJ00000000000000000000000000000001"


def handle(emulator, key, streamer: str = STREAMER) -> str:
    """What a handler does that makes a minter of its own."""
    return PlaybackMinter(key, base_url=emulator.base_url).token(streamer, "alice").jwt


@pytest.mark.filterwarnings("ignore:a PlaybackMinter was made:RuntimeWarning")
def test_fifty_requests_cost_one_call(emulator, key):
    for _ in range(50):
        handle(emulator, key)
        time.sleep(0.01)
    for _ in range(10):
        with PlaybackMinter(key, base_url=emulator.base_url) as live:
            live.token(STREAMER, "alice")
    assert emulator.calls == 1


def test_forget_wipes_what_no_minter_uses(emulator, key):
    handle(emulator, key)
    kept = PlaybackMinter(key, base_url=emulator.base_url)
    grantmint.forget()
    kept.token(STREAMER, "alice")
    assert emulator.calls == 1
    del kept
    grantmint.forget()
    handle(emulator, key)
    assert emulator.calls == 2


def test_purge_then_close_leaves_no_grant(emulator, key):
    with PlaybackMinter(key, base_url=emulator.base_url) as live:
        live.token(STREAMER, "alice")
        live.purge()
    with pytest.raises(GrantmintError):
        live.token(STREAMER, "alice")
    handle(emulator, key)
    assert emulator.calls == 2


# In a process of its own: the warning is given once.
WARNED = """
import warnings
from grantmint import ApiKey, PlaybackMinter
key = ApiKey("AC" + "1" * 32, "SK" + "2" * 32, "a secret of thirty-two characters")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for _ in range(100):
        PlaybackMinter(key)
assert [warning.category for warning in caught] == [RuntimeWarning], caught
print(caught[0].message, caught[0].filename)
"""


def test_a_program_that_makes_a_minter_for_each_request_is_warned_once():
    program = [sys.executable, "-c", WARNED]
    ran = subprocess.run(program, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "make one minter and keep it" in ran.stdout
    assert "<string>" in ran.stdout, "the warning points at the program"
