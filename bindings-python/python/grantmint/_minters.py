"""The minters of playback tokens: the native ones, with what needs Python added."""

from __future__ import annotations

from types import TracebackType
from typing import TypeVar

from grantmint import _async
from grantmint._cache import GrantCache
from grantmint._native import PlaybackMinter as NativeMinter
from grantmint._native import PlaybackToken
from grantmint._native import StreamMinter as NativeStream
from grantmint._timedelta import timedelta

__all__ = ["PlaybackMinter", "StreamMinter"]

# Not typing.Self, which Python 3.10 lacks: annotations are also read while the program runs. Nor is
# the bound a text, which typing would compile during the import: that takes 1.5 ms.
_Minter = TypeVar("_Minter", bound=NativeMinter)


class PlaybackMinter(NativeMinter):
    """Mints playback tokens around a grant that all viewers of a stream share.

    Each viewer gets a token of their own. The grant in it is fetched about every 25 seconds per
    stream. Make one minter, keep it, and use it from all threads, tasks and event loops.

    Twilio closed the PlaybackGrant endpoint, which is the default, in 2023: give a source, or the
    base_url of a server that answers as it did.

    Minters of one API key in one process share their cache if they fetch from the same server in
    the same way, with the same policy. A minter with a source or a clock has a cache of its own,
    but for cache= and share=. A shared cache is kept after the last minter until its last grant and
    cached error have expired, at most 62 s. grantmint.forget() wipes it immediately. A program that
    makes and drops 20 minters within a minute is warned once (RuntimeWarning).

    Args:
        key: The key that signs and fetches.
        allow_origin: The only web origin that may play the streams, such as
            "https://www.example.com"; any if None.
        grants: Further grants in each token.
        ttl: The lifetime of each token in seconds, 1 to 86,400, or as a timedelta; 3,600 if None.
        unique: Whether each token has its own jti, or Twilio's kind of jti.
        grant_ttl: The lifetime to request for grants, 1 to 60 seconds; 60 if None.
        min_remaining: How long the grant in a token must still live, in seconds or as a timedelta,
            at most half of grant_ttl; by default 5 s for grants of 60 s, 2 s for 15 s.
        timeout: How long a call waits for a grant, in seconds (not milliseconds) or as a timedelta;
            5 seconds if None. A time of hours waits for as long as possible.
        source: A function that fetches grants instead of the PlaybackGrant endpoint:
            ``fetch(streamer, *, ttl, origin, timeout)``, def or async def. It returns a mapping
            with "grant" and, if it is shorter than the requested one, "ttl" in seconds. Its types
            are GrantSource and AsyncGrantSource.
        cache: A GrantCache to use.
        share: A name of 1 to 128 bytes. All minters of the account with the same name share one
            cache.
        isolated: Whether the minter has a cache that no other minter shares. The account's
            cool-down and rate limit are shared all the same.
        fleet: The processes that share grants with this one, so that one of them fetches for all:
            "host" for those of this user on this machine, "host:" and the path of a folder for
            those that name it, the URL of a Redis server for those of many machines, or a HostFleet
            or RedisFleet. With a source, share= says what that fetches.
        base_url: Scheme, host and port of upstream; "https://media.twilio.com" if None.
        proxy: The URL of an HTTP proxy. Proxies that the environment names are not used.
        ca_file: A PEM file with the certificate authorities to trust instead of the built-in ones.
        calls_per_second: How many requests per second the account has, above 0 and at most 2,000,
            if you know. The library starts with 10 per second; it goes up to this number, or to
            2,000, while more are needed and upstream refuses none.
        burst: How many requests may be sent simultaneously after a quiet time, 1 to 1,000; 20 if
            None.
        max_fetches: How many fetches the library makes for the account at the same time, 1 to
            1,024; 64 if None. Those of a source do not count. These three belong to the account:
            of all its minters in the process the lowest number of each holds, and the event
            limits_differ tells of a difference.
        policy: A CachePolicy, or a dict of its arguments.
        clock: A ManualClock, for tests.

    Raises:
        InvalidArgumentError: An argument is out of range, or two cannot be combined.

    Example:
        >>> minter = PlaybackMinter(key, source=lambda streamer, **options: {"grant": {}})
        >>> verify(minter.token(streamer, "alice").jwt, key).identity
        'alice'
    """

    __slots__ = ("__weakref__",)

    async def token_async(
        self,
        streamer: str,
        identity: str,
        *,
        min_remaining: float | timedelta | None = None,
        timeout: float | timedelta | None = None,
    ) -> PlaybackToken:
        """As token, without blocking the event loop.

        Cancelling the task ends its wait, never the fetch that others wait for.

        Args:
            streamer: As of token.
            identity: As of token.
            min_remaining: As of token.
            timeout: As of token.

        Raises:
            GrantmintError: As token. unsupported if it has to wait and no loop of asyncio runs on
                this thread, as under trio.
        """
        token = self._at_once(streamer, identity, min_remaining, timeout)
        if token is not None:
            return token
        asked = (streamer, identity, min_remaining, timeout)
        return await _async.token(self._call, self._without_port, *asked)

    def stream(self, streamer: str) -> StreamMinter:
        """One stream, which mints faster. Keep it for as long as the stream is live.

        Args:
            streamer: The stream, VJ and 32 hexadecimal digits.

        Raises:
            InvalidArgumentError: invalid_sid.
            ThrottledError: The stream is new, and no request may be sent now.
            GrantmintError: overloaded, closed.
        """
        return StreamMinter(self._stream(streamer))

    def cache(self) -> GrantCache:
        """The cache of this minter, to give other minters as cache=.

        Raises:
            GrantmintError: closed.
        """
        return GrantCache(_parts=self._cache())

    def __enter__(self: _Minter) -> _Minter:  # noqa: PYI019
        """Returns the minter itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Closes the minter."""
        self.close()


class StreamMinter(NativeStream):
    """One stream of a PlaybackMinter. PlaybackMinter.stream makes it.

    Example:
        >>> stream = live.stream(streamer)
        >>> verify(stream.token("alice").jwt, key).identity
        'alice'
    """

    __slots__ = ("__weakref__",)

    async def token_async(
        self,
        identity: str,
        *,
        min_remaining: float | timedelta | None = None,
        timeout: float | timedelta | None = None,
    ) -> PlaybackToken:
        """As PlaybackMinter.token_async, for this stream."""
        token = self._at_once(identity, min_remaining, timeout)
        if token is not None:
            return token
        asked = (identity, min_remaining, timeout)
        return await _async.token(self._call, self._without_port, *asked)
