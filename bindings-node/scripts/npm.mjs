// Makes the npm packages for this platform, as they would be published: node scripts/npm.mjs OUT [HELPERS]
// An OUT in target is emptied first, any other has to be empty.
// HELPERS is where an addon with test helpers is put, which the packages do not have.
// On Linux zig links them, for C libraries that are as old as those that Node's own builds run with.

import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';

const here = import.meta.dirname;
const root = resolve(here, '../..');
const target = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
/** Its bytes are the same for everybody. */
const RELEASE = join(root, 'packaging/release.sh');
const BUILD = ['--release', '--locked', '--package', 'grantmint-node'];

const [given, helpers] = process.argv.slice(2);
if (!given) throw new Error('usage: node scripts/npm.mjs OUT [HELPERS]');
const out = resolve(given);
empty(out);
const host = /^host: (.+)$/m.exec(asked('rustc', '-vV'))[1];
const built = host.endsWith('-linux-gnu') ? buildWithZig : build;
// First, so that what stays behind in target is the addon as it ships.
if (helpers) {
  mkdirSync(dirname(helpers), { recursive: true });
  copyFileSync(built('--features', 'test-helpers'), helpers);
}
const library = built();
run('node', [join(here, 'pack.mjs'), out, `${host}=${library}`]);
run('node', [join(here, 'check.mjs'), out]);

/** What somebody has elsewhere than in target is not deleted. */
function empty(folder) {
  if (!existsSync(folder)) return;
  const isOurs = existsSync(target) && realpathSync(folder).startsWith(realpathSync(target) + sep);
  if (isOurs) rmSync(folder, { recursive: true });
  else if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty: name another folder`);
}

function build(...features) {
  run('sh', [RELEASE, 'cargo', 'build', ...BUILD, ...features]);
  const names = { darwin: 'libgrantmint_node.dylib', win32: 'grantmint_node.dll' };
  return join(target, 'release', names[process.platform] ?? 'libgrantmint_node.so');
}

function buildWithZig(...features) {
  run('sh', [join(here, 'zig.sh'), host, ...features]);
  return join(target, host, 'release/libgrantmint_node.so');
}

function asked(program, ...options) {
  return execFileSync(program, options, { encoding: 'utf8' }).trim();
}

function run(program, options) {
  console.log('+', program, ...options);
  execFileSync(program, options, { cwd: root, stdio: 'inherit' });
}
