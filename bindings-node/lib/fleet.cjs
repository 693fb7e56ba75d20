'use strict';
// The processes that share grants: of one machine, or of many.

const native = require('./native.cjs');
const { boolean, mistyped, ofAnotherCopy, secret: secretBytes, text } = require('./checks.cjs');
const { classOf } = require('./came.cjs');
const { call } = require('./errors.cjs');
const { ms } = require('./numbers.cjs');
const { pick } = require('./options.cjs');
const { showAs } = require('./show.cjs');

let nativeOfHost;
let nativeOfRedis;

class HostFleet {
  #native;
  #path;

  constructor(options) {
    const { path, secret } = pick(options, { path: text, secret: secretBytes }, 'HostFleet');
    this.#native = call(() => native.Fleet.host(path, secret));
    this.#path = path;
  }

  static {
    nativeOfHost = (fleet) => fleet.#native;
  }

  get path() {
    return this.#path;
  }
}

const redisOptions = {
  host: front,
  prefix: text,
  secret: secretBytes,
  caFile: text,
  timeoutMs: ms,
  insecure: boolean,
};

const names = new Map([['timeout', 'timeoutMs']]);

class RedisFleet {
  #native;

  constructor(url, options) {
    text(url, 'url');
    const { secret, host, ...rest } = pick(options, redisOptions, 'RedisFleet');
    this.#native = call(() => native.Fleet.redis(url, { ...host, ...rest }, secret), names);
  }

  static {
    nativeOfRedis = (fleet) => fleet.#native;
  }

  get url() {
    return this.#native.url;
  }
}

/** The folder in front of a server: the usual one, none, or the one of this path. */
function front(value, name) {
  if (typeof value === 'boolean') return { withoutHost: !value };
  if (typeof value !== 'string') throw mistyped(value, name, 'true, false or the path of a folder');
  return { host: text(value, name) };
}

showAs(HostFleet, ({ path }) => ({ path }));
showAs(RedisFleet, ({ url }) => ({ url }));

/** The native part of a `fleet` option. */
function fleet(value, name) {
  if (value instanceof HostFleet) return nativeOfHost(value);
  if (value instanceof RedisFleet) return nativeOfRedis(value);
  const wanted = "a HostFleet, a RedisFleet or a text such as 'host'";
  if (['HostFleet', 'RedisFleet'].includes(classOf(value))) throw ofAnotherCopy(name, `a ${classOf(value)}`);
  if (typeof value !== 'string')
    throw mistyped(value, name, wanted, "write 'host' or new HostFleet({ path })");
  return call(() => native.Fleet.parse(text(value, name)));
}

module.exports = { HostFleet, RedisFleet, fleet };
