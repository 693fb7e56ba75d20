// Playback tokens against the emulated upstream.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  ApiKey,
  ChatGrant,
  DeadlineError,
  GrantCache,
  ManualClock,
  PlaybackMinter,
  ThrottledError,
  UpstreamError,
  VideoGrant,
  verify,
} from 'grantmint';
import { KEY, STREAMER, counting, emulator, key, rejection } from './support.mjs';

const require = createRequire(import.meta.url);

test('a viewer is let in by the emulated player', async (t) => {
  const upstream = await emulator(t);
  const live = new PlaybackMinter(key(), {
    baseUrl: upstream.baseUrl,
    allowOrigin: 'https://www.example.com',
  });
  const token = await live.token(STREAMER, 'alice');
  assert.equal(token.freshness, 'fresh');
  assert(token.grantRemainingMs > 50_000 && token.grantRemainingMs < 58_001);
  assert.deepEqual([token.reason, token.retryAfterMs], [undefined, undefined]);
  const verdict = await upstream.ask('play', { token: token.jwt, origin: 'https://www.example.com' });
  assert.deepEqual(verdict, { admitted: true, identity: 'alice', streamer: STREAMER });
});

test('a hit is there at once, each with a jti of its own', async () => {
  const source = counting();
  const live = new PlaybackMinter(key(), {
    source: source.fetch,
    grants: [new VideoGrant({ room: 'r' }), new ChatGrant()],
  });
  assert.equal(live.tryToken(STREAMER, 'early'), null);
  const [a, b] = [await live.token(STREAMER, 'alice'), await live.token(STREAMER, 'alice')];
  assert.notEqual(a.jwt, b.jwt);
  assert.deepEqual(Object.keys(verify(a.jwt, key()).grants).sort(), ['chat', 'identity', 'player', 'video']);
  assert.equal(a.generation, b.generation);
  const stream = live.stream(STREAMER);
  assert.equal(verify(stream.tryToken('bob'), key()).identity, 'bob');
  assert.equal(verify((await stream.token('carol')).jwt, key()).identity, 'carol');
  assert.equal(source.asked.length, 1);
  assert.equal(live.stats().hits >= 3, true);
  // A hit is settled before anything else is looked at.
  let settled = false;
  live.token(STREAMER, 'dave').then(() => (settled = true));
  await null;
  await null;
  assert.equal(settled, true);
});

test('neither console.log nor JSON shows a token', async () => {
  const live = new PlaybackMinter(key(), { source: counting().fetch });
  const token = await live.token(STREAMER, 'alice');
  const { jwt, freshness } = token;
  assert.equal(freshness, 'fresh');
  for (const value of [token, live, live.stream(STREAMER), live.cache(), live.stats(), live.drainEvents()]) {
    for (const shown of [inspect(value, { depth: 9, showHidden: true }), JSON.stringify(value)]) {
      assert(!shown.includes(jwt) && !shown.includes(KEY[2]), shown);
    }
  }
});

test('arguments are refused by a rejection, or thrown where nothing is awaited', async () => {
  const live = new PlaybackMinter(key(), { source: counting().fetch });
  const refused = async (promise, code) =>
    assert.equal((await rejection(promise)).code, `ERR_GRANTMINT_${code}`);
  await refused(live.token('VJ-typo', 'alice'), 'INVALID_SID');
  await refused(live.token(STREAMER, ''), 'INVALID_IDENTITY');
  await refused(live.token(STREAMER, 7), 'INVALID_ARGUMENT');
  await refused(live.token(STREAMER, '\ud800'), 'INVALID_UTF8');
  await refused(live.token(STREAMER, 'alice', { minRemainingMs: 31_000 }), 'INVALID_ARGUMENT');
  await refused(live.token(STREAMER, 'alice', { minRemaining: 5 }), 'INVALID_ARGUMENT');
  await refused(live.token(STREAMER, 'alice', { signal: {} }), 'INVALID_ARGUMENT');
  assert.throws(() => live.tryToken('VJ-typo', 'alice'), { code: 'ERR_GRANTMINT_INVALID_SID' });
  assert.throws(() => live.stream('VJ-typo'), { code: 'ERR_GRANTMINT_INVALID_SID' });
  for (const [options, code] of [
    [{ allowOrigin: 'example.com' }, 'INVALID_ORIGIN'],
    [{ baseUrl: 'http://media.twilio.com' }, 'INVALID_URL'],
    [{ grantTtl: 61 }, 'INVALID_TTL'],
    [{ policy: { jitter: 2 } }, 'INVALID_ARGUMENT'],
    [{ policy: { waitBelow: 2 } }, 'INVALID_ARGUMENT'],
    [{ source: {} }, 'INVALID_ARGUMENT'],
    [{ allowOrgin: 'https://www.example.com' }, 'INVALID_ARGUMENT'],
    [{ isolated: true, share: 'x' }, 'INVALID_ARGUMENT'],
    [{ share: 'x\ud800' }, 'INVALID_UTF8'],
    [{ caFile: 'x\ud800' }, 'INVALID_UTF8'],
  ]) {
    assert.throws(() => new PlaybackMinter(key(), options), { code: `ERR_GRANTMINT_${code}` });
  }
});

