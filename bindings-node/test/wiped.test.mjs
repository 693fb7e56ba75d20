// What SECURITY.md says is wiped is not in the native half's memory afterwards.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './support.mjs';

const isKnown =
  process.report?.getReport?.().header.glibcVersionRuntime && !process.versions.bun && !globalThis.Deno;
const skip =
  !isKnown && 'only Linux shows a process its memory, and only that of Node with glibc is known well enough';

const program = (...name) =>
  run(['--expose-gc', 'wiped-programs.mjs', ...name], {
    cwd: import.meta.dirname,
    env: { ...process.env, MALLOC_ARENA_MAX: '1' },
    timeout: 60_000,
  });

/** Runs a program until what it looks at is where it looks: where that is differs from process to process. */
async function settled(name) {
  for (let tries = 1; ; tries++) {
    const ended = await program(name);
    if (ended.code !== 75 || tries === 20) return ended;
  }
}

test('what is wiped is gone', { skip }, async (t) => {
  const { stdout } = await program();
  const names = stdout.trim().split('\n');
  assert.ok(names.includes('theControl'));
  for (const name of names) {
    await t.test(name, async () => {
      const { code, stderr } = await settled(name);
      assert.equal(code, 0, stderr);
    });
  }
});
