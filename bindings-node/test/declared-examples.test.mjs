// The examples in the comments of index.d.cts: each is compiled, and run against the emulator. What it prints is in its
// own comments, as `console.log(…); // alice`.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import * as grantmint from 'grantmint';
import { KEY, emulator, run } from './support.mjs';

const require = createRequire(import.meta.url);
const declarations = join(dirname(require.resolve('grantmint/package.json')), 'index.d.cts');
const folder = join(import.meta.dirname, 'declared-examples');

/** What every example may use. Each has a cache and a minter of its own. */
const PRELUDE = `import { ${Object.keys(grantmint).join(', ')} } from 'grantmint';
const key = ApiKey.fromEnv();
const live = new PlaybackMinter(key, { baseUrl: String(process.env['EMULATOR']), isolated: true });
const cache = new GrantCache();
const streamer = 'VJ00000000000000000000000000000001';
`;

const text = readFileSync(declarations, 'utf8');
const examples = examplesOf();

before(() => {
  mkdirSync(folder, { recursive: true });
  for (const [index, { code }] of examples.entries()) {
    // In braces, as an example may make a key of its own.
    const program = `${PRELUDE}{\n${code}}\n`;
    writeFileSync(join(folder, `${index}.mjs`), program);
    writeFileSync(join(folder, `${index}.mts`), program);
  }
});

test('the declarations have an example of each class and function that programs call', () => {
  const shown = new Set(examples.map(({ name }) => name));
  const given = ['Decoded', 'Hit', 'IceCredentials', 'Issued', 'PlaybackToken', 'Stats', 'Ticket', 'Waiter'];
  // A class of errors is used as GrantmintError is, but for the one that sources throw.
  const errors = ['DeadlineError', 'InvalidArgumentError', 'TokenError', 'UpstreamError'];
  const names = Object.keys(grantmint).filter((name) => typeof grantmint[name] === 'function');
  assert.deepEqual(
    names.filter((name) => !shown.has(name) && ![...given, ...errors].includes(name)),
    [],
  );
  assert(examples.length >= 30, String(examples.length));
  assert.equal(examples.length, text.split('@example').length - 1);
});

test('the examples of the declarations compile', () => {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const options = ['--strict', '--noImplicitAny', 'false', '--noEmit', '--module', 'nodenext', '--target'];
  const files = examples.map((_, index) => join(folder, `${index}.mts`));
  const given = [tsc, ...options, 'es2022', '--types', 'node', '--ignoreConfig', ...files];
  try {
    execFileSync(process.execPath, given, { encoding: 'utf8' });
  } catch (error) {
    assert.fail(error.stdout);
  }
});

test('the examples of the declarations run, and print what they say', async (t) => {
  const [TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET] = KEY;
  const { baseUrl: EMULATOR, ask } = await emulator(t);
  // So that a fetch that an example begins is still in flight on its next line, also where the machine is busy.
  await ask('faults', { kind: 'latency', ms: 200 });
  const env = { ...process.env, TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET, EMULATOR };
  // Each in a process of its own: one of them has the account throttled.
  for (const [index, { name, code }] of examples.entries()) {
    const ran = await run([join(folder, `${index}.mjs`)], { env });
    const wanted = [...code.matchAll(/console\.log\(.*\)\)?; \/\/ (.*)$/gm)].map(([, line]) => `${line}\n`);
    assert.deepEqual([ran.stderr, ran.stdout], ['', wanted.join('')], `the example of ${name}`);
  }
});

/** The examples of the declarations, each with the name of what it explains. */
function examplesOf() {
  const [, ...commented] = text.split(/^ *\/\*\*/m);
  let type;
  return commented.flatMap((part) => {
    const [comment, explained] = part.split('*/', 2);
    type = explained.match(/^\s*export (?:class|function|interface|type|const) (\w+)/)?.[1] ?? type;
    const member = explained.match(/^\n {2}(?:static )?(\w+)/)?.[1];
    const examples = [...comment.matchAll(/@example\n \s*\* ```js\n(.*?) \s*\* ```\n/gs)];
    return examples.map(([, code]) => ({
      name: member === undefined ? type : `${type}.${member}`,
      code: code.replace(/^ +\* ?/gm, ''),
    }));
  });
}
