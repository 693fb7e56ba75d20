// What is said where the native half cannot be loaded: each way to fail has a reason and names its cure.

import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { test } from 'node:test';
import { run } from './support.mjs';

const require = createRequire(import.meta.url);
const installed = dirname(require.resolve('grantmint/package.json'));
const [half] = Object.keys(require('grantmint/package.json').optionalDependencies);
const addon = `grantmint.${basename(half)}.node`;
const SAY = `try { require('grantmint'); console.log('loaded') } catch (e) { console.log(e.code, e.reason, e.message) }`;

/** A copy of what is installed, in which a test breaks something; what is said there. */
async function broken(t, breaking, ...flags) {
  const folder = mkdtempSync(join(tmpdir(), 'grantmint-native-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const modules = join(folder, 'node_modules');
  cpSync(installed, join(modules, 'grantmint'), { recursive: true });
  cpSync(join(installed, '..', half), join(modules, half), { recursive: true });
  breaking(modules);
  const { stdout, stderr } = await run([...flags, '--eval', SAY], { cwd: folder });
  assert.equal(stderr.replace(/^.*ExperimentalWarning.*\n.*\n/, ''), '');
  return stdout.trim();
}

const said = (reason, ...words) =>
  new RegExp(`^ERR_GRANTMINT_UNSUPPORTED ${reason} grantmint ${words.map((word) => `.*${word}`).join('')}`);

test('not installed', async (t) => {
  const text = await broken(t, (modules) => rmSync(join(modules, '@grantmint'), { recursive: true }));
  assert.match(
    text,
    said('NOT_INSTALLED', `${half}@\\d`, '--omit=optional', 'npm/cli/issues/4828', 'npm install @'),
  );
});

test('installed on another platform', async (t) => {
  const other = '@grantmint/win32-arm64-msvc';
  const text = await broken(t, (modules) => renameSync(join(modules, half), join(modules, other)));
  assert.match(
    text,
    said('OTHER_PLATFORM', other, `npm install --os=${process.platform} --cpu=${process.arch}`),
  );
});

test('part of a bundle, without the native half', async (t) => {
  const text = await broken(t, (modules) => {
    rmSync(join(modules, '@grantmint'), { recursive: true });
    // What a bundler does: the loader runs from elsewhere.
    mkdirSync(join(modules, 'grantmint/dist'));
    for (const name of ['native.js', 'native'])
      renameSync(join(modules, 'grantmint', name), join(modules, 'grantmint/dist', name));
    writeFileSync(join(modules, 'grantmint/native.js'), "module.exports = require('./dist/native.js');");
  });
  assert.match(text, said('BUNDLED', `Copy node_modules/${half}/${addon}`, "external: \\['grantmint'\\]"));
});

test('a native half of another version', async (t) => {
  const text = await broken(t, (modules) => {
    writeFileSync(join(modules, half, 'index.js'), "exports.version = () => '9.9.9';");
    const manifest = join(modules, half, 'package.json');
    writeFileSync(manifest, JSON.stringify({ name: half, main: 'index.js' }));
  });
  assert.match(text, said('VERSION', require('grantmint').version, '9\\.9\\.9'));
});

test('a file of another system', async (t) => {
  const elf = (file) => {
    const bytes = readFileSync(file);
    bytes.writeUInt16LE(bytes.readUInt16LE(18) === 0xb7 ? 0x3e : 0xb7, 18); // The CPU of an ELF file.
    writeFileSync(file, bytes);
  };
  if (process.platform !== 'linux') return t.skip('the file is an ELF file on Linux only');
  const cpu = await broken(t, (modules) => elf(join(modules, half, addon)));
  assert.match(cpu, said('WRONG_FILE', half, 'does not fit this system'));
  const text = await broken(t, (modules) =>
    writeFileSync(join(modules, half, addon), 'version https://git-lfs'),
  );
  assert.match(text, said('WRONG_FILE', half));
});

test('a C library that is too old', async (t) => {
  const text = await broken(t, (modules) => {
    const message = "libc.so.6: version `GLIBC_9.99' not found (required by the addon)";
    writeFileSync(join(modules, half, 'index.js'), `throw new Error(${JSON.stringify(message)});`);
    writeFileSync(join(modules, half, 'package.json'), JSON.stringify({ name: half, main: 'index.js' }));
  });
  assert.match(text, said('OLD_GLIBC', 'GLIBC 9\\.99', 'this system has glibc'));
});

test('Node was told to load no addons', async (t) => {
  const none = await broken(t, () => {}, '--no-addons');
  assert.match(none, said('NO_ADDONS', '--no-addons'));
  const permission = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const allowed = await broken(t, () => {}, permission, '--allow-fs-read=*');
  assert.match(allowed, said('NO_ADDONS', '--permission', '--allow-addons'));
});

test('an edge runtime', async () => {
  const { stdout } = await run(['--conditions=edge-light', '--eval', SAY], { cwd: import.meta.dirname });
  assert.match(stdout, said('NO_ADDONS', "set runtime = 'nodejs'"));
});

test('tools see the native half of every platform by its name', () => {
  for (const file of ['native.js', 'native/literals.mjs']) {
    const names = [
      ...readFileSync(join(installed, file), 'utf8').matchAll(/require\('(@grantmint\/.+?)'\)/g),
    ];
    assert.equal(new Set(names.map(([, name]) => name)).size, 8, file);
  }
  assert(existsSync(join(installed, '..', half, addon)));
});
