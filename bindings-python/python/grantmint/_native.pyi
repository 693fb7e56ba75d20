# The types of the native half. Its docstrings are those of the Rust sources: driver.py writes them.

from collections.abc import Coroutine, Iterable, Mapping, Sequence
from contextvars import Context
from datetime import datetime, timedelta
from os import PathLike
from typing import Any, Final, Literal, NoReturn, TypeAlias, TypedDict, final, type_check_only

from typing_extensions import Self, disjoint_base

from grantmint.errors import GrantmintError
from grantmint.types import AsyncGrantSource, GrantSource

__all__ = [
    "ERRORS",
    "LIMITS",
    "AccessToken",
    "ApiKey",
    "Asking",
    "Begun",
    "CacheParts",
    "CachePolicy",
    "ChatGrant",
    "Credential",
    "CustomGrant",
    "Decoded",
    "Event",
    "GrantCache",
    "Hit",
    "HostFleet",
    "IceCredentials",
    "IceParts",
    "IceServers",
    "IpMessagingGrant",
    "Issued",
    "Job",
    "JwtMinter",
    "LoopPort",
    "ManualClock",
    "Pending",
    "PlaybackGrant",
    "PlaybackMinter",
    "PlaybackToken",
    "RedisFleet",
    "RestSource",
    "RtcGrant",
    "Slot",
    "Stats",
    "StreamMinter",
    "StreamParts",
    "SyncGrant",
    "TaskRouterGrant",
    "Ticket",
    "TokenCall",
    "TokenMinter",
    "VideoGrant",
    "VoiceGrant",
    "Waiter",
    "__version__",
    "_after_fork",
    "_call_in_background",
    "_check_answer_field",
    "_command_line",
    "_doc_url",
    "_enter_background",
    "_find_imports",
    "_leave_background",
    "_next_in_background",
    "_simulate_fork",
    "decode",
    "forget",
    "oauth2",
    "sign",
    "verify",
    "verify_jwt",
]

_Ttl: TypeAlias = int | timedelta
_Seconds: TypeAlias = float | timedelta
_UnixSeconds: TypeAlias = int | datetime
_Json: TypeAlias = str | bytes | Mapping[str, Any]
_Algorithm: TypeAlias = Literal["HS256", "HS384", "HS512"]
_Freshness: TypeAlias = Literal["fresh", "refreshing", "degraded"]
_Grant: TypeAlias = (
    VideoGrant
    | VoiceGrant
    | ChatGrant
    | SyncGrant
    | TaskRouterGrant
    | PlaybackGrant
    | RtcGrant
    | IpMessagingGrant
    | CustomGrant
)

@type_check_only
class _Latency(TypedDict):
    """How long fetches took: Stats.latency."""

    buckets: list[tuple[float, int]]
    count: int
    sum: float

@type_check_only
class _FleetStats(TypedDict):
    """What other processes have brought: Stats.fleet."""

    values: int
    leases: int
    waits: int
    pauses: int
    alone: int
    alone_failed: int
    alone_nolease: int
    alone_late: int
    alone_rejected: int
    rejected: int
    skewed: int
    errors: int
    answers: int
    answer_time: float
    is_broken: bool
    is_connected: bool
    is_unsupported: bool
    calls_per_second: float | None
    cooldown_left: float
    trouble: str | None

@type_check_only
class _PolicyFields(TypedDict, total=False):
    """The arguments of CachePolicy, as a dict."""

    wait_below: _Seconds | None
    soft_point: _Seconds | None
    safety_margin: _Seconds | None
    fetch_timeout: _Seconds | None
    max_keys: int | None
    jitter: float | None

__version__: Final[str]
ERRORS: Final[Mapping[str, tuple[int, bool, str]]]
"""Every code of an error: its number, whether the same call may succeed later, and its meaning."""
LIMITS: Final[Mapping[str, int]]
"""The limits and defaults that all languages share, by name."""

@final
class ApiKey:
    """An API key of an account. It is checked when it is made. Its secret is never shown, and is wiped
    from memory once nothing uses the key any more.

    Args:
        account_sid: The account, AC and 32 hexadecimal digits.
        key_sid: The key, SK and 32 hexadecimal digits.
        secret: The key's secret, which the console shows once; at most 4,096 bytes.
        region: Twilio's region that tokens name in their header, such as "ie1".

    Raises:
        InvalidArgumentError: invalid_sid, invalid_credentials (swapped SIDs, no secret),
            invalid_argument (region) or invalid_utf8.

    Example:
        >>> ApiKey("AC" + "0" * 31 + "1", "SK" + "0" * 31 + "2", "the secret", region="ie1").region
        'ie1'
    """
    def __new__(
        cls, account_sid: str, key_sid: str, secret: str, *, region: str | None = None
    ) -> Self: ...
    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> ApiKey:
        """The key that the variables TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET hold.

        Args:
            env: A mapping to read instead of os.environ.

        Raises:
            InvalidArgumentError: invalid_credentials names the variable that is missing; otherwise
                as ApiKey.
        """
    @property
    def account_sid(self) -> str:
        """The account's SID."""
    @property
    def key_sid(self) -> str:
        """The key's SID: the issuer of every token."""
    @property
    def region(self) -> str | None:
        """The region that tokens name, if any."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __reduce__(self) -> NoReturn: ...

@final
class VideoGrant:
    """Lets its holder join rooms of Programmable Video.

    Args:
        room: The only room, by unique name or SID, at most 128 characters; any if left out.

    Raises:
        InvalidArgumentError: invalid_grant.

    Example:
        >>> VideoGrant(room="DailyStandup").to_json()
        '{"room":"DailyStandup"}'
    """
    def __new__(cls, room: str | None = None) -> Self: ...
    @property
    def room(self) -> str | None:
        """The only room, by unique name or SID; any if None."""
    @property
    def key(self) -> str:
        """The name under which the grant stands in a token."""
    def to_json(self) -> str:
        """The JSON that stands under that name."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class ChatGrant:
    """Lets its holder chat; the Conversations SDK takes the same grant.

    Args:
        service_sid: The service, IS….
        endpoint_id: A name for the device and user.
        deployment_role_sid: The role in the deployment, RL….
        push_credential_sid: The push credential for notifications, CR….

    Raises:
        InvalidArgumentError: invalid_sid.

    Example:
        >>> ChatGrant(service_sid="IS" + "0" * 32).key
        'chat'
    """
    def __new__(
        cls,
        service_sid: str | None = None,
        endpoint_id: str | None = None,
        deployment_role_sid: str | None = None,
        push_credential_sid: str | None = None,
    ) -> Self: ...
    @property
    def service_sid(self) -> str | None:
        """The SID of the service."""
    @property
    def endpoint_id(self) -> str | None:
        """The name for the device and user."""
    @property
    def deployment_role_sid(self) -> str | None:
        """The SID of the role in the deployment."""
    @property
    def push_credential_sid(self) -> str | None:
        """The SID of the push credential."""
    @property
    def key(self) -> str:
        """The name under which the grant stands in a token."""
    def to_json(self) -> str:
        """The JSON that stands under that name."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class IpMessagingGrant:
    """Legacy: the predecessor of ChatGrant, with the same arguments.

    Raises:
        InvalidArgumentError: invalid_sid.

    Example:
        >>> IpMessagingGrant(endpoint_id="phone").key
        'ip_messaging'
    """
    def __new__(
        cls,
        service_sid: str | None = None,
        endpoint_id: str | None = None,
        deployment_role_sid: str | None = None,
        push_credential_sid: str | None = None,
    ) -> Self: ...
    @property
    def service_sid(self) -> str | None:
        """The SID of the service."""
    @property
    def endpoint_id(self) -> str | None:
        """The name for the device and user."""
    @property
    def deployment_role_sid(self) -> str | None:
        """The SID of the role in the deployment."""
    @property
    def push_credential_sid(self) -> str | None:
        """The SID of the push credential."""
    @property
    def key(self) -> str:
        """The name under which the grant stands in a token."""
    def to_json(self) -> str:
        """The JSON that stands under that name."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class SyncGrant:
    """Lets its holder read and write the state of a Sync service.

    Args:
        service_sid: The service, IS….
        endpoint_id: A name for the device and user.

    Raises:
        InvalidArgumentError: invalid_sid.

    Example:
        >>> SyncGrant(service_sid="IS" + "0" * 32).key
        'data_sync'
    """
    def __new__(cls, service_sid: str | None = None, endpoint_id: str | None = None) -> Self: ...
    @property
    def service_sid(self) -> str | None:
        """The SID of the service."""
    @property
    def endpoint_id(self) -> str | None:
        """The name for the device and user."""
    @property
    def key(self) -> str:
        """The name under which the grant stands in a token."""
    def to_json(self) -> str:
        """The JSON that stands under that name."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class TaskRouterGrant:
    """Lets its holder act as a worker of TaskRouter; Flex takes the same grant.

    Args:
        workspace_sid: The workspace, WS….
        worker_sid: The worker, WK….
        role: The role, such as "worker".

    Raises:
        InvalidArgumentError: invalid_sid.

    Example:
        >>> TaskRouterGrant(worker_sid="WK" + "0" * 32, role="worker").key
        'task_router'
    """
    def __new__(
        cls,
        workspace_sid: str | None = None,
        worker_sid: str | None = None,
        role: str | None = None,
    ) -> Self: ...
    @property
    def workspace_sid(self) -> str | None:
        """The SID of the workspace."""
    @property
    def worker_sid(self) -> str | None:
        """The SID of the worker."""
    @property
    def role(self) -> str | None:
        """The role."""
    @property
    def key(self) -> str:
        """The name under which the grant stands in a token."""
    def to_json(self) -> str:
        """The JSON that stands under that name."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class RtcGrant:
    """Legacy: lets its holder take part in conversations, which rooms replaced.

    Args:
        configuration_profile_sid: The profile, CP….

    Raises:
        InvalidArgumentError: invalid_sid.

    Example:
        >>> RtcGrant(configuration_profile_sid="CP" + "0" * 32).key
        'rtc'
    """
    def __new__(cls, configuration_profile_sid: str | None = None) -> Self: ...
    @property
    def configuration_profile_sid(self) -> str | None:
        """The SID of the profile."""
    @property
    def key(self) -> str:
        """The name under which the grant stands in a token."""
    def to_json(self) -> str:
        """The JSON that stands under that name."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class VoiceGrant:
    """Lets its holder make and take calls. Voice takes identities of ASCII letters, digits and
    underscores, at most 121 of them, and a ttl of at most 86,399 seconds. Others are minted all the
    same; warnings() of the token or minter tells of them.

    Args:
        incoming_allow: Whether the holder may take calls.
        outgoing_application_sid: The TwiML application that outgoing calls go through, AP….
        outgoing_application_params: What the application is told with each outgoing call: a dict,
            or its JSON as str or bytes. Left out without an application.
        push_credential_sid: The push credential that announces calls, CR….
        endpoint_id: A name for the device.

    Raises:
        InvalidArgumentError: invalid_sid or invalid_grant.

    Example:
        >>> VoiceGrant(incoming_allow=True, outgoing_application_sid="AP" + "0" * 32).incoming_allow
        True
    """
    def __new__(
        cls,
        incoming_allow: bool | None = None,
        outgoing_application_sid: str | None = None,
        outgoing_application_params: _Json | None = None,
        push_credential_sid: str | None = None,
        endpoint_id: str | None = None,
    ) -> Self: ...
    @property
    def incoming_allow(self) -> bool | None:
        """Whether the holder may take calls."""
    @property
    def outgoing_application_sid(self) -> str | None:
        """The SID of the application that outgoing calls go through."""
    @property
    def outgoing_application_params(self) -> Any:
        """What the application is told with each outgoing call."""
    @property
    def push_credential_sid(self) -> str | None:
        """The SID of the push credential."""
    @property
    def endpoint_id(self) -> str | None:
        """The name for the device."""
    @property
    def key(self) -> str:
        """The name under which the grant stands in a token."""
    def to_json(self) -> str:
        """The JSON that stands under that name."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class PlaybackGrant:
    """Lets its holder watch one live stream.

    Args:
        grant: What the PlaybackGrant endpoint answers under "grant": a dict, or its JSON as str or
            bytes, of which every byte is kept.

    Raises:
        InvalidArgumentError: invalid_grant.

    Example:
        >>> PlaybackGrant({"playbackUrl": "https://example.com/"}).key
        'player'
    """
    def __new__(cls, grant: _Json) -> Self: ...
    @property
    def grant(self) -> dict[str, Any]:
        """The grant as a dict."""
    @property
    def key(self) -> str:
        """The name under which the grant stands in a token."""
    def to_json(self) -> str:
        """The JSON that stands under that name."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class CustomGrant:
    """Any JSON under a key of its own, for grants that this library does not know.

    Args:
        key: The name under which it stands among the grants.
        value: The grant: an object to write as JSON, or JSON as str or bytes, kept to the byte.

    Raises:
        InvalidArgumentError: invalid_grant.

    Example:
        >>> CustomGrant("hologram", {"stage": 1}).to_json()
        '{"stage":1}'
    """
    def __new__(cls, key: str, value: Any) -> Self: ...
    @property
    def key(self) -> str:
        """The name under which the grant stands in a token."""
    @property
    def value(self) -> Any:
        """The grant as objects."""
    def to_json(self) -> str:
        """The JSON that stands under that name."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class ManualClock:
    """A clock that moves only when told to, for tests. Minters and caches take it as clock=.

    Args:
        wall: The Unix time that it starts with, in seconds.

    Example:
        >>> clock = ManualClock(1_700_000_000)
        >>> clock.advance(60)
        >>> clock.now()[1]
        1700000060.0
    """
    def __new__(cls, wall: _Seconds) -> Self: ...
    def advance(self, seconds: _Seconds) -> None:
        """Lets time pass, in seconds or as a timedelta."""
    def suspend(self, seconds: _Seconds) -> None:
        """Acts as if the machine had slept for a time, in seconds or as a timedelta."""
    def jump_wall(self, seconds: _Seconds) -> None:
        """Moves the wall clock forward or back, in seconds or by a timedelta. The time since boot
        stays.
        """
    def now(self) -> tuple[float, float]:
        """The time since boot and the Unix time, both in seconds."""
    def __reduce__(self) -> NoReturn: ...

