// A copy of what the packages are made of, with a version and an address of its own, packed for all platforms.

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { targets } from '../../scripts/targets.mjs';

const root = resolve(import.meta.dirname, '../../..');
/** What of the folder packages are not made of. */
const LEFT_OUT = ['bench', 'examples', 'node_modules', 'src', 'test'];

export class Project {
  /** `library` is the addon of every platform: nothing here loads that of another one. */
  constructor({ below, version, address, library }) {
    this.folder = mkdtempSync(join(below, 'project-'));
    for (const { name } of readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isFile())) {
      cpSync(join(root, name), join(this.folder, name));
    }
    cpSync(join(root, 'packaging'), join(this.folder, 'packaging'), { recursive: true });
    for (const name of readdirSync(join(root, 'bindings-node')).filter((name) => !LEFT_OUT.includes(name))) {
      cpSync(join(root, 'bindings-node', name), join(this.folder, 'bindings-node', name), {
        recursive: true,
      });
    }
    this.#rewrite('Cargo.toml', /^(\[workspace\.package\]\nversion = ").+"$/m, `$1${version}"`);
    this.#rewrite('Cargo.toml', /^repository = .*\n/m, '');
    if (address) {
      this.#rewrite('Cargo.toml', /^\[workspace\.package\]$/m, `$&\nrepository = "${address}"`);
    }
    this.#rewrite('bindings-node/package.json', /^( {2}"version": ").+",$/m, `$1${version}",`);
    this.packages = join(this.folder, 'packages');
    this.library = library;
  }

  /** Makes and checks the packages of these targets. */
  pack(triples = Object.keys(targets)) {
    mkdirSync(this.packages);
    const built = triples.map((triple) => `${triple}=${this.library}`);
    execFileSync(process.execPath, [this.#script('pack'), this.packages, ...built], { stdio: 'ignore' });
    return execFileSync(process.execPath, [this.#script('check'), this.packages], { encoding: 'utf8' });
  }

  /** Publishes them as the release does. What that said, and whether it succeeded. */
  publish(env) {
    return spawnSync(process.execPath, [this.#script('publish'), this.packages], { env, encoding: 'utf8' });
  }

  /** Changes a file of the project. */
  append(path, text) {
    writeFileSync(join(this.folder, path), text, { flag: 'a' });
  }

  #script(name) {
    return join(this.folder, 'bindings-node/scripts', `${name}.mjs`);
  }

  #rewrite(path, pattern, replacement) {
    const file = join(this.folder, path);
    writeFileSync(file, readFileSync(file, 'utf8').replace(pattern, replacement));
  }
}
