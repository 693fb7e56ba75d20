// What the workers of workers.test.mjs do.

import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PlaybackMinter } from 'grantmint';
import { STREAMER, key } from './key.mjs';

const { job, baseUrl, calls, number, share } = workerData;
const streamer = number === undefined ? STREAMER : `VJ${String(number).padStart(32, '0')}`;
const ignore = () => {};

const jobs = {
  async crowd() {
    const live = new PlaybackMinter(key(), { baseUrl });
    parentPort.postMessage('ready');
    await new Promise((resolve) => parentPort.once('message', resolve));
    const names = Array.from({ length: calls }, (_, n) => `viewer-${n}`);
    const tokens = await Promise.all(names.map((name) => live.token(STREAMER, name)));
    parentPort.postMessage(tokens.map(({ jwt }) => jwt));
  },
  async share() {
    let asked = 0;
    const source = async () => {
      asked += 1;
      await sleep(300);
      return { grant: {} };
    };
    const live = new PlaybackMinter(key(), {
      share: 'workers',
      baseUrl: 'https://workers.example.com',
      source,
    });
    await Promise.all(Array.from({ length: calls }, (_, n) => live.token(STREAMER, `viewer-${n}`)));
    parentPort.postMessage(asked);
    setInterval(() => live, 1000);
  },
  never() {
    // A promise that nobody holds may be collected, which ends its fetch.
    const never = new Promise(ignore);
    const source = () => {
      parentPort.postMessage('asked');
      return never;
    };
    const live = new PlaybackMinter(key(), {
      share,
      baseUrl: baseUrl ?? 'https://never.example.com',
      source,
    });
    live.token(streamer, 'alice').catch(ignore);
    setInterval(() => [live, never], 1000);
  },
  fetch() {
    const live = new PlaybackMinter(key(), { baseUrl, isolated: true });
    live.token(streamer, 'alice').catch(ignore);
    parentPort.postMessage('flying');
  },
  aborts() {
    const live = new PlaybackMinter(key(), { baseUrl, isolated: true });
    const controller = new AbortController();
    for (let n = 0; n < calls; n += 1)
      live.token(streamer, `viewer-${n}`, { signal: controller.signal }).catch(ignore);
    controller.abort();
    parentPort.postMessage('aborted');
  },
  'crowd-and-leave'() {
    const live = new PlaybackMinter(key(), { baseUrl, isolated: true });
    for (let n = 0; n < calls; n += 1) live.token(streamer, `viewer-${n}`).catch(ignore);
    live.keepWarm(streamer, 60_000);
    parentPort.postMessage('waiting');
  },
};

await jobs[job]();
