// The site as it lies in a folder, without a server: what axe says of its pages, what they load, whether search finds.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { launch, tab } from '../page/support/browser.mjs';

const page = resolve(import.meta.dirname, '../page/package.json');
const axe = readFileSync(createRequire(page).resolve('axe-core/axe.min.js'), 'utf8');
const SITE = resolve(process.env.GRANTMINT_SITE ?? join(import.meta.dirname, '../../target/docs/html'));
const PICTURES = process.env.PICTURES;
const WIDTHS = { 1280: 860, 390: 844 };
/** What is looked at: each kind of page. */
const PAGES = {
  front: 'index.html',
  tutorial: 'tutorial/first-token.html',
  errors: 'errors.html',
  'how-to': 'howto/servers.html',
  explanation: 'explanation/pauses.html',
  reference: 'reference/api-python.html',
};
const PICTURED = ['front', 'tutorial', 'errors'];

if (PICTURES) mkdirSync(PICTURES, { recursive: true });
const browser = await launch();
after(() => browser.close());

const url = (path) => `${pathToFileURL(SITE)}/${path}`;

for (const [width, height] of Object.entries(WIDTHS)) {
  for (const colorScheme of ['light', 'dark']) {
    test(`${width} px, ${colorScheme}: nothing serious, nothing from elsewhere, nothing too wide`, async (t) => {
      const opened = await tab(browser, { viewport: { width: Number(width), height }, colorScheme });
      t.after(() => opened.context().close());
      for (const [name, path] of Object.entries(PAGES)) {
        await opened.goto(url(path));
        await judge(opened, name);
        const isTooWide = await opened.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.ok(!isTooWide, `${name} is wider than the window`);
        if (PICTURES && colorScheme === 'light' && PICTURED.includes(name))
          await opened.screenshot({ path: join(PICTURES, `${name}-${width}.png`) });
      }
      assert.deepEqual(
        opened.urls.filter((each) => !/^(file|data):/.test(each)),
        [],
      );
      assert.deepEqual(opened.faults, []);
    });
  }
}

test('search finds an error by its code, without a server', async (t) => {
  const opened = await tab(browser);
  t.after(() => opened.context().close());
  await opened.goto(url('search.html?q=upstream_bad_lifetime'));
  await opened.waitForSelector('#search-results li a[href^="errors.html"]');
});

test('a tab that was chosen is chosen on the next page, too', async (t) => {
  const opened = await tab(browser);
  t.after(() => opened.context().close());
  await opened.goto(url(PAGES.tutorial));
  await opened.click('label.sd-tab-label:has-text("Node.js")');
  await opened.goto(url('tutorial/crowd.html'));
  await opened.waitForSelector('text=crowd.mjs');
  assert.ok(await opened.locator('text=node crowd.mjs').isVisible());
});

test('an error has its place at its address', async (t) => {
  const opened = await tab(browser);
  t.after(() => opened.context().close());
  await opened.goto(url('errors.html#throttled'));
  const heading = opened.locator('#throttled').locator('h3');
  assert.match(await heading.innerText(), /^throttled/);
});

/** Nothing that axe calls serious or critical. */
async function judge(opened, what) {
  await opened.evaluate(axe);
  const { violations } = await opened.evaluate(() => globalThis.axe.run(document, { preload: false }));
  const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(
    bad.map(({ id, nodes }) => [what, id, ...nodes.map(({ html }) => html.slice(0, 160))]),
    [],
  );
}
