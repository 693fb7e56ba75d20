// The example servers: a crowd, refusals, clients who leave, the end; and what they print. The README's
// TypeScript.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlaybackMinter, verify } from 'grantmint';
import { KEY, emulator, key } from './support.mjs';

const require = createRequire(import.meta.url);
const [TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET] = KEY;
const streamer = (number) => `VJ${String(number).padStart(32, '0')}`;

for (const name of ['express', 'fastify', 'pool']) {
  test(`${name}: 900 viewers of 3 streams, 3 calls upstream, and the player takes every token`, async (t) => {
    const upstream = await emulator(t);
    await upstream.ask('faults', { kind: 'latency', ms: 200 });
    const server = await serve(t, name, upstream);
    const viewers = Array.from({ length: 900 }, (_, n) => ({ number: n % 3, identity: `viewer-${n}` }));
    const tokens = new Set();
    await eachOf(viewers, async ({ number, identity }) => {
      const { status, body, cacheControl } = await server.ask(
        `live/${streamer(number)}/token?identity=${identity}`,
      );
      assert.deepEqual([status, cacheControl], [200, 'no-store']);
      assert.equal(verify(body.token, key()).identity, identity);
      tokens.add(body.token);
    });
    assert.equal(tokens.size, viewers.length);
    assert.equal(await upstream.calls(), 3);
    await eachOf([...tokens], async (token) => {
      assert.equal((await upstream.ask('play', { token })).admitted, true);
    });
    const { body } = await server.ask('rooms/token?identity=alice');
    assert.equal((await upstream.ask('join', { token: body.token, room: 'DailyStandup' })).admitted, true);
    assert.match((await server.ask('metrics')).text, /^grantmint_fetches_total\{cache="live"\} 3$/m);
    const { code, printed } = await server.end();
    assert.equal(code, 0);
    for (const secret of [TWILIO_API_SECRET, ...tokens]) assert(!printed().includes(secret));
  });

  test(`${name}: who is refused learns why and when to come back, and nothing else`, async (t) => {
    const upstream = await emulator(t);
    await upstream.ask('faults', [
      { kind: 'status', status: 404, streamer: streamer(1) },
      { kind: 'status', status: 401, streamer: streamer(2), times: 1 },
      { kind: 'throttle', retry_after: 7, streamer: streamer(3) },
    ]);
    const server = await serve(t, name, upstream);
    const refused = (...expected) => refusedBy(server, ...expected);
    await refused(`live/${streamer(9)}/token`, 400, 'INVALID_ARGUMENT');
    await refused('live/VJ-typo/token?identity=alice', 400, 'INVALID_SID');
    await refused('rooms/token?identity=', 400, 'INVALID_IDENTITY');
    await refused(`live/${streamer(1)}/token?identity=alice`, 404, 'UPSTREAM_NOT_FOUND');
    const { retryAfter } = await refused(`live/${streamer(3)}/token?identity=alice`, 503, 'THROTTLED');
    assert(Number(retryAfter) >= 7);
    assert.equal((await server.ask('no/such/path')).status, 404);
    assert.equal((await server.end()).code, 0);

    const another = await serve(t, name, upstream);
    await refusedBy(another, `live/${streamer(2)}/token?identity=alice`, 502, 'UPSTREAM_UNAUTHORIZED');
    const { printed } = await another.end();
    assert(!printed().includes(TWILIO_API_SECRET));
  });

  test(`${name}: a client who leaves ends nobody else's wait; a waiting client is answered at the end`, async (t) => {
    const upstream = await emulator(t);
    await upstream.ask('faults', { kind: 'latency', ms: 1000 });
    const server = await serve(t, name, upstream);
    const path = (identity) => `live/${streamer(1)}/token?identity=${identity}`;
    const leaving = new AbortController();
    const left = Array.from({ length: 20 }, (_, n) => server.ask(path(`leaving-${n}`), leaving.signal));
    const stays = server.ask(path('staying'));
    while (!(await server.ask('metrics')).text.includes('grantmint_waits_total{cache="live"} 21\n'))
      await sleep(5);
    leaving.abort();
    for (const one of left) await assert.rejects(one, { name: 'AbortError' });
    const ended = server.end();
    assert.equal((await stays).status, 200);
    const { code, printed } = await ended;
    assert.equal(code, 0);
    assert.equal(await upstream.calls(), 1);
    assert.equal(printed(), '', 'nothing went wrong, so nothing is to be read');
  });

  test(`${name}: clients who left do not hold up the end`, async (t) => {
    const upstream = await emulator(t);
    // Nearly as long as a fetch may take: whoever waits for it sees it granted before it is given up.
    await upstream.ask('faults', { kind: 'latency', ms: 3900 });
    const server = await serve(t, name, upstream);
    const leaving = new AbortController();
    const left = server.ask(`live/${streamer(1)}/token?identity=alice`, leaving.signal);
    while ((await upstream.calls()) === 0) await sleep(5);
    leaving.abort();
    await assert.rejects(left, { name: 'AbortError' });
    assert.equal((await server.end()).code, 0);
    const { requests, granted } = await upstream.ask('counters');
    assert.deepEqual({ requests, granted }, { requests: 1, granted: 0 }, 'it ended before the fetch did');
  });
}

