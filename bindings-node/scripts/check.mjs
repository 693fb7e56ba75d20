// Holds npm packages against what they promise: node scripts/check.mjs TARBALLS

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { common, packageOf, targets, thirdParty } from './targets.mjs';

const MAX_LIBRARY = 4_500_000;
/** The oldest C library that Node's own builds run with; what is linked on a newer one would ask for it. */
const MAX_GLIBC = [2, 28];
const LIBRARIES = /^(lib(c|m|dl|pthread|rt|gcc_s)\.|ld-linux|libc\.musl-)/;

/** What a joined file of the main package may require of its other files. */
const OUTSIDE = new Set(['./explain.cjs', './native/explain.cjs', '../index.cjs']);

const folder = process.argv[2];
if (!folder) throw new Error('usage: node scripts/check.mjs TARBALLS');
const source = JSON.parse(readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8'));

const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
const packages = new Map(tarballs.map((tarball) => [manifestIn(tarball).name, tarball]));
const main = packages.get('grantmint');
assert(main, `no package grantmint in ${folder}`);
packages.delete('grantmint');
checkMain(main);
for (const [name, tarball] of packages) checkPlatform(name, tarball);

function checkMain(tarball) {
  const manifest = manifestIn(tarball);
  assert.deepEqual(filesIn(tarball), [...new Set([...source.files, ...common])].sort());
  const exact = [...packages.keys()].map((name) => [name, source.version]);
  assert.deepEqual(manifest.optionalDependencies, Object.fromEntries(exact));
  assert.equal(manifest.version, source.version);
  assertPlain(manifest);
  for (const entry of ['index.cjs', 'native.js', 'native/pick.cjs', 'twilio/index.cjs']) {
    const relative = contentOf(tarball, entry)
      .toString()
      .matchAll(/\brequire\('(\.[^']+)'\)/g);
    for (const [, wanted] of relative) assert(OUTSIDE.has(wanted), `${entry} needs ${wanted}`);
  }
  for (const file of ['native.js', 'native/literals.mjs', 'native/explain.cjs'])
    checkPlatformsIn(tarball, file);
  console.log(`${tarball}: complete`);
}

/** A loader that does not name a platform would not find its package. */
function checkPlatformsIn(tarball, file) {
  const text = contentOf(tarball, file).toString();
  for (const name of Object.values(targets).map(packageOf)) {
    assert(
      text.includes(`'${file.endsWith('explain.cjs') ? basename(name) : name}'`),
      `${file} lacks ${name}`,
    );
  }
}

function checkPlatform(name, tarball) {
  const target = Object.values(targets).find((target) => packageOf(target) === name);
  assert(target, `${name} is for no known target`);
  const addon = `grantmint.${basename(name)}.node`;
  assert.deepEqual(filesIn(tarball), [addon, 'asset.mjs', 'webpack.mjs', thirdParty, ...common].sort());
  for (const [file, url] of Object.entries({ 'asset.mjs': `./${addon}`, 'webpack.mjs': `-!./${addon}` })) {
    assert(contentOf(tarball, file).includes(`new URL('${url}', import.meta.url)`), `${file} lacks ${url}`);
  }
  const terms = readFileSync(resolve(import.meta.dirname, '../..', thirdParty));
  assert(contentOf(tarball, thirdParty).equals(terms), `${tarball}: other third-party licences`);
  const { os, cpu, libc, version, ...manifest } = manifestIn(tarball);
  assert.deepEqual([os, cpu, libc], [[target.os], [target.cpu], target.libc && [target.libc]]);
  assert.equal(version, source.version);
  assertPlain(manifest);
  const library = contentOf(tarball, addon);
  assert(library.length <= MAX_LIBRARY, `${tarball}: the library has ${library.length} bytes`);
  console.log(`${tarball}: the library has ${(library.length / 1e6).toFixed(1)} MB`);
  if (target.os === 'linux') checkLinux(tarball, target, library.toString('latin1'));
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

function assertPlain({ scripts, dependencies, private: hidden, engines, license }) {
  assert.deepEqual([scripts, dependencies, hidden], [undefined, undefined, undefined]);
  assert.deepEqual([engines.node, license], ['>=20', 'MIT OR Apache-2.0']);
}

function isNewer([major, minor], [thanMajor, thanMinor]) {
  return major > thanMajor || (major === thanMajor && minor > thanMinor);
}

function filesIn(tarball) {
  const listed = execFileSync('tar', ['-tzf', tarball], { cwd: folder, encoding: 'utf8' });
  return listed
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''))
    .sort();
}

function contentOf(tarball, file) {
  const options = { cwd: folder, maxBuffer: 64 * 2 ** 20 };
  return execFileSync('tar', ['-xzOf', tarball, `package/${file}`], options);
}

function manifestIn(tarball) {
  return JSON.parse(contentOf(tarball, 'package.json'));
}
