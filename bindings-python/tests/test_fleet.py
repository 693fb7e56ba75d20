"""Processes that share grants: of all of them one fetches.

Each test has a folder of its own, by which its processes share.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from pathlib import Path

import grantmint
import pytest
from grantmint import GrantCache, HostFleet, PlaybackMinter, decode
from peers import Failed, Peer, a_member
from support import STREAMER

SECRET = "thirty-two bytes that all have: "
LIVE = "live = PlaybackMinter(key, base_url=url, fleet=fleet)"
#: A cache whose function says that it runs, and takes its time.
CACHE = """
cache = GrantCache(fleet=HostFleet(folder, secret=secret), namespace="tests")

def fetch(key, **_):
    log(calls, key)
    time.sleep(seconds)
    return {"grant": {"of": os.getpid()}}

async def fetch_async(key, **_):
    log(calls, key)
    await asyncio.sleep(seconds)
    return {"grant": {"of": os.getpid()}}
"""


@pytest.fixture
def folder(tmp_path):
    return str(tmp_path / "fleet")


@pytest.fixture
def together():
    """Starts processes, and ends them."""
    with contextlib.ExitStack() as stack:

        def start(count, setup, **names):
            peers = [Peer(setup, **names) for _ in range(count)]
            return [stack.enter_context(peer) for peer in peers]

        yield start


@pytest.fixture
def caches(together, folder, tmp_path):
    """The same for processes with a cache each; `lines` tells of the calls of their function."""
    calls = str(tmp_path / "calls")
    Path(calls).touch()

    def start(count, seconds=0.0, setup=""):
        names = {"folder": folder, "secret": SECRET, "calls": calls, "seconds": seconds}
        return together(count, CACHE + setup, **names)

    start.calls = lambda: Path(calls).read_text(encoding="utf-8").splitlines()
    return start


def all_of(peers, what):
    """What comes of an expression in all of them, at the same time."""
    for peer in peers:
        peer.send(what)
    return [peer.hear() for peer in peers]


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_of_all_processes_one_fetches(emulator, folder, method):
    count = 8
    emulator.ask("faults", {"kind": "latency", "ms": 200})
    context = multiprocessing.get_context(method)
    answers = context.Queue()
    given = (emulator.base_url, f"host:{folder}", context.Barrier(count), answers)
    children = [context.Process(target=a_member, args=given) for _ in range(count)]
    for child in children:
        child.start()
    told = [answers.get(timeout=60) for _ in children]
    for child in children:
        child.join(20)
    tokens, times, fleets = zip(*told, strict=True)
    assert emulator.calls == 1
    assert len({str(decode(token.jwt).grants["player"]) for token in tokens}) == 1
    assert min(token.grant_remaining for token in tokens) > 50
    assert sum(fleet["leases"] for fleet in fleets) == 1
    assert sum(fleet["values"] for fleet in fleets) == count - 1
    assert max(times) < 2
    print(f"{count} processes: 1 call, all served after {max(times):.3f} s")


def test_tasks_take_over_what_others_fetched(emulator, folder, together):
    emulator.ask("faults", {"kind": "latency", "ms": 100})
    peers = together(3, LIVE, url=emulator.base_url, fleet=f"host:{folder}")
    token = "asyncio.run(live.token_async(VJ, 'alice')).freshness"
    assert all_of(peers, token) == ["fresh"] * 3
    assert emulator.calls == 1
    events = all_of(peers, "[event.kind for event in live.drain_events()]")
    assert sorted(events) == [["fetch_sent", "fetch_succeeded"], ["fleet_value"], ["fleet_value"]]


@pytest.mark.parametrize(
    ("setup", "call"),
    [
        ("", "live.token(VJ, 'alice').freshness"),
        ("async def ", "asyncio.run(live.token_async(VJ, 'alice')).freshness"),
    ],
)
def test_sources_that_share_run_once(folder, together, tmp_path, setup, call):
    setup = f"""
{setup or "def "}fetch(streamer, **_):
    log(calls, streamer)
    {"await asyncio" if setup else "time"}.sleep(0.2)
    return {{"grant": {{"of": os.getpid()}}}}

