"""The base of all tokens, as in ``twilio.jwt``."""

from __future__ import annotations

import time
from typing import Any

from grantmint.twilio.jwt import _encode

__all__ = ["Jwt", "JwtDecodeError"]


class JwtDecodeError(Exception):
    """A token that cannot be read, or is not to be trusted."""


class Jwt:
    """A token. A subclass defines its claims.

    Args:
        secret_key: What signs it: ``str`` or ``bytes``.
        issuer: The claim iss.
        subject: The claim sub; left out if empty.
        algorithm: HS256, HS384 or HS512; the algorithm of the class if empty.
        nbf: When it becomes valid, in Unix seconds; left out if None, now by default.
        ttl: Its lifetime in seconds.
        valid_until: When it expires, in Unix seconds; instead of ttl.
    """

    GENERATE: Any = object()
    """Stands for the time when the token is made."""
    ALGORITHM = "HS256"

    # Any, as the constructor takes values of many types: a reader need not narrow them.
    secret_key: Any
    issuer: Any
    subject: Any
    algorithm: Any
    nbf: Any
    ttl: Any
    valid_until: Any

    def __init__(
        self,
        secret_key: Any,
        issuer: Any,
        subject: Any = None,
        algorithm: str | None = None,
        nbf: Any = GENERATE,
        ttl: Any = 3600,
        valid_until: Any = None,
    ) -> None:
        """Makes the token; see the class."""
        self.secret_key = secret_key
        self.issuer = issuer
        self.subject = subject
        self.algorithm = algorithm or self.ALGORITHM
        self.nbf = nbf
        self.ttl = ttl
        self.valid_until = valid_until
        self.__decoded_payload: dict[str, Any] | None = None
        self.__decoded_headers: dict[str, Any] | None = None

    def _generate_payload(self) -> Any:
        """The claims of a subclass, as a dict."""
        raise NotImplementedError("Subclass must provide a payload.")

    def _generate_headers(self) -> Any:
        """What a subclass adds to the header, as a dict."""
        return {}

    @classmethod
    def _from_jwt(cls, headers: dict[str, Any], payload: dict[str, Any], key: Any = None) -> Jwt:
        """Makes the token that was read: a plain Jwt, also if called on a subclass."""
        jwt = Jwt(
            secret_key=key,
            issuer=payload.get("iss"),
            subject=payload.get("sub"),
            algorithm=headers.get("alg"),
            valid_until=payload.get("exp"),
            nbf=payload.get("nbf"),
        )
        jwt.__decoded_payload = payload
        jwt.__decoded_headers = headers
        return jwt

    @property
    def payload(self) -> dict[str, Any]:
        """The claims that were read, or those of a token that would be issued now."""
        if self.__decoded_payload:
            return self.__decoded_payload

        payload: dict[str, Any] = self._generate_payload().copy()
        now = int(time.time())
        payload["iss"] = self.issuer
        payload["exp"] = now + self.ttl
        if self.nbf is not None:
            payload["nbf"] = now if self.nbf == self.GENERATE else self.nbf
        if self.valid_until:
            payload["exp"] = self.valid_until
        if self.subject:
            payload["sub"] = self.subject
        return payload

    @property
    def headers(self) -> dict[str, Any]:
        """The header that was read, or that of a token that would be issued now."""
        if self.__decoded_headers:
            return self.__decoded_headers

        headers: dict[str, Any] = self._generate_headers().copy()
        headers["typ"] = "JWT"
        headers["alg"] = self.algorithm
        return headers

    def to_jwt(self, ttl: Any = None) -> str:
        """The signed token, issued now.

        Args:
            ttl: Its lifetime in seconds, instead of what the token says.

        Raises:
            ValueError: There is no secret, or a claim is NaN or infinite.
            TypeError: The issuer is no ``str``, or something is not JSON.
            InvalidKeyError: The secret is a key of another kind.
            NotImplementedError: The algorithm is not HS256, HS384 or HS512.
            InvalidArgumentError: The token would be over 128 KiB, or its header is not UTF-8.
        """
        if not self.secret_key:
            raise ValueError("JWT does not have a signing key configured.")

        headers = self.headers.copy()
        payload = self.payload.copy()
        if ttl:
            payload["exp"] = int(time.time()) + ttl
        return _encode.encode(payload, self.secret_key, self.algorithm, headers)

    @classmethod
    def from_jwt(cls, jwt: Any, key: Any = "") -> Jwt:
        """Reads a token, and checks its times.

        Without a key the signature is **not** checked, as in Twilio's class: `grantmint.verify`
        always does.

        Args:
            jwt: The token as ``str`` or ``bytes``.
            key: The secret that it must be signed with.

        Raises:
            JwtDecodeError: It cannot be read, is not signed with the key, or is not valid now.
        """
        from grantmint.twilio.jwt import _decode

        try:
            headers, payload = _decode.decode(jwt, key, cls.ALGORITHM)
        except Exception as error:
            raise JwtDecodeError(str(error)) from error
        return cls._from_jwt(headers, payload, key)

    def __str__(self) -> str:
        """The signed token, issued now."""
        return f"<JWT {self.to_jwt()}>"
