'use strict';
// The classes of errors, and how what the native half throws becomes one of them.

const { came } = require('./came.cjs');
const native = require('./native.cjs');
const { nearest, wrongOptions } = require('./option-names.cjs');

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
    const { code, retryAfterMs, cause } = optionsOf(new.target, options);
    if (message != null && typeof message !== 'string') {
      throw refused('message', `must be a string, not ${came(message)}`);
    }
    super(message ?? ERRORS[code].meaning, cause === undefined ? undefined : { cause });
    nameInStack(this, code);
    this.code = code;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }

  static from(value) {
    if (value instanceof GrantmintError) return value;
    const code = codeIn(value);
    if (code === undefined) throw refused('value', `must be an error of grantmint, not ${came(value)}`);
    const { message, retryAfterMs, argument } = value;
    const error = new (classOf(code))(message, { code, retryAfterMs: retryAfterMs ?? undefined });
    if (typeof argument === 'string') error.argument = argument;
    return error;
  }

  toJSON() {
    const { name, code, message, retryAfterMs, argument } = this;
    const plain = { name, code, message };
    if (retryAfterMs !== undefined) plain.retryAfterMs = retryAfterMs;
    if (argument !== undefined) plain.argument = argument;
    return plain;
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

/**
 * Has the stack begin with `ThrottledError [ERR_GRANTMINT_THROTTLED]`, as those of Node's own errors do: it is what
 * structured clones keep of an error, and what is printed of one that nobody catches.
 */
function nameInStack(error, code) {
  Object.defineProperty(error, 'name', { value: `${error.name} [${code}]`, configurable: true });
  void error.stack; // It is written when it is first read.
  delete error.name;
}

/** The code of what an error was turned into on its way here; of a clone that has none, the one in its stack. */
function codeIn(value) {
  if (typeof value !== 'object' || value === null) return undefined;
  const isCode = (code) => typeof code === 'string' && Object.hasOwn(ERRORS, code);
  if (isCode(value.code)) return value.code;
  const [, code] = /^\w+ \[(\w+)\]/.exec(value.stack) ?? [];
  return isCode(code) ? code : undefined;
}

/** The options of an error, checked: of a class, with its own code if none is given. */
function optionsOf(Class, options) {
  const wrong = wrongOptions(options ?? {}, ['retryAfterMs', 'code', 'cause'], Class.name);
  if (wrong) throw wrongArgument(wrong.argument, wrong.message);
  const { code = Class.defaultCode, retryAfterMs, cause } = options ?? {};
  if (typeof code !== 'string' || !Object.hasOwn(ERRORS, code)) {
    throw refused('code', `must be one of ERRORS${adviceOnCode(code)}`);
  }
  if (retryAfterMs !== undefined && !(typeof retryAfterMs === 'number' && retryAfterMs >= 0)) {
    const found = typeof retryAfterMs === 'number' ? retryAfterMs : came(retryAfterMs);
    throw refused('retryAfterMs', `must be a number of milliseconds, 0 or more, not ${found}`);
  }
  return { code, retryAfterMs, cause };
}

function adviceOnCode(code) {
  const example = `, such as ${ThrottledError.defaultCode}`;
  if (typeof code !== 'string') return `${example}, not ${came(code)}`;
  const near = nearest(code.replace(/^ERR_(GRANTMINT_)?/i, ''), [...kinds.keys()]);
  return near === undefined ? example : `: did you mean ${codeOf(near)}?`;
}

/** The error of a wrong argument. */
function wrongArgument(argument, message, kind = 'invalid_argument', cause = undefined) {
  const error = new InvalidArgumentError(message, { code: codeOf(kind), cause });
  error.argument = argument;
  return error;
}

/** The error of a wrong argument: `what` says what is wrong with it, and what to give. */
const refused = (argument, what, ...more) => wrongArgument(argument, `${argument} ${what}`, ...more);

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

/** Core's names of what is spelled otherwise here; the times have their unit here, and none there. */
const NAMES =
  `account_sid allow_origin base_url ca_file calls_per_second configuration_profile_sid deployment_role_sid
  endpoint_id grant_ttl key_sid max_fetches max_keys max_ttl outgoing_application_params outgoing_application_sid
  push_credential_sid rate_limited service_sid valid_until verify_jwt worker_sid workspace_sid`.split(/\s+/);
const TIMES = ['fetch_timeout', 'min_remaining', 'retry_after', 'safety_margin', 'soft_point', 'wait_below'];
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const OTHER_NAMES = new Map([
  ...NAMES.map((name) => [name, camel(name)]),
  ...TIMES.map((name) => [name, `${camel(name)}Ms`]),
]);
const NONE = new Map();

/** A text of core with the names of arguments as they are spelled here: `keySid` for `key_sid`. */
const spelled = (text, names = NONE) =>
  text.replace(/\b[a-z]+(?:_[a-z]+)*\b/g, (name) => names.get(name) ?? OTHER_NAMES.get(name) ?? name);

/**
 * The error that the native half describes: its kind, after an @ its retryAfterMs, after a # its argument. `names` are
 * spellings of one function alone.
 */
function fromNative(described, message, names) {
  const [kind, argument] = described.split('#');
  const [name, after] = kind.split('@');
  const code = codeOf(name);
  const options = { code };
  if (after !== undefined) options.retryAfterMs = Number(after);
  const error = new (classOf(code))(spelled(message, names), options);
  if (argument !== undefined) error.argument = spelled(argument, names);
  return error;
}

/** What engines say of a method that is called without its object. */
const WITHOUT_OBJECT = /private member #|reading '#|private field/;

/** What is thrown instead of what the native half threw. */
function translated(error, names) {
  if (error instanceof TypeError && WITHOUT_OBJECT.test(error.message)) {
    const write = 'write (identity) => minter.mint(identity) in place of minter.mint';
    return new TypeError(`a method was called without its object: ${write}`, { cause: error });
  }
  const code = error?.code;
  if (error instanceof GrantmintError || typeof code !== 'string') return error;
  if (kinds.has(code.split(/[@#]/)[0])) return fromNative(code, error.message, names);
  // napi-rs throws this by itself: a panic that it caught. Any other code is a value that it cannot convert.
  if (code === 'GenericFailure') return new GrantmintError(error.message, { code: codeOf('panic') });
  return new InvalidArgumentError('an argument is of the wrong type');
}

/** Calls the native half, and throws its error as one of the classes. `names` are spellings of this call alone. */
function call(run, names) {
  try {
    return run();
  } catch (error) {
    throw translated(error, names);
  }
}

module.exports = {
  ...classes,
  ERRORS,
  call,
  codeOf,
  fromNative,
  nameOf,
  refused,
  spelled,
  translated,
  wrongArgument,
};
