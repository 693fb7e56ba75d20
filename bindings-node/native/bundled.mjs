// The loader that most bundlers take, by the condition `module`. What the bundler left out of the bundle is looked
// for when the bundle runs, from the place of the bundle.

import { createRequire } from 'node:module';
import { requireLiteral } from './literals.mjs';
import picking from './pick.cjs';

// A bundle in CommonJS has no import.meta.url.
const file = import.meta.url ?? (typeof __filename === 'string' ? __filename : process.argv[1]);

export default picking.pick(requireLiteral, { file, createRequire, require: createRequire(file) });
