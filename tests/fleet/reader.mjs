// Reads streams until its input ends, as one process of a fleet; then prints a line of JSON about itself. The
// environment says which streams, which fleet and which upstream.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

// The package is looked for in the folder that is the first argument.
const { ApiKey, PlaybackMinter, RedisFleet } = createRequire(`${process.argv[2]}/`)('grantmint');

const EVERY_MS = 200;
const { GRANTMINT_BASE_URL: baseUrl, GRANTMINT_FLEET: text, READER_STREAMS } = process.env;
const { READER_HOST: host, READER_FIRST: firstOne = '0' } = process.env;

// With the folder of the machine that this process stands for, if there are several.
const fleet = host ? new RedisFleet(text, { host, timeoutMs: 2000 }) : text;
const live = new PlaybackMinter(ApiKey.fromEnv(), { baseUrl, fleet });
const streams = Array.from(
  { length: Number(READER_STREAMS) },
  (_, number) => (number + Number(firstOne)) % Number(READER_STREAMS),
).map((number) => `VJ${number.toString(16).padStart(32, '0')}`);

console.log('ready');
const input = createInterface({ input: process.stdin });
await new Promise((told) => input.once('line', told));
let ends = false;
input.once('close', () => (ends = true));
const start = performance.now();
const seconds = (from) => (performance.now() - from) / 1000;
let [reads, first, slowest] = [0, 0, 0];
const errors = new Set();
while (!ends) {
  for (const stream of streams) {
    const before = performance.now();
    try {
      await live.token(stream, 'alice');
    } catch (error) {
      errors.add(error.code);
    }
    if (reads === 0) first = seconds(before);
    // All but the first of each stream.
    else if (reads >= streams.length) slowest = Math.max(slowest, seconds(before));
    reads += 1;
  }
  await sleep(EVERY_MS);
}
const { fetches } = live.stats();
const report = { reads, first_s: first, slowest_s: slowest, fetches, errors: [...errors] };
console.log(JSON.stringify({ ...report, age_s: seconds(start) }));
