// Measures beside the peers: node bench/run.mjs TARBALLS [--smoke] [--json FILE]
// The package is installed from its tarballs into a clean directory, as users have it. With --smoke everything
// runs once, and the figures mean nothing.

import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { installClean } from '../scripts/install.mjs';

const here = import.meta.dirname;
const [tarballs, ...options] = process.argv.slice(2);
if (!tarballs) throw new Error('usage: node bench/run.mjs TARBALLS [--smoke] [--json FILE]');
const file = options.indexOf('--json') + 1;
if (file > 0) options[file] = resolve(options[file]);

const clean = installClean(tarballs, 'grantmint-bench-');
symlinkPeers();
cpSync(here, join(clean, 'bench'), { recursive: true, filter: (path) => !path.includes('node_modules') });
const examples = resolve(here, '../examples');
cpSync(examples, join(clean, 'examples'), { recursive: true });
// The pool finds its worker beside itself: here one with constant answers.
for (const name of ['pool-server.mjs', 'ending.mjs']) {
  cpSync(join(examples, name), join(clean, 'bench/constant', name));
}
const { status } = spawnSync(process.execPath, ['bench.mjs', ...options], {
  cwd: join(clean, 'bench'),
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

/** Node looks for them above the bench's folder, where it finds the package too. */
function symlinkPeers() {
  const peers = join(here, 'node_modules');
  for (const name of readdirSync(peers).filter((name) => !name.startsWith('.'))) {
    symlinkSync(join(peers, name), join(clean, 'node_modules', name));
  }
}
