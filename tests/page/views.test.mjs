// What the views Generate and Inspect do, by mouse and by keys.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { clean, enter, go, launch, tab, text } from './support/browser.mjs';
import { Page } from './support/page.mjs';
import { ask } from './support/raw.mjs';

const page = await Page.start({ after });
const browser = await launch();
after(() => browser.close());
const opened = await tab(browser);
await enter(opened, page, 'generate');

const sid = (prefix) => prefix + '0'.repeat(31) + '1';
const claims = async () => JSON.parse(Buffer.from((await text(opened, '#token')).split('.')[1], 'base64url'));
const choose = (kind) => opened.check(`[name=kind][value=${kind}]`);

async function generate() {
  const before = (await opened.locator('#token').count()) && (await opened.locator('#token').textContent());
  if (await opened.locator('#unique').isEnabled()) await opened.check('#unique');
  await opened.click('#generate');
  await opened.waitForFunction((old) => document.querySelector('#token').textContent !== old, before);
}

test('every grant, as its form says', async () => {
  await opened.click('.more summary');
  const expected = {
    video: { video: { room: 'DailyStandup' } },
    voice: { voice: { outgoing: { application_sid: sid('AP') } } },
    chat: { chat: { service_sid: sid('IS') } },
    sync: { data_sync: { service_sid: sid('IS') } },
    taskrouter: { task_router: { worker_sid: sid('WK'), workspace_sid: sid('WS'), role: 'worker' } },
  };
  for (const [kind, grants] of Object.entries(expected)) {
    await choose(kind);
    await generate();
    assert.deepEqual((await claims()).grants, { identity: 'alice', ...grants });
  }
  await choose('playback');
  await generate();
  assert.equal((await claims()).grants.player.playerStreamerSid, sid('VJ'));
  assert.match(await text(opened, '#made-facts'), /The player lets alice in/);
  clean(opened);
});

test('lifetime, region, not before, and more grants than one', async () => {
  await choose('voice');
  await opened.check('[id$=incoming]');
  await opened.selectOption('#add-grant', 'chat');
  await opened.fill('#ttl-other', '7200');
  await opened.fill('#region', 'ie1');
  await opened.fill('#not-before', '60');
  await generate();
  const said = await claims();
  assert.equal(said.exp - said.iat, 7200);
  assert.equal(said.nbf - said.iat, 60);
  assert.equal(said.grants.voice.incoming.allow, true);
  assert.equal(said.grants.chat.service_sid, sid('IS'));
  const header = JSON.parse(Buffer.from((await text(opened, '#token')).split('.')[0], 'base64url'));
  assert.equal(header.twr, 'ie1');
  await opened.click('.another button');
  await opened.fill('#region', '');
  await opened.fill('#not-before', '');
  await opened.check('[name=ttl][value="3600"]');
});

test('a mistake is said at its field, which has the focus, and is gone when mended', async () => {
  for (const [selector, wrong, pattern] of [
    ['#identity', '', /^Identity must/],
    ['#ttl-other', '0', /^Lifetime must/],
    ['#ttl-other', '90000', /86,?400/],
    ['#region', 'Mars 1', /^Region must/],
    ['[data-key=application]', 'IS1', /^TwiML application must be AP/],
  ]) {
    const before = await opened.inputValue(selector);
    await opened.fill(selector, wrong);
    await opened.click('#generate');
    await opened.waitForSelector('.error');
    assert.match(await text(opened, '.error'), pattern);
    const focused = opened.locator(':focus');
    assert.equal(await focused.getAttribute('aria-invalid'), 'true');
    assert.match(await focused.getAttribute('aria-describedby'), /generate-error/);
    assert.ok(await opened.locator(selector).evaluate((field) => field === document.activeElement), selector);
    await opened.fill(selector, before);
    if (selector === '#ttl-other') await opened.check('[name=ttl][value="3600"]');
    await generate();
    assert.equal(await opened.locator('.error').count(), 0);
  }
  opened.faults.length = 0; // Refusals are noted in the console.
});

