// Bun's bundler, and the single executables that it makes.

import { resolve } from 'node:path';
import { call, mints } from '../ways.mjs';

export const cells = { 'bun build': bundled, 'bun build --compile': compiled };

const BUN = resolve('node_modules/@oven/bun-linux-x64/bin/bun');

async function bundled(out) {
  await call(BUN, ['build', 'mint.mjs', '--target=node', '--outdir', out, '--entry-naming', 'main.mjs']);
  return mints('main.mjs');
}

async function compiled(out) {
  await call(BUN, ['build', 'mint.mjs', '--compile', '--outfile', `${out}/program`]);
  return { program: ['OUT/program'] };
}
