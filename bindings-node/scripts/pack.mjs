// Makes the npm packages: node scripts/pack.mjs OUT TARGET=LIBRARY…
// That is one tarball for each target whose built library is named, and the main one, which depends on
// exactly those. Nothing is compiled here, and installing them runs nothing.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { bundle } from './bundle.mjs';
import { esModule, withRequire } from './esm.mjs';
import { common, packageOf, sbom, sbomOf, targets, thirdParty } from './targets.mjs';
import { repositoryOf, workspacePackage } from './workspace.mjs';

const here = resolve(import.meta.dirname, '..');
const root = resolve(here, '..');
/** The files of the main package that are joined from several, and what stays a file of its own beside each. */
const JOINED = {
  'index.cjs': [],
  'native.js': ['native/explain.cjs'],
  'native/explain.cjs': [],
  'native/pick.cjs': ['native/explain.cjs'],
  'twilio/index.cjs': ['index.cjs'],
};
/** The files that are made from others. */
const MADE = ['index.mjs', 'native/literals.mjs'];

const [out, ...built] = process.argv.slice(2);
if (!out || built.length === 0) throw new Error('usage: node scripts/pack.mjs OUT TARGET=LIBRARY…');
mkdirSync(out, { recursive: true });
const stage = mkdtempSync(join(tmpdir(), 'grantmint-pack-'));
process.on('exit', () => rmSync(stage, { recursive: true, force: true }));

const source = readManifest();
const platforms = built.map(platformOf);
for (const platform of platforms) packPlatform(platform);
packMain();

function readManifest() {
  const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
  const { version, repository } = workspacePackage();
  if (version !== manifest.version) {
    throw new Error(`package.json says ${manifest.version}, Cargo.toml ${version}`);
  }
  return { ...manifest, repository: repositoryOf(repository) };
}

function platformOf(given) {
  const [triple, library] = given.split('=');
  const target = targets[triple];
  if (!target || !library) throw new Error(`not TARGET=LIBRARY of a known target: ${given}`);
  return { ...target, name: packageOf(target), library };
}

function packPlatform({ name, os, cpu, libc, library }) {
  const folder = folderOf(name);
  // Named for its platform: beside a bundle there may be several.
  const addon = `grantmint.${basename(name)}.node`;
  copyFileSync(library, join(folder, addon));
  const asset = readFileSync(join(here, 'platform/asset.mjs'), 'utf8');
  writeFileSync(join(folder, 'asset.mjs'), asset.replace("'./grantmint.node'", `'./${addon}'`));
  // webpack and Rspack: -! keeps the rules of the user's configuration away from the file.
  writeFileSync(join(folder, 'webpack.mjs'), asset.replace("'./grantmint.node'", `'-!./${addon}'`));
  copyFileSync(join(root, thirdParty), join(folder, thirdParty));
  copyFileSync(sbomOf({ os, cpu }), join(folder, sbom));
  writeFileSync(
    join(folder, 'README.md'),
    `# ${name}\n\nThe native half of grantmint for ${basename(name)}. Install \`grantmint\`, which asks for it.\n`,
  );
  pack(folder, {
    name,
    version: source.version,
    description: `The native half of grantmint for ${basename(name)}`,
    license: source.license,
    repository: source.repository,
    type: source.type,
    main: addon,
    exports: exportsOf(`./${addon}`),
    files: [addon, 'asset.mjs', 'webpack.mjs', thirdParty, sbom, ...common],
    engines: source.engines,
    sideEffects: false,
    os: [os],
    cpu: [cpu],
    ...(libc && { libc: [libc] }),
  });
}

/** What each tool gets, by the conditions that it sets. Node and Bun load the addon itself. esbuild and Rolldown set
 * neither production nor development; they copy the addon if told to. */
function exportsOf(addon) {
  return {
    '.': {
      webpack: './webpack.mjs',
      module: {
        production: './asset.mjs',
        development: './asset.mjs',
        node: addon,
        default: './asset.mjs',
      },
      default: addon,
    },
    [addon]: addon,
    './package.json': './package.json',
  };
}

function packMain() {
  const folder = folderOf(source.name);
  for (const file of source.files.filter((file) => !MADE.includes(file) && !common.includes(file))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    copyFileSync(join(here, file), join(folder, file));
  }
  for (const [entry, apart] of Object.entries(JOINED)) {
    writeFileSync(join(folder, entry), bundle(here, entry, apart));
  }
  writeFileSync(join(folder, 'index.mjs'), esModule(here, 'index.cjs'));
  writeFileSync(join(folder, 'native/literals.mjs'), withRequire(here, 'native/literals.cjs'));
  copyFileSync(join(here, 'README.md'), join(folder, 'README.md'));
  // The source tree is private, so that nobody publishes it: it does not depend on a native half.
  const { private: _, ...published } = source;
  const optionalDependencies = Object.fromEntries(platforms.map(({ name }) => [name, source.version]));
  pack(folder, { ...published, optionalDependencies });
}

function folderOf(name) {
  const folder = join(stage, name.replace('/', '-').replace('@', ''));
  mkdirSync(folder);
  return folder;
}

function pack(folder, manifest) {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const licence of ['LICENSE-APACHE', 'LICENSE-MIT']) {
    copyFileSync(join(root, licence), join(folder, licence));
  }
  const options = ['--silent', '--ignore-scripts', '--pack-destination', resolve(out)];
  // On Windows npm is a script of the shell.
  const shell = process.platform === 'win32';
  console.log(execFileSync('npm', ['pack', ...options, folder], { encoding: 'utf8', shell }).trim());
}
