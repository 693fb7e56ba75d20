'use strict';
// Statistics and events of a cache.

const { text } = require('./checks.cjs');
const { codeOf } = require('./errors.cjs');
const { onlyInternal } = require('./internal.cjs');

class Stats {
  #native;

  constructor(from, made) {
    onlyInternal(from, Stats, 'stats()');
    this.#native = made;
    const { errors, ...counters } = made.counters();
    Object.assign(this, counters);
    this.errors = Object.fromEntries(errors.map(({ code, count }) => [codeOf(code), count]));
    this.callsPerSecond ??= undefined;
    this.clockOffsetMs ??= undefined;
    this.fleet ??= undefined;
    if (this.fleet) {
      this.fleet.trouble ??= undefined;
      this.fleet.callsPerSecond ??= undefined;
    }
  }

  toPrometheus(cache) {
    text(cache, 'cache');
    return this.#native.toPrometheus(cache);
  }
}

/** The events, each only with the fields that it has. */
const events = (drained) =>
  drained.map(({ atMs, kind, key, code, generation }) => {
    const event = { atMs, kind };
    if (key != null) event.key = key;
    if (code != null) event.code = codeOf(code);
    if (generation != null) event.generation = generation;
    return event;
  });

module.exports = { Stats, events };
