"""Runs the host's functions that fetch grants.

A plain function runs on the thread of a caller that waits for its grant. If no caller waits, it
runs on the background thread, a daemon thread of which there is one.
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
    """Whether a source is a coroutine function. Refuses what cannot be called."""
    if not callable(fetch):
        msg = "source must be a function, def or async def"
        raise InvalidArgumentError(msg)
    import inspect

    if inspect.iscoroutinefunction(fetch):
        return True
    return inspect.iscoroutinefunction(getattr(fetch, "__call__", None))  # noqa: B004


class Function:
    """A source. Only its minter and the minter's streams keep it; all others refer to it weakly."""

    __slots__ = ("__weakref__", "fetch", "is_coroutine")

    def __init__(self, fetch: Callable[..., Any]) -> None:
        """Refuses what cannot be called."""
        self.is_coroutine = is_coroutine(fetch)
        self.fetch = fetch


class Lead:
    """A source that was started, and the exception that it raised."""

    error: Exception | None = None


def run(job: Job, lead: Lead | None = None) -> Exception | None:
    """Runs a plain function for a fetch.

    Returns the exception that it raised. Notes it in lead before the fetch ends, so that it is
    there when a caller is told of the end.
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
    """What a source returned. Refuses an awaitable."""
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
    """Starts the background thread, unless it runs."""
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


def in_background(call: Callable[[], object]) -> None:
    """Runs something on the background thread."""
    ensure_thread()
    _call_in_background(call)


def _serve() -> None:
    while not _ending:
        task = _next_in_background(3600)
        try:
            if isinstance(task, Job):
                run(task)
            elif task is not None:
                task()
        except BaseException:  # noqa: BLE001
            # Such as SystemExit. The thread must go on: others need it.
            _report()


def _report() -> None:
    """Shows the exception as Python shows one that ends a thread."""
    import sys
    import threading

    raised = (*sys.exc_info(), threading.current_thread())
    threading.excepthook(threading.ExceptHookArgs(raised))


def _end() -> None:
    """Ends the background thread before the interpreter ends; waits for it for a second at most."""
    global _ending
    _ending = True
    thread = _thread_of
    if thread is not None:
        _call_in_background(lambda: None)
        thread.join(1)


def after_fork() -> None:
    """Forgets the parent's thread. Makes a new guard: a thread of the parent may have held it."""
    global _guard, _thread_of
    _guard = _thread.allocate_lock()
    _thread_of = None
