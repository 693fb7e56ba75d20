// Runs the tests as users meet the package: node test/run.mjs TARBALLS [part of a file's name]
// The tarballs are installed into a clean directory outside the source tree, and the tests are copied beside
// them. All tests run on this Node. The other runtimes run those in which they may differ. GRANTMINT_EMULATOR
// and GRANTMINT_TEST_HELPERS name the emulator and an addon with test helpers.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installClean } from '../scripts/install.mjs';

const here = import.meta.dirname;
const [tarballs, pattern = ''] = process.argv.slice(2);
const clean = installClean(tarballs, 'grantmint-test-');

mkdirSync(join(clean, 'test'));
for (const name of readdirSync(here)) {
  if (!['node_modules', 'registry', 'runtimes', 'package-lock.json'].includes(name)) {
    cpSync(join(here, name), join(clean, 'test', name), { recursive: true });
  }
}
cpSync(resolve(here, '../../tests/vectors'), join(clean, 'test/vectors'), { recursive: true });
cpSync(resolve(here, '../../tests/conformance/surface.json'), join(clean, 'test/vectors/surface.json'));
cpSync(resolve(here, '../../tests/wrong_calls/node.json'), join(clean, 'test/vectors/wrong_calls.json'));
cpSync(resolve(here, '../examples'), join(clean, 'test/examples'), { recursive: true });
const migration = resolve(here, '../../docs/migration.md');
if (existsSync(migration)) cpSync(migration, join(clean, 'test/migration.md'));
cpSync(resolve(here, '../../README.md'), join(clean, 'test/front-page.md'));
cpSync(resolve(here, '../../docs/testing.md'), join(clean, 'test/testing.md'));
symlinkSync(join(here, 'node_modules'), join(clean, 'test/node_modules'));

const env = { ...process.env, GRANTMINT_TARBALLS: resolve(tarballs) };
const failed = [];

function check(name, program, arguments_) {
  const started = performance.now();
  const { status, signal } = spawnSync(program, arguments_, {
    cwd: join(clean, 'test'),
    env,
    stdio: 'inherit',
  });
  console.log(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  if (status !== 0) failed.push(`${name} (${signal ?? status})`);
}

function noteNotTried(what, why) {
  const list = resolve(here, '../../tests/machine/not_tried.sh');
  const { status } = spawnSync(list, ['note', what, why], { stdio: 'inherit' });
  if (status !== 0) failed.push(`${what} (not tried)`);
}

const at = (path) => join(here, 'runtimes/node_modules', path);
const runtimes = {
  'this node': [process.execPath],
  'node 22': [at('node-22/bin/node')],
  'node 24': [at('node-24/bin/node')],
  bun: [at('@oven/bun-linux-x64/bin/bun')],
  deno: [at('@deno/linux-x64-glibc/deno'), 'run', '--allow-all', '--node-modules-dir=manual'],
};
const files = readdirSync(join(clean, 'test')).filter(
  (name) => (name.endsWith('.test.mjs') || name === 'conformance.mjs') && name.includes(pattern),
);
if (files.length === 0) throw new Error(`no test has ${pattern} in its name`);
const tests = files.filter((name) => name !== 'conformance.mjs');
// Where versions of Node differ in what the addon rests on: threads, their ends, the ends of processes, contexts.
const everyNode = tests.filter((name) =>
  ['workers.test.mjs', 'process.test.mjs', 'contexts.test.mjs'].includes(name),
);

for (const [name, [program, ...arguments_]] of Object.entries(runtimes)) {
  if (!existsSync(program)) {
    if (`${process.platform}-${process.arch}` === 'linux-x64') failed.push(`${name} (not installed)`);
    else noteNotTried(`the Node.js package on ${name}`, 'its program is installed for 64-bit Linux only');
    continue;
  }
  const own = name === 'this node' ? tests : name.startsWith('node') ? everyNode : [];
  if (own.length > 0) {
    check(name, program, ['--expose-gc', '--test', '--test-concurrency=1', '--test-reporter=spec', ...own]);
  }
  if (files.includes('conformance.mjs')) check(name, program, [...arguments_, 'conformance.mjs']);
}

if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
