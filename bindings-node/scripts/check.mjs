// Holds npm packages against what they promise: node scripts/check.mjs TARBALLS

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { releaseOf } from './release.mjs';
import { common, packageOf, sbom, sbomOf, targets, thirdParty } from './targets.mjs';
import { tarballsIn } from './tarball.mjs';
import { repositoryOf, workspacePackage } from './workspace.mjs';

const MAX_LIBRARY = 8_000_000;
/** The oldest C library that the README promises; what is linked on a newer one would ask for it. */
const MAX_GLIBC = [2, 17];
const LIBRARIES = /^(lib(c|m|dl|pthread|rt|gcc_s)\.|ld-linux|libc\.musl-)/;

/** What a joined file of the main package may require of its other files. */
const OUTSIDE = new Set(['./explain.cjs', './native/explain.cjs', '../index.cjs']);

const folder = process.argv[2];
if (!folder) throw new Error('usage: node scripts/check.mjs TARBALLS');
const source = JSON.parse(readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8'));
const repository = repositoryOf(workspacePackage().repository);

const packages = tarballsIn(folder);
const main = packages.get('grantmint');
assert(main, `no package grantmint in ${folder}`);
const platforms = [...packages.values()].filter((tarball) => tarball !== main);
checkMain();
for (const platform of platforms) checkPlatform(platform);
checkRelease();

function checkMain() {
  const { manifest } = main;
  assert.deepEqual(main.files(), [...new Set([...source.files, ...common])].sort());
  const exact = platforms.map(({ name }) => [name, source.version]);
  assert.deepEqual(manifest.optionalDependencies, Object.fromEntries(exact));
  assertPlain(manifest);
  for (const entry of ['index.cjs', 'native.js', 'native/pick.cjs', 'twilio/index.cjs']) {
    const relative = main
      .content(entry)
      .toString()
      .matchAll(/\brequire\('(\.[^']+)'\)/g);
    for (const [, wanted] of relative) assert(OUTSIDE.has(wanted), `${entry} needs ${wanted}`);
  }
  for (const file of ['native.js', 'native/literals.mjs', 'native/explain.cjs']) checkPlatformsIn(file);
  console.log(`${main.path}: complete`);
}

/** The main package is the last one to be published, under the tag that its version asks for. */
function checkRelease() {
  const { order, tag } = releaseOf(packages);
  const first = Object.keys(main.manifest.optionalDependencies).map((name) => packages.get(name));
  assert.deepEqual(order, [...first, main]);
  assert.equal(tag, /^\d+\.\d+\.\d+$/.test(source.version) ? 'latest' : 'next');
  console.log(
    `${order.length} packages, in this order, as ${tag}: ${order.map(({ name }) => name).join(', ')}`,
  );
}

/** A loader that does not name a platform would not find its package. */
function checkPlatformsIn(file) {
  const text = main.content(file).toString();
  for (const name of Object.values(targets).map(packageOf)) {
    assert(
      text.includes(`'${file.endsWith('explain.cjs') ? basename(name) : name}'`),
      `${file} lacks ${name}`,
    );
  }
}

function checkPlatform(platform) {
  const { name, path } = platform;
  const target = Object.values(targets).find((target) => packageOf(target) === name);
  assert(target, `${name} is for no known target`);
  const addon = `grantmint.${basename(name)}.node`;
  assert.deepEqual(platform.files(), [addon, 'asset.mjs', 'webpack.mjs', thirdParty, sbom, ...common].sort());
  for (const [file, url] of Object.entries({ 'asset.mjs': `./${addon}`, 'webpack.mjs': `-!./${addon}` })) {
    assert(platform.content(file).includes(`new URL('${url}', import.meta.url)`), `${file} lacks ${url}`);
  }
  const terms = readFileSync(resolve(import.meta.dirname, '../..', thirdParty));
  assert(platform.content(thirdParty).equals(terms), `${path}: other third-party licences`);
  assert(platform.content(sbom).equals(readFileSync(sbomOf(target))), `${path}: another SBOM`);
  const { os, cpu, libc, ...manifest } = platform.manifest;
  assert.deepEqual([os, cpu, libc], [[target.os], [target.cpu], target.libc && [target.libc]]);
  assertPlain(manifest);
  const library = platform.content(addon);
  assert(library.length <= MAX_LIBRARY, `${path}: the library has ${library.length} bytes`);
  console.log(`${path}: the library has ${(library.length / 1e6).toFixed(1)} MB`);
  if (target.os === 'linux') checkLinux(path, target, library.toString('latin1'));
}

function checkLinux(tarball, { libc }, library) {
  assert(!library.includes('\0.symtab\0'), `${tarball}: the library is not stripped`);
  const needed = new Set(library.match(/(?<=\0)(lib|ld-)[\w+.-]*\.so(\.\d+)?(?=\0)/g));
  for (const name of needed) assert(LIBRARIES.test(name), `${tarball} needs ${name}`);
  if (libc !== 'glibc') return;
  const versions = [...library.matchAll(/GLIBC_(\d+)\.(\d+)/g)].map(([, major, minor]) => [+major, +minor]);
  const newest = versions.reduce((a, b) => (isNewer(b, a) ? b : a), [0, 0]);
  console.log(`${tarball}: needs glibc ${newest.join('.')} and ${[...needed].join(', ')}`);
  assert(newest[0] === 2 && !isNewer(newest, MAX_GLIBC), `${tarball} needs glibc ${newest.join('.')}`);
}

function assertPlain({ scripts, dependencies, private: hidden, ...manifest }) {
  assert.deepEqual([scripts, dependencies, hidden], [undefined, undefined, undefined]);
  const { version, type, engines, license } = manifest;
  assert.deepEqual(
    [version, type, engines.node, license],
    [source.version, 'commonjs', '>=20', 'MIT OR Apache-2.0'],
  );
  assert.deepEqual(manifest.repository, repository);
}

function isNewer([major, minor], [thanMajor, thanMinor]) {
  return major > thanMajor || (major === thanMajor && minor > thanMinor);
}
