'use strict';
// What credentials and ICE servers hand out, and the calls that give it.

const { signal: abortSignal, text } = require('./checks.cjs');
const { call, fromNative, refused } = require('./errors.cjs');
const { internal, onlyInternal } = require('./internal.cjs');
const { ms: time } = require('./numbers.cjs');
const { isPlain } = require('./option-names.cjs');
const { pick } = require('./options.cjs');
const { reasonOf, wait } = require('./port.cjs');
const { showAs } = require('./show.cjs');

const callOptions = { minRemainingMs: time, timeoutMs: time, signal: abortSignal };
const tryOptions = { minRemainingMs: time };

let textOf;

/** What both have. Not exported. */
class HandedOut {
  #text;

  constructor({ text: held, remainingMs, freshness, generation, code, message }) {
    this.#text = held;
    this.remainingMs = remainingMs;
    this.freshness = freshness;
    this.generation = generation;
    this.reason = code == null ? undefined : fromNative(code, message);
  }

  static {
    textOf = (handedOut) => handedOut.#text;
  }
}

class Issued extends HandedOut {
  #isJson;

  constructor(from, made) {
    onlyInternal(from, Issued, 'Credential.get()');
    super(made);
    this.#isJson = made.isJson;
  }

  /** A getter, so that neither console.log nor JSON shows it. */
  get value() {
    return this.#isJson ? JSON.parse(textOf(this)) : textOf(this);
  }

  get retryAfterMs() {
    return this.reason?.retryAfterMs;
  }
}

class IceCredentials extends HandedOut {
  constructor(from, made) {
    onlyInternal(from, IceCredentials, 'IceServers.get()');
    super(made);
  }

  get iceServers() {
    return this.toJSON().iceServers;
  }

  get expiresIn() {
    return this.toJSON().expiresIn;
  }

  get retryAfterMs() {
    return this.reason?.retryAfterMs;
  }

  toJSON() {
    return JSON.parse(textOf(this));
  }
}

showAs(Issued, (issued) => ({ ...issued }));
showAs(IceCredentials, (issued) => ({ ...issued }));

const issuedOf = (made) => (made == null ? null : new Issued(internal, made));
const iceOf = (made) => (made == null ? null : new IceCredentials(internal, made));

/** A key or an identity that may be left out. */
function optional(value, name) {
  if (value == null) return undefined;
  if (isPlain(value)) throw refused(name, `must be a string, not an object: write get(null, { … })`);
  return text(value, name);
}

/** The promise of one call. `begin(port, number, minRemainingMs, timeoutMs)` begins it, `make` makes what is handed out. */
function get(begin, make, options) {
  let picked;
  try {
    picked = pick(options, callOptions, 'get()');
  } catch (error) {
    return Promise.reject(error);
  }
  const { signal, minRemainingMs, timeoutMs } = picked;
  if (signal?.aborted) return Promise.reject(signal.reason);
  return wait({
    signal,
    begin: (port, number) => call(() => begin(port, number, minRemainingMs, timeoutMs)),
    settle: (news, resolve, reject) => {
      const error = reasonOf(news);
      return error ? reject(error) : resolve(make(news.issued));
    },
    cancel: (port, number) => port.cancel(number),
  });
}

/** The least remaining lifetime that the options of `tryGet` ask for. */
const ofTry = (options) => pick(options, tryOptions, 'tryGet()').minRemainingMs;

module.exports = { IceCredentials, Issued, get, iceOf, issuedOf, ofTry, optional };