@final
class CachePolicy:
    """When a cache refreshes grants, when it makes callers wait, and how many streams it holds. Times
    that are left out are derived from the lifetime of each grant.

    Args:
        wait_below: Below this remaining lifetime callers wait for a fetch, in seconds; 20 for grants of
            60 s, 5 for 15 s.
        soft_point: At this remaining lifetime a refresh is due, in seconds; 30 for grants of 60 s, 8
            for 15 s.
        safety_margin: Subtracted from every lifetime, for clocks that differ and for time in transit,
            in seconds; 2 for grants of 60 s, 1 for 15 s.
        fetch_timeout: How long one fetch may take, in seconds, at most 48 hours; 4 for grants of 60 s,
            3 for 15 s.
        max_keys: How many streams the cache holds at most: 10,000 if left out.
        jitter: Used in place of every random number, 0 to 1, for tests.

    Raises:
        InvalidArgumentError: invalid_argument.

    Example:
        >>> CachePolicy(max_keys=100, fetch_timeout=2)
        CachePolicy(fetch_timeout=2.0, max_keys=100)
    """
    def __new__(
        cls,
        *,
        wait_below: _Seconds | None = None,
        soft_point: _Seconds | None = None,
        safety_margin: _Seconds | None = None,
        fetch_timeout: _Seconds | None = None,
        max_keys: int | None = None,
        jitter: float | None = None,
    ) -> Self: ...
    @property
    def wait_below(self) -> float | None:
        """Below this remaining lifetime callers wait, in seconds."""
    @property
    def soft_point(self) -> float | None:
        """At this remaining lifetime a refresh is due, in seconds."""
    @property
    def safety_margin(self) -> float | None:
        """What is subtracted from every lifetime, in seconds."""
    @property
    def fetch_timeout(self) -> float | None:
        """How long one fetch may take, in seconds."""
    @property
    def max_keys(self) -> int:
        """How many streams the cache holds at most."""
    @property
    def jitter(self) -> float | None:
        """The number used in place of every random number, 0 to 1, if there is one."""
    @staticmethod
    def _of(kind: type[CachePolicy], fields: dict[str, Any]) -> CachePolicy:
        """Makes a policy from a pickle."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class HostFleet:
    """The processes of one user on one machine that share grants: of all of them one fetches each grant, the
    others take over what it brings, and after a 429 all wait. Minters and caches take it as fleet=. They
    share by a private folder; no server is needed. Linux only so far.

    Args:
        path: The folder, absolute and on a local file system. It is made if it is not there, and belongs
            to this user alone. If None, one is found that all processes of the user find.
        secret: 32 to 1,024 random bytes that all processes have. What is shared is sealed with them in
            place of the API key's secret: then all keys of the account share, and rotation costs no
            request. A GrantCache, which has no key, needs it.

    Raises:
        InvalidArgumentError: invalid_argument for a path or a secret that is none.

    Example:
        >>> HostFleet("/run/app/grants")
        HostFleet('/run/app/grants')
    """
    def __new__(
        cls, path: str | PathLike[str] | None = None, *, secret: str | bytes | None = None
    ) -> Self: ...
    @property
    def path(self) -> str | None:
        """The folder; None if it is found by itself."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class RedisFleet:
    """The processes of any number of machines that share grants, through a server of Redis 6 or later, or Valkey: of
    all of them one fetches each grant, the others take over what it brings, and after a 429 all wait. Minters and
    caches take it as fleet=. The server is connected to when it is first needed; while it is away, each machine
    goes on by itself. Linux only so far.

    Args:
        url: "rediss://user:password@host:port"; "redis://" for this machine, or with insecure;
            "redis+unix:///path" for a socket of this machine; "rediss+cluster://host1,host2" for servers of a
            cluster.
        host: The folder through which the processes of each machine share first, so that one of them talks
            to the server for all. True for the one that HostFleet() finds, False for none.
        prefix: What the names of all keys begin with after "grantmint", at most 64 letters, digits, dots, dashes
            and underscores. Processes share only with those of the same prefix.
        secret: As of HostFleet.
        ca_file: A PEM file with the certificate authorities to trust instead of the built-in ones.
        timeout: How long an answer of the server is waited for, 0.01 to 2 seconds, or as a timedelta; 0.25 if
            None.
        insecure: Whether "redis://" may name another machine. Who listens on the way learns the password, when
            grants end and how often they are fetched, and no grant.

    Raises:
        InvalidArgumentError: invalid_url, or invalid_argument for the other arguments.
        GrantmintError: unsupported, where there are no fleets.

    Example:
        >>> RedisFleet("rediss://app:hunter2@redis.example.com", prefix="live")
        RedisFleet('rediss://...@redis.example.com', prefix='live')
    """
    def __new__(
        cls,
        url: str,
        *,
        host: bool | str | PathLike[str] = True,
        prefix: str | None = None,
        secret: str | bytes | None = None,
        ca_file: str | PathLike[str] | None = None,
        timeout: _Seconds | None = None,
        insecure: bool = False,
    ) -> Self: ...
    @property
    def url(self) -> str:
        """The URL, with three dots in place of user and password."""
    @staticmethod
    def _of(kind: type[RedisFleet], url: str, options: dict[str, Any]) -> RedisFleet:
        """Makes a fleet from a pickle."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class AccessToken:
    """One Access Token for one identity. It cannot be changed. `to_jwt` signs it with the time of that
    moment.

    Args:
        key: The key that signs.
        identity: Whom it is for; at most 512 bytes, and 128 characters with a video grant.
        grants: What its holder may do.
        ttl: Its lifetime in seconds, 1 to 86,400, or as a timedelta; 3,600 if None.
        nbf: When it becomes valid, as Unix seconds or a datetime, before it expires; left out if None.
        valid_until: When it expires, as Unix seconds or a datetime; in place of ttl, not with it.
        unique: Whether it has a jti of its own instead of Twilio's, which all tokens of one key and second
            share ("SK…-1700000000").
        clock: A ManualClock, for tests.

    Raises:
        InvalidArgumentError: invalid_identity, invalid_ttl, invalid_grant, invalid_argument or
            invalid_utf8.

    Example:
        >>> token = AccessToken(key, identity="alice", grants=[ChatGrant()], ttl=600)
        >>> verify(token.to_jwt(), key).identity
        'alice'
    """
    def __new__(
        cls,
        key: ApiKey,
        *,
        identity: str,
        grants: Iterable[_Grant] | None = None,
        ttl: _Ttl | None = None,
        nbf: _UnixSeconds | None = None,
        valid_until: _UnixSeconds | None = None,
        unique: bool = False,
        clock: ManualClock | None = None,
    ) -> Self: ...
    def to_jwt(self) -> str:
        """The signed token, issued now.

        Raises:
            InvalidArgumentError: invalid_ttl if valid_until is not 1 to 86,400 seconds away,
                invalid_argument if it would end before its nbf.
        """
    def warnings(self) -> tuple[tuple[str, str], ...]:
        """Advice about this token, as pairs of a stable code and a message; empty for most. The codes are
        voice_identity, voice_identity_length, voice_ttl, voice_params, video_region and short_secret.
        """
    @property
    def identity(self) -> str:
        """Whom the token is for."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __reduce__(self) -> NoReturn: ...

