// Fleet: real processes, one of which is killed in the middle of a call.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, test } from 'node:test';
import { clean, enter, launch, tab, text } from './support/browser.mjs';
import { Page } from './support/page.mjs';
import { ask, open } from './support/raw.mjs';

const page = await Page.start({ after });
const browser = await launch();
after(() => browser.close());
const opened = await tab(browser);
await enter(opened, page, 'fleet');

const doing = (what) => opened.locator(`.process[data-doing=${what}]`);
const number = async (id) => Number((await text(opened, `#${id}`)).replaceAll(',', ''));
const pids = () =>
  opened
    .locator('.process h4')
    .allInnerTexts()
    .then((texts) => texts.map((one) => one.replace('pid ', '')));
/** The processes of this machine whose parent is the page. */
const children = () => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === page.pid);

function parentOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[1]);
  } catch {
    return undefined; // It has ended meanwhile.
  }
}

test('four processes make one call, and all hand out tokens', async () => {
  await opened.click('#fleet-start');
  await doing('fetches').waitFor();
  assert.equal(await doing('fetches').count(), 1);
  await opened.waitForFunction(() => document.querySelectorAll('.process[data-doing=serves]').length === 4);
  assert.equal(await number('fleet-calls'), 1);
  assert.equal(await number('fleet-alone'), 4);
  assert.equal(await text(opened, '#fleet-store'), 'healthy');
  assert.deepEqual((await pids()).sort(), children().sort());
});

test('the one that fetches is killed, and another fetches in its place', async () => {
  const before = await pids();
  await opened.click('#fleet-kill');
  await doing('killed').waitFor({ timeout: 15_000 });
  const killed = (await doing('killed').locator('h4').innerText()).replace('pid ', '');
  assert.ok(before.includes(killed));
  assert.deepEqual(
    children().sort(),
    before.filter((pid) => pid !== killed).sort(),
    'no other process was ended',
  );
  await opened.waitForFunction(
    () => document.querySelectorAll('.process[data-doing=fetches]').length === 1,
    null,
    { timeout: 5_000 },
  );
  await opened.waitForFunction(() => document.querySelectorAll('.process[data-doing=serves]').length === 3);
  assert.match(await opened.locator('#status').textContent(), /was killed/);
  assert.equal(await opened.locator('#fleet-chart .lane-end').count(), 1);
  assert.equal(await number('process-count'), 3);
});

test('more, fewer, and none', async () => {
  await opened.click('#more-processes');
  await opened.waitForFunction(() => document.querySelector('#process-count').textContent === '4');
  await opened.click('#fewer-processes');
  await opened.waitForFunction(() => document.querySelector('#process-count').textContent === '3');
  assert.equal(children().length, 3);
  await opened.locator('#main').focus();
  await opened.keyboard.press('Space');
  await opened.waitForFunction(() => document.querySelector('#process-count').textContent === '0');
  assert.equal(children().length, 0);
  clean(opened);
});

test('what is over the bounds is refused', async (t) => {
  const own = await Page.start(t);
  const { key } = await open(own);
  const resize = async (body) =>
    (await ask(own, '/api/fleet/resize', { key, body: JSON.stringify(body) })).status;
  assert.equal(await resize({ processes: 9 }), 422);
  assert.equal(await resize({ processes: -1 }), 400);
  assert.equal(await resize({ processes: 1, program: '/bin/true' }), 400);
  assert.equal((await ask(own, '/api/fleet/kill', { key })).status, 200, 'there is nothing to kill');
});
