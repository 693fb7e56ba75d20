'use strict';
// An API key.

const native = require('./native.cjs');
const { came } = require('./came.cjs');
const { instance, mistyped, text } = require('./checks.cjs');
const { call, refused } = require('./errors.cjs');
const { pick } = require('./options.cjs');
const { showAs } = require('./show.cjs');

/** The variable that often holds an argument. */
const VARIABLES = { accountSid: 'TWILIO_ACCOUNT_SID', keySid: 'TWILIO_API_KEY', secret: 'TWILIO_API_SECRET' };

const WRITE = 'write new ApiKey(accountSid, keySid, secret) or ApiKey.fromEnv()';

let nativeOf;

class ApiKey {
  #native;

  constructor(accountSid, keySid, secret, options) {
    if (accountSid instanceof native.ApiKey) {
      this.#native = accountSid;
      return;
    }
    const { region } = pick(options, { region: text }, 'ApiKey');
    for (const [name, value] of Object.entries({ accountSid, keySid, secret })) part(value, name);
    this.#native = call(() => native.ApiKey.of(accountSid, keySid, secret, region));
  }

  static {
    nativeOf = (key) => key.#native;
  }

  static fromEnv(env = process.env) {
    if (typeof env !== 'object' || env === null) throw mistyped(env, 'env', 'an object such as process.env');
    const values = Object.values(VARIABLES).map((name) => {
      const value = env[name];
      return value === undefined ? undefined : text(value, name);
    });
    return new this(call(() => native.ApiKey.fromEnv(...values)));
  }

  get accountSid() {
    return this.#native.accountSid;
  }

  get keySid() {
    return this.#native.keySid;
  }

  get region() {
    return this.#native.region ?? undefined;
  }
}

/** A part of a key. If it is not there, a variable may not be set. */
function part(value, name) {
  if (typeof value === 'object' && value !== null && name === 'accountSid') {
    throw mistyped(value, name, 'a string', WRITE);
  }
  if (value != null) return text(value, name);
  throw refused(name, `must be a string, not ${came(value)}: is ${VARIABLES[name]} set?`);
}

showAs(ApiKey, (key) => ({ accountSid: key.accountSid, keySid: key.keySid, region: key.region }));

module.exports = { ApiKey, apiKey: instance(ApiKey, nativeOf, WRITE) };
