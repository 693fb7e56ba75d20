// Processes that share grants: of all of them one fetches. Each test has a folder of its own, by which its processes
// share.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { GrantCache, HostFleet, PlaybackMinter } from 'grantmint';
import { SECRET, allOf, eventually, onLinux, place, sum, together } from './peers.mjs';
import { STREAMER, emulator, key } from './support.mjs';

const LIVE = 'new PlaybackMinter(key, { baseUrl, fleet: `host:${folder}` })';
const CACHE = "new GrantCache({ fleet: new HostFleet({ path: folder, secret }), namespace: 'tests' })";
const JWT = "(await live.token(VJ, 'alice')).jwt";

test('of 8 processes one fetches', onLinux, async (t) => {
  const { names } = place(t);
  const upstream = await emulator(t);
  await upstream.ask('faults', { kind: 'latency', ms: 200 });
  const peers = await together(t, 8, 'live', LIVE, { ...names, baseUrl: upstream.baseUrl });
  const started = performance.now();
  const remaining = await allOf(peers, "(await live.token(VJ, 'alice')).grantRemainingMs");
  t.diagnostic(`8 processes: all served after ${Math.round(performance.now() - started)} ms`);
  assert.equal(await upstream.calls(), 1);
  assert(Math.min(...remaining) > 50_000, String(remaining));
  const stats = await allOf(peers, 'live.stats().fleet');
  assert.equal(sum(stats, 'leases'), 1);
  assert.equal(sum(stats, 'values'), 7);
});

test('a source that shares runs in one process', onLinux, async (t) => {
  const { names, lines } = place(t);
  const code =
    "new PlaybackMinter(key, { source: slow(calls, 200), share: 'tests', fleet: `host:${folder}` })";
  const peers = await together(t, 4, 'live', code, names);
  const jwts = await allOf(peers, JWT);
  assert.equal(jwts.length, 4);
  assert.deepEqual(lines(), [STREAMER]);
});

test('the function of a cache runs in one process', onLinux, async (t) => {
  const { names, lines } = place(t);
  const peers = await together(t, 4, 'cache', CACHE, names);
  const grants = await allOf(peers, "(await cache.get('k', slow(calls, 300))).grant");
  assert.equal(new Set(grants).size, 1);
  assert.deepEqual(lines(), ['k']);
});

test('tryGet() and a ticket are served by what another process has', onLinux, async (t) => {
  const { names, lines } = place(t);
  const [one, two, three] = await together(t, 3, 'cache', CACHE, names);
  const get = "(await cache.get('k', slow(calls, 0))).grant";
  const grant = await one.ask(get);
  const hit = await two.ask(
    "(({ grant, freshness }) => ({ grant, freshness }))(cache.tryGet('k', slow(calls, 0)))",
  );
  assert.deepEqual(hit, { grant, freshness: 'fresh' });
  await three.ask("void (globalThis.begun = cache.begin('k'))");
  assert.deepEqual(await three.ask('begun.ticket.start()'), { go: false, ms: 0, served: true });
  assert.equal(await three.ask('(await begun.waiter.wait()).grant'), grant);
  await assert.rejects(three.ask('begun.ticket.start()'), { code: 'ERR_GRANTMINT_ABANDONED' });
  assert.deepEqual(lines(), ['k']);
});

test('a caller waits for another process no longer than it said', onLinux, async (t) => {
  const { names, lines } = place(t);
  const [one, other] = await together(t, 2, 'cache', CACHE, names);
  const grant = one.ask("(await cache.get('k', slow(calls, 2500))).grant");
  await eventually(() => lines().length > 0);
  const late = other.ask("cache.get('k', slow(calls, 0), { timeoutMs: 300 })");
  await assert.rejects(late, { code: 'ERR_GRANTMINT_DEADLINE_EXCEEDED' });
  assert.equal(await other.ask("(await cache.get('k', slow(calls, 0))).grant"), await grant);
  assert.deepEqual(lines(), ['k']);
});

test('another takes over when a process is killed', onLinux, async (t) => {
  const { names, lines } = place(t);
  const [one, other] = await together(t, 2, 'cache', CACHE, names);
  const lost = assert.rejects(one.ask("cache.get('k', slow(calls, 60_000))"), /it has ended/);
  await eventually(() => lines().length > 0);
  const grant = other.ask("(await cache.get('k', slow(calls, 0), { timeoutMs: 10_000 })).grant");
  await eventually(async () => (await other.ask('cache.stats().fleet.waits')) > 0);
  one.kill();
  const killed = performance.now();
  await lost;
  assert.equal(await grant, JSON.stringify({ of: other.pid }));
  t.diagnostic(`served ${Math.round(performance.now() - killed)} ms after the other was killed`);
  assert.deepEqual(lines(), ['k', 'k']);
});

test('a 429 holds all processes back', onLinux, async (t) => {
  const { names } = place(t);
  const upstream = await emulator(t);
  await upstream.ask('faults', { kind: 'throttle', retry_after: 30 });
  const peers = await together(t, 2, 'live', LIVE, { ...names, baseUrl: upstream.baseUrl });
  for (const peer of peers) {
    const refused = await peer.ask(JWT).catch((error) => error);
    assert.equal(refused.code, 'ERR_GRANTMINT_THROTTLED');
    assert(refused.retryAfterMs > 20_000 && refused.retryAfterMs < 40_000, String(refused.retryAfterMs));
    assert.equal(await upstream.calls(), 1);
  }
});

