'use strict';
// ICE servers for browsers, with short-lived credentials.

const native = require('./native.cjs');
const { apiKey } = require('./api-key.cjs');
const { mistyped, text, texts } = require('./checks.cjs');
const { disposeBy } = require('./dispose.cjs');
const { call } = require('./errors.cjs');
const { internal, onlyInternal } = require('./internal.cjs');
const { get, iceOf, ofTry, optional } = require('./issued.cjs');
const { ms: time, whole, wholeLifetime } = require('./numbers.cjs');
const { pick } = require('./options.cjs');
const { restSource } = require('./rest-source.cjs');
const { sharedNames, sharedOptions } = require('./shared-options.cjs');
const { showAs } = require('./show.cjs');
const { Stats, events } = require('./stats.cjs');

const iceOptions = { ttl: wholeLifetime, baseUrl: text, proxy: text, caFile: text, ...sharedOptions };

const names = new Map([
  ...sharedNames,
  ['account_sid', 'accountSid'],
  ['api_token', 'apiToken'],
  ['auth_token', 'authToken'],
  ['key_id', 'keyId'],
]);

class IceServers {
  #native;

  constructor(from, made) {
    onlyInternal(from, IceServers, 'IceServers.twilio()');
    this.#native = made;
  }

  static twilio(key, options) {
    const signer = apiKey(key, 'key');
    return made('twilio', () => native.IceService.twilio(signer), options);
  }

  static twilioAccount(accountSid, authToken, options) {
    text(accountSid, 'accountSid');
    text(authToken, 'authToken');
    return made('twilioAccount', () => native.IceService.twilioAccount(accountSid, authToken), options);
  }

  static cloudflare(keyId, apiToken, options) {
    text(keyId, 'keyId');
    text(apiToken, 'apiToken');
    return made('cloudflare', () => native.IceService.cloudflare(keyId, apiToken), options);
  }

  static coturn(secret, urls, options) {
    text(secret, 'secret');
    if (!Array.isArray(urls)) throw mistyped(urls, 'urls', 'an array of strings', adviceOnUrls(urls));
    texts(urls, 'urls');
    return made('coturn', () => native.IceService.coturn(secret, urls), options);
  }

  static rest(source, options) {
    const described = restSource(source, 'source');
    return made('rest', () => native.IceService.rest(described), options);
  }

  get(identity, options) {
    let named;
    try {
      named = optional(identity, 'identity');
    } catch (error) {
      return Promise.reject(error);
    }
    const begin = (port, number, ...rest) => this.#native.begin(port, number, named, ...rest);
    return get(begin, iceOf, options);
  }

  tryGet(identity, options) {
    const named = optional(identity, 'identity');
    const minRemainingMs = ofTry(options);
    return iceOf(call(() => this.#native.tryGet(named, minRemainingMs)));
  }

  keepWarm(identity, ms) {
    const named = optional(identity, 'identity');
    time(ms, 'ms');
    call(() => this.#native.keepWarm(named, ms));
  }

  invalidateIf(identity, generation) {
    const named = optional(identity, 'identity');
    whole(generation, 'generation');
    return call(() => this.#native.invalidateIf(named, generation));
  }

  stats() {
    const stats = call(() => this.#native.stats());
    return stats == null ? null : new Stats(internal, stats);
  }

  drainEvents() {
    return events(call(() => this.#native.drainEvents()));
  }

  close() {
    this.#native.close();
  }
}

const adviceOnUrls = (urls) => (typeof urls === 'string' ? 'write [url]' : undefined);

/** The servers of a service, with what is said beside it. */
function made(name, service, options) {
  const picked = pick(options, iceOptions, `IceServers.${name}()`);
  const { ttl, sessionMs, baseUrl, proxy, caFile, cache, fleet, clock, ...shared } = picked;
  const own = { ttl, sessionMs, baseUrl, proxy, caFile };
  return new IceServers(
    internal,
    call(() => service().build(own, shared, cache, fleet, clock), names),
  );
}

disposeBy(IceServers, 'close');
showAs(IceServers, () => ({}));

module.exports = { IceServers };
