// Builds a program with each tool, moves what it made, hides where it was built, and runs it there:
// node tests/bundlers/run.mjs WORK TARBALLS daily|nightly [part of a name]
// WORK is a folder with the tools in its node_modules. The tarballs are unpacked beside them.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { served } from './served.mjs';

/** The files in the folders of these names. Those that take longest come first. */
const TOOLS = {
  daily: ['next', 'webpack', 'parcel', 'managers', 'rollup', 'esbuild', 'trace'],
  nightly: ['next', 'rolldown', 'tsup', 'bun'],
};
const AT_A_TIME = 2;
/** How long a tool may take for all of its cells. One that hangs is ended, and has failed. */
const LIMIT_MS = 900_000;

const here = import.meta.dirname;
const [folder, tarballs, when, pattern = ''] = process.argv.slice(2);
if (!TOOLS[when]) throw new Error('usage: node run.mjs WORK TARBALLS daily|nightly [part of a name]');

const moved = mkdtempSync(join(tmpdir(), 'grantmint-bundlers-'));
const work = resolve(folder);
const hidden = `${work}.hidden`;
process.on('exit', () => rmSync(moved, { recursive: true, force: true }));
let failures = 0;

installPackages();
const cells = (await inTurns(TOOLS[when], build)).flat();
for (const cell of cells) if (cell.ready) await report(cell, () => run(cell));
move();
for (const cell of cells) if (!cell.ready) await report(cell, () => run(cell));
console.log(`${cells.length - failures} passed, ${failures} failed`);
process.exitCode = failures > 0 || cells.length === 0 ? 1 : 0;

/** Puts the packages, the program and the tools' files where the tools find them. */
function installPackages() {
  if (existsSync(hidden)) renameSync(hidden, work); // A run was interrupted.
  rmSync(join(work, 'out'), { recursive: true, force: true });
  rmSync(join(work, 'node_modules/@grantmint'), { recursive: true, force: true });
  mkdirSync(join(work, 'out'));
  for (const name of readdirSync(tarballs).filter((name) => name.endsWith('.tgz'))) {
    const scoped = name.replace(/^grantmint-([a-z].*)-\d.*$/, '@grantmint/$1');
    const folder = join(work, 'node_modules', scoped === name ? 'grantmint' : scoped);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-xzf', resolve(tarballs, name), '--strip-components=1', '-C', folder]);
  }
  for (const name of ['mint.mjs', 'build.mjs', 'ways.mjs', 'next-app.mjs', when]) {
    cpSync(join(here, name), join(work, name), { recursive: true });
  }
  cpSync(join(here, '../../docs/howto/servers.md'), join(work, 'servers.md'));
}

/** Lets one tool build all of its cells, in a process of its own. */
async function build(tool) {
  const list = join(work, 'out', `${tool}.json`);
  const env = {
    ...process.env,
    GRANTMINT_TARBALLS: resolve(tarballs),
    NEXT_TELEMETRY_DISABLED: '1',
    CI: '1',
  };
  const child = spawn(process.execPath, ['build.mjs', `${when}/${tool}`, list, pattern], {
    cwd: work,
    env,
    stdio: 'inherit',
    timeout: LIMIT_MS,
  });
  const started = performance.now();
  const [code, signal] = await once(child, 'close');
  if (code === 0) return JSON.parse(readFileSync(list, 'utf8'));
  return [{ name: tool, failed: `the tool ended: ${signal ?? code}`, ms: performance.now() - started }];
}

/** Moves what was built, and takes away what it was built from. */
function move() {
  cpSync(join(work, 'out'), moved, { recursive: true, verbatimSymlinks: true });
  renameSync(work, hidden);
  process.on('exit', () => renameSync(hidden, work));
}

/** Runs what a tool has made; what it said. */
async function run({ failed, name, ready, program, env, serves }) {
  if (failed) return failed;
  const place = (path) =>
    path.startsWith('OUT/') ? join(ready ? join(work, 'out') : moved, name, path.slice(4)) : path;
  const [file, ...options] = program.map(place);
  if (serves) return served(file, options, serves);
  const child = spawn(file, options, {
    cwd: '/',
    env: { ...process.env, ...env },
    timeout: 30_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said += text));
  const [code, signal] = await once(child, 'close');
  return code === 0 ? said : `${said}\nit ended: ${signal ?? code}`;
}

async function report({ name, ms, expected = 'minted', ...cell }, said) {
  const text = (await said({ name, ...cell })).trim();
  const isGood = expected === 'minted' ? text === 'minted' : text.includes(expected);
  if (!isGood) failures += 1;
  const what = isGood ? expected : `expected ${expected}:\n${text.slice(0, 3000)}`;
  console.log(`${isGood ? 'ok  ' : 'FAIL'} ${name.padEnd(34)} built in ${(ms / 1000).toFixed(1)} s: ${what}`);
}

/** Calls a function for each item, a few at a time. */
async function inTurns(items, call) {
  const results = [];
  const left = [...items.entries()];
  const turn = async () => {
    for (let next = left.shift(); next; next = left.shift()) results[next[0]] = await call(next[1]);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, turn));
  return results;
}
