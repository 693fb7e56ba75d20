// Processes: they end when they are done and not before; what they load; two copies.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import * as esm from 'grantmint';
import { KEY, STREAMER, run } from './support.mjs';

const require = createRequire(import.meta.url);
const cwd = import.meta.dirname;
const prologue = `
  import { ApiKey, GrantCache, PlaybackMinter } from 'grantmint';
  import { setTimeout as sleep } from 'node:timers/promises';
  const key = new ApiKey(...${JSON.stringify(KEY)});
`;
const script = (body) => run(['--input-type=module', '--eval', prologue + body], { cwd, timeout: 20_000 });

test('a top-level await gets its answer', async () => {
  const native = await script(`
    const live = new PlaybackMinter(key, { baseUrl: 'http://127.0.0.1:1' });
    console.log(await live.token('${STREAMER}', 'alice').catch((error) => error.code));
  `);
  assert.deepEqual([native.code, native.stdout.trim()], [0, 'ERR_GRANTMINT_UPSTREAM_CONNECT'], native.stderr);
  const own = await script(`
    const source = async () => { await null; return { grant: {} }; };
    const live = new PlaybackMinter(key, { source });
    console.log((await live.token('${STREAMER}', 'alice')).freshness);
    const cache = new GrantCache();
    const { ticket, waiter } = cache.begin('k');
    setTimeout(() => ticket.complete('g'), 50).unref();
    console.log((await waiter.wait()).grant);
    console.log(await cache.get('never', () => new Promise(() => {}), { timeoutMs: 100 }).catch((error) => error.code));
  `);
  assert.equal(own.code, 0, own.stderr);
  assert.deepEqual(own.stdout.trim().split('\n'), ['fresh', 'g', 'ERR_GRANTMINT_DEADLINE_EXCEEDED']);
});

test('a finished process exits', async () => {
  const { code, stderr } = await script(`
    const source = async () => { await sleep(10); return { grant: {} }; };
    const live = new PlaybackMinter(key, { source });
    await live.token('${STREAMER}', 'alice');
    live.keepWarm('${STREAMER}', 3_600_000);
    const controller = new AbortController();
    const other = new PlaybackMinter(key, { source: () => new Promise(() => {}), isolated: true });
    other.token('${STREAMER}', 'alice', { signal: controller.signal }).catch(() => {});
    await sleep(20);
    controller.abort();
    globalThis.kept = [live, other, live.stream('${STREAMER}')];
  `);
  // One that does not is killed, and has no code.
  assert.equal(code, 0, stderr);
});

test('exit with a fetch in flight', async () => {
  const { code, signal, stderr } = await script(`
    const live = new PlaybackMinter(key, { source: () => new Promise(() => {}) });
    for (let n = 0; n < 100; n += 1) live.token('${STREAMER}', 'alice').catch(() => {});
    await sleep(20);
    process.exit(7);
  `);
  assert.deepEqual([code, signal], [7, null], stderr);
});

test('no thread of the pool is kept', async () => {
  const body = `
    import { readFile } from 'node:fs/promises';
    const live = new PlaybackMinter(key, { source: () => new Promise(() => {}) });
    const native = new PlaybackMinter(key, { baseUrl: 'http://127.0.0.1:1', isolated: true });
    for (let n = 0; n < 1000; n += 1) live.token('${STREAMER}', 'alice').catch(() => {});
    native.token('${STREAMER}', 'alice').catch(() => {});
    await Promise.all(Array.from({ length: 100 }, () => readFile('package.json')));
    console.log('read');
    process.exit(0);
  `;
  const options = { cwd, timeout: 20_000, env: { ...process.env, UV_THREADPOOL_SIZE: '1' } };
  const { stdout, stderr } = await run(['--input-type=module', '--eval', prologue + body], options);
  assert.equal(stdout, 'read\n', stderr);
});

test('import and require give the same classes', () => {
  const cjs = require('grantmint');
  assert.deepEqual(Object.keys(esm).sort(), Object.keys(cjs).sort());
  for (const name of Object.keys(cjs)) assert.equal(esm[name], cjs[name], name);
  assert.equal('default' in esm, false);
});

test('a second copy is noticed and warned of once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'grantmint-copies-'));
  try {
    const installed = dirname(require.resolve('grantmint/package.json'));
    for (const copy of ['a', 'b']) {
      mkdirSync(join(folder, copy, 'node_modules'), { recursive: true });
      cpSync(installed, join(folder, copy, 'node_modules/grantmint'), { recursive: true });
      cpSync(join(installed, '../@grantmint'), join(folder, copy, 'node_modules/@grantmint'), {
        recursive: true,
      });
    }
    const load = (path) => `require(${JSON.stringify(join(folder, path, 'node_modules/grantmint'))});`;
    const twice = await run(['--eval', load('a') + load('b') + load('b')]);
    assert.equal(twice.stderr.match(/GRANTMINT_TWO_COPIES/g)?.length, 1, twice.stderr);
    const once = await run(['--eval', load('a') + load('a')]);
    assert.equal(once.stderr, '');
    const of = (path) => load(path).slice(0, -1);
    const mixed = await run([
      '--eval',
      `const [a, b] = [${of('a')}, ${of('b')}];
      const key = (copy) => new copy.ApiKey('AC' + '0'.repeat(32), 'SK' + '0'.repeat(32), 's');
      for (const make of [
        () => new b.TokenMinter(key(a)),
        () => new b.TokenMinter(key(b), { grants: [new a.VideoGrant()] }),
      ]) try { make() } catch (error) { console.log(error.message) }`,
    ]);
    assert.match(mixed.stdout, /^key must be an ApiKey of this copy of grantmint, not of another: /);
    assert.match(mixed.stdout, /\ngrants\[0\] must be a grant of this copy of grantmint, not of another: /);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('without the package of the platform the error names it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'grantmint-alone-'));
  try {
    const installed = dirname(require.resolve('grantmint/package.json'));
    cpSync(installed, join(folder, 'node_modules/grantmint'), { recursive: true });
    const body = `try { require('grantmint') } catch (error) { console.log(error.code, error.message) }`;
    const { stdout } = await run(['--eval', body], { cwd: folder });
    assert.match(
      stdout,
      /^ERR_GRANTMINT_UNSUPPORTED grantmint needs the package @grantmint\/\w+-\w+(-\w+)?@\d/,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