test('of different limits of one account the lower holds', () => {
  const account = new ApiKey(`AC${'7'.repeat(32)}`, `SK${'7'.repeat(32)}`, 'secret');
  const minters = [5, 3].map(
    (callsPerSecond) =>
      new PlaybackMinter(account, { isolated: true, callsPerSecond, burst: 2, maxFetches: 1 }),
  );
  assert.deepEqual(
    minters.map((live) => live.stats().callsPerSecond),
    [3, 3],
  );
  const told = minters.map((live) => live.drainEvents().map(({ kind }) => kind));
  assert.deepEqual(told, [[], ['limits_differ']]);
  assert.match(minters[0].stats().toPrometheus('live'), /^grantmint_calls_per_second\{cache="live"\} 3$/m);
});

test('offline no request leaves the machine', async (t) => {
  const upstream = await emulator(t);
  process.env.GRANTMINT_OFFLINE = '1';
  t.after(() => delete process.env.GRANTMINT_OFFLINE);
  const here = new PlaybackMinter(key(), { baseUrl: upstream.baseUrl });
  assert.equal((await here.token(STREAMER, 'alice')).freshness, 'fresh');
  for (const options of [{}, { baseUrl: 'https://upstream.invalid' }, { isolated: true }]) {
    const error = await rejection(new PlaybackMinter(key(), options).token(STREAMER, 'alice'));
    assert.deepEqual([error.code, error.isRetryable], ['ERR_GRANTMINT_UNSUPPORTED', false]);
    assert.match(error.message, /^GRANTMINT_OFFLINE is set/);
  }
});

test('a time that is none is refused, whether or not there is anything to wait for', async () => {
  const live = new PlaybackMinter(key(), { source: counting().fetch });
  await live.token(STREAMER, 'alice');
  for (const name of ['timeoutMs', 'minRemainingMs']) {
    for (const time of [-1, NaN, -Infinity, '5']) {
      const options = { [name]: time };
      for (const streamer of [STREAMER, STREAMER.replace(/1$/, '2')]) {
        for (const call of [
          live.token(streamer, 'alice', options),
          live.stream(streamer).token('alice', options),
        ]) {
          const { code, message } = await rejection(call);
          assert.equal(code, 'ERR_GRANTMINT_INVALID_ARGUMENT');
          assert(message.startsWith(`${name} must be `), message);
        }
      }
    }
  }
  assert.equal((await live.token(STREAMER, 'alice', { timeoutMs: 0, minRemainingMs: 0 })).freshness, 'fresh');
});

test('a call waits no longer than it says, and the fetch goes on', async () => {
  let answer;
  const answered = new Promise((resolve) => (answer = resolve));
  const live = new PlaybackMinter(key(), { source: () => answered });
  const error = await rejection(live.token(STREAMER, 'alice', { timeoutMs: 50 }));
  assert(error instanceof DeadlineError);
  assert.equal(live.stats().inFlight, 1);
  answer({ grant: {} });
  while (live.stats().inFlight > 0) await sleep(5);
  assert.notEqual(live.tryToken(STREAMER, 'alice'), null);
});

