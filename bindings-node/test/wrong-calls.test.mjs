// What wrong calls are told: tests/wrong_calls/node.json holds the calls, and the whole error that each gets. A message
// names the argument as it is spelled here, says what came (its type, and no text of it) and what to write.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as grantmint from 'grantmint';
import { vectors } from './support.mjs';

const {
  ApiKey,
  GrantCache,
  JwtMinter,
  ManualClock,
  PlaybackMinter,
  RestSource,
  Slot,
  ThrottledError,
  TokenMinter,
  VideoGrant,
} = grantmint;

const groups = vectors('wrong_calls.json');

const AC = 'AC00000000000000000000000000000001';
const SK = 'SK00000000000000000000000000000002';
const SECRET = 'a secret of thirty-two characters';
const VJ = 'VJ00000000000000000000000000000001';
const key = new ApiKey(AC, SK, SECRET);
const source = async () => ({ grant: {} });
const live = (options) => new PlaybackMinter(key, { source, isolated: true, ...options });
const rooms = new TokenMinter(key, { grants: [new VideoGrant({ room: 'DailyStandup' })] });

/** The names that the calls use, beside those of the package. */
const scope = {
  ...grantmint,
  AC,
  AP: 'AP00000000000000000000000000000003',
  IS: 'IS00000000000000000000000000000004',
  SECRET,
  SK,
  VJ,
  cache: new GrantCache(),
  fetchRoom: async () => 'DailyStandup',
  jwt: rooms.mint('alice'),
  jwts: new JwtMinter(SECRET, {
    claims: {
      room: new Slot('room', { required: true }),
      owner: new Slot('owner', { type: 'boolean' }),
      level: new Slot('level', { type: 'integer' }),
      data: new Slot('data', { type: 'json' }),
    },
  }),
  key,
  live,
  rooms,
  source,
  answering: (answer, options) => live({ source: async () => answer, ...options }).token(VJ, 'alice'),
  closed() {
    const minter = live();
    minter.close();
    return minter;
  },
  /** A minter in its cool-down. */
  async coolingDown() {
    const throttled = async () => Promise.reject(new ThrottledError('slow down', { retryAfterMs: 5000 }));
    const minter = live({ source: throttled, clock: new ManualClock(1_700_000_000) });
    await assert.rejects(minter.token(VJ, 'alice'), ThrottledError);
    return minter;
  },
  described: (options) => new RestSource({ url: 'https://h', lifetime: [{ constant: 60 }], ...options }),
  ended() {
    const { ticket } = new GrantCache().begin('k');
    ticket.abandon();
    return ticket;
  },
  full() {
    const cache = new GrantCache({ policy: { maxKeys: 1 } });
    return { cache, ...cache.begin('k') };
  },
  mintAt: (now, options) => new TokenMinter(key, { clock: new ManualClock(now), ...options }).mint('alice'),
  /** A cache that has used its rate limit up. */
  spent() {
    const cache = new GrantCache({ rateLimited: true, clock: new ManualClock(1_700_000_000) });
    const begun = Array.from({ length: 20 }, (_, n) => cache.begin(`k${n}`));
    for (const { ticket } of begun) ticket.start();
    return cache;
  },
  throwing: (thrown) =>
    live({
      source: async () => {
        throw thrown;
      },
    }).token(VJ, 'alice'),
  usedUp() {
    const { waiter } = new GrantCache().begin('k');
    waiter.close();
    return waiter;
  },
};

const AsyncFunction = (async () => {}).constructor;

/** What a call is told: the error that it throws or rejects with, or the first of its warnings. */
async function told(call) {
  try {
    const result = await new AsyncFunction(...Object.keys(scope), `return (${call});`)(
      ...Object.values(scope),
    );
    const [{ code, message }] = Array.isArray(result) && result.length > 0 ? result : [{}];
    return code === undefined ? { call, error: 'none' } : { call, error: 'warning', code, says: message };
  } catch (error) {
    const { name, code, argument, message } = error;
    return { call, error: name, code, argument, says: message };
  }
}

/** A row without the fields that it does not have. */
const row = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

for (const { about, rows } of groups) {
  test(`wrong calls: ${about}`, { timeout: 20_000 }, async () => {
    for (const wanted of rows) assert.deepEqual(row(await told(wanted.call)), wanted);
  });
}

test('the table has every class, function and method that takes arguments', () => {
  const calls = groups.flatMap(({ rows }) => rows.map(({ call }) => call));
  assert(calls.length >= 95, String(calls.length));
  assert.equal(new Set(calls).size, calls.length);
  const functions = Object.values(grantmint).filter((value) => typeof value === 'function');
  const methods = functions.flatMap(({ prototype = {} }) =>
    Object.values(Object.getOwnPropertyDescriptors(prototype)).map(({ value }) => value),
  );
  const isInTable = ({ name }) => calls.some((call) => call.includes(`${name}(`));
  const takesArguments = (value) => typeof value === 'function' && (value.length > 0 || /^class/.test(value));
  const missing = [...functions, ...methods].filter((each) => takesArguments(each) && !isInTable(each));
  assert.deepEqual(missing, []);
});

test('no message shows what may be secret', () => {
  for (const { call, says } of groups.flatMap(({ rows }) => rows)) {
    assert(![SECRET, AC, SK, VJ, scope.jwt].some((value) => says.includes(value)), call);
  }
});
