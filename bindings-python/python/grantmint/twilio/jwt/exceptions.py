"""The errors and warnings of PyJWT that Twilio's classes let through, and one more warning.

These are classes of grantmint's own: handlers of ``jwt.exceptions`` do not catch them.
"""

from __future__ import annotations

__all__ = [
    "DeadTokenWarning",
    "InsecureKeyLengthWarning",
    "InvalidKeyError",
    "InvalidTokenError",
    "PyJWTError",
]


class PyJWTError(Exception):
    """The base of the two below."""


class InvalidKeyError(PyJWTError):
    """The secret is a key of another kind."""


class InvalidTokenError(PyJWTError):
    """The header is not that of a token."""


class InsecureKeyLengthWarning(UserWarning):
    """The secret is shorter than its hash. API key secrets have 32 characters, which is enough."""


class DeadTokenWarning(UserWarning):
    """The token is made as Twilio's class makes it, but it will not work as intended."""
