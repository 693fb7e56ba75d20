// Debian's Chromium, and what must not happen in it.

import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const launch = (options = {}) => chromium.launch({ executablePath, ...options });

/** A tab that notes all errors of its console and all that its security policy has stopped. */
export async function tab(browser, options = {}) {
  const context = await browser.newContext({
    reducedMotion: 'reduce',
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const opened = await context.newPage();
  opened.faults = [];
  opened.urls = [];
  opened.on('console', (message) => message.type() === 'error' && opened.faults.push(message.text()));
  opened.on('pageerror', (error) => opened.faults.push(String(error)));
  opened.on('request', (request) => opened.urls.push(request.url()));
  await opened.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective}`),
    );
  });
  return opened;
}

/** Opens the page by its link, and waits for a view. */
export async function enter(opened, page, view = 'showtime') {
  await opened.goto(page.link.url);
  await opened.waitForSelector('#view-showtime:not([hidden]), #view-generate:not([hidden])');
  await go(opened, view);
}

export async function go(opened, view) {
  await opened.click(`nav a[href="#${view}"]`);
  await opened.waitForSelector(`#view-${view}:not([hidden])`);
}

export function clean(opened) {
  assert.deepEqual(opened.faults, []);
}

/** The text of an element. */
export const text = (opened, selector) => opened.locator(selector).innerText();
