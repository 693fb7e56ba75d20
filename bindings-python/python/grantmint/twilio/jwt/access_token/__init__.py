"""Access Tokens, as in ``twilio.jwt.access_token``."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from grantmint.twilio.jwt import Jwt
from grantmint.twilio.jwt._warn import warn
from grantmint.twilio.jwt.exceptions import DeadTokenWarning

__all__ = ["AccessToken", "AccessTokenGrant", "Jwt"]

_DAY = 86_400


class AccessTokenGrant:
    """What the holder of a token may do. Each subclass is one kind of grant."""

    @property
    def key(self) -> str:
        """The grant's name in a token."""
        raise NotImplementedError("Grant must have a key property.")

    def to_payload(self) -> Any:
        """The grant's value in a token."""
        raise NotImplementedError("Grant must implement to_payload.")

    def __str__(self) -> str:
        """The class, and the grant's value in a token."""
        return f"<{self.__class__.__name__} {self.to_payload()}>"


class AccessToken(Jwt):
    """A token that lets its holder use Twilio, by the grants in it.

    Everything can be changed until `to_jwt`. Only the type of the grants is checked. If the token
    will not work, `to_jwt` warns with a `DeadTokenWarning`.

    Args:
        account_sid: The account, AC….
        signing_key_sid: The API key, SK….
        secret: The API key's secret.
        grants: What the holder may do. A list is kept, not copied.
        identity: Whom the token is for.
        nbf: When it becomes valid, in Unix seconds; left out if None, now by default.
        ttl: Its lifetime in seconds.
        valid_until: When it expires, in Unix seconds; instead of ttl.
        region: The region, such as ie1.

    Raises:
        ValueError: One of the grants is not an `AccessTokenGrant`.
    """

    ALGORITHM = "HS256"

    account_sid: Any
    signing_key_sid: Any
    identity: Any
    region: Any
    grants: Any

    def __init__(
        self,
        account_sid: Any,
        signing_key_sid: Any,
        secret: Any,
        grants: Iterable[AccessTokenGrant] | None = None,
        identity: Any = None,
        nbf: Any = Jwt.GENERATE,
        ttl: Any = 3600,
        valid_until: Any = None,
        region: Any = None,
    ) -> None:
        """Makes the token; see the class."""
        grants = grants or []
        if iter(grants) is grants:
            # An iterator. The check below would use it up, and the token would have no grants.
            grants = list(grants)
        for grant in grants:
            if not isinstance(grant, AccessTokenGrant):
                raise ValueError("Grants must be instances of AccessTokenGrant.")  # noqa: TRY004

        self.account_sid = account_sid
        self.signing_key_sid = signing_key_sid
        self.identity = identity
        self.region = region
        self.grants = grants
        super().__init__(
            secret_key=secret,
            algorithm=self.ALGORITHM,
            issuer=signing_key_sid,
            subject=self.account_sid,
            nbf=nbf,
            ttl=ttl,
            valid_until=valid_until,
        )

    def add_grant(self, grant: AccessTokenGrant) -> None:
        """Adds a grant. Of two grants of the same kind the later one is used.

        Raises:
            ValueError: It is not an `AccessTokenGrant`.
        """
        if not isinstance(grant, AccessTokenGrant):
            raise ValueError("Grant must be an instance of AccessTokenGrant.")  # noqa: TRY004
        self.grants.append(grant)

    def to_jwt(self, ttl: Any = None) -> str:
        """The signed token, issued now; see `Jwt.to_jwt`."""
        jwt = super().to_jwt(ttl)
        self._warn_of_sids()
        self._warn_of_lifetime(ttl)
        return jwt

    def _generate_headers(self) -> Any:
        headers = {"cty": "twilio-fpa;v=1"}
        if isinstance(self.region, str):
            if self.region:
                headers["twr"] = self.region
        elif self.region:
            warn("region is not a str, and is left out", DeadTokenWarning)
        return headers

    def _generate_payload(self) -> Any:
        now = int(time.time())
        grants: dict[Any, Any] = {grant.key: grant.to_payload() for grant in self.grants}
        if self.identity:
            grants["identity"] = self.identity
        elif self.identity is not None:
            warn("identity is empty, and is left out", DeadTokenWarning)
        return {"jti": f"{self.signing_key_sid}-{now}", "grants": grants}

    def _warn_of_sids(self) -> None:
        if str(self.account_sid).startswith("SK") or str(self.signing_key_sid).startswith("AC"):
            warn("account_sid and signing_key_sid look swapped", DeadTokenWarning)

    def _warn_of_lifetime(self, ttl: Any) -> None:
        lifetime = ttl or self.ttl
        if self.valid_until and not ttl:
            if not isinstance(self.valid_until, (int, float)):
                return
            lifetime = self.valid_until - int(time.time())
        if isinstance(lifetime, (int, float)) and not 0 < lifetime <= _DAY:
            why = "Twilio refuses more than 86,400 s" if lifetime > 0 else "it is over already"
            warn(f"the token lives for {int(lifetime)} s: {why}", DeadTokenWarning)

    def __str__(self) -> str:
        """The class, and the signed token, issued now."""
        return f"<{self.__class__.__name__} {self.to_jwt()}>"