@final
class TokenMinter:
    """Mints Access Tokens with the same key, grants and ttl, one for each identity. Any number of
    threads may share a minter. For one token of another room or lifetime, use AccessToken. After a
    rotation of the key, make a new minter.

    Args:
        key: The key that signs.
        grants: What each holder may do.
        ttl: The lifetime of each token in seconds, 1 to 86,400, or as a timedelta; 3,600 if None.
        nbf: When each token becomes valid, as Unix seconds or a datetime, before it expires; left out
            if None.
        unique: Whether each token has a jti of its own instead of Twilio's, which all tokens of one key and second
            share ("SK…-1700000000").
        clock: A ManualClock, for tests.

    Raises:
        InvalidArgumentError: invalid_ttl, invalid_grant or invalid_argument.

    Example:
        >>> rooms = TokenMinter(key, grants=[VideoGrant(room="DailyStandup")], ttl=14_400)
        >>> verify(rooms.mint("alice"), key).grants["video"]
        {'room': 'DailyStandup'}
    """
    def __new__(
        cls,
        key: ApiKey,
        *,
        grants: Iterable[_Grant] | None = None,
        ttl: _Ttl | None = None,
        nbf: _UnixSeconds | None = None,
        unique: bool = False,
        clock: ManualClock | None = None,
    ) -> Self: ...
    def mint(self, identity: str) -> str:
        """The token for one identity, issued now.

        Args:
            identity: Whom it is for; at most 512 bytes, and 128 characters with a video grant.

        Raises:
            InvalidArgumentError: invalid_identity or invalid_utf8; invalid_argument while a token would
                end before its nbf.
        """
    def mint_at(self, identity: str, now: _UnixSeconds) -> str:
        """The token for one identity, issued at a time that the caller chooses.

        Args:
            identity: As of mint.
            now: Unix seconds, or a datetime.

        Raises:
            InvalidArgumentError: As of mint; invalid_argument for a time after the year 9999.
        """
    def mint_many(self, identities: Iterable[str]) -> list[str]:
        """One token for each identity, all issued in the same second. If one fails, none is returned.

        Args:
            identities: Any iterable of str.

        Raises:
            InvalidArgumentError: As of mint, with the index in its message.
        """
    def warnings(self) -> tuple[tuple[str, str], ...]:
        """Advice about these tokens, as pairs of a stable code and a message; empty for most. The codes are
        voice_identity, voice_identity_length, voice_ttl, voice_params, video_region and short_secret.
        """
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __reduce__(self) -> NoReturn: ...

@final
class Decoded:
    """The content of a token. Its repr shows none of it, and its pickle lacks the signature.

    Example:
        >>> content = decode(TokenMinter(key, ttl=60).mint("alice"))
        >>> content.expires_at - content.issued_at
        60
    """
    @property
    def header(self) -> dict[str, Any]:
        """The header as a dict."""
    @property
    def claims(self) -> dict[str, Any]:
        """The claims as a dict."""
    @property
    def header_json(self) -> str:
        """The header as JSON, byte for byte."""
    @property
    def claims_json(self) -> str:
        """The claims as JSON, byte for byte."""
    @property
    def grants(self) -> dict[str, Any] | None:
        """The grants as a dict, with the identity among them."""
    @property
    def identity(self) -> str | None:
        """Whom the token is for, if that is a text."""
    @property
    def issuer(self) -> str | None:
        """iss: the SID of the key that signed, in an Access Token."""
    @property
    def subject(self) -> str | None:
        """sub: the SID of the account, in an Access Token."""
    @property
    def jti(self) -> str | None:
        """jti: the token's own identifier."""
    @property
    def region(self) -> str | None:
        """twr of the header: the region."""
    @property
    def issued_at(self) -> int | None:
        """iat: when the token was issued, in Unix seconds."""
    @property
    def not_before(self) -> int | None:
        """nbf: when the token becomes valid, in Unix seconds, rounded up."""
    @property
    def expires_at(self) -> int | None:
        """exp: when the token expires, in Unix seconds, rounded down."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

def verify(
    token: str,
    api_key: ApiKey,
    *,
    leeway: _Seconds | None = None,
    now: _UnixSeconds | None = None,
    algorithm: _Algorithm = "HS256",
) -> Decoded:
    """Checks that an Access Token was made with this key, for the key's account, and is valid now. It
    takes one key: after a rotation, verify tokens of the old key with the old key until they have
    expired.

    Args:
        token: The token.
        api_key: The key that it must be signed with.
        leeway: How many whole seconds exp and nbf may be off, at most 300, or as a timedelta; 0 if
            None.
        now: The time to check exp and nbf against, as Unix seconds or a datetime; the present if
            None.
        algorithm: The one algorithm to accept: "HS256", "HS384" or "HS512".

    Raises:
        TokenError: token_malformed, token_algorithm, token_signature, token_issuer, token_claims,
            token_expired or token_not_yet_valid.
        InvalidArgumentError: invalid_argument or invalid_utf8.

    Example:
        >>> verify(TokenMinter(key).mint("alice"), key, leeway=5).identity
        'alice'
    """

def verify_jwt(
    token: str,
    secret: str | bytes,
    *,
    leeway: _Seconds | None = None,
    now: _UnixSeconds | None = None,
    algorithm: _Algorithm = "HS256",
    require_exp: bool = True,
) -> Decoded:
    """Checks that another service's token was signed with this secret and is valid now. Issuer, subject
    and type are not checked.

    Args:
        token: The token.
        secret: The secret as str or bytes.
        leeway: As of verify.
        now: As of verify.
        algorithm: As of verify.
        require_exp: Whether a token must say when it ends. Some services' own examples do not.

    Raises:
        TokenError: As verify, but for token_issuer.
        InvalidArgumentError: invalid_credentials for an empty secret, invalid_argument or
            invalid_utf8.

    Example:
        >>> token = sign("HS256", {"alg": "HS256"}, {"sub": "alice", "exp": 4_000_000_000}, "shared")
        >>> verify_jwt(token, "shared").subject
        'alice'
    """

def decode(token: str) -> Decoded:
    """Decodes a token without checking its signature or its times. To trust a token, use verify.

    Raises:
        TokenError: token_malformed.
        InvalidArgumentError: invalid_utf8.

    Example:
        >>> decode(TokenMinter(key).mint("alice")).issuer == key.key_sid
        True
    """

def forget() -> None:
    """Wipes everything that is kept for minters to come and that nobody uses now.

    That is caches with their grants and cached errors, the cool-downs and rate limits of accounts, and
    idle connections. A cache that minters share is kept after its last minter until its last grant and
    cached error have expired, at most 62 s, so that a minter for each request does not cost a request
    to upstream each time. Minters that exist, and what they use, stay as they are.

    Example:
        >>> forget()
    """

def sign(alg: _Algorithm, header: _Json, claims: _Json, secret: str | bytes) -> str:
    """Signs any claims, to make tokens of other services.

    Args:
        alg: "HS256", "HS384" or "HS512"; the header must name the same.
        header: JSON as str or bytes, which goes in byte for byte, or a dict.
        claims: The same.
        secret: The secret as str or bytes.

    Raises:
        InvalidArgumentError: invalid_argument, invalid_credentials, limit_exceeded or
            invalid_utf8.

    Example:
        >>> sign("HS256", {"alg": "HS256"}, {"sub": "alice"}, "shared").count(".")
        2
    """

@final
class PlaybackToken:
    """A viewer's token, with the state of the grant in it when it was minted.

    Example:
        >>> token = live.token(streamer, "alice")
        >>> token.freshness, token.retry_after
        ('fresh', None)
    """
    @property
    def jwt(self) -> str:
        """The Access Token. Whoever has it can watch, so repr hides it."""
    @property
    def grant_remaining(self) -> float:
        """How long the grant was still good when the token was minted, in seconds, less the safety
        margin.
        """
    @property
    def freshness(self) -> _Freshness:
        """How good the grant is: "fresh", "refreshing" or "degraded"."""
    @property
    def reason(self) -> GrantmintError | None:
        """Why the grant is degraded: a GrantmintError that was not raised, or None."""
    @property
    def retry_after(self) -> float | None:
        """After how many seconds the next refresh is tried, if the grant is degraded and that is
        known.
        """
    @property
    def generation(self) -> int:
        """The number of the grant in its cache, for invalidate_if."""
    @staticmethod
    def _of(fields: tuple[str, float, str, GrantmintError | None, int]) -> PlaybackToken:
        """Makes a token from a pickle."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@disjoint_base
class PlaybackMinter:
    """The native part of grantmint.PlaybackMinter."""
    def __new__(
        cls,
        key: ApiKey,
        *,
        allow_origin: str | None = None,
        grants: Iterable[_Grant] | None = None,
        ttl: _Ttl | None = None,
        unique: bool = True,
        grant_ttl: _Ttl | None = None,
        min_remaining: _Seconds | None = None,
        timeout: _Seconds | None = None,
        source: GrantSource | AsyncGrantSource | None = None,
        cache: GrantCache | None = None,
        share: str | None = None,
        isolated: bool = False,
        fleet: str | HostFleet | RedisFleet | None = None,
        base_url: str | None = None,
        proxy: str | None = None,
        ca_file: str | PathLike[str] | None = None,
        calls_per_second: float | None = None,
        burst: int | None = None,
        max_fetches: int | None = None,
        policy: CachePolicy | _PolicyFields | None = None,
        clock: ManualClock | None = None,
    ) -> Self: ...
    def token(
        self,
        streamer: str,
        identity: str,
        *,
        min_remaining: _Seconds | None = None,
        timeout: _Seconds | None = None,
    ) -> PlaybackToken:
        """A token for one viewer of a stream. Makes no request if the cache has a grant; waits for one
        otherwise.

        Args:
            streamer: The stream, VJ and 32 hexadecimal digits.
            identity: Whom it is for; at most 512 bytes.
            min_remaining: How long the grant in it must still live, in seconds or as a timedelta.
            timeout: How long to wait at most, in seconds or as a timedelta; 5 seconds if None.

        Raises:
            InvalidArgumentError: For the arguments, and if the source is a coroutine function.
            UpstreamError: The fetch failed; all who waited for it get the same error.
                ThrottledError has a retry_after.
            DeadlineError: No grant came in time.
            GrantmintError: overloaded, closed.
        """
    def try_token(self, streamer: str, identity: str) -> str | None:
        """The JWT of a token if the cache has a grant for it, else None; never waits. Starts the fetch
        that is due.

        Raises:
            InvalidArgumentError: For the arguments. Also if there is no grant, the source is a
                coroutine function and there is no event loop to run it.
            GrantmintError: closed.
        """
    def prefetch(self, streamer: str) -> None:
        """Fetches a stream's grant before anybody asks for it; does not wait. A fetch that fails is seen
        in the events alone.

        Raises:
            InvalidArgumentError: invalid_sid. Also if the source is a coroutine function and there
                is no event loop to run it.
            ThrottledError: The stream is new, and no request may be sent now.
            GrantmintError: overloaded, closed.
        """
    def keep_warm(self, streamer: str, seconds: _Seconds) -> None:
        """Keeps a stream's grant fresh although nobody asks for it. A refresh that fails is seen in the
        events alone.

        Args:
            streamer: The stream.
            seconds: For how long, in seconds or as a timedelta; more than 48 hours counts as 48 hours,
                0 ends it.

        Raises:
            As prefetch.
        """
    def invalidate(self, streamer: str) -> bool:
        """Drops a stream's grant. A fetch that is under way answers the waiters for it; its grant
        is not stored.

        Returns:
            Whether the cache knew the stream, with a grant or without one.

        Raises:
            InvalidArgumentError: invalid_sid.
            GrantmintError: closed.
        """
    def invalidate_if(self, streamer: str, generation: int) -> bool:
        """Drops a stream's grant if it still has this generation. If many viewers report the same bad
        grant, only the first report has a new one fetched.

        Raises:
            As invalidate.
        """
    def rotate(self, key: ApiKey) -> None:
        """Signs and fetches with another key of the same account from now on. Grants stay; stored
        errors are dropped.

        Raises:
            InvalidArgumentError: invalid_credentials for a key of another account.
            GrantmintError: closed.
        """
    def stats(self) -> Stats:
        """The counters of the cache, for all minters that share it.

        Raises:
            GrantmintError: closed.
        """
    def drain_events(self) -> list[Event]:
        """The cache's events since the last call, oldest first; the last 1,024 at most.

        Raises:
            GrantmintError: closed.
        """
    def _cache(self) -> CacheParts:
        """What Python's GrantCache of this minter is made from."""
    def purge(self) -> None:
        """Empties the cache for all minters that share it, and wipes what this one has prepared with its
        grants.

        Raises:
            GrantmintError: closed.
        """
    def close(self) -> None:
        """Closes this minter and its streams: later calls raise closed, those that wait still get their
        result, and it keeps no stream warm any more. Other minters that share the cache go on, and later
        ones find it for a while: purge() first empties it.
        """
    def _stream(self, streamer: str) -> StreamParts:
        """What Python's StreamMinter is made from."""
    def _at_once(
        self,
        streamer: str,
        identity: str,
        min_remaining: _Seconds | None,
        timeout: _Seconds | None,
        /,
    ) -> PlaybackToken | None:
        """A token if there is nothing to wait for."""
    def _call(
        self,
        port: LoopPort,
        streamer: str,
        identity: str,
        min_remaining: _Seconds | None,
        timeout: _Seconds | None,
    ) -> TokenCall:
        """A call that a task of the port's loop, or a greenlet of its hub, waits for."""
    def _without_port(
        self,
        streamer: str,
        identity: str,
        min_remaining: _Seconds | None,
        timeout: _Seconds | None,
        /,
    ) -> PlaybackToken:
        """A token for a task whose loop cannot have a port."""
    def __reduce__(self) -> NoReturn: ...

