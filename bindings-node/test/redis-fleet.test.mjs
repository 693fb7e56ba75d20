// Processes that share grants through a server of Redis, as those of several machines do.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { GrantCache, HostFleet, PlaybackMinter, RedisFleet } from 'grantmint';
import { SECRET, allOf, eventually, onLinux, place, together } from './peers.mjs';
import { Redis, hasRedis } from './redis-server.mjs';
import { STREAMER, emulator, key } from './support.mjs';

/** A minter of a process that shares with others through the server alone, as on another machine. */
const LIVE =
  "new PlaybackMinter(key, { baseUrl, fleet: new RedisFleet(redis, { host: false, prefix: 'tests' }) })";
const TOKEN = "JSON.stringify(decode((await live.token(VJ, 'alice')).jwt).grants.player)";

const withRedis = { ...onLinux, skip: onLinux.skip || !hasRedis };

test('two machines share one call', withRedis, async (t) => {
  const [redis, upstream] = [await Redis.start(t), await emulator(t)];
  await upstream.ask('faults', { kind: 'latency', ms: 100 });
  const peers = await together(t, 2, 'live', LIVE, { redis: redis.url, baseUrl: upstream.baseUrl });
  const [one, other] = await allOf(peers, TOKEN);
  assert.equal(one, other);
  assert.equal(await upstream.calls(), 1);
  const stats = await allOf(peers, 'live.stats().fleet');
  assert.deepEqual(stats.map(({ leases, values }) => leases * 10 + values).sort(), [1, 10]);
  assert.deepEqual(stats.map(({ errors, isBroken }) => [errors, isBroken]), [[0, false], [0, false]]); // prettier-ignore
});

test('a text names a server, and a folder stands in front', withRedis, async (t) => {
  const [redis, upstream] = [await Redis.start(t), await emulator(t)];
  const { names } = place(t);
  for (const fleet of [redis.url, new RedisFleet(redis.url, { host: names.folder, timeoutMs: 500 })]) {
    for (let n = 0; n < 2; n += 1) {
      const live = new PlaybackMinter(key(), { baseUrl: upstream.baseUrl, isolated: true, fleet });
      assert.equal((await live.token(STREAMER, 'alice')).freshness, 'fresh');
    }
  }
  // The folder of the second is another, the server the same.
  assert.equal(await upstream.calls(), 1);
});

test('a cache shares what its function fetches', withRedis, async (t) => {
  const redis = await Redis.start(t);
  const fleet = new RedisFleet(redis.url, { host: false, secret: SECRET });
  const grants = [];
  for (const namespace of ['a', 'b', 'a']) {
    const cache = new GrantCache({ fleet, namespace });
    const hit = await cache.get('k', async () => ({ grant: String(grants.length) }));
    grants.push(hit.grant);
  }
  assert.deepEqual(grants, ['0', '1', '0']);
});

test('without its server a process serves on', withRedis, async (t) => {
  const [redis, upstream] = [await Redis.start(t), await emulator(t)];
  const fleet = new RedisFleet(redis.url, { host: false, timeoutMs: 50 });
  const live = new PlaybackMinter(key(), { baseUrl: upstream.baseUrl, isolated: true, fleet });
  await live.token(STREAMER, 'alice');
  await redis.kill();
  for (let n = 0; n < 200; n += 1) {
    assert.equal((await live.token(STREAMER, `user ${n}`)).freshness, 'fresh');
  }
  // A stream that is not warm yet is fetched without the server.
  await live.token(`VJ${'4'.repeat(32)}`, 'alice');
  assert.equal(await upstream.calls(), 2);
  const { isBroken, alone, trouble } = live.stats().fleet;
  assert.deepEqual([isBroken, alone], [true, 1]);
  assert.match(trouble, /^redis at 127\.0\.0\.1/);
  assert(!trouble.includes('rd@'), trouble);
});

