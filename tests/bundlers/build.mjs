// Lets one tool build all of its cells: node build.mjs FOLDER/TOOL LIST [part of a name]
// A cell is one way to use the tool. LIST becomes a file that says how each of them is run.

import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const [tool, list, pattern = ''] = process.argv.slice(2);
const { cells } = await import(`./${tool}.mjs`);
const built = [];
for (const [name, build] of Object.entries(cells)) {
  if (name.includes(pattern)) built.push(await buildOne(name, build));
}
writeFileSync(list, JSON.stringify(built));
process.exit(0); // Some tools keep processes of their own.

async function buildOne(name, build) {
  const out = resolve('out', name);
  mkdirSync(out, { recursive: true });
  const started = performance.now();
  const found = await build(out).catch((error) => ({
    failed: `${error?.stack ?? error}`.trim() || 'failed',
  }));
  return { name, ms: performance.now() - started, ...found };
}
