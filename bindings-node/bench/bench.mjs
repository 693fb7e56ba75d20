// The measurements. All in one run: only what is measured side by side can be compared.

import { spawnSync } from 'node:child_process';
import {
  ApiKey,
  GrantCache,
  PlaybackGrant,
  PlaybackMinter,
  TokenMinter,
  VideoGrant,
  verify,
} from 'grantmint';
import { peers } from './peers.mjs';

const KEY = [
  'ACde300000000000000000000000000000',
  'SKde300000000000000000000000000000',
  'not-a-secret-emulator-demo-key-0',
];
const STREAMER = 'VJ00000000000000000000000000000001';
const smoke = process.argv.includes('--smoke');
const MANY = 1000;

const key = new ApiKey(...KEY);
const video = { grants: [new VideoGrant({ room: 'DailyStandup' })], ttl: 14_400 };
const rooms = new TokenMinter(key, video);
const names = Array.from({ length: MANY }, (_, n) => `viewer-${String(n).padStart(6, '0')}`);

const grant = {
  playbackUrl: `https://cdn.example.com/live.m3u8?token=${'x'.repeat(600)}`,
  playerStreamerSid: STREAMER,
  requestCredentials: null,
};
const live = new PlaybackMinter(key, { source: async () => ({ grant }) });
await live.token(STREAMER, 'warm-up');
const stream = live.stream(STREAMER);
// The same claims without a cache: what the cache costs is what lies between.
const same = new TokenMinter(key, { grants: [new PlaybackGrant({ grant })], unique: true });
const cache = new GrantCache();
await cache.get('k', async () => ({ grant }));

const others = peers(KEY);
for (const [name, mint] of Object.entries(others)) {
  const { identity, grants } = verify(mint('alice'), key);
  if (identity !== 'alice' || grants.video.room !== 'DailyStandup')
    throw new Error(`${name} mints something else`);
}

const one = (mint) => (n) => mint(names[n % MANY]);
const tasks = {
  mint: one((name) => rooms.mint(name)),
  ...Object.fromEntries(Object.entries(others).map(([name, mint]) => [name, one(mint)])),
  'mint of the same claims as below': one((name) => same.mint(name)),
  tryToken: one((name) => live.tryToken(STREAMER, name)),
  "StreamMinter's tryToken": one((name) => stream.tryToken(name)),
};

/** The best of several rounds, in nanoseconds a call: whatever disturbs a round only makes it slower. */
function measure(run, each = 1) {
  if (smoke) return (run(0), NaN);
  let calls = 1;
  for (let took = 0; took < 20; calls *= 2) {
    const started = performance.now();
    for (let n = 0; n < calls; n += 1) run(n);
    took = performance.now() - started;
  }
  let best = Infinity;
  for (let round = 0; round < 12; round += 1) {
    const started = performance.now();
    for (let n = 0; n < calls; n += 1) run(n);
    best = Math.min(best, (performance.now() - started) / calls);
  }
  return (best * 1e6) / each;
}

const ns = {};
// Twice around, so that no task is measured on a cold or a hot machine alone.
for (let lap = 0; lap < (smoke ? 1 : 2); lap += 1) {
  for (const [name, run] of Object.entries(tasks)) ns[name] = Math.min(ns[name] ?? Infinity, measure(run));
  ns.mintMany = Math.min(
    ns.mintMany ?? Infinity,
    measure(() => rooms.mintMany(names), MANY),
  );
}

async function measureAsync(run) {
  const calls = smoke ? 1 : 100_000;
  let best = Infinity;
  for (let round = 0; round < (smoke ? 1 : 5); round += 1) {
    const started = performance.now();
    for (let n = 0; n < calls; n += 1) await run(n);
    best = Math.min(best, (performance.now() - started) / calls);
  }
  return best * 1e6;
}
ns['await token()'] = await measureAsync(one((name) => stream.token(name)));
ns['await GrantCache.get()'] = await measureAsync(() => cache.get('k', async () => ({ grant })));

const show = (name, value, than, required) => {
  const ratio = than === undefined ? '' : `${than.toFixed(2).padStart(9)}x`;
  console.log(
    `${name.padEnd(34)}${value.toFixed(0).padStart(10)} ns${ratio}${required ? `   (${required})` : ''}`,
  );
};

console.log(`node ${process.version}: a video token, and how many times as long as a mint`);
show('mint', ns.mint, 1);
show('mintMany, a token', ns.mintMany, ns.mintMany / ns.mint, 'at most 1.7');
const required = { twilio: 900, 'fast-jwt': 18, 'by hand': 11 };
for (const name of Object.keys(others)) {
  show(name, ns[name], ns[name] / ns.mint, required[name] && `at least ${required[name]}`);
}
console.log('a playback token, and how many times as long as a mint of the same claims');
const claims = ns['mint of the same claims as below'];
show('mint of the same claims', claims, 1);
show(
  "StreamMinter's tryToken",
  ns["StreamMinter's tryToken"],
  ns["StreamMinter's tryToken"] / claims,
  'at most 1.4',
);
show('tryToken', ns.tryToken, ns.tryToken / claims, 'at most 1.7');
show('await token()', ns['await token()'], ns['await token()'] / claims);
show('await GrantCache.get()', ns['await GrantCache.get()']);

const load = `
  const before = process.memoryUsage.rss();
  const started = performance.now();
  require('grantmint');
  console.log(performance.now() - started, (process.memoryUsage.rss() - before) / 2 ** 20);
`;
const loads = Array.from({ length: smoke ? 1 : 9 }, () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['--eval', load], { encoding: 'utf8' });
  if (stderr) throw new Error(stderr);
  return stdout.trim().split(' ').map(Number);
});
const median = (index) => loads.map((each) => each[index]).sort((a, b) => a - b)[loads.length >> 1];
console.log(
  `require('grantmint'): ${median(0).toFixed(1)} ms (at most 15), ${median(1).toFixed(1)} MB (at most 6)`,
);
