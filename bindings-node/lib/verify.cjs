'use strict';
// Verifying, decoding and signing tokens.

const native = require('./native.cjs');
const { apiKey } = require('./api-key.cjs');
const { boolean, json, secret: bytes, text } = require('./checks.cjs');
const { call } = require('./errors.cjs');
const { internal, onlyInternal } = require('./internal.cjs');
const { unixSeconds, wholeSeconds } = require('./numbers.cjs');
const { pick } = require('./options.cjs');
const { showAs } = require('./show.cjs');

let nativeOf;

class Decoded {
  #native;

  constructor(from, made) {
    onlyInternal(from, Decoded, 'verify()');
    this.#native = made;
  }

  static {
    nativeOf = (decoded) => decoded.#native;
  }

  get header() {
    return JSON.parse(this.#native.headerJson);
  }

  get claims() {
    return JSON.parse(this.#native.claimsJson);
  }

  get headerJson() {
    return this.#native.headerJson;
  }

  get claimsJson() {
    return this.#native.claimsJson;
  }

  get grants() {
    return this.#native.hasGrants ? this.claims.grants : undefined;
  }
}

for (const name of ['identity', 'issuer', 'subject', 'jti', 'region', 'issuedAt', 'notBefore', 'expiresAt']) {
  Object.defineProperty(Decoded.prototype, name, {
    configurable: true,
    get() {
      return nativeOf(this)[name] ?? undefined;
    },
  });
}

showAs(Decoded, () => ({}));

const known = { leeway: wholeSeconds, now: unixSeconds, algorithm: text };
const knownForJwt = { ...known, requireExp: boolean };

function verify(token, key, options) {
  text(token, 'token');
  const how = pick(options, known, 'verify()');
  return new Decoded(
    internal,
    call(() => native.verify(token, apiKey(key, 'key'), how)),
  );
}

function verifyJwt(token, secret, options) {
  text(token, 'token');
  const how = pick(options, knownForJwt, 'verifyJwt()');
  return new Decoded(
    internal,
    call(() => native.verifyJwt(token, bytes(secret, 'secret'), how)),
  );
}

function decode(token) {
  text(token, 'token');
  return new Decoded(
    internal,
    call(() => native.decode(token)),
  );
}

function sign(algorithm, header, claims, secret) {
  text(algorithm, 'algorithm');
  const kind = 'invalid_argument';
  const [headerJson, claimsJson] = [json(header, 'header', kind), json(claims, 'claims', kind)];
  return call(() => native.sign(algorithm, headerJson, claimsJson, bytes(secret, 'secret')));
}

module.exports = { Decoded, decode, sign, verify, verifyJwt };
