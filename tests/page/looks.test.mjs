// Every view at both widths and in both schemes: what axe says of it, and its picture for the docs.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, test } from 'node:test';
import { clean, enter, go, launch, tab } from './support/browser.mjs';
import { Page } from './support/page.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PICTURES = process.env.PICTURES;
const WIDTHS = { 1280: 860, 390: 844 };

if (PICTURES) mkdirSync(PICTURES, { recursive: true });
const page = await Page.start({ after });
const browser = await launch();
after(() => browser.close());

/** What each view shows when it is looked at. */
const SCENES = {
  async generate(opened) {
    await opened.click('#generate');
    await opened.waitForSelector('#made-facts li');
  },
  async inspect(opened) {
    await opened.click('#inspect-example');
    await opened.waitForSelector('#inspected:not([hidden])');
  },
  async showtime() {},
  async fleet() {},
};

const main = await tab(browser);
await enter(main, page, 'showtime');
await main.click('#begin');
await main.waitForFunction(() => document.querySelector('#begin').textContent.includes('Once more'), null, {
  timeout: 60_000,
});
await go(main, 'fleet');
await main.click('#fleet-start');
await main.waitForSelector('.process[data-doing=fetches]');
await main.click('#fleet-kill');
await main.waitForSelector('.process[data-doing=killed]');
await main.waitForSelector('.process[data-doing=serves]');
const key = await main.evaluate(() => sessionStorage.getItem('key'));

for (const [width, height] of Object.entries(WIDTHS)) {
  for (const colorScheme of ['dark', 'light']) {
    test(`${width} px, ${colorScheme}`, async (t) => {
      const opened = await tab(browser, { viewport: { width: Number(width), height }, colorScheme });
      t.after(() => opened.context().close());
      await opened.addInitScript((value) => sessionStorage.setItem('key', value), key);
      await opened.goto(page.origin);
      for (const [view, prepare] of Object.entries(SCENES)) {
        await go(opened, view);
        await prepare(opened);
        await opened.waitForTimeout(400); // Until the view has been told what there is.
        await judge(opened, view);
        const isTooWide = await opened.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.ok(!isTooWide, `${view} is wider than the window`);
        if (PICTURES)
          await opened.screenshot({
            path: `${PICTURES}/${view}-${width}-${colorScheme}.png`,
            fullPage: true,
          });
      }
      clean(opened);
    });
  }
}

test('dialogs, errors and what is hidden', async () => {
  await go(main, 'generate');
  await main.click('#demo');
  await judge(main, 'help');
  await main.keyboard.press('Escape');
  await main.fill('#identity', '');
  await main.click('#generate');
  await main.waitForSelector('.error');
  await judge(main, 'error');
  await go(main, 'showtime');
  await main.click('#as-table');
  await judge(main, 'table');
  await main.click('#as-table');
});

test('forced colours, and no motion that was not asked for', async (t) => {
  const opened = await tab(browser, { forcedColors: 'active' });
  t.after(() => opened.context().close());
  await opened.addInitScript((value) => sessionStorage.setItem('key', value), key);
  await opened.goto(page.origin);
  for (const view of Object.keys(SCENES)) {
    await go(opened, view);
    const current = await opened
      .locator('nav a[aria-current]')
      .evaluate((link) => getComputedStyle(link).backgroundColor);
    assert.notEqual(current, 'rgba(0, 0, 0, 0)', 'the current view can be told from the others');
  }
  const moves = await opened.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter(
        (one) => Number.parseFloat(getComputedStyle(one).transitionDuration) > 0,
      ).length,
  );
  assert.equal(moves, 0);
  clean(opened);
});

/** Nothing that axe calls serious or critical. The policy lets no script in, so it comes as a text to evaluate. */
async function judge(opened, what) {
  await opened.evaluate(axe);
  const { violations } = await opened.evaluate(() => globalThis.axe.run());
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(
    bad.map(({ id, nodes }) => [what, id, ...nodes.map(({ html }) => html.slice(0, 160))]),
    [],
  );
}
