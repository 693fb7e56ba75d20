"""The minters of playback tokens, with their asynchronous half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grantmint import _native
from grantmint._cache import GrantCache

if TYPE_CHECKING:
    from datetime import timedelta
    from types import TracebackType

    from typing_extensions import Self

__all__ = ["PlaybackMinter", "StreamMinter"]


class PlaybackMinter(_native.PlaybackMinter):
    """Mints playback tokens around a grant that all viewers of a stream share.

    Each viewer gets a token of their own; the grant in it is fetched about once per stream and half
    a minute. Make one, keep it, use it from all threads, tasks and event loops. Minters of one
    account in one process share their cache, which is kept for a while after the last of them:
    until its last grant and cached error have ended, at most 62 s. grantmint.forget() wipes it at
    once. A program that makes and drops 20 of them within a minute is warned once
    (RuntimeWarning).

    Args:
        key: The key that signs and fetches.
        allow_origin: The only web origin that may play the streams, such as
            "https://www.example.com"; any if None.
        grants: Further grants in each token.
        ttl: The life of each token in seconds, 1 to 86,400, or as a timedelta; 3,600 if None.
        unique: Whether each token has a jti of its own, or the vendor's.
        grant_ttl: The life to ask for grants with, 1 to 60 seconds; 60 if None.
        min_remaining: The least remaining life of the grant in a token, in seconds or as a
            timedelta, at most half of grant_ttl; by default 5 s for grants of 60 s, 2 s for 15 s.
        timeout: How long a call waits for a grant, in seconds or as a timedelta; 5 if None.
        source: Where grants come from instead of the PlaybackGrant endpoint:
            ``fetch(streamer, *, ttl, origin, timeout)``, def or async def, which returns a mapping
            with "grant" and, if it differs from what was asked for, "ttl" in seconds.
        cache: A GrantCache to use.
        share: A name: all minters of the account that give it share one cache.
        isolated: Whether to share the cache with nobody.
        base_url: Scheme, host and port of upstream; "https://media.twilio.com" if None.
        proxy: The URL of an HTTP proxy. The environment's is not read.
        ca_file: A PEM file with the certificate authorities to trust instead of the built-in ones.
        policy: A CachePolicy, or a dict of its arguments.
        clock: A ManualClock, for tests.

    Raises:
        InvalidArgumentError: For what is out of its range or does not go together.
    """

    __slots__ = ("__weakref__",)

    async def token_async(
        self,
        streamer: str,
        identity: str,
        *,
        min_remaining: float | timedelta | None = None,
        timeout: float | timedelta | None = None,
    ) -> _native.PlaybackToken:
        """As token, without blocking the event loop.

        Cancelling the task ends its wait, never the fetch that others wait for.

        Args:
            streamer: As of token.
            identity: As of token.
            min_remaining: As of token.
            timeout: As of token.

        Raises:
            GrantmintError: As token.
        """
        token = self._at_once(streamer, identity, min_remaining, timeout)
        if token is not None:
            return token
        from grantmint import _async

        return await _async.token(self._call, streamer, identity, min_remaining, timeout)

    def stream(self, streamer: str) -> StreamMinter:
        """One stream, for hot paths. Keep it for as long as the stream is live.

        Args:
            streamer: The stream, VJ and 32 hexadecimal digits.

        Raises:
            InvalidArgumentError: invalid_sid.
            ThrottledError: For a new stream while no call may be made.
            GrantmintError: overloaded, closed.
        """
        return StreamMinter(self._stream(streamer))

    def cache(self) -> GrantCache:
        """The cache, which other minters can be given as cache=.

        Raises:
            GrantmintError: closed.
        """
        return GrantCache(_parts=self._cache())

    def __enter__(self) -> Self:
        """Nothing but the minter itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the minter."""
        self.close()


class StreamMinter(_native.StreamMinter):
    """One stream of a PlaybackMinter, which makes it: see PlaybackMinter.stream."""

    __slots__ = ("__weakref__",)

    async def token_async(
        self,
        identity: str,
        *,
        min_remaining: float | timedelta | None = None,
        timeout: float | timedelta | None = None,
    ) -> _native.PlaybackToken:
        """As PlaybackMinter.token_async, for this stream."""
        token = self._at_once(identity, min_remaining, timeout)
        if token is not None:
            return token
        from grantmint import _async

        return await _async.token(self._call, identity, min_remaining, timeout)
