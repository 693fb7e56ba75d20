// Fleet through a server: the processes share through it, and its password is nowhere.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { clean, enter, launch, tab, text } from './support/browser.mjs';
import { Page } from './support/page.mjs';
import { ask, open } from './support/raw.mjs';
import { hasRedis, startRedis } from './support/redis.mjs';

const PASSWORD = 'a-password-that-nobody-must-see';
const skip = hasRedis ? false : 'redis-server is not installed';
const withServer = async (test, port) => {
  const GRANTMINT_FLEET = `redis://:${PASSWORD}@127.0.0.1:${port}`;
  return Page.start(test, { args: ['--demo', '--fleet', 'env'], env: { GRANTMINT_FLEET } });
};

/** What is to be read of a process and of those that it has started. */
function readable(pid) {
  const file = (one, name) => {
    try {
      return readFileSync(`/proc/${one}/${name}`, 'utf8');
    } catch {
      return ''; // It has ended meanwhile.
    }
  };
  const parent = (one) => Number(file(one, 'stat').split(') ')[1]?.split(' ')[1]);
  const children = readdirSync('/proc').filter((one) => /^\d+$/.test(one) && parent(one) === pid);
  return { children, lines: [pid, ...children].map((one) => file(one, 'cmdline')) };
}

test('four processes on one server make one call, and nobody sees the password', { skip }, async (t) => {
  const redis = await startRedis(t, PASSWORD);
  const page = await withServer(t, redis.port);
  const browser = await launch();
  t.after(() => browser.close());
  const opened = await tab(browser);
  const bodies = [];
  opened.on('response', async (response) => bodies.push(await response.text().catch(() => '')));
  await enter(opened, page, 'fleet');
  assert.equal(await text(opened, '#fleet-place'), `redis at 127.0.0.1:${redis.port}`);
  await opened.click('#fleet-start');
  const serving = '.process[data-doing=serves]';
  await opened.waitForFunction((of) => document.querySelectorAll(of).length === 4, serving);
  assert.equal(await text(opened, '#fleet-calls'), '1');
  assert.equal(await text(opened, '#fleet-alone'), '4');
  assert.equal(await text(opened, '#fleet-store'), 'healthy');
  const { children, lines } = readable(page.pid);
  assert.equal(children.length, 4);
  const shown = [await opened.content(), page.said, ...bodies, ...lines].join('\n');
  assert.ok(bodies.length > 5 && shown.includes('fleet_place'));
  assert.ok(!shown.includes(PASSWORD));
  for (const child of children) assert.ok(!readFileSync(`/proc/${child}/cmdline`, 'utf8').includes(PASSWORD));
  await redis.stop('SIGKILL');
  await opened.waitForFunction(() => document.querySelector('#fleet-store').textContent === 'fails');
  const title = await opened.getAttribute('#fleet-store', 'title');
  assert.match(title, /^redis at 127\.0\.0\.1:/);
  clean(opened);
});

test('no call chooses another server, and a wrong URL is told at the start', { skip }, async (t) => {
  const redis = await startRedis(t, PASSWORD);
  const page = await withServer(t, redis.port);
  const { key } = await open(page);
  const resize = { processes: 1, fleet: 'redis://127.0.0.1:1' };
  assert.equal((await ask(page, '/api/fleet/resize', { key, body: JSON.stringify(resize) })).status, 400);
  for (const [fleet, said] of [
    [`redis://:${PASSWORD}@127.0.0.1`, /GRANTMINT_FLEET/],
    ['redis://10.0.0.1', /rediss:\/\//],
  ]) {
    const started = Page.start(t, { args: ['--demo', '--fleet', fleet] });
    await assert.rejects(started, (error) => said.test(error.message) && !error.message.includes(PASSWORD));
  }
});
