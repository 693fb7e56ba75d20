// One program, compiled against Twilio's types and against ours: only the import differs.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
const here = import.meta.dirname;

function compile(t, library, resolution) {
  const folder = join(here, `drop-in-types-${library.replace('/', '-')}-${resolution}`);
  mkdirSync(folder, { recursive: true });
  t.after(() => rmSync(folder, { recursive: true }));
  const files = resolution === 'bundler' ? ['types.mts'] : ['types.mts', 'types.cts'];
  for (const file of files) {
    const program = readFileSync(join(here, `drop-in-${file}`), 'utf8');
    writeFileSync(join(folder, file), program.replaceAll("'grantmint/twilio'", `'${library}'`));
  }
  const compilerOptions = {
    strict: true,
    noEmit: true,
    noImplicitOverride: true,
    target: 'es2022',
    types: ['node'],
    exactOptionalPropertyTypes: true,
    // Twilio's types need those of other packages.
    skipLibCheck: library === 'twilio',
    module: resolution === 'bundler' ? 'esnext' : resolution,
    moduleResolution: resolution,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  try {
    execFileSync(process.execPath, [tsc, '--project', folder], { encoding: 'utf8' });
  } catch (error) {
    assert.fail(error.stdout);
  }
}

for (const resolution of ['node16', 'nodenext', 'bundler']) {
  for (const library of ['twilio', 'grantmint/twilio']) {
    test(`${library} by tsc --strict, ${resolution} resolution`, (t) => compile(t, library, resolution));
  }
}
