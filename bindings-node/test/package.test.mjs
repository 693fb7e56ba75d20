// The packages as npm would publish them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const tarballs = process.env.GRANTMINT_TARBALLS;
const manifestOf = (name) => JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8'));

/** What a tarball holds. */
const content = (start) => {
  const [name] = readdirSync(tarballs).filter((file) => file.startsWith(start) && /\d\.tgz$/.test(file));
  return execFileSync('tar', ['-tf', join(tarballs, name)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .sort();
};

test('the main package holds what it needs and nothing else', () => {
  const files = content('grantmint-0');
  const allowed =
    /^package\/(bin\/grantmint\.cjs|(twilio\/)?index\.(cjs|mjs|d\.cts|d\.mts)|native\.js|native\/\w+\.[cm]js|package\.json|README\.md|LICENSE-(MIT|APACHE))$/;
  assert.deepEqual(
    files.filter((file) => !allowed.test(file)),
    [],
  );
  for (const file of [
    'index.cjs',
    'index.mjs',
    'index.d.cts',
    'index.d.mts',
    'README.md',
    'LICENSE-MIT',
    'LICENSE-APACHE',
  ]) {
    assert(files.includes(`package/${file}`), file);
  }
});

test('the platform package holds the native half', () => {
  const [name] = Object.keys(manifestOf('grantmint').optionalDependencies);
  assert.deepEqual(content(`grantmint-${process.platform}-${process.arch}`), [
    'package/LICENSE-APACHE',
    'package/LICENSE-MIT',
    'package/README.md',
    'package/THIRD-PARTY-LICENSES',
    'package/asset.mjs',
    'package/grantmint-node.cdx.json',
    `package/grantmint.${basename(name)}.node`,
    'package/package.json',
    'package/webpack.mjs',
  ]);
});

test('the manifests', () => {
  const main = manifestOf('grantmint');
  assert.deepEqual([main.scripts, main.dependencies, main.private], [undefined, undefined, undefined]);
  assert.deepEqual([main.engines.node, main.type], ['>=20', 'commonjs']);
  for (const [name, version] of Object.entries(main.optionalDependencies)) {
    const platform = manifestOf(name);
    assert.equal(version, main.version);
    assert.deepEqual(
      [platform.version, platform.scripts, platform.dependencies, platform.type],
      [version, undefined, undefined, 'commonjs'],
    );
    assert(
      platform.os.length === 1 &&
        platform.cpu.length === 1 &&
        (platform.os[0] !== 'linux' || platform.libc.length === 1),
    );
  }
  assert.equal(require('grantmint').version, main.version);
});
