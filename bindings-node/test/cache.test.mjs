// The grant cache by itself. Its rules are played through in conformance.mjs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  ERRORS,
  GrantCache,
  GrantmintError,
  Hit,
  InvalidArgumentError,
  ManualClock,
  ThrottledError,
  UpstreamError,
  testing,
} from 'grantmint';
import { rejection, run } from './support.mjs';

test('of all who need a grant one fetches', async () => {
  const cache = new GrantCache();
  let asked = 0;
  const fetch = async (key, { ttl }) => {
    asked += 1;
    await sleep(50);
    return { grant: `${key} for ${ttl}` };
  };
  const hits = await Promise.all(Array.from({ length: 1000 }, () => cache.get('k', fetch, { ttl: 30 })));
  assert.equal(asked, 1);
  assert(hits.every((hit) => hit instanceof Hit && hit.grant === 'k for 30' && hit.freshness === 'fresh'));
  assert(hits[0].remainingMs > 27_000);
  assert(
    !inspect(hits[0], { showHidden: true }).includes('k for') && !JSON.stringify(hits[0]).includes('k for'),
  );
  assert.equal(cache.tryGet('k', null, { ttl: 30 }).grant, 'k for 30');
  assert.equal(cache.tryGet('other'), null);
});

test('a cache has no more calls at once than its burst', () => {
  const cache = new GrantCache({ clock: new ManualClock(1_700_000_000), callsPerSecond: 1, burst: 2 });
  const tickets = Array.from({ length: 3 }, (_, n) => cache.begin(`k${n}`).ticket);
  assert.deepEqual(
    tickets.map((ticket) => ticket.start().go),
    [true, true, false],
  );
  const { fetches, waiting, callsPerSecond } = cache.stats();
  assert.deepEqual([fetches, waiting, callsPerSecond], [2, 1, 1]);
  const code = 'ERR_GRANTMINT_OVERLOADED';
  assert.throws(() => cache.begin('another', { timeoutMs: 500 }), { code });
  const { noRoom, refusals, keysRefused } = cache.stats();
  assert.deepEqual([noRoom, refusals, keysRefused], [1, 1, 1]);
  assert(cache.drainEvents().some(({ kind }) => kind === 'no_room'));
  assert.equal(new GrantCache({ rateLimited: false }).stats().callsPerSecond, undefined);
});

test('a try sets off the fetch that is due', async () => {
  const cache = new GrantCache();
  assert.equal(
    cache.tryGet('k', async () => ({ grant: 'g' })),
    null,
  );
  await sleep(20);
  assert.equal(cache.tryGet('k').grant, 'g');
});

test('a try tells of no error that a fetch ended in, whatever its kind', () => {
  for (const errorCode of Object.keys(ERRORS)) {
    const cache = new GrantCache();
    const { ticket } = cache.begin('k');
    ticket.start();
    ticket.fail(new GrantmintError('on purpose', { code: errorCode }));
    assert.equal(cache.tryGet('k'), null, errorCode);
  }
  assert.throws(() => new GrantCache().tryGet('k', null, { minRemainingMs: 40_000 }), InvalidArgumentError);
});

test('whoever fetched is shown the cause', async () => {
  const cache = new GrantCache();
  const boom = new TypeError('boom');
  const fetch = async () => {
    await sleep(20);
    throw boom;
  };
  const errors = await Promise.all([rejection(cache.get('k', fetch)), rejection(cache.get('k', fetch))]);
  assert(errors.every((error) => error instanceof UpstreamError));
  assert.deepEqual(
    errors.map(({ cause }) => cause),
    [boom, undefined],
  );
  const noTime = await rejection(cache.get('other', () => ({ grant: 'g', ttl: -1 })));
  assert.equal(noTime.code, 'ERR_GRANTMINT_SOURCE_FAILED');
  assert(noTime.cause instanceof InvalidArgumentError);
  const throttled = await rejection(
    new GrantCache().get('k', () => {
      throw new ThrottledError('x', { retryAfterMs: 2000 });
    }),
  );
  assert(throttled instanceof ThrottledError && throttled.retryAfterMs >= 1900);
});

