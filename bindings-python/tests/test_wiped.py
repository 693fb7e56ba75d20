"""What SECURITY.md says is wiped is not in the native half's memory afterwards."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).with_name("wiped_programs.py")

pytestmark = pytest.mark.skipif(
    platform.system() != "Linux" or platform.libc_ver()[0] != "glibc",
    reason="only Linux shows a process its memory, and only glibc's is known well enough",
)


@pytest.mark.parametrize(
    "program",
    [
        "the_control",
        "the_secret_of_a_key",
        "what_a_token_minter_holds",
        "tokens_that_were_handed_out",
        "a_token_of_another_service",
        "what_a_playback_minter_holds",
        "the_grants_of_a_cache",
    ],
)
def test_what_is_wiped_is_gone(program):
    env = {name: value for name, value in os.environ.items() if name != "PYTHONMALLOC"}
    ran = subprocess.run(
        [sys.executable, PROGRAMS, program],
        env={**env, "MALLOC_ARENA_MAX": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
