// Callers that are held up, or whose process is stopped, after their grant has come.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { GrantCache, ManualClock, PlaybackMinter, decode } from 'grantmint';
import { KEY, STREAMER, counting, emulator, key } from './support.mjs';

const START = 1_700_000_000;
const FOR_LONG = 600_000;

/** Holds the event loop up until something holds. */
function busyUntil(holds) {
  const end = performance.now() + 10_000;
  while (!holds()) assert(performance.now() < end, 'it never holds');
}

test('a loop that is held up hands out no expired grant', async (t) => {
  const upstream = await emulator(t);
  // Longer than the call that asks, which would hand the token out itself.
  await upstream.ask('faults', { kind: 'latency', ms: 200 });
  const clock = new ManualClock(START);
  const live = new PlaybackMinter(key(), {
    baseUrl: upstream.baseUrl,
    clock,
    timeoutMs: FOR_LONG,
    isolated: true,
  });
  const asked = live.token(STREAMER, 'alice');
  busyUntil(() => live.tryToken(STREAMER, 'bob') !== null);
  clock.advance(120);
  const token = await asked;
  assert(token.grantRemainingMs >= 5000);
  assert.equal(decode(token.jwt).issuedAt, START + 120);
  assert.equal(live.stats().fetches, 2);
});

test('nor does a cache of its own', async () => {
  const clock = new ManualClock(START);
  const cache = new GrantCache({ clock });
  let fetches = 0;
  const fetch = async () => ({ grant: `grant ${++fetches}` });
  const first = cache.begin('service');
  const asked = cache.get('service', fetch, { timeoutMs: FOR_LONG });
  first.ticket.start();
  first.ticket.complete('grant 0');
  clock.advance(120);
  assert.equal((await asked).grant, 'grant 1');
});

/** A minter whose refresh has been left for the event loop, which is held up from here on. */
async function refreshing() {
  const clock = new ManualClock(START);
  const { asked, fetch } = counting();
  const live = new PlaybackMinter(key(), { source: fetch, clock, isolated: true });
  await live.token(STREAMER, 'alice');
  clock.advance(30);
  assert(live.tryToken(STREAMER, 'bob'));
  const goesOn = async () => {
    assert.deepEqual([live.stats().fetches, asked.length], [1, 1]);
    for (const end = performance.now() + 10_000; live.stats().inFlight > 0; await sleep(1)) {
      assert(performance.now() < end, 'a fetch never ends');
    }
    return [live.stats().fetches, asked.length];
  };
  return { live, clock, goesOn };
}

test('a refresh that is left for a loop that is held up is sent once, when the loop goes on', async () => {
  const { live, clock, goesOn } = await refreshing();
  clock.advance(3);
  assert(live.tryToken(STREAMER, 'carol'));
  assert.deepEqual(await goesOn(), [2, 2]);
  assert.deepEqual(live.stats().errors, {});
  // Its lifetime counts from when the loop called the source, less the safety margin.
  assert.equal((await live.token(STREAMER, 'dave')).grantRemainingMs, 58_000);
});

test('one that the loop does not begin in time costs nothing, and another follows', async () => {
  const { live, clock, goesOn } = await refreshing();
  clock.advance(5);
  assert(live.tryToken(STREAMER, 'carol'));
  assert.deepEqual(live.stats().errors, { ERR_GRANTMINT_OVERLOADED: 1 });
  assert.deepEqual(await goesOn(), [2, 2]);
  assert.equal((await live.token(STREAMER, 'dave')).grantRemainingMs, 58_000);
});

test('nor does one that is invalidated before the loop begins it', async () => {
  const { live, goesOn } = await refreshing();
  live.invalidate(STREAMER);
  assert.deepEqual(await goesOn(), [1, 1]);
});

// Its loop is busy while the grant comes, and says when that begins.
const child = `
  const { ApiKey, PlaybackMinter, decode } = require('grantmint');
  const [baseUrl, account, sid, secret, streamer] = process.argv.slice(1);
  const options = { baseUrl, grantTtl: 4, minRemainingMs: 1000, timeoutMs: 30_000 };
  const live = new PlaybackMinter(new ApiKey(account, sid, secret), options);
  const asked = live.token(streamer, 'alice');
  require('node:fs').writeSync(1, 'ready\\n');
  for (const end = Date.now() + 1000; Date.now() < end; );
  asked.then(({ jwt, grantRemainingMs }) =>
    console.log(JSON.stringify({ grantRemainingMs, age: Date.now() / 1000 - decode(jwt).issuedAt })),
  );
`;

test(
  'a process that is stopped hands out no expired grant',
  { skip: process.platform === 'win32' },
  async (t) => {
    const upstream = await emulator(t);
    const stopped = spawn(process.execPath, ['-e', child, upstream.baseUrl, ...KEY, STREAMER], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface(stopped.stdout)[Symbol.asyncIterator]();
    assert.equal((await lines.next()).value, 'ready');
    await sleep(200);
    stopped.kill('SIGSTOP');
    await sleep(3000);
    stopped.kill('SIGCONT');
    const { grantRemainingMs, age } = JSON.parse((await lines.next()).value);
    assert(grantRemainingMs >= 1000, `${grantRemainingMs} ms are left`);
    assert(age < 2, `it is ${age} s old`);
    assert.deepEqual(await once(stopped, 'close'), [0, null]);
  },
);