@final
class StreamParts:
    """What a minter returns for a stream, to make Python's class from."""

@disjoint_base
class StreamMinter:
    """The native part of grantmint.StreamMinter."""
    def __new__(cls, parts: StreamParts) -> Self: ...
    @property
    def streamer(self) -> str:
        """The stream's SID, as it was given."""
    def token(
        self,
        identity: str,
        *,
        min_remaining: _Seconds | None = None,
        timeout: _Seconds | None = None,
    ) -> PlaybackToken:
        """As PlaybackMinter.token, for this stream."""
    def try_token(self, identity: str) -> str | None:
        """As PlaybackMinter.try_token, for this stream."""
    def _at_once(
        self, identity: str, min_remaining: _Seconds | None, timeout: _Seconds | None, /
    ) -> PlaybackToken | None:
        """A token if there is nothing to wait for."""
    def _call(
        self,
        port: LoopPort,
        identity: str,
        min_remaining: _Seconds | None,
        timeout: _Seconds | None,
    ) -> TokenCall:
        """A call that a task of the port's loop, or a greenlet of its hub, waits for."""
    def _without_port(
        self, identity: str, min_remaining: _Seconds | None, timeout: _Seconds | None, /
    ) -> PlaybackToken:
        """A token for a task whose loop cannot have a port."""
    def __reduce__(self) -> NoReturn: ...

@disjoint_base
class GrantCache:
    """The native part of grantmint.GrantCache."""
    def __new__(
        cls,
        *,
        policy: CachePolicy | _PolicyFields | None = None,
        clock: ManualClock | None = None,
        rate_limited: bool | None = None,
        calls_per_second: float | None = None,
        burst: int | None = None,
        max_fetches: int | None = None,
        fleet: str | HostFleet | RedisFleet | None = None,
        namespace: str | None = None,
        _parts: CacheParts | None = None,
    ) -> Self: ...
    def begin(
        self,
        key: str,
        *,
        ttl: _Seconds = 60.0,
        min_remaining: _Seconds | None = None,
        timeout: _Seconds | None = None,
    ) -> Begun:
        """Asks for a grant; never waits.

        Args:
            key: 1 to 512 bytes.
            ttl: The lifetime to request for the key's grants, 1 ms to 48 hours, in seconds or as a
                timedelta.
            min_remaining: How long the grant must still live, in seconds or as a timedelta.
            timeout: How long the caller may wait, in seconds or as a timedelta; 5 seconds if None.

        Returns:
            A grant, a Ticket (of the fetch to run), a Waiter, or two of these.

        Raises:
            GrantmintError: The error of the last fetch, with retry_after, while no new one may be
                sent.
        """
    def _ask(
        self,
        key: str,
        *,
        ttl: _Seconds,
        min_remaining: _Seconds | None,
        timeout: _Seconds | None,
    ) -> Asking:
        """One caller's tries to get a grant. The arguments are those of begin."""
    def _try_get(
        self, key: str, *, ttl: _Seconds, min_remaining: _Seconds | None
    ) -> tuple[Hit | None, Ticket | None]:
        """A grant that is there now, and the ticket of the fetch that is due. The arguments are those of
        begin.
        """
    def prefetch(self, key: str, *, ttl: _Seconds = 60.0) -> Ticket | None:
        """The ticket to fetch a key's grant before anybody asks for it; None if no fetch is due.

        Raises:
            GrantmintError: As begin, for a new key.
        """
    def keep_warm(self, key: str, seconds: _Seconds, *, ttl: _Seconds = 60.0) -> None:
        """Keeps a key's grant fresh although nobody asks for it: poll returns the tickets to fetch it.

        Args:
            key: The key.
            seconds: For how long, in seconds or as a timedelta; more than 48 hours counts as 48 hours,
                0 ends it.
            ttl: As of begin.

        Raises:
            GrantmintError: As begin, for a new key.
        """
    def poll(self) -> list[Ticket]:
        """Ends the fetches that took too long. Returns tickets for the keys kept warm whose fetch is
        due.
        """
    def next_wakeup(self) -> float | None:
        """After how many seconds to call poll again; None if it has nothing to do."""
    def invalidate(self, key: str, *, ttl: _Seconds = 60.0) -> bool:
        """Drops the grant and the error of a key; returns whether the cache knew the key."""
    def invalidate_if(self, key: str, generation: int, *, ttl: _Seconds = 60.0) -> bool:
        """Drops the grant of a key if it has this generation; returns whether it had."""
    def purge(self) -> None:
        """Empties the cache for all minters that share it."""
    def rotate(self) -> None:
        """Drops cached errors, for new credentials; grants stay."""
    def stats(self) -> Stats:
        """The counters of the cache."""
    def drain_events(self) -> list[Event]:
        """The events since the last call, oldest first; the last 1,024 at most."""
    def __len__(self) -> int: ...
    def __bool__(self) -> bool: ...
    def __reduce__(self) -> NoReturn: ...

@final
class Asking:
    """One caller's tries to get one grant. All of them share the caller's time."""
    def begin(self) -> Begun:
        """As GrantCache.begin, with the time that is left."""
    def time_left(self) -> float:
        """How much of the caller's time is left, in seconds."""
    def goes_on(self, code: str) -> bool:
        """Whether to begin again after the waiter raised an error with this code."""

@final
class CacheParts:
    """A minter's cache, which Python's class is made from."""

