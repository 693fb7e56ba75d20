// The asynchronous contexts in which sources run, and what is left of a request after its calls.

import assert from 'node:assert/strict';
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { GrantCache, ManualClock, PlaybackMinter } from 'grantmint';
import { KEY, STREAMER, key, run } from './support.mjs';

const request = new AsyncLocalStorage();
const stream = (n) => `VJ${String(n).padStart(32, '0')}`;
const cwd = import.meta.dirname;

/** A source that writes down in which request it begins and ends. */
function watched() {
  const seen = [];
  const fetch = async (streamer) => {
    seen.push([streamer, request.getStore()]);
    await sleep(2);
    seen.push([streamer, request.getStore()]);
    return { grant: {} };
  };
  return { seen, fetch };
}

test('a cold source runs in the context of a caller that waits for it', async () => {
  const { seen, fetch } = watched();
  const live = request.run(
    'the minter',
    () => new PlaybackMinter(key(), { source: fetch, baseUrl: 'https://cold.example.com' }),
  );
  // Ten requests for each of twenty streams, all at the same time, through the minter and its streams.
  const calls = Array.from({ length: 200 }, (_, n) => {
    const streamer = stream(n % 20);
    return request.run(streamer, async () => {
      const token =
        n < 100 ? live.token(streamer, `viewer-${n}`) : live.stream(streamer).token(`viewer-${n}`);
      await token;
      assert.equal(request.getStore(), streamer);
    });
  });
  await Promise.all(calls);
  assert.equal(seen.length, 40);
  for (const [streamer, store] of seen) assert.equal(store, streamer);
});

test('one that a caller left behind, and one that nobody waits for, run in the context of the minter', async () => {
  const { seen, fetch } = watched();
  const clock = new ManualClock(1_700_000_000);
  const live = request.run('the minter', () => new PlaybackMinter(key(), { source: fetch, clock }));
  await request.run('prefetch', async () => {
    live.prefetch(stream(1));
    await sleep(30);
  });
  clock.advance(35);
  await request.run('refresh', async () => {
    assert.equal((await live.token(stream(1), 'alice')).freshness, 'refreshing');
    await sleep(30);
  });
  await request.run('warm', async () => {
    live.keepWarm(stream(2), 60_000);
    await sleep(30);
  });
  assert.deepEqual(
    seen.map(([, store]) => store),
    Array(6).fill('the minter'),
  );
});

test('the functions of GrantCache.get: the caller that waits, else where the cache was made', async () => {
  const { seen, fetch } = watched();
  const clock = new ManualClock(1_700_000_000);
  const cache = request.run('the cache', () => new GrantCache({ clock }));
  await request.run('cold', () => cache.get('key', fetch));
  clock.advance(35);
  await request.run('refresh', async () => {
    assert.equal((await cache.get('key', fetch)).freshness, 'refreshing');
    await sleep(30);
  });
  clock.advance(35);
  await request.run('try', async () => {
    assert.equal(cache.tryGet('key', fetch).freshness, 'refreshing');
    await sleep(30);
  });
  const stores = seen.map(([, store]) => store);
  assert.deepEqual(stores, ['cold', 'cold', ...Array(4).fill('the cache')]);
});

test('a refresh that a caller of GrantCache.get waits for runs in the context of that caller', async () => {
  const { seen, fetch } = watched();
  const clock = new ManualClock(1_700_000_000);
  const cache = request.run('the cache', () => new GrantCache({ clock }));
  const { generation } = await request.run('cold', () => cache.get('key', fetch));
  clock.advance(40);
  // The grant is good for others, and for this one too old.
  const got = request.run('picky', () => cache.get('key', fetch, { minRemainingMs: 25_000 }));
  assert.equal(cache.tryGet('key').generation, generation);
  assert.notEqual((await got).generation, generation);
  assert.deepEqual(
    seen.map(([, store]) => store),
    ['cold', 'cold', 'picky', 'picky'],
  );
});

test('a function of GrantCache.get that takes over runs in the context of its own caller', async () => {
  const seen = [];
  const fetch = async () => {
    seen.push(request.getStore());
    return { grant: 'x' };
  };
  const cache = new GrantCache();
  const { ticket, waiter } = cache.begin('key');
  const got = request.run('second', () => cache.get('key', fetch));
  await sleep(5);
  request.run('somebody else', () => ticket.abandon());
  assert.equal((await got).grant, 'x');
  assert.deepEqual(seen, ['second']);
  waiter.close();
});

