"""Grants of every lifetime that may be asked for: tests/vectors/grant_ttls.json."""

from __future__ import annotations

from typing import Any

from grantmint import GrantCache, GrantmintError, ManualClock
from support import vectors

TABLE = vectors("grant_ttls.json")


class World:
    """One row at play. Times are milliseconds, so that none is rounded."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row = row
        self.clock = ManualClock(1_700_000_000)
        self.cache = GrantCache(clock=self.clock, rate_limited=True)
        self.now = 0
        #: Tickets whose request may not be sent yet, and those whose grant comes at a time.
        self.unsent: list[Any] = []
        self.sent: list[tuple[int, Any]] = []
        self.waiters: list[Any] = []
        self.served = 0
        self.refused: list[str] = []

    def run(self) -> None:
        caller, end = 0, 5000 * self.row["ttl"] + 10_000
        while caller < end:
            time = min([caller, *(at for at, _ in self.sent)])
            self.clock.advance((time - self.now) / 1000)
            self.now = time
            self.answer()
            if time == caller:
                self.ask()
                caller += self.row["step_ms"]
            self.look()

    def answer(self) -> None:
        for _, ticket in [sent for sent in self.sent if sent[0] <= self.now]:
            ticket.complete("a grant")
        self.sent = [sent for sent in self.sent if sent[0] > self.now]

    def ask(self) -> None:
        try:
            begun = self.cache.begin("stream", ttl=self.row["ttl"])
        except GrantmintError as error:
            self.refused.append(error.code)
        else:
            self.served += begun.grant is not None
            if begun.ticket is not None:
                self.unsent.append(begun.ticket)
            if begun.waiter is not None:
                self.waiters.append(begun.waiter)
        self.unsent = [ticket for ticket in self.unsent if not self.start(ticket)]

    def start(self, ticket: Any) -> bool:
        """Whether there is nothing more to do for a ticket before its grant comes."""
        try:
            outcome, _ = ticket.start()
        except GrantmintError:
            return True
        if outcome == "go":
            self.sent.append((self.now + self.row["latency_ms"], ticket))
        return bool(outcome == "go")

    def look(self) -> None:
        waiting = []
        for waiter in self.waiters:
            try:
                hit = waiter.try_result()
            except GrantmintError as error:
                self.refused.append(error.code)
            else:
                self.served += hit is not None
                if hit is None:
                    waiting.append(waiter)
        self.waiters = waiting


def test_no_caller_of_a_healthy_upstream_is_refused_however_short_the_grants():
    assert len(TABLE["rows"]) == 180
    for row in TABLE["rows"]:
        world = World(row)
        world.run()
        assert (len(world.refused) > 0) == row["refused"], (row, world.refused[:3])
        assert row["refused"] or world.served > 0, row