test('the time that is left is shown, and said aloud twice', async (t) => {
  const own = await tab(browser);
  t.after(() => own.context().close());
  await own.clock.install({ time: new Date() });
  await own.addInitScript(
    (value) => sessionStorage.setItem('key', value),
    await opened.evaluate(() => sessionStorage.getItem('key')),
  );
  await own.goto(`${page.origin}/#generate`);
  await own.waitForSelector('#view-generate:not([hidden])');
  await own.click('#generate');
  await own.waitForSelector('#made-token:not([hidden])');
  await own.clock.runFor(1000);
  assert.match(await text(own, '#countdown'), /^expires in (59:5\d|1:00:00)$/);
  const later = async (seconds) => {
    await own.clock.fastForward(seconds * 1000);
    await own.clock.runFor(500);
    return [
      await own.locator('#countdown').getAttribute('data-tone'),
      await text(own, '#countdown'),
      await own.locator('#status').textContent(),
    ];
  };
  assert.deepEqual((await later(3000))[0], 'warn');
  assert.match((await later(545))[2], /expires in a minute/);
  const [tone, said, aloud] = await later(120);
  assert.deepEqual([tone, said, aloud], ['bad', 'expired', 'The token has expired']);
  assert.match(await text(own, '#generate'), /Generate again/);
});

test('a text is looked at, now and at a time, and for a room', async () => {
  await opened.check('[name=kind][value=video]');
  await generate();
  await opened.locator('#main').focus();
  await opened.keyboard.press('i');
  await opened.waitForSelector('#inspected:not([hidden])');
  assert.match(await text(opened, '#verdict'), /Nothing is wrong.*signature good.*identity alice/s);
  assert.match(await text(opened, '#judges'), /✓\s*room\s*lets it in/);
  await opened.fill('#inspect-room', 'Other');
  await opened.click('#inspect');
  await opened.waitForFunction(() => /another room/.test(document.querySelector('#judges').textContent));
  await opened.fill('#inspect-room', '');
  await opened.selectOption('#inspect-when', 'at');
  await opened.fill('#inspect-at', '2040-01-01T00:00:00');
  await opened.locator('#inspect-at').dispatchEvent('change');
  await opened.waitForFunction(() => /expired/.test(document.querySelector('#findings').textContent));
  const line = opened.locator('#inspected-json .line[data-tone=error]');
  assert.match(await line.innerText(), /"exp"/);
  await opened.selectOption('#inspect-when', 'now');
});

test('what is no token is said, in whatever form it comes', async () => {
  const token = (await text(opened, '#inspect-text')) || (await opened.inputValue('#inspect-text'));
  for (const good of [
    `Bearer ${token}`,
    `Authorization: Bearer ${token}`,
    JSON.stringify([{ jwt: token }]),
    token.replace(/(.{60})/g, '$1\n'),
  ]) {
    await opened.fill('#inspect-text', good);
    await opened.click('#inspect');
    await opened.waitForFunction(
      () =>
        /signature good/.test(document.querySelector('#verdict').textContent) &&
        document.querySelector('#notice').hidden,
    );
  }
  const [last] = token.slice(-2);
  await opened.fill('#inspect-text', `${token.slice(0, -2)}${last === 'A' ? 'B' : 'A'}${token.slice(-1)}`);
  await opened.click('#inspect');
  await opened.waitForFunction(() => /signature wrong/.test(document.querySelector('#verdict').textContent));
  await opened.fill('#inspect-text', 'no token');
  await opened.click('#inspect');
  await opened.waitForSelector('#notice:not([hidden])');
  assert.match(await text(opened, '#notice'), /no token in it/);
  assert.ok(await opened.locator('#inspected').isHidden());
  opened.faults.length = 0;
});

