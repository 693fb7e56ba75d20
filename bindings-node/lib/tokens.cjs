'use strict';
// Access Tokens: one, or many that differ only in their identity. Nothing here calls upstream.

const native = require('./native.cjs');
const { apiKey } = require('./api-key.cjs');
const { manualClock } = require('./clock.cjs');
const { call, translated } = require('./errors.cjs');
const { grants } = require('./grants.cjs');
const { boolean, invalid, number, pick, text } = require('./options.cjs');
const { showAs } = require('./show.cjs');

const common = { grants, ttl: number, nbf: number, unique: boolean, clock: manualClock };

class AccessToken {
  #native;
  #identity;

  constructor(key, options) {
    const { identity, ...picked } = pick(
      options,
      { ...common, identity: text, validUntil: number },
      'AccessToken',
    );
    if (identity === undefined) throw invalid('identity is missing', 'invalid_identity');
    const { grants: all = [], clock, ...rest } = picked;
    this.#native = call(() => native.AccessToken.of(apiKey(key, 'key'), identity, all, rest, clock));
    this.#identity = identity;
  }

  get identity() {
    return this.#identity;
  }

  toJwt() {
    return call(() => this.#native.toJwt());
  }

  warnings() {
    return this.#native.warnings();
  }
}

class TokenMinter {
  #native;
  #mint;
  #mintMany;

  constructor(key, options) {
    const { grants: all = [], clock, ...rest } = pick(options, common, 'TokenMinter');
    this.#native = call(() => native.TokenMinter.of(apiKey(key, 'key'), all, rest, clock));
    const hot = this.#native.hot();
    this.#mint = hot.mint;
    this.#mintMany = hot.mintMany;
  }

  mint(identity) {
    try {
      return this.#mint(identity);
    } catch (error) {
      throw translated(error);
    }
  }

  mintAt(identity, now) {
    text(identity, 'identity');
    number(now, 'now');
    return call(() => this.#native.mintAt(identity, now));
  }

  mintMany(identities) {
    if (typeof identities === 'string' || typeof identities?.[Symbol.iterator] !== 'function') {
      throw invalid('identities must be an array of strings');
    }
    const array = Array.isArray(identities) ? identities : Array.from(identities);
    return call(() => this.#mintMany(array));
  }

  warnings() {
    return this.#native.warnings();
  }
}

showAs(AccessToken, () => ({}));
showAs(TokenMinter, () => ({}));

module.exports = { AccessToken, TokenMinter };
