'use strict';
// A claim that each token has its own value of.

const { classOf } = require('./came.cjs');
const { boolean, mistyped, ofAnotherCopy, text, texts } = require('./checks.cjs');
const { refused } = require('./errors.cjs');
const { LIMITS } = require('./limits.cjs');
const { anyNumber, whole } = require('./numbers.cjs');
const { pick } = require('./options.cjs');
const { showAs } = require('./show.cjs');

/** The types, by core's names of them. */
const TYPES = { string: 'text', integer: 'integer', boolean: 'bool', json: 'json' };
const UNITS = ['bytes', 'characters', 'utf16'];

const slotOptions = {
  type: oneOf(Object.keys(TYPES)),
  at: pathOf,
  required: boolean,
  min: anyNumber('a whole number'),
  max: anyNumber('a whole number'),
  unit: oneOf(UNITS),
  oneOf: allowed,
};

let nativeOf;

class Slot {
  #name;
  #type;
  #path;
  #rest;

  constructor(name, options) {
    this.#name = text(name, 'name');
    const { type = 'string', at, min, max, unit, ...rest } = pick(options, slotOptions, 'Slot');
    this.#type = type;
    this.#path = at;
    if (type === 'integer') {
      if (unit !== undefined) throw refused('unit', 'is for texts and JSON');
      const isBound = min !== undefined || max !== undefined;
      const { SAFE_INTEGER_MAX: most } = LIMITS;
      this.#rest = isBound ? { ...rest, from: min ?? -most, to: max ?? most } : rest;
    } else {
      if (min !== undefined) throw refused('min', "is for slots of type 'integer'");
      this.#rest = { ...rest, max: max === undefined ? undefined : whole(max, 'max'), unit };
    }
  }

  static {
    /** As the native half takes it, with its place among the claims. */
    nativeOf = (slot, path) => ({
      name: slot.#name,
      kind: TYPES[slot.#type],
      path: path ?? slot.#path ?? [slot.#name],
      ...slot.#rest,
    });
  }

  get name() {
    return this.#name;
  }

  get type() {
    return this.#type;
  }
}

function oneOf(known) {
  const wanted = `one of ${known.map((each) => `'${each}'`).join(', ')}`;
  return (value, name) => {
    if (typeof value !== 'string') throw mistyped(value, name, wanted);
    if (!known.includes(value)) throw refused(name, `must be ${wanted}`);
    return value;
  };
}

/** The names from the top of the claims down to one: an array of them, or a name alone. */
function pathOf(value, name) {
  if (!Array.isArray(value)) return [text(value, name)];
  texts(value, name);
  return [...value];
}

function allowed(value, name) {
  if (!Array.isArray(value)) throw mistyped(value, name, 'an array of strings');
  texts(value, name);
  return [...value];
}

/** Whether a value is a slot. One of another copy of the package is refused. */
function isSlot(value, name) {
  if (value instanceof Slot) return true;
  if (classOf(value) === 'Slot') throw ofAnotherCopy(name, 'a Slot');
  return false;
}

showAs(Slot, ({ name, type }) => ({ name, type }));

module.exports = { Slot, isSlot, pathOf, slotOf: nativeOf };
