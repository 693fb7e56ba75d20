// The FFI boundary to the native half: a panic behind it is an error and not the end of the process.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run } from './support.mjs';

test('a panic is caught wherever it happens', async (t) => {
  const testHelpers = process.env.GRANTMINT_TEST_HELPERS;
  if (!testHelpers) return t.skip('needs an addon with test helpers');
  const { code, signal, stdout } = await run([
    '--expose-gc',
    '--eval',
    `const native = require(${JSON.stringify(testHelpers)});
    const caught = (run) => { try { run() } catch (error) { console.log(error.code, error.message) } };
    caught(() => native.panicDerived());
    let panicking = native.panicking();
    for (let n = 0; n < 3; n += 1) caught(panicking);
    panicking = null;
    setTimeout(() => { gc(); setTimeout(() => console.log('alive'), 50) }, 10);`,
  ]);
  assert.deepEqual([code, signal], [0, null]);
  const hot = 'panic the library is at fault: a panic was caught';
  const lines = stdout.trim().split('\n');
  assert.equal(lines.shift(), 'GenericFailure on purpose, behind a test helper');
  assert.equal(new Set(lines.slice(0, 3)).size, 1, hot);
  assert.match(lines[0], /^panic \w/);
  assert.deepEqual(lines.slice(3), ['alive']);
});
