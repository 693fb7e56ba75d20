'use strict';
// A ticket: whoever holds it fetches one grant for all who wait for it.

const { json, mistyped } = require('./checks.cjs');
const { disposeBy } = require('./dispose.cjs');
const { GrantmintError, call, nameOf } = require('./errors.cjs');
const { onlyInternal } = require('./internal.cjs');
const { answerTtl } = require('./numbers.cjs');
const { pick } = require('./options.cjs');
const { showAs } = require('./show.cjs');

class Ticket {
  #native;

  constructor(from, made) {
    onlyInternal(from, Ticket, 'GrantCache.begin()');
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
    const { go, ms, served } = call(() => this.#native.start());
    return served ? { go, ms, served } : { go, ms };
  }

  complete(grant, options) {
    const { ttl } = pick(options, { ttl: answerTtl }, 'complete()');
    const written = json(grant, 'grant');
    call(() => this.#native.complete(written, ttl));
  }

  fail(error) {
    if (!(error instanceof GrantmintError)) {
      throw mistyped(error, 'error', 'a GrantmintError such as new UpstreamError(message, { cause })');
    }
    call(() => this.#native.fail(nameOf(error.code), error.message, error.retryAfterMs));
  }

  abandon() {
    this.#native.abandon();
  }
}

disposeBy(Ticket, 'abandon');
showAs(Ticket, ({ isRefresh }) => ({ isRefresh }));

module.exports = { Ticket };