test('a hit makes no resource, and a call that waits makes one', async () => {
  const { fetch } = watched();
  const live = new PlaybackMinter(key(), { source: fetch });
  const cache = new GrantCache();
  let made = 0;
  const hook = createHook({ init: (_, type) => (made += type === 'GRANTMINT') }).enable();
  try {
    await live.token(STREAMER, 'alice');
    await cache.get('key', fetch);
    assert.equal(made, 2);
    for (let n = 0; n < 100; n += 1) {
      await live.token(STREAMER, 'alice');
      live.tryToken(STREAMER, 'alice');
      await cache.get('key', fetch);
      cache.tryGet('key', fetch);
    }
    assert.equal(made, 2);
  } finally {
    hook.disable();
  }
});

const prologue = `
  import { AsyncLocalStorage, createHook } from 'node:async_hooks';
  import { setTimeout as sleep } from 'node:timers/promises';
  import { ApiKey, GrantCache, PlaybackMinter } from 'grantmint';
  const key = new ApiKey(...${JSON.stringify(KEY)});
`;
const script = (body) =>
  run(['--expose-gc', '--input-type=module', '--eval', prologue + body], { cwd, timeout: 20_000 });

test('nothing keeps a request alive whose calls have ended, the first one included', async () => {
  const { stdout, stderr } = await script(`
    const request = new AsyncLocalStorage();
    const kinds = {
      // The first: it is in this call that the library starts up.
      get: (cache, n) => cache.get('key-' + n, async (_, { signal }) => {
        await sleep(1);
        return { grant: signal.aborted ? 'late' : 'x' };
      }),
      waiter: async (cache, n) => {
        // Another caller goes on waiting, so that there is always one.
        const { waiter } = cache.begin('held');
        if (n === 0) waiter.wait().catch(() => {});
        const own = cache.begin('waiter-' + n);
        setTimeout(() => own.ticket.complete('x'), 1);
        await own.waiter.wait();
      },
      token: (_, n, live) => live.token('VJ' + String(n).padStart(32, '0'), 'alice'),
      aborted: async (_, n, live) => {
        const controller = new AbortController();
        const call = live.token('VJ1' + String(n).padStart(31, '0'), 'alice', { signal: controller.signal });
        controller.abort('gone');
        await call.catch(() => {});
      },
      prefetch: (_, n, live) => live.prefetch('VJ2' + String(n).padStart(31, '0')),
    };
    const inRequest = (store, stores, ...call) => {
      stores.push(new WeakRef(store));
      return request.run(store, ...call);
    };
    const cache = new GrantCache();
    const source = async () => { await sleep(1); return { grant: {} }; };
    let live;
    for (const [name, call] of Object.entries(kinds)) {
      if (name === 'token') live = new PlaybackMinter(key, { source });
      const stores = [];
      for (let n = 0; n < 5; n += 1) await inRequest({ n }, stores, call, cache, n, live);
      await sleep(50);
      for (let n = 0; n < 5; n += 1) {
        globalThis.gc();
        await sleep(5);
      }
      console.log(name, stores.filter((store) => store.deref()).length);
    }
    process.exit(0);
  `);
  const expected = ['get 0', 'waiter 0', 'token 0', 'aborted 0', 'prefetch 0'];
  assert.deepEqual(stdout.trim().split('\n'), expected, stderr);
});

test('after the last call no resource of the library is referenced', async () => {
  const { stdout, stderr } = await script(`
    const alive = new Map();
    const isReferenced = (resource) => ('hasRef' in resource ? resource.hasRef() : true);
    createHook({
      init: (id, type, _, resource) => {
        if (/grantmint|napi/i.test(type)) alive.set(id, new WeakRef(resource));
      },
      destroy: (id) => alive.delete(id),
    }).enable();
    const referenced = () => [...alive.values()].filter((ref) => ref.deref() && isReferenced(ref.deref())).length;
    const live = new PlaybackMinter(key, { source: async () => ({ grant: {} }) });
    const call = live.token('${STREAMER}', 'alice');
    console.log(alive.size > 0, referenced());
    await call;
    await new GrantCache().get('key', async () => ({ grant: 'x' }));
    live.close();
    console.log(alive.size > 0, referenced());
  `);
  assert.equal(stdout, 'true 1\ntrue 0\n', stderr);
});
