'use strict';
// Finds what is wrong with the options of a call before any of them is looked at: that they are no object, or that one
// has a name that does not exist. The result is a text, as the classes of errors use this, too.

const { came } = require('./came.cjs');

/** Of a name that does not exist, no more is shown. */
const SHOWN = 40;

/**
 * What is wrong with the options of `of`, which may have these names and are the argument `name`: the argument at fault,
 * and the message. Undefined if nothing is.
 */
function wrongOptions(options, names, of, name = 'options') {
  if (!isPlain(options) && !hasOption(options, names)) {
    const found = came(options);
    return {
      argument: name,
      message: `${name} must be an object, not ${found}: write ${example(found, names)}`,
    };
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown === undefined) return undefined;
  const near = nearest(unknown, names);
  const advice = near === undefined ? `it takes ${names.join(', ')}` : `did you mean ${near}?`;
  const argument = unknown.slice(0, SHOWN);
  return { argument, message: `${of} has no option ${JSON.stringify(argument)}: ${advice}` };
}

/** How options are written that hold what came instead of them, if it may be one of them. */
function example(found, names) {
  const fitting = found.endsWith('Grant') ? 'grants' : FITTING[found];
  const name = names.includes(fitting) ? fitting : names[0];
  return `{ ${name}: ${name === 'grants' ? '[…]' : '…'} }`;
}

const FITTING = {
  'a function': 'source',
  'an array': 'grants',
  'an AbortSignal': 'signal',
  'an Error': 'cause',
  'a GrantCache': 'cache',
  'a HostFleet': 'fleet',
  'a RedisFleet': 'fleet',
  'a ManualClock': 'clock',
};

/** Whether a value is an object as `{}` makes it, in any realm. */
function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whether an object of the program's own class has one of the options. */
function hasOption(value, names) {
  return (
    typeof value === 'object' && value !== null && Object.keys(value).some((name) => names.includes(name))
  );
}

/** The name that is meant: the same in another spelling, with or without its unit, or with up to two typos. */
function nearest(wrong, names) {
  const plain = (name) => name.toLowerCase().replaceAll(/[_-]/g, '').replace(/ms$/, '');
  const found = names
    .map((name) => ({ name, typos: distance(plain(wrong.slice(0, SHOWN)), plain(name)) }))
    .sort((one, other) => one.typos - other.typos)[0];
  return found.typos <= Math.min(2, Math.floor(found.name.length / 3)) ? found.name : undefined;
}

/** How many letters have to be added, removed or replaced. */
function distance(from, to) {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = row[column - 1] + (to[column - 1] === letter ? 0 : 1);
      next.push(Math.min(replaced, row[column] + 1, next[column - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}

module.exports = { isPlain, nearest, wrongOptions };
