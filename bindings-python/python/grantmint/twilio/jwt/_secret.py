"""The algorithms, and which keys they accept as a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grantmint.twilio.jwt._warn import warn
from grantmint.twilio.jwt.exceptions import InsecureKeyLengthWarning, InvalidKeyError

if TYPE_CHECKING:
    from typing import Literal

    _Algorithm = Literal["HS256", "HS384", "HS512"]

#: Of each algorithm: its name as a plain str, the name of its hash, and the bytes of that hash.
_ALGORITHMS: dict[Any, tuple[_Algorithm, str, int]] = {
    "HS256": ("HS256", "SHA256", 32),
    "HS384": ("HS384", "SHA384", 48),
    "HS512": ("HS512", "SHA512", 64),
}
_ASYMMETRIC = {kind + bits for kind in ("RS", "PS", "ES") for bits in ("256", "384", "512")}
_ASYMMETRIC |= {"ES256K", "ES521", "EdDSA"}
_SSH = (b"ssh-ed25519", b"ssh-rsa", b"ssh-dss", b"ecdsa-sha2-nistp")
_PEM = rb"(?s)----[- ]BEGIN ((?:[A-Z0-9]+ )*(?:KEY|CERTIFICATE|PARAMETERS|REQUEST|CRL))[- ]----.+"
_PEM += rb"----[- ]END \1[- ]----"


def secret_for(algorithm: Any, key: Any) -> tuple[_Algorithm, bytes]:
    """The name of an algorithm and the secret for it; warns of a short one."""
    if algorithm == "none":
        raise InvalidKeyError('When alg = "none", key value must be None.')
    try:
        name, hash_name, least = _ALGORITHMS[algorithm]
    except KeyError:
        raise NotImplementedError(_unsupported(algorithm)) from None
    secret = _bytes_of(key)
    if len(secret) < least:
        message = (
            f"The HMAC key is {len(secret)} bytes long, which is below the minimum recommended "
            f"length of {least} bytes for {hash_name}. See RFC 7518 Section 3.2."
        )
        warn(message, InsecureKeyLengthWarning)
    return name, secret


def _unsupported(algorithm: Any) -> str:
    if algorithm in _ASYMMETRIC:
        return "grantmint.twilio signs with HS256, HS384 and HS512 only"
    return "Algorithm not supported"


def _bytes_of(key: Any) -> bytes:
    """The secret as bytes. Refuses keys of other kinds, which are passed by mistake."""
    if isinstance(key, str):
        secret = key.encode()
        # For most secrets this alone shows that they are no key of another kind.
        may_be_key = "----" in key or "{" in key
    elif isinstance(key, bytes):
        secret, may_be_key = key, True
    else:
        raise TypeError("Expected a string or bytes value")
    if secret.startswith(_SSH) or (may_be_key and _is_pem(secret)):
        msg = (
            "The specified key is an asymmetric key or x509 certificate and should not be used as "
            "an HMAC secret."
        )
        raise InvalidKeyError(msg)
    if may_be_key and _is_jwk(secret):
        msg = (
            "The specified key looks like a JWK and should not be used directly as an HMAC secret. "
            "Load it via PyJWK / HMACAlgorithm.from_jwk first."
        )
        raise InvalidKeyError(msg)
    return secret


def _is_pem(secret: bytes) -> bool:
    if b"----" not in secret:
        return False
    import re

    return re.search(_PEM, secret) is not None


def _is_jwk(secret: bytes) -> bool:
    """Whether it is JSON with a member "kty" anywhere."""
    if b"{" not in secret:
        return False
    import json

    try:
        values = [json.loads(secret, parse_int=lambda _: 0)]
    except ValueError:
        return False
    except RecursionError:
        return True
    while values:
        value = values.pop()
        if isinstance(value, dict):
            if "kty" in value:
                return True
            values.extend(value.values())
        elif isinstance(value, list):
            values.extend(value)
    return False
