"""The grant cache without a minter, for grants of any service."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from grantmint import _async, _sources
from grantmint._native import GrantCache as NativeCache
from grantmint._native import Hit
from grantmint._timedelta import timedelta
from grantmint.errors import GrantmintError, ThrottledError, UpstreamError
from grantmint.types import AsyncGrantFetch, GrantFetch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from grantmint._native import Asking, Begun, Ticket, Waiter

__all__ = ["GrantCache"]


class GrantCache(NativeCache):
    """A cache of short-lived grants. If many callers need the same grant, only one fetches it.

    ``get`` and ``get_async`` fetch with a function of yours. For full control use ``begin``, which
    returns a ticket: the right and the task to run one fetch.

    Args:
        policy: A CachePolicy, or a dict of its arguments.
        clock: A ManualClock, for tests.
        rate_limited: Whether the cache limits its fetches: 20 simultaneously, then 10 per second,
            and more while more are needed and none is answered with a 429. None means that it
            does if one of the three limits below is given. The cache of a PlaybackMinter is
            limited together with all others of its account.
        calls_per_second: As of PlaybackMinter.
        burst: As of PlaybackMinter.
        max_fetches: As of PlaybackMinter. A fetch of your own function does not count.
        fleet: As of PlaybackMinter, but a HostFleet or RedisFleet with a secret: a cache has no
            API key.
        namespace: What the keys are for, 1 to 128 bytes. The caches of a fleet that give the same
            share their grants.

    Raises:
        InvalidArgumentError: invalid_argument for the policy, the limits and the fleet, and for a
            limit together with rate_limited=False.

    Example:
        >>> def fetch(key, *, ttl, origin, timeout):
        ...     return {"grant": {"token": f"for {key}"}, "ttl": 3600}
        >>> cache = GrantCache()
        >>> cache.get("service", fetch, ttl=3600).grant
        '{"token":"for service"}'
    """

    __slots__ = ("__weakref__",)

    def get(
        self,
        key: str,
        fetch: GrantFetch,
        *,
        ttl: float | timedelta = 60.0,
        min_remaining: float | timedelta | None = None,
        timeout: float | timedelta | None = None,
    ) -> Hit:
        """A grant, fetched on this thread unless another caller fetches it.

        Args:
            key: 1 to 512 bytes.
            fetch: ``fetch(key, *, ttl, origin, timeout)``, which returns a mapping with "grant"
                and, if it is shorter than the requested one, "ttl" in seconds. ``origin`` is None.
                "grant" is text, or an object to write as JSON; Hit.grant is the text.
            ttl: The lifetime to request, 1 ms to 48 hours, in seconds or as a timedelta.
            min_remaining: How long the grant must still live, in seconds or as a timedelta.
            timeout: How long to wait for another caller's fetch, in seconds or as a timedelta; 5
                seconds if None.

        Raises:
            InvalidArgumentError: For the arguments, and for a coroutine function.
            UpstreamError: The fetch failed; all who waited for it get the same error.
            DeadlineError: No grant came in time.
            GrantmintError: overloaded, if the rate limit is reached or the cache is full.
        """
        if _is_coroutine(fetch):
            raise _sources.invalid("fetch", "is a coroutine function: use get_async()")
        asking = self._ask(key, ttl=ttl, min_remaining=min_remaining, timeout=timeout)
        while True:
            begun = asking.begin()
            if begun.grant is not None:
                if begun.ticket is not None:
                    _refresh(begun.ticket, fetch)
                return begun.grant
            call = _sources.Call()
            if begun.ticket is not None:
                _run(begun.ticket, fetch, call, asking)
            try:
                return _waiter_of(begun).wait()
            except GrantmintError as error:
                if asking.goes_on(error.code):
                    continue
                if call.error is not None and error.code == "source_failed":
                    raise error from call.error
                raise

    async def get_async(
        self,
        key: str,
        fetch: GrantFetch | AsyncGrantFetch,
        *,
        ttl: float | timedelta = 60.0,
        min_remaining: float | timedelta | None = None,
        timeout: float | timedelta | None = None,
    ) -> Hit:
        """As get, without blocking the event loop.

        A coroutine function runs as a task of its own. Cancelling the caller does not cancel it. A
        plain function runs on a background thread.

        Args:
            key: As of get.
            fetch: As of get; def or async def.
            ttl: As of get.
            min_remaining: As of get.
            timeout: As of get.

        Raises:
            GrantmintError: As get. unsupported if it has to wait and no loop of asyncio runs on
                this thread, as under trio.
        """
        asking = self._ask(key, ttl=ttl, min_remaining=min_remaining, timeout=timeout)
        while True:
            begun = asking.begin()
            if begun.grant is not None:
                if begun.ticket is not None:
                    _refresh(begun.ticket, fetch)
                return begun.grant
            call = None if begun.ticket is None else _start_on_loop(begun.ticket, fetch)
            waiter = _waiter_of(begun)
            try:
                return await _async.waited(waiter)
            except GrantmintError as error:
                if asking.goes_on(error.code):
                    continue
                if call is not None and call.error is not None and error.code == "source_failed":
                    raise error from call.error
                raise
            finally:
                waiter.close()

    def try_get(
        self,
        key: str,
        fetch: GrantFetch | AsyncGrantFetch | None = None,
        *,
        ttl: float | timedelta = 60.0,
        min_remaining: float | timedelta | None = None,
    ) -> Hit | None:
        """The grant that the cache has now, or None; never waits.

        Args:
            key: As of get.
            fetch: As of get. If a fetch is due it runs on the background thread, or as a greenlet
                where threads are greenlets; None fetches nothing. A coroutine function needs an
                event loop that runs on this thread.
            ttl: As of get.
            min_remaining: As of get.

        Raises:
            InvalidArgumentError: For the arguments. Also if there is no grant, fetch is a coroutine
                function and there is no event loop to run it.
        """
        grant, ticket = self._try_get(key, ttl=ttl, min_remaining=min_remaining)
        is_run = True
        if ticket is not None:
            if fetch is None:
                ticket.abandon()
            else:
                is_run = _refresh(ticket, fetch)
        if grant is None and not is_run:
            what = "is a coroutine function and no event loop runs: give a def, or use get_async()"
            raise _sources.invalid("fetch", what)
        return grant


def _is_coroutine(fetch: Callable[..., Any]) -> bool:
    """Whether a fetch argument is a coroutine function. Refuses what cannot be called."""
    return _sources.is_coroutine(fetch, "fetch")


def _waiter_of(begun: Begun) -> Waiter:
    """The waiter, which is there whenever there is no grant."""
    assert begun.waiter is not None
    return begun.waiter


def _refresh(ticket: Ticket, fetch: Callable[..., Any]) -> bool:
    """Starts a fetch that nobody waits for; returns whether there is somebody to run it."""
    if not _is_coroutine(fetch):
        _start_call(ticket, fetch, _sources.Call())
        return True
    if not _async.has_loop():
        ticket.abandon()
        return False
    _start(ticket, fetch)
    return True


def _run(
    ticket: Ticket, fetch: Callable[..., Any], call: _sources.Call, asking: Asking | None = None
) -> None:
    """Runs a fetch on this thread, for the caller if one waits."""
    try:
        seconds = _wait_for_go(ticket, asking)
    except GrantmintError:
        return  # the waiters are told
    except _TimeIsOver:
        # It goes on for others.
        _start_call(ticket, fetch, call)
        return
    if seconds is None:
        return
    try:
        # No local has the answer: this frame stays in the traceback of what complete raises.
        _sources.complete(ticket, fetch(ticket.key, ttl=ticket.ttl, origin=None, timeout=seconds))
    except Exception as error:  # noqa: BLE001
        _fail(ticket, error, call)
    except BaseException:
        ticket.abandon()
        raise


class _TimeIsOver(Exception):  # noqa: N818
    """The caller that waits on this thread has no time left."""


def _wait_for_go(ticket: Ticket, asking: Asking | None) -> float | None:
    """How many seconds the request has that may be sent now; None if it is not needed."""
    while True:
        what, seconds = ticket.start()
        if what == "go":
            return seconds
        if what == "served":
            return None
        left = None if asking is None else asking.time_left()
        if left == 0:
            raise _TimeIsOver
        time.sleep(seconds if left is None else min(seconds, left))


async def _await(ticket: Ticket, fetch: Callable[..., Awaitable[Any]], call: _sources.Call) -> None:
    import asyncio

    try:
        while True:
            what, seconds = ticket.start()
            if what == "go":
                break
            if what == "served":
                return
            await asyncio.sleep(seconds)
    except GrantmintError:
        return  # the waiters are told
    try:
        asked = fetch(ticket.key, ttl=ticket.ttl, origin=None, timeout=seconds)
        _sources.complete(ticket, await asked)
    except Exception as error:  # noqa: BLE001
        _fail(ticket, error, call)
    except BaseException:
        ticket.abandon()
        raise


def _start_on_loop(ticket: Ticket, fetch: Callable[..., Any]) -> _sources.Call:
    """Starts a fetch for a task that waits. Leaves it to others if no loop runs on this thread."""
    try:
        _async.running_loop()
    except GrantmintError:
        ticket.abandon()
        raise
    return _start(ticket, fetch)


def _start(ticket: Ticket, fetch: Callable[..., Any]) -> _sources.Call:
    """Starts a fetch as a task of the loop that runs now, or on a background thread."""
    call = _sources.Call()
    if _is_coroutine(fetch):
        _async.start_task(_await, ticket, fetch, call)
    else:
        _start_call(ticket, fetch, call)
    return call


def _start_call(ticket: Ticket, fetch: Callable[..., Any], call: _sources.Call) -> None:
    """Starts a plain function on a background thread."""
    if not _async.run_in_background(_run, ticket, fetch, call):
        ticket._refuse()


def _fail(ticket: Ticket, error: Exception, call: _sources.Call) -> None:
    """Ends a fetch with what its function raised, after noting it for the caller that ran it."""
    call.error = error
    if isinstance(error, ThrottledError):
        after = error.retry_after
        ticket.fail(ThrottledError("the source of grants is throttled", retry_after=after))
    else:
        ticket.fail(UpstreamError(_sources.told(error, "fetch", "key")))
