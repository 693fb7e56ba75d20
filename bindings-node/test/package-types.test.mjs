// The declarations in the compilers of users, from the oldest that they are for to the newest, always with
// exactOptionalPropertyTypes and never with skipLibCheck.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { parse } from '@babel/parser';

const require = createRequire(import.meta.url);
const here = import.meta.dirname;
const folderOf = (name) => dirname(require.resolve(`${name}/package.json`));

const NODE = { lib: ['es2022'], types: ['node'] };
const WITH_USING = { ...NODE, lib: ['es2022', 'esnext.disposable'] };
const EVERY = ['node16', 'nodenext', 'bundler'];
/** The ways in which each compiler finds the package, and what it is given beside. */
const COMPILERS = {
  // Newer types of Node are not for it.
  'typescript-5.0': [EVERY, [{ ...NODE, types: ['types-node-20'] }]],
  'typescript-5.9': [['nodenext'], [NODE, WITH_USING]],
  typescript: [EVERY, [NODE, WITH_USING]],
};

for (const [compiler, [resolutions, settings]] of Object.entries(COMPILERS)) {
  const { version } = require(`${compiler}/package.json`);
  for (const resolution of resolutions) {
    for (const { lib, types } of settings) {
      test(`tsc ${version} --strict, ${resolution} resolution, ${lib.join(' ')}`, (t) => {
        const files = ['types.mts', 'drop-in-types.mts'];
        if (resolution !== 'bundler') files.push('types.cts', 'drop-in-types.cts');
        if (lib.includes('esnext.disposable')) files.push('types-using.mts');
        const module = resolution === 'bundler' ? 'esnext' : resolution;
        compile(t, compiler, { lib, types, module, moduleResolution: resolution }, files);
      });
    }
  }
  test(`tsc ${version} --strict, without the types of Node`, (t) => {
    writeFileSync(join(here, 'plain.mts'), "export { PlaybackMinter } from 'grantmint';\n");
    compile(t, compiler, { lib: ['es2022', 'dom'], types: [], module: 'nodenext' }, ['plain.mts']);
  });
}

function compile(t, compiler, options, files) {
  const folder = mkdtempSync(join(here, 'tsconfig-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    target: 'es2022',
    ...options,
  };
  const config = { compilerOptions, files: files.map((file) => join('..', file)) };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  try {
    execFileSync(process.execPath, [join(folderOf(compiler), 'bin/tsc'), '--project', folder], {
      encoding: 'utf8',
    });
  } catch (error) {
    assert.fail(error.stdout);
  }
}

/** What the library leaves out itself, as browsers want it: there it is never undefined. */
const HANDED_OUT = ['username', 'credential'];

test('what may be left out may be undefined', () => {
  for (const file of ['index.d.cts', 'twilio/index.d.cts']) {
    const text = readFileSync(join(folderOf('grantmint'), file), 'utf8');
    const { program } = parse(text, { sourceType: 'module', plugins: [['typescript', { dts: true }]] });
    const optional = optionalIn(program).filter(({ key }) => !HANDED_OUT.includes(key.name));
    assert(optional.length > 50, String(optional.length));
    const strict = optional.filter(({ typeAnnotation }) => !mayBeUndefined(typeAnnotation.typeAnnotation));
    assert.deepEqual(
      strict.map(({ key, loc }) => `${file}:${loc.start.line}: ${key.name}`),
      [],
    );
  }
});

/** The optional properties in a declaration, at any depth. */
function optionalIn(node) {
  if (typeof node !== 'object' || node === null) return [];
  const isOne = node.optional === true && ['ClassProperty', 'TSPropertySignature'].includes(node.type);
  return [...(isOne ? [node] : []), ...Object.values(node).flatMap(optionalIn)];
}

function mayBeUndefined({ type, types }) {
  return ['TSUndefinedKeyword', 'TSUnknownKeyword'].includes(type) || (types?.some(mayBeUndefined) ?? false);
}