@final
class Stats:
    """What a cache has done since it was made, or since the process forked. Counts only rise.

    Example:
        >>> cache = GrantCache()
        >>> hit = cache.get("key", lambda key, **options: {"grant": "a grant"})
        >>> cache.stats().fetches
        1
    """
    @property
    def hits(self) -> int:
        """Calls answered at once with a grant."""
    @property
    def hits_fresh(self) -> int:
        """Calls answered at once with a grant that needs no refresh."""
    @property
    def hits_refreshing(self) -> int:
        """Calls answered at once with a grant whose refresh is due or under way."""
    @property
    def hits_degraded(self) -> int:
        """Calls answered at once with a grant whose refresh failed or may not be tried yet."""
    @property
    def waits(self) -> int:
        """Calls that had to wait for a fetch, including the call that ran it."""
    @property
    def refusals(self) -> int:
        """Calls refused at once with a cached error."""
    @property
    def no_room(self) -> int:
        """Those of them that were refused because the account's rate leaves no room for their fetch."""
    @property
    def fetches(self) -> int:
        """Fetches sent upstream."""
    @property
    def refreshes(self) -> int:
        """Fetches that refreshed a grant which was still good."""
    @property
    def errors(self) -> dict[str, int]:
        """Fetches that failed: how many of each code, without those that never occurred."""
    @property
    def throttled(self) -> int:
        """Fetches answered with a 429."""
    @property
    def evictions(self) -> int:
        """Entries removed to make space for others."""
    @property
    def implausible_dates(self) -> int:
        """Grants that came with a Date of another clock than upstream's, such as a proxy's. It was left
        out of account.
        """
    @property
    def keys(self) -> int:
        """Entries in the cache now."""
    @property
    def in_flight(self) -> int:
        """Fetches under way now."""
    @property
    def waiting(self) -> int:
        """Fetches that wait for their turn now, because of the account's rate."""
    @property
    def keys_refused(self) -> int:
        """Keys that were refused for want of room within the last minute, approximately."""
    @property
    def cooldown_left(self) -> float:
        """How much of the account's cool-down is left, in seconds."""
    @property
    def calls_per_second(self) -> float | None:
        """How many calls per second the account may make now, which changes with need and with
        what upstream refuses; None without a rate limit. Of several accounts the lowest.
        """
    @property
    def clock_offset(self) -> float | None:
        """How many seconds the clock of upstream is ahead of the local one, if known."""
    @property
    def latency(self) -> _Latency:
        """How long fetches took, as a dict. "buckets" are pairs of an upper bound in seconds
        and the number of fetches that took no longer; "count" is their number, "sum" their
        seconds.
        """
    @property
    def fleet(self) -> _FleetStats | None:
        """What other processes have brought, as a dict; None without a fleet. "values" is the
        number of grants that another process had fetched, "leases" of fetches that this one
        made for all, "waits" of fetches that waited for another's, "pauses" of fetches that
        were not sent as upstream had refused another's. "alone" is the number of fetches sent
        without the right to: "alone_failed" as the store failed, "alone_nolease" as it takes no
        writes, "alone_late" as another took too long, "alone_rejected" as what it had was of no use.
        "rejected" is the number of contents of the store that were not handed out, "skewed" of
        grants that end sooner by this machine's clock than by the store's, "errors" of times that
        the store failed. "answers" is how often it said whether another process has a grant,
        "answer_time" how many seconds that took in all. "is_broken" tells whether it is not asked
        now because it failed, "is_connected" whether there is a connection to the server,
        "is_unsupported" whether that cannot do what a fleet needs. "calls_per_second" is the
        account's rate for all processes, or None, "cooldown_left" what is left of its cool-down in
        seconds, "trouble" what was wrong the last time, or None.
        """
    def to_prometheus(self, cache: str) -> str:
        """The statistics in the text format that Prometheus scrapes.

        Args:
            cache: The value of the label "cache" of each series.
        """
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Event:
    """Something that happened in a cache.

    Example:
        >>> cache = GrantCache()
        >>> hit = cache.get("key", lambda key, **options: {"grant": "a grant"})
        >>> [event.kind for event in cache.drain_events()]
        ['fetch_sent', 'fetch_succeeded']
    """
    @property
    def at(self) -> float:
        """When it happened, in Unix seconds."""
    @property
    def kind(
        self,
    ) -> Literal[
        "fetch_sent",
        "fetch_succeeded",
        "fetch_failed",
        "fetch_abandoned",
        "evicted",
        "invalidated",
        "purged",
        "rotated",
        "forked",
        "no_room",
        "rate_cut",
        "limits_differ",
        "fleet_value",
        "fleet_broken",
        "fleet_back",
        "fleet_read_only",
        "fleet_unsupported",
        "fleet_skewed",
        "lifetime_cut",
    ]:
        """What happened: "fetch_sent", "fetch_succeeded", "fetch_failed", "fetch_abandoned",
        "evicted", "invalidated", "purged", "rotated", "forked", "no_room" (a key was refused, for
        the first time within a minute, as the account's rate leaves no room for its fetch),
        "rate_cut" (after a 429 the account is called less often), "limits_differ" (another minter
        of the account has given other limits, and of each the lower holds), "fleet_value" (a grant
        came from another process, which had fetched it), "fleet_broken" (the store that processes share
        failed, and is not asked for some seconds), "fleet_back", "fleet_read_only" (it takes no writes),
        "fleet_unsupported" (the server cannot do what a fleet needs), "fleet_skewed" (a grant ends sooner
        by this machine's clock than by the store's) or
        "lifetime_cut" (a credential lives longer than may be; its lifetime was cut).
        """
    @property
    def key(self) -> str | None:
        """The key that it happened to; None for events of the whole cache, of a credential that all callers share,
        and of ICE servers, whose keys are identities.
        """
    @property
    def code(self) -> str | None:
        """The code of the error, for fetch_failed."""
    @property
    def generation(self) -> int | None:
        """The generation of the grant, for fetch_succeeded and fleet_value."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...

@final
class Begun:
    """What begin returned.

    Example:
        >>> begun = GrantCache().begin("key")
        >>> begun.outcome, begun.grant
        ('fetch', None)
    """
    @property
    def outcome(self) -> Literal["hit", "hit_and_fetch", "fetch", "wait"]:
        """What to do: "hit", "hit_and_fetch", "fetch" or "wait"."""
    @property
    def grant(self) -> Hit | None:
        """A grant to use, after "hit" and "hit_and_fetch"."""
    @property
    def ticket(self) -> Ticket | None:
        """The ticket of the fetch to run, after "hit_and_fetch" and "fetch"."""
    @property
    def waiter(self) -> Waiter | None:
        """What to wait for, after "fetch" and "wait"."""

@final
class Hit:
    """A grant from the cache, with its state when it was handed out. Its repr hides the grant.

    Example:
        >>> hit = GrantCache().get("key", lambda key, **options: {"grant": "a grant"})
        >>> hit.grant, hit.freshness
        ('a grant', 'fresh')
    """
    @property
    def grant(self) -> str:
        """The grant, byte for byte as it was fetched."""
    @property
    def remaining(self) -> float:
        """How long the grant was still good, in seconds, less the safety margin."""
    @property
    def freshness(self) -> _Freshness:
        """How good the grant was: "fresh", "refreshing" or "degraded"."""
    @property
    def reason(self) -> GrantmintError | None:
        """Why it was degraded: a GrantmintError that was not raised, or None."""
    @property
    def retry_after(self) -> float | None:
        """After how many seconds the next refresh is tried, if the grant is degraded and that is
        known.
        """
    @property
    def generation(self) -> int:
        """The number of the grant in its cache, for invalidate_if."""
    @staticmethod
    def _of(fields: tuple[str, float, str, GrantmintError | None, int]) -> Hit:
        """Makes a hit from a pickle."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Ticket:
    """The right and the task to fetch one grant for all its waiters. If the ticket is dropped, the fetch
    ends as abandoned.

    Example:
        >>> begun = GrantCache().begin("key")
        >>> begun.ticket.start()[0]
        'go'
        >>> begun.ticket.complete("a grant")
        >>> begun.waiter.wait().grant
        'a grant'
    """
    @property
    def key(self) -> str:
        """The key whose grant is wanted."""
    @property
    def ttl(self) -> float:
        """The lifetime to ask for, in seconds."""
    @property
    def is_refresh(self) -> bool:
        """Whether the fetch refreshes a grant that is still good."""
    def start(self) -> tuple[Literal["go", "later", "served"], float]:
        """Asks whether the request may be sent now. Call it right before sending: the grant's lifetime
        counts from here.

        Returns:
            ("go", the seconds that the request may take), ("later", the seconds after which to ask
            again), or ("served", 0.0): the fetch has ended with a grant that another process of the
            fleet had fetched, and no request is to be sent.

        Raises:
            GrantmintError: The request may not be sent; the fetch has ended with this error.
        """
    def complete(self, grant: _Json | Sequence[Any], ttl: _Seconds | None = None) -> None:
        """Ends the fetch with a grant; does nothing if it has ended.

        Args:
            grant: The grant: text or bytes, kept as they are, or an object to write as JSON.
            ttl: How long the grant lives, counted from the last start, in seconds or as a
                timedelta, and no longer than was asked for; as long as that if None.

        Raises:
            InvalidArgumentError: invalid_ttl for a ttl that is longer than was asked for,
                invalid_grant for what cannot be written as JSON. The fetch goes on.
        """
    def fail(self, error: GrantmintError) -> None:
        """Ends the fetch with an error for all who wait; does nothing if it has ended."""
    def abandon(self) -> None:
        """Ends the fetch without an outcome; callers that wait begin again."""
    def _refuse(self) -> None:
        """Ends the fetch because there is no thread to run it."""

@final
class Waiter:
    """Waits for one fetch that this caller or another runs. Dropping it ends the wait.

    Example:
        >>> begun = GrantCache().begin("key")
        >>> begun.ticket.fail(UpstreamError("the service is down"))
        >>> begun.waiter.wait()
        Traceback (most recent call last):
            ...
        grantmint.errors.UpstreamError: source_failed: the service is down
    """
    def wait(self) -> Hit:
        """Waits until the fetch ends or the caller's time is over. In a thread with a hub of gevent or
        eventlet, the other greenlets go on.

        Raises:
            GrantmintError: The error of the fetch. DeadlineError if the caller's time is over
                first; abandoned if the fetch ended without an outcome: then begin again.
        """
    def try_result(self) -> Hit | None:
        """The grant, or None while the fetch goes on and the caller has time; never waits.

        Raises:
            As wait.
        """
    def wait_async(self) -> Coroutine[Any, Any, Hit]:
        """As wait, but awaited: it does not block the event loop."""
    def fallback(self) -> Hit | None:
        """The grant that the cache has for this caller now, for callers that do not wait; None if it
        has none that lasts as long as the caller asked for.
        """
    def close(self) -> None:
        """Ends the wait; the fetch goes on for others."""
    def _poll(self, port: LoopPort, number: int) -> Hit | None:
        """As try_result; if there is none, has the port's loop or hub notified under this number when
        there is.
        """

@final
class LoopPort:
    """The port of one event loop, as Python has it. Only the loop keeps it, and drops it when the loop
    is closed.
    """
    def __new__(cls) -> Self: ...
    def fileno(self) -> int | None:
        """What the loop is to watch for reading; None where it has to look by itself."""
    def next_number(self) -> int:
        """A number that no other call of this port has."""
    def drain(self) -> tuple[list[int], list[Job]]:
        """Takes out what was left: the numbers of the calls whose tasks are to go on, and the fetches
        that no caller waits for.
        """

@final
class Job:
    """The fetch as Python runs it. If it is dropped, the fetch ends without an outcome, and callers
    that wait begin again.
    """
    @property
    def streamer(self) -> str:
        """The stream whose grant is wanted."""
    @property
    def ttl(self) -> int:
        """The lifetime to ask for, in seconds."""
    @property
    def origin(self) -> str | None:
        """The origin to allow; any if None."""
    @property
    def fetch(self) -> Any | None:
        """The function to run; None once the minter and its streams are gone."""
    @property
    def context(self) -> Context | None:
        """The context that the minter was made in; None once the minter and its streams are gone."""
    @property
    def is_coroutine(self) -> bool:
        """Whether that is a coroutine function."""
    def start(self) -> float | None:
        """Has the request count as sent, right before the function is called: how long it may
        take, in seconds. None if it may not be sent: the fetch is over.
        """
    def complete(self, grant: Any, ttl: _Seconds | None = None) -> None:
        """Ends the fetch with what the function returned; raises if that is no grant."""
    def fail(self, message: str) -> None:
        """Ends the fetch because the function failed; the message is for all callers that wait."""
    def throttle(self, retry_after: float | None) -> None:
        """Ends the fetch because the service behind the function limits requests."""
    def refuse(self) -> None:
        """Ends the fetch because there is no thread to run the function."""
    def abandon(self) -> None:
        """Ends the fetch without an outcome; callers that wait begin again."""

@final
class TokenCall:
    """A call that a task or a greenlet waits for."""
    @property
    def number(self) -> int:
        """The number under which its port names it."""
    def step(self) -> PlaybackToken | Job | None:
        """The token, a Job to run, or None if neither has come; raises the error of the call."""
    def close(self) -> None:
        """Ends the wait; the fetch goes on for others."""

def _after_fork() -> None:
    """Called by Python in each forked child."""

def _check_answer_field(name: str) -> None:
    """Refuses a field that an answer does not have."""

def _command_line(args: Sequence[str]) -> int:
    """Runs one command line, the program's name first, and returns the exit code. Other threads run on.

    It reads and writes the process's own standard streams, not sys.stdin, sys.stdout and sys.stderr.
    Ctrl-C ends the command, not the interpreter.
    """

def _doc_url(code: str) -> str:
    """Where the documentation explains an error."""

def _find_imports() -> None:
    """Finds all of them. The package calls it at the end of its own import."""

def _simulate_fork(cache: GrantCache) -> None:
    """Makes a cache behave as in a forked child from now on, for tests."""

def _call_in_background(call: Any) -> None:
    """Has a background thread call something; there is one."""

def _enter_background() -> None:
    """A background thread is there."""

def _leave_background() -> None:
    """A background thread ends."""

def _next_in_background(seconds: float) -> tuple[Any, bool]:
    """The next Job or function for a background thread, and whether all other threads are busy. Waits for
    so many seconds at most.
    """

_Lifetime: TypeAlias = Literal["asked"] | Mapping[str, str | int]
_IssuedState: TypeAlias = tuple[float, str, GrantmintError | None, int]

