// Next.js: an application with one route, built by webpack and by Turbopack. `output: 'standalone'` collects what
// the server needs, as images for Docker are made from it.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { call } from './ways.mjs';

export const cells = {
  'Next.js standalone': (out) => standalone(out, 'webpack', {}, []),
  'Next.js start': async () => started('webpack'),
  'Next.js standalone, Turbopack': (out) => standalone(out, 'turbopack', {}, ['--turbopack']),
  'Next.js standalone, external': (out) => standalone(out, 'external', { serverExternalPackages: ['grantmint'] }, []),
};

/** Next.js would take the other tools for its own: it uses those that are installed. */
const OTHERS = ['webpack', '@rspack', 'caniuse-lite', 'postcss', 'sharp', '@img'].map((name) => `**/node_modules/${name}/**`);
const NEXT = resolve('node_modules/next/dist/bin/next');

async function standalone(out, name, options, flags) {
  const folder = resolve(`next-${name}`);
  mkdirSync(join(folder, 'app/mint'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "app", "private": true }');
  writeFileSync(join(folder, 'next.config.mjs'), `export default ${JSON.stringify({ output: 'standalone', outputFileTracingExcludes: { '*': OTHERS }, ...options })};`);
  writeFileSync(join(folder, 'app/mint/route.js'), ROUTE);
  await call(process.execPath, [NEXT, 'build', ...flags], { cwd: folder });
  cpSync(join(folder, '.next/standalone'), out, { recursive: true, verbatimSymlinks: true });
  return { program: [process.execPath, `OUT/next-${name}/server.js`], serves: '/mint' };
}

/** The server of the build before, where it was built. */
const started = (name) => ({ program: [process.execPath, NEXT, 'start', resolve(`next-${name}`)], serves: '/mint', ready: true });

const ROUTE = `
import { ApiKey, TokenMinter, VideoGrant, verify } from 'grantmint';

export const dynamic = 'force-dynamic';

export function GET() {
  const key = new ApiKey('AC' + '1'.repeat(32), 'SK' + '2'.repeat(32), 'made up for these tests');
  const token = new TokenMinter(key, { grants: [new VideoGrant({ room: 'r' })] }).mint('alice');
  return new Response(verify(token, key).identity === 'alice' ? 'minted' : 'not a token for alice');
}
`;
