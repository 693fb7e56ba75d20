// tsup, which leaves packages outside and bundles them on demand.

import { build } from 'tsup';
import { mints } from '../ways.mjs';

export const cells = {
  tsup: async (out) => ({ ...(await built(out, {})), ready: true }),
  'tsup, included': (out) => built(out, { noExternal: [/grantmint/], loader: { '.node': 'copy' } }),
};

async function built(out, options) {
  await build({
    entry: { main: 'mint.mjs' },
    format: ['cjs'],
    outDir: out,
    platform: 'node',
    silent: true,
    config: false,
    outExtension: () => ({ js: '.cjs' }),
    ...options,
  });
  return mints('main.cjs');
}