for (const drop of ['live.invalidate(VJ)', 'live.purge()']) {
  test(`what one process drops the other fetches anew: ${drop}`, onLinux, async (t) => {
    const { names } = place(t);
    const upstream = await emulator(t);
    const code =
      'new PlaybackMinter(key, { baseUrl, fleet: `host:${folder}`, grantTtl: 15, policy: { softPointMs: 14_000, jitter: 0 } })';
    const peers = await together(t, 2, 'live', code, { ...names, baseUrl: upstream.baseUrl });
    const [one, other] = peers;
    const ask = `JSON.stringify(decode(${JWT}).grants.player)`;
    const first = await one.ask(ask);
    assert.equal(await other.ask(ask), first);
    // A grant is only taken over if it lives longer than the one in hand, by a second.
    await sleep(1200);
    await one.ask(drop);
    const second = await one.ask(ask);
    assert.notEqual(second, first);
    assert.equal(await upstream.calls(), 2);
    // Its own lives on until a refresh is due.
    let now = first;
    await eventually(async () => (now = await other.ask(ask)) !== first);
    assert.equal(now, second);
    assert.equal(await upstream.calls(), 2);
  });
}

for (const [secret, calls] of [
  [SECRET, 1],
  [undefined, 2],
]) /* prettier-ignore */ {
  test(`after a rotation ${secret ? 'those with a secret share on' : 'others share no more'}`, onLinux, async (t) => {
    const { names, lines } = place(t);
    const code =
      "new PlaybackMinter(key, { source: slow(calls, 0), share: 'tests', fleet: new HostFleet({ path: folder, secret }) })";
    const peers = await together(t, 2, 'live', code, { ...names, secret: secret ?? null });
    const [one, other] = peers;
    await one.ask(JWT);
    await other.ask("live.rotate(new ApiKey(KEY[0], `SK${'1'.repeat(32)}`, 'another secret that is as long'))");
    await other.ask(JWT);
    assert.equal(lines().length, calls);
  });
}

test('a folder that cannot be had costs calls and no error', onLinux, async (t) => {
  const { names } = place(t);
  const upstream = await emulator(t);
  const fleet = new HostFleet({ path: names.calls });
  const live = new PlaybackMinter(key(), { baseUrl: upstream.baseUrl, fleet });
  for (const n of [1, 2, 3]) await live.token(`VJ${String(n).padStart(32, '0')}`, 'alice');
  assert.equal(await upstream.calls(), 3);
  const { alone, leases, errors, isBroken, trouble } = live.stats().fleet;
  assert.deepEqual([alone, leases, isBroken, typeof trouble], [3, 0, true, 'string']);
  assert(errors >= 2);
  assert(live.drainEvents().some(({ kind }) => kind === 'fleet_broken'));
});

test('statistics and events tell of the fleet', onLinux, async (t) => {
  const { names } = place(t);
  const { baseUrl } = await emulator(t);
  const single = new PlaybackMinter(key(), { baseUrl, isolated: true });
  assert.equal(single.stats().fleet, undefined);
  assert(!single.stats().toPrometheus('a').includes('grantmint_fleet'));
  const fleet = new HostFleet({ path: names.folder });
  const make = () => new PlaybackMinter(key(), { baseUrl, isolated: true, fleet });
  const [one, other] = [make(), make()];
  for (const live of [one, other]) await live.token(STREAMER, 'alice');
  const nothing = {
    waits: 0,
    pauses: 0,
    alone: 0,
    aloneFailed: 0,
    aloneNolease: 0,
    aloneLate: 0,
    aloneRejected: 0,
    rejected: 0,
    skewed: 0,
    errors: 0,
    answers: 1,
    cooldownLeftMs: 0,
    isBroken: false,
    isConnected: false,
    isUnsupported: false,
    trouble: undefined,
  };
  const counted = (live) => {
    const { answerTimeMs, callsPerSecond, ...rest } = live.stats().fleet;
    assert(answerTimeMs > 0);
    return [rest, callsPerSecond > 0];
  };
  assert.deepEqual(counted(one), [{ values: 0, leases: 1, ...nothing }, true]);
  assert.deepEqual(counted(other), [{ values: 1, leases: 0, ...nothing }, false]);
  const { generation } = await other.token(STREAMER, 'bob');
  const [{ atMs, ...event }, ...more] = other.drainEvents();
  assert(atMs > 0);
  assert.deepEqual([event, ...more], [{ kind: 'fleet_value', key: STREAMER, generation }]);
  assert(other.stats().toPrometheus('a').includes('grantmint_fleet_values_total{cache="a"} 1\n'));
});

test('a fleet shows no secret', onLinux, () => {
  const fleet = new HostFleet({ path: '/run/app', secret: Buffer.from(SECRET) });
  assert.equal(fleet.path, '/run/app');
  assert.equal(inspect(fleet), "HostFleet { path: '/run/app' }");
  assert.equal(JSON.stringify(fleet), '{}');
  assert.equal(inspect(new HostFleet()), 'HostFleet {}');
  assert.equal(new GrantCache().stats().fleet, undefined);
});
