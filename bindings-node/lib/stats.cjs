'use strict';
// What a cache has done.

const { codeOf } = require('./errors.cjs');
const { onlyInternal, text } = require('./options.cjs');

class Stats {
  #native;

  constructor(from, made) {
    onlyInternal(from, Stats);
    this.#native = made;
    const { errors, ...counters } = made.counters();
    Object.assign(this, counters);
    this.errors = Object.fromEntries(errors.map(({ code, count }) => [codeOf(code), count]));
    this.clockOffsetMs ??= undefined;
  }

  toPrometheus(cache) {
    text(cache, 'cache');
    return this.#native.toPrometheus(cache);
  }
}

/** Events, without the fields that they do not have. */
const events = (drained) =>
  drained.map(({ atMs, kind, key, code, generation }) => {
    const event = { atMs, kind };
    if (key != null) event.key = key;
    if (code != null) event.code = codeOf(code);
    if (generation != null) event.generation = generation;
    return event;
  });

module.exports = { Stats, events };
