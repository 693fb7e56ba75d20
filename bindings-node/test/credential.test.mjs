// Credentials of any service: one call for all who need one, in all workers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Credential, GrantCache, HostFleet, IceServers, ManualClock, RestSource, oauth2 } from 'grantmint';
import { SECRET, onLinux, place } from './peers.mjs';
import { rawServer } from './raw-server.mjs';
import { KEY, emulator, key, rejection } from './support.mjs';

/** A service that counts what it hands out, and a source of it. */
async function counting(t, options = {}) {
  const server = await rawServer(t, () => ({
    body: { token: `token ${server.asked.length}`, expires_in: '3600', refused: null },
  }));
  const described = { url: server.url, value: '/token', lifetime: [{ seconds: '/expires_in' }] };
  return { server, source: new RestSource({ ...described, ...options }) };
}

test('one call serves a crowd, and a generation is dropped once', async (t) => {
  const { server, source } = await counting(t);
  const credential = new Credential(source, { isolated: true });
  assert.equal(credential.tryGet(), null);
  const all = await Promise.all(Array.from({ length: 200 }, () => credential.get()));
  assert.deepEqual([new Set(all.map(({ value }) => value)).size, server.asked.length], [1, 1]);
  const [{ value, freshness, generation, reason, retryAfterMs }] = all;
  assert.deepEqual([value, freshness, reason, retryAfterMs], ['token 1', 'fresh', undefined, undefined]);
  assert.equal(credential.tryGet(null, { minRemainingMs: 1000 }).value, 'token 1');
  assert.deepEqual([1, 2].map(() => credential.invalidateIf(undefined, generation)), [true, false]); // prettier-ignore
  assert.equal((await credential.get(null, { timeoutMs: 5000 })).value, 'token 2');
  assert(credential.invalidate());
  credential.prefetch();
  credential.keepWarm(null, 1000);
  assert.equal((await credential.get()).value, 'token 3');
  credential.keepWarm(null, 0);
  const stats = credential.stats();
  assert.equal(stats.fetches, 3);
  credential.purge();
  assert.equal(credential.tryGet(), null);
  assert(stats.toPrometheus('tokens').includes('grantmint_'));
  assert(credential.drainEvents().some(({ kind }) => kind === 'fetch_succeeded'));
  assert(credential.cache() instanceof GrantCache);
});

test('a key has a credential of its own', async (t) => {
  const { server, source } = await counting(t, { per: 'key', form: { user: '{key}' } });
  const credential = new Credential(source, { isolated: true, use: 'session' });
  const [alice, bob, again] = await Promise.all(
    ['alice', 'bob', 'alice'].map((user) => credential.get(user)),
  );
  assert.notEqual(alice.value, bob.value);
  assert.equal(alice.value, again.value);
  assert.equal(server.asked.length, 2);
  assert.equal((await rejection(credential.get())).argument, 'key');
});

test('what is used once is never shared', async (t) => {
  const { server, source } = await counting(t, { per: 'call' });
  const credential = new Credential(source);
  const all = await Promise.all([1, 2, 3].map(() => credential.get()));
  assert.deepEqual([new Set(all.map(({ value }) => value)).size, server.asked.length], [3, 3]);
  assert.throws(() => credential.tryGet(), { code: 'ERR_GRANTMINT_UNSUPPORTED' });
  assert.throws(() => new Credential(source, { share: 'tests' }), { argument: 'share' });
});

test('JSON comes as it is, and a text of it as a text', async (t) => {
  const body = { list: ['a', 1], number: 7, text: '{"a":1}' };
  const server = await rawServer(t, () => ({ body }));
  const lifetime = [{ constant: 60 }];
  for (const [value, expected] of [
    ['', body],
    ['/list', body.list],
    ['/number', 7],
    ['/text', body.text],
  ]) {
    const credential = new Credential(new RestSource({ url: server.url, value, lifetime }));
    const issued = await credential.get();
    assert.deepEqual(issued.value, expected);
    assert.notEqual(issued.value, Object);
    assert(
      !inspect(issued, { showHidden: true }).includes('"a"') && !JSON.stringify(issued).includes('list'),
    );
  }
});

test('an abort ends one call, and the fetch goes on', async (t) => {
  const { source, server } = await counting(t);
  const credential = new Credential(source, { isolated: true });
  const controller = new AbortController();
  const aborted = rejection(credential.get(null, { signal: controller.signal }));
  const other = credential.get();
  const reason = new Error('gone');
  controller.abort(reason);
  assert.equal(await aborted, reason);
  assert.equal((await other).value, 'token 1');
  assert.equal(await rejection(credential.get(null, { signal: controller.signal })), reason);
  assert.equal(server.asked.length, 1);
});

test('workers and credentials of the same description share a cache', async (t) => {
  const { baseUrl, calls } = await emulator(t);
  const url = `${baseUrl}/oauth2/token`;
  const make = () => new Credential(oauth2(url, KEY[1], KEY[2]));
  const { value } = await make().get();
  const code = `
    const { parentPort, workerData: { url, id, secret } } = require('node:worker_threads');
    const { Credential, oauth2 } = require('grantmint');
    new Credential(oauth2(url, id, secret)).get().then(({ value }) => parentPort.postMessage(value));`;
  const worker = new Worker(code, { eval: true, workerData: { url, id: KEY[1], secret: KEY[2] } });
  const said = await new Promise((resolve, reject) => worker.on('message', resolve).on('error', reject));
  assert.equal(said, value);
  assert.equal((await make().get()).value, value);
  assert.equal(await calls(), 1);
});

