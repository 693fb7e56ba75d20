'use strict';
// Tokens for all viewers of a stream around the one grant that they share.

const native = require('./native.cjs');
const { apiKey } = require('./api-key.cjs');
const { manualClock } = require('./clock.cjs');
const { call, fromNative, translated } = require('./errors.cjs');
const { GrantCache, grantCache, wrap } = require('./grant-cache.cjs');
const { grants } = require('./grants.cjs');
const checks = require('./options.cjs');
const { open, reasonOf, wait } = require('./port.cjs');
const { showAs } = require('./show.cjs');
const { Source, withCause } = require('./sources.cjs');
const { Stats, events } = require('./stats.cjs');

const { boolean, internal, number, onlyInternal, pick, text, time } = checks;

const minterOptions = {
  allowOrigin: text,
  grants,
  ttl: number,
  unique: boolean,
  grantTtl: number,
  minRemainingMs: time,
  timeoutMs: time,
  source: checks.function,
  cache: grantCache,
  share: text,
  isolated: boolean,
  baseUrl: text,
  proxy: text,
  caFile: text,
  policy: checks.policy,
  clock: manualClock,
};

const tokenOptions = { signal: checks.signal, minRemainingMs: time, timeoutMs: time };

class PlaybackToken {
  #jwt;

  constructor(from, jwt, grantRemainingMs, freshness, generation, reason) {
    onlyInternal(from, PlaybackToken);
    this.#jwt = jwt;
    this.grantRemainingMs = grantRemainingMs;
    this.freshness = freshness;
    this.generation = generation;
    this.reason = reason;
  }

  /** On the prototype: whoever has it can watch, so neither console.log nor JSON shows it. */
  get jwt() {
    return this.#jwt;
  }

  get retryAfterMs() {
    return this.reason?.retryAfterMs;
  }
}

/** A token that was there. */
function tokenAtOnce([jwt, remainingMs, freshness, generation, code, message]) {
  const reason = code === undefined ? undefined : fromNative(code, message);
  return new PlaybackToken(internal, jwt, remainingMs, freshness, generation, reason);
}

/** What a stream and a minter have in common: `atOnce(minRemainingMs)` and `begin(port, number)`. */
function token({ atOnce, begin, source, streamer }, options) {
  let signal, timeoutMs, minRemainingMs, there;
  try {
    ({ signal, timeoutMs, minRemainingMs } = pick(options, tokenOptions, 'token'));
    if (!signal?.aborted) there = call(() => atOnce(minRemainingMs));
  } catch (error) {
    return Promise.reject(error);
  }
  if (signal?.aborted) return Promise.reject(signal.reason);
  if (there !== null) return Promise.resolve(tokenAtOnce(there));
  const caller = { streamer };
  source?.callers.add(caller);
  return wait({
    signal,
    begin: (port, number) => call(() => begin(port, number, minRemainingMs, timeoutMs)),
    settle: (news, resolve, reject) => {
      const error = reasonOf(news);
      if (news.jwt == null) return reject(withCause(error, caller));
      return resolve(
        new PlaybackToken(internal, news.jwt, news.remainingMs, news.freshness, news.generation, error),
      );
    },
    cancel: (port, number) => port.cancel(number),
    done: () => source?.callers.delete(caller),
  });
}

class StreamMinter {
  #native;
  #streamer;
  #source;
  #tryToken;
  #atOnce;

  constructor(from, made, streamer, source) {
    onlyInternal(from, StreamMinter);
    this.#native = made;
    this.#streamer = streamer;
    this.#source = source;
    const hot = made.hot();
    this.#tryToken = hot.tryToken;
    this.#atOnce = hot.atOnce;
  }

  get streamer() {
    return this.#streamer;
  }

  token(identity, options) {
    return token(
      {
        atOnce: (minRemainingMs) => this.#atOnce(identity, minRemainingMs),
        begin: (port, number, ...rest) => this.#native.begin(port, number, identity, ...rest),
        source: this.#source,
        streamer: this.#streamer,
      },
      options,
    );
  }

  tryToken(identity) {
    try {
      return this.#tryToken(identity);
    } catch (error) {
      throw translated(error);
    }
  }
}

class PlaybackMinter {
  #native;
  #source;
  #tryToken;
  #atOnce;

  constructor(key, options) {
    const picked = pick(options, minterOptions, 'PlaybackMinter');
    const { grants: all = [], source, cache, clock, ...rest } = picked;
    if (source !== undefined) {
      this.#source = new Source(source);
      rest.source = this.#source.id;
    }
    this.#native = call(() => native.PlaybackMinter.of(apiKey(key, 'key'), all, rest, open(), cache, clock));
    const hot = this.#native.hot();
    this.#tryToken = hot.tryToken;
    this.#atOnce = hot.atOnce;
  }

  token(streamer, identity, options) {
    return token(
      {
        atOnce: (minRemainingMs) => this.#atOnce(streamer, identity, minRemainingMs),
        begin: (port, number, ...rest) => this.#native.begin(port, number, streamer, identity, ...rest),
        source: this.#source,
        streamer,
      },
      options,
    );
  }

  tryToken(streamer, identity) {
    try {
      return this.#tryToken(streamer, identity);
    } catch (error) {
      throw translated(error);
    }
  }

  stream(streamer) {
    text(streamer, 'streamer');
    const made = call(() => this.#native.stream(streamer));
    return new StreamMinter(internal, made, streamer, this.#source);
  }

  prefetch(streamer) {
    text(streamer, 'streamer');
    call(() => this.#native.prefetch(streamer));
  }

  keepWarm(streamer, ms) {
    text(streamer, 'streamer');
    number(ms, 'ms');
    call(() => this.#native.keepWarm(streamer, ms));
  }

  invalidate(streamer) {
    text(streamer, 'streamer');
    return call(() => this.#native.invalidate(streamer));
  }

  invalidateIf(streamer, generation) {
    text(streamer, 'streamer');
    number(generation, 'generation');
    return call(() => this.#native.invalidateIf(streamer, generation));
  }

  rotate(key) {
    call(() => this.#native.rotate(apiKey(key, 'key')));
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

  purge() {
    call(() => this.#native.purge());
  }

  close() {
    this.#native.close();
  }
}

// A symbol that Node 20 does not have before 20.4 and some runtimes not at all; `using` looks for it.
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
Object.defineProperty(PlaybackMinter.prototype, dispose, {
  configurable: true,
  writable: true,
  value() {
    this.close();
  },
});

showAs(PlaybackToken, (token) => ({ ...token }));
showAs(PlaybackMinter, () => ({}));
showAs(StreamMinter, ({ streamer }) => ({ streamer }));

module.exports = { GrantCache, PlaybackMinter, PlaybackToken, StreamMinter };