@final
class RestSource:
    """A REST endpoint that hands out short-lived credentials, described and not programmed. A Credential caches what it
    brings. One request each: no retry, no redirect, a body of 64 KiB at most.

    Texts may have slots: "{name}" stands for one of vars or secrets, "{key}" for what a caller asks for, "{ttl}" for
    ttl, "{now}" and "{now_ms}" for the time since 1970; "{{" is a brace. In json "{ttl:int}" alone becomes a number.

    Args:
        url: The endpoint, https, or http on this machine. Its host may have slots of vars, its path any but secrets.
        method: "POST", "GET" or "PUT"; "POST" if None.
        auth: What Authorization says: {"basic": (user, password)}, {"basic_form": (user, password)} as OAuth 2 has
            it, {"bearer": token}, or {"signed": options} for a token that is signed for each request: with secret,
            and of claims, header, typ, algorithm, ttl, max_ttl, iat, nbf, backdate and unique what is needed, as of
            JwtMinter.
        headers: Further headers, a dict of texts.
        query: Members of the URL's query, a dict of texts.
        form: Fields of the form in the body, a dict of texts.
        json: The JSON in the body.
        vars: The values of slots, a dict of texts. Each has to be used.
        secrets: The same of secrets, which are never shown and wiped when nothing uses them any more.
        per: Who may share one credential: "shared" (all callers), "key" (those who give the same key) or "call"
            (nobody: each is used once); "shared" if None.
        distinct: With per="key": each key has a credential of its own, though the request is the same for all.
        ttl: The lifetime to ask for, 1 to 172,800 seconds, or as a timedelta.
        answer: What an answer is, "json" or "text"; "json" if None.
        value: Where the credential stands in a JSON answer, as a JSON pointer; the whole answer if None.
        lifetime: Where the answer says how long its credential lives: a list of {"seconds": pointer}, of the same
            with minutes, milliseconds, epoch, epoch_ms, iso8601, rfc2822 or jwt, of "asked" and of
            {"constant": seconds}. The first counts that is there.
        max_lifetime: The longest lifetime, 1 to 172,800 seconds, or as a timedelta; 86,400 if None. A longer one
            that comes is cut, with an event.
        ok: The statuses that a credential comes with; (200, 201) if None.
        ok_when: What an answer says at a JSON pointer if it holds a credential, for services that answer errors
            with 200.
        error: Where an answer that refuses has its code, as a JSON pointer.
        errors: What such a code means, a dict of "unauthorized", "forbidden", "not_found", "bad_request",
            "throttled" and "unavailable".
        throttled: Statuses beside 429 that mean that there were too many requests.
        retry_after: The header that says when to come back, and "s", "ms", "epoch" or "epoch_ms";
            ("Retry-After", "s") if None.
        exclusive: Whether each new credential ends the one before. Then a Credential of it needs a fleet.
        proxy: The URL of an HTTP proxy. Proxies that the environment names are not used.
        ca_file: A PEM file with the certificate authorities to trust instead of the built-in ones.

    Raises:
        InvalidArgumentError: invalid_url, invalid_ttl, invalid_argument or invalid_utf8. The message names the
            option, and no value.

    Example:
        >>> RestSource(
        ...     "https://{region}.api.cognitive.microsoft.com/sts/v1.0/issueToken",
        ...     headers={"Ocp-Apim-Subscription-Key": "{resource_key}"},
        ...     vars={"region": "westeurope"},
        ...     secrets={"resource_key": "the secret of the resource"},
        ...     answer="text",
        ...     lifetime=[{"constant": 600}],
        ... )
        RestSource(...)
    """
    def __new__(
        cls,
        url: str,
        *,
        method: Literal["POST", "GET", "PUT"] | None = None,
        auth: Mapping[str, str | Sequence[str] | Mapping[str, object]] | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        json: object = None,
        vars: Mapping[str, str] | None = None,
        secrets: Mapping[str, str] | None = None,
        per: Literal["shared", "key", "call"] | None = None,
        distinct: bool = False,
        ttl: _Ttl | None = None,
        answer: Literal["json", "text"] | None = None,
        value: str | None = None,
        lifetime: Sequence[_Lifetime] | None = None,
        max_lifetime: _Ttl | None = None,
        ok: Sequence[int] | None = None,
        ok_when: Mapping[str, object] | None = None,
        error: str | None = None,
        errors: Mapping[str, str] | None = None,
        throttled: Sequence[int] | None = None,
        retry_after: Sequence[str] | None = None,
        exclusive: bool = False,
        proxy: str | None = None,
        ca_file: str | PathLike[str] | None = None,
    ) -> Self: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __reduce__(self) -> NoReturn: ...

def oauth2(
    url: str,
    client_id: str,
    client_secret: str,
    *,
    scope: str | None = None,
    form: Mapping[str, str] | None = None,
    proxy: str | None = None,
    ca_file: str | PathLike[str] | None = None,
) -> RestSource:
    """The source of OAuth 2 access tokens for a client (RFC 6749, section 4.4), which most services have. A token whose
    lifetime is not said counts as one of five minutes.

    Args:
        url: The token endpoint.
        client_id: The client.
        client_secret: Its secret.
        scope: The form field scope.
        form: Further form fields, such as {"audience": "https://api.example.com/"}, a dict of texts.
        proxy: As of RestSource.
        ca_file: As of RestSource.

    Raises:
        InvalidArgumentError: As RestSource.

    Example:
        >>> source = oauth2("https://idp.example.com/oauth/token", "my app", "its secret", scope="read")
        >>> token = Credential(source)
    """

@final
class Issued:
    """A credential, with its state when it was handed out. Its repr hides the value.

    Example:
        >>> issued = Credential(source).get()
        >>> issued.freshness, issued.reason
        ('fresh', None)
    """
    @property
    def value(self) -> Any:
        """The credential: a str, or what JSON was in the answer. Treat it as the secret it is."""
    @property
    def remaining(self) -> float:
        """How long it was still good, in seconds, less the safety margin."""
    @property
    def freshness(self) -> _Freshness:
        """How good it was: "fresh", "refreshing" or "degraded"."""
    @property
    def reason(self) -> GrantmintError | None:
        """Why it was degraded: a GrantmintError that was not raised, or None."""
    @property
    def retry_after(self) -> float | None:
        """After how many seconds the next refresh is tried, if it is degraded and that is known."""
    @property
    def generation(self) -> int:
        """Its number in the cache, for invalidate_if."""
    @staticmethod
    def _of(text: str, is_json: bool, state: _IssuedState) -> Issued:
        """Makes one from a pickle."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class Pending:
    """A call that waits. Dropping it ends the wait, never the fetch."""
    def _poll(self, port: LoopPort, number: int) -> Any:
        """What came, or None while the call goes on: then has the port's loop or hub notified under this number."""
    def close(self) -> None:
        """Ends the wait; the fetch goes on for others."""

@disjoint_base
class Credential:
    """The native part of grantmint.Credential."""
    def __new__(
        cls,
        source: RestSource,
        *,
        use: Literal["request", "session"] = "request",
        session: _Seconds | None = None,
        min_remaining: _Seconds | None = None,
        timeout: _Seconds | None = None,
        cache: GrantCache | None = None,
        share: str | None = None,
        isolated: bool = False,
        policy: CachePolicy | _PolicyFields | None = None,
        fleet: str | HostFleet | RedisFleet | None = None,
        calls_per_second: float | None = None,
        burst: int | None = None,
        max_fetches: int | None = None,
        clock: ManualClock | None = None,
    ) -> Self: ...
    def get(
        self,
        key: str | None = None,
        *,
        min_remaining: _Seconds | None = None,
        timeout: _Seconds | None = None,
    ) -> Issued:
        """The credential. Makes no request if the cache has one; waits for one otherwise.

        Args:
            key: Whose credential, for a source with per="key" or with the slot {key}; 1 to 256 bytes.
            min_remaining: How long it must still live, in seconds or as a timedelta.
            timeout: How long to wait at most, in seconds or as a timedelta; 5 seconds if None.

        Raises:
            InvalidArgumentError: For the arguments.
            UpstreamError: The fetch failed; all who waited for it get the same error. ThrottledError has a
                retry_after.
            DeadlineError: None came in time.
            GrantmintError: overloaded, closed.
        """
    def try_get(
        self, key: str | None = None, *, min_remaining: _Seconds | None = None
    ) -> Issued | None:
        """The credential if the cache has one, else None; never waits. Starts the fetch that is due.

        Args:
            key: As of get.
            min_remaining: As of get.

        Raises:
            InvalidArgumentError: For the arguments.
            GrantmintError: closed; unsupported for a source with per="call", of which there is never one.
        """
    def prefetch(self, key: str | None = None) -> None:
        """Fetches the credential before anybody asks for it; does not wait. A fetch that fails is seen in the events
        alone.

        Raises:
            GrantmintError: As try_get; that of the last fetch while no request may be sent.
        """
    def keep_warm(self, seconds: _Seconds, key: str | None = None) -> None:
        """Keeps the credential fresh although nobody asks for it. A refresh that fails is seen in the events alone.

        Args:
            seconds: For how long, in seconds or as a timedelta; more than 48 hours counts as 48 hours, 0 ends it.
            key: As of get.

        Raises:
            GrantmintError: As prefetch.
        """
    def invalidate(self, key: str | None = None) -> bool:
        """Drops the credential. A fetch that is under way answers the waiters for it; what it brings is not stored.

        Returns:
            Whether the cache knew the key, with a credential or without one.

        Raises:
            GrantmintError: As try_get.
        """
    def invalidate_if(self, generation: int, key: str | None = None) -> bool:
        """Drops the credential if it still has this generation: of many callers whom a service has answered 401, the
        first has a new one fetched.

        Args:
            generation: That of what was refused.
            key: As of get.

        Raises:
            GrantmintError: As try_get.
        """
    def purge(self) -> None:
        """Drops all credentials and cached errors of this source, for all who share its cache.

        Raises:
            GrantmintError: closed.
        """
    def stats(self) -> Stats:
        """The counters of the cache, for all who share it.

        Raises:
            GrantmintError: closed.
        """
    def drain_events(self) -> list[Event]:
        """The cache's events since the last call, oldest first; the last 1,024 at most.

        Raises:
            GrantmintError: closed.
        """
    def _cache(self) -> CacheParts:
        """What Python's GrantCache of this credential is made from."""
    def close(self) -> None:
        """Later calls raise closed, those that wait still get their result, and it is kept warm no more. Others who share
        the cache go on.
        """
    def _begin(
        self, key: str | None, min_remaining: _Seconds | None, timeout: _Seconds | None, /
    ) -> Issued | Pending:
        """The credential if there is nothing to wait for, else the call that waits."""
    def __reduce__(self) -> NoReturn: ...

