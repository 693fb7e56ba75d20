'use strict';
// What came as a wrong argument, in words: its type and never its content, which may be secret.

/** The type of a value: `a string`, `undefined`, `an array`, `a Promise`, `the class ApiKey`. */
function came(value) {
  if (value === undefined || value === null) return String(value);
  if (typeof value === 'bigint') return 'a BigInt';
  if (typeof value === 'function') return isClass(value) ? `the class ${value.name}`.trim() : 'a function';
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = classOf(value);
  if (name === undefined || name === 'Object') return 'an object';
  if (name === 'Array') return 'an array';
  return withArticle(name);
}

/** The name of a class as it is read aloud: `an ApiKey`, `a Uint8Array`, `an UpstreamError`. */
const withArticle = (name) => `${/^(?:[aeio]|u[np])/i.test(name) ? 'an' : 'a'} ${name}`;

/** The name of the class of an object. Undefined if it has none. */
function classOf(value) {
  try {
    return nameOf(Object.getPrototypeOf(value)?.constructor);
  } catch {
    return undefined; // Such as a proxy that throws.
  }
}

/** The name of a class, unless it is more than a name. */
function nameOf(constructor) {
  const name = constructor?.name;
  return typeof name === 'string' && /^[\w$]{1,64}$/.test(name) ? name : undefined;
}

const isClass = (value) =>
  /^class\b/.test(Function.prototype.toString.call(value)) && nameOf(value) !== undefined;

module.exports = { came, classOf, withArticle };
