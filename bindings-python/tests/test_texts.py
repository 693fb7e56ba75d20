"""Texts that UTF-8 cannot hold: refused, and shown to nobody."""

from __future__ import annotations

import asyncio
import traceback

import grantmint
import pytest
from grantmint import (
    AccessToken,
    ApiKey,
    GrantCache,
    InvalidArgumentError,
    PlaybackMinter,
    TokenMinter,
    UpstreamError,
    decode,
    sign,
    verify,
    verify_jwt,
)
from support import KEY, STREAMER, Counting

ACCOUNT, SID, SECRET = KEY
KEYS = ApiKey(*KEY)
HEADER = {"alg": "HS256", "typ": "JWT"}
HUSH = "hush\ud800"


def minter(**options):
    return PlaybackMinter(KEYS, source=Counting(), **options)


def ticket():
    return GrantCache().begin("key").ticket


def fields_of_grants():
    for kind, fields in [
        (grantmint.VideoGrant, ["room"]),
        (grantmint.VoiceGrant, ["outgoing_application_sid", "push_credential_sid", "endpoint_id"]),
        (grantmint.ChatGrant, ["service_sid", "endpoint_id", "deployment_role_sid"]),
        (grantmint.ChatGrant, ["push_credential_sid"]),
        (grantmint.IpMessagingGrant, ["service_sid"]),
        (grantmint.SyncGrant, ["service_sid", "endpoint_id"]),
        (grantmint.TaskRouterGrant, ["workspace_sid", "worker_sid", "role"]),
        (grantmint.RtcGrant, ["configuration_profile_sid"]),
    ]:
        for field in fields:
            yield field, lambda kind=kind, field=field: kind(**{field: HUSH})


CALLS = [
    ("account_sid", lambda: ApiKey(HUSH, SID, SECRET)),
    ("key_sid", lambda: ApiKey(ACCOUNT, HUSH, SECRET)),
    ("secret", lambda: ApiKey(ACCOUNT, SID, HUSH)),
    ("region", lambda: ApiKey(ACCOUNT, SID, SECRET, region=HUSH)),
    *fields_of_grants(),
    ("outgoing_application_params", lambda: grantmint.VoiceGrant(None, None, {"a": HUSH})),
    ("grant", lambda: grantmint.PlaybackGrant({"a": HUSH})),
    ("grant", lambda: grantmint.PlaybackGrant({HUSH: "a"})),
    ("grant", lambda: grantmint.PlaybackGrant(f'{{"a":"{HUSH}"}}')),
    ("key", lambda: grantmint.CustomGrant(HUSH, {})),
    ("value", lambda: grantmint.CustomGrant("key", [HUSH])),
    ("value", lambda: grantmint.CustomGrant("key", HUSH)),
    ("identity", lambda: AccessToken(KEYS, identity=HUSH)),
    ("identity", lambda: TokenMinter(KEYS).mint(HUSH)),
    ("identity", lambda: TokenMinter(KEYS).mint_at(HUSH, 0)),
    ("identities[1]", lambda: TokenMinter(KEYS).mint_many(["alice", HUSH])),
    ("token", lambda: verify(HUSH, KEYS)),
    ("algorithm", lambda: verify("a.b.c", KEYS, algorithm=HUSH)),
    ("token", lambda: verify_jwt(HUSH, "secret")),
    ("secret", lambda: verify_jwt("a.b.c", HUSH)),
    ("algorithm", lambda: verify_jwt("a.b.c", "secret", algorithm=HUSH)),
    ("token", lambda: decode(HUSH)),
    ("alg", lambda: sign(HUSH, HEADER, {}, "secret")),
    ("header", lambda: sign("HS256", {**HEADER, "kid": HUSH}, {}, "secret")),
    ("header", lambda: sign("HS256", HUSH, {}, "secret")),
    ("claims", lambda: sign("HS256", HEADER, {"a": HUSH}, "secret")),
    ("claims", lambda: sign("HS256", HEADER, HUSH, "secret")),
    ("secret", lambda: sign("HS256", HEADER, {}, HUSH)),
    ("allow_origin", lambda: minter(allow_origin=HUSH)),
    ("share", lambda: minter(share=HUSH)),
    ("base_url", lambda: PlaybackMinter(KEYS, base_url=HUSH)),
    ("proxy", lambda: PlaybackMinter(KEYS, proxy=HUSH)),
    ("ca_file", lambda: PlaybackMinter(KEYS, ca_file=HUSH)),
    ("streamer", lambda: minter().token(HUSH, "alice")),
    ("identity", lambda: minter().token(STREAMER, HUSH)),
    ("streamer", lambda: minter().try_token(HUSH, "alice")),
    ("identity", lambda: minter().try_token(STREAMER, HUSH)),
    ("streamer", lambda: asyncio.run(minter().token_async(HUSH, "alice"))),
    ("identity", lambda: asyncio.run(minter().token_async(STREAMER, HUSH))),
    ("streamer", lambda: minter().stream(HUSH)),
    ("identity", lambda: minter().stream(STREAMER).token(HUSH)),
    ("identity", lambda: minter().stream(STREAMER).try_token(HUSH)),
    ("identity", lambda: asyncio.run(minter().stream(STREAMER).token_async(HUSH))),
    ("streamer", lambda: minter().prefetch(HUSH)),
    ("streamer", lambda: minter().keep_warm(HUSH, 1)),
    ("streamer", lambda: minter().invalidate(HUSH)),
    ("streamer", lambda: minter().invalidate_if(HUSH, 1)),
    ("cache", lambda: minter().stats().to_prometheus(HUSH)),
    ("key", lambda: GrantCache().begin(HUSH)),
    ("key", lambda: GrantCache().get(HUSH, Counting())),
    ("key", lambda: GrantCache().try_get(HUSH)),
    ("key", lambda: asyncio.run(GrantCache().get_async(HUSH, Counting()))),
    ("key", lambda: GrantCache().prefetch(HUSH)),
    ("key", lambda: GrantCache().keep_warm(HUSH, 1)),
    ("key", lambda: GrantCache().invalidate(HUSH)),
    ("key", lambda: GrantCache().invalidate_if(HUSH, 1)),
    ("grant", lambda: ticket().complete(HUSH)),
    ("grant", lambda: ticket().complete({"a": HUSH})),
    ("message", lambda: ticket().fail(UpstreamError(HUSH))),
]


