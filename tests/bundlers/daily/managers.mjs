// Package managers with layouts of their own. Each installs the tarballs into a folder of its own, without network.

import { cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { call, mints } from '../ways.mjs';

export const cells = {
  'pnpm, isolated': (out) => pnpm(out, 'isolated'),
  'pnpm, hoisted': (out) => pnpm(out, 'hoisted'),
  'Yarn PnP': yarnPnp,
  'npm workspaces, hoisted': (out) => workspaces(out, []),
  'npm workspaces, nested': (out) => workspaces(out, ['grantmint', '@grantmint']),
  'npm workspaces, half hoisted': (out) => workspaces(out, ['grantmint']),
};

const tarballs = process.env.GRANTMINT_TARBALLS;
const packed = readdirSync(tarballs).filter((name) => name.endsWith('.tgz'));
const specOf = (start) =>
  `file:${resolve(
    tarballs,
    packed.find((name) => start.test(name)),
  )}`;
const main = specOf(/^grantmint-\d/);
const halfName = `@grantmint/${readdirSync('node_modules/@grantmint')[0]}`;
const half = specOf(/^grantmint-[a-z]/);

function project(out, manifest) {
  writeFileSync(
    join(out, 'package.json'),
    JSON.stringify({ name: 'app', private: true, dependencies: { grantmint: main }, ...manifest }),
  );
  cpSync('mint.mjs', join(out, 'mint.mjs'));
}

async function pnpm(out, nodeLinker) {
  project(out, { pnpm: { overrides: { [halfName]: half } } });
  const options = [
    'install',
    '--offline',
    '--ignore-scripts',
    '--config.node-linker=' + nodeLinker,
    '--store-dir',
    resolve('pnpm-store'),
  ];
  await call(process.execPath, [resolve('node_modules/pnpm/bin/pnpm.cjs'), ...options], { cwd: out });
  return mints('mint.mjs');
}

async function yarnPnp(out) {
  project(out, { resolutions: { [halfName]: half } });
  writeFileSync(join(out, 'yarn.lock'), '');
  // Without it Yarn asks Node for no loader of ES modules.
  writeFileSync(
    join(out, '.yarnrc.yml'),
    'enableTelemetry: false\nenableGlobalCache: false\nenableNetwork: false\npnpEnableEsmLoader: true\nnodeLinker: pnp\n',
  );
  const env = { ...process.env, CI: '', YARN_ENABLE_IMMUTABLE_INSTALLS: 'false' };
  await call(process.execPath, [resolve('node_modules/@yarnpkg/cli-dist/bin/yarn.js'), 'install'], {
    cwd: out,
    env,
  });
  const hooks = [
    '--require',
    'OUT/.pnp.cjs',
    '--no-warnings',
    '--experimental-loader',
    'OUT/.pnp.loader.mjs',
  ];
  return { program: [process.execPath, ...hooks, 'OUT/mint.mjs'] };
}

/** A workspace beside another, with these packages in a node_modules of its own. */
async function workspaces(out, nested) {
  writeFileSync(
    join(out, 'package.json'),
    JSON.stringify({
      name: 'root',
      private: true,
      workspaces: ['a', 'b'],
      dependencies: { [halfName]: half },
    }),
  );
  for (const name of ['a', 'b']) {
    mkdirSync(join(out, name));
    writeFileSync(
      join(out, name, 'package.json'),
      JSON.stringify({ name, version: '1.0.0', dependencies: { grantmint: main } }),
    );
  }
  await call('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: out });
  for (const name of nested)
    cpSync(join(out, 'node_modules', name), join(out, 'a/node_modules', name), { recursive: true });
  cpSync('mint.mjs', join(out, 'a/mint.mjs'));
  return mints('a/mint.mjs');
}
