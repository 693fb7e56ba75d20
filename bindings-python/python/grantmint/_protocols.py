"""What functions take and return that fetch grants, for annotations and type checkers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

__all__ = ["AsyncGrantFetch", "AsyncGrantSource", "GrantFetch", "GrantSource"]


class GrantSource(Protocol):
    """The source= of a PlaybackMinter: a def.

    Example:
        >>> def fetch(streamer: str, *, ttl: int, **more: object) -> dict[str, object]:
        ...     return {"grant": {"for": streamer}, "ttl": ttl}
        >>> source: GrantSource = fetch
        >>> PlaybackMinter(key, source=source).token(streamer, "alice").freshness
        'fresh'
    """

    def __call__(
        self, streamer: str, /, *, ttl: int, origin: str | None, timeout: float
    ) -> Mapping[str, object]:
        """Fetches a grant.

        Args:
            streamer: The stream.
            ttl: The lifetime to request, in seconds.
            origin: The web origin to allow; any if None.
            timeout: How many seconds it may take.

        Returns:
            A mapping with "grant" and, if it differs from the requested one, "ttl" in seconds.
        """
        ...


class AsyncGrantSource(Protocol):
    """The source= of a PlaybackMinter: an async def.

    Example:
        >>> async def fetch(streamer: str, *, ttl: int, **more: object) -> dict[str, object]:
        ...     return {"grant": {"for": streamer}, "ttl": ttl}
        >>> source: AsyncGrantSource = fetch
        >>> minter = PlaybackMinter(key, source=source)
        >>> asyncio.run(minter.token_async(streamer, "alice")).freshness
        'fresh'
    """

    def __call__(
        self, streamer: str, /, *, ttl: int, origin: str | None, timeout: float
    ) -> Awaitable[Mapping[str, object]]:
        """Fetches a grant; see GrantSource."""
        ...


class GrantFetch(Protocol):
    """The fetch= of a GrantCache: a def.

    Example:
        >>> def ask(key: str, *, ttl: float, **more: object) -> dict[str, object]:
        ...     return {"grant": f"for {key}", "ttl": ttl}
        >>> fetch: GrantFetch = ask
        >>> GrantCache().get("service", fetch).grant
        'for service'
    """

    def __call__(
        self, key: str, /, *, ttl: float, origin: None, timeout: float
    ) -> Mapping[str, object]:
        """Fetches a grant.

        Args:
            key: The key.
            ttl: The lifetime to request, in seconds.
            origin: Always None.
            timeout: How many seconds it may take.

        Returns:
            A mapping with "grant" and, if it differs from the requested one, "ttl" in seconds.
        """
        ...


class AsyncGrantFetch(Protocol):
    """The fetch= of a GrantCache: an async def.

    Example:
        >>> async def ask(key: str, *, ttl: float, **more: object) -> dict[str, object]:
        ...     return {"grant": f"for {key}", "ttl": ttl}
        >>> fetch: AsyncGrantFetch = ask
        >>> asyncio.run(GrantCache().get_async("service", fetch)).grant
        'for service'
    """

    def __call__(
        self, key: str, /, *, ttl: float, origin: None, timeout: float
    ) -> Awaitable[Mapping[str, object]]:
        """Fetches a grant; see GrantFetch."""
        ...
