// What the terminal says, and how the page ends.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PROGRAM, Page } from './support/page.mjs';
import { ask, open, talk } from './support/raw.mjs';

const isGone = async (page) =>
  (await talk(page.port, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', { waitMs: 500 })).got === '';

test('over SSH it says how to come to the page, and opens nothing', async (t) => {
  const page = await Page.start(t, { env: { SSH_CONNECTION: '10.0.0.1 1 10.0.0.2 22', DISPLAY: ':0' } });
  assert.match(page.said, new RegExp(`ssh -N -L ${page.port}:127\\.0\\.0\\.1:${page.port} HOST`));
});

test('in a codespace it says the exact name', async (t) => {
  const page = await Page.start(t, { env: { CODESPACES: 'true', CODESPACE_NAME: 'sunny-day' } });
  assert.ok(page.said.includes(`https://sunny-day-${page.port}.app.github.dev/#k=${page.link.code}`));
  assert.ok(page.said.includes('--allow-host "$CODESPACE_NAME-{port}.app.github.dev"'));
});

test('without a display it says so', async (t) => {
  const page = await Page.start(t);
  assert.match(page.said, /There is no display here/);
});

test('two pages beside each other know nothing of each other', async (t) => {
  const [one, other] = [await Page.start(t), await Page.start(t)];
  const { key } = await open(one);
  assert.equal((await ask(one, '/api/hello', { key })).status, 200);
  assert.equal((await ask(other, '/api/hello', { key })).status, 401);
  assert.equal((await open(other, { code: one.link.code })).error.code, 'link_unknown');
});

test('a terminal that is closed ends the page, and all its processes', async (t) => {
  const page = await Page.start(t, { terminal: true });
  const { key } = await open(page);
  const body = JSON.stringify({ processes: 2 });
  const started = JSON.parse((await ask(page, '/api/fleet/resize', { key, body })).body);
  const pids = started.processes.map(({ pid }) => pid);
  assert.equal(pids.length, 2);
  page.kill('SIGKILL'); // The terminal, which `script` is.
  const lives = (pid) => spawnSync('kill', ['-0', pid]).status === 0;
  while (!(await isGone(page)) || pids.some(lives)) await new Promise((wake) => setTimeout(wake, 50));
});

test('a page that is killed takes its processes along', async (t) => {
  const page = await Page.start(t);
  const { key } = await open(page);
  const started = JSON.parse((await ask(page, '/api/fleet/resize', { key, body: '{"processes":3}' })).body);
  for (const { pid } of started.processes) {
    // What they are told goes by a pipe.
    let seen = '';
    // Both are empty until the program has been loaded.
    while (!seen)
      seen = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8')).join('');
    assert.match(seen, /fleet-member/);
    assert.doesNotMatch(seen, /not-a-secret/);
  }
  page.kill('SIGKILL');
  const lives = ({ pid }) => spawnSync('kill', ['-0', pid]).status === 0;
  while (started.processes.some(lives)) await new Promise((wake) => setTimeout(wake, 50));
});

test('half a key is an error, and no demo', () => {
  const env = { HOME: '/nonexistent', TWILIO_API_KEY: `SK${'1'.repeat(32)}` };
  const { status, stderr } = spawnSync(PROGRAM, ['page', '--no-open'], { env, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /TWILIO_ACCOUNT_SID/);
});

test('a member that gets no orders does nothing', () => {
  assert.throws(
    () => execFileSync(PROGRAM, ['fleet-member'], { input: 'hush\n', stdio: 'pipe' }),
    ({ status, stderr }) => status === 2 && !String(stderr).includes('hush'),
  );
  const help = execFileSync(PROGRAM, ['--help'], { encoding: 'utf8' });
  assert.ok(!help.includes('fleet-member'));
});