live = PlaybackMinter(key, source=fetch, share="tests", fleet="host:" + folder)
"""
    calls = tmp_path / "calls"
    peers = together(4, setup, folder=folder, calls=str(calls))
    assert all_of(peers, call) == ["fresh"] * 4
    assert calls.read_text(encoding="utf-8").splitlines() == [STREAMER]


@pytest.mark.parametrize(
    "call",
    ["cache.get('k', fetch).grant", "asyncio.run(cache.get_async('k', fetch_async)).grant"],
)
def test_a_function_runs_in_one_process(caches, call):
    peers = caches(4, seconds=0.3)
    assert len(set(all_of(peers, call))) == 1
    assert caches.calls() == ["k"]
    stats = all_of(peers, "cache.stats().fleet")
    assert sum(one["leases"] for one in stats) == 1
    assert sum(one["values"] for one in stats) == 3


def test_a_look_finds_what_another_has_fetched(caches):
    one, other = caches(2)
    assert other.ask("cache.try_get('k')") is None
    grant = one.ask("cache.get('k', fetch).grant")
    assert other.ask("(hit := cache.try_get('k', fetch)) and hit.grant") == grant
    assert other.ask("hit.freshness") == "fresh"
    assert caches.calls() == ["k"]


def test_a_ticket_says_that_another_has_the_grant(caches):
    one, other = caches(2)
    grant = one.ask("cache.get('k', fetch).grant")
    assert other.ask("[begun := cache.begin('k')] and begun.ticket.start()") == ["served", 0.0]
    assert other.ask("begun.waiter.wait().grant") == grant
    with pytest.raises(Failed) as over:
        other.ask("begun.ticket.start()")
    assert over.value.code == "abandoned"


def test_who_waits_for_another_process_waits_no_longer_than_it_said(caches):
    one, other = caches(2, seconds=3)
    one.send("cache.get('k', fetch).grant")
    end = time.monotonic() + 10
    while not caches.calls():
        assert time.monotonic() < end
    started = time.monotonic()
    with pytest.raises(Failed) as late:
        other.ask("cache.get('k', fetch, timeout=0.4)")
    assert late.value.code == "deadline_exceeded"
    assert time.monotonic() - started < 1.5
    # Its fetch goes on without it, and ends with what the other brings.
    assert one.hear() == other.ask("cache.get('k', fetch).grant")
    assert caches.calls() == ["k"]


def test_another_takes_over_when_a_process_is_killed(caches):
    one, other = caches(2)
    one.send("cache.get('k', lambda key, **_: [log(calls, 'first'), time.sleep(60)])")
    end = time.monotonic() + 10
    while not caches.calls():
        assert time.monotonic() < end
    other.send("cache.get('k', fetch, timeout=10).grant")
    while other.process.poll() is None and time.monotonic() < end - 9:
        time.sleep(0.01)
    one.process.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    assert other.hear() == f'{{"of":{other.process.pid}}}'
    print(f"served {time.monotonic() - killed:.3f} s after the other was killed")
    assert caches.calls() == ["first", "k"]


def test_a_forked_child_serves_on_and_has_no_lease_of_its_parent(caches):
    fork = """
def fork(run):
    child = os.fork()
    if child == 0:
        said(run())
        os._exit(0)
    return child
"""
    parent, other = caches(2, setup=fork)
    assert parent.ask("cache.get('warm', fetch).grant")
    assert parent.ask("[begun := cache.begin('k')] and begun.ticket.start()[0]") == "go"
    # A child that ends gives back nothing that is its parent's.
    parent.send("fork(lambda: [cache.get('warm', fetch).freshness, cache.begin('k').outcome])")
    child = [parent.hear(), parent.hear()]
    assert ["fresh", "fetch"] in child
    assert parent.ask("os.wait()[1]") == 0
    assert other.ask("cache.begin('k').ticket.start()[0]") == "later"
    # One that lives waits for its parent, and takes over when that is killed.
    parent.send("fork(lambda: cache.get('k', fetch, timeout=10).grant)")
    forked = parent.hear()
    os.kill(parent.process.pid, signal.SIGKILL)
    assert parent.hear() == f'{{"of":{forked}}}'
    assert caches.calls() == ["warm", "k"]


def test_a_429_holds_all_processes_back(emulator, folder, together):
    emulator.ask("faults", {"kind": "throttle", "retry_after": 30})
    one, other = together(2, LIVE, url=emulator.base_url, fleet=f"host:{folder}")
    for peer in (one, other):
        with pytest.raises(Failed) as refused:
            peer.ask("live.token(VJ, 'alice')")
        assert refused.value.code == "throttled"
        assert 20 < refused.value.retry_after < 40
        assert emulator.calls == 1
    # Nor is another stream of the account asked for.
    with pytest.raises(Failed) as refused:
        other.ask("live.token('VJ' + '3' * 32, 'alice')")
    assert refused.value.code == "throttled"
    assert emulator.calls == 1


@pytest.mark.parametrize("drop", ["live.invalidate(VJ)", "live.purge()"])
def test_what_one_process_drops_the_other_fetches_anew(emulator, folder, together, drop):
    early = "grant_ttl=15, policy={'soft_point': 14, 'jitter': 0}"
    setup = LIVE.replace("fleet=fleet", f"fleet=fleet, {early}")
    one, other = together(2, setup, url=emulator.base_url, fleet=f"host:{folder}")
    grant = "str(decode(live.token(VJ, 'alice').jwt).grants['player'])"
    first = one.ask(grant)
    assert other.ask(grant) == first
    # A grant is only taken over if it lives longer than the one in hand, by a second.
    time.sleep(1.2)
    one.ask(drop)
    second = one.ask(grant)
    assert second != first
    assert emulator.calls == 2
    # Its own lives on until a refresh is due.
    end = time.monotonic() + 20
    while (now := other.ask(grant)) == first:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert now == second
    assert emulator.calls == 2


@pytest.mark.parametrize(("secret", "calls"), [(SECRET, 1), (None, 2)])
def test_after_a_rotation_those_with_a_secret_share_on(folder, together, tmp_path, secret, calls):
    called = tmp_path / "calls"
    setup = """
