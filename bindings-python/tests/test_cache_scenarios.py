"""The grant cache, step by step, as in every language: two files of scenarios in tests/vectors."""

from __future__ import annotations

from typing import Any

import pytest
from grantmint import GrantCache, GrantmintError, ManualClock, testing
from grantmint.errors import _class_of
from support import vectors

TOLERANCE = 0.002
FILES = ("cache_scenarios.json", "long_lifetimes.json")
SCENARIOS = [
    scenario
    for name in FILES
    for scenario in vectors(name)["scenarios"]
    # Policies of Python have no session: a Credential has one.
    if "session" not in scenario["policy"]
]
UNSET: Any = object()


class Stage:
    """One scenario at play."""

    def __init__(self, policy: dict[str, Any]) -> None:
        self.clock = ManualClock(1_700_000_000)
        self.start = self.clock.now()[0]
        self.cache = GrantCache(policy=policy, clock=self.clock, rate_limited=True)
        self.tickets: dict[str, Any] = {}
        self.waiters: dict[str, Any] = {}
        self.seen: dict[str, int] = {}
        self.calls = 0
        self.calls_before_fork = 0

    def play(self, step: dict[str, Any]) -> None:
        step = dict(step)
        expect = step.pop("expect", {})
        at = step.pop("at", None)
        if at is not None:
            self.clock.advance(max(0.0, at - (self.clock.now()[0] - self.start)))
        shown = getattr(self, f"do_{step.pop('op')}")(**step) or {}
        stats = self.cache.stats()
        assert self.calls == self.calls_before_fork + stats.fetches
        shown |= {"calls": self.calls, "keys": stats.keys}
        if shown.get("start") == "go" and "start" not in expect:
            del shown["start"]
        for name, wanted in expect.items():
            found = shown.get(name)
            if isinstance(wanted, float) or isinstance(found, float):
                assert found is not None, name
                assert wanted is not None, name
                assert found == pytest.approx(wanted, abs=TOLERANCE), name
            else:
                assert found == wanted, (name, shown)
        assert "start" in expect or "start" not in shown

    def hit(self, caller: str, grant: Any) -> dict[str, Any]:
        self.seen[caller] = grant.generation
        return {
            "freshness": grant.freshness,
            "remaining": grant.remaining,
            "grant": grant.grant,
            "reason": grant.reason and grant.reason.code,
            "retry_after": grant.retry_after,
        }

    @staticmethod
    def error(error: GrantmintError) -> dict[str, Any]:
        return {"outcome": "error", "code": error.code, "retry_after": error.retry_after}

    def request(self, caller: str) -> dict[str, Any]:
        try:
            what, seconds = self.tickets[caller].start()
        except GrantmintError as error:
            del self.tickets[caller]
            return {"start": "refused", "code": error.code, "retry_after": error.retry_after}
        if what == "later":
            return {"start": "later", "after": seconds}
        self.calls += 1
        return {"start": "go"}

    def fetch(self, caller: str, ticket: Any, hold: bool) -> dict[str, Any]:
        self.tickets[caller] = ticket
        return {} if hold else self.request(caller)

    def do_get(self, *, caller, streamer, hold=False, never_wait=False, **ask):
        ask = {name: value for name, value in ask.items() if value is not None}
        try:
            begun = self.cache.begin(streamer, **ask)
        except GrantmintError as error:
            return self.error(error)
        outcome, grant = begun.outcome, begun.grant
        shown: dict[str, Any] = {}
        if begun.waiter is not None and never_wait:
            grant = begun.waiter.fallback()
            begun.waiter.close()
            if grant is not None:
                outcome = {"fetch": "hit_and_fetch", "wait": "hit"}[outcome]
        elif begun.waiter is not None:
            self.waiters[caller] = begun.waiter
        if grant is not None:
            shown |= self.hit(caller, grant)
        if begun.ticket is not None:
            shown |= self.fetch(caller, begun.ticket, hold)
        return shown | {"outcome": outcome}

    def do_try(self, **ask):
        return self.do_get(never_wait=True, **ask)

    def maybe_fetch(self, caller, ticket, hold):
        if ticket is None:
            return {"outcome": "none"}
        return self.fetch(caller, ticket, hold) | {"outcome": "fetch"}

    def do_prefetch(self, *, caller, streamer, hold=False):
        try:
            ticket = self.cache.prefetch(streamer)
        except GrantmintError as error:
            return self.error(error)
        return self.maybe_fetch(caller, ticket, hold)

    def do_poll(self, *, caller):
        tickets = self.cache.poll()
        assert len(tickets) <= 1
        return self.maybe_fetch(caller, tickets[0] if tickets else None, False)

    def do_start(self, *, caller):
        return self.request(caller)

    def do_complete(self, *, caller, grant="grant", ttl=None):
        self.tickets.pop(caller).complete(grant, ttl)

    def do_fail(self, *, caller, code, retry_after=None):
        error = _class_of(code)("by the script", code=code, retry_after=retry_after)
        self.tickets.pop(caller).fail(error)

    def do_abandon(self, *, caller):
        self.tickets.pop(caller).abandon()

    def do_result(self, *, caller):
        try:
            grant = self.waiters[caller].try_result()
        except GrantmintError as error:
            del self.waiters[caller]
            return self.error(error)
        if grant is None:
            return {"outcome": "pending"}
        del self.waiters[caller]
        return self.hit(caller, grant) | {"outcome": "hit"}

    def do_give_up(self, *, caller):
        self.waiters.pop(caller).close()

    def do_keep_warm(self, *, streamer, seconds):
        self.cache.keep_warm(streamer, seconds)

    def do_next_wakeup(self):
        return {"after": self.cache.next_wakeup()}

    def do_invalidate(self, *, streamer):
        return {"emptied": self.cache.invalidate(streamer)}

    def do_invalidate_if(self, *, streamer, seen_by):
        return {"emptied": self.cache.invalidate_if(streamer, self.seen[seen_by])}

    def do_purge(self):
        self.cache.purge()

    def do_rotate(self):
        self.cache.rotate()

    def do_fork(self):
        self.calls_before_fork = self.calls
        testing.simulate_fork(self.cache)

    def do_advance(self, *, seconds):
        self.clock.advance(seconds)

    def do_suspend(self, *, seconds):
        self.clock.suspend(seconds)

    def do_jump_wall(self, *, seconds):
        self.clock.jump_wall(seconds)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["name"])
def test_scenario(scenario):
    stage = Stage(scenario["policy"])
    for number, step in enumerate(scenario["steps"]):
        try:
            stage.play(step)
        except AssertionError as error:
            raise AssertionError(f"step {number}: {step}") from error
