"""Mints Twilio Access Tokens fast, and asks for each playback grant once.

A token for a room needs no network::

    from grantmint import ApiKey, TokenMinter, VideoGrant

    rooms = TokenMinter(ApiKey.from_env(), grants=[VideoGrant(room="DailyStandup")], ttl=14_400)
    jwt = rooms.mint("alice")

A token for a live stream needs a grant. All viewers of the stream share one::

    from grantmint import PlaybackMinter

    live = PlaybackMinter(ApiKey.from_env(), allow_origin="https://www.example.com")
    token = live.token("VJ…", "alice")              # from any thread
    token = await live.token_async("VJ…", "alice")  # from any event loop

Times are seconds: ``int``, ``float`` or ``timedelta`` for waiting, ``int`` or ``timedelta`` for the
lifetime of a token. Every error is a `GrantmintError` with a ``code`` that never changes.
"""

import os as _os
import sys as _sys
import warnings as _warnings

from grantmint import _async, _background, _green, _native
from grantmint._cache import GrantCache
from grantmint._credentials import Credential, IceServers
from grantmint._minters import PlaybackMinter, StreamMinter
from grantmint._native import (
    ERRORS,
    LIMITS,
    AccessToken,
    ApiKey,
    Begun,
    CachePolicy,
    ChatGrant,
    CustomGrant,
    Decoded,
    Event,
    Hit,
    HostFleet,
    IceCredentials,
    IpMessagingGrant,
    Issued,
    JwtMinter,
    ManualClock,
    PlaybackGrant,
    PlaybackToken,
    RedisFleet,
    RestSource,
    RtcGrant,
    Slot,
    Stats,
    SyncGrant,
    TaskRouterGrant,
    Ticket,
    TokenMinter,
    VideoGrant,
    VoiceGrant,
    Waiter,
    __version__,
    decode,
    forget,
    oauth2,
    sign,
    verify,
    verify_jwt,
)
from grantmint.errors import (
    DeadlineError,
    GrantmintError,
    InvalidArgumentError,
    ThrottledError,
    TokenError,
    UpstreamError,
)
from grantmint.types import AsyncGrantFetch, AsyncGrantSource, GrantFetch, GrantSource, Sourced

__all__ = [
    "ERRORS",
    "LIMITS",
    "AccessToken",
    "ApiKey",
    "AsyncGrantFetch",
    "AsyncGrantSource",
    "Begun",
    "CachePolicy",
    "ChatGrant",
    "Credential",
    "CustomGrant",
    "DeadlineError",
    "Decoded",
    "Event",
    "GrantCache",
    "GrantFetch",
    "GrantSource",
    "GrantmintError",
    "Hit",
    "HostFleet",
    "IceCredentials",
    "IceServers",
    "InvalidArgumentError",
    "IpMessagingGrant",
    "Issued",
    "JwtMinter",
    "ManualClock",
    "PlaybackGrant",
    "PlaybackMinter",
    "PlaybackToken",
    "RedisFleet",
    "RestSource",
    "RtcGrant",
    "Slot",
    "Sourced",
    "Stats",
    "StreamMinter",
    "SyncGrant",
    "TaskRouterGrant",
    "ThrottledError",
    "Ticket",
    "TokenError",
    "TokenMinter",
    "UpstreamError",
    "VideoGrant",
    "VoiceGrant",
    "Waiter",
    "__version__",
    "decode",
    "forget",
    "oauth2",
    "sign",
    "verify",
    "verify_jwt",
]


def _after_fork_in_child() -> None:
    _native._after_fork()
    _background.after_fork()
    _async.after_fork()
    _green.after_fork()


def _warn_of_another_copy() -> None:
    """Warns if a second copy of the library is loaded: it has its own cache, and fetches again."""
    here = _native.__file__
    other = _sys.__dict__.setdefault("_grantmint_is_loaded_from", here)
    if other != here:
        message = (
            f"grantmint is loaded from {other} and from {here}: each copy has caches of its own, "
            "and makes calls of its own upstream"
        )
        _warnings.warn(message, RuntimeWarning, stacklevel=3)


# Nothing is imported or looked up at its first use: a child that is forked at that moment would
# wait for ever for its parent's thread to finish.
_native._find_imports()
if hasattr(_os, "register_at_fork"):
    _os.register_at_fork(after_in_child=_after_fork_in_child)
_warn_of_another_copy()
