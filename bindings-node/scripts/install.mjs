// Installs the packed packages into a clean directory, where nothing else is.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The directory, outside the source tree. It is removed when the process exits. */
export function installClean(tarballs, prefix) {
  const clean = mkdtempSync(join(tmpdir(), prefix));
  process.on('exit', () => rmSync(clean, { recursive: true, force: true }));
  writeFileSync(join(clean, 'package.json'), '{ "name": "clean", "private": true }\n');
  const packed = readdirSync(tarballs).filter((name) => name.endsWith('.tgz'));
  const install = ['install', '--offline', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  execFileSync('npm', [...install, ...packed.map((name) => resolve(tarballs, name))], {
    cwd: clean,
    stdio: 'inherit',
  });
  return clean;
}
