// Plays grants of every lifetime that may be asked for, as every language does: tests/vectors/grant_ttls.json.

import assert from 'node:assert/strict';
import { GrantCache, GrantmintError, ManualClock } from 'grantmint';

/** One row at play. Times are milliseconds, so that none is rounded. */
class World {
  now = 0;
  /** Tickets whose request may not be sent yet, and those whose grant comes at a time. */
  unsent = [];
  sent = [];
  waiters = [];
  served = 0;
  refused = [];

  constructor(row) {
    this.row = row;
    this.clock = new ManualClock(1_700_000_000);
    this.cache = new GrantCache({ clock: this.clock, rateLimited: true });
  }

  run() {
    const end = 5000 * this.row.ttl + 10_000;
    for (let caller = 0; caller < end;) {
      const time = Math.min(caller, ...this.sent.map(({ at }) => at));
      this.clock.advance((time - this.now) / 1000);
      this.now = time;
      this.answer();
      if (time === caller) {
        this.ask();
        caller += this.row.step_ms;
      }
      this.look();
    }
  }

  answer() {
    for (const { at, ticket } of this.sent) if (at <= this.now) ticket.complete('a grant');
    this.sent = this.sent.filter(({ at }) => at > this.now);
  }

  ask() {
    this.#unlessRefused(() => {
      const { hit, ticket, waiter } = this.cache.begin('stream', { ttl: this.row.ttl });
      if (hit) this.served += 1;
      if (ticket) this.unsent.push(ticket);
      if (waiter) this.waiters.push(waiter);
    });
    this.unsent = this.unsent.filter((ticket) => !this.#start(ticket));
  }

  /** Whether there is nothing more to do for a ticket before its grant comes. */
  #start(ticket) {
    try {
      const { go } = ticket.start();
      if (go) this.sent.push({ at: this.now + this.row.latency_ms, ticket });
      return go;
    } catch (error) {
      assert(error instanceof GrantmintError, error);
      return true;
    }
  }

  look() {
    this.waiters = this.waiters.filter((waiter) => {
      let isWaiting = false;
      this.#unlessRefused(() => {
        isWaiting = !waiter.tryResult();
        if (!isWaiting) this.served += 1;
      });
      return isWaiting;
    });
  }

  #unlessRefused(run) {
    try {
      run();
    } catch (error) {
      assert(error instanceof GrantmintError, error);
      this.refused.push(error.code);
    }
  }
}

export function playGrantTtl(row) {
  const world = new World(row);
  world.run();
  const what = `${JSON.stringify(row)}: ${world.refused.slice(0, 3)}`;
  assert.equal(world.refused.length > 0, row.refused, what);
  assert(row.refused || world.served > 0, what);
}
