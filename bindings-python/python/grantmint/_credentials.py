"""Credentials and ICE servers: the native classes, with what needs Python added."""

from __future__ import annotations

import functools
from types import TracebackType
from typing import TypeVar

from grantmint import _async
from grantmint._cache import GrantCache
from grantmint._native import Credential as NativeCredential
from grantmint._native import IceCredentials, Issued
from grantmint._native import IceServers as NativeServers
from grantmint._timedelta import timedelta

__all__ = ["Credential", "IceServers"]

# See _minters.
_Credential = TypeVar("_Credential", bound=NativeCredential)
_Servers = TypeVar("_Servers", bound=NativeServers)


class Credential(NativeCredential):
    """A short-lived credential of a service, fetched once and shared by all who need one.

    It is refreshed ahead, with one request for any number of callers. Make one, keep it, and use it
    from all threads, tasks and event loops. Those of one source in one process share their cache,
    as PlaybackMinters do.

    Args:
        source: A RestSource, which oauth2() makes, too.
        use: "request": each is used for one request, immediately. "session": each is handed to a
            client that goes on with it, such as a call.
        session: For how long, in seconds or as a timedelta; half of the lifetime if None. Where it
            is given, use is "session".
        min_remaining: The least remaining lifetime of what is handed out, in seconds or as a
            timedelta, at most half of the lifetime; by default a twelfth of it, and 30 s at most
            unless for a session.
        timeout: How long a call waits, in seconds or as a timedelta; 5 seconds if None.
        cache: A GrantCache to use.
        share: A name of 1 to 128 bytes. Those of the same secrets at the same origin with the same
            name share one cache.
        isolated: Whether nobody else shares the cache.
        policy: A CachePolicy, or a dict of its arguments.
        fleet: As of PlaybackMinter.
        calls_per_second: As of PlaybackMinter.
        burst: As of PlaybackMinter.
        max_fetches: As of PlaybackMinter.
        clock: A ManualClock, for tests.

    Raises:
        InvalidArgumentError: An argument is out of range, or two cannot be combined.

    Example:
        >>> token = Credential(oauth2("https://idp.example.com/token", "my app", "its secret"))
        >>> token.stats().fetches
        0
    """

    __slots__ = ("__weakref__",)

    async def get_async(
        self,
        key: str | None = None,
        *,
        min_remaining: float | timedelta | None = None,
        timeout: float | timedelta | None = None,
    ) -> Issued:
        """As get, without blocking the event loop.

        Cancelling the task ends its wait, never the fetch that others wait for.

        Args:
            key: As of get.
            min_remaining: As of get.
            timeout: As of get.

        Raises:
            GrantmintError: As get. unsupported if it has to wait and no loop of asyncio runs on
                this thread, as under trio.
        """
        begun = self._begin(key, min_remaining, timeout)
        if isinstance(begun, Issued):
            return begun
        there = functools.partial(self.try_get, key, min_remaining=min_remaining)
        return await _async.issued(begun, there)

    def cache(self) -> GrantCache:
        """The cache of this credential, to give to others as cache=.

        Raises:
            GrantmintError: closed.
        """
        return GrantCache(_parts=self._cache())

    def __enter__(self: _Credential) -> _Credential:  # noqa: PYI019
        """Returns the credential itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the credential."""
        self.close()


class IceServers(NativeServers):
    """ICE servers for browsers, with short-lived credentials.

    All callers share one, or each user has one of their own. Class methods make it: ``twilio``,
    ``twilio_account``, ``cloudflare``, ``coturn`` for a server of your own, and ``rest`` for any
    other service. Make one, keep it, and use it from all threads, tasks and event loops.

    Hand them out to users who have signed in: whoever has a credential can relay through the
    servers until it ends.

    Example:
        >>> servers = IceServers.coturn("static-auth-secret", ["turn:turn.example:3478"])
        >>> sorted(servers.get("alice").to_dict())
        ['expiresIn', 'iceServers']
    """

    __slots__ = ("__weakref__",)

    async def get_async(
        self,
        identity: str | None = None,
        *,
        min_remaining: float | timedelta | None = None,
        timeout: float | timedelta | None = None,
    ) -> IceCredentials:
        """As get, without blocking the event loop.

        Cancelling the task ends its wait, never the fetch that others wait for.

        Args:
            identity: As of get.
            min_remaining: As of get.
            timeout: As of get.

        Raises:
            GrantmintError: As get. unsupported if it has to wait and no loop of asyncio runs on
                this thread, as under trio.
        """
        begun = self._begin(identity, min_remaining, timeout)
        if isinstance(begun, IceCredentials):
            return begun
        there = functools.partial(self.try_get, identity, min_remaining=min_remaining)
        return await _async.issued(begun, there)

    def __enter__(self: _Servers) -> _Servers:  # noqa: PYI019
        """Returns the servers themselves."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes them."""
        self.close()
