"""Credentials of the emulator's services: one request for all who need one."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import multiprocessing
import os
import pickle
import time

import pytest
from grantmint import Credential, GrantmintError, Issued, ManualClock, RestSource, oauth2
from local_service import LocalService
from peers import Peer
from support import KEY, Emulator, eventually


def of_emulator(emulator, **options):
    return oauth2(f"{emulator.base_url}/oauth2/token", KEY[1], KEY[2], **options)


@pytest.fixture
def token(emulator):
    with Credential(of_emulator(emulator), isolated=True) as credential:
        yield credential


def test_all_callers_share_one_request(emulator, token):
    emulator.ask("faults", {"kind": "latency", "ms": 200})
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        issued = list(pool.map(lambda _: token.get(), range(200)))
    assert len({one.value for one in issued}) == 1
    assert issued[0].value.startswith("emulator-")
    assert emulator.calls == 1
    stats = token.stats()
    assert (stats.fetches, stats.keys) == (1, 1)
    assert [event.kind for event in token.drain_events()] == ["fetch_sent", "fetch_succeeded"]
    assert 3500 < issued[0].remaining <= 3600


def test_tasks_share_it_and_one_that_is_cancelled_ends_its_wait_alone(emulator, token):
    emulator.ask("faults", {"kind": "latency", "ms": 200})

    async def main():
        impatient = asyncio.create_task(token.get_async())
        others = [asyncio.create_task(token.get_async()) for _ in range(50)]
        await asyncio.sleep(0.02)
        impatient.cancel()
        issued = await asyncio.gather(*others)
        with pytest.raises(asyncio.CancelledError):
            await impatient
        return issued

    assert len({one.value for one in asyncio.run(main())}) == 1
    assert emulator.calls == 1
    # Another loop is handed it at once.
    assert asyncio.run(token.get_async()).freshness == "fresh"
    assert emulator.calls == 1


def test_without_a_loop_a_task_is_handed_what_is_there(emulator, token):
    with pytest.raises(GrantmintError) as refused:
        token.get_async().send(None)
    assert refused.value.code == "unsupported"
    token.get()
    with pytest.raises(StopIteration) as over:
        token.get_async().send(None)
    assert isinstance(over.value.value, Issued)


def test_a_look_never_waits_and_sets_off_the_fetch(emulator, token):
    emulator.ask("faults", {"kind": "latency", "ms": 100})
    assert token.try_get() is None
    eventually(lambda: token.try_get() is not None)
    assert emulator.calls == 1


def test_it_is_fetched_ahead_dropped_and_purged(emulator, token):
    token.prefetch()
    token.keep_warm(60)
    eventually(lambda: token.try_get() is not None)
    first = token.get()
    assert not token.invalidate_if(first.generation + 7)
    # Of many callers who were answered 401 the first has a new one fetched.
    assert token.invalidate_if(first.generation)
    assert not token.invalidate_if(first.generation)
    assert token.get().generation != first.generation
    assert token.invalidate()
    token.purge()
    token.keep_warm(0)
    token.get()
    assert emulator.calls >= 3
    assert len(token.cache()) == 1


def test_a_wrong_secret_is_an_error_that_all_share(emulator):
    source = oauth2(f"{emulator.base_url}/oauth2/token", KEY[1], "hush")
    token = Credential(source, isolated=True)
    for _ in range(5):
        with pytest.raises(GrantmintError) as refused:
            token.get()
        assert refused.value.code == "upstream_unauthorized"
        assert "hush" not in str(refused.value)
    assert emulator.calls == 1
    assert token.stats().errors == {"upstream_unauthorized": 1}


def test_a_429_is_told_with_the_time_to_wait(emulator, token):
    emulator.ask("faults", {"kind": "throttle", "retry_after": 30})
    with pytest.raises(GrantmintError) as refused:
        token.get()
    assert refused.value.code == "throttled"
    assert 20 < refused.value.retry_after < 40


def test_a_call_waits_no_longer_than_it_said(emulator, token):
    emulator.ask("faults", {"kind": "latency", "ms": 3000})
    started = time.monotonic()
    with pytest.raises(GrantmintError) as late:
        token.get(timeout=0.2)
    assert late.value.code == "deadline_exceeded"
    assert time.monotonic() - started < 2
    with pytest.raises(GrantmintError) as late:
        asyncio.run(token.get_async(timeout=0.1))
    assert late.value.code == "deadline_exceeded"


def test_an_answer_that_is_text_is_handed_out_as_it_is(emulator):
    speech = RestSource(
        f"{emulator.base_url}/sts/v1.0/issueToken",
        headers={"Ocp-Apim-Subscription-Key": "{resource_key}"},
        secrets={"resource_key": KEY[2]},
        answer="text",
        lifetime=[{"constant": 600}],
    )
    issued = Credential(speech, isolated=True).get()
    assert issued.value.startswith("emulator.speech.")
    assert 500 < issued.remaining <= 600


def test_those_who_give_other_keys_have_others():
    with LocalService(b'{"token": {"a": [1]}}') as service:
        source = RestSource(
            service.url + "/{key}",
            per="key",
            value="/token",
            lifetime=[{"constant": 60}],
        )
        token = Credential(source, isolated=True)
        assert token.get("alice").value == {"a": [1]}
        assert token.get("bob").value == token.get("alice").value
        asked = [lines[0] for lines in service.asked]
        with pytest.raises(GrantmintError, match="key is needed"):
            token.get()
    assert asked == ["POST /alice", "POST /bob"]


def test_what_is_used_once_is_fetched_for_each_call():
    with LocalService(b'{"token": "t"}') as service:
        source = RestSource(
            service.url + "/once", per="call", value="/token", lifetime=[{"constant": 60}]
        )
        token = Credential(source)
        assert [token.get().value, token.get().value] == ["t", "t"]
        assert asyncio.run(token.get_async()).value == "t"
        assert len(service.asked) == 3
        for look in (token.try_get, token.prefetch, lambda: token.keep_warm(60)):
            with pytest.raises(GrantmintError) as refused:
                look()
            assert refused.value.code == "unsupported"


@pytest.mark.parametrize(
    ("options", "after", "is_new"),
    [
        ({}, 1_900, False),
        ({"use": "session"}, 1_900, True),
        ({"session": 2_000}, 1_700, True),
        ({"session": 1_000}, 1_700, False),
    ],
)
def test_for_a_session_a_caller_waits_for_one_that_lives_longer(emulator, options, after, is_new):
    clock = ManualClock(time.time())
    token = Credential(of_emulator(emulator), clock=clock, **options)
    first = token.get()
    clock.advance(after)
    second = token.get()
    assert (second.generation != first.generation) == is_new
    assert (second.remaining > 3_400) == is_new


def test_what_was_issued_hides_itself_and_crosses_to_other_processes(token):
    issued = token.get()
    again = pickle.loads(pickle.dumps(issued))
    assert (again, hash(again)) == (issued, hash(issued))
    assert (again.value, again.remaining, again.reason) == (issued.value, issued.remaining, None)
    assert issued.value not in repr(issued)
    assert issued.value not in str(issued)
    assert repr(issued).startswith("Issued(value=..., remaining=")
    for holder in (token, of_emulator_like()):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(holder)
        assert KEY[2] not in repr(holder)


def of_emulator_like():
    return oauth2("https://idp.example/token", KEY[1], KEY[2], scope="read", form={"a": "b"})


def test_after_close_calls_say_so(emulator):
    with Credential(of_emulator(emulator), isolated=True) as token:
        token.get()
    for call in (token.get, token.try_get, token.stats, token.purge, token.cache):
        with pytest.raises(GrantmintError) as refused:
            call()
        assert refused.value.code == "closed"
    token.close()


def test_those_of_one_source_share_their_cache(emulator):
    sources = [of_emulator(emulator), of_emulator(emulator), of_emulator(emulator, scope="write")]
    held = [Credential(source) for source in sources]
    for token in held:
        token.get()
    assert emulator.calls == 2


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_forked_child_serves_on_and_fetches_for_itself(emulator, token):
    value = token.get().value
    context = multiprocessing.get_context("fork")
    answers = context.Queue()

    def child():
        kept = token.get()
        token.invalidate()
        answers.put((kept.value, token.get().freshness, asyncio.run(token.get_async()).freshness))

    process = context.Process(target=child)
    process.start()
    told = answers.get(timeout=30)
    process.join(20)
    assert told == (value, "fresh", "fresh")
    assert emulator.calls == 2
    assert token.get().value == value


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_child_that_is_forked_during_a_fetch_fetches_itself(emulator, token):
    emulator.ask("faults", {"kind": "latency", "ms": 500})
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waits = pool.submit(token.get)
        eventually(lambda: token.stats().in_flight == 1)
        process = context.Process(target=lambda: answers.put(token.get(timeout=10).freshness))
        process.start()
        assert answers.get(timeout=30) == "fresh"
        process.join(20)
        assert waits.result().freshness == "fresh"


def test_processes_of_a_fleet_share_one_request(emulator, tmp_path):
    setup = """