test('failures are logged up to the end, and not of a closed minter', async (t) => {
  const upstream = await emulator(t);
  await upstream.ask('faults', { kind: 'status', status: 404 });
  const live = new PlaybackMinter(key(), { baseUrl: upstream.baseUrl });
  t.mock.timers.enable({ apis: ['setInterval'] });
  const logged = t.mock.method(console, 'error', () => {});
  const { logFailures } = await import('./examples/refusal.mjs');
  const endLog = logFailures(live);
  await assert.rejects(live.token(streamer(1), 'alice'), { code: 'ERR_GRANTMINT_UPSTREAM_NOT_FOUND' });
  endLog();
  live.close();
  t.mock.timers.tick(5000);
  const lines = logged.mock.calls.map(({ arguments: line }) => line.join(' '));
  // Node 20 warns of the clock of this test there, too.
  const own = lines.filter((line) => !line.includes('ExperimentalWarning'));
  assert.deepEqual(own, [`fetch_failed ${streamer(1)} ERR_GRANTMINT_UPSTREAM_NOT_FOUND`]);
});

test('a server with a wrong key says so and ends', async (t) => {
  const upstream = await emulator(t);
  for (const name of ['express', 'fastify', 'pool']) {
    const { child, printed } = start(name, { ...envFor(upstream), TWILIO_API_KEY: TWILIO_ACCOUNT_SID });
    const [code] = await once(child, 'close');
    assert.equal(code, 1, name);
    assert.match(printed(), /ERR_GRANTMINT_INVALID_CREDENTIALS/, name);
    assert(!printed().includes(TWILIO_API_SECRET), name);
  }
});

test("the README's TypeScript compiles", () => {
  const readme = readFileSync(join(dirname(require.resolve('grantmint/package.json')), 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block);
  assert(blocks.length > 0);
  const file = join(import.meta.dirname, 'readme.run.mts');
  writeFileSync(file, blocks.join('\n'));
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
  try {
    execFileSync(process.execPath, [tsc, ...options, '--ignoreConfig', file], { encoding: 'utf8' });
  } catch (error) {
    assert.fail(error.stdout);
  }
});

async function refusedBy(server, path, status, error) {
  const answer = await server.ask(path);
  assert.deepEqual([answer.status, answer.body], [status, { error: `ERR_GRANTMINT_${error}` }], path);
  assert.equal(answer.cacheControl, 'no-store');
  return answer;
}

/** Runs a server until it listens. */
async function serve(t, name, upstream) {
  const { child, printed } = start(name, envFor(upstream));
  t.after(() => child.kill('SIGKILL'));
  const lines = createInterface(child.stdout);
  const [url] = await once(lines, 'line');
  lines.close();
  child.stdout.resume();
  return {
    async ask(path, signal = null) {
      const answer = await fetch(`${url}/${path}`, { signal });
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.startsWith('application/json');
      return {
        status: answer.status,
        cacheControl: answer.headers.get('cache-control'),
        retryAfter: answer.headers.get('retry-after'),
        text,
        body: isJson ? JSON.parse(text) : undefined,
      };
    },
    /** Asks it to end, and waits until it has. */
    async end() {
      child.kill('SIGTERM');
      const [code] = await once(child, 'close');
      return { code, printed };
    },
  };
}

/** What it prints beside the line that says where it listens. */
function start(name, env) {
  const file = join(import.meta.dirname, `examples/${name}-server.mjs`);
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (more) => (text += more));
  return { child, printed: () => text };
}

function envFor({ baseUrl }) {
  const own = { PORT: '0', WORKERS: '3', GRANTMINT_BASE_URL: baseUrl };
  return { ...process.env, TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET, ...own };
}

/** Does something for each, a hundred at a time. */
async function eachOf(items, act) {
  const left = items.values();
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      for (const item of left) await act(item);
    }),
  );
}
