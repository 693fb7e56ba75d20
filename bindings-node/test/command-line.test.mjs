// The package's script, as npm installs it: `npx grantmint`.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ApiKey, verify, version } from 'grantmint';
import { KEY } from './support.mjs';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('grantmint/package.json'));
const script = join(folder, require('grantmint/package.json').bin.grantmint);
const [TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET] = KEY;
const env = { ...process.env, TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET };

const run = (args, options = {}) =>
  spawnSync(process.execPath, [script, ...args], { env, encoding: 'utf8', ...options });

test('npm has put the script where programs are found', () => {
  const linked = join(folder, '..', '.bin', process.platform === 'win32' ? 'grantmint.cmd' : 'grantmint');
  const ran = spawnSync(linked, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
  assert.deepEqual([ran.stdout, ran.status], [`grantmint ${version}\n`, 0]);
});

test('a token stands alone on stdout', () => {
  const ran = run(['token:video', '--identity', 'alice', '--room-name', 'Daily']);
  assert.deepEqual([ran.status, ran.stderr], [0, '']);
  const content = verify(ran.stdout.trimEnd(), new ApiKey(...KEY));
  assert.deepEqual([content.identity, content.grants.video], ['alice', { room: 'Daily' }]);
});

test('a fault is one line and an exit code, and shows no secret', () => {
  const empty = run(['token', 'video', '--identity', '']);
  assert.deepEqual([empty.status, empty.stdout, empty.stderr.split('\n').length], [1, '', 2]);
  const secret = run(['token', 'video', '--api-secret', 'hunter2']);
  assert.deepEqual([secret.status, secret.stdout, secret.stderr.includes('hunter2')], [2, '', false]);
});

test('stdin is that of the process', () => {
  const given = ['token', 'chat', '--chat-service-sid', `IS${'1'.repeat(32)}`, '--identities', '-'];
  const ran = run(given, { input: 'a\nb\n' });
  assert.deepEqual([ran.status, ran.stdout.trimEnd().split('\n').length], [0, 2]);
});

test('Ctrl-C ends the command with its line done', { skip: process.platform === 'win32' }, async () => {
  const given = [script, 'token', 'video', '--identity', 'a{n}', '--count', '100000000'];
  const child = spawn(process.execPath, given, { env });
  let [last, said] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (last = text));
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  assert.deepEqual([code, last.endsWith('\n'), said.includes('--from-line')], [130, true, true]);
});
