// Runs the tests as users meet the package: node test/run.mjs TARBALLS [part of a file's name]
// The tarballs are installed into a clean directory outside the source tree, the tests copied beside
// them. Then everything on this Node, and the conformance test on all other runtimes that are there.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const here = import.meta.dirname;
const [tarballs, pattern = ''] = process.argv.slice(2);
const clean = mkdtempSync(join(tmpdir(), 'grantmint-test-'));
process.on('exit', () => rmSync(clean, { recursive: true, force: true }));

writeFileSync(join(clean, 'package.json'), '{ "name": "clean", "private": true }\n');
const packed = readdirSync(tarballs).filter((name) => name.endsWith('.tgz'));
const install = ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
execFileSync('npm', [...install, ...packed.map((name) => resolve(tarballs, name))], { cwd: clean, stdio: 'inherit' });

mkdirSync(join(clean, 'test'));
for (const name of readdirSync(here)) {
  if (!['node_modules', 'runtimes', 'package-lock.json'].includes(name)) {
    cpSync(join(here, name), join(clean, 'test', name), { recursive: true });
  }
}
cpSync(resolve(here, '../../tests/vectors'), join(clean, 'test/vectors'), { recursive: true });
cpSync(resolve(here, '../../tests/conformance/surface.json'), join(clean, 'test/vectors/surface.json'));
cpSync(resolve(here, '../examples'), join(clean, 'test/examples'), { recursive: true });
symlinkSync(join(here, 'node_modules'), join(clean, 'test/node_modules'));

const env = { ...process.env, GRANTMINT_TARBALLS: resolve(tarballs) };
const failed = [];

function check(name, program, arguments_) {
  const { status, signal } = spawnSync(program, arguments_, { cwd: join(clean, 'test'), env, stdio: 'inherit' });
  if (status !== 0) failed.push(`${name} (${signal ?? status})`);
}

const files = readdirSync(join(clean, 'test')).filter((name) => name.endsWith('.test.mjs') && name.includes(pattern));
if (files.length > 0) check('tests', process.execPath, ['--expose-gc', '--test', '--test-concurrency=1', ...files]);

if (pattern === '' || pattern === 'conformance') {
  const at = (path) => join(here, 'runtimes/node_modules', path);
  const runtimes = {
    'node 20': [process.execPath, []],
    'node 22': [at('node-22/bin/node'), []],
    'node 24': [at('node-24/bin/node'), []],
    bun: [at('.bin/bun'), []],
    deno: [at('.bin/deno'), ['run', '--allow-all', '--node-modules-dir=manual']],
  };
  for (const [name, [program, arguments_]] of Object.entries(runtimes)) {
    if (existsSync(program)) check(name, program, [...arguments_, 'conformance.mjs']);
    else failed.push(`${name} (not installed)`);
  }
}

if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
