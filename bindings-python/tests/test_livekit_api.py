"""LiveKit's own package takes our tokens, and we take its."""

from __future__ import annotations

import datetime

import pytest
from grantmint import JwtMinter, verify_jwt

api = pytest.importorskip("livekit.api")

KEY, SECRET = "APIkeyForTests1", "secret-for-tests-of-32-bytes-ok!"


def test_its_verifier_takes_our_tokens():
    minter = JwtMinter.livekit(KEY, SECRET, room_join=True, can_publish=False)
    token = minter.mint("alice", room="å room", name="Alice", attributes={"a": "b"})
    claims = api.TokenVerifier(KEY, SECRET).verify(token)
    assert (claims.identity, claims.name, claims.attributes) == ("alice", "Alice", {"a": "b"})
    assert claims.video.room_join
    assert claims.video.room == "å room"
    assert claims.video.can_publish is False
    with pytest.raises(Exception, match="Signature"):
        api.TokenVerifier(KEY, "another secret of thirty-two bytes").verify(token)


def test_we_take_its_tokens():
    theirs = (
        api.AccessToken(KEY, SECRET)
        .with_identity("alice")
        .with_ttl(datetime.timedelta(hours=1))
        .with_grants(api.VideoGrants(room_join=True, room="r"))
        .to_jwt()
    )
    content = verify_jwt(theirs, SECRET, leeway=10)
    assert (content.subject, content.issuer) == ("alice", KEY)
    assert content.claims["video"]["room"] == "r"
