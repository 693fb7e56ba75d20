"""Programs written against Twilio's classes, which type checkers are to take as they are.

Checked with mypy --strict, never run.
"""

from __future__ import annotations

import os
from typing import Any, assert_type

from grantmint.twilio.jwt import Jwt, JwtDecodeError
from grantmint.twilio.jwt.access_token import AccessToken, AccessTokenGrant
from grantmint.twilio.jwt.access_token.grants import (
    ChatGrant,
    PlaybackGrant,
    SyncGrant,
    TaskRouterGrant,
    VideoGrant,
    VoiceGrant,
)


def from_the_environment(identity: str) -> str:
    account, key = os.environ.get("TWILIO_ACCOUNT_SID"), os.environ.get("TWILIO_API_KEY")
    token = AccessToken(account, key, os.environ.get("TWILIO_API_SECRET"), identity=identity)
    token.add_grant(VideoGrant(room="DailyStandup"))
    return token.to_jwt()


def by_position(secret: bytes, grants: list[VideoGrant]) -> None:
    token = AccessToken("AC", "SK", secret, grants, 4444, None, 60.5, 1_700_000_000, "ie1")
    token = AccessToken("AC", "SK", secret, [VideoGrant(), ChatGrant()], nbf=Jwt.GENERATE)
    token = AccessToken("AC", "SK", secret, (grant for grant in grants), nbf=AccessToken.GENERATE)
    assert_type(token.to_jwt(ttl=60), str)
    assert_type(str(token), str)


def changed_later(token: AccessToken, voice: VoiceGrant) -> None:
    token.identity, token.ttl, token.nbf, token.region, token.valid_until = 5, 1.5, None, None, 0
    token.grants.append(SyncGrant("IS", endpoint_id="e"))
    token.grants = [TaskRouterGrant("WS", "WK", "worker")]
    token.secret_key, token.algorithm = b"secret", "HS512"
    voice.incoming_allow, voice.outgoing_application_params = True, {"a": [1]}
    print(token.identity.upper(), token.account_sid, token.signing_key_sid, token.issuer)


def read(jwt: str | bytes) -> str:
    try:
        token = AccessToken.from_jwt(jwt, os.environ.get("TWILIO_API_SECRET"))
    except JwtDecodeError:
        return ""
    assert_type(token, Jwt)
    assert_type(token.payload, dict[str, Any])
    identity: str = token.payload["grants"]["identity"]
    print(token.headers["alg"].lower())
    return identity


class FlexGrant(AccessTokenGrant):
    @property
    def key(self) -> str:
        return "flex"

    def to_payload(self) -> dict[str, str]:
        return {}


class PlayerGrant(AccessTokenGrant):
    key = "player"

    def __init__(self, grant: dict[str, Any]) -> None:
        self.grant = grant

    def to_payload(self) -> dict[str, Any]:
        return self.grant


class ClientToken(Jwt):
    ALGORITHM = "HS512"

    def __init__(self, account_sid: str, auth_token: str) -> None:
        super().__init__(secret_key=auth_token, issuer=account_sid, algorithm=self.ALGORITHM)

    def _generate_payload(self) -> dict[str, Any]:
        return {"scope": ""}

    def _generate_headers(self) -> dict[str, str]:
        return {"cty": "twilio-fpa;v=1"}


def with_classes_of_ones_own(grant: dict[str, Any]) -> list[str]:
    grants: list[AccessTokenGrant] = [FlexGrant(), PlayerGrant(grant), PlaybackGrant(grant=grant)]
    return [AccessToken("AC", "SK", "s", grants=grants).to_jwt(), ClientToken("AC", "s").to_jwt()]


def what_is_wrong_is_seen(token: AccessToken) -> None:
    token.add_grant("video")  # type: ignore[arg-type]
    AccessToken("AC", "SK", "secret", grants=[VideoGrant])  # type: ignore[list-item]
    VideoGrant(rooms="r")  # type: ignore[call-arg]
    token.to_jwt().decode("utf-8")  # type: ignore[attr-defined]
