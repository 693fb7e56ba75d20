'use strict';
// The grant cache by itself, for grants of any service.

const native = require('./native.cjs');
const { boolean, functionLike, instance, signal: abortSignal, text } = require('./checks.cjs');
const { manualClock } = require('./clock.cjs');
const { Context } = require('./context.cjs');
const { call } = require('./errors.cjs');
const { runTicket, withCause } = require('./fetch.cjs');
const { fleet } = require('./fleet.cjs');
const { hitOf } = require('./hit.cjs');
const { internal } = require('./internal.cjs');
const { lifetime, ms: time, whole } = require('./numbers.cjs');
const { limits, pick, policy } = require('./options.cjs');
const { open, reasonOf, wait } = require('./port.cjs');
const { showAs } = require('./show.cjs');
const { Stats, events } = require('./stats.cjs');
const { Ticket } = require('./ticket.cjs');
const { Waiter } = require('./waiter.cjs');

const cacheOptions = { policy, clock: manualClock, rateLimited: boolean, ...limits, fleet, namespace: text };
const ttlOption = { ttl: lifetime };
const beginOptions = { ...ttlOption, minRemainingMs: time, timeoutMs: time };
const getOptions = { ...beginOptions, signal: abortSignal };
const tryOptions = { ...ttlOption, minRemainingMs: time };

const fetching = functionLike('async (key) => ({ grant: …, ttl: 60 })');

let nativeOf;

class GrantCache {
  #native;
  /** That in which the cache was made, for fetches that nobody waits for. */
  #context = new Context();

  constructor(options) {
    if (options instanceof native.GrantCache) {
      this.#native = options;
      return;
    }
    const picked = pick(options, cacheOptions, 'GrantCache');
    const { policy: given, clock, fleet: ours, namespace, ...limited } = picked;
    this.#native = call(() => native.GrantCache.of(given, clock, limited, ours, namespace));
  }

  static {
    nativeOf = (cache) => cache.#native;
  }

  get(key, fetch, options) {
    try {
      text(key, 'key');
      fetching(fetch, 'fetch');
      return this.#get(key, fetch, pick(options, getOptions, 'get()'));
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
      begin: (port, number) => {
        const waits = call(() => made.get(port, number, key, ttl, minRemainingMs, timeoutMs));
        if (waits) caller.context = new Context();
      },
      settle: (news, resolve, reject) => {
        if (news.ticket != null) {
          this.#fetch(news.ticket, fetch, caller);
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
    if (fetch != null) fetching(fetch, 'fetch');
    const { ttl, minRemainingMs } = pick(options, tryOptions, 'tryGet()');
    const { hit, ticket } = call(() => this.#native.tryGet(open(), key, ttl, minRemainingMs));
    if (ticket && fetch != null) this.#fetch(ticket, fetch);
    else ticket?.abandon();
    return hitOf(hit);
  }

  /** Fetches in the context of the caller, if it waits. One that has its grant from the cache has left before. */
  #fetch(ticket, fetch, caller) {
    const context = caller?.context ?? this.#context;
    context.run(() => void runTicket(ticket, fetch, caller));
  }

  begin(key, options) {
    text(key, 'key');
    const { ttl, minRemainingMs, timeoutMs } = pick(options, beginOptions, 'begin()');
    const { outcome, hit, ticket, waiter } = call(() =>
      this.#native.begin(open(), key, ttl, minRemainingMs, timeoutMs),
    );
    const begun = { outcome };
    if (hit) begun.hit = hitOf(hit);
    if (ticket) begun.ticket = new Ticket(internal, ticket);
    if (waiter) begun.waiter = new Waiter(internal, waiter);
    return begun;
  }

  prefetch(key, options) {
    text(key, 'key');
    const { ttl } = pick(options, ttlOption, 'prefetch()');
    const ticket = call(() => this.#native.prefetch(open(), key, ttl));
    return ticket == null ? null : new Ticket(internal, ticket);
  }

  keepWarm(key, ms, options) {
    text(key, 'key');
    time(ms, 'ms');
    const { ttl } = pick(options, ttlOption, 'keepWarm()');
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
    const { ttl } = pick(options, ttlOption, 'invalidate()');
    return call(() => this.#native.invalidate(key, ttl));
  }

  invalidateIf(key, generation, options) {
    text(key, 'key');
    whole(generation, 'generation');
    const { ttl } = pick(options, ttlOption, 'invalidateIf()');
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

const grantCache = instance(GrantCache, nativeOf, 'write new GrantCache()');

/** Makes a cache behave from now on as it would in a forked child. */
function simulateFork(cache) {
  grantCache(cache, 'cache').simulateFork();
}

showAs(GrantCache, () => ({}));

/** A `GrantCache` around the native cache of a minter. */
const wrap = (made) => new GrantCache(made);

module.exports = { GrantCache, grantCache, simulateFork, wrap };
