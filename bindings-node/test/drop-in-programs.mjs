// Programs that use Twilio's classes: at random, and each odd value in each place.

import fc from 'fast-check';
import { fields, keyObject, oddities, secrets, timespans } from './drop-in-values.mjs';

const one = (...weighted) => fc.oneof(...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })));
const among = (...values) => fc.constantFrom(...values);
/** A step of a program. */
const act = (does, values) => fc.record({ do: fc.constant(does), ...values });

const odd = one(
  [4, among(...oddities)],
  [1, fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true })],
);
const mostly = (usual, weight = 9) => one([weight, usual], [1, odd]);

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 20 });
const halfPairs = fc
  .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 8 })
  .map((codes) => String.fromCharCode(...codes));
const text = fc.oneof(
  ascii,
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  among('alice', 'bob@example.com', 'space space', '<&>"\\/\u2028\u007f\0', 'Zoë 🎥 浩'),
  halfPairs,
);
const hex = fc.string({ unit: among(...'0123456789abcdef'), minLength: 32, maxLength: 32 });
const sid = (start) => one([40, hex.map((rest) => start + rest)], [1, text], [1, odd]);

const identity = one([20, text.filter((name) => name !== '')], [2, fc.integer()], [1, odd]);
const ttl = one(
  [10, among(0, 1, 60, 3600, 14_400, 86_400, 86_401, -5, 1e12, 2 ** 53, 1e300)],
  [4, fc.integer({ min: 1, max: 100_000 })],
  [4, among(...timespans)],
  [2, among('60', '3600', '2h', '1 day', '30m')],
  [1, fc.constant(1.5)],
  [1, odd],
);
const nbf = mostly(fc.oneof(fc.integer(), fc.double(), among(0, 1_700_000_000, '1700000000')), 4);
// Strings of ASCII only; for the others there is a difference that is meant.
const region = fc.oneof(
  among('us1', 'ie1', 'au1', '"quoted"', ''),
  ascii,
  odd.filter((value) => typeof value !== 'string'),
);
const secret = one(
  [20, fc.string({ minLength: 1, maxLength: 80 })],
  [2, text],
  [3, among(...secrets)],
  [1, odd],
);
const algorithm = one(
  [20, among(undefined, 'HS256', 'HS384', 'HS512')],
  [1, among('RS256', 'none', 'hs256', '', null, ['HS256'])],
  [1, odd],
);

const json = fc.jsonValue({ maxDepth: 3, stringUnit: 'binary' });
const values = {
  incomingAllow: among(true, true, false, 'true', 1, undefined),
  outgoingApplicationParams: mostly(fc.oneof(json, among({}, { foo: 'bar' })), 4),
  grant: mostly(
    fc.oneof(json, fc.constant({ requestCredentials: null, playbackUrl: 'https://x/?a=1&b=<2>' })),
    4,
  ),
};
const valueOf = (field) => values[field] ?? mostly(text, 5);
const optionsOf = (kind) => {
  const all = Object.fromEntries(fields[kind].map((field) => [field, valueOf(field)]));
  return one([6, fc.record(all, { requiredKeys: [] })], [1, odd]);
};

const kinds = among(...Object.keys(fields));
const grant = kinds.chain((kind) => act('grant', { kind: fc.constant(kind), options: optionsOf(kind) }));
const change = kinds
  .chain((kind) => among(...fields[kind].map((name) => ({ kind, name }))))
  .chain(({ kind, name }) =>
    act('change', { kind: fc.constant(kind), name: fc.constant(name), value: valueOf(name) }),
  );
const set = (name, value) => act('set', { name: fc.constant(name), value });
const key = fc.oneof(
  among('player', 'video', 'identity', 'flex', '7', '__proto__', 'toJSON', 'constructor'),
  text,
  odd,
);
const duck = fc
  .record({ key, payload: mostly(json, 3) })
  .map(({ key, payload }) => ({ key, toPayload: () => payload }));

const usualStep = one(
  [8, grant],
  [3, change],
  [2, act('add', { grant: duck })],
  [1, act('subclass', { key, payload: json })],
  [2, fc.oneof(set('ttl', ttl), set('nbf', nbf), set('region', region), set('identity', identity))],
  [1, fc.constant({ do: 'sign' })],
);
const throwing = {
  key: 'k',
  toPayload() {
    throw new TypeError('toPayload throws');
  },
};
/** What mostly ends in no token at all. */
const fatalStep = fc.oneof(
  act('add', {
    grant: among(
      null,
      undefined,
      'video',
      5,
      {},
      { key: 'k' },
      { key: 'k', toPayload: 'no function' },
      throwing,
    ),
  }),
  set('accountSid', mostly(text, 1)),
  set('keySid', mostly(text, 1)),
  set('secret', secret),
  set(
    'grants',
    fc.oneof(
      odd,
      fc.constant([]),
      duck.map((grant) => new Set([grant])),
    ),
  ),
);
const fatalSteps = one([7, fc.constant([])], [1, fc.array(fatalStep, { minLength: 1, maxLength: 2 })]);

/** Any program. */
export const program = fc.record({
  now: one(
    [8, fc.integer({ min: 1_500_000_000_000, max: 4_200_000_000_000 })],
    [1, among(0, 999, 1000, -1500, 1_700_000_000_900, 253_402_300_800_000)],
  ),
  accountSid: sid('AC'),
  keySid: sid('SK'),
  secret,
  options: one([20, fc.record({ identity, ttl, nbf, region }, { requiredKeys: ['identity'] })], [1, odd]),
  argumentCount: one([30, fc.constant(4)], [1, fc.integer({ min: 0, max: 3 })]),
  steps: fc.tuple(fc.array(usualStep, { maxLength: 6 }), fatalSteps).map((steps) => steps.flat()),
  algorithm,
});

const usual = {
  now: 1_700_000_000_900,
  accountSid: `AC${'a'.repeat(32)}`,
  keySid: `SK${'b'.repeat(32)}`,
  secret: keyObject,
  options: { identity: 'alice' },
  argumentCount: 4,
  steps: [],
};
const withOptions = (options) => ({ ...usual, options: { ...usual.options, ...options } });
const withSteps = (...steps) => ({ ...usual, steps });

/** Every odd value in every place. */
export function* oddPrograms() {
  for (const value of oddities) {
    for (const name of ['accountSid', 'keySid', 'secret', 'options', 'algorithm'])
      yield { ...usual, [name]: value };
    for (const name of ['identity', 'ttl', 'nbf', 'region']) yield withOptions({ [name]: value });
    for (const name of ['accountSid', 'keySid', 'secret', 'identity', 'ttl', 'nbf', 'region', 'grants']) {
      yield withSteps({ do: 'set', name, value });
    }
    yield withSteps({ do: 'add', grant: value });
    yield withSteps({ do: 'subclass', key: value, payload: value });
    for (const [kind, names] of Object.entries(fields)) {
      yield withSteps({ do: 'grant', kind, options: value });
      for (const name of names) {
        yield withSteps({ do: 'grant', kind, options: { outgoingApplicationSid: 'AP', [name]: value } });
        yield withSteps({ do: 'grant', kind }, { do: 'change', kind, name, value });
      }
    }
  }
}

/** Every secret there is, with every algorithm. */
export function* secretPrograms() {
  for (const secret of secrets) {
    for (const algorithm of ['HS256', 'HS384', 'HS512']) yield { ...usual, secret, algorithm };
  }
}

/** Every way to write a time in words. */
export function* timespanPrograms() {
  for (const ttl of timespans) yield withOptions({ ttl });
}