test('a fleet needs no name for what a source fetches', onLinux, async (t) => {
  const { server, source } = await counting(t);
  const { names } = place(t);
  const fleet = new HostFleet({ path: names.folder, secret: SECRET });
  const make = () => new Credential(source, { isolated: true, fleet });
  const [one, other] = [make(), make()];
  assert.equal((await one.get()).value, (await other.get()).value);
  assert.equal(server.asked.length, 1);
  assert.deepEqual([one, other].map((each) => each.stats().fleet.values), [0, 1]); // prettier-ignore
});

test('a clock moves a credential to its end', async (t) => {
  const { source } = await counting(t);
  const clock = new ManualClock(1_700_000_000);
  const credential = new Credential(source, { clock, policy: { jitter: 0 } });
  assert.equal((await credential.get()).value, 'token 1');
  clock.advance(3601);
  assert.equal(credential.tryGet(), null);
  assert.equal((await credential.get()).value, 'token 2');
});

test('faults of a service are errors with a class and a code', async (t) => {
  const { baseUrl, ask } = await emulator(t);
  const make = () => new Credential(oauth2(`${baseUrl}/oauth2/token`, KEY[1], KEY[2]), { isolated: true });
  await ask('faults', { kind: 'throttle', retry_after: 7 });
  const throttled = await rejection(make().get());
  assert.deepEqual([throttled.name, throttled.code], ['ThrottledError', 'ERR_GRANTMINT_THROTTLED']);
  assert(throttled.retryAfterMs > 6000, String(throttled.retryAfterMs));
  const closed = make();
  closed.close();
  closed[Symbol.dispose ?? Symbol.for('Symbol.dispose')]();
  assert.equal((await rejection(closed.get())).code, 'ERR_GRANTMINT_CLOSED');
});

test('ICE servers of Twilio and Cloudflare: one for all who name nobody, and one for each user', async (t) => {
  const { baseUrl, calls } = await emulator(t);
  const turnKey = `${'0'.repeat(31)}1`;
  const makers = [
    () => IceServers.twilio(key(), { baseUrl }),
    () => IceServers.twilioAccount(KEY[0], '0'.repeat(32), { baseUrl, isolated: true }),
    () => IceServers.cloudflare(turnKey, 'not-a-secret-emulator-turn-token', { baseUrl, ttl: 3600 }),
  ];
  for (const [round, make] of makers.entries()) {
    const servers = make();
    const all = await Promise.all(Array.from({ length: 50 }, () => servers.get()));
    assert.equal(new Set(all.map((one) => JSON.stringify(one))).size <= 2, true); // `expiresIn` may differ.
    const [alice, bob] = await Promise.all(['alice', 'bob'].map((user) => servers.get(user)));
    assert.notDeepEqual(alice.iceServers, bob.iceServers);
    assert.equal(await calls(), 3 * (round + 1));
    const relay = alice.iceServers.find(({ username }) => username !== undefined);
    assert.deepEqual(Object.keys(relay).sort(), ['credential', 'urls', 'username']);
    assert.deepEqual(JSON.parse(JSON.stringify(alice)), {
      iceServers: alice.iceServers,
      expiresIn: alice.expiresIn,
    });
    assert(alice.expiresIn > 3000 && alice.expiresIn * 1000 <= alice.remainingMs);
    assert(!inspect(alice, { showHidden: true, depth: 9 }).includes(relay.credential));
    assert.deepEqual(servers.tryGet('alice').iceServers, alice.iceServers);
    assert.equal(servers.invalidateIf('alice', alice.generation), true);
    servers.keepWarm('bob', 0);
    assert.equal(servers.stats().fetches, 3);
    assert(servers.drainEvents().length > 0);
    servers.close();
    assert.equal((await rejection(servers.get())).code, 'ERR_GRANTMINT_CLOSED');
  }
  const wrong = await rejection(IceServers.cloudflare(turnKey, 'hush', { baseUrl }).get());
  assert.equal(wrong.code, 'ERR_GRANTMINT_UPSTREAM_UNAUTHORIZED');
  assert(!wrong.message.includes('hush'));
});

test('ICE servers of a coturn server are signed here, and those of any source are made what browsers take', async (t) => {
  const clock = new ManualClock(1_796_000_523);
  const urls = ['turn:turn.example:3478?transport=udp', 'turns:turn.example:5349'];
  const servers = IceServers.coturn('north', urls, { ttl: 3600, clock });
  // By `printf 1796004123 | openssl dgst -sha1 -hmac north -binary | base64`.
  const shared = { urls, username: '1796004123', credential: '2pwGLg7byd9CPNDck+Q9DqWyQz8=' };
  assert.deepEqual((await servers.get()).toJSON(), { iceServers: [shared], expiresIn: 3600 });
  assert.equal(servers.tryGet('alice@å').iceServers[0].username, '1796004123:alice@å');
  assert.deepEqual(
    [servers.stats(), servers.drainEvents(), servers.invalidateIf(null, 0)],
    [null, [], false],
  );

  const answer = { username: 'u', password: 'p', uris: ['turn:a:3478', 'turn:a:53'], ttl: 600 };
  const raw = await rawServer(t, () => ({ body: answer }));
  const matrix = IceServers.rest(new RestSource({ url: raw.url, lifetime: [{ seconds: '/ttl' }] }));
  const { iceServers } = await matrix.get();
  assert.deepEqual(iceServers, [{ urls: ['turn:a:3478'], username: 'u', credential: 'p' }]);
  assert.equal((await rejection(matrix.get('alice'))).argument, 'identity');
});
