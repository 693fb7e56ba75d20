// Makes the npm packages: node scripts/pack.mjs OUT TARGET=LIBRARY…
// One tarball for each target whose built library is named, and the main one, which asks for exactly
// those. Nothing is compiled here and nothing is run when they are installed.

import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { packageOf, targets } from './targets.mjs';

const here = resolve(import.meta.dirname, '..');
const root = resolve(here, '..');
const [out, ...built] = process.argv.slice(2);
if (!out || built.length === 0) throw new Error('usage: node scripts/pack.mjs OUT TARGET=LIBRARY…');

const main = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
const workspace = /^\[workspace\.package\]\nversion = "(.+)"$/m.exec(readFileSync(join(root, 'Cargo.toml'), 'utf8'));
if (workspace?.[1] !== main.version) {
  throw new Error(`package.json says ${main.version}, Cargo.toml ${workspace?.[1]}`);
}

const stage = join(resolve(out), 'stage');
rmSync(stage, { recursive: true, force: true });
const tarballs = [];

function pack(name, fields, copy) {
  const folder = join(stage, name.replace('/', '-').replace('@', ''));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(fields, null, 2)}\n`);
  for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) copyFileSync(join(root, licence), join(folder, licence));
  copy(folder);
  const arguments_ = ['pack', '--silent', '--ignore-scripts', '--pack-destination', resolve(out), folder];
  tarballs.push(execFileSync('npm', arguments_, { encoding: 'utf8' }).trim());
}

const platforms = built.map((given) => {
  const [triple, library] = given.split('=');
  const target = targets[triple];
  if (!target || !library) throw new Error(`not TARGET=LIBRARY of a known target: ${given}`);
  return { ...target, name: packageOf(target), library };
});

for (const { name, os, cpu, libc, library } of platforms) {
  const fields = {
    name,
    version: main.version,
    description: `The native half of grantmint for ${basename(name)}`,
    license: main.license,
    main: 'grantmint.node',
    files: ['grantmint.node', 'LICENSE-APACHE', 'LICENSE-MIT'],
    engines: main.engines,
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc] }),
  };
  pack(name, fields, (folder) => {
    copyFileSync(library, join(folder, 'grantmint.node'));
    writeFileSync(join(folder, 'README.md'), `# ${name}\n\nThe native half of [grantmint](https://www.npmjs.com/package/grantmint).\n`);
  });
}

const optionalDependencies = Object.fromEntries(platforms.map(({ name }) => [name, main.version]));
// Private, so that nobody publishes the source tree, which asks for no native half.
const { private: _, ...published } = main;
pack(main.name, { ...published, optionalDependencies }, (folder) => {
  for (const file of [...main.files.filter((file) => !file.startsWith('LICENSE')), 'README.md']) {
    cpSync(join(here, file), join(folder, file), { recursive: true });
  }
});

rmSync(stage, { recursive: true });
console.log(tarballs.join('\n'));