/** What each worker of the next test does: short grants, so that there are many refreshes. */
const SHORT = `new PlaybackMinter(key, {
  baseUrl, fleet: new RedisFleet(redis, { host: false }), grantTtl: 15, policy: { softPointMs: 13_000, waitBelowMs: 5000 },
})`;
/** Asks without end, and counts what fails. */
const LOAD = `(() => {
  globalThis.load = { asked: 0, failed: [] };
  const ask = async () => {
    try {
      await live.token(VJ, 'viewer-' + load.asked++);
    } catch (error) {
      load.failed.push(String(error));
    }
    setTimeout(ask, 2);
  };
  void ask();
})()`;

test('a cluster of 4 under load loses no request with its server', withRedis, async (t) => {
  const [redis, upstream] = [await Redis.start(t), await emulator(t)];
  const peers = await together(t, 4, 'live', SHORT, { redis: redis.url, baseUrl: upstream.baseUrl });
  await allOf(peers, `live.token(VJ, 'alice').then(() => true)`);
  await allOf(peers, LOAD);
  const calls = [await upstream.calls()];
  const spent = async (ms) => {
    await sleep(ms);
    calls.push(await upstream.calls());
  };
  await spent(5000);
  await redis.kill();
  const areBroken = async () => (await allOf(peers, 'live.stats().fleet.isBroken')).includes(true);
  await eventually(areBroken);
  await spent(5000);
  await redis.come();
  // It is asked again within 15 s, whenever a refresh is due.
  await eventually(async () => !(await areBroken()));
  calls.push(await upstream.calls());
  await spent(5000);
  const loads = await allOf(peers, 'load');
  const asked = loads.reduce((all, load) => all + load.asked, 0);
  const [before, during, back, after] = calls.slice(1).map((count, index) => count - calls[index]);
  t.diagnostic(
    `${asked} requests of 4 processes; calls upstream: ${before} in 5 s before, ${during} from its loss on, ` +
      `${back} until it was found again, ${after} in 5 s after`,
  );
  assert.deepEqual(loads.flatMap(({ failed }) => failed), []); // prettier-ignore
  // Together they refresh once where each by itself would: about every two seconds.
  assert(before <= 8 && after <= 8, String(calls));
});

test('a password and a secret are in no text', onLinux, () => {
  const urls = [
    'rediss://alice:hush@redis.example',
    'rediss://:hu@sh@redis.example',
    'rediss://:hush%25%@redis.example',
    'redis+unix://:hush@/run/redis.sock',
  ];
  for (const url of urls) {
    const fleet = new RedisFleet(url, { secret: SECRET });
    const live = new PlaybackMinter(key(), { baseUrl: 'https://x.example', fleet });
    for (const shown of [
      inspect(fleet, { showHidden: true, depth: 9 }),
      JSON.stringify(fleet),
      fleet.url,
      inspect(live),
    ]) {
      for (const secret of ['hush', 'sh@', 'alice', SECRET]) assert(!shown.includes(secret), shown);
    }
    assert(fleet.url.includes('://...@'), fleet.url);
  }
  const plain = new RedisFleet('rediss://Redis.Example:7000/0');
  assert.equal(plain.url, 'rediss://redis.example:7000');
  assert.equal(inspect(plain), "RedisFleet { url: 'rediss://redis.example:7000' }");
  assert.equal(new RedisFleet('redis://10.0.0.1', { insecure: true }).url, 'redis://10.0.0.1');
  assert(!(plain instanceof HostFleet));
});

test('another URL is refused without a word of it', onLinux, () => {
  const urls = [
    'hush',
    'http://hush',
    'valkey://hush',
    'redis://hush:65536',
    'redis://hush:x',
    'redis://h#hush',
    'redis://h?hush',
    'redis://h/1hush',
    'redis://hush.example',
    `rediss://${'hush'.repeat(600)}`,
  ];
  for (const url of urls) {
    const ways = {
      url: () => new RedisFleet(url),
      fleet: () => new PlaybackMinter(key(), { baseUrl: 'https://x.example', fleet: url }),
    };
    for (const [argument, way] of Object.entries(ways)) {
      assert.throws(way, (error) => {
        assert.equal(error.argument, argument);
        assert(
          ['ERR_GRANTMINT_INVALID_URL', 'ERR_GRANTMINT_INVALID_ARGUMENT'].includes(error.code),
          error.code,
        );
        return !error.message.includes('hush');
      });
    }
  }
});
