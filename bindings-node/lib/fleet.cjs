'use strict';
// The processes that share grants.

const native = require('./native.cjs');
const { instance, secret: secretBytes, text } = require('./checks.cjs');
const { call } = require('./errors.cjs');
const { pick } = require('./options.cjs');
const { showAs } = require('./show.cjs');

let nativeOf;

class HostFleet {
  #native;
  #path;

  constructor(options) {
    const { path, secret } = pick(options, { path: text, secret: secretBytes }, 'HostFleet');
    this.#native = call(() => native.HostFleet.of(path, secret));
    this.#path = path;
  }

  static {
    nativeOf = (fleet) => fleet.#native;
  }

  get path() {
    return this.#path;
  }
}

showAs(HostFleet, ({ path }) => ({ path }));

const hostFleet = instance(HostFleet, nativeOf, "write 'host' or new HostFleet({ path })");

/** The native part of a `fleet` option. */
function fleet(value, name) {
  if (typeof value !== 'string') return hostFleet(value, name);
  return call(() => native.HostFleet.parse(text(value, name)));
}

module.exports = { HostFleet, fleet };
