'use strict';
// The classes of errors, and how what the native half throws becomes one of them.

const native = require('./native.cjs');

const PREFIX = 'ERR_GRANTMINT_';

/** Every kind of error, by its name in core. */
const kinds = new Map(native.kinds().map((kind) => [kind.code, Object.freeze(kind)]));

/** The code of a kind, as users see it. */
const codeOf = (name) => PREFIX + name.toUpperCase();

const nameOf = (code) =>
  typeof code === 'string' && code.startsWith(PREFIX) ? code.slice(PREFIX.length).toLowerCase() : '';

/** The kinds as users see them. */
const ERRORS = Object.freeze(
  Object.fromEntries(
    [...kinds].map(([name, { number, retryable, meaning, docUrl }]) => [
      codeOf(name),
      Object.freeze({ number, isRetryable: retryable, meaning, docUrl }),
    ]),
  ),
);

class GrantmintError extends Error {
  static defaultCode = codeOf('unsupported');

  constructor(message, options) {
    const { code, retryAfterMs, cause } = options ?? {};
    const known = code === undefined ? new.target.defaultCode : code;
    const isKnown = typeof known === 'string' && Object.hasOwn(ERRORS, known);
    super(
      message ?? (isKnown ? ERRORS[known].meaning : undefined),
      cause === undefined ? undefined : { cause },
    );
    if (!isKnown) throw new InvalidArgumentError('there is no error with such a code');
    if (retryAfterMs !== undefined && !(typeof retryAfterMs === 'number' && retryAfterMs >= 0)) {
      throw new InvalidArgumentError('retryAfterMs must be a number, not negative');
    }
    this.code = known;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }

  get number() {
    return ERRORS[this.code].number;
  }

  get isRetryable() {
    return ERRORS[this.code].isRetryable;
  }

  get docUrl() {
    return ERRORS[this.code].docUrl;
  }
}

class InvalidArgumentError extends GrantmintError {
  static defaultCode = codeOf('invalid_argument');
}

class TokenError extends GrantmintError {
  static defaultCode = codeOf('token_malformed');
}

class UpstreamError extends GrantmintError {
  static defaultCode = codeOf('source_failed');
}

class ThrottledError extends UpstreamError {
  static defaultCode = codeOf('throttled');
}

class DeadlineError extends GrantmintError {
  static defaultCode = codeOf('deadline_exceeded');
}

const classes = {
  GrantmintError,
  InvalidArgumentError,
  TokenError,
  UpstreamError,
  ThrottledError,
  DeadlineError,
};

// On the prototypes: util.inspect would show an own property beside the stack, which has the name already.
for (const [name, value] of Object.entries(classes)) {
  Object.defineProperty(value.prototype, 'name', { value: name, configurable: true, writable: true });
  Object.defineProperty(value, 'defaultCode', { enumerable: false });
}

/** A text that is not valid UTF-8 is a wrong argument, though its number is not one of 100 to 199. */
const ILL_FORMED = codeOf('invalid_utf8');

function classOf(code) {
  if (code === ILL_FORMED) return InvalidArgumentError;
  if (code === ThrottledError.defaultCode) return ThrottledError;
  if (code === DeadlineError.defaultCode) return DeadlineError;
  const byHundred = { 1: InvalidArgumentError, 2: TokenError, 3: UpstreamError };
  return byHundred[Math.floor(ERRORS[code].number / 100)] ?? GrantmintError;
}

/** A text of core with the names of arguments as they are spelled here: `keySid` for `key_sid`. */
const spelled = (text) =>
  text.replace(/\b[a-z]+(?:_[a-z]+)+\b/g, (name) =>
    name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase()),
  );

/** The error that the native half describes: its kind, after an @ its retryAfterMs, after a # its argument. */
function fromNative(described, message) {
  const [kind, argument] = described.split('#');
  const [name, after] = kind.split('@');
  const code = codeOf(name);
  const options = { code };
  if (after !== undefined) options.retryAfterMs = Number(after);
  const error = new (classOf(code))(spelled(message), options);
  if (argument !== undefined) error.argument = spelled(argument);
  return error;
}

/** What is thrown instead of what the native half threw. */
function translated(error) {
  const code = error?.code;
  if (error instanceof GrantmintError || typeof code !== 'string') return error;
  if (kinds.has(code.split(/[@#]/)[0])) return fromNative(code, error.message);
  // napi-rs throws this by itself: a panic that it caught. Any other code is a value that it cannot convert.
  if (code === 'GenericFailure') return new GrantmintError(error.message, { code: codeOf('panic') });
  return new InvalidArgumentError('an argument is of the wrong type');
}

/** Calls the native half, and throws its error as one of the classes. */
function call(run) {
  try {
    return run();
  } catch (error) {
    throw translated(error);
  }
}

module.exports = { ...classes, ERRORS, call, codeOf, fromNative, nameOf, translated };
