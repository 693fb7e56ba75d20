// Rollup, and Vite's builds for the server. They copy no file: one `cp` does, or the package stays outside.

import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { basename, join } from 'node:path';
import { rollup } from 'rollup';
import { build } from 'vite';
import { copyAddon, explains, mints } from '../ways.mjs';

export const cells = {
  'Rollup, in place': async (out) => ({ ...(await rolled(out, 'main.mjs')), ready: true }),
  'Rollup, moved': async (out) => ({
    ...(await rolled(out, 'main.mjs')),
    ...explains('main.mjs', "reason: 'BUNDLED'"),
  }),
  'Rollup, moved with cp': withAddon((out) => rolled(out, 'main.mjs')),
  'Rollup in CommonJS, moved with cp': withAddon((out) => rolled(out, 'main.cjs')),
  'Vite SSR': async (out) => ({ ...(await viteBuilt(out, [])), ready: true }),
  'Vite SSR noExternal, in place': async (out) => ({ ...(await viteBuilt(out, true)), ready: true }),
  'Vite SSR noExternal, moved with cp': withAddon((out) => viteBuilt(out, true)),
};

function withAddon(build) {
  return async (out) => {
    const built = await build(out);
    copyAddon(out);
    return built;
  };
}

async function rolled(out, file) {
  const bundle = await rollup({
    input: 'mint.mjs',
    plugins: [nodeResolve(), commonjs()],
    external: /^node:/,
  });
  await bundle.write({ file: join(out, file), format: file.endsWith('.mjs') ? 'es' : 'cjs' });
  return mints(basename(file));
}

async function viteBuilt(out, noExternal) {
  await build({
    configFile: false,
    logLevel: 'error',
    ssr: { noExternal },
    build: { ssr: 'mint.mjs', outDir: out, rollupOptions: { output: { entryFileNames: 'main.mjs' } } },
  });
  return mints('main.mjs');
}
