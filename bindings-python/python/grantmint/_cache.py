"""The grant cache by itself, for grants of any other service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grantmint import _sources
from grantmint._native import GrantCache as NativeCache
from grantmint.errors import GrantmintError, InvalidArgumentError, ThrottledError, UpstreamError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import timedelta

    from grantmint._native import Begun, Hit, Ticket, Waiter

__all__ = ["GrantCache"]


class GrantCache(NativeCache):
    """A cache of short-lived grants: of all who need one at a time, one fetches.

    ``get`` and ``get_async`` fetch with a function of yours. For full control there is ``begin``,
    which hands out the duty to fetch as a ticket.

    Args:
        policy: A CachePolicy, or a dict of its arguments.
        clock: A ManualClock, for tests.
        governed: Whether the cache has a budget of calls of its own: 20 at once and 10 a second. A
            cache that a PlaybackMinter uses has its account's.
    """

    __slots__ = ("__weakref__",)

    def get(
        self,
        key: str,
        fetch: Callable[..., Any],
        *,
        ttl: float | timedelta = 60.0,
        min_remaining: float | timedelta | None = None,
        timeout: float | timedelta | None = None,
    ) -> Hit:
        """A grant, fetched on this thread if nobody else does.

        Args:
            key: 1 to 512 bytes.
            fetch: ``fetch(key, *, ttl, origin, timeout)``, which returns a mapping with "grant"
                and, if it differs from what was asked for, "ttl" in seconds. ``origin`` is None.
            ttl: The life to ask for grants with, in seconds or as a timedelta.
            min_remaining: The least remaining life, in seconds or as a timedelta.
            timeout: How long to wait for somebody else's fetch, in seconds or as a timedelta; 5 if
                None.

        Raises:
            InvalidArgumentError: For the arguments, and for a coroutine function.
            UpstreamError: Of the fetch, shared by all who waited for it.
            DeadlineError: No grant came in time.
        """
        if _sources.is_coroutine(fetch):
            msg = "fetch is a coroutine function: use get_async()"
            raise InvalidArgumentError(msg)
        asking = self._ask(key, ttl=ttl, min_remaining=min_remaining, timeout=timeout)
        while True:
            begun = asking.begin()
            if begun.grant is not None:
                if begun.ticket is not None:
                    _refresh(begun.ticket, fetch)
                return begun.grant
            lead = _sources.Lead()
            if begun.ticket is not None:
                _run(begun.ticket, fetch, lead)
            try:
                return _waiter_of(begun).wait()
            except GrantmintError as error:
                if asking.goes_on(error.code):
                    continue
                if lead.error is not None and error.code == "source_failed":
                    raise error from lead.error
                raise

    async def get_async(
        self,
        key: str,
        fetch: Callable[..., Any],
        *,
        ttl: float | timedelta = 60.0,
        min_remaining: float | timedelta | None = None,
        timeout: float | timedelta | None = None,
    ) -> Hit:
        """As get, without blocking the event loop.

        A coroutine function runs as a task of its own, which cancelling the caller does not
        cancel; a plain function runs on the loop's executor.

        Args:
            key: As of get.
            fetch: As of get, def or async def.
            ttl: As of get.
            min_remaining: As of get.
            timeout: As of get.

        Raises:
            GrantmintError: As get.
        """
        asking = self._ask(key, ttl=ttl, min_remaining=min_remaining, timeout=timeout)
        while True:
            begun = asking.begin()
            lead = None if begun.ticket is None else _start(begun.ticket, fetch)
            if begun.grant is not None:
                return begun.grant
            from grantmint import _async

            waiter = _waiter_of(begun)
            try:
                return await _async.waited(waiter)
            except GrantmintError as error:
                if asking.goes_on(error.code):
                    continue
                if lead is not None and lead.error is not None and error.code == "source_failed":
                    raise error from lead.error
                raise
            finally:
                waiter.close()

    def try_get(
        self,
        key: str,
        fetch: Callable[..., Any] | None = None,
        *,
        ttl: float | timedelta = 60.0,
        min_remaining: float | timedelta | None = None,
    ) -> Hit | None:
        """A grant that is there now, or None; never waits.

        Args:
            key: As of get.
            fetch: As of get: sets off the fetch that is due, on a thread of the library's own. None
                fetches nothing. A coroutine function is run only by an event loop that runs here.
            ttl: As of get.
            min_remaining: As of get.

        Raises:
            InvalidArgumentError: For the arguments, and if there is no grant, and no event loop to
                run a coroutine function.
        """
        try:
            begun = self.begin(key, ttl=ttl, min_remaining=min_remaining)
        except InvalidArgumentError:
            raise
        except GrantmintError:
            return None
        is_run = True
        if begun.ticket is not None:
            if fetch is None:
                begun.ticket.abandon()
            else:
                is_run = _refresh(begun.ticket, fetch)
        grant = begun.grant if begun.grant is not None else _waiter_of(begun).fallback()
        if grant is None and not is_run:
            msg = "fetch is a coroutine function and no event loop runs"
            raise InvalidArgumentError(msg)
        return grant


def _waiter_of(begun: Begun) -> Waiter:
    """Whoever has no grant has a waiter."""
    assert begun.waiter is not None
    return begun.waiter


def _refresh(ticket: Ticket, fetch: Callable[..., Any]) -> bool:
    """Has a fetch run that nobody waits for; whether there is somebody to run it."""
    if not _sources.is_coroutine(fetch):
        _sources.in_background(lambda: _run(ticket, fetch, _sources.Lead()))
        return True
    try:
        _start(ticket, fetch)
    except RuntimeError:
        ticket.abandon()
        return False
    return True


def _run(ticket: Ticket, fetch: Callable[..., Any], lead: _sources.Lead) -> None:
    try:
        time = _wait_for_go(ticket)
    except GrantmintError:
        return  # whoever waits is told
    try:
        answer = _sources.checked(fetch(ticket.key, ttl=ticket.ttl, origin=None, timeout=time))
        ticket.complete(answer["grant"], answer.get("ttl"))
    except Exception as error:  # noqa: BLE001
        _fail(ticket, error, lead)
    except BaseException:
        ticket.abandon()
        raise


def _wait_for_go(ticket: Ticket) -> float:
    import time

    while True:
        what, seconds = ticket.start()
        if what == "go":
            return seconds
        time.sleep(seconds)


async def _await(ticket: Ticket, fetch: Callable[..., Awaitable[Any]], lead: _sources.Lead) -> None:
    import asyncio

    try:
        while True:
            what, seconds = ticket.start()
            if what == "go":
                break
            await asyncio.sleep(seconds)
    except GrantmintError:
        return  # whoever waits is told
    try:
        answer = await fetch(ticket.key, ttl=ticket.ttl, origin=None, timeout=seconds)
        ticket.complete(answer["grant"], answer.get("ttl"))
    except Exception as error:  # noqa: BLE001
        _fail(ticket, error, lead)
    except BaseException:
        ticket.abandon()
        raise


def _start(ticket: Ticket, fetch: Callable[..., Any]) -> _sources.Lead:
    """Runs a fetch beside the loop that runs now."""
    from grantmint import _async

    lead = _sources.Lead()
    if _sources.is_coroutine(fetch):
        _async.start_task(_await, ticket, fetch, lead)
    else:
        _async.start_call(_run, ticket, fetch, lead)
    return lead


def _fail(ticket: Ticket, error: Exception, lead: _sources.Lead) -> None:
    """Ends a fetch with what its function raised, which is noted before others know."""
    lead.error = error
    if isinstance(error, ThrottledError):
        after = error.retry_after
        ticket.fail(ThrottledError("the source of grants is throttled", retry_after=after))
    else:
        ticket.fail(UpstreamError(f"the source of grants raised {type(error).__name__}"))
