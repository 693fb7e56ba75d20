'use strict';
// What a kind of JSON Web Token is made from.

const { boolean, json, mistyped, text } = require('./checks.cjs');
const { manualClock } = require('./clock.cjs');
const { refused } = require('./errors.cjs');
const { LIMITS } = require('./limits.cjs');
const { unixSeconds, wholeLifetime, wholeSeconds } = require('./numbers.cjs');
const { isPlain } = require('./option-names.cjs');
const { pick } = require('./options.cjs');
const { isSlot, pathOf, slotOf } = require('./slot.cjs');

const presetOptions = {
  claims: claimsOf,
  header: headerOf,
  typ: text,
  algorithm: text,
  ttl: wholeLifetime,
  maxTtl: wholeLifetime,
  iat: boolean,
  nbf: nbfOf,
  backdate: wholeSeconds,
  unique: boolean,
  clock: manualClock,
};
const minterOptions = { ...presetOptions, identity: identityOf };

/** The options of a minter for the native half, and its clock. */
function optionsOf(options, of, more) {
  const known = more === undefined ? minterOptions : { ...presetOptions, ...more };
  const { claims, header = [], nbf, identity, clock, slots: bound, ...rest } = pick(options, known, of);
  const native = { members: [], slots: [], ...claims, ...nbf, ...identity, ...rest, header, bound: [] };
  // Null is left out elsewhere. Here it says that there is none.
  if (options?.identity === null) native.noIdentity = true;
  if (options?.typ === null) native.noTyp = true;
  return { native, clock, bound };
}

function nbfOf(value, name) {
  if (typeof value === 'boolean') return { nbfMinted: value };
  if (typeof value !== 'number') {
    throw mistyped(value, name, 'true, false or a whole number of Unix seconds');
  }
  return { nbf: unixSeconds(value, name) };
}

function identityOf(value, name) {
  if (isSlot(value, name)) return { identity: slotOf(value) };
  if (typeof value !== 'string' && !Array.isArray(value)) {
    throw mistyped(value, name, 'the name of a claim, an array of names, a Slot or null');
  }
  return { identity: { name: 'identity', kind: 'text', path: pathOf(value, name), required: true } };
}

function headerOf(value, name) {
  if (!isPlain(value)) throw mistyped(value, name, "an object such as { kid: '…' }");
  return entriesOf(value).map(([each, held]) => ({ path: [each], json: jsonOf(held, `${name}.${each}`) }));
}

/** Claims: as one JSON object, or one by one if there are slots among them. */
function claimsOf(value, name) {
  if (!isPlain(value)) throw mistyped(value, name, "an object such as { iss: '…' }");
  if (!hasSlot(value, name)) return { claims: json(value, name, 'invalid_argument') };
  const found = { members: [], slots: [] };
  collect(value, name, [], found);
  return found;
}

function collect(value, name, path, found) {
  if (path.length > LIMITS.GRANT_JSON_MAX_DEPTH) throw refused(name, 'are nested too deep');
  for (const [each, held] of entriesOf(value)) {
    const [at, shown] = [[...path, each], `${name}.${each}`];
    // Core says that there are too many: of an object that stands in many places they are looked at no further.
    if (found.slots.length > 2 * LIMITS.SLOTS_MAX) return;
    if (isSlot(held, shown)) found.slots.push(slotOf(held, at));
    else if (isPlain(held) && hasSlot(held, shown)) collect(held, shown, at, found);
    else found.members.push({ path: at, json: jsonOf(held, shown) });
  }
}

/** Whether there is a slot in an object. Each object is looked at once, also one that is in itself. */
function hasSlot(value, name, depth = 0, seen = new Set()) {
  if (isSlot(value, name)) return true;
  if (!isPlain(value) || seen.has(value)) return false;
  if (depth > LIMITS.GRANT_JSON_MAX_DEPTH) throw refused(name, 'are nested too deep');
  seen.add(value);
  return Object.values(value).some((held) => hasSlot(held, name, depth + 1, seen));
}

/** What is undefined is left out, as JSON.stringify does. */
const entriesOf = (value) => Object.entries(value).filter(([, held]) => held !== undefined);

/** The JSON of any value: a string is text here. In an array, so that also a number alone is looked at. */
const jsonOf = (value, name) => json([value], name, 'invalid_argument').slice(1, -1);

module.exports = { optionsOf };
