'use strict';
// The grant cache by itself, for grants of any other service.

const native = require('./native.cjs');
const { manualClock } = require('./clock.cjs');
const { GrantmintError, call, fromNative, nameOf } = require('./errors.cjs');
const checks = require('./options.cjs');
const { open, reasonOf, wait } = require('./port.cjs');
const { showAs } = require('./show.cjs');
const { run, withCause } = require('./sources.cjs');
const { Stats, events } = require('./stats.cjs');

const { boolean, instance, internal, invalid, json, number, onlyInternal, pick, text, time } = checks;

/** How often a waiter looks at the clock: nobody else tells it that its time is over. */
const LOOK_EVERY_MS = 25;

const ttlOption = { ttl: number };
const beginOptions = { ...ttlOption, minRemainingMs: time, timeoutMs: time };

class Hit {
  #grant;

  constructor(from, made) {
    onlyInternal(from, Hit);
    const { grant, remainingMs, freshness, generation, code, message } = made;
    this.#grant = grant;
    this.remainingMs = remainingMs;
    this.freshness = freshness;
    this.generation = generation;
    this.reason = code == null ? undefined : fromNative(code, message);
  }

  get grant() {
    return this.#grant;
  }

  get retryAfterMs() {
    return this.reason?.retryAfterMs;
  }
}

const hitOf = (made) => (made == null ? null : new Hit(internal, made));

class Ticket {
  #native;

  constructor(from, made) {
    onlyInternal(from, Ticket);
    this.#native = made;
  }

  get key() {
    return this.#native.key;
  }

  get ttl() {
    return this.#native.ttl;
  }

  get isRefresh() {
    return this.#native.isRefresh;
  }