test('an abort rejects with its reason, and nobody else', async () => {
  let answer;
  let asked = 0;
  const answered = new Promise((resolve) => (answer = resolve));
  const source = () => {
    asked += 1;
    return answered;
  };
  const live = new PlaybackMinter(key(), { source });
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = Array.from({ length: 1000 }, () => rejection(live.token(STREAMER, 'alice', { signal })));
  while (asked === 0) await sleep(5);
  controller.abort();
  const reasons = await Promise.all(aborted);
  assert(reasons.every((reason) => reason === signal.reason && reason.name === 'AbortError'));
  assert.equal(await rejection(live.token(STREAMER, 'alice', { signal })), signal.reason);
  assert.equal(live.stats().inFlight, 1);
  // The fetch goes on without anybody, and is cached.
  answer({ grant: {} });
  while (live.stats().inFlight > 0) await sleep(5);
  assert.notEqual(live.tryToken(STREAMER, 'alice'), null);
  assert.equal(asked, 1);
});

test('an abort ends no wait of those with another signal or none', async () => {
  let answer;
  const live = new PlaybackMinter(key(), { source: () => new Promise((resolve) => (answer = resolve)) });
  const controllers = [new AbortController(), new AbortController()];
  const [aborted, ...others] = [...controllers, {}].map(({ signal }) =>
    live.token(STREAMER, 'alice', { signal }),
  );
  while (answer === undefined) await sleep(5);
  controllers[0].abort();
  assert.equal(await rejection(aborted), controllers[0].signal.reason);
  answer({ grant: {} });
  for (const { freshness } of await Promise.all(others)) assert.equal(freshness, 'fresh');
});

test('a fetch of the built-in client goes on without those who aborted', async (t) => {
  const upstream = await emulator(t);
  await upstream.ask('faults', { kind: 'latency', ms: 200 });
  const live = new PlaybackMinter(key(), { baseUrl: upstream.baseUrl });
  const controller = new AbortController();
  const aborted = Array.from({ length: 1000 }, (_, n) =>
    rejection(live.token(STREAMER, `viewer-${n}`, { signal: controller.signal })),
  );
  controller.abort();
  assert((await Promise.all(aborted)).every((reason) => reason === controller.signal.reason));
  assert.equal(live.tryToken(STREAMER, 'early'), null);
  // Waits for the same fetch.
  assert.equal((await live.token(STREAMER, 'alice')).freshness, 'fresh');
  assert.notEqual(live.tryToken(STREAMER, 'bob'), null);
  assert.equal(await upstream.calls(), 1);
});

test('a waiter is answered when a minter is closed', async () => {
  let answer;
  const live = new PlaybackMinter(key(), { source: () => new Promise((resolve) => (answer = resolve)) });
  const stream = live.stream(STREAMER);
  const waiting = [live.token(STREAMER, 'alice'), stream.token('bob')];
  while (answer === undefined) await sleep(5);
  live.close();
  answer({ grant: {} });
  for (const { jwt } of await Promise.all(waiting)) assert(verify(jwt, key()));
  assert.equal((await rejection(stream.token('carol'))).code, 'ERR_GRANTMINT_CLOSED');
});

test('upstream errors have their class, code and time', async (t) => {
  const upstream = await emulator(t);
  const live = new PlaybackMinter(key(), { baseUrl: upstream.baseUrl });
  await upstream.ask('faults', { kind: 'status', status: 503, times: 1 });
  const error = await rejection(live.token(STREAMER, 'alice'));
  assert(error instanceof UpstreamError);
  assert.equal(error.code, 'ERR_GRANTMINT_UPSTREAM_UNAVAILABLE');
  assert(error.retryAfterMs > 0);
  assert.deepEqual(live.stats().errors, { ERR_GRANTMINT_UPSTREAM_UNAVAILABLE: 1 });
  const wrong = new PlaybackMinter(new ApiKey(KEY[0], KEY[1], 'a wrong secret'), {
    baseUrl: upstream.baseUrl,
  });
  assert.equal((await rejection(wrong.token(STREAMER, 'alice'))).code, 'ERR_GRANTMINT_UPSTREAM_UNAUTHORIZED');
});

