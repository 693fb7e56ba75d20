"""Writes claims and header as the JSON that PyJWT writes, and has core sign them."""

from __future__ import annotations

from typing import Any

from grantmint._native import sign
from grantmint.twilio.jwt._json import to_json, to_sorted_json
from grantmint.twilio.jwt._secret import secret_for
from grantmint.twilio.jwt.exceptions import InvalidTokenError

#: The header of nearly all tokens, and its JSON.
_USUAL = {"alg": "HS256", "cty": "twilio-fpa;v=1", "typ": "JWT"}
_USUAL_JSON = to_sorted_json(_USUAL)


def encode(payload: Any, key: Any, algorithm: Any, headers: Any) -> str:
    """Signs claims. Points in time among them are replaced by Unix seconds.

    Args:
        payload: The claims.
        key: The secret.
        algorithm: Its name, unless the header has one.
        headers: What goes into the header.
    """
    headers = headers or {}
    claims = to_json(_checked(payload))
    named = headers.get("alg") or ("none" if algorithm is None else algorithm)
    header = _USUAL_JSON if headers == _USUAL else to_sorted_json(_header(named, headers))
    name, secret = secret_for(named, key)
    return sign(name, header, claims, secret)


def _checked(payload: Any) -> dict[str, Any]:
    """The claims, with points in time as Unix seconds."""
    if not isinstance(payload, dict):
        msg = "Expecting a dict object, as JWT only supports JSON objects as payloads."
        raise TypeError(msg)
    for name in ("exp", "iat", "nbf"):
        time = payload.get(name)
        if time.__class__ is not int and time is not None:
            payload[name] = _in_seconds(time)
    if "iss" in payload and not isinstance(payload["iss"], str):
        raise TypeError("Issuer (iss) must be a string.")
    return payload


def _in_seconds(time: Any) -> Any:
    """The Unix seconds of a datetime, in UTC if it has no time zone. Other values stay."""
    # Imported here, so that a program without datetimes need not load them.
    from calendar import timegm
    from datetime import datetime

    return timegm(time.utctimetuple()) if isinstance(time, datetime) else time


def _header(algorithm: Any, headers: dict[str, Any]) -> dict[str, Any]:
    if headers.get("b64") is False:
        raise NotImplementedError("grantmint.twilio signs no tokens with a detached payload")
    if "kid" in headers and not isinstance(headers["kid"], str):
        raise InvalidTokenError("Key ID header parameter must be a string")
    header = {"typ": "JWT", "alg": algorithm, **headers}
    header.pop("b64", None)
    if not header["typ"]:
        del header["typ"]
    return header
