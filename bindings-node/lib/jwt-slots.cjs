'use strict';
// The values that fill the slots of a JwtMinter: by their numbers for the hot path, and by their names.

const { boolean, json, mistyped, text } = require('./checks.cjs');
const { refused } = require('./errors.cjs');
const { anyNumber } = require('./numbers.cjs');
const { isPlain } = require('./option-names.cjs');

const wholeNumber = anyNumber('a whole number');
const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

/** The slots of a minter that are still open, by the names that they have here. */
class Slots {
  /** By the name here: number, kind, and core's name. */
  #byName;
  /** From core's names to those here, for messages. */
  names;

  /** `isCamel`: core's names are spelled in camelCase here. */
  constructor(open, isCamel) {
    const here = ({ name }) => (isCamel ? camel(name) : name);
    this.#byName = new Map(open.map((slot, number) => [here(slot), { number, ...slot }]));
    this.names = new Map([...open.map((slot) => [slot.name, here(slot)]), ['users', 'users']]);
  }

  /** The values as pairs of a number and a value, in one array. Null if a name is not known. */
  numbered(values) {
    const flat = [];
    for (const name of Object.keys(values)) {
      const value = values[name];
      if (value === undefined || value === null) continue;
      const slot = this.#byName.get(name);
      if (slot === undefined) return null;
      flat.push(slot.number, slot.kind === 'json' ? json(value, name, 'invalid_argument') : value);
    }
    return flat;
  }

  /** The values by core's names, each checked. */
  named(values, argument = 'slots') {
    if (!isPlain(values)) throw mistyped(values, argument, 'an object such as { room: … }');
    const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
    return given.map(([name, value]) => this.#given(name, value));
  }

  #given(name, value) {
    const slot = this.#byName.get(name);
    if (slot !== undefined) return { name: slot.name, ...checked(slot.kind, value, name) };
    const here = this.names.get(name);
    if (here !== undefined && here !== name) throw refused(name, `is no slot: did you mean ${here}?`);
    // Core says what is wrong with it.
    return { name: text(name, 'slots'), truth: true };
  }
}

/** A value for a slot of a kind. */
function checked(kind, value, name) {
  switch (kind) {
    case 'text':
      return { text: text(value, name) };
    case 'integer':
      return { number: wholeNumber(value, name) };
    case 'bool':
      return { truth: boolean(value, name) };
    default:
      return { json: json(value, name, 'invalid_argument') };
  }
}

module.exports = { Slots };
