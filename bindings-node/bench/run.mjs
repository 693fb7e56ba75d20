// Measures beside the peers: node bench/run.mjs TARBALLS [--smoke] [--json FILE]
// The package is installed from its tarballs into a clean directory, as users have it; with --smoke
// everything runs once, and the figures mean nothing.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const here = import.meta.dirname;
const [tarballs, ...options] = process.argv.slice(2);
if (!tarballs) throw new Error('usage: node bench/run.mjs TARBALLS [--smoke] [--json FILE]');
const file = options.indexOf('--json') + 1;
if (file > 0) options[file] = resolve(options[file]);

const clean = mkdtempSync(join(tmpdir(), 'grantmint-bench-'));
process.on('exit', () => rmSync(clean, { recursive: true, force: true }));
installPackage();
symlinkPeers();
cpSync(here, join(clean, 'bench'), { recursive: true, filter: (path) => !path.includes('node_modules') });
const { status } = spawnSync(process.execPath, ['bench.mjs', ...options], {
  cwd: join(clean, 'bench'),
  stdio: 'inherit',
});
process.exitCode = status ?? 1;

function installPackage() {
  writeFileSync(join(clean, 'package.json'), '{ "name": "clean", "private": true }\n');
  const packed = readdirSync(tarballs).filter((name) => name.endsWith('.tgz'));
  const install = ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  execFileSync('npm', [...install, ...packed.map((name) => resolve(tarballs, name))], {
    cwd: clean,
    stdio: 'inherit',
  });
}

/** Node looks for them above the bench's folder, where it finds the package too. */
function symlinkPeers() {
  const peers = join(here, 'node_modules');
  for (const name of readdirSync(peers).filter((name) => !name.startsWith('.'))) {
    symlinkSync(join(peers, name), join(clean, 'node_modules', name));
  }
}
