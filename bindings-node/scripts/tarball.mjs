// Reads npm packages as they are published.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A packed package. */
export class Tarball {
  constructor(path) {
    this.path = path;
    this.manifest = JSON.parse(this.content('package.json'));
  }

  get name() {
    return this.manifest.name;
  }

  /** The files in it, sorted. */
  files() {
    const listed = execFileSync('tar', ['-tzf', this.path], { encoding: 'utf8' });
    return listed
      .trim()
      .split('\n')
      .map((path) => path.replace(/^package\//, ''))
      .sort();
  }

  /** The bytes of one of its files. */
  content(file) {
    return execFileSync('tar', ['-xzOf', this.path, `package/${file}`], { maxBuffer: 64 * 2 ** 20 });
  }

  /** What registries tell contents apart by. */
  integrity() {
    return `sha512-${createHash('sha512').update(readFileSync(this.path)).digest('base64')}`;
  }
}

/** The packages in a folder, by their names. */
export function tarballsIn(folder) {
  const found = new Map();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.tgz'))) {
    const tarball = new Tarball(join(folder, file));
    if (found.has(tarball.name)) throw new Error(`${folder} has ${tarball.name} twice`);
    found.set(tarball.name, tarball);
  }
  return found;
}
