"""Runs the host's functions that fetch grants, and tells what they raised."""

from __future__ import annotations

import contextvars
import functools
import sys
import threading
from types import MethodType
from typing import TYPE_CHECKING, Any

from grantmint._native import _check_answer_field
from grantmint.errors import GrantmintError, InvalidArgumentError, ThrottledError, _from_core

if TYPE_CHECKING:
    from collections.abc import Callable

    from grantmint._native import Job, Ticket

#: The flag in a function's code that makes it a coroutine function.
_CO_COROUTINE = 0x80
_MUST_RETURN = 'must return {"grant": …, "ttl": seconds}'


def is_coroutine(fetch: Any, name: str = "source") -> bool:
    """Whether a source, the argument of this name, is a coroutine function.

    Refuses what cannot be called.
    """
    if not callable(fetch):
        came = None if fetch is None else type(fetch).__name__
        raise invalid(name, f"must be a function, def or async def, not {came}")
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

    __slots__ = ("__weakref__", "context", "fetch", "is_coroutine")

    def __init__(self, fetch: Callable[..., Any]) -> None:
        """Refuses what cannot be called."""
        self.is_coroutine = is_coroutine(fetch)
        self.fetch = fetch
        #: What runs for no caller runs in the context that the minter was made in.
        self.context = contextvars.copy_context()


class Call:
    """A source that was started, and the exception that it raised."""

    error: Exception | None = None


def run_apart(job: Job) -> None:
    """Runs a plain function for a fetch that no caller runs, in the context of its minter."""
    context_of(job).run(run, job)


def context_of(job: Job) -> contextvars.Context:
    """A context for a fetch that no caller runs: a copy of the one that its minter was made in."""
    context = job.context
    return contextvars.Context() if context is None else context.copy()


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
        timeout = job.start()
        if timeout is None:
            return None
        # No local has the answer: this frame stays in the traceback of what complete raises.
        complete(job, fetch(job.streamer, ttl=job.ttl, origin=job.origin, timeout=timeout))
    except Exception as error:  # noqa: BLE001
        if call is not None:
            call.error = error
        fail(job, error)
        return error
    except BaseException:
        job.abandon()
        raise
    return None


class WrongAnswerError(TypeError):
    """What a source returned is no answer. Its text holds nothing of the answer."""


def complete(fetch: Job | Ticket, answer: Any) -> None:
    """Ends a fetch with what its source returned. Refuses what is no answer.

    No frame in the traceback keeps the answer, which may hold a grant: some programs send away the
    locals of all frames.
    """
    handled = sys.exc_info()[1]
    try:
        _complete(fetch, answer)
    except BaseException as error:
        _clear_frames(error, handled)
        raise
    finally:
        del answer


def _clear_frames(error: BaseException, handled: BaseException | None) -> None:
    """Empties the frames that an exception came through, and those behind it.

    What the caller was handling before is its own, and stays as it is.
    """
    seen = {id(handled)}
    left: list[BaseException | None] = [error]
    while left:
        one = left.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        left += (one.__cause__, one.__context__)
        trace = one.__traceback__
        while trace is not None:
            try:  # noqa: SIM105
                trace.tb_frame.clear()
            except RuntimeError:  # it still runs, and is that of complete
                pass
            trace = trace.tb_next


def _complete(fetch: Job | Ticket, answer: Any) -> None:
    if not hasattr(answer, "get") or not hasattr(answer, "__getitem__"):
        raise WrongAnswerError(_no_answer(answer))
    try:
        grant = answer["grant"]
    except KeyError:
        raise WrongAnswerError(_no_grant(answer)) from None
    wrong = _wrong_field(answer)
    if wrong is not None:
        raise WrongAnswerError(f"{_MUST_RETURN}; {wrong}")
    ttl = answer.get("ttl")
    try:
        fetch.complete(grant, ttl)
    except (TypeError, InvalidArgumentError) as error:
        # These are of the package itself: they say names, types and numbers.
        what = error.message if isinstance(error, InvalidArgumentError) else str(error)
        raise WrongAnswerError(f"{_MUST_RETURN}; its {what}") from error


def _no_answer(answer: Any) -> str:
    if hasattr(answer, "__await__"):
        if hasattr(answer, "close"):
            answer.close()
        return f"{_MUST_RETURN}, not an awaitable: make it an async def"
    came = None if answer is None else type(answer).__name__
    advice = ": write response.json()" if hasattr(answer, "status_code") else ""
    return f"{_MUST_RETURN}, not {came}{advice}"


def _no_grant(answer: Any) -> str:
    if "access_token" in answer:
        what = f'{_MUST_RETURN}, not {type(answer).__name__} without "grant"'
        return f'{what}: write {{"grant": body["access_token"], "ttl": body["expires_in"]}}'
    wrong = _wrong_field(answer)
    if wrong is not None:
        return f"{_MUST_RETURN}; {wrong}"
    return f'{_MUST_RETURN}, not {type(answer).__name__} without "grant"'


def _wrong_field(answer: Any) -> str | None:
    """What is wrong with the names of an answer's fields, if anything."""
    try:
        for name in getattr(answer, "keys", tuple)():
            _check_answer_field(name if isinstance(name, str) else "")
    except InvalidArgumentError as error:
        return error.message
    return None


def fail(job: Job, error: Exception) -> None:
    """Ends a fetch with what its source raised."""
    if isinstance(error, ThrottledError):
        job.throttle(error.retry_after)
    else:
        job.fail(told(error, "source", "streamer"))


def told(error: Exception, name: str, first: str) -> str:
    """What all waiters are told of an error: not its own text, which may hold a secret.

    The name is that of the argument which the source came as, and first that of its first argument.
    """
    if isinstance(error, WrongAnswerError):
        return f"{name} {error}"
    if isinstance(error, TypeError) and not _came_from_within(error):
        return f"{name} must accept ({first}, *, ttl, origin, timeout); the call raised TypeError"
    return f"{name} raised {type(error).__name__}"


def _came_from_within(error: Exception) -> bool:
    """Whether a function raised it, and not the call: the traceback goes on below our own frame."""
    return error.__traceback__ is not None and error.__traceback__.tb_next is not None


def invalid(name: str, what: str) -> GrantmintError:
    """The error for an argument that is refused here, before core sees it."""
    return _from_core("invalid_argument", f"{name} {what}", None, name)


def report() -> None:
    """Shows the exception that is handled now as Python shows one that ends a thread."""
    raised = (*sys.exc_info(), threading.current_thread())
    threading.excepthook(threading.ExceptHookArgs(raised))
