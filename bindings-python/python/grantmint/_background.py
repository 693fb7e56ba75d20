"""Runs plain functions that no waiting thread runs, such as for a refresh, `prefetch` or a task.

Where threads are greenlets, a hub runs each as a greenlet. Elsewhere daemon threads do. While there
may be more of them, one is idle, so that a slow function holds up no other.
"""

from __future__ import annotations

import atexit
import threading
from typing import TYPE_CHECKING

from grantmint import _green, _sources, _unpatched
from grantmint._native import (
    Job,
    _call_in_background,
    _enter_background,
    _leave_background,
    _next_in_background,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from grantmint._native import LoopPort

#: As many functions run at the same time.
_MOST = 16
#: A thread ends after so many seconds without work, if another one is idle, too.
_IDLE = 60

#: Held while a thread is started, which switches to no other greenlet.
_guard = _unpatched.make_lock()
_threads = 0
_is_ending = False
#: The number of forks behind this process. It tells the threads of a child from its parent's.
_forks = 0
#: Held while any of the threads runs.
_runs = _unpatched.make_lock()


def ready() -> LoopPort | bool:
    """Sees to it that somebody will run the next function.

    Returns:
        The port of the hub that is to run it; else whether there is a thread to do so.
    """
    has_thread = _has_thread()
    try:
        port = _green.port_for_sources()
    except OSError:  # no descriptor is left for one
        return False
    return has_thread if port is None else port.native


def run(call: Callable[[], object]) -> bool:
    """Has something run in the hub of this thread, or on a background thread.

    Returns:
        Whether there is somebody to run it.
    """
    try:
        port = _green.port_for_sources()
    except OSError:  # no descriptor is left for one
        return False
    if port is not None:
        port.run_apart(call)
        return True
    if not _has_thread():
        return False
    _call_in_background(call)
    return True


def _has_thread() -> bool:
    """Starts the first thread, unless one runs; returns whether one does."""
    # Without a lock if that can be: a daemon thread that waits for one while the interpreter ends
    # would be ended inside of a call of the library, which ends the process.
    if _threads > 0 or _is_ending:
        return not _is_ending
    with _guard:
        return _threads > 0 or _start_thread()


def _start_thread() -> bool:
    """Starts a thread, if that can be.

    It is no `threading.Thread`, whose end fails if threads were patched after its start. Hubs have
    one too, for what comes when they have gone.
    """
    global _threads
    if _is_ending:
        return False
    is_up = _unpatched.make_lock()
    is_up.acquire()
    try:
        _unpatched.start_thread(_serve, (is_up,))
    except (RuntimeError, OSError, MemoryError):  # the process may have no more threads
        return False
    if _threads == 0:
        atexit.unregister(_end)
        atexit.register(_end)
        _runs.acquire(blocking=False)
    _threads += 1
    is_up.acquire()
    return True


def _serve(is_up: threading.Lock) -> None:
    try:
        if not _unpatched.threads_are_greenlets():
            threading.current_thread().name = "grantmint-source"
        _enter_background()
    finally:
        is_up.release()
    forks = _forks
    try:
        while not _is_ending and _serve_one() and forks == _forks:
            pass
    finally:
        # A task may have forked. The child has no such thread: this one was not counted there, and
        # ends, as Python's own threads do that fork and return.
        if forks == _forks:
            _leave()


def _serve_one() -> bool:
    """Waits for a task and does it; keeps nothing of it, such as the context of a request.

    Returns:
        Whether the thread is still needed.
    """
    task, all_busy = _next_in_background(_IDLE)
    if task is None:
        return all_busy
    if all_busy:
        _add_thread()
    _do(task)
    return True


def _add_thread() -> None:
    with _guard:
        if _threads < _MOST:
            _start_thread()


def _do(task: Job | Callable[[], object]) -> None:
    try:
        if isinstance(task, Job):
            _sources.run_apart(task)
        else:
            task()
    except BaseException:  # noqa: BLE001
        # Such as SystemExit. The thread must go on: others need it.
        try:  # noqa: SIM105
            _sources.report()
        except BaseException:  # noqa: BLE001, S110
            pass


def _leave() -> None:
    global _threads
    with _guard:
        _leave_background()
        _threads -= 1
        if _threads == 0:
            _runs.release()


def _end() -> None:
    """Ends the threads before the interpreter ends; waits for them for a second at most."""
    global _is_ending
    _is_ending = True
    for _ in range(_threads):
        _call_in_background(lambda: None)
    if _threads > 0:
        _runs.acquire(timeout=1)


def after_fork() -> None:
    """Forgets the parent's threads. Makes new locks: a thread of the parent may have held them."""
    global _forks, _guard, _runs, _threads
    _forks += 1
    _guard = _unpatched.make_lock()
    _runs = _unpatched.make_lock()
    _threads = 0