  start() {
    return call(() => this.#native.start());
  }

  complete(grant, options) {
    const { ttl } = pick(options, ttlOption, 'complete');
    const written = json(grant, 'grant');
    call(() => this.#native.complete(written, ttl));
  }

  fail(error) {
    if (!(error instanceof GrantmintError))
      throw invalid('error must be a GrantmintError, such as an UpstreamError');
    call(() => this.#native.fail(nameOf(error.code), error.message, error.retryAfterMs));
  }

  abandon() {
    this.#native.abandon();
  }
}

class Waiter {
  #native;

  constructor(from, made) {
    onlyInternal(from, Waiter);
    this.#native = made;
  }

  tryResult() {
    return hitOf(call(() => this.#native.tryResult()));
  }

  fallback() {
    return hitOf(this.#native.fallback());
  }

  wait(options) {
    let signal;
    try {
      ({ signal } = pick(options, { signal: checks.signal }, 'wait'));
    } catch (error) {
      return Promise.reject(error);
    }
    return waited(this.#native, signal);
  }

  close() {
    this.#native.close();
  }
}

/** The grant of a waiter, when there is an outcome or its time is over. */
function waited(waiter, signal) {
  if (signal?.aborted) {
    waiter.close();
    return Promise.reject(signal.reason);
  }
  let looking;
  return wait({
    signal,
    begin: (port, number, look) => {
      looking = look;
      lookNowAndThen(look);
      look();
    },
    settle: ({ number }, resolve) => {
      const hit = call(() => waiter.poll(open(), number));
      if (hit == null) return false;
      resolve(hitOf(hit));
      return true;
    },
    cancel: () => waiter.close(),
    done: () => stopLooking(looking),
  });
}

/** Waiters that look at the clock by themselves: one timer for all of them. */
const looks = new Set();
let timer;

function lookNowAndThen(look) {
  looks.add(look);
  timer ??= setInterval(() => {
    for (const each of [...looks]) each();
  }, LOOK_EVERY_MS);
  // The port keeps the environment alive while anybody waits.
  timer.unref?.();
}

function stopLooking(look) {
  looks.delete(look);
  if (looks.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
}

/** Runs a fetch: waits until its request may be sent, and brings the ticket to an end. */
async function drive(ticket, fetch, caller) {
  for (;;) {
    let started;
    try {
      started = ticket.start();
    } catch {
      return; // It may not be sent, which whoever waits is told.
    }
    if (started.go) {
      const request = { ttl: ticket.ttl, timeoutMs: started.ms };
      return run(fetch, ticket.key, request, caller, endOf(ticket));
    }
    await new Promise((resolve) => {
      setTimeout(resolve, started.ms).unref?.();
    });
  }
}

/** How a source that users wrote brings a ticket to an end. */
function endOf(ticket) {
  const fail = (kind, message, retryAfterMs) => ticket.fail(kind, message, retryAfterMs);
  return {
    complete: (grant, ttl) => ticket.complete(grant, ttl),
    throttle: (retryAfterMs) => fail('throttled', 'the source of grants is throttled', retryAfterMs),
    fail: (name) => fail('source_failed', `the source of grants threw ${name}`),
  };
}

let nativeOf;

class GrantCache {
  #native;

  constructor(options) {
    if (options instanceof native.GrantCache) {
      this.#native = options;
      return;
    }
    const known = { policy: checks.policy, clock: manualClock, governed: boolean };
    const { policy, clock, governed = false } = pick(options, known, 'GrantCache');
    this.#native = call(() => native.GrantCache.of(policy, clock, governed));
  }

  static {
    nativeOf = (cache) => cache.#native;
  }

  get(key, fetch, options) {
    try {
      text(key, 'key');
      checks.function(fetch, 'fetch');
      return this.#get(key, fetch, pick(options, { ...beginOptions, signal: checks.signal }, 'get'));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #get(key, fetch, { signal, ttl, minRemainingMs, timeoutMs }) {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const caller = {};
    const made = this.#native;
    return wait({
      signal,
      begin: (port, number) => call(() => made.get(port, number, key, ttl, minRemainingMs, timeoutMs)),
      settle: (news, resolve, reject) => {
        if (news.ticket != null) {
          void drive(news.ticket, fetch, caller);
          return false;
        }
        const error = reasonOf(news);
        if (error) return reject(withCause(error, caller));
        return resolve(hitOf(news.hit));
      },
      cancel: (port, number) => port.cancel(number),
    });
  }

  tryGet(key, fetch, options) {
    text(key, 'key');
    if (fetch != null) checks.function(fetch, 'fetch');
    const { ttl, minRemainingMs } = pick(options, { ...ttlOption, minRemainingMs: time }, 'tryGet');
    const { hit, ticket } = call(() => this.#native.tryGet(open(), key, ttl, minRemainingMs));
    if (ticket && fetch != null) void drive(ticket, fetch);
    else ticket?.abandon();
    return hitOf(hit);
  }

  begin(key, options) {
    text(key, 'key');
    const { ttl, minRemainingMs, timeoutMs } = pick(options, beginOptions, 'begin');
    const { outcome, hit, ticket, waiter } = call(() =>
      this.#native.begin(open(), key, ttl, minRemainingMs, timeoutMs),
    );
    const begun = { outcome };
    if (hit) begun.hit = new Hit(internal, hit);
    if (ticket) begun.ticket = new Ticket(internal, ticket);
    if (waiter) begun.waiter = new Waiter(internal, waiter);
    return begun;
  }

  prefetch(key, options) {
    text(key, 'key');
    const { ttl } = pick(options, ttlOption, 'prefetch');
    const ticket = call(() => this.#native.prefetch(open(), key, ttl));
    return ticket == null ? null : new Ticket(internal, ticket);
  }

  keepWarm(key, ms, options) {
    text(key, 'key');
    number(ms, 'ms');
    const { ttl } = pick(options, ttlOption, 'keepWarm');
    call(() => this.#native.keepWarm(key, ms, ttl));
  }

  poll() {
    return this.#native.poll(open()).map((ticket) => new Ticket(internal, ticket));
  }

  nextWakeupMs() {
    return this.#native.nextWakeupMs();
  }

  invalidate(key, options) {
    text(key, 'key');
    const { ttl } = pick(options, ttlOption, 'invalidate');
    return call(() => this.#native.invalidate(key, ttl));
  }

  invalidateIf(key, generation, options) {
    text(key, 'key');
    number(generation, 'generation');
    const { ttl } = pick(options, ttlOption, 'invalidateIf');
    return call(() => this.#native.invalidateIf(key, generation, ttl));
  }

  purge() {
    this.#native.purge();
  }

  rotate() {
    this.#native.rotate();
  }

  stats() {
    return new Stats(internal, this.#native.stats());
  }

  drainEvents() {
    return events(this.#native.drainEvents());
  }
}

const grantCache = instance(GrantCache, nativeOf);

/** Makes a cache behave from now on as in a forked child. */
function simulateFork(cache) {
  grantCache(cache, 'cache').simulateFork();
}

showAs(Hit, (hit) => ({ ...hit }));
showAs(Ticket, ({ isRefresh }) => ({ isRefresh }));
showAs(Waiter, () => ({}));
showAs(GrantCache, () => ({}));

/** The class for a cache that a minter has. */
const wrap = (made) => new GrantCache(made);

module.exports = { GrantCache, Hit, Ticket, Waiter, grantCache, simulateFork, wrap };
