// An application of Next.js with one route. `output: 'standalone'` collects what the server needs; images for Docker
// are made from it.

import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { call } from './ways.mjs';

/** Next.js would take the other tools for its own: it uses those that are installed. */
const OTHERS = ['webpack', '@rspack', 'caniuse-lite', 'postcss', 'sharp', '@img'].map(
  (name) => `**/node_modules/${name}/**`,
);
const NEXT = resolve('node_modules/next/dist/bin/next');

/** Builds the application under this name, with options of next.config and flags of the build. */
export async function standalone(out, name, options, flags) {
  const folder = resolve(`next-${name}`);
  // Its cache takes a package of the same version for unchanged.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'app/mint'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "app", "private": true }');
  writeFileSync(
    join(folder, 'next.config.mjs'),
    `export default ${JSON.stringify({ output: 'standalone', outputFileTracingExcludes: { '*': OTHERS }, ...options })};`,
  );
  writeFileSync(join(folder, 'app/mint/route.js'), ROUTE);
  await call(process.execPath, [NEXT, 'build', ...flags], { cwd: folder });
  cpSync(join(folder, '.next/standalone'), out, { recursive: true, verbatimSymlinks: true });
  return { program: [process.execPath, `OUT/next-${name}/server.js`], serves: '/mint' };
}

/** The server of an application that was built before, where it was built. */
export const started = (name) => ({
  program: [process.execPath, NEXT, 'start', resolve(`next-${name}`)],
  serves: '/mint',
  ready: true,
});

const ROUTE = `
import { ApiKey, TokenMinter, VideoGrant, verify } from 'grantmint';

export const dynamic = 'force-dynamic';

export function GET() {
  const key = new ApiKey('AC' + '1'.repeat(32), 'SK' + '2'.repeat(32), 'made up for these tests');
  const token = new TokenMinter(key, { grants: [new VideoGrant({ room: 'r' })] }).mint('alice');
  return new Response(verify(token, key).identity === 'alice' ? 'minted' : 'not a token for alice');
}
`;
