'use strict';
// Times in words, such as '2h' or '1.5 days', as the package ms reads them.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const units = new Map(
  [
    [1, ['', 'ms', 'msec', 'msecs', 'millisecond', 'milliseconds']],
    [SECOND, ['s', 'sec', 'secs', 'second', 'seconds']],
    [MINUTE, ['m', 'min', 'mins', 'minute', 'minutes']],
    [HOUR, ['h', 'hr', 'hrs', 'hour', 'hours']],
    [DAY, ['d', 'day', 'days']],
    [7 * DAY, ['w', 'week', 'weeks']],
    [365.25 * DAY, ['y', 'yr', 'yrs', 'year', 'years']],
  ].flatMap(([each, names]) => names.map((name) => [name, each])),
);

const MAX_LENGTH = 100;

/** The milliseconds of a time in words, or undefined if the text is not a time. A number without a unit is in
 * milliseconds. */
function milliseconds(text) {
  if (text.length > MAX_LENGTH) return undefined;
  const [, number, unit] = /^(-?\d*\.?\d+) *([a-z]*)$/i.exec(text) ?? [];
  const each = units.get(unit?.toLowerCase());
  return each === undefined ? undefined : parseFloat(number) * each;
}

module.exports = { milliseconds };
