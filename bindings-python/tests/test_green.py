"""gevent and eventlet: a greenlet that waits lets the others go on.

What is patched is patched for a whole process, so each test runs some programs in one of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).with_name("green_programs.py")
CROWDS = ("crowd_with_source", "crowd_of_a_stream", "crowd_of_a_cache", "waiter")
ENDS = ("ends", "killed_in_its_source", "times_out", "raises", "called_by_the_hub")

libraries = pytest.mark.parametrize("library", ["gevent", "eventlet"])


def run(library, patched, *programs, **env):
    """Runs programs one after the other in one process; returns what they wrote and the status."""
    command = [sys.executable, "-W", "ignore", PROGRAMS, library, patched, *programs]
    env = {**os.environ, **env}
    try:
        ended = subprocess.run(
            command, capture_output=True, check=False, text=True, timeout=40, env=env
        )
    except subprocess.TimeoutExpired as hung:
        pytest.fail(f"hangs: {hung.stdout!r} {hung.stderr!r}")
    return ended.stdout + ended.stderr, ended.returncode


def succeeds(*words, **env):
    shown, status = run(*words, **env)
    assert status == 0, shown


@libraries
def test_one_greenlet_with_one_source(library):
    succeeds(library, "at_first", "one")


@libraries
def test_a_crowd_makes_one_call_and_holds_nobody_up(library):
    succeeds(library, "at_first", *CROWDS)


@libraries
def test_a_crowd_of_the_built_in_client(emulator, library):
    emulator.ask("faults", {"kind": "latency", "ms": 200})
    succeeds(library, "at_first", "crowd_with_client", BASE_URL=emulator.base_url)


@libraries
def test_a_crowd_of_credentials_and_ice_servers(emulator, library):
    emulator.ask("faults", {"kind": "latency", "ms": 200})
    crowds = ("crowd_of_a_credential", "crowd_of_ice_servers")
    succeeds(library, "at_first", *crowds, BASE_URL=emulator.base_url)


@libraries
@pytest.mark.parametrize(
    "program", ["a_credential_times_out_and_is_killed", "forks_with_a_credential"]
)
def test_a_greenlet_that_waits_for_a_credential(emulator, library, program):
    emulator.ask("faults", {"kind": "latency", "ms": 300})
    succeeds(library, "at_first", program, BASE_URL=emulator.base_url)


@libraries
def test_what_no_caller_waits_for_runs_in_the_hub(library):
    succeeds(library, "at_first", "without_a_caller", "kept_warm")


@libraries
def test_whatever_ends_a_wait(library):
    succeeds(library, "at_first", *ENDS)


@libraries
def test_threads_and_loops_beside_the_hub(library):
    succeeds(library, "at_first", "beside_threads", "with_asyncio")


@libraries
def test_a_fork_while_greenlets_wait(library):
    succeeds(library, "at_first", "forks")


@libraries
def test_nothing_is_left_behind(library):
    succeeds(library, "at_first", "many_rounds")


def test_nothing_is_left_of_hubs_that_are_destroyed():
    succeeds("gevent", "at_first", "hubs_of_threads", "waits_for_all")


@libraries
def test_the_process_ends_while_greenlets_wait(library):
    shown, status = run(library, "at_first", "ends_while_others_wait")
    assert status == 7, shown


@pytest.mark.parametrize("patched", ["late", "after_use", "never"])
@libraries
def test_patched_at_any_time(library, patched):
    programs = ("crowd_with_source", "waiter", "without_a_caller", "beside_threads", "times_out")
    succeeds(library, patched, "one", *programs)
