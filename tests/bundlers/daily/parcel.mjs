// Parcel, which leaves packages outside unless it is told to include them.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { call, mints } from '../ways.mjs';

export const cells = {
  Parcel: async (out) => ({ ...(await built(out, 'external', false)), ready: true }),
  'Parcel, included': (out) => built(out, 'included', true),
  'Parcel, included, with exports': (out) => built(out, 'exports', true, { packageExports: true }),
};

async function built(out, name, includeNodeModules, resolver) {
  const folder = `parcel-${name}`;
  mkdirSync(folder, { recursive: true });
  cpSync('mint.mjs', join(folder, 'mint.mjs'));
  const target = {
    context: 'node',
    includeNodeModules,
    distDir: out,
    outputFormat: 'commonjs',
    sourceMap: false,
  };
  const manifest = {
    name: folder,
    version: '1.0.0',
    private: true,
    engines: { node: '>=20' },
    targets: { main: false, app: target },
    dependencies: { grantmint: '*' },
    ...(resolver && { '@parcel/resolver-default': resolver }),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const parcel = join('..', 'node_modules/parcel/lib/bin.js');
  await call(process.execPath, [parcel, 'build', 'mint.mjs', '--no-cache'], { cwd: folder });
  return mints('mint.js');
}
