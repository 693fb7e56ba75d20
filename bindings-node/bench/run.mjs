// Measures beside the peers, in one process: node bench/run.mjs TARBALLS [--smoke]
// The package is installed from its tarballs into a clean directory. Prints ratios, which say the same
// on every machine; with --smoke everything runs once and nothing is compared.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const here = import.meta.dirname;
const [tarballs, ...flags] = process.argv.slice(2);
const clean = mkdtempSync(join(tmpdir(), 'grantmint-bench-'));
process.on('exit', () => rmSync(clean, { recursive: true, force: true }));

writeFileSync(join(clean, 'package.json'), '{ "name": "clean", "private": true }\n');
const packed = readdirSync(tarballs).filter((name) => name.endsWith('.tgz'));
const install = ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
execFileSync('npm', [...install, ...packed.map((name) => resolve(tarballs, name))], {
  cwd: clean,
  stdio: 'inherit',
});
cpSync(here, join(clean, 'bench'), { recursive: true, filter: (path) => !path.includes('node_modules') });
symlinkSync(join(here, 'node_modules'), join(clean, 'bench/node_modules'));

const { status } = spawnSync(process.execPath, ['--expose-gc', 'bench.mjs', ...flags], {
  cwd: join(clean, 'bench'),
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