test('aborts, deadlines and fetches that are dropped', async () => {
  const cache = new GrantCache();
  const slow = async () => {
    await sleep(100);
    return { grant: 'g' };
  };
  const controller = new AbortController();
  const waits = [
    rejection(cache.get('k', slow, { signal: controller.signal })),
    rejection(cache.get('k', slow, { timeoutMs: 30 })),
    cache.get('k', slow),
  ];
  await sleep(10);
  controller.abort();
  const [aborted, late, hit] = await Promise.all(waits);
  assert.equal(aborted, controller.signal.reason);
  assert.equal(late.code, 'ERR_GRANTMINT_DEADLINE_EXCEEDED');
  assert.equal(hit.grant, 'g');

  const { ticket, waiter, outcome } = cache.begin('dropped');
  assert.equal(outcome, 'fetch');
  const second = cache.get('dropped', slow);
  ticket.abandon();
  assert.throws(() => waiter.tryResult(), { code: 'ERR_GRANTMINT_ABANDONED' });
  assert.equal((await second).grant, 'g');
});

test('a block with using ends its ticket and its waiter, and no fetch that has ended', () => {
  const cache = new GrantCache();
  const first = cache.begin('k');
  const second = cache.begin('k');
  second.waiter[Symbol.dispose]();
  assert.throws(() => second.waiter.tryResult(), { code: 'ERR_GRANTMINT_CANCELLED' });
  assert.equal(first.waiter.tryResult(), null);
  first.ticket[Symbol.dispose]();
  assert.throws(() => first.waiter.tryResult(), { code: 'ERR_GRANTMINT_ABANDONED' });
  const third = cache.begin('k');
  third.ticket.start();
  third.ticket.complete('g');
  third.ticket[Symbol.dispose]();
  assert.equal(third.waiter.tryResult().grant, 'g');
});

test('where JavaScript has no Symbol.dispose, the package loads all the same', async () => {
  const { code, stdout, stderr } = await run([
    '--eval',
    `
    const { readFileSync } = require('node:fs');
    const path = require.resolve('grantmint');
    const without = Object.assign((text) => Symbol(text), { for: Symbol.for, iterator: Symbol.iterator });
    const load = new Function('require', 'module', 'Symbol', readFileSync(path, 'utf8'));
    const loaded = {};
    load(require('node:module').createRequire(path), loaded, without);
    const { GrantCache } = loaded.exports;
    const { ticket, waiter } = new GrantCache().begin('k');
    console.log(ticket[Symbol.for('Symbol.dispose')] !== undefined, Symbol.dispose in waiter);
    `,
  ]);
  assert.deepEqual([code, stdout, stderr], [0, 'true false\n', '']);
});

test('by hand', async () => {
  const cache = new GrantCache({ policy: { jitter: 0 } });
  const { ticket, waiter } = cache.begin('k', { ttl: 15 });
  assert.deepEqual([ticket.key, ticket.ttl, ticket.isRefresh], ['k', 15, false]);
  assert.equal(waiter.tryResult(), null);
  assert.equal(waiter.fallback(), null);
  assert.equal(ticket.start().go, true);
  const waiting = waiter.wait();
  ticket.complete({ a: 1 }, { ttl: 15 });
  assert.equal((await waiting).grant, '{"a":1}');
  assert.throws(() => waiter.tryResult(), { code: 'ERR_GRANTMINT_CANCELLED' });
  assert.throws(() => ticket.start(), { code: 'ERR_GRANTMINT_ABANDONED' });
  assert.throws(() => cache.begin(''), { code: 'ERR_GRANTMINT_LIMIT_EXCEEDED' });
  assert.throws(() => ticket.fail(new Error('x')), { code: 'ERR_GRANTMINT_INVALID_ARGUMENT' });
  testing.simulateFork(cache);
  assert.equal(cache.begin('k', { ttl: 15 }).outcome, 'hit');
  assert.match(cache.stats().toPrometheus('mine'), /grantmint_keys\{cache="mine"\} \d/);
});
