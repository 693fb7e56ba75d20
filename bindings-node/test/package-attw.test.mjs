// Whether the types of the package are wrong, as the tool of that name sees it.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';

const tarballs = process.env.GRANTMINT_TARBALLS;

test('are the types wrong?', async () => {
  const tarball = readdirSync(tarballs).find((file) => /^grantmint-\d.*\.tgz$/.test(file));
  const { types, problems } = await checkPackage(
    createPackageFromTarballData(readFileSync(join(tarballs, tarball))),
    // It is how the package finds its own half, and has nothing for users.
    { excludeEntrypoints: ['./native'] },
  );
  assert.equal(types.kind, 'included');
  // Resolution of before 2022, which knows no `exports`: it finds the main entry and nothing below.
  const modern = problems.filter(({ resolutionKind }) => resolutionKind !== 'node10');
  assert.deepEqual(modern, []);
});
