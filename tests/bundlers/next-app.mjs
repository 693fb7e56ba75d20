// An application of Next.js: the files that the page about servers has for it, and a route that tries them.
// `output: 'standalone'` collects what the server needs; images for Docker are made from it.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
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
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{ "name": "app", "private": true }');
  writeFileSync(
    join(folder, 'next.config.mjs'),
    `export default ${JSON.stringify({ output: 'standalone', outputFileTracingExcludes: { '*': OTHERS }, ...options })};`,
  );
  for (const [name, code] of [...filesOfThePage(), ['app/mint/route.js', ROUTE]]) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    writeFileSync(join(folder, name), code);
  }
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

/** Name and content of each. The build has no API key: none of them may need one when it is imported. */
function filesOfThePage() {
  const page = readFileSync('servers.md', 'utf8');
  const files = [...page.matchAll(/^<!-- file: ((?:app|lib)\/\S+) -->\n+```js\n(.*?)^```$/gms)];
  if (files.length < 2) throw new Error('the page about servers has no application of Next.js');
  return files.map(([, name, code]) => [name, code]);
}

const ROUTE = `
import { ApiKey, verify } from 'grantmint';
import { POST } from '../rooms/token/route.js';

export const dynamic = 'force-dynamic';

export async function GET() {
  const key = ['AC' + '1'.repeat(32), 'SK' + '2'.repeat(32), 'made up for these tests'];
  Object.assign(process.env, { TWILIO_ACCOUNT_SID: key[0], TWILIO_API_KEY: key[1], TWILIO_API_SECRET: key[2] });
  const { token } = await (await POST()).json();
  return new Response(verify(token, new ApiKey(...key)).identity === 'alice' ? 'minted' : 'not a token for alice');
}
`;
