'use strict';
// Checks the type of single arguments. Numbers have a file of their own; core checks what a value means.

const { came, classOf, withArticle } = require('./came.cjs');
const { refused } = require('./errors.cjs');
const { isPlain } = require('./option-names.cjs');

/** The error of an argument of a wrong type, with what to write if that is known. */
function mistyped(value, name, wanted, write, kind) {
  const advice = classOf(value) === 'Promise' ? 'is an await missing?' : write;
  return refused(name, `must be ${wanted}, not ${came(value)}${advice ? `: ${advice}` : ''}`, kind);
}

/** Text. A lone surrogate is refused: Node would replace it, so that two texts could become one. */
function text(value, name) {
  if (typeof value !== 'string') throw mistyped(value, name, 'a string', writeForText(value));
  if (!value.isWellFormed()) {
    throw refused(name, 'holds a lone surrogate, which no other language can read', 'invalid_utf8');
  }
  return value;
}

function writeForText(value) {
  if (value instanceof Uint8Array) return 'write Buffer.from(…).toString()';
  const isWritten = typeof value === 'number' || typeof value === 'bigint' || classOf(value) === 'URL';
  return isWritten ? 'write String(…)' : undefined;
}

/** Many texts. */
function texts(values, name) {
  for (const [index, value] of values.entries()) text(value, `${name}[${index}]`);
}

function boolean(value, name) {
  if (typeof value !== 'boolean') throw mistyped(value, name, 'true or false');
  return value;
}

/** A check for functions that are written as the example is. */
const functionLike = (example) => (value, name) => {
  if (typeof value !== 'function') throw mistyped(value, name, `a function such as ${example}`);
  return value;
};

function signal(value, name) {
  // Not by its class: other realms, such as those of test runners, have a class of their own.
  const methods = ['addEventListener', 'removeEventListener'];
  if (typeof value?.aborted !== 'boolean' || methods.some((method) => typeof value[method] !== 'function')) {
    const write = classOf(value) === 'AbortController' ? 'write controller.signal' : undefined;
    throw mistyped(value, name, 'an AbortSignal', write);
  }
  return value;
}

/** JSON: text or bytes of it, which are kept to the byte, or a value to write. */
function json(value, name, kind = 'invalid_grant') {
  if (typeof value === 'string') return text(value, name);
  if (value instanceof Uint8Array) return utf8(value, name, kind);
  const written = stringified(value, name, kind);
  if (written !== undefined) return written;
  throw mistyped(value, name, 'JSON (an object, or its text or bytes)', writeForJson(value), kind);
}

function stringified(value, name, kind) {
  if (isHollow(value)) return undefined;
  const kept = (at, item) => {
    const wrong = at === '' ? undefined : lost(item);
    if (wrong) throw refused(name, `holds ${wrong}`, kind);
    return item;
  };
  try {
    return JSON.stringify(value, kept);
  } catch (cause) {
    if (cause?.argument === name) throw cause;
    throw refused(name, 'cannot be written as JSON: error.cause says why', kind, cause);
  }
}

/** What of a value JSON.stringify would leave out or replace, in words. */
function lost(item) {
  if (typeof item === 'number' && !Number.isFinite(item)) return `${item}, which is no JSON`;
  if (typeof item === 'function') return `${came(item)}: is a call missing?`;
  if (!isHollow(item)) return undefined;
  const advice = writeForJson(item);
  return advice ? `${came(item)}: ${advice}` : came(item);
}

/** Whether JSON.stringify would write a value as less than it is, such as a Map or a Promise as `{}`. */
function isHollow(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  if (isThenable(value) || Error.isError?.(value) || value instanceof Error) return true;
  if (isPlain(value) || typeof value.toJSON === 'function') return false;
  return Object.keys(value).length === 0;
}

const isThenable = (value) => typeof value?.then === 'function';

const WRITE_FOR_JSON = {
  Map: 'write Object.fromEntries(…)',
  Set: 'write [...set]',
  Response: 'write await response.json()',
  Error: 'throw it',
};

function writeForJson(value) {
  if (isThenable(value)) return 'is an await missing?';
  if (typeof value === 'function') return 'is a call missing?';
  return WRITE_FOR_JSON[value instanceof Error ? 'Error' : classOf(value)];
}

function utf8(bytes, name, kind) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw refused(name, 'holds bytes that are not UTF-8, as JSON always is', kind);
  }
}

/** The bytes of a secret. */
function secret(value, name) {
  if (typeof value === 'string') return new TextEncoder().encode(text(value, name));
  if (value instanceof Uint8Array) return value;
  throw mistyped(value, name, 'a string or a Uint8Array');
}

/** A check for instances of a class, which gives their native part. */
const instance = (Class, nativeOf, write) => (value, name) => {
  if (value instanceof Class) return nativeOf(value);
  const wanted = withArticle(Class.name);
  if (classOf(value) === Class.name) throw ofAnotherCopy(name, wanted);
  throw mistyped(value, name, wanted, write);
};

/** The error of an instance of a class that is another copy's: each copy has classes of its own. */
const ofAnotherCopy = (name, wanted) =>
  refused(
    name,
    `must be ${wanted} of this copy of grantmint, not of another: make it where it is used, or load one copy alone`,
  );

module.exports = {
  boolean,
  functionLike,
  instance,
  json,
  mistyped,
  ofAnotherCopy,
  secret,
  signal,
  text,
  texts,
  writeForJson,
};