test('a degraded token says why, and until when', async () => {
  const clock = new ManualClock(1_700_000_000);
  let fails = false;
  const source = async () => {
    if (fails) throw new ThrottledError('enough', { retryAfterMs: 7000 });
    return { grant: {} };
  };
  const live = new PlaybackMinter(key(), { source, clock, policy: { jitter: 0 } });
  await live.token(STREAMER, 'alice');
  fails = true;
  clock.advance(35);
  assert.equal((await live.token(STREAMER, 'alice')).freshness, 'refreshing');
  await sleep(100);
  for (const token of [await live.token(STREAMER, 'alice'), await live.stream(STREAMER).token('bob')]) {
    assert.equal(token.freshness, 'degraded');
    assert(token.reason instanceof ThrottledError);
    assert(token.retryAfterMs > 6000 && token.retryAfterMs <= 7000);
  }
});

test('the rest of a minter', async () => {
  const source = counting();
  const live = new PlaybackMinter(key(), { source: source.fetch });
  live.prefetch(STREAMER);
  await sleep(100);
  assert.equal(source.asked.length, 1);
  const { generation } = await live.token(STREAMER, 'alice');
  assert.equal(live.invalidateIf(STREAMER, generation + 1), false);
  assert.equal(live.invalidateIf(STREAMER, generation), true);
  assert.equal(live.invalidate(STREAMER.replace(/1$/, '9')), false);
  await sleep(1000);
  await live.token(STREAMER, 'alice');
  live.rotate(new ApiKey(KEY[0], `SK${'1'.repeat(32)}`, 'another secret'));
  assert.equal(
    verify(live.tryToken(STREAMER, 'a'), new ApiKey(KEY[0], `SK${'1'.repeat(32)}`, 'another secret'))
      .identity,
    'a',
  );
  assert.throws(() => live.rotate(new ApiKey(`AC${'1'.repeat(32)}`, KEY[1], 's')), {
    code: 'ERR_GRANTMINT_INVALID_CREDENTIALS',
  });
  assert(live.drainEvents().some(({ kind }) => kind === 'rotated'));
  assert(live.cache() instanceof GrantCache);
  const sharing = new PlaybackMinter(key(), { cache: live.cache(), source: source.fetch });
  assert.notEqual(sharing.tryToken(STREAMER, 'bob'), null);
  live.keepWarm(STREAMER, 1000);
  live.purge();
  assert.equal(live.tryToken(STREAMER, 'alice'), null);
  const stream = live.stream(STREAMER);
  live.close();
  assert.throws(() => live.tryToken(STREAMER, 'alice'), { code: 'ERR_GRANTMINT_CLOSED' });
  assert.throws(() => stream.tryToken('alice'), { code: 'ERR_GRANTMINT_CLOSED' });
  assert.equal((await rejection(live.token(STREAMER, 'alice'))).code, 'ERR_GRANTMINT_CLOSED');
  const other = new PlaybackMinter(key());
  other[Symbol.dispose]();
  assert.throws(() => other.stats(), { code: 'ERR_GRANTMINT_CLOSED' });
});

test('the official player reads every token', async () => {
  const { getPlaybackGrant } = require('@twilio/live-player-sdk/es5/grant.js');
  const grant = {
    playbackUrl: 'https://cdn.example.com/å',
    playerStreamerSid: STREAMER,
    requestCredentials: null,
  };
  const live = new PlaybackMinter(key(), { source: async () => ({ grant }) });
  await live.token(STREAMER, 'alice');
  const stream = live.stream(STREAMER);
  const expected = { playbackUrl: grant.playbackUrl, requestCredentials: null, streamerSid: STREAMER };
  let read = 0;
  // All of Unicode but the surrogates, 100 characters an identity.
  for (let point = 1; point <= 0x10ffff; point += 100) {
    const points = Array.from({ length: 100 }, (_, n) => point + n);
    const characters = points
      .filter((n) => n <= 0x10ffff && (n < 0xd800 || n > 0xdfff))
      .map((n) => String.fromCodePoint(n));
    if (characters.length === 0) continue;
    const identity = characters.join('');
    const token = stream.tryToken(identity);
    assert.deepEqual(getPlaybackGrant(token), expected);
    assert.equal(verify(token, key()).identity, identity);
    read += 1;
  }
  assert(read > 11_000);
});
