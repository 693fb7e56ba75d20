// Sources that users write.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  GrantmintError,
  InvalidArgumentError,
  PlaybackMinter,
  ThrottledError,
  UpstreamError,
} from 'grantmint';
import { STREAMER, counting, key, rejection } from './support.mjs';

test('a source is told what is wanted', async () => {
  const source = counting();
  const live = new PlaybackMinter(key(), {
    source: source.fetch,
    grantTtl: 30,
    allowOrigin: 'https://WWW.example.com',
  });
  await live.token(STREAMER, 'alice');
  const [{ streamer, ttl, origin, signal }] = source.asked;
  assert.deepEqual([streamer, ttl, origin], [STREAMER, 30, 'https://www.example.com']);
  assert(signal instanceof AbortSignal && !signal.aborted);
  const anywhere = counting();
  await new PlaybackMinter(key(), { source: anywhere.fetch }).token(STREAMER, 'alice');
  assert.equal(anywhere.asked[0].origin, undefined);
});

test('what a source returns', async () => {
  const text = '{ "playbackUrl" : "x", "n":1.50 }';
  const good = [
    { grant: { a: 1 } },
    { grant: text },
    { grant: Buffer.from(text) },
    { grant: {}, ttl: 30 },
    { grant: {}, ttl: null },
  ];
  for (const answer of good) {
    const token = await new PlaybackMinter(key(), { source: () => answer }).token(STREAMER, 'alice');
    assert(token.grantRemainingMs > (answer.ttl ?? 60) * 1000 - 3000);
  }
});

/** What a call is rejected with whose source gives an answer. */
const refused = (answer) =>
  rejection(new PlaybackMinter(key(), { source: async () => answer }).token(STREAMER, 'alice'));

test('what is no answer of a source: the cause for one', async () => {
  const bad = [
    [undefined, TypeError],
    [null, TypeError],
    [7, TypeError],
    ['grant', TypeError],
    [{}, InvalidArgumentError],
    [{ grant: 1n }, InvalidArgumentError],
    [{ grant: '\ud800' }, InvalidArgumentError],
    [{ grant: {}, ttl: '60' }, InvalidArgumentError],
    [{ grant: {}, ttl: -1 }, InvalidArgumentError],
    [{ grant: {}, ttl: NaN }, InvalidArgumentError],
  ];
  for (const [answer, Cause] of bad) {
    const error = await refused(answer);
    assert(error instanceof UpstreamError, inspect(answer));
    assert.equal(error.code, 'ERR_GRANTMINT_SOURCE_FAILED');
    assert.equal(error.cause.constructor, Cause, inspect(answer));
    assert.match(error.message, /^the source of grants must return \{ grant: …, ttl: 60 \}[:,] /);
  }
});

test('what is no grant fails as that of upstream does', async () => {
  const bad = [
    [null, 'NO_GRANT'],
    [[], 'NO_GRANT'],
    ['"{}"', 'NO_GRANT'],
    [true, 'NO_GRANT'],
    ['text', 'NOT_JSON'],
    [new Uint8Array([0x7b]), 'NOT_JSON'],
    [{ a: 'x'.repeat(70_000) }, 'TOO_LARGE'],
  ];
  for (const [grant, what] of bad) {
    const error = await refused({ grant });
    assert(error instanceof UpstreamError);
    assert.equal(error.code, `ERR_GRANTMINT_UPSTREAM_${what}`, inspect(grant));
    assert.equal(error.cause, undefined);
  }
});

test('a throw and a rejection: the cause for one, the class for all', async () => {
  const boom = new RangeError('with a secret');
  const sources = {
    throws: () => {
      throw boom;
    },
    rejects: async () => {
      await sleep(20);
      throw boom;
    },
  };
  for (const source of Object.values(sources)) {
    const live = new PlaybackMinter(key(), { source });
    const errors = await Promise.all(
      Array.from({ length: 10 }, (_, n) => rejection(live.token(STREAMER, `viewer-${n}`))),
    );
    assert(errors.every(({ code }) => code === 'ERR_GRANTMINT_SOURCE_FAILED'));
    assert.equal(errors.filter(({ cause }) => cause === boom).length, 1);
    assert.equal(errors[0].cause, boom);
    assert(errors.every(({ message }) => message.includes('RangeError') && !message.includes('secret')));
    assert.equal(new Set(errors).size, 10);
    const later = await rejection(live.token(STREAMER, 'late'));
    assert.deepEqual(
      [later.cause, later.code, later.retryAfterMs > 0],
      [undefined, 'ERR_GRANTMINT_SOURCE_FAILED', true],
    );
  }
});

test('a cause is of the fetch that ended the call, and no other', async () => {
  const [one, other] = ['one', 'other'].map((name) => new RangeError(name));
  const open = {};
  open.promise = new Promise((_, reject) => Object.assign(open, { reject }));
  const share = 'causes';
  const slow = new PlaybackMinter(key(), { share, source: () => open.promise });
  const quick = new PlaybackMinter(key(), { share, source: () => Promise.reject(one) });
  const led = rejection(slow.token(STREAMER, 'led'));
  const waited = rejection(quick.token(STREAMER, 'waited'));
  await sleep(50); // Until the fetch of `slow` is under way.
  quick.invalidate(STREAMER);
  const { code, cause } = await rejection(quick.token(STREAMER, 'next'));
  assert.deepEqual([code, cause], ['ERR_GRANTMINT_SOURCE_FAILED', one]);
  open.reject(other);
  assert.equal((await led).cause, other);
  assert.deepEqual([(await waited).code, (await waited).cause], [code, undefined]);
});

