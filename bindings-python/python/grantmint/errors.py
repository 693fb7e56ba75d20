"""The exceptions of grantmint.

Each has a ``code`` and a ``number`` that never change, and ``retry_after`` in seconds where waiting
helps. No message holds a secret, a token or a grant.
"""

from __future__ import annotations

from typing import Any

from grantmint._native import ERRORS, _doc_url
from grantmint._timedelta import timedelta

__all__ = [
    "DeadlineError",
    "GrantmintError",
    "InvalidArgumentError",
    "ThrottledError",
    "TokenError",
    "UpstreamError",
]


class GrantmintError(Exception):
    """The base of all errors of grantmint.

    Args:
        message: What went wrong, and what to do about it.
        code: The stable name of the error, such as "overloaded"; the code of the class if None.
        retry_after: After how long to try again, in seconds or as a timedelta.
        argument: The argument at fault, such as "grant_ttl".

    Raises:
        ValueError: There is no such code, or retry_after is negative or not a number of seconds.
        TypeError: retry_after is not a time.

    Example:
        >>> error = GrantmintError("come back later", code="overloaded", retry_after=2)
        >>> error.is_retryable
        True
        >>> error.args  # so that type(error)(*error.args) is the same error
        ('come back later', 'overloaded', 2.0)
    """

    code: str = "unsupported"
    """The stable name of the error, such as "throttled"; on a class, the default of its errors."""
    message: str = ""
    """What went wrong, in words."""
    retry_after: float | None = None
    """After how many seconds to try again, if known. A server sends it on as Retry-After."""
    argument: str | None = None
    """The argument at fault, such as "grant_ttl" or "identities[2]"; None for other errors."""
    args: tuple[Any, ...]
    """The message, the code and retry_after; for an error about an argument, its name."""

    def __init__(
        self,
        message: str = "",
        code: str | None = None,
        retry_after: float | timedelta | None = None,
        argument: str | None = None,
    ) -> None:
        """Makes the error; see the class."""
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code
        if self.code not in ERRORS:
            raise ValueError(_no_code(self.code))
        self.retry_after = None if retry_after is None else _seconds(retry_after)
        self.argument = argument
        # By these Celery, billiard and others make it again. OSError has its own idea of them.
        told = (message, self.code, self.retry_after)
        self.args = told if argument is None else (*told, argument)

    @property
    def number(self) -> int:
        """The stable number of the error, which C sees as GRANTMINT_ERR_…."""
        return ERRORS[self.code][0]

    @property
    def doc_url(self) -> str:
        """Where the documentation explains the error: a path in the project, with an anchor."""
        return _doc_url(self.code)

    @property
    def is_retryable(self) -> bool:
        """Whether the same call with the same arguments may succeed later.

        A server answers its own client with 503 if it is True, else with 502; docs/errors.md says
        more for each code.
        """
        return ERRORS[self.code][1]

    def __str__(self) -> str:
        """The code and the message."""
        return f"{self.code}: {self.message or ERRORS[self.code][2]}"

    def __repr__(self) -> str:
        """The expression that makes the same error."""
        after = "" if self.retry_after is None else f", retry_after={self.retry_after!r}"
        return f"{type(self).__name__}({self.message!r}, code={self.code!r}{after})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Lets the error cross to other processes."""
        fields = {"code": self.code, "message": self.message, "retry_after": self.retry_after}
        return _rebuild, (type(self), self.args, fields | self.__dict__)


class InvalidArgumentError(GrantmintError, ValueError):
    """An argument is wrong: numbers 100 to 199, and 902 for a text that is not valid UTF-8.

    Example:
        >>> try:
        ...     TokenMinter(key, ttl=0)
        ... except InvalidArgumentError as error:
        ...     print(error.argument, error.code)
        ttl invalid_ttl
    """

    code = "invalid_argument"


class TokenError(GrantmintError):
    """A token does not decode or verify: numbers 200 to 299.

    Example:
        >>> decode("no token")
        Traceback (most recent call last):
            ...
        grantmint.errors.TokenError: token_malformed: the token does not have three parts
    """

    code = "token_malformed"


class UpstreamError(GrantmintError):
    """A grant could not be fetched: numbers 300 to 399.

    Example:
        >>> GrantCache().get("key", lambda key, **options: None)
        Traceback (most recent call last):
            ...
        grantmint.errors.UpstreamError: source_failed: fetch must return {"grant": …, ...
    """

    code = "source_failed"


class ThrottledError(UpstreamError):
    """Upstream limits the account's requests: number 304.

    A source raises it with ``retry_after`` to stop all fetches of the account for that time.

    Example:
        >>> ThrottledError("too many requests", retry_after=30).retry_after
        30.0
    """

    code = "throttled"


class DeadlineError(GrantmintError, TimeoutError):
    """No grant came within the caller's time: number 400.

    Example:
        >>> cache = GrantCache()
        >>> fetcher = cache.begin("key")  # and nobody fetches
        >>> cache.begin("key", timeout=0.01).waiter.wait()
        Traceback (most recent call last):
            ...
        grantmint.errors.DeadlineError: deadline_exceeded: ...
    """

    code = "deadline_exceeded"

    def __str__(self) -> str:
        """The code and the message."""
        return GrantmintError.__str__(self)


def _no_code(code: object) -> str:
    """What is wrong with a code that no error has."""
    import difflib

    if not isinstance(code, str):
        return f"code must be a key of grantmint.ERRORS, not {code!r}: a time is retry_after=…"
    close = difflib.get_close_matches(code, ERRORS)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    return f"code must be a key of grantmint.ERRORS, not {code!r}{meant}"


def _seconds(time: Any) -> float:
    total = getattr(time, "total_seconds", None)
    needed = f"retry_after must be seconds (int, float or timedelta), not {type(time).__name__}"
    if isinstance(time, (str, bytes)):
        raise TypeError(needed)
    try:
        seconds = float(time if total is None else total())
    except OverflowError:
        msg = "retry_after must be seconds that a float can hold"
        raise ValueError(msg) from None
    except TypeError:
        raise TypeError(needed) from None
    if isinstance(time, bool) or not seconds >= 0:
        came = "bool" if isinstance(time, bool) else f"{seconds:g}"
        msg = f"retry_after must be 0 seconds or more, not {came}"
        raise ValueError(msg)
    return seconds


def _class_of(code: str) -> type[GrantmintError]:
    number = ERRORS[code][0]
    if code == "invalid_utf8":
        return InvalidArgumentError
    if code == ThrottledError.code:
        return ThrottledError
    if code == DeadlineError.code:
        return DeadlineError
    by_hundred: dict[int, type[GrantmintError]] = {
        1: InvalidArgumentError,
        2: TokenError,
        3: UpstreamError,
    }
    return by_hundred.get(number // 100, GrantmintError)


def _from_core(
    code: str, message: str, retry_after: float | None, argument: str | None = None
) -> GrantmintError:
    """The exception of an error of core."""
    return _class_of(code)(message, code, retry_after, argument)


def _rebuild(
    kind: type[GrantmintError], args: tuple[Any, ...], fields: dict[str, Any]
) -> GrantmintError:
    """Makes an error from a pickle. Does not call the constructor: a subclass may change it."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(fields)
    return error
