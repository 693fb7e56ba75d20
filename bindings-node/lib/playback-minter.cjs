'use strict';
// Tokens for the viewers of many streams. All viewers of a stream share one grant.

const native = require('./native.cjs');
const { apiKey } = require('./api-key.cjs');
const { boolean, functionLike, text } = require('./checks.cjs');
const { manualClock } = require('./clock.cjs');
const { disposeBy } = require('./dispose.cjs');
const { call, translated } = require('./errors.cjs');
const { fleet } = require('./fleet.cjs');
const { grantCache, wrap } = require('./grant-cache.cjs');
const { grants } = require('./grants.cjs');
const { internal } = require('./internal.cjs');
const { ms: time, whole, wholeLifetime } = require('./numbers.cjs');
const { limits, pick, policy } = require('./options.cjs');
const { token } = require('./playback-token.cjs');
const { open } = require('./port.cjs');
const { showAs } = require('./show.cjs');
const { Source } = require('./sources.cjs');
const { Stats, events } = require('./stats.cjs');
const { StreamMinter } = require('./stream-minter.cjs');

const minterOptions = {
  grants,
  allowOrigin: text,
  ttl: wholeLifetime,
  unique: boolean,
  grantTtl: wholeLifetime,
  minRemainingMs: time,
  timeoutMs: time,
  source: functionLike('async (streamer, { ttl }) => ({ grant, ttl })'),
  cache: grantCache,
  share: text,
  isolated: boolean,
  fleet,
  baseUrl: text,
  proxy: text,
  caFile: text,
  ...limits,
  policy,
  clock: manualClock,
};

class PlaybackMinter {
  #native;
  #source;
  #tryToken;
  #atOnce;

  constructor(key, options) {
    const signer = apiKey(key, 'key');
    const picked = pick(options, minterOptions, 'PlaybackMinter');
    const { grants: all = [], source, cache, clock, fleet: ours, ...rest } = picked;
    if (source !== undefined) {
      this.#source = new Source(source);
      rest.source = this.#source.id;
    }
    this.#native = call(() => native.PlaybackMinter.of(signer, all, rest, open(), cache, clock, ours));
    warn();
    const hot = this.#native.hot();
    this.#tryToken = hot.tryToken;
    this.#atOnce = hot.atOnce;
  }

  token(streamer, identity, options) {
    return token(
      {
        check: () => check(streamer, identity),
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
      check(streamer, identity);
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
    time(ms, 'ms');
    call(() => this.#native.keepWarm(streamer, ms));
  }

  invalidate(streamer) {
    text(streamer, 'streamer');
    return call(() => this.#native.invalidate(streamer));
  }

  invalidateIf(streamer, generation) {
    text(streamer, 'streamer');
    whole(generation, 'generation');
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

disposeBy(PlaybackMinter, 'close');
showAs(PlaybackMinter, () => ({}));

/** Checks the arguments of a call that failed: the native half does not say what came. */
function check(streamer, identity) {
  text(streamer, 'streamer');
  text(identity, 'identity');
}

function forget() {
  call(() => native.forget());
}

/** Shows core's advice to whoever makes minters, if there is any. */
function warn() {
  const advice = native.minterAdvice();
  if (advice) process.emitWarning(advice, { type: 'GrantmintWarning', code: 'GRANTMINT_MINTER_PER_REQUEST' });
}

module.exports = { PlaybackMinter, forget };