@final
class IceCredentials:
    """ICE servers with credentials, with their state when they were handed out. The repr hides them.

    Example:
        >>> servers = IceServers.coturn("static-auth-secret", ["turn:turn.example:3478"]).get("alice")
        >>> servers.ice_servers[0]["urls"]
        ['turn:turn.example:3478']
    """
    @property
    def ice_servers(self) -> list[dict[str, Any]]:
        """The servers, a list of dicts with "urls", "username" and "credential": what RTCPeerConnection takes as
        iceServers, and RTCIceServer(**server) of aiortc. Treat it as the secret it is.
        """
    def to_dict(self) -> dict[str, Any]:
        """{"iceServers": […], "expiresIn": seconds}, for an answer to a browser."""
    def to_json(self) -> str:
        """The same as JSON."""
    @property
    def remaining(self) -> float:
        """How long they were still good, in seconds, less the safety margin. A connection that goes on for longer may
        end then.
        """
    @property
    def freshness(self) -> _Freshness:
        """How good they were: "fresh", "refreshing" or "degraded"."""
    @property
    def reason(self) -> GrantmintError | None:
        """Why they were degraded: a GrantmintError that was not raised, or None."""
    @property
    def retry_after(self) -> float | None:
        """After how many seconds the next refresh is tried, if they are degraded and that is known."""
    @property
    def generation(self) -> int:
        """Their number in the cache, for invalidate_if; 0 for what is signed here."""
    @staticmethod
    def _of(json: str, state: _IssuedState) -> IceCredentials:
        """Makes them from a pickle."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class IceParts:
    """What a class method makes Python's class from."""

@disjoint_base
class IceServers:
    """The native part of grantmint.IceServers."""
    def __new__(cls, parts: IceParts) -> Self: ...
    @classmethod
    def twilio(
        cls,
        key: ApiKey,
        *,
        ttl: _Ttl | None = None,
        session: _Seconds | None = None,
        base_url: str | None = None,
        proxy: str | None = None,
        ca_file: str | PathLike[str] | None = None,
        min_remaining: _Seconds | None = None,
        timeout: _Seconds | None = None,
        cache: GrantCache | None = None,
        share: str | None = None,
        isolated: bool = False,
        policy: CachePolicy | _PolicyFields | None = None,
        fleet: str | HostFleet | RedisFleet | None = None,
        calls_per_second: float | None = None,
        burst: int | None = None,
        max_fetches: int | None = None,
        clock: ManualClock | None = None,
    ) -> Self:
        """Those of Twilio's Network Traversal Service, with an API key.

        Args:
            key: The ApiKey.
            ttl: The lifetime to ask for, 1 to 86,400 seconds, of others 172,800, or as a timedelta; 86,400 if None.
            session: How long connections last that are made with what is handed out, in seconds or as a timedelta;
                half of the lifetime if None.
            base_url: Scheme, host and port of the service, for an emulator.
            proxy: The URL of an HTTP proxy. Proxies that the environment names are not used.
            ca_file: A PEM file with the certificate authorities to trust instead of the built-in ones.
            min_remaining: As of Credential.
            timeout: As of Credential.
            cache: As of Credential.
            share: As of Credential.
            isolated: As of Credential.
            policy: As of Credential.
            fleet: As of Credential.
            calls_per_second: As of PlaybackMinter.
            burst: As of PlaybackMinter.
            max_fetches: As of PlaybackMinter.
            clock: A ManualClock, for tests.

        Raises:
            InvalidArgumentError: An argument is out of range, or two cannot be combined.
        """
    @classmethod
    def twilio_account(
        cls,
        account_sid: str,
        auth_token: str,
        *,
        ttl: _Ttl | None = None,
        session: _Seconds | None = None,
        base_url: str | None = None,
        proxy: str | None = None,
        ca_file: str | PathLike[str] | None = None,
        min_remaining: _Seconds | None = None,
        timeout: _Seconds | None = None,
        cache: GrantCache | None = None,
        share: str | None = None,
        isolated: bool = False,
        policy: CachePolicy | _PolicyFields | None = None,
        fleet: str | HostFleet | RedisFleet | None = None,
        calls_per_second: float | None = None,
        burst: int | None = None,
        max_fetches: int | None = None,
        clock: ManualClock | None = None,
    ) -> Self:
        """Those of Twilio's Network Traversal Service, with an account's SID and its auth token.

        Args:
            account_sid: The account, AC and 32 hexadecimal digits.
            auth_token: Its auth token.
            ttl: As of twilio.
            session: As of twilio.
            base_url: As of twilio.
            proxy: As of twilio.
            ca_file: As of twilio.
            min_remaining: As of Credential.
            timeout: As of Credential.
            cache: As of Credential.
            share: As of Credential.
            isolated: As of Credential.
            policy: As of Credential.
            fleet: As of Credential.
            calls_per_second: As of PlaybackMinter.
            burst: As of PlaybackMinter.
            max_fetches: As of PlaybackMinter.
            clock: A ManualClock, for tests.

        Raises:
            InvalidArgumentError: As twilio.
        """
    @classmethod
    def cloudflare(
        cls,
        key_id: str,
        api_token: str,
        *,
        ttl: _Ttl | None = None,
        session: _Seconds | None = None,
        base_url: str | None = None,
        proxy: str | None = None,
        ca_file: str | PathLike[str] | None = None,
        min_remaining: _Seconds | None = None,
        timeout: _Seconds | None = None,
        cache: GrantCache | None = None,
        share: str | None = None,
        isolated: bool = False,
        policy: CachePolicy | _PolicyFields | None = None,
        fleet: str | HostFleet | RedisFleet | None = None,
        calls_per_second: float | None = None,
        burst: int | None = None,
        max_fetches: int | None = None,
        clock: ManualClock | None = None,
    ) -> Self:
        """Those of Cloudflare's TURN service, with a TURN key and its API token.

        Args:
            key_id: The ID of the TURN key.
            api_token: Its API token.
            ttl: As of twilio.
            session: As of twilio.
            base_url: As of twilio.
            proxy: As of twilio.
            ca_file: As of twilio.
            min_remaining: As of Credential.
            timeout: As of Credential.
            cache: As of Credential.
            share: As of Credential.
            isolated: As of Credential.
            policy: As of Credential.
            fleet: As of Credential.
            calls_per_second: As of PlaybackMinter.
            burst: As of PlaybackMinter.
            max_fetches: As of PlaybackMinter.
            clock: A ManualClock, for tests.

        Raises:
            InvalidArgumentError: As twilio.
        """
    @classmethod
    def rest(
        cls,
        source: RestSource,
        *,
        ttl: _Ttl | None = None,
        session: _Seconds | None = None,
        base_url: str | None = None,
        proxy: str | None = None,
        ca_file: str | PathLike[str] | None = None,
        min_remaining: _Seconds | None = None,
        timeout: _Seconds | None = None,
        cache: GrantCache | None = None,
        share: str | None = None,
        isolated: bool = False,
        policy: CachePolicy | _PolicyFields | None = None,
        fleet: str | HostFleet | RedisFleet | None = None,
        calls_per_second: float | None = None,
        burst: int | None = None,
        max_fetches: int | None = None,
        clock: ManualClock | None = None,
    ) -> Self:
        """Those of any other service: its answer holds a list of servers, one server, or an object with either as
        iceServers.

        Args:
            source: A RestSource. It says itself what lifetime to ask for, and where the service is.
            ttl: Has no effect here, and is refused.
            session: As of twilio.
            base_url: Has no effect here, and is refused.
            proxy: As of twilio.
            ca_file: As of twilio.
            min_remaining: As of Credential.
            timeout: As of Credential.
            cache: As of Credential.
            share: As of Credential.
            isolated: As of Credential.
            policy: As of Credential.
            fleet: As of Credential.
            calls_per_second: As of PlaybackMinter.
            burst: As of PlaybackMinter.
            max_fetches: As of PlaybackMinter.
            clock: A ManualClock, for tests.

        Raises:
            InvalidArgumentError: As twilio.
        """
    @classmethod
    def coturn(
        cls,
        secret: str,
        urls: Iterable[str],
        *,
        ttl: _Ttl | None = None,
        clock: ManualClock | None = None,
    ) -> Self:
        """Those of a coturn server of one's own that has use-auth-secret. They are signed here, without a request.

        Args:
            secret: The server's static-auth-secret.
            urls: 1 to 16 URLs such as "turn:turn.example:3478?transport=udp".
            ttl: As of twilio.
            clock: A ManualClock, for tests.

        Raises:
            InvalidArgumentError: invalid_ttl or invalid_argument.
        """
    def get(
        self,
        identity: str | None = None,
        *,
        min_remaining: _Seconds | None = None,
        timeout: _Seconds | None = None,
    ) -> IceCredentials:
        """The servers. Makes no request if the cache has a credential; waits for one otherwise.

        Args:
            identity: For whom. Users who are named have credentials of their own, all others share one. For coturn
                it stands in the username.
            min_remaining: How long the credential must still live, in seconds or as a timedelta.
            timeout: How long to wait at most, in seconds or as a timedelta; 5 seconds if None.

        Raises:
            InvalidArgumentError: For the arguments.
            UpstreamError: The fetch failed; all who waited for it get the same error. ThrottledError has a
                retry_after.
            DeadlineError: None came in time.
            GrantmintError: overloaded, closed.
        """
    def try_get(
        self, identity: str | None = None, *, min_remaining: _Seconds | None = None
    ) -> IceCredentials | None:
        """The servers if there is a credential, else None; never waits. Starts the fetch that is due.

        Args:
            identity: As of get.
            min_remaining: As of get.

        Raises:
            InvalidArgumentError: For the arguments.
            GrantmintError: closed.
        """
    def keep_warm(self, seconds: _Seconds, identity: str | None = None) -> None:
        """Keeps the credential fresh although nobody asks for it. Nothing to do for coturn.

        Args:
            seconds: For how long, in seconds or as a timedelta; more than 48 hours counts as 48 hours, 0 ends it.
            identity: As of get.

        Raises:
            GrantmintError: As try_get; that of the last fetch while no request may be sent.
        """
    def invalidate_if(self, generation: int, identity: str | None = None) -> bool:
        """Drops the credential if it still has this generation: of many clients whom a server has refused, the first
        has a new one fetched. False for coturn.

        Args:
            generation: That of what was refused.
            identity: As of get.

        Raises:
            GrantmintError: As try_get.
        """
    def stats(self) -> Stats | None:
        """The counters of the cache, for all who share it; None for coturn.

        Raises:
            GrantmintError: closed.
        """
    def drain_events(self) -> list[Event]:
        """The cache's events since the last call, oldest first; the last 1,024 at most.

        Raises:
            GrantmintError: closed.
        """
    def close(self) -> None:
        """Later calls raise closed, those that wait still get their result. Others who share the cache go on."""
    def _begin(
        self, identity: str | None, min_remaining: _Seconds | None, timeout: _Seconds | None, /
    ) -> IceCredentials | Pending:
        """The servers if there is nothing to wait for, else the call that waits."""
    def __reduce__(self) -> NoReturn: ...

_SlotValue: TypeAlias = str | float | Mapping[str, Any] | Sequence[Any] | None

