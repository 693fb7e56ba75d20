// Tools that look for the files of a program: @vercel/nft, which Vercel and Next.js use, and @vercel/ncc.

import ncc from '@vercel/ncc';
import { nodeFileTrace } from '@vercel/nft';
import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { mints } from '../ways.mjs';

export const cells = { nft: traced, ncc: joined };

async function traced(out) {
  const { fileList } = await nodeFileTrace(['mint.mjs']);
  for (const file of fileList) {
    mkdirSync(dirname(join(out, file)), { recursive: true });
    cpSync(file, join(out, file));
  }
  return mints('mint.mjs');
}

async function joined(out) {
  const { code, assets } = await ncc(resolve('mint.mjs'), { quiet: true, cache: false });
  for (const [name, { source, permissions }] of Object.entries({ 'main.mjs': { source: code }, ...assets })) {
    mkdirSync(dirname(join(out, name)), { recursive: true });
    writeFileSync(join(out, name), source);
    if (permissions) chmodSync(join(out, name), permissions);
  }
  return mints('main.mjs');
}
