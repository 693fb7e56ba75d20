// What publint says of the packages.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const require = createRequire(import.meta.url);
const folderOf = (name) => dirname(require.resolve(`${name}/package.json`));
const manifestOf = (name) => JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8'));

for (const name of ['grantmint', ...Object.keys(manifestOf('grantmint').optionalDependencies)]) {
  test(`publint finds nothing in ${name}`, async () => {
    const { messages } = await publint({ pkgDir: folderOf(name), strict: true, level: 'suggestion' });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, manifestOf(name))),
      [],
    );
  });
}
