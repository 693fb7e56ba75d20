// Writes the ES module of the package from the list of names that its CommonJS file exports.
// Not as `export *`: Node 24 and Deno would export the name `module.exports` as well.

import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** The text of the ES module. It imports the CommonJS file, as a second copy would have a second cache. */
export function esModule(folder, entry) {
  const names = namesIn(readFileSync(posix.join(folder, entry), 'utf8'));
  if (!names) throw new Error(`${entry} has no list of exported names, one a line`);
  return `// Made from ${entry} by scripts/esm.mjs: the same classes as require() gives.
import grantmint from './${entry}';

export const {
${names.map((name) => `  ${name},`).join('\n')}
} = grantmint;
`;
}

/** The text of an ES module that still calls require(). In a CommonJS file Rollup would run what is required before
 * everything else, where no try catches its error. */
export function withRequire(folder, path) {
  const source = readFileSync(posix.join(folder, path), 'utf8');
  return source.replace(/^'use strict';\n+/, '').replace(/^module\.exports = /m, 'export ');
}

const namesIn = (source) => /^module\.exports = \{\n((?: {2}\w+,\n)+)\};$/m.exec(source)?.[1].match(/\w+/g);
