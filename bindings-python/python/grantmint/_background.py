"""Runs plain functions that no caller waits for, such as for a refresh or `prefetch`.

Where threads are greenlets, a hub runs each as a greenlet. Elsewhere the background thread does, a
daemon thread of which there is one.
"""

from __future__ import annotations

import atexit
import threading
from typing import TYPE_CHECKING

from grantmint import _green, _sources, _unpatched
from grantmint._native import Job, _call_in_background, _next_in_background

if TYPE_CHECKING:
    from collections.abc import Callable

    from grantmint._native import LoopPort

#: Held while the thread is started, which switches to no other greenlet.
_guard = _unpatched.make_lock()
_is_started = False
_is_ending = False
#: Held by the background thread while it runs.
_runs = _unpatched.make_lock()


def ready() -> LoopPort | None:
    """Sees to it that somebody will run the next function.

    Returns:
        The port of the hub that is to run it; None for the background thread.
    """
    _start_thread()
    port = _green.port_for_sources()
    return None if port is None else port.native


def run(call: Callable[[], object]) -> None:
    """Runs something in the hub of this thread, or on the background thread."""
    port = _green.port_for_sources()
    if port is not None:
        port.run_apart(call)
        return
    _start_thread()
    _call_in_background(call)


def _start_thread() -> None:
    """Starts the background thread, unless it runs.

    It is no `threading.Thread`, whose end fails if threads were patched after its start. Hubs have
    one too, for what comes when they have gone.
    """
    global _is_started
    with _guard:
        if _is_started or _is_ending:
            return
        atexit.unregister(_end)
        atexit.register(_end)
        is_up = _unpatched.make_lock()
        is_up.acquire()
        _unpatched.start_thread(_serve, (is_up,))
        _is_started = True
        is_up.acquire()


def _serve(is_up: threading.Lock) -> None:
    with _runs:
        if not _unpatched.threads_are_greenlets():
            threading.current_thread().name = "grantmint-source"
        is_up.release()
        while not _is_ending:
            task = _next_in_background(3600)
            try:
                if isinstance(task, Job):
                    _sources.run(task)
                elif task is not None:
                    task()
            except BaseException:  # noqa: BLE001
                # Such as SystemExit. The thread must go on: others need it.
                _sources.report()


def _end() -> None:
    """Ends the background thread before the interpreter ends; waits for it for a second at most."""
    global _is_ending
    _is_ending = True
    if _is_started:
        _call_in_background(lambda: None)
        _runs.acquire(timeout=1)


def after_fork() -> None:
    """Forgets the parent's thread. Makes new locks: a thread of the parent may have held them."""
    global _guard, _is_started, _runs
    _guard = _unpatched.make_lock()
    _runs = _unpatched.make_lock()
    _is_started = False
