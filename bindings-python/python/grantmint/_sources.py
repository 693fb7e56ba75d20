"""Runs the sources of grants that the host wrote.

A plain function runs on the thread of a caller that waits for it; what nobody waits for runs on one
daemon thread of its own.
"""

from __future__ import annotations

import _thread
from typing import TYPE_CHECKING, Any

from grantmint._native import Job, _call_in_background, _next_in_background
from grantmint.errors import InvalidArgumentError, ThrottledError

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

_guard = _thread.allocate_lock()
_thread_of: threading.Thread | None = None
_ending = False


def is_coroutine(fetch: Any) -> bool:
    """Whether a source is to be awaited. Refuses what cannot be called."""
    if not callable(fetch):
        msg = "source must be a function, def or async def"
        raise InvalidArgumentError(msg)
    import inspect

    if inspect.iscoroutinefunction(fetch):
        return True
    return inspect.iscoroutinefunction(getattr(fetch, "__call__", None))  # noqa: B004


class Function:
    """A source, owned by a minter and its streams: whatever else runs it refers to this weakly."""

    __slots__ = ("__weakref__", "fetch", "is_coroutine")

    def __init__(self, fetch: Callable[..., Any]) -> None:
        """Refuses what cannot be called."""
        self.is_coroutine = is_coroutine(fetch)
        self.fetch = fetch


class Lead:
    """A source that was set off, and what it raised."""

    error: Exception | None = None


def run(job: Job, lead: Lead | None = None) -> Exception | None:
    """Runs a plain function for a fetch.

    Returns what it raised, and notes that before others learn of it.
    """
    fetch = job.fetch
    if fetch is None:
        job.abandon()
        return None
    try:
        answer = fetch(job.streamer, ttl=job.ttl, origin=job.origin, timeout=job.timeout)
        job.complete(checked(answer))
    except Exception as error:  # noqa: BLE001
        if lead is not None:
            lead.error = error
        fail(job, error)
        return error
    except BaseException:
        job.abandon()
        raise
    return None


def checked(answer: Any) -> Any:
    """What a source returned, if it can hold a grant."""
    if hasattr(answer, "__await__"):
        if hasattr(answer, "close"):
            answer.close()
        msg = "the source returned an awaitable: make it an async def"
        raise TypeError(msg)
    return answer


def fail(job: Job, error: Exception) -> None:
    """Ends a fetch with what its source raised."""
    if isinstance(error, ThrottledError):
        job.throttle(error.retry_after)
    else:
        job.fail(type(error).__name__)


def ensure_thread() -> None:
    """Starts the thread for what nobody waits for, unless it runs."""
    global _thread_of
    with _guard:
        if _thread_of is None and not _ending:
            import atexit
            import threading

            atexit.unregister(_end)
            atexit.register(_end)
            thread = threading.Thread(target=_serve, name="grantmint-source", daemon=True)
            thread.start()
            _thread_of = thread


def in_background(errand: Callable[[], object]) -> None:
    """Has something run on that thread."""
    ensure_thread()
    _call_in_background(errand)


def _serve() -> None:
    while not _ending:
        errand = _next_in_background(3600)
        try:
            if isinstance(errand, Job):
                run(errand)
            elif errand is not None:
                errand()
        except BaseException:  # noqa: BLE001
            # A SystemExit, say. The errands of all others need this thread to go on.
            _report()


def _report() -> None:
    """Shows what ended an errand, as if it had ended a thread."""
    import sys
    import threading

    raised = (*sys.exc_info(), threading.current_thread())
    threading.excepthook(threading.ExceptHookArgs(raised))


def _end() -> None:
    """Lets the thread go before the interpreter does, unless a function keeps it."""
    global _ending
    _ending = True
    thread = _thread_of
    if thread is not None:
        _call_in_background(lambda: None)
        thread.join(1)


def after_fork() -> None:
    """A child has no such thread, and whoever held the guard is gone."""
    global _guard, _thread_of
    _guard = _thread.allocate_lock()
    _thread_of = None
