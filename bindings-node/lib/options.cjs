'use strict';
// Checks the types of what users pass, and that no time is negative. The native half checks the rest.

const { InvalidArgumentError, codeOf, fromNative } = require('./errors.cjs');

const invalid = (message, kind = 'invalid_argument') => fromNative(kind, message);

const checks = {
  number(value, name) {
    if (typeof value !== 'number') throw invalid(`${name} must be a number`);
    return value;
  },
  /** A span of time. It is checked here because a hit, which does not wait, never passes it on. */
  time(value, name) {
    if (!(checks.number(value, name) >= 0)) throw invalid(`${name} must be 0 or more`);
    return value;
  },
  boolean(value, name) {
    if (typeof value !== 'boolean') throw invalid(`${name} must be true or false`);
    return value;
  },
  function(value, name) {
    if (typeof value !== 'function') throw invalid(`${name} must be a function`);
    return value;
  },
  signal(value, name) {
    // Not by its class: other realms, such as those of test runners, have a class of their own.
    const methods = ['addEventListener', 'removeEventListener'];
    if (
      typeof value?.aborted !== 'boolean' ||
      methods.some((method) => typeof value[method] !== 'function')
    ) {
      throw invalid(`${name} must be an AbortSignal`);
    }
    return value;
  },
  /** Text. A lone surrogate is refused: Node would replace it, so that two texts could become one. */
  text(value, name) {
    if (typeof value !== 'string') throw invalid(`${name} must be a string`);
    if (!value.isWellFormed()) {
      throw invalid(`${name} holds a lone surrogate, which no other language can read`, 'invalid_utf8');
    }
    return value;
  },
  /** JSON: text or bytes of it, which are kept to the byte, or a value to write. */
  json(value, name) {
    if (typeof value === 'string') return checks.text(value, name);
    if (value instanceof Uint8Array) return utf8(value, name);
    let written;
    try {
      written = JSON.stringify(value);
    } catch (cause) {
      throw new InvalidArgumentError(`${name} cannot be written as JSON`, {
        code: codeOf('invalid_grant'),
        cause,
      });
    }
    if (written === undefined)
      throw invalid(`${name} is missing, or cannot be written as JSON`, 'invalid_grant');
    return written;
  },
  secret(value, name) {
    if (typeof value === 'string') return new TextEncoder().encode(checks.text(value, name));
    if (value instanceof Uint8Array) return value;
    throw invalid(`${name} must be a string or a Uint8Array`);
  },
};

function utf8(bytes, name) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid(`${name} must be UTF-8`, 'invalid_grant');
  }
}

/** The options that were given, each checked. An unknown name is refused. A typo such as `allowOrgin` would
 * otherwise allow every origin. */
function pick(options, known, of) {
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null)
    throw invalid(`the options of ${of} must be an object`);
  const picked = {};
  for (const name of Object.keys(options)) {
    const check = known[name];
    if (!Object.hasOwn(known, name)) throw invalid(`${of} has no option ${JSON.stringify(name)}`);
    const value = options[name];
    if (value !== undefined && value !== null) picked[name] = check(value, name);
  }
  return picked;
}

/** What the library passes to a constructor that users must not call. */
const internal = Symbol('internal');

function onlyInternal(given, Class) {
  if (given !== internal) throw invalid(`a ${Class.name} is only made by grantmint`);
}

/** A check for instances of a class, which gives their native part. */
const instance = (Class, nativeOf) => (value, name) => {
  if (!(value instanceof Class)) throw invalid(`${name} must be a ${Class.name}`);
  return nativeOf(value);
};

const policy = (value) =>
  pick(
    value,
    {
      waitBelowMs: checks.time,
      softPointMs: checks.time,
      safetyMarginMs: checks.time,
      fetchTimeoutMs: checks.time,
      maxKeys: checks.number,
      jitter: checks.number,
    },
    'policy',
  );

module.exports = { ...checks, instance, internal, invalid, onlyInternal, pick, policy };
