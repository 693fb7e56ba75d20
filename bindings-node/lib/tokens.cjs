'use strict';
// Access Tokens: one, or many that differ only in their identity. Nothing here calls upstream.

const native = require('./native.cjs');
const { apiKey } = require('./api-key.cjs');
const { boolean, mistyped, text, texts } = require('./checks.cjs');
const { manualClock } = require('./clock.cjs');
const { call, refused, spelled, translated } = require('./errors.cjs');
const { grants } = require('./grants.cjs');
const { expiry, unixSeconds, wholeLifetime } = require('./numbers.cjs');
const { pick } = require('./options.cjs');
const { showAs } = require('./show.cjs');

const minterOptions = { grants, ttl: wholeLifetime, nbf: unixSeconds, unique: boolean, clock: manualClock };
const tokenOptions = { identity: text, validUntil: expiry, ...minterOptions };

class AccessToken {
  #native;
  #identity;

  constructor(key, options) {
    const signer = apiKey(key, 'key');
    const { identity, ...picked } = pick(options, tokenOptions, 'AccessToken');
    if (identity === undefined) {
      throw refused('identity', 'is missing: write { identity: … } as options', 'invalid_identity');
    }
    const { grants: all = [], clock, ...rest } = picked;
    this.#native = call(() => native.AccessToken.of(signer, identity, all, rest, clock));
    this.#identity = identity;
  }

  get identity() {
    return this.#identity;
  }

  toJwt() {
    return call(() => this.#native.toJwt());
  }

  warnings() {
    return advice(this.#native.warnings());
  }
}

class TokenMinter {
  #native;
  #mint;
  #mintMany;

  constructor(key, options) {
    const signer = apiKey(key, 'key');
    const { grants: all = [], clock, ...rest } = pick(options, minterOptions, 'TokenMinter');
    this.#native = call(() => native.TokenMinter.of(signer, all, rest, clock));
    const hot = this.#native.hot();
    this.#mint = hot.mint;
    this.#mintMany = hot.mintMany;
  }

  mint(identity) {
    try {
      return this.#mint(identity);
    } catch (error) {
      text(identity, 'identity'); // The native half does not say what came.
      throw translated(error);
    }
  }

  mintAt(identity, now) {
    text(identity, 'identity');
    unixSeconds(now, 'now');
    return call(() => this.#native.mintAt(identity, now));
  }

  mintMany(identities) {
    if (typeof identities === 'string' || typeof identities?.[Symbol.iterator] !== 'function') {
      const write = typeof identities === 'string' ? 'write mintMany([identity])' : undefined;
      throw mistyped(identities, 'identities', 'an array of strings', write);
    }
    const array = Array.isArray(identities) ? identities : Array.from(identities);
    try {
      return this.#mintMany(array);
    } catch (error) {
      texts(array, 'identities');
      throw translated(error);
    }
  }

  warnings() {
    return advice(this.#native.warnings());
  }
}

/** Advice of core, with the names of arguments as they are spelled here. */
const advice = (warnings) => warnings.map(({ code, message }) => ({ code, message: spelled(message) }));

showAs(AccessToken, () => ({}));
showAs(TokenMinter, () => ({}));

module.exports = { AccessToken, TokenMinter, advice };
