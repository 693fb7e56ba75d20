// What the README and the page about tests show, run as one program each.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { verify, verifyJwt } from 'grantmint';
import { KEY, emulator, key, run } from './support.mjs';

const require = createRequire(import.meta.url);
const readme = readFileSync(join(dirname(require.resolve('grantmint/package.json')), 'README.md'), 'utf8');
const [TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET] = KEY;
/** Where the pages have the emulator. */
const EMULATOR = 'http://127.0.0.1:8900';
/** What the routes of the README answer, asked by its own program. */
const ASKING = `
const served = app.listen(0, '127.0.0.1');
await new Promise((resolve) => served.once('listening', resolve));
const ask = (path, headers) => fetch(\`http://127.0.0.1:\${served.address().port}\${path}\`, { headers });
const { status } = await ask('/ice', {});
const ice = await (await ask('/ice', { 'x-user': 'alice' })).json();
const { token } = await (await ask('/livekit/standup', { 'x-user': 'alice' })).json();
served.close();
served.closeAllConnections();
console.log(JSON.stringify({ status, ice, token, authorization: await authorization() }));
`;
const env = { ...process.env, TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET };

test('the examples of the README run', async (t) => {
  const upstream = await emulator(t);
  const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, example]) => example);
  assert(examples.length >= 9);
  // The only change: where upstream and the OAuth server are.
  const program = [...examples, ASKING]
    .join('\n')
    .replace("'https://idp.example.com/token', 'my app', 'its secret'", oauth(upstream.baseUrl))
    .replace(EMULATOR, upstream.baseUrl);
  const file = join(import.meta.dirname, 'readme.run.mjs');
  writeFileSync(file, program);
  const { code, stdout, stderr } = await run([file], { env });
  assert.deepEqual([code, stderr], [0, '']);
  const expected = [...readme.matchAll(/^ *console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line);
  const printed = stdout.trim().split('\n');
  const { status, ice, token, authorization } = JSON.parse(printed.pop());
  assert.deepEqual(printed, expected);
  assert.equal(status, 401);
  assert.match(ice.iceServers[0].username, /:alice$/);
  assert.equal(ice.expiresIn, 86_400);
  const { subject, claims } = verifyJwt(token, 'a secret of at least thirty-two bytes');
  assert.deepEqual([subject, claims.video], ['alice', { roomJoin: true, room: 'standup' }]);
  assert.match(authorization, /^Bearer emulator-/);
  assert.equal(await upstream.calls(), 2);
});

const oauth = (baseUrl) => `'${baseUrl}/oauth2/token', '${KEY[1]}', '${KEY[2]}'`;

test('the sixty seconds of the front page run', async (t) => {
  const upstream = await emulator(t);
  const page = readFileSync(join(import.meta.dirname, 'front-page.md'), 'utf8');
  const [[, example], ...more] = page.matchAll(/^```js\n(.*?)^```$/gms);
  assert.equal(more.length, 0);
  assert(example.includes(EMULATOR));
  const there = example.replace(EMULATOR, upstream.baseUrl);
  const file = join(import.meta.dirname, 'front-page.run.mjs');
  writeFileSync(file, there);
  const { code, stdout, stderr } = await run([file], { env });
  assert.deepEqual([code, stderr], [0, '']);
  const [room, live] = stdout.split(/\s+/);
  for (const jwt of [room, live]) assert.equal(verify(jwt, key()).identity, 'alice');
  assert.equal(await upstream.calls(), 1);
});

test('the example of the page about tests runs', async () => {
  const page = readFileSync(join(import.meta.dirname, 'testing.md'), 'utf8');
  const [[, example], ...more] = page.matchAll(/^```js\n(.*?)^```$/gms);
  assert.equal(more.length, 0);
  const file = join(import.meta.dirname, 'testing.run.mjs');
  writeFileSync(file, example);
  const { code, stdout, stderr } = await run([file], { env: { ...env, GRANTMINT_OFFLINE: '1' } });
  assert.deepEqual([code, stderr], [0, '']);
  const expected = [...example.matchAll(/^ *console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line);
  assert.deepEqual(stdout.trim().split('\n'), expected);
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
