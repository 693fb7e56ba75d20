'use strict';
// One playback token, and the call that gives it.

const { signal: abortSignal } = require('./checks.cjs');
const { call, fromNative, translated } = require('./errors.cjs');
const { withCause } = require('./fetch.cjs');
const { internal, onlyInternal } = require('./internal.cjs');
const { ms: time } = require('./numbers.cjs');
const { pick } = require('./options.cjs');
const { reasonOf, wait } = require('./port.cjs');
const { showAs } = require('./show.cjs');

const tokenOptions = { timeoutMs: time, minRemainingMs: time, signal: abortSignal };

class PlaybackToken {
  #jwt;

  constructor(from, jwt, grantRemainingMs, freshness, generation, reason) {
    onlyInternal(from, PlaybackToken, 'PlaybackMinter.token()');
    this.#jwt = jwt;
    this.grantRemainingMs = grantRemainingMs;
    this.freshness = freshness;
    this.generation = generation;
    this.reason = reason;
  }

  /** A getter, so that neither console.log nor JSON shows it: whoever has the JWT can watch. */
  get jwt() {
    return this.#jwt;
  }

  get retryAfterMs() {
    return this.reason?.retryAfterMs;
  }
}

showAs(PlaybackToken, (token) => ({ ...token }));

/** A token that the native half gave at once. */
function tokenAtOnce([jwt, remainingMs, freshness, generation, code, message]) {
  const reason = code === undefined ? undefined : fromNative(code, message);
  return new PlaybackToken(internal, jwt, remainingMs, freshness, generation, reason);
}

/**
 * The promise of a token, for minters and streams alike. `atOnce` gives a token whose grant is in the cache,
 * or null. `begin` begins a call that waits. `check` checks the arguments, and is called only if `atOnce` fails.
 */
function token({ check, atOnce, begin, source, streamer }, options) {
  let signal, timeoutMs, minRemainingMs, there;
  try {
    ({ signal, timeoutMs, minRemainingMs } = pick(options, tokenOptions, 'token()'));
    if (!signal?.aborted) there = atOnce(minRemainingMs);
  } catch (error) {
    return Promise.reject(refusal(error, check));
  }
  if (signal?.aborted) return Promise.reject(signal.reason);
  if (there !== null) return Promise.resolve(tokenAtOnce(there));
  const caller = source?.enter(streamer);
  return wait({
    signal,
    begin: (port, number) => call(() => begin(port, number, minRemainingMs, timeoutMs)),
    settle: (news, resolve, reject) => {
      const error = reasonOf(news);
      if (news.jwt == null) return reject(withCause(error, caller?.take(news.job) ?? {}));
      return resolve(
        new PlaybackToken(internal, news.jwt, news.remainingMs, news.freshness, news.generation, error),
      );
    },
    cancel: (port, number) => port.cancel(number),
    done: () => caller?.leave(),
  });
}

/** The error of a call that failed: what a check finds says more than the native half. */
function refusal(error, check) {
  try {
    check();
    return translated(error);
  } catch (wrong) {
    return wrong;
  }
}

module.exports = { PlaybackToken, token };
