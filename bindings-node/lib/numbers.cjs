'use strict';
// Checks numbers: that they are of the type, not negative and, where that is wanted, whole. Core checks their ranges.

const { mistyped } = require('./checks.cjs');
const { refused } = require('./errors.cjs');
const { LIMITS } = require('./limits.cjs');

/** A check for numbers that the error calls `wanted`. */
const numberOf =
  (wanted, { isWhole = false, kind } = {}) =>
  (value, name) => {
    if (typeof value !== 'number') throw mistyped(value, name, wanted, writeForNumber(value, wanted));
    if (value < 0) throw refused(name, `must be ${kind ? 'over 0' : '0 or more'}, not ${value}`, kind);
    const isRight = isWhole ? Number.isInteger(value) : value >= 0;
    if (!isRight) throw refused(name, `must be ${wanted}, not ${value}`, kind);
    return value;
  };

function writeForNumber(value, wanted) {
  if (value instanceof Date && wanted.endsWith('Unix seconds')) return 'write Math.floor(date / 1000)';
  const isNumeric =
    typeof value === 'bigint' || (typeof value === 'string' && Number.isFinite(Number(value)));
  return isNumeric ? 'write Number(…)' : undefined;
}

const isWhole = true;

/** A time to wait, in milliseconds. It is checked here because a hit, which does not wait, never passes it on. */
const ms = numberOf('a number of milliseconds');
const seconds = numberOf('a number of seconds');
/** A lifetime in seconds: of a token or a playback grant, and of any grant. */
const wholeLifetime = numberOf('a whole number of seconds', { isWhole, kind: 'invalid_ttl' });
const lifetime = numberOf('a number of seconds', { kind: 'invalid_ttl' });
/** A check for numbers of which core says which they may be. */
const anyNumber = (wanted) => (value, name) => {
  if (typeof value !== 'number') throw mistyped(value, name, wanted, writeForNumber(value, wanted));
  return value;
};

/** The lifetime of a fetched grant. */
const answerTtl = anyNumber('a number of seconds');
/** How often something may happen in a second, with fractions. */
const perSecond = anyNumber('a number per second');
const wholeSeconds = numberOf('a whole number of seconds', { isWhole });
const unixSeconds = numberOf('a whole number of Unix seconds', { isWhole });
const expiry = numberOf('a whole number of Unix seconds', { isWhole, kind: 'invalid_ttl' });
const whole = numberOf('a whole number', { isWhole });
const ratio = numberOf('a number from 0 to 1');

/** The time at which a clock starts, with fractions. Core takes any. */
function wallTime(value, name) {
  numberOf('a number of Unix seconds')(value, name);
  if (value > LIMITS.UNIX_SECONDS_MAX) {
    throw refused(name, 'lies after the year 9999: is it in milliseconds?');
  }
  return value;
}

/** A step of a clock, forward or back. */
function step(value, name) {
  if (typeof value !== 'number')
    throw mistyped(value, name, 'a number of seconds', writeForNumber(value, ''));
  if (!Number.isFinite(value)) throw refused(name, `must be a finite number of seconds, not ${value}`);
  return value;
}

module.exports = {
  answerTtl,
  anyNumber,
  expiry,
  lifetime,
  ms,
  perSecond,
  ratio,
  seconds,
  step,
  unixSeconds,
  wallTime,
  whole,
  wholeLifetime,
  wholeSeconds,
};
