// Twilio's own unit tests of AccessToken, with nothing changed but the import. They are not part of
// this project: GRANTMINT_TWILIO_NODE names a checkout of twilio-node that has them.

import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from './support.mjs';

const checkout = process.env.GRANTMINT_TWILIO_NODE;
const skip = checkout ? false : 'GRANTMINT_TWILIO_NODE names no checkout of twilio-node';
if (skip) console.error(`SKIPPED: Twilio's unit tests: ${skip}`);

/** What the tests use of jest. */
const jest = `
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

const expect = (actual) => ({
  toBe: (expected) => assert.strictEqual(actual, expected),
  toEqual: (expected) => assert.deepStrictEqual(actual, expected),
  toBeLessThan: (limit) => assert(actual < limit),
  toThrow: (error) => assert.throws(actual, { message: error.message }),
});
`;

for (const library of ['twilio', 'grantmint/twilio']) {
  test(`Twilio's unit tests on ${library}`, { skip }, async (t) => {
    const spec = readFileSync(join(checkout, 'spec/unit/jwt/AccessToken.spec.js'), 'utf8');
    const source = 'from "../../../src"';
    assert.equal(spec.split(source).length, 2);
    const file = join(import.meta.dirname, `drop-in-upstream.${library.replace('/', '-')}.run.mjs`);
    t.after(() => rmSync(file, { force: true }));
    writeFileSync(file, jest + spec.replace(source, `from '${library}'`));
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const { code, stdout } = await run(['--no-warnings', '--test', '--test-reporter=tap', file], { env });
    assert.equal(code, 0, stdout);
    const passed = Number(/^# pass (\d+)$/m.exec(stdout)?.[1]);
    t.diagnostic(`${passed} passed`);
    assert(passed >= 33);
  });
}
