"""What functions take and return that fetch grants, for annotations and type checkers.

While a program runs, isinstance says of these protocols only whether an object can be called.
Frameworks ask that of arguments that are annotated with them.
"""

# Annotations are no texts here: the import would take 2 ms longer, to compile those of a TypedDict.

from collections.abc import Awaitable, Mapping
from typing import Any, Protocol, TypedDict, runtime_checkable

from grantmint._timedelta import timedelta

__all__ = ["AsyncGrantFetch", "AsyncGrantSource", "GrantFetch", "GrantSource", "Sourced"]


# Two classes, as Python 3.10 lacks typing.NotRequired.
class _WithGrant(TypedDict):
    """What must be there."""

    grant: str | bytes | Mapping[str, Any] | list[Any]


class Sourced(_WithGrant, total=False):
    """What a source or a fetch returns. Any other mapping with these keys will do as well.

    "grant" is text, or an object to write as JSON. "ttl" is how many seconds the grant lives, if
    that is less than was asked for.

    Example:
        >>> def fetch(streamer: str, *, ttl: int, **more: object) -> Sourced:
        ...     return {"grant": {"for": streamer}, "ttl": ttl}
        >>> PlaybackMinter(key, source=fetch).token(streamer, "alice").freshness
        'fresh'
    """

    ttl: float | timedelta | None


@runtime_checkable
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


@runtime_checkable
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


@runtime_checkable
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


@runtime_checkable
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
