// Asks for tokens for SOAK_SECONDS from the main thread and from workers that come and go, of an upstream
// that run.py makes fail; then prints a line of JSON about itself. Ends badly when a rule is broken.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, isMainThread } from 'node:worker_threads';

// The package is looked for in the folder that is the first argument.
const { ApiKey, PlaybackMinter, verify } = createRequire(`${process.argv[2]}/`)('grantmint');

const { SOAK_SECONDS, GRANTMINT_BASE_URL: baseUrl, TWILIO_ACCOUNT_SID: account } = process.env;
const STREAMS = Array.from({ length: 60 }, (_, number) => `VJ${number.toString(16).padStart(32, '0')}`);
const CALLERS = 20;
const SAMPLE = 50;
// The promise of every token, less what may pass between its making and its check.
const PROMISE_MS = 4500;

const KEYS = ['TWILIO_API', 'SECOND_API'].map(
  (name) => new ApiKey(account, process.env[`${name}_KEY`], process.env[`${name}_SECRET`]),
);
const minter = (options = {}) =>
  new PlaybackMinter(KEYS[0], {
    baseUrl,
    allowOrigin: 'https://www.example.com',
    policy: { maxKeys: STREAMS.length / 2 },
    // Else the rate grows to what upstream bears.
    callsPerSecond: Number(process.env.SOAK_RATE),
    burst: Number(process.env.SOAK_BURST),
    ...options,
  });
const live = minter();
const inFleet = minter({ fleet: process.env.SOAK_FLEET });
const counts = { operations: 0, tokens: 0, refused: 0, workers: 0 };
const one = (from) => from[Math.floor(Math.random() * from.length)];

/** Signed with one of the keys that are in turn. */
function verified(jwt) {
  try {
    return verify(jwt, KEYS[0]);
  } catch {
    return verify(jwt, KEYS[1]);
  }
}

function token(jwt, identity) {
  counts.tokens += 1;
  if (counts.tokens % SAMPLE !== 0) return;
  const decoded = verified(jwt);
  assert.equal(decoded.identity, identity);
  assert.ok('player' in decoded.grants);
  if (isMainThread && counts.tokens % (10 * SAMPLE) === 0) console.log('token', jwt);
}

/** Only upstream's troubles, waiting and the rate limit are reasons to have no token. */
function refused(error) {
  if (error.name === 'AbortError') return;
  counts.refused += 1;
  assert.match(
    error.code ?? '',
    /^ERR_GRANTMINT_(UPSTREAM_.+|DEADLINE_EXCEEDED|ABANDONED|OVERLOADED|THROTTLED|GRANT_TOO_SHORT)$/,
    error,
  );
}

/** Of one of the two minters, or of one that is made for this request alone. */
async function tokenOfAMinter(...asked) {
  const lot = Math.random();
  if (lot >= 0.1) return (lot < 0.4 ? inFleet : live).token(...asked);
  const mine = minter();
  try {
    return await mine.token(...asked);
  } finally {
    mine.close();
  }
}

async function ask() {
  const streamer = one(Math.random() < 0.95 ? STREAMS.slice(0, 6) : STREAMS);
  const identity = `viewer-${Math.random()}`;
  const lot = Math.random();
  counts.operations += 1;
  try {
    if (lot < 0.7) {
      const jwt = live.tryToken(streamer, identity);
      if (jwt != null) token(jwt, identity);
    } else if (lot < 0.999) {
      // A viewer who leaves: the call is aborted, the fetch goes on.
      const signal = Math.random() < 0.2 ? AbortSignal.timeout(20) : undefined;
      const got = await tokenOfAMinter(streamer, identity, { timeoutMs: Math.random() * 300, signal });
      assert.ok(got.grantRemainingMs >= PROMISE_MS, `${got.grantRemainingMs} ms are left`);
      token(got.jwt, identity);
    } else if (lot < 0.9991) live.invalidate(streamer);
    else if (lot < 0.9995) live.prefetch(streamer);
    else if (lot < 0.9999) live.stats();
    else live.rotate(one(KEYS));
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    if (error.name !== 'TimeoutError') refused(error);
  }
}

async function askUntil(end) {
  while (Date.now() < end) {
    for (let number = 0; number < 10; number += 1) await ask();
    await sleep(10);
  }
}

/** Starts a worker that asks as this thread does, and ends it in the middle of that. */
async function churn(end) {
  while (Date.now() < end) {
    const worker = new Worker(new URL(import.meta.url), { argv: process.argv.slice(2) });
    worker.on('error', (error) => {
      throw error;
    });
    await sleep(200 + Math.random() * 500);
    await worker.terminate();
    counts.workers += 1;
  }
}

// Run with --max-semi-space-size=1: V8's room for young objects would otherwise grow for minutes, full or
// not, which would look like a leak and hide one.
function residentKib() {
  globalThis.gc();
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}

async function showMemory(end) {
  while (Date.now() < end) {
    console.log('memory', residentKib());
    await sleep(1000);
  }
}

async function main() {
  const end = Date.now() + SOAK_SECONDS * 1000;
  const callers = Array.from({ length: CALLERS }, () => askUntil(end));
  await Promise.all([...callers, churn(end), showMemory(end)]);
  console.log(JSON.stringify(counts));
}

if (isMainThread) await main();
else await Promise.all(Array.from({ length: CALLERS }, () => askUntil(Infinity)));
