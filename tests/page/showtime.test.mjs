// Showtime: every number is counted, whatever is broken meanwhile.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { clean, enter, launch, tab, text } from './support/browser.mjs';
import { Page } from './support/page.mjs';
import { ask, open } from './support/raw.mjs';

const page = await Page.start({ after });
const browser = await launch();
after(() => browser.close());
const opened = await tab(browser);
await enter(opened, page);

const number = async (id) => Number((await text(opened, `#${id}`)).replaceAll(',', '').split(/[^\d:]/)[0]);
const viewers = (count) => opened.locator('#viewers').fill(String(count));
const fault = (name) => opened.locator(`#faults [value="${name}"]`);
const isRunning = () =>
  opened.waitForFunction(() => /Stop/.test(document.querySelector('#begin').textContent));
async function reset() {
  await opened.click('#reset');
  await opened.waitForFunction(() => /Let them in/.test(document.querySelector('#begin').textContent));
}
const isDone = () =>
  opened.waitForFunction(() => /Once more/.test(document.querySelector('#begin').textContent), null, {
    timeout: 60_000,
  });

async function show(count, way) {
  await viewers(count);
  await opened.check(`[name=ways][value=${way}]`);
  await opened.click('#begin');
  await isRunning();
  await isDone();
}

test('20,000 are let in with three calls, armed from the start: one click', async () => {
  assert.equal(await text(opened, '#viewers-out'), '20,000');
  await opened.check('[name=ways][value=grantmint]');
  const clicked = Date.now();
  await opened.click('#begin');
  await isDone();
  console.log(`20,000 viewers were let in after ${((Date.now() - clicked) / 1000).toFixed(1)} s`);
  assert.deepEqual(
    [await number('fig-in'), await number('fig-calls'), await number('fig-refused')],
    [20_000, 3, 0],
  );
  assert.match(await text(opened, '#fewer'), /20,000 viewers ÷ 3 calls = 6,667 × fewer calls/);
  assert.match(
    await opened.locator('#chart svg').first().getAttribute('aria-label'),
    /20,000 let in, 0 refused, 3 calls upstream/,
  );
  assert.match(await opened.locator('#status').textContent(), /20,000 let in/);
});

test('by a call each, upstream refuses what is over its limit', async () => {
  await show(1_000, 'call_each');
  const [letIn, calls, refused] = [
    await number('fig-in'),
    await number('fig-calls'),
    await number('fig-refused'),
  ];
  assert.equal(letIn + refused, 1_000);
  assert.ok(calls >= 990 && letIn >= 50 && refused > 0, [letIn, calls, refused].join());
});

test('both beside each other, in one chart, and as a table', async () => {
  await show(300, 'both');
  assert.equal(await number('fig-in'), 300);
  assert.match(await text(opened, '#fig-in-each'), /by a call each/);
  assert.ok((await opened.locator('#chart path.series').count()) >= 4);
  await opened.click('#as-table');
  // What came last may still have to be drawn.
  await opened.waitForFunction(
    () => document.querySelector('#chart-table tr:last-child td')?.textContent === '300',
  );
  await opened.click('#as-table');
});

test('a fault is switched on while it runs, and shows as a band that the curve does not notice', async () => {
  await reset();
  await viewers(200);
  await opened.check('[name=ways][value=grantmint]');
  await opened.click('#begin');
  await opened.waitForFunction(() => Number(document.querySelector('#fig-in').textContent) > 20);
  await fault('503').check();
  await isDone();
  assert.deepEqual([await number('fig-in'), await number('fig-refused')], [200, 0]);
  await opened.locator('#chart .band').first().waitFor({ state: 'attached' });
  assert.equal(await opened.locator('#chart .band').count(), 1);
  assert.match(await text(opened, '#show-log'), /503 on/);
});

test('no fault of upstream is noticed by viewers who come when there is a grant', async (t) => {
  const own = await Page.start(t);
  const { key } = await open(own);
  const call = async (path, body = {}) =>
    JSON.parse((await ask(own, `/api/showtime/${path}`, { key, body: JSON.stringify(body) })).body);
  const news = () => call('news', { number: 0, samples: 0, lines: 0 });
  const until = async (isThere) => {
    let told;
    do told = await news();
    while (!isThere(told));
    return told;
  };
  for (const name of ['503', '429', 'slow', 'cut', 'garbage', 'clock']) {
    await call('reset');
    await call('begin', { viewers: 90, within_s: 1, ways: ['grantmint'] });
    await until(({ now }) => now.grantmint.let_in >= 9);
    await call('faults', { on: [name] });
    const { now, bands } = await until(({ state }) => state === 'done');
    assert.deepEqual([now.grantmint.let_in, now.grantmint.refused, now.grantmint.calls], [90, 0, 3], name);
    assert.equal(bands[0].name, name);
  }
});

test('without a grant nobody is let in, and it is said why', async () => {
  await reset();
  await fault('503').check();
  await show(50, 'grantmint');
  assert.equal(await number('fig-in'), 0);
  assert.equal(await number('fig-refused'), 50);
  assert.match(await text(opened, '#show-log'), /the call failed: .*the first viewer is refused/s);
  await reset();
  assert.ok(!(await fault('503').isChecked()));
});

test('space begins, and ends what runs; r forgets it', async () => {
  await opened.check('[name=within][value="60"]');
  await opened.locator('#main').focus();
  await opened.keyboard.press('Space');
  await isRunning();
  await opened.keyboard.press('Space');
  await isDone();
  await opened.keyboard.press('r');
  await opened.waitForFunction(() => /Let them in/.test(document.querySelector('#begin').textContent));
  assert.equal(await number('fig-in'), 0);
  clean(opened);
});

test('a show that is none is refused', async (t) => {
  const own = await Page.start(t);
  const { key } = await open(own);
  const status = async (path, body) =>
    (await ask(own, `/api/showtime/${path}`, { key, body: JSON.stringify(body) })).status;
  const good = { viewers: 1, within_s: 1, ways: ['grantmint'] };
  for (const change of [{ viewers: 0 }, { viewers: 20_001 }, { within_s: 0 }, { within_s: 61 }, { ways: [] }])
    assert.equal(await status('begin', { ...good, ...change }), 422);
  for (const change of [{ viewers: -1 }, { viewers: 1e99 }, { ways: ['other'] }, { threads: 9 }])
    assert.equal(await status('begin', { ...good, ...change }), 400);
  for (const on of [['500'], ['503', '503', '503', '503', '503', '503', '503']])
    assert.equal(await status('faults', { on }), 422);
  assert.equal(await status('news', { number: 9, samples: 1e9, lines: 1e9 }), 200);
});