source = oauth2(url + "/oauth2/token", KEY[1], KEY[2])
token = Credential(source, fleet="host:" + folder)
"""
    names = {"url": emulator.base_url, "folder": str(tmp_path / "fleet")}
    with contextlib.ExitStack() as stack:
        peers = [Peer(setup, **names) for _ in range(3)]
        for peer in peers:
            stack.enter_context(peer)
        values = {peer.ask("token.get().value") for peer in peers}
        assert len(values) == 1
        assert emulator.calls == 1
        assert peers[-1].ask("token.stats().fleet['values']") == 1


def test_an_exclusive_one_needs_a_fleet(emulator, tmp_path):
    source = RestSource(
        f"{emulator.base_url}/oauth2/token",
        auth={"basic": (KEY[1], KEY[2])},
        form={"grant_type": "client_credentials"},
        value="/access_token",
        lifetime=[{"seconds": "/expires_in"}],
        exclusive=True,
    )
    with pytest.raises(GrantmintError) as refused:
        Credential(source)
    assert refused.value.argument == "fleet"
    shared = Credential(source, fleet=f"host:{tmp_path}/fleet")
    assert shared.get().freshness == "fresh"


def test_another_server_can_be_trusted(tmp_path):
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text("no certificate")
    with pytest.raises(GrantmintError) as refused:
        oauth2("https://idp.example/token", "a", "b", ca_file=ca_file)
    assert refused.value.argument == "ca_file"


def test_a_lifetime_over_a_day_is_cut_with_an_event():
    with LocalService(b'{"token": "t", "expires_in": 5000000}') as service:
        source = RestSource(
            service.url + "/t", value="/token", lifetime=[{"seconds": "/expires_in"}]
        )
        token = Credential(source, isolated=True)
        assert token.get().remaining <= 86_400
        assert "lifetime_cut" in [event.kind for event in token.drain_events()]


def test_an_outage_is_bridged_and_told_why():
    emulator = Emulator()
    clock = ManualClock(time.time())
    token = Credential(of_emulator(emulator), clock=clock)
    first = token.get()
    emulator.close()
    # Below a minute callers wait for a refresh; this one fails.
    clock.advance(3_530)
    late = token.get(timeout=5)
    assert (late.value, late.freshness) == (first.value, "degraded")
    assert late.reason.is_retryable
    assert late.retry_after > 0
    assert repr(pickle.loads(pickle.dumps(late)).reason) == repr(late.reason)
    clock.advance(70)
    with pytest.raises(GrantmintError) as failed:
        token.get(timeout=2)
    assert failed.value.is_retryable
