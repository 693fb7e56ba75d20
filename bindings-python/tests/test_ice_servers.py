"""ICE servers of the emulator's services, and what is signed for coturn."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import pickle
import time

import pytest
from grantmint import ApiKey, GrantmintError, IceServers, ManualClock, RestSource
from local_service import LocalService
from support import KEY

#: The emulator's built-in ones.
TURN_KEY = ("0" * 31 + "1", "not-a-secret-emulator-turn-token")
AUTH_TOKEN = "0" * 32
URLS = ["turn:turn.example:3478?transport=udp"]


def of_services(base_url, **options):
    options = {"base_url": base_url, "isolated": True, **options}
    return [
        IceServers.twilio(ApiKey(*KEY), **options),
        IceServers.cloudflare(*TURN_KEY, **options),
    ]


def test_all_who_name_nobody_share_and_users_have_their_own(emulator):
    for servers in of_services(emulator.base_url):
        before = emulator.calls
        shared = [servers.get() for _ in range(5)]
        named = [servers.get("alice"), servers.get("bob"), servers.get("alice")]
        assert len({one.to_json() for one in shared}) <= 2  # expiresIn counts down
        assert named[0].ice_servers == named[2].ice_servers
        assert emulator.calls - before == 3
        assert servers.stats().fetches == 3
        assert "fetch_succeeded" in [event.kind for event in servers.drain_events()]
        relay = shared[0].ice_servers[-1]
        assert sorted(relay) == ["credential", "urls", "username"]
        assert all(":53?" not in url for one in shared[0].ice_servers for url in one["urls"])


def test_what_a_browser_is_answered(emulator):
    (servers, _) = of_services(emulator.base_url, ttl=3_600)
    issued = servers.get()
    answer = issued.to_dict()
    assert json.loads(json.dumps(answer)) == json.loads(issued.to_json()) == answer
    assert answer["iceServers"] == issued.ice_servers
    assert 3_500 < answer["expiresIn"] <= issued.remaining <= 3_600


def test_tasks_and_looks(emulator):
    for servers in of_services(emulator.base_url):

        async def main(servers=servers):
            return await asyncio.gather(*(servers.get_async("alice") for _ in range(20)))

        emulator.ask("faults", {"kind": "latency", "ms": 200})
        assert servers.try_get("alice") is None
        issued = asyncio.run(main())
        assert {one.generation for one in issued} == {issued[0].generation}
        assert servers.try_get("alice").ice_servers == issued[0].ice_servers
        servers.keep_warm(60, "alice")
        assert servers.invalidate_if(issued[0].generation, "alice")
        assert not servers.invalidate_if(issued[0].generation, "alice")
        assert servers.get("alice").generation != issued[0].generation


def test_an_account_and_its_auth_token(emulator):
    servers = IceServers.twilio_account(
        KEY[0], AUTH_TOKEN, base_url=emulator.base_url, isolated=True
    )
    assert servers.get().freshness == "fresh"
    wrong = IceServers.twilio_account(KEY[0], "hush", base_url=emulator.base_url, isolated=True)
    with pytest.raises(GrantmintError) as refused:
        wrong.get()
    assert refused.value.code == "upstream_unauthorized"
    assert "hush" not in str(refused.value)


def test_what_is_signed_for_coturn():
    clock = ManualClock(1_700_000_000)
    servers = IceServers.coturn("north", URLS, ttl=60, clock=clock)
    issued = servers.get("alice")
    (server,) = issued.ice_servers
    assert server["urls"] == URLS
    assert server["username"] == "1700000060:alice"
    signed = hmac.new(b"north", server["username"].encode(), hashlib.sha1).digest()
    assert server["credential"] == base64.b64encode(signed).decode()
    assert (issued.remaining, issued.generation, issued.reason) == (60, 0, None)
    assert servers.get().ice_servers[0]["username"] == "1700000060"
    assert asyncio.run(servers.get_async("bob")).ice_servers[0]["username"].endswith(":bob")
    assert servers.try_get("bob").freshness == "fresh"
    assert (servers.stats(), servers.drain_events()) == (None, [])
    servers.keep_warm(60)
    assert not servers.invalidate_if(0)
    # No loop is needed for what is signed here.
    with pytest.raises(StopIteration):
        servers.get_async().send(None)


def test_those_of_a_source():
    matrix = {"username": "u", "password": "hush", "uris": ["turn:t.example:3478"], "ttl": 86_400}
    with LocalService(json.dumps(matrix).encode()) as service:
        source = RestSource(
            service.url + "/turnServer", method="GET", lifetime=[{"seconds": "/ttl"}]
        )
        servers = IceServers.rest(source, isolated=True, session=60)
        (server,) = servers.get().ice_servers
    assert server == {"urls": ["turn:t.example:3478"], "username": "u", "credential": "hush"}
    with pytest.raises(GrantmintError, match="identity has no effect"):
        servers.get("alice")
    for option in ({"ttl": 60}, {"base_url": "https://x.example"}):
        with pytest.raises(GrantmintError) as refused:
            IceServers.rest(source, **option)
        assert refused.value.argument in option


def test_a_service_without_servers_is_an_error():
    for body in (b'{"iceServers": []}', b"[]", b"7", b'{"iceServers": 7}'):
        with LocalService(body) as service:
            source = RestSource(service.url + "/t", lifetime=[{"constant": 60}])
            with pytest.raises(GrantmintError) as failed:
                IceServers.rest(source, isolated=True).get()
        assert failed.value.code == "upstream_no_grant"


def test_they_hide_themselves_and_cross_to_other_processes():
    issued = IceServers.coturn("north", URLS).get("alice")
    again = pickle.loads(pickle.dumps(issued))
    assert (again, hash(again), again.to_json()) == (issued, hash(issued), issued.to_json())
    assert repr(issued).startswith("IceCredentials(ice_servers=..., remaining=86400.000")
    assert "alice" not in repr(issued)
    servers = IceServers.twilio_account(KEY[0], "hush")
    assert "hush" not in repr(servers)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(servers)


def test_after_close_calls_say_so(emulator):
    with of_services(emulator.base_url)[0] as servers:
        servers.get()
    with pytest.raises(GrantmintError) as refused:
        servers.get()
    assert refused.value.code == "closed"


def test_a_subclass_is_made_by_the_class_methods():
    class Ours(IceServers):
        pass

    assert type(Ours.coturn("north", URLS)) is Ours
    assert isinstance(
        Ours.coturn("north", iter(URLS)).get(), type(IceServers.coturn("n", URLS).get())
    )


def test_connections_of_hours_are_handed_what_lasts(emulator):
    clock = ManualClock(time.time())
    options = {"base_url": emulator.base_url, "clock": clock, "ttl": 3_600}
    servers = IceServers.twilio(ApiKey(*KEY), session=1_800, **options)
    servers.get()
    clock.advance(1_900)
    assert servers.get().remaining > 3_400