def fetch(streamer, **_):
    log(calls, os.getpid())
    return {"grant": {"of": os.getpid()}}

new = ApiKey(KEY[0], "SK" + "1" * 32, "another secret that is as long")
fleet = HostFleet(folder, secret=secret)
live = PlaybackMinter(key, source=fetch, share="tests", fleet=fleet)
"""
    one, other = together(2, setup, folder=folder, calls=str(called), secret=secret)
    assert one.ask("live.token(VJ, 'alice').freshness") == "fresh"
    other.ask("live.rotate(new)")
    assert other.ask("live.token(VJ, 'alice').freshness") == "fresh"
    assert len(called.read_text(encoding="utf-8").splitlines()) == calls


def test_a_folder_that_cannot_be_had_costs_calls_and_no_error(emulator, key, tmp_path):
    file = tmp_path / "file"
    file.touch()
    live = PlaybackMinter(key, base_url=emulator.base_url, fleet=HostFleet(file))
    for number in range(3):
        assert live.token(f"VJ{number:032x}", "alice").freshness == "fresh"
    assert emulator.calls == 3
    fleet = live.stats().fleet
    assert (fleet["alone"], fleet["alone_failed"], fleet["leases"]) == (3, 3, 0)
    assert fleet["errors"] >= 1
    assert fleet["is_broken"]
    assert fleet["trouble"]
    assert "fleet_broken" in [event.kind for event in live.drain_events()]


def test_statistics_tell_of_the_fleet(emulator, key, folder):
    alone = PlaybackMinter(key, base_url=emulator.base_url, isolated=True)
    assert alone.stats().fleet is None
    assert "grantmint_fleet" not in alone.stats().to_prometheus("a")
    fleet = HostFleet(folder)
    minters = [
        PlaybackMinter(key, base_url=emulator.base_url, isolated=True, fleet=fleet)
        for _ in range(2)
    ]
    for live in minters:
        live.token(STREAMER, "alice")
    reasons = ["alone_failed", "alone_nolease", "alone_late", "alone_rejected"]
    nothing = dict.fromkeys(
        ["waits", "pauses", "alone", *reasons, "rejected", "skewed", "errors", "cooldown_left"], 0
    )
    nothing |= {"is_broken": False, "is_connected": False, "is_unsupported": False, "trouble": None}
    counted = [live.stats().fleet for live in minters]
    assert all(fleet.pop("answer_time") > 0 for fleet in counted)
    rates = [fleet.pop("calls_per_second") for fleet in counted]
    assert (rates[0] > 0, rates[1]) == (True, None)
    assert counted == [
        {"values": 0, "leases": 1, "answers": 1, **nothing},
        {"values": 1, "leases": 0, "answers": 1, **nothing},
    ]
    (event,) = minters[1].drain_events()
    assert (event.kind, event.key) == ("fleet_value", STREAMER)
    assert event.generation == minters[1].token(STREAMER, "alice").generation
    page = minters[1].stats().to_prometheus("a")
    assert 'grantmint_fleet_values_total{cache="a"} 1\n' in page
    assert 'grantmint_fleet_broken{cache="a"} 0\n' in page


def test_a_fleet_shows_and_compares_all_but_its_secret(tmp_path):
    def fleets():
        return [HostFleet(), HostFleet(tmp_path), HostFleet("/run/app", secret=SECRET)]

    for fleet in fleets():
        assert sum(fleet == other for other in fleets()) == 1
        assert hash(fleet) in map(hash, fleets())
        assert SECRET not in repr(fleet)
        with pytest.raises(AttributeError):
            fleet.path = "/run"
    assert [fleet.path for fleet in fleets()] == [None, str(tmp_path), "/run/app"]
    assert HostFleet(secret=SECRET) == HostFleet(secret=SECRET.encode()) != HostFleet()
    assert repr(fleets()[2]) == "HostFleet('/run/app', secret=...)"


def test_caches_of_other_names_share_nothing(folder):
    fleet = HostFleet(folder, secret=SECRET)
    grants = []
    for name in ("a", "b", "a"):
        cache = GrantCache(fleet=fleet, namespace=name)
        number = str(len(grants))
        grants.append(cache.get("k", lambda *_, number=number, **__: {"grant": number}).grant)
    assert grants == ["0", "1", "0"]
    assert grantmint.GrantCache().stats().fleet is None
