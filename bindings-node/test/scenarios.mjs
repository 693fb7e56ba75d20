// Plays the scenarios of the grant cache that every language plays.

import assert from 'node:assert/strict';
import { ERRORS, GrantCache, GrantmintError, ManualClock, UpstreamError, testing } from 'grantmint';

const TOLERANCE = 0.002;
const nameOf = (code) => code.slice('ERR_GRANTMINT_'.length).toLowerCase();
const codeOf = (name) => `ERR_GRANTMINT_${name.toUpperCase()}`;
const seconds = (ms) => (ms == null ? null : ms / 1000);
const inMs = (time) => (time == null ? undefined : time * 1000);

function policyOf({ jitter, max_keys: maxKeys, ...times }) {
  const policy = {};
  if (jitter !== undefined) policy.jitter = jitter;
  if (maxKeys !== undefined) policy.maxKeys = maxKeys;
  const names = {
    wait_below: 'waitBelowMs',
    soft_point: 'softPointMs',
    safety_margin: 'safetyMarginMs',
    fetch_timeout: 'fetchTimeoutMs',
  };
  for (const [name, time] of Object.entries(times)) policy[names[name]] = inMs(time);
  return policy;
}

/** The error of a function, as a scenario shows it; else what the function gives. */
function shown(run) {
  try {
    return run();
  } catch (error) {
    assert(error instanceof GrantmintError, error);
    return { outcome: 'error', code: nameOf(error.code), retry_after: seconds(error.retryAfterMs) };
  }
}

class Stage {
  tickets = new Map();
  waiters = new Map();
  seen = new Map();
  calls = 0;
  callsBeforeFork = 0;

  constructor(policy) {
    this.clock = new ManualClock(1_700_000_000);
    this.start = this.clock.now().boot;
    this.cache = new GrantCache({ policy: policyOf(policy), clock: this.clock, rateLimited: true });
  }

  play({ at, op, expect = {}, ...rest }) {
    if (at !== undefined) this.clock.advance(Math.max(0, at - (this.clock.now().boot - this.start)));
    const found = this[op](rest) ?? {};
    const stats = this.cache.stats();
    assert.equal(this.calls, this.callsBeforeFork + stats.fetches);
    Object.assign(found, { calls: this.calls, keys: stats.keys });
    if (found.start === 'go' && !('start' in expect)) delete found.start;
    for (const [name, wanted] of Object.entries(expect)) {
      const value = found[name];
      if (typeof wanted === 'number' && typeof value === 'number') {
        assert(Math.abs(value - wanted) <= TOLERANCE, `${name}: ${value}, not ${wanted}`);
      } else {
        assert.deepEqual(value, wanted, name);
      }
    }
    assert('start' in expect || !('start' in found));
  }

  hit(caller, hit) {
    this.seen.set(caller, hit.generation);
    return {
      freshness: hit.freshness,
      remaining: seconds(hit.remainingMs),
      grant: hit.grant,
      reason: hit.reason ? nameOf(hit.reason.code) : null,
      retry_after: seconds(hit.retryAfterMs),
    };
  }

  askToStart({ caller }) {
    const request = shown(() => this.tickets.get(caller).start());
    if (request.outcome === 'error') {
      this.tickets.delete(caller);
      return { start: 'refused', code: request.code, retry_after: request.retry_after };
    }
    if (!request.go) return { start: 'later', after: seconds(request.ms) };
    this.calls += 1;
    return { start: 'go' };
  }

  fetch(caller, ticket, hold) {
    this.tickets.set(caller, ticket);
    return hold ? {} : this.askToStart({ caller });
  }

  get({ caller, streamer, hold = false, neverWait = false, ttl, min_remaining: min, timeout }) {
    const options = { ttl: ttl ?? undefined, minRemainingMs: inMs(min), timeoutMs: inMs(timeout) };
    const begun = shown(() => this.cache.begin(streamer, options));
    if (begun.outcome === 'error') return begun;
    let { outcome, hit } = begun;
    if (begun.waiter && neverWait) {
      hit = begun.waiter.fallback();
      begun.waiter.close();
      if (hit) outcome = { fetch: 'hit_and_fetch', wait: 'hit' }[outcome];
    } else if (begun.waiter) {
      this.waiters.set(caller, begun.waiter);
    }
    const found = hit ? this.hit(caller, hit) : {};
    if (begun.ticket) Object.assign(found, this.fetch(caller, begun.ticket, hold));
    return { ...found, outcome };
  }

  try(rest) {
    return this.get({ ...rest, neverWait: true });
  }

  maybeFetch(caller, ticket, hold) {
    if (!ticket) return { outcome: 'none' };
    return { ...this.fetch(caller, ticket, hold), outcome: 'fetch' };
  }

  prefetch({ caller, streamer, hold = false }) {
    const ticket = shown(() => this.cache.prefetch(streamer));
    return ticket?.outcome === 'error' ? ticket : this.maybeFetch(caller, ticket, hold);
  }

  poll({ caller }) {
    const tickets = this.cache.poll();
    assert(tickets.length <= 1);
    return this.maybeFetch(caller, tickets[0], false);
  }

  complete({ caller, grant = 'grant', ttl }) {
    this.take(caller).complete(grant, { ttl });
  }

  fail({ caller, code, retry_after: retryAfter }) {
    const Class = ERRORS[codeOf(code)].number < 400 ? UpstreamError : GrantmintError;
    this.take(caller).fail(
      new Class('by the script', { code: codeOf(code), retryAfterMs: inMs(retryAfter) }),
    );
  }

  abandon({ caller }) {
    this.take(caller).abandon();
  }

  take(caller) {
    const ticket = this.tickets.get(caller);
    this.tickets.delete(caller);
    return ticket;
  }

  result({ caller }) {
    const result = shown(() => this.waiters.get(caller).tryResult());
    if (result === null) return { outcome: 'pending' };
    this.waiters.delete(caller);
    return result.outcome === 'error' ? result : { ...this.hit(caller, result), outcome: 'hit' };
  }

  give_up({ caller }) {
    this.waiters.get(caller).close();
    this.waiters.delete(caller);
  }

  keep_warm({ streamer, seconds: time }) {
    this.cache.keepWarm(streamer, time * 1000);
  }

  next_wakeup() {
    return { after: seconds(this.cache.nextWakeupMs()) };
  }

  invalidate({ streamer }) {
    return { emptied: this.cache.invalidate(streamer) };
  }

  invalidate_if({ streamer, seen_by: caller }) {
    return { emptied: this.cache.invalidateIf(streamer, this.seen.get(caller)) };
  }

  purge() {
    this.cache.purge();
  }

  rotate() {
    this.cache.rotate();
  }

  fork() {
    this.callsBeforeFork = this.calls;
    testing.simulateFork(this.cache);
  }

  advance({ seconds: time }) {
    this.clock.advance(time);
  }

  suspend({ seconds: time }) {
    this.clock.suspend(time);
  }

  jump_wall({ seconds: time }) {
    this.clock.jumpWall(time);
  }
}

export function playScenario({ name, policy, steps }) {
  const stage = new Stage(policy);
  // `start` is taken by the time that the stage was set up.
  const play = ({ op, ...step }) => stage.play({ op: op === 'start' ? 'askToStart' : op, ...step });
  for (const [number, step] of steps.entries()) {
    try {
      play(step);
    } catch (error) {
      error.message = `${name}, step ${number} ${JSON.stringify(step)}: ${error.message}`;
      throw error;
    }
  }
}
