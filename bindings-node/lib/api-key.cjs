'use strict';
// An API key.

const native = require('./native.cjs');
const { call } = require('./errors.cjs');
const { instance, invalid, pick, text } = require('./options.cjs');
const { showAs } = require('./show.cjs');

let nativeOf;

class ApiKey {
  #native;

  constructor(accountSid, keySid, secret, options) {
    if (accountSid instanceof native.ApiKey) {
      this.#native = accountSid;
      return;
    }
    const { region } = pick(options, { region: text }, 'ApiKey');
    text(accountSid, 'accountSid');
    text(keySid, 'keySid');
    text(secret, 'secret');
    this.#native = call(() => native.ApiKey.of(accountSid, keySid, secret, region));
  }

  static {
    nativeOf = (key) => key.#native;
  }

  static fromEnv(env = process.env) {
    if (typeof env !== 'object' || env === null) throw invalid('env must be an object');
    const values = ['TWILIO_ACCOUNT_SID', 'TWILIO_API_KEY', 'TWILIO_API_SECRET'].map((name) => {
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

showAs(ApiKey, (key) => ({ accountSid: key.accountSid, keySid: key.keySid, region: key.region }));

module.exports = { ApiKey, apiKey: instance(ApiKey, nativeOf) };
