"""What never changes is its own copy, also deep within settings and dataclasses."""

from __future__ import annotations

import copy
import dataclasses

import grantmint
import pytest
from grantmint import ApiKey, GrantCache, ManualClock, PlaybackMinter, TokenMinter
from support import KEY, STREAMER, Counting

SID = "0" * 32


def made():
    """One of each class whose objects never change."""
    key = ApiKey(*KEY)
    cache = GrantCache()
    hit = cache.get("key", lambda key, **options: {"grant": key})
    return [
        key,
        grantmint.AccessToken(key, identity="alice"),
        TokenMinter(key),
        grantmint.decode(TokenMinter(key).mint("alice")),
        PlaybackMinter(key, source=Counting()).token(STREAMER, "alice"),
        hit,
        cache.stats(),
        cache.drain_events()[0],
        grantmint.CachePolicy(max_keys=7),
        grantmint.HostFleet(secret="s" * 32),
        grantmint.RedisFleet("rediss://:hush@redis.example"),
        grantmint.oauth2("https://idp.example/token", "app", "hush"),
        issued(),
        grantmint.IceServers.coturn("hush", ["turn:turn.example:3478"]).get(),
        grantmint.JwtMinter("hush"),
        grantmint.Slot("room"),
        grantmint.VideoGrant(room="r"),
        grantmint.VoiceGrant(outgoing_application_sid=f"AP{SID}"),
        grantmint.ChatGrant(),
        grantmint.IpMessagingGrant(),
        grantmint.SyncGrant(),
        grantmint.TaskRouterGrant(),
        grantmint.RtcGrant(),
        grantmint.PlaybackGrant({"a": 1}),
        grantmint.CustomGrant("hologram", {"a": []}),
    ]


def issued():
    """A credential that no service has handed out."""
    state = (60.0, "fresh", None, 1)
    return grantmint.Issued._of("hush", False, state)


#: What changes, or stands for something outside of the object, and so has no copy.
CHANGES = {
    "Begun",
    "Credential",
    "GrantCache",
    "IceServers",
    "ManualClock",
    "PlaybackMinter",
    "StreamMinter",
    "Ticket",
    "Waiter",
}
#: What is written in Python: types to annotate with, and errors, which people add notes to.
OF_PYTHON = {"AsyncGrantFetch", "AsyncGrantSource", "GrantFetch", "GrantSource", "Sourced"}


@pytest.mark.parametrize("value", made(), ids=lambda value: type(value).__name__)
def test_what_never_changes_is_its_own_copy(value):
    assert copy.copy(value) is value
    assert copy.deepcopy(value) is value
    assert copy.deepcopy({"in": [value]})["in"][0] is value


def test_every_class_is_either_copied_here_or_changes():
    kinds = {
        name
        for name in grantmint.__all__
        if isinstance(getattr(grantmint, name), type)
        and not issubclass(getattr(grantmint, name), Exception)
    }
    assert kinds - CHANGES - OF_PYTHON == {type(value).__name__ for value in made()}


def test_what_changes_is_not_copied(key):
    minter = PlaybackMinter(key, source=Counting())
    cache = GrantCache()
    token = grantmint.Credential(grantmint.oauth2("https://idp.example/token", "app", "hush"))
    servers = grantmint.IceServers.coturn("hush", ["turn:turn.example:3478"])
    others = (token, servers, ManualClock(0), cache.begin("key"))
    for value in (minter, minter.stream(STREAMER), cache, *others):
        for copied in (copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="pickle"):
                copied(value)


@dataclasses.dataclass
class Settings:
    """A program's own."""

    key: ApiKey
    rooms: TokenMinter
    policy: grantmint.CachePolicy


def test_dataclasses_hold_them(key):
    settings = Settings(key, TokenMinter(key), grantmint.CachePolicy())
    told = dataclasses.asdict(settings)
    assert told["key"] is key
    assert told["rooms"] is settings.rooms
    assert copy.deepcopy(settings).key is key
    assert dataclasses.replace(settings).key is key


@pytest.mark.newest
def test_settings_of_pydantic_hold_them(key):
    from pydantic import BaseModel, ConfigDict

    class Model(BaseModel):
        model_config = ConfigDict(arbitrary_types_allowed=True)

        signs: ApiKey
        rotated_to: ApiKey = key

    model = Model(signs=key)
    assert model.model_copy(deep=True).signs is key
    assert model.rotated_to is key
