'use strict';
// JSON Web Tokens of any service: fixed claims, and slots for what differs. Nothing here calls a service.

const native = require('./native.cjs');
const { mistyped, secret: bytes, text } = require('./checks.cjs');
const { GrantmintError, InvalidArgumentError, call, translated } = require('./errors.cjs');
const { internal } = require('./internal.cjs');
const { optionsOf } = require('./jwt-options.cjs');
const { Slots } = require('./jwt-slots.cjs');
const { unixSeconds } = require('./numbers.cjs');
const { isPlain } = require('./option-names.cjs');
const { showAs } = require('./show.cjs');
const { advice } = require('./tokens.cjs');

/** So many slots the hot path takes, each as two arguments. */
const HOT = 8;

class JwtMinter {
  #native;
  #slots;
  #isCamel;
  #mint;
  #mintMany;

  constructor(secret, options, made, isCamel = false) {
    if (secret === internal) {
      this.#native = made;
    } else {
      const key = bytes(secret, 'secret');
      const { native: described, clock } = optionsOf(options, 'JwtMinter');
      this.#native = call(() => native.JwtKind.of(key).build(described, clock), ownNames(described));
    }
    this.#isCamel = isCamel;
    this.#slots = new Slots(this.#native.slots(), isCamel);
    const hot = this.#native.hot();
    this.#mint = hot.mint;
    this.#mintMany = hot.mintMany;
  }

  static livekit(apiKey, apiSecret, options) {
    return preset('livekit', { apiKey, apiSecret }, options);
  }

  static livekitFromEnv(options) {
    const { LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = process.env;
    return preset('livekitFromEnv', { apiKey, apiSecret }, options);
  }

  static zoomVideoSdk(sdkKey, sdkSecret, options) {
    return preset('zoomVideoSdk', { sdkKey, sdkSecret }, options);
  }

  static jitsi(appId, appSecret, aud, sub, options) {
    return preset('jitsi', { appId, appSecret, aud, sub }, options);
  }

  static daily(domainId, apiKey, options) {
    return preset('daily', { domainId, apiKey }, options);
  }

  mint(identity, slots) {
    try {
      if (slots === undefined) return this.#mint(identity);
      const flat = isPlain(slots) ? this.#slots.numbered(slots) : null;
      if (flat !== null && flat.length <= HOT) return this.#mint(identity, ...flat);
      const named = this.#slots.named(slots);
      return this.#native.mintNamed(optional(identity), named);
    } catch (error) {
      throw this.#told(error, identity, slots);
    }
  }

  mintAt(identity, now, slots) {
    const named = this.#slots.named(slots ?? {});
    unixSeconds(now, 'now');
    return call(() => this.#native.mintAt(optional(identity), named, now), this.#slots.names);
  }

  mintMany(users) {
    if (typeof users === 'string' || typeof users?.[Symbol.iterator] !== 'function') {
      throw mistyped(users, 'users', 'an array of objects', 'write mintMany([{ identity }])');
    }
    const all = Array.isArray(users) ? users : Array.from(users);
    const flat = [];
    // By its index, so that the first that is no user ends it, also in an array with holes.
    for (let index = 0; index < all.length; index += 1) flat.push(...this.#flat(all[index], index));
    try {
      return this.#mintMany(flat);
    } catch (error) {
      for (const [index, user] of all.entries()) this.#check(user, index);
      throw translated(error, this.#slots.names);
    }
  }

  bind(slots) {
    const named = this.#slots.named(slots);
    const made = call(() => this.#native.bind(named), this.#slots.names);
    return new JwtMinter(internal, undefined, made, this.#isCamel);
  }

  warnings() {
    return advice(this.#native.warnings());
  }

  /** One user of many: the identity, how many slots follow, and these. */
  #flat(user, index) {
    if (!isPlain(user)) {
      const write = typeof user === 'string' ? 'write { identity }' : undefined;
      throw mistyped(user, `users[${index}]`, 'an object such as { identity: … }', write);
    }
    const { identity, ...slots } = user;
    let flat;
    try {
      flat = this.#slots.numbered(slots);
    } catch (error) {
      throw ofUser(error, index);
    }
    if (flat === null) this.#check(user, index);
    return [identity ?? null, flat.length / 2, ...flat];
  }

  /** Throws what is wrong with one user of many, if anything is. */
  #check({ identity, ...slots }, index) {
    try {
      this.mint(identity, slots);
    } catch (error) {
      throw ofUser(error, index);
    }
  }

  /** The error of a mint that failed: what a check finds says more than the native half. */
  #told(error, identity, slots) {
    if (error instanceof GrantmintError) return error;
    try {
      optional(identity);
      if (slots !== undefined) this.#slots.named(slots);
    } catch (wrong) {
      return wrong;
    }
    return translated(error, this.#slots.names);
  }
}

const optional = (identity) => (identity == null ? undefined : text(identity, 'identity'));

/** An error about one user of many names which. */
function ofUser(error, index) {
  const { argument, message, code } = error;
  if (argument === undefined) return error;
  const name = `users[${index}].${argument}`;
  const said = message.startsWith(argument) ? `users[${index}].${message}` : `${name}: ${message}`;
  const named = new InvalidArgumentError(said, { code });
  named.argument = name;
  return named;
}

/** The names of slots and claims, which are the program's own and spelled as they are. */
const ownNames = ({ slots }) => new Map(slots.map(({ name }) => [name, name]));

/** A minter of a service's tokens. */
function preset(name, parts, options) {
  const fromEnv = name === 'livekitFromEnv';
  for (const [part, value] of Object.entries(parts)) {
    if (!fromEnv || value !== undefined) text(value, part);
  }
  const isCamel = name.startsWith('livekit');
  const { native: described, clock, bound } = optionsOf(options, `JwtMinter.${name}()`, { slots: given });
  const kind = () => native.JwtKind[name](...Object.values(parts));
  const plain = call(() => kind().build(described, clock));
  if (bound === undefined) return new JwtMinter(internal, undefined, plain, isCamel);
  const slots = new Slots(plain.slots(), isCamel);
  const named = slots.named(bound);
  const made = call(() => kind().build({ ...described, bound: named }, clock), slots.names);
  return new JwtMinter(internal, undefined, made, isCamel);
}

/** Slots are checked when it is known which there are. */
const given = (value) => value;

showAs(JwtMinter, () => ({}));

module.exports = { JwtMinter };