test('single keys go to views and do nothing in a field, and can be switched off', async () => {
  await opened.locator('#main').focus();
  for (const [key, view] of [
    ['1', 'generate'],
    ['4', 'fleet'],
    ['3', 'showtime'],
    ['2', 'inspect'],
  ]) {
    await opened.keyboard.press(key);
    await opened.waitForSelector(`#view-${view}:not([hidden])`);
    assert.equal(await opened.locator('nav a[aria-current=page]').getAttribute('href'), `#${view}`);
  }
  await opened.locator('#inspect-text').focus();
  await opened.keyboard.press('1');
  assert.ok(await opened.locator('#view-inspect').isVisible());
  await opened.locator('#main').focus();
  await opened.keyboard.press('?');
  assert.ok(await opened.locator('#help-dialog').isVisible());
  await opened.uncheck('#keys-on');
  await opened.keyboard.press('Escape');
  await opened.keyboard.press('1');
  assert.ok(await opened.locator('#view-inspect').isVisible());
  await opened.click('#help');
  await opened.check('#keys-on');
  await opened.click('#help-dialog button');
  assert.ok(await opened.locator('#help-dialog').isHidden());
});

test('all is reached by the tabulator, the way to the view first', async () => {
  await go(opened, 'generate');
  await opened.evaluate(() => document.activeElement.blur());
  await opened.evaluate(() => getSelection().removeAllRanges());
  const seen = new Set();
  for (let step = 0; step < 60; step += 1) {
    await opened.keyboard.press('Tab');
    seen.add(
      await opened.evaluate(
        () => document.activeElement.id || document.activeElement.hash || document.activeElement.name,
      ),
    );
  }
  for (const what of [
    '#generate',
    '#fleet',
    'demo',
    'hide',
    'theme',
    'help',
    'kind',
    'identity',
    'ttl',
    'add-grant',
    'generate',
    'copy',
    'to-inspect',
    'tab-cli',
    'copy-snippet',
  ])
    assert.ok(seen.has(what), what);
  assert.equal(await opened.locator('h1').count(), 1);
  const small = await opened.evaluate(() =>
    [...document.querySelectorAll('button, a, select, input:not([type=checkbox], [type=radio]), summary')]
      .filter(
        (one) =>
          one.checkVisibility() &&
          one.getBoundingClientRect().height < 44 &&
          !one.matches('.skip, .badge-demo'),
      )
      .map((one) => one.outerHTML.slice(0, 80)),
  );
  assert.deepEqual(small, []);
});

test('dark and light by the button', async () => {
  const scheme = () => opened.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const before = await scheme();
  await opened.click('#theme');
  assert.notEqual(await scheme(), before);
  await opened.click('#theme');
  assert.equal(await scheme(), before);
});

test('the session goes on after the tab is loaded anew, and not in another', async (t) => {
  await opened.reload();
  await opened.waitForSelector('#view-generate:not([hidden])');
  clean(opened);
  const other = await tab(browser);
  t.after(() => other.context().close());
  await other.goto(page.origin);
  assert.match(await text(other, '#notice'), /link that the terminal shows/);
});

test('a page that has ended is told so', async (t) => {
  const own = await Page.start(t);
  const alone = await tab(browser);
  t.after(() => alone.context().close());
  await enter(alone, own, 'showtime');
  own.kill('SIGKILL');
  await alone.waitForSelector('#notice:not([hidden])');
  assert.match(await text(alone, '#notice'), /has ended: start it again/);
});

test('the server takes no form that it does not know', async () => {
  const key = await opened.evaluate(() => sessionStorage.getItem('key'));
  const form = { identity: 'alice', ttl: 60, grants: [{ kind: 'video', room: '' }] };
  const status = async (change) =>
    (await ask(page, '/api/generate', { key, body: JSON.stringify({ ...form, ...change }) })).status;
  assert.equal(await status({}), 200);
  for (const change of [
    { grants: [] },
    { grants: Array(9).fill(form.grants[0]) },
    { ttl: 0 },
    { identity: '' },
    { grants: [form.grants[0], form.grants[0]] },
  ])
    assert.equal(await status(change), 422);
  for (const change of [
    { ttl: -1 },
    { ttl: 1.5 },
    { grants: [{ kind: 'admin' }] },
    { grants: [{ kind: 'video' }] },
    { more: 1 },
  ])
    assert.equal(await status(change), 400);
});
