// Worker threads: one cache for all of them; ends at any moment.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { PlaybackMinter, verify } from 'grantmint';
import { STREAMER, emulator, key } from './support.mjs';

const start = (workerData) => new Worker(new URL('./worker.mjs', import.meta.url), { workerData });

test('8 workers, 1,000 calls each, one cold stream: 1 call upstream', async (t) => {
  const upstream = await emulator(t);
  await upstream.ask('faults', { kind: 'latency', ms: 300 });
  const workers = Array.from({ length: 8 }, () =>
    start({ job: 'crowd', baseUrl: upstream.baseUrl, calls: 1000 }),
  );
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  for (const worker of workers) worker.postMessage('go');
  const answers = await Promise.all(workers.map((worker) => once(worker, 'message')));
  const tokens = new Set(answers.flatMap(([jwts]) => jwts));
  assert.equal(tokens.size, 8000);
  for (const jwt of tokens) verify(jwt, key());
  assert.equal(await upstream.calls(), 1);
  await Promise.all(workers.map((worker) => worker.terminate()));
});

test('a source is run once for all workers that share a cache', async () => {
  const workers = Array.from({ length: 4 }, () => start({ job: 'share', calls: 200 }));
  const asked = (await Promise.all(workers.map((worker) => once(worker, 'message')))).map(([count]) => count);
  assert.equal(
    asked.reduce((sum, count) => sum + count),
    1,
  );
  await Promise.all(workers.map((worker) => worker.terminate()));
});

test('when the worker that fetches ends, another fetches', async () => {
  const baseUrl = 'https://ending.example.com';
  let asked = 0;
  const source = async () => {
    asked += 1;
    return { grant: { from: 'main' } };
  };
  const live = new PlaybackMinter(key(), { share: 'ending', baseUrl, source });
  const worker = start({ job: 'never', share: 'ending', baseUrl });
  await once(worker, 'message');
  const token = live.token(STREAMER, 'alice');
  await sleep(50);
  assert.equal(asked, 0);
  await worker.terminate();
  const { jwt } = await token;
  assert.equal(verify(jwt, key()).grants.player.from, 'main');
  assert.equal(asked, 1);
});

test('200 workers end with a fetch in flight: no crash, no growth', { timeout: 180_000 }, async (t) => {
  const upstream = await emulator(t);
  await upstream.ask('faults', { kind: 'latency', ms: 30 });
  const jobs = ['fetch', 'never', 'aborts', 'crowd-and-leave'];
  let number = 0;
  const lane = async (last) => {
    while (number < last) {
      const own = number++;
      const worker = start({ job: jobs[own % 4], baseUrl: upstream.baseUrl, number: own, calls: 20 });
      await once(worker, 'message');
      // Right away, in the middle, and when the answer comes.
      await sleep([0, 15, 31][own % 3]);
      await worker.terminate();
    }
  };
  const upTo = async (last) => {
    await Promise.all([lane(last), lane(last)]);
    return settledRss();
  };
  const before = await upTo(100);
  const growth = (await upTo(300)) - before;
  t.diagnostic(`RSS ${before.toFixed(1)} MB after warm-up, ${growth.toFixed(2)} MB more after 200 workers`);
  assert(growth <= Math.max(2, before * 0.05), `grew by ${growth} MB from ${before} MB`);
});

/** In MB, once what has ended is collected. */
async function settledRss() {
  const samples = [];
  for (let n = 0; n < 5; n += 1) {
    globalThis.gc?.();
    await sleep(100);
    samples.push(process.memoryUsage.rss() / 2 ** 20);
  }
  return Math.min(...samples);
}
