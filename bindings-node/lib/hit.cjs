'use strict';
// A grant that the cache hands out.

const { fromNative } = require('./errors.cjs');
const { internal, onlyInternal } = require('./internal.cjs');
const { showAs } = require('./show.cjs');

class Hit {
  #grant;

  constructor(from, made) {
    onlyInternal(from, Hit, 'GrantCache.get()');
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

showAs(Hit, (hit) => ({ ...hit }));

/** The hit that the native half made, or null if it made none. */
const hitOf = (made) => (made == null ? null : new Hit(internal, made));

module.exports = { Hit, hitOf };
