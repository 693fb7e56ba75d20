// Rolldown, which asks for a module type as esbuild asks for a loader.

import { build } from 'rolldown';
import { mints, refuses } from '../ways.mjs';

export const cells = {
  'Rolldown without a module type': (out) => refuses(built(out, 'cjs', {}), '.node'),
  'Rolldown, copy': (out) => built(out, 'cjs', { '.node': 'copy' }),
  'Rolldown, copy, ES modules': (out) => built(out, 'esm', { '.node': 'copy' }),
};

async function built(out, format, moduleTypes) {
  const file = format === 'cjs' ? 'main.cjs' : 'main.mjs';
  const output = { dir: out, format, entryFileNames: file };
  await build({ input: 'mint.mjs', platform: 'node', moduleTypes, logLevel: 'silent', output });
  return mints(file);
}
