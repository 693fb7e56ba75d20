'use strict';
// Short-lived credentials of any service, each fetched once for all who need it.

const native = require('./native.cjs');
const { disposeBy } = require('./dispose.cjs');
const { mistyped } = require('./checks.cjs');
const { call, refused } = require('./errors.cjs');
const { wrap } = require('./grant-cache.cjs');
const { internal } = require('./internal.cjs');
const { get, issuedOf, ofTry, optional } = require('./issued.cjs');
const { ms: time, whole } = require('./numbers.cjs');
const { pick } = require('./options.cjs');
const { restSource } = require('./rest-source.cjs');
const { sharedNames, sharedOptions } = require('./shared-options.cjs');
const { showAs } = require('./show.cjs');
const { Stats, events } = require('./stats.cjs');

const credentialOptions = { use, ...sharedOptions };

/** Whether credentials are used for longer than a request. */
function use(value, name) {
  if (typeof value !== 'string') throw mistyped(value, name, "'request' or 'session'");
  if (!['request', 'session'].includes(value)) throw refused(name, "must be 'request' or 'session'");
  return value === 'session';
}

class Credential {
  #native;

  constructor(source, options) {
    const described = restSource(source, 'source');
    const picked = pick(options, credentialOptions, 'Credential');
    const { use: isSession = false, sessionMs, cache, fleet, clock, ...rest } = picked;
    const session = isSession || sessionMs !== undefined ? { ms: sessionMs } : undefined;
    this.#native = call(
      () => native.Credential.of(described, session, rest, cache, fleet, clock),
      sharedNames,
    );
  }

  get(key, options) {
    let named;
    try {
      named = optional(key, 'key');
    } catch (error) {
      return Promise.reject(error);
    }
    const begin = (port, number, ...rest) => this.#native.begin(port, number, named, ...rest);
    return get(begin, issuedOf, options);
  }

  tryGet(key, options) {
    const named = optional(key, 'key');
    const minRemainingMs = ofTry(options);
    return issuedOf(call(() => this.#native.tryGet(named, minRemainingMs)));
  }

  prefetch(key) {
    const named = optional(key, 'key');
    call(() => this.#native.prefetch(named));
  }

  keepWarm(key, ms) {
    const named = optional(key, 'key');
    time(ms, 'ms');
    call(() => this.#native.keepWarm(named, ms));
  }

  invalidate(key) {
    const named = optional(key, 'key');
    return call(() => this.#native.invalidate(named));
  }

  invalidateIf(key, generation) {
    const named = optional(key, 'key');
    whole(generation, 'generation');
    return call(() => this.#native.invalidateIf(named, generation));
  }

  purge() {
    call(() => this.#native.purge());
  }

  stats() {
    return new Stats(
      internal,
      call(() => this.#native.stats()),
    );
  }

  drainEvents() {
    return events(call(() => this.#native.drainEvents()));
  }

  cache() {
    return wrap(call(() => this.#native.cache()));
  }

  close() {
    this.#native.close();
  }
}

disposeBy(Credential, 'close');
showAs(Credential, () => ({}));

module.exports = { Credential };
