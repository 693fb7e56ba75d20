// What every runtime must do: node, bun and deno run this file as it is. Prints one line, or throws.

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import * as grantmint from 'grantmint';
import { playGrantTtl } from './grant-ttls.mjs';
import { playScenario } from './scenarios.mjs';
import { KEY, STREAMER, counting, key, rejection, vectors } from './support.mjs';
import { checkVector } from './vectors.mjs';

const { PlaybackMinter, TokenMinter, VideoGrant, verify } = grantmint;

const { cases } = vectors('access_tokens.json');
for (const official of cases) checkVector(official);

// Policies of a GrantCache have no session here: a Credential has one.
const scenarios = ['cache_scenarios.json', 'long_lifetimes.json']
  .flatMap((file) => vectors(file).scenarios)
  .filter(({ policy }) => !('session' in policy));
for (const scenario of scenarios) playScenario(scenario);

const { rows } = vectors('grant_ttls.json');
for (const row of rows) playGrantTtl(row);

// Smoke: mint, verify, refuse.
const rooms = new TokenMinter(key(), { grants: [new VideoGrant({ room: 'DailyStandup' })], ttl: 14_400 });
assert.equal(verify(rooms.mint('ålice 😀'), key()).identity, 'ålice 😀');
assert.equal(rooms.mintMany(['a', 'b', 'c']).length, 3);
assert.throws(() => rooms.mint(''), { code: 'ERR_GRANTMINT_INVALID_IDENTITY', number: 103 });
assert.throws(() => rooms.mint('\ud800'), { code: 'ERR_GRANTMINT_INVALID_UTF8' });
assert(!inspect(key(), { depth: 9, showHidden: true }).includes(KEY[2]));

// One fetch for a crowd, a failure with its cause, an abort that is nobody else's.
const source = counting(50);
const live = new PlaybackMinter(key(), { source: source.fetch });
const crowd = await Promise.all(Array.from({ length: 500 }, (_, n) => live.token(STREAMER, `viewer-${n}`)));
assert.equal(new Set(crowd.map(({ jwt }) => jwt)).size, 500);
assert.equal(source.asked.length, 1);
assert.equal(verify(live.tryToken(STREAMER, 'bob'), key()).identity, 'bob');

const boom = new RangeError('boom');
const failing = new PlaybackMinter(key(), { source: () => Promise.reject(boom) });
const failure = await rejection(failing.token(STREAMER, 'alice'));
assert(failure instanceof grantmint.UpstreamError);
assert.deepEqual([failure.code, failure.cause], ['ERR_GRANTMINT_SOURCE_FAILED', boom]);

const slow = new PlaybackMinter(key(), { source: counting(50).fetch });
const controller = new AbortController();
const aborted = rejection(slow.token(STREAMER, 'alice', { signal: controller.signal }));
const other = slow.token(STREAMER, 'bob');
const reason = new Error('gone');
controller.abort(reason);
assert.equal(await aborted, reason);
assert.equal((await other).freshness, 'fresh');

// A source runs in the context of its caller, and of its minter if nobody waits.
const request = new AsyncLocalStorage();
const stores = [];
const spied = async () => {
  await null;
  stores.push(request.getStore());
  return { grant: {} };
};
const traced = request.run('minter', () => new PlaybackMinter(key(), { source: spied }));
for (const [n, name] of ['first', 'second'].entries()) {
  await request.run(name, () => traced.token(STREAMER.replace(/1$/, String(n + 2)), 'alice'));
}
await request.run('third', () => traced.prefetch(STREAMER));
for (let n = 0; n < 100 && stores.length < 3; n += 1) await sleep(10);
const cache = new grantmint.GrantCache();
await request.run('fourth', () => cache.get('key', spied));
assert.deepEqual(stores, ['first', 'second', 'minter', 'fourth']);

// Workers share the library.
const said = [];
for (let n = 0; n < 2; n += 1) {
  const thread = new Worker(new URL('./conformance-worker.cjs', import.meta.url));
  await new Promise((resolve, reject) => {
    thread.on('error', reject);
    thread.on('message', (message) => {
      said.push(message === 'asked' ? message : 'token');
      if (message !== 'asked') resolve();
    });
  });
}
assert.deepEqual(said, ['asked', 'token', 'token']);

const runtime = globalThis.Bun
  ? `bun ${Bun.version}`
  : globalThis.Deno
    ? `deno ${Deno.version.deno}`
    : `node ${process.version}`;
console.log(`${runtime}: ${cases.length} vectors, ${scenarios.length} scenarios, smoke: ok`);
process.exit(0);
