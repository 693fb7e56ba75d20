// What the packages take from the project's Cargo.toml: each of it is set there, and nowhere else.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** The version, and the address of the repository if it is set. */
export function workspacePackage() {
  const cargo = readFileSync(join(root, 'Cargo.toml'), 'utf8');
  const section = /^\[workspace\.package\]\n((?:[^[\n].*\n)+)/m.exec(cargo)?.[1];
  if (!section) throw new Error('Cargo.toml has no [workspace.package]');
  const field = (name) => new RegExp(`^${name} = "(.+)"$`, 'm').exec(section)?.[1];
  return { version: field('version'), repository: field('repository')?.replace(/\/$/, '') };
}

/** The member `repository` of a manifest: npm proves by it where a package was built. */
export function repositoryOf(address) {
  return address && { type: 'git', url: `git+${address}.git`, directory: 'bindings-node' };
}
