// A minter for each request: what the next one finds, and who is told of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PlaybackMinter, forget } from 'grantmint';
import { KEY, STREAMER, emulator, key, run } from './support.mjs';

test('a minter for each request costs one call, closed or not', async (t) => {
  const { baseUrl, calls } = await emulator(t);
  for (let request = 0; request < 15; request += 1) {
    const live = new PlaybackMinter(key(), { baseUrl });
    await live.token(STREAMER, 'alice');
    if (request % 2) live.close();
  }
  assert.equal(await calls(), 1);
});

test('what was purged is not found', async (t) => {
  const { baseUrl, calls } = await emulator(t);
  const live = new PlaybackMinter(key(), { baseUrl });
  await live.token(STREAMER, 'alice');
  live.purge();
  live.close();
  await new PlaybackMinter(key(), { baseUrl }).token(STREAMER, 'alice');
  assert.equal(await calls(), 2);
});

test('what a minter uses is not forgotten', async (t) => {
  const { baseUrl, calls } = await emulator(t);
  const live = new PlaybackMinter(key(), { baseUrl });
  await live.token(STREAMER, 'alice');
  assert.equal(forget(), undefined);
  await live.token(STREAMER, 'alice');
  assert.equal(await calls(), 1);
});

test('a program that makes a minter for each request is warned once', async () => {
  const body = `
    import { ApiKey, PlaybackMinter } from 'grantmint';
    const key = new ApiKey(...${JSON.stringify(KEY)});
    process.on('warning', (warning) => console.log(warning.name, warning.code, warning.message));
    for (let turn = 0; turn < 100; turn += 1) {
      new PlaybackMinter(key);
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  `;
  const options = { cwd: import.meta.dirname, timeout: 20_000 };
  const { code, stdout, stderr } = await run(['--expose-gc', '--input-type=module', '--eval', body], options);
  assert.equal(code, 0, stderr);
  const lines = stdout.trim().split('\n');
  assert.equal(lines.length, 1, stdout);
  assert.match(lines[0], /^GrantmintWarning GRANTMINT_MINTER_PER_REQUEST .*make one minter and keep it$/);
});
