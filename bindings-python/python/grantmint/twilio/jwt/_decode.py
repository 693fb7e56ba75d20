"""Reads a token by PyJWT's rules, in the same order and with the same messages."""

from __future__ import annotations

import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, NamedTuple

from grantmint._native import LIMITS
from grantmint.twilio.jwt._secret import secret_for


class _Refused(Exception):  # noqa: N818
    """Why a token is refused. Callers see only its message."""


class _Parts(NamedTuple):
    signed: bytes
    header: dict[str, Any]
    payload: bytes
    signature: bytes


def decode(jwt: Any, key: Any, algorithm: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims of a token that is valid now.

    Args:
        jwt: The token.
        key: The secret; without one the signature is not checked, nor claims other than the times.
        algorithm: The one algorithm to accept.
    """
    parts = _split(jwt)
    _check_header(parts.header)
    named = parts.header.get("alg")
    if named != algorithm:
        raise _Refused(f"Incorrect decoding algorithm {named}, expecting {algorithm}.")
    if parts.header.get("b64", True) is False:
        raise _Refused(_why_detached(parts.header))
    if key:
        _check_signature(parts, key)
    payload = _object("payload", parts.payload)
    _check_claims(payload, signed=bool(key))
    return parts.header, payload


def _split(jwt: Any) -> _Parts:
    if isinstance(jwt, str):
        jwt = jwt.encode()
    if not isinstance(jwt, bytes):
        raise _Refused("Invalid token type. Token must be a <class 'bytes'>")
    if len(jwt) > LIMITS["TOKEN_MAX_BYTES"]:
        raise _Refused("the token is over 128 KiB")
    signed, has_signature, signature = jwt.rpartition(b".")
    header_part, has_payload, payload_part = signed.partition(b".")
    if not (has_signature and has_payload):
        raise _Refused("Not enough segments")
    header = _object("header", _segment("header", header_part))
    if header.get("b64", True) is not False:
        payload = _segment("payload", payload_part)
    elif payload_part:
        raise _Refused("Payload segment must be empty when 'b64' is false.")
    else:
        payload = b""
    return _Parts(signed, header, payload, _segment("crypto", signature))


def _segment(name: str, text: bytes) -> bytes:
    """Decodes canonical base64url, with or without padding: some issuers add it."""
    bare = text.rstrip(b"=")
    padding = len(text) - len(bare)
    if padding <= 2 and not (padding and len(text) % 4):
        try:
            decoded = urlsafe_b64decode(bare + b"=" * (-len(bare) % 4))
        except ValueError:
            pass
        else:
            if urlsafe_b64encode(decoded).rstrip(b"=") == bare:
                return decoded
    raise _Refused(f"Invalid {name} padding")


def _object(name: str, text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Refused(f"Invalid {name} string: {error}") from error
    if not isinstance(value, dict):
        raise _Refused(f"Invalid {name} string: must be a json object")
    return value


def _check_header(header: dict[str, Any]) -> None:
    if "kid" in header and not isinstance(header["kid"], str):
        raise _Refused("Key ID header parameter must be a string")
    if "crit" not in header:
        return
    critical = header["crit"]
    if not isinstance(critical, list) or not critical:
        raise _Refused("Invalid 'crit' header: must be a non-empty list")
    for name in critical:
        if not isinstance(name, str):
            raise _Refused("Invalid 'crit' header: values must be strings")
        if name != "b64":
            raise _Refused(f"Unsupported critical extension: {name}")
        if name not in header:
            raise _Refused(f"Critical extension '{name}' is missing from headers")


def _why_detached(header: dict[str, Any]) -> str:
    """Why a token with a detached payload is refused."""
    if "crit" not in header:
        return "The 'b64' header parameter requires 'b64' to be listed in 'crit'."
    return (
        'It is required that you pass in a value for the "detached_payload" argument to decode a '
        "message having the b64 header set to false."
    )


def _check_signature(parts: _Parts, key: Any) -> None:
    if "alg" not in parts.header:
        raise _Refused("Algorithm not specified")
    named = parts.header["alg"]
    if not named:
        raise _Refused("The specified alg value is not allowed")
    try:
        name, secret = secret_for(named, key)
    except NotImplementedError:
        raise _Refused("Algorithm not supported") from None
    expected = hmac.digest(secret, parts.signed, name.replace("HS", "sha"))
    if not hmac.compare_digest(expected, parts.signature):
        raise _Refused("Signature verification failed")


def _check_claims(payload: dict[str, Any], *, signed: bool) -> None:
    now = time.time()
    if signed and "iat" in payload:
        issued = _whole(payload["iat"], "Issued At claim (iat) must be an integer.")
        if issued > now:
            raise _Refused("The token is not yet valid (iat)")
    if "nbf" in payload:
        start = _whole(payload["nbf"], "Not Before claim (nbf) must be an integer.")
        if start > now:
            raise _Refused("The token is not yet valid (nbf)")
    if "exp" in payload:
        end = _whole(payload["exp"], "Expiration Time claim (exp) must be an integer.")
        if end <= now:
            raise _Refused("Signature has expired")
    if signed:
        _check_parties(payload)


def _check_parties(payload: dict[str, Any]) -> None:
    if payload.get("aud"):
        raise _Refused("Invalid audience")
    if not isinstance(payload.get("sub", ""), str):
        raise _Refused("Subject must be a string")
    if not isinstance(payload.get("jti", ""), str):
        raise _Refused("JWT ID must be a string")


def _whole(value: Any, why_not: str) -> int:
    try:
        return int(value)
    except (ValueError, TypeError, OverflowError):
        raise _Refused(why_not) from None
