// The packages as npm would publish them, and their types.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const here = import.meta.dirname;
const tarballs = process.env.GRANTMINT_TARBALLS;
const tool = (name, path) => join(dirname(require.resolve(`${name}/package.json`)), path);
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
    /^package\/((twilio\/)?index\.(cjs|mjs|d\.cts|d\.mts)|native\.js|native\/\w+\.[cm]js|package\.json|README\.md|LICENSE-(MIT|APACHE))$/;
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
    `package/grantmint.${basename(name)}.node`,
    'package/package.json',
    'package/webpack.mjs',
  ]);
});

test('the manifests', () => {
  const main = manifestOf('grantmint');
  assert.deepEqual([main.scripts, main.dependencies, main.private], [undefined, undefined, undefined]);
  assert.equal(main.engines.node, '>=20');
  for (const [name, version] of Object.entries(main.optionalDependencies)) {
    const platform = manifestOf(name);
    assert.equal(version, main.version);
    assert.deepEqual(
      [platform.version, platform.scripts, platform.dependencies],
      [version, undefined, undefined],
    );
    assert(
      platform.os.length === 1 &&
        platform.cpu.length === 1 &&
        (platform.os[0] !== 'linux' || platform.libc.length === 1),
    );
  }
  assert.equal(require('grantmint').version, main.version);
});

test('publint finds nothing', async () => {
  const { publint } = await import('publint');
  const { formatMessage } = await import('publint/utils');
  const pkgDir = dirname(require.resolve('grantmint/package.json'));
  const { messages } = await publint({ pkgDir, strict: true, level: 'warning' });
  const pkg = manifestOf('grantmint');
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
});

test('are the types wrong?', async () => {
  const { checkPackage, createPackageFromTarballData } = await import('@arethetypeswrong/core');
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

for (const [module, resolution] of [
  ['node16', 'node16'],
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
]) {
  test(`tsc --strict, ${resolution} resolution`, () => {
    const config = join(here, `tsconfig.${resolution}.json`);
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      lib: ['es2022', 'esnext.disposable'],
      types: ['node'],
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      module,
      moduleResolution: resolution,
    };
    const files = resolution === 'bundler' ? ['types.mts'] : ['types.mts', 'types.cts'];
    compile(config, { compilerOptions, files });
  });
}

test('tsc --strict, without the types of Node', () => {
  writeFileSync(join(here, 'plain.mts'), "export { PlaybackMinter } from 'grantmint';\n");
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    lib: ['es2022', 'dom'],
    types: [],
    module: 'nodenext',
  };
  compile(join(here, 'tsconfig.plain.json'), { compilerOptions, files: ['plain.mts'] });
});

function compile(config, project) {
  writeFileSync(config, JSON.stringify(project));
  try {
    execFileSync(process.execPath, [tool('typescript', 'bin/tsc'), '--project', config], {
      encoding: 'utf8',
    });
  } catch (error) {
    assert.fail(error.stdout);
  }
}
