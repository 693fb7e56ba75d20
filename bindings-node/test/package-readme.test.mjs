// The README is the page of the package at the registry, where there is no checkout beside it.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const folder = dirname(require.resolve('grantmint/package.json'));
const page = readFileSync(join(folder, 'README.md'), 'utf8');
/** What stands there until the first release, and is for whoever has a checkout. */
const note = /^> The package is not on the registry yet\..*?\n\n/ms;
const [forUsers, fromSource] = page.replace(note, '').split('\n## From source\n');

test('the page begins with how to install the package', () => {
  const first = /^```sh\n(.*?)^```$/ms.exec(page);
  assert.equal(first[1], 'npm install grantmint\n');
  assert(first.index < page.indexOf('\n## '));
});

test('every relative link of the page is to a file of the package', () => {
  const dead = linksOf(page).filter((target) => !isThere(target, page));
  assert.deepEqual(dead, []);
  // What would be found is found.
  const bad = '[a](../README.md) [b](#nowhere)\n<img src="x.svg">\n[d]: y.md';
  assert.deepEqual(
    linksOf(bad).filter((target) => !isThere(target, bad)),
    ['../README.md', '#nowhere', 'y.md', 'x.svg'],
  );
});

function linksOf(text) {
  const kinds = [/\]\(([^)\s]*)[^)]*\)/g, /^\[[^\]]+\]:\s*(\S+)/gm, /(?:href|src)=["']?([^"'>\s]+)/g];
  return kinds.flatMap((kind) => [...text.matchAll(kind)].map(([, target]) => target));
}

/** Whether what a link of a page names is there: on another server, a heading, or a file of the package. */
function isThere(target, text) {
  if (target.startsWith('https://')) return true;
  if (target.startsWith('#')) return headingsOf(text).includes(target.slice(1));
  return !target.startsWith('..') && existsSync(join(folder, target.replace(/#.*/, '')));
}

const headingsOf = (text) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, words]) =>
    words
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );

test('what needs a checkout comes last', () => {
  assert(fromSource);
  for (const needed of ['`make ', '\nmake ', 'bindings-node', 'checkout', 'cargo ', 'target/']) {
    assert(!forUsers.includes(needed), needed);
  }
  assert.doesNotMatch(forUsers, /\bexamples\b/);
});
