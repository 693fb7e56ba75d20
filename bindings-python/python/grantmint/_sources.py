"""Runs the host's functions that fetch grants, and tells what they raised."""

from __future__ import annotations

import functools
import sys
import threading
from types import MethodType
from typing import TYPE_CHECKING, Any

from grantmint.errors import InvalidArgumentError, ThrottledError

if TYPE_CHECKING:
    from collections.abc import Callable

    from grantmint._native import Job

#: The flag in a function's code that makes it a coroutine function.
_CO_COROUTINE = 0x80


def is_coroutine(fetch: Any) -> bool:
    """Whether a source is a coroutine function. Refuses what cannot be called."""
    if not callable(fetch):
        msg = "source must be a function, def or async def"
        raise InvalidArgumentError(msg)
    return _is_async(fetch) or _is_async(getattr(fetch, "__call__", None))  # noqa: B004


def _is_async(function: Any) -> bool:
    """As inspect.iscoroutinefunction, without importing inspect, which takes its time.

    While nobody has imported it, no function can be marked by it.
    """
    ask = getattr(sys.modules.get("inspect"), "iscoroutinefunction", None)
    if ask is not None:
        return bool(ask(function))
    while isinstance(function, (functools.partial, MethodType)):
        inner = "func" if isinstance(function, functools.partial) else "__func__"
        function = getattr(function, inner)
    flags = getattr(getattr(function, "__code__", None), "co_flags", 0)
    return bool(flags & _CO_COROUTINE)


class Function:
    """A source. Only its minter and the minter's streams keep it; all others refer to it weakly."""

    __slots__ = ("__weakref__", "fetch", "is_coroutine")

    def __init__(self, fetch: Callable[..., Any]) -> None:
        """Refuses what cannot be called."""
        self.is_coroutine = is_coroutine(fetch)
        self.fetch = fetch


class Call:
    """A source that was started, and the exception that it raised."""

    error: Exception | None = None


def run(job: Job, call: Call | None = None) -> Exception | None:
    """Runs a plain function for a fetch.

    Returns the exception that it raised. Notes it in call before the fetch ends, so that it is
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
        if call is not None:
            call.error = error
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


def report() -> None:
    """Shows the exception that is handled now as Python shows one that ends a thread."""
    raised = (*sys.exc_info(), threading.current_thread())
    threading.excepthook(threading.ExceptHookArgs(raised))