@final
class Slot:
    """A claim that each token has its own value of, among the claims of a JwtMinter. Where it stands there, the claim
    stands in the token. An optional slot that a token does not fill is left out, and with it a dict that only such
    slots are in.

    Args:
        name: The name by which a mint gives its value, 1 to 64 bytes.
        type: What it takes: str, int, bool or "json", which is anything that can be written as JSON; str if None.
        required: Whether each token must have a value for it, and a text must not be empty.
        max: The longest text or JSON, in bytes of UTF-8; 64 KiB if None.
        one_of: The only texts that are allowed.

    Raises:
        InvalidArgumentError: invalid_argument or invalid_utf8. What is wrong with the name or with type, max and
            one_of together, JwtMinter tells.

    Example:
        >>> Slot("room", required=True, max=256)
        Slot('room', str, required=True, max=256)
    """
    def __new__(
        cls,
        name: str,
        type: type[str | int] | Literal["json"] | None = None,
        *,
        required: bool = False,
        max: int | None = None,
        one_of: Iterable[str] | None = None,
    ) -> Self: ...
    @property
    def name(self) -> str:
        """The name by which a mint gives its value."""
    @staticmethod
    def _of(kind: Any, name: str, type: Any, options: dict[str, Any]) -> Slot:
        """Makes a slot from a pickle."""
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __hash__(self) -> int: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

@final
class JwtMinter:
    """Mints JSON Web Tokens of one kind for any service, signed with HS256, HS384 or HS512: fixed claims, and typed slots
    for what differs between users. Any number of threads may share a minter. Class methods make it for services that
    are built in: livekit, livekit_from_env, zoom_video_sdk, jitsi and daily.

    Args:
        secret: The secret as str or bytes.
        claims: The claims that all tokens have, a dict. A Slot in it stands for what each token has its own value of.
            exp, iat and nbf are written by the minter.
        identity: Where the first argument of a mint stands: the name of a claim, a tuple of names from the top down,
            or a Slot; each must be there and not empty unless a Slot says otherwise. None for tokens that name nobody.
        header: Members of the header, such as {"kid": "…"}.
        typ: typ of the header; left out if None.
        algorithm: "HS256", "HS384" or "HS512".
        ttl: The lifetime of each token in seconds, 1 to max_ttl, or as a timedelta; 3,600 if None.
        max_ttl: The longest lifetime to allow, at most a year; 86,400 seconds if None.
        iat: Whether tokens say when they were issued.
        nbf: Whether tokens say that they are valid from their minting on, or from which Unix second or datetime on.
        backdate: How many seconds iat and nbf are set back, for services whose clocks are behind: at most 300; 0 if
            None.
        unique: Whether each token has a jti of its own.
        clock: A ManualClock, for tests.

    Raises:
        InvalidArgumentError: invalid_credentials, invalid_ttl, invalid_argument, invalid_identity, limit_exceeded or
            invalid_utf8. The message names the claim or slot.

    Example:
        >>> secret = "a secret of at least thirty-two bytes"
        >>> claims = {"iss": "my-app", "video": {"roomJoin": True, "room": Slot("room", required=True)}}
        >>> rooms = JwtMinter(secret, claims, ttl=600)
        >>> content = verify_jwt(rooms.mint("alice", room="DailyStandup"), secret)
        >>> content.subject, content.claims["video"]
        ('alice', {'roomJoin': True, 'room': 'DailyStandup'})
    """
    def __new__(
        cls,
        secret: str | bytes,
        claims: Mapping[str, Any] | None = None,
        *,
        identity: str | Sequence[str] | Slot | None = "sub",
        header: Mapping[str, Any] | None = None,
        typ: str | None = "JWT",
        algorithm: _Algorithm = "HS256",
        ttl: _Ttl | None = None,
        max_ttl: _Ttl | None = None,
        iat: bool = True,
        nbf: bool | _UnixSeconds | None = None,
        backdate: int | None = None,
        unique: bool = False,
        clock: ManualClock | None = None,
    ) -> Self: ...
    @classmethod
    def livekit(
        cls,
        api_key: str,
        api_secret: str,
        *,
        ttl: _Ttl | None = None,
        max_ttl: _Ttl | None = None,
        backdate: int | None = None,
        unique: bool = False,
        clock: ManualClock | None = None,
        **slots: _SlotValue,
    ) -> JwtMinter:
        """Tokens of LiveKit. The slots have the names of its Python library's grants: identity, name, metadata,
        attributes, and of the video grant room_join, room, can_publish and so on. Tokens are valid for six hours, from
        10 seconds before their minting on.

        Args:
            api_key: The API key.
            api_secret: Its secret.
            ttl: The lifetime of each token in seconds, 1 to max_ttl, or as a timedelta; 21,600 if None.
            max_ttl: As of JwtMinter.
            backdate: As of JwtMinter; 10 if None.
            unique: As of JwtMinter.
            clock: A ManualClock, for tests.
            slots: Values that all tokens share, such as room_join=True.

        Raises:
            InvalidArgumentError: As JwtMinter.

        Example:
            >>> joins = JwtMinter.livekit("APIkey", "a secret of at least thirty-two bytes", room_join=True)
            >>> jwt = joins.mint("alice", room="DailyStandup", name="Alice", can_publish=False)
        """
    @classmethod
    def livekit_from_env(
        cls,
        *,
        ttl: _Ttl | None = None,
        max_ttl: _Ttl | None = None,
        backdate: int | None = None,
        unique: bool = False,
        clock: ManualClock | None = None,
        **slots: _SlotValue,
    ) -> JwtMinter:
        """As livekit, with the key of the variables LIVEKIT_API_KEY and LIVEKIT_API_SECRET.

        Args:
            ttl: As of livekit.
            max_ttl: As of JwtMinter.
            backdate: As of livekit.
            unique: As of JwtMinter.
            clock: A ManualClock, for tests.
            slots: As of livekit.

        Raises:
            InvalidArgumentError: invalid_credentials names a variable that is missing; otherwise as livekit.
        """
    @classmethod
    def zoom_video_sdk(
        cls,
        sdk_key: str,
        sdk_secret: str,
        *,
        ttl: _Ttl | None = None,
        max_ttl: _Ttl | None = None,
        backdate: int | None = None,
        unique: bool = False,
        clock: ManualClock | None = None,
        **slots: _SlotValue,
    ) -> JwtMinter:
        """Tokens of Zoom's Video SDK. The slots have the names of its claims: tpc, the session's name, and role_type, 1 for
        a host and 0 for a participant, are required. The identity is user_identity; a user_key may stand in its place.

        Args:
            sdk_key: The SDK key.
            sdk_secret: Its secret.
            ttl: The lifetime of each token, 1,800 to 172,800 seconds, or as a timedelta; 7,200 if None.
            max_ttl: As of JwtMinter; 172,800 if None.
            backdate: As of JwtMinter.
            unique: As of JwtMinter.
            clock: A ManualClock, for tests.
            slots: Values that all tokens share, such as role_type=0.

        Raises:
            InvalidArgumentError: As JwtMinter.

        Example:
            >>> secret = "a secret of at least thirty-two bytes"
            >>> hosts = JwtMinter.zoom_video_sdk("sdk-key", secret, role_type=1)
            >>> jwt = hosts.mint("bob", tpc="Cool Cars")
        """
    @classmethod
    def jitsi(
        cls,
        app_id: str,
        app_secret: str,
        aud: str,
        sub: str,
        *,
        ttl: _Ttl | None = None,
        max_ttl: _Ttl | None = None,
        backdate: int | None = None,
        unique: bool = False,
        clock: ManualClock | None = None,
        **slots: _SlotValue,
    ) -> JwtMinter:
        """Tokens of a Jitsi Meet of your own. The slots are room, which is required and may be "*", and of the user
        identity (its id), name, email, avatar, moderator and affiliation; beside it group and features. What makes a
        moderator depends on the deployment's plugins: some read moderator, some affiliation.

        Args:
            app_id: The app_id of the deployment.
            app_secret: Its app_secret.
            aud: The audience that it accepts, "jitsi" for most.
            sub: Its domain or tenant, in lower case.
            ttl: As of JwtMinter.
            max_ttl: As of JwtMinter.
            backdate: As of JwtMinter; 10 if None.
            unique: As of JwtMinter.
            clock: A ManualClock, for tests.
            slots: Values that all tokens share.

        Raises:
            InvalidArgumentError: As JwtMinter.

        Example:
            >>> secret = "a secret of at least thirty-two bytes"
            >>> rooms = JwtMinter.jitsi("my_client", secret, "jitsi", "meet.example.com")
            >>> jwt = rooms.mint("alice", room="standup", moderator=True)
        """
    @classmethod
    def daily(
        cls,
        domain_id: str,
        api_key: str,
        *,
        ttl: _Ttl | None = None,
        max_ttl: _Ttl | None = None,
        backdate: int | None = None,
        unique: bool = False,
        clock: ManualClock | None = None,
        **slots: _SlotValue,
    ) -> JwtMinter:
        """Self-signed meeting tokens of Daily, signed with the API key. The slots have the names of its REST API:
        room_name is required, as a token without it opens every room; the identity is user_id.

        Args:
            domain_id: The ID of the domain.
            api_key: Its API key.
            ttl: As of JwtMinter.
            max_ttl: As of JwtMinter.
            backdate: As of JwtMinter.
            unique: As of JwtMinter.
            clock: A ManualClock, for tests.
            slots: Values that all tokens share.

        Raises:
            InvalidArgumentError: As JwtMinter.

        Example:
            >>> rooms = JwtMinter.daily("the ID of the domain", "the API key of the domain, which is long")
            >>> jwt = rooms.mint("alice", room_name="standup", is_owner=True)
        """
    def mint(self, identity: str | None = None, /, **slots: _SlotValue) -> str:
        """The token of one user, issued now.

        Args:
            identity: Whom it is for; None if tokens of this kind need nobody.
            slots: The values of the slots, by name.

        Raises:
            InvalidArgumentError: invalid_identity, invalid_argument for a value that is of the wrong type, too long or
                not allowed, and for a slot that is missing or unknown; limit_exceeded or invalid_utf8. The message names
                the slot.
        """
    def mint_at(self, identity: str | None, now: _UnixSeconds, /, **slots: _SlotValue) -> str:
        """The token of one user, issued at a time that the caller chooses.

        Args:
            identity: As of mint.
            now: Unix seconds, or a datetime.
            slots: As of mint.

        Raises:
            InvalidArgumentError: As of mint; invalid_argument for a time after the year 9999.
        """
    def mint_many(self, users: Iterable[Mapping[str, _SlotValue]]) -> list[str]:
        """One token for each user, all issued in the same second. If one fails, none is returned.

        Args:
            users: Any iterable of dicts, each with the values of the slots by name and the "identity".

        Raises:
            InvalidArgumentError: As of mint, with the index before the slot.
        """
    def bind(self, **slots: _SlotValue) -> JwtMinter:
        """A minter whose slots of these names have their values already, prepared as fixed claims are: for all the users of
        one room.

        Args:
            slots: The values, by name.

        Raises:
            InvalidArgumentError: As of mint.
        """
    def warnings(self) -> tuple[tuple[str, str], ...]:
        """Advice about these tokens, as pairs of a stable code and a message; empty for most. The codes are short_secret,
        token_long, zoom_ttl, zoom_topic_long and jitsi_room_case.
        """
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, _memo: dict[int, Any], /) -> Self: ...
    def __reduce__(self) -> NoReturn: ...
