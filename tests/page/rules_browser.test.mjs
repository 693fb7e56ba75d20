// The rules that keep others out, in Chromium: what a browser lets pages and programs beside ours do.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, test } from 'node:test';
import { clean, enter, go, launch, tab, text } from './support/browser.mjs';
import { Page } from './support/page.mjs';

const page = await Page.start({ after });
const browser = await launch({ args: ['--host-resolver-rules=MAP evil.test 127.0.0.1'] });
after(() => browser.close());
const mine = await tab(browser);
await enter(mine, page);

/** A page of somebody else, on another port of this machine. */
async function other(test, html, headers = {}) {
  const asked = [];
  const server = createServer((request, answer) => {
    asked.push(request.url);
    const isScript = request.url.endsWith('.js');
    answer.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html', ...headers });
    answer.end(
      isScript ? "addEventListener('fetch', (event) => event.respondWith(new Response('taken over')))" : html,
    );
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  test.after(() => server.close());
  return { url: `http://127.0.0.1:${server.address().port}/`, asked };
}

test('rules 1 and 3: the link goes to 127.0.0.1, and its code is gone from address and history', async () => {
  assert.equal(new URL(mine.url()).hostname, '127.0.0.1');
  assert.ok(!mine.url().includes('k='));
  assert.ok(!(await mine.evaluate(() => location.href + document.referrer)).includes(page.link.code));
});

test('rule 2: a service worker of another port does not reach this page, which has none', async (t) => {
  const old = await other(t, '<h1>old</h1>');
  const opened = await tab(browser);
  t.after(() => opened.context().close());
  await opened.goto(old.url);
  await opened.evaluate(() =>
    navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready),
  );
  await opened.reload();
  assert.match(await opened.content(), /taken over/);
  await opened.goto(page.origin);
  assert.match(await text(opened, '#notice'), /link that the terminal shows/);
  assert.deepEqual(
    await opened.evaluate(async () => [
      navigator.serviceWorker.controller,
      (await navigator.serviceWorker.getRegistrations()).length,
    ]),
    [null, 0],
  );
  clean(opened);
});

test('rule 3: a second tab with the used link is told so, and the session of the first has ended', async (t) => {
  const own = await Page.start(t, { terminal: true });
  const [first, second] = [await tab(browser), await tab(browser)];
  t.after(() => Promise.all([first, second].map((one) => one.context().close())));
  await enter(first, own, 'generate');
  await second.goto(own.link.url);
  await second.waitForSelector('#notice:not([hidden])');
  assert.match(await text(second, '#notice'), /used before.*Press Enter in the terminal/);
  assert.equal(await second.evaluate(() => sessionStorage.length), 0);
  await own.hears('used a second time');
  await go(first, 'showtime');
  await first.waitForSelector('#notice:not([hidden])');
  assert.match(await text(first, '#notice'), /session has ended/);
  await own.enter();
  await enter(first, own, 'generate');
  await first.click('#generate');
  await first.waitForSelector('#made-token:not([hidden])');
});

test('rule 4: the browser keeps no cookie', async () => {
  await mine.evaluate(() => fetch('/api/hello', { method: 'POST' }));
  assert.deepEqual(await mine.context().cookies(), []);
  mine.faults.length = 0; // The refusal is noted in the console.
});

test('rule 5: a page of another port gets nothing done', async (t) => {
  const evil = await other(
    t,
    '<form method="post" enctype="text/plain"><input name=\'{"a":"\' value=\'"}\'></form><iframe name="f"></iframe>',
  );
  const opened = await tab(browser);
  t.after(() => opened.context().close());
  await opened.goto(evil.url);
  const begin = `${page.origin}/api/showtime/begin`;
  const outcomes = await opened.evaluate(async (url) => {
    const ask = (options) =>
      fetch(url, {
        method: 'POST',
        body: '{"viewers":1,"within_s":1,"ways":["grantmint"]}',
        ...options,
      }).then(
        (answer) => answer.type,
        () => 'blocked',
      );
    return [
      await ask({ mode: 'no-cors' }),
      await ask({ mode: 'no-cors', body: new Blob(['{"viewers":1,"within_s":1,"ways":["grantmint"]}']) }),
      await ask({ mode: 'cors' }),
      await ask({ mode: 'cors', headers: { 'Content-Type': 'application/json', Authorization: 'Bearer x' } }),
      navigator.sendBeacon(url, '{}'),
    ];
  }, begin);
  assert.deepEqual(outcomes, ['blocked', 'blocked', 'blocked', 'blocked', true]);
  const answered = opened.waitForResponse(begin);
  await opened.evaluate(
    (url) => Object.assign(document.forms[0], { action: url, target: 'f' }).submit(),
    begin,
  );
  assert.equal((await answered).status(), 403);
  assert.match(await text(mine, '#begin'), /Let them in/, 'no show has begun');
});

test('rule 6: a name that was bound anew to 127.0.0.1 shows nothing', async (t) => {
  const opened = await tab(browser);
  t.after(() => opened.context().close());
  const answer = await opened.goto(`http://evil.test:${page.port}/`);
  assert.equal(answer.status(), 421);
  const status = await opened.evaluate(() =>
    fetch('/api/hello', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }).then(
      (answer) => answer.status,
      () => 'blocked',
    ),
  );
  assert.ok([421, 'blocked'].includes(status), String(status));
});