test('what a source threw is not kept for calls that came later, however many follow each other', async () => {
  const fetches = [];
  const source = () => new Promise((_, reject) => fetches.push(reject));
  const live = new PlaybackMinter(key(), { source });
  const thrown = [];
  let leave = () => {};
  // There is always a call that waits, and each fetch fails when its own call has left.
  for (let n = 0; n < 12; n += 1) {
    const controller = new AbortController();
    const call = rejection(live.token(STREAMER, 'alice', { signal: controller.signal }));
    while (fetches.length <= n) await sleep(1);
    await leave();
    live.invalidate(STREAMER);
    leave = async () => {
      controller.abort();
      await call;
      const error = new RangeError('late');
      thrown.push(new WeakRef(error));
      fetches[n](error);
      fetches[n] = undefined; // It refers to its promise, which refers to the error.
    };
  }
  await sleep(10);
  globalThis.gc();
  const kept = thrown.filter((ref) => ref.deref()).length;
  assert.equal(thrown.length, 11);
  assert(kept <= 2, `${kept} of 11`);
  await leave();
});

test('odd things are thrown', async () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const reads = {
    get code() {
      throw new Error('a second one');
    },
  };
  const odd = [proxy, reads, 'text', 7, null, undefined, {}, Object.create(null), new Proxy({}, {})];
  for (const thrown of odd) {
    const live = new PlaybackMinter(key(), { source: () => Promise.reject(thrown) });
    const error = await rejection(live.token(STREAMER, 'alice'));
    assert.equal(error.code, 'ERR_GRANTMINT_SOURCE_FAILED');
    assert.equal(error.cause, thrown);
  }
});

test('a ThrottledError arms the cool-down for the whole account', async () => {
  const throttled = new PlaybackMinter(key(), {
    share: 'cool-down',
    source: async () => {
      throw new ThrottledError('enough', { retryAfterMs: 3000 });
    },
  });
  const error = await rejection(throttled.token(STREAMER, 'alice'));
  assert(error instanceof ThrottledError);
  assert(error.retryAfterMs > 2900 && error.retryAfterMs <= 4000, String(error.retryAfterMs));
  const source = counting();
  const other = new PlaybackMinter(key(), { source: source.fetch });
  assert((await rejection(other.token(STREAMER.replace(/1$/, '2'), 'bob'))) instanceof ThrottledError);
  assert.equal(source.asked.length, 0);
  assert(other.stats().cooldownLeftMs > 2000);
});

test('the signal ends with the time of the fetch', async () => {
  let aborted;
  const source = (_, { signal }) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => {
        aborted = signal.reason;
        reject(signal.reason);
      });
    });
  const options = {
    policy: { fetchTimeoutMs: 200 },
    timeoutMs: 3000,
    isolated: true,
    baseUrl: 'https://signal.example.com',
    source,
  };
  const error = await rejection(new PlaybackMinter(key(), options).token(STREAMER, 'alice'));
  assert.equal(aborted?.name, 'TimeoutError');
  assert(error instanceof GrantmintError);
});

test('a source that never ends is told to all waiters', async () => {
  const options = {
    policy: { fetchTimeoutMs: 100 },
    baseUrl: 'https://never.example.com',
    source: () => new Promise(() => {}),
  };
  const error = await rejection(
    new PlaybackMinter(key(), options).token(STREAMER, 'alice', { timeoutMs: 4000 }),
  );
  assert.equal(error.code, 'ERR_GRANTMINT_UPSTREAM_TIMEOUT');
});

test('a source may ask the minter that it belongs to', async () => {
  const other = STREAMER.replace(/1$/, '2');
  const options = {
    baseUrl: 'https://nested.example.com',
    source: async (streamer) => {
      if (streamer === STREAMER) await live.token(other, 'inner');
      return { grant: {} };
    },
  };
  const live = new PlaybackMinter(key(), options);
  assert.equal((await live.token(STREAMER, 'outer')).freshness, 'fresh');
});

test('each minter that shares a cache fetches with its own source', async () => {
  const [a, b] = [counting(20), counting(20)];
  const baseUrl = 'https://shared.example.com';
  const first = new PlaybackMinter(key(), { share: 'both', source: a.fetch, baseUrl });
  const second = new PlaybackMinter(key(), { share: 'both', source: b.fetch, baseUrl });
  await Promise.all([first.token(STREAMER, 'alice'), second.token(STREAMER, 'bob')]);
  assert.deepEqual([a.asked.length, b.asked.length], [1, 0]);
});

test(
  'a minter that refers to itself by its source is collected',
  { skip: !globalThis.gc && 'needs --expose-gc' },
  async () => {
    const refs = [];
    for (let n = 0; n < 20; n += 1) {
      const holder = {};
      holder.minter = new PlaybackMinter(key(), {
        source: async () => ({ grant: { holder: typeof holder } }),
        isolated: true,
      });
      refs.push(new WeakRef(holder.minter));
    }
    await sleep(10);
    globalThis.gc();
    await sleep(10);
    globalThis.gc();
    assert(refs.filter((ref) => ref.deref()).length <= 1);
  },
);
