// esbuild, which asks for a loader, and Node's single executables made from its bundles.

import { build } from 'esbuild';
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, copyAddon, mints, refuses } from '../ways.mjs';

export const cells = {
  'esbuild without a loader': (out) =>
    refuses(built(out, 'main.cjs', {}), 'No loader is configured for ".node" files'),
  'esbuild, loader copy': (out) => built(out, 'main.cjs', { loader: { '.node': 'copy' } }),
  'esbuild, loader copy, ES modules': (out) => built(out, 'main.mjs', { loader: { '.node': 'copy' } }),
  'esbuild, loader copy, minified': (out) =>
    built(out, 'main.cjs', { loader: { '.node': 'copy' }, minify: true }),
  'esbuild, loader file': (out) => built(out, 'main.cjs', { loader: { '.node': 'file' } }),
  'esbuild, loader file, ES modules': (out) => built(out, 'main.mjs', { loader: { '.node': 'file' } }),
  'esbuild, external': async (out) => ({
    ...(await built(out, 'main.cjs', { external: ['grantmint'] })),
    ready: true,
  }),
  'a single executable of Node': executable,
};

async function built(out, file, options) {
  await build({
    entryPoints: ['mint.mjs'],
    bundle: true,
    platform: 'node',
    format: file.endsWith('.mjs') ? 'esm' : 'cjs',
    outfile: join(out, file),
    logLevel: 'silent',
    ...options,
  });
  return mints(file);
}

async function executable(out) {
  await built(out, 'main.cjs', { external: ['@grantmint/*'] });
  const config = join(out, 'sea.json');
  const blob = join(out, 'sea.blob');
  const program = join(out, 'program');
  writeFileSync(
    config,
    JSON.stringify({ main: join(out, 'main.cjs'), output: blob, disableExperimentalSEAWarning: true }),
  );
  await call(process.execPath, ['--experimental-sea-config', config]);
  copyFileSync(process.execPath, program);
  chmodSync(program, 0o755);
  const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';
  await call(process.execPath, [
    'node_modules/postject/dist/cli.js',
    program,
    'NODE_SEA_BLOB',
    blob,
    '--sentinel-fuse',
    fuse,
  ]);
  copyAddon(out);
  // Node warns that its require() in an executable is for its own modules alone.
  return { program: ['OUT/program'], env: { NODE_NO_WARNINGS: '1' } };
}