test('rules 7 and 8: a body of 1 MB is refused, and the page goes on', async () => {
  await go(mine, 'inspect');
  await mine.fill('#inspect-text', `Bearer ${'x'.repeat(1024 * 1024)}`);
  await mine.click('#inspect');
  await mine.waitForSelector('#notice:not([hidden])');
  await mine.click('#inspect-example');
  await mine.waitForSelector('#inspected:not([hidden])');
  assert.ok(await mine.locator('#notice').isHidden());
  mine.faults.length = 0;
});

test('rules 10 and 11: no token or key in an address, a title or what is stored; the clipboard is written only', async () => {
  await go(mine, 'generate');
  await mine.click('#generate');
  await mine.waitForSelector('#made-token:not([hidden])');
  const key = await mine.evaluate(() => sessionStorage.getItem('key'));
  const jwt = await text(mine, '#token');
  assert.match(jwt, /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/);
  const [title, address, local] = await mine.evaluate(() => [
    document.title,
    location.href,
    localStorage.length,
  ]);
  for (const where of [title, address, ...mine.urls])
    assert.ok(!where.includes('eyJ') && !where.includes(key));
  assert.equal(local, 0);
  assert.ok(
    mine.urls.every((url) => url.startsWith(page.origin)),
    'nothing is loaded from elsewhere',
  );

  await mine.context().grantPermissions(['clipboard-write'], { origin: page.origin });
  await mine.evaluate(() => {
    navigator.clipboard.readText = () => Promise.reject(new Error('the clipboard was read'));
    navigator.clipboard.writeText = (said) => Promise.resolve((globalThis.copied = said));
  });
  await mine.click('#copy');
  assert.equal(await mine.evaluate(() => globalThis.copied), jwt);
  const fields = mine.locator('form');
  for (let index = 0; index < (await fields.count()) - 1; index += 1)
    assert.equal(await fields.nth(index).getAttribute('autocomplete'), 'off');
});

test('rule 11: h hides tokens', async () => {
  await mine.locator('#main').focus();
  await mine.keyboard.press('h');
  assert.equal(
    await mine
      .locator('#token span')
      .first()
      .evaluate((span) => getComputedStyle(span).visibility),
    'hidden',
  );
  await mine.keyboard.press('h');
  assert.equal(
    await mine
      .locator('#token span')
      .first()
      .evaluate((span) => getComputedStyle(span).visibility),
    'visible',
  );
});

test('rule 11: a token with markup in it is shown as text', async () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: '<img src=x onerror=alert(1)>',
    exp: 1,
    grants: { identity: '<script>document.title="taken"</script>', '<b>': {} },
  };
  await go(mine, 'inspect');
  await mine.fill(
    '#inspect-text',
    `${part({ typ: 'JWT', alg: 'HS256', cty: 'twilio-fpa;v=1' })}.${part(claims)}.c2ln`,
  );
  await mine.click('#inspect');
  await mine.waitForFunction(() =>
    document.querySelector('#inspected-json').textContent.includes('<script>'),
  );
  assert.equal(await mine.locator('#inspected img, #inspected script, #inspected-json b').count(), 0);
  assert.equal(await mine.title(), 'grantmint');
});

test('rule 12: nobody shows the page in a frame, and it runs no text', async (t) => {
  const evil = await other(
    t,
    `<iframe src="${page.origin}/" id="f"></iframe><script src="${page.origin}/app.mjs" type="module"></script>`,
  );
  const opened = await tab(browser);
  t.after(() => opened.context().close());
  await opened.goto(evil.url);
  await opened.waitForTimeout(300);
  const frame = opened.frames().find((one) => one !== opened.mainFrame());
  assert.equal(frame.url(), 'chrome-error://chromewebdata/');
  assert.ok(
    opened.faults.some((fault) => /frame-ancestors/.test(fault)),
    opened.faults.join(),
  );
  const ran = await mine.evaluate(() => {
    const outcomes = [];
    for (const run of [
      () => (document.createElement('div').innerHTML = '<b>x</b>'),
      () => (document.createElement('script').text = '1'),
    ]) {
      try {
        run();
        outcomes.push('ran');
      } catch {
        outcomes.push('stopped');
      }
    }
    return outcomes;
  });
  assert.deepEqual(ran, ['stopped', 'stopped']);
});
