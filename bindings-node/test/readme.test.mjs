// What the README shows, run as one program against the emulator; and the example servers under load.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { verify } from 'grantmint';
import { KEY, STREAMER, emulator, key, run } from './support.mjs';

const require = createRequire(import.meta.url);
const readme = readFileSync(join(dirname(require.resolve('grantmint/package.json')), 'README.md'), 'utf8');
const [TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET] = KEY;
const env = { ...process.env, TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET };

test('the examples of the README run', async (t) => {
  const upstream = await emulator(t);
  const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, example]) => example);
  assert(examples.length >= 9);
  // The only change: where upstream is.
  const program = examples
    .join('\n')
    .replace(
      "{ allowOrigin: 'https://www.example.com' }",
      `{ allowOrigin: 'https://www.example.com', baseUrl: '${upstream.baseUrl}' }`,
    );
  const file = join(import.meta.dirname, 'readme.run.mjs');
  writeFileSync(file, program);
  const { code, stdout, stderr } = await run([file], { env });
  assert.deepEqual([code, stderr], [0, '']);
  const expected = [...readme.matchAll(/^ *console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line);
  assert.deepEqual(stdout.trim().split('\n'), expected);
  assert.equal(await upstream.calls(), 1);
});

test('the sixty seconds of the front page run', async (t) => {
  const upstream = await emulator(t);
  const page = readFileSync(join(import.meta.dirname, 'front-page.md'), 'utf8');
  const [[, example], ...more] = page.matchAll(/^```js\n(.*?)^```$/gms);
  assert.equal(more.length, 0);
  const there = example.replace(
    'PlaybackMinter(key)',
    `PlaybackMinter(key, { baseUrl: '${upstream.baseUrl}' })`,
  );
  const file = join(import.meta.dirname, 'front-page.run.mjs');
  writeFileSync(file, there);
  const { code, stdout, stderr } = await run([file], { env });
  assert.deepEqual([code, stderr], [0, '']);
  const [room, live] = stdout.split(/\s+/);
  for (const jwt of [room, live]) assert.equal(verify(jwt, key()).identity, 'alice');
  assert.equal(await upstream.calls(), 1);
});

test('the README names every class of errors', () => {
  for (const name of [
    'InvalidArgumentError',
    'TokenError',
    'UpstreamError',
    'ThrottledError',
    'DeadlineError',
    'GrantmintError',
  ]) {
    assert(readme.includes(`| \`${name}\` |`), name);
  }
});

for (const framework of ['express', 'fastify']) {
  test(`the ${framework} server lets 2,000 viewers in with one call`, async (t) => {
    const upstream = await emulator(t);
    await upstream.ask('faults', { kind: 'latency', ms: 200 });
    const file = join(import.meta.dirname, `examples/${framework}-server.mjs`);
    const options = {
      env: { ...env, PORT: '0', GRANTMINT_BASE_URL: upstream.baseUrl },
      stdio: ['ignore', 'pipe', 'inherit'],
    };
    const server = spawn(process.execPath, [file], options);
    t.after(() => server.kill('SIGKILL'));
    const [url] = await once(createInterface(server.stdout), 'line');
    const ask = async (path) => {
      const answer = await fetch(`${url}/${path}`);
      return {
        status: answer.status,
        retryAfter: answer.headers.get('retry-after'),
        body: await answer.json().catch(() => null),
      };
    };

    const names = Array.from({ length: 2000 }, (_, n) => `viewer-${n}`);
    const tokens = new Set();
    const viewers = Array.from({ length: 100 }, async () => {
      for (let name = names.pop(); name; name = names.pop()) {
        const { status, body } = await ask(`live/${STREAMER}/token?identity=${name}`);
        assert.equal(status, 200);
        assert.equal(verify(body.token, key()).identity, name);
        tokens.add(body.token);
      }
    });
    const started = performance.now();
    await Promise.all(viewers);
    t.diagnostic(`${framework}: 2,000 viewers in ${(performance.now() - started).toFixed(0)} ms`);
    assert.equal(tokens.size, 2000);
    assert.equal(await upstream.calls(), 1);

    assert.equal((await ask(`live/${STREAMER}/token`)).body.error, 'ERR_GRANTMINT_INVALID_ARGUMENT');
    assert.equal((await ask('live/VJ-typo/token?identity=alice')).status, 400);
    const { body } = await ask('rooms/token?identity=alice');
    assert.equal((await upstream.ask('join', { token: body.token, room: 'DailyStandup' })).admitted, true);
    await upstream.ask('faults', { kind: 'throttle', retry_after: 7 });
    const refused = await ask(`live/VJ${'9'.repeat(32)}/token?identity=alice`);
    assert.deepEqual([refused.status, refused.body.error], [503, 'ERR_GRANTMINT_THROTTLED']);
    assert(Number(refused.retryAfter) >= 7);
    assert.match(await (await fetch(`${url}/metrics`)).text(), /grantmint_fetches_total\{cache="live"\} \d/);

    server.kill('SIGTERM');
    const [code] = await once(server, 'exit');
    assert.equal(code, 0);
  });
}