def shown(error):
    """All that an error, and whatever it was raised from, says of itself."""
    lines = "".join(traceback.format_exception_only(type(error), error))
    own = f"{error!r} {error} {error.args!r} {vars(error)!r} {lines}"
    before = [error.__cause__, error.__context__]
    return own + "".join(shown(other) for other in before if other is not None)


@pytest.mark.parametrize(("name", "call"), CALLS, ids=[name for name, _ in CALLS])
def test_a_lone_surrogate_is_refused_without_showing_the_text(name, call):
    with pytest.raises(InvalidArgumentError) as refused:
        call()
    error = refused.value
    assert (error.code, error.number) == ("invalid_utf8", 902)
    assert error.message.startswith(f"{name} ")
    assert error.__cause__ is None
    assert error.__context__ is None
    assert "hush" not in shown(error)


@pytest.mark.parametrize("is_coroutine", [False, True])
def test_a_grant_with_a_lone_surrogate_is_shown_to_nobody(is_coroutine):
    def fetch(key, **_):
        return {"grant": {"a": HUSH}}

    async def fetch_async(key, **_):
        return fetch(key)

    source = fetch_async if is_coroutine else fetch
    live = PlaybackMinter(KEYS, source=source)
    for call in (live.token_async(STREAMER, "alice"), GrantCache().get_async("key", source)):
        with pytest.raises(UpstreamError) as failed:
            asyncio.run(call)
        assert failed.value.code == "source_failed"
        assert failed.value.__cause__.__cause__.code == "invalid_utf8"
        assert "hush" not in shown(failed.value)


def test_an_environment_that_is_not_utf_8_is_refused():
    env = {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_API_KEY": SID,
        "TWILIO_API_SECRET": HUSH,
    }
    with pytest.raises(InvalidArgumentError, match="TWILIO_API_SECRET") as refused:
        ApiKey.from_env(env)
    assert refused.value.code == "invalid_credentials"
    assert "hush" not in shown(refused.value)
