// Checks that no function of the native half is without an FFI boundary for panics: Node has none of its own.

import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const sources = join(import.meta.dirname, '../src');
const open = [];
let functions = 0;

for (const file of readdirSync(sources, { recursive: true })) {
  if (!file.endsWith('.rs')) continue;
  const text = readFileSync(join(sources, file), 'utf8');
  // An attribute of the derive, further attributes and comments, and what it stands on.
  const items = text.matchAll(
    /#\[napi(?:\(([^\]]*)\))?\]\n(?:\s*(?:#\[.*\]|\/\/.*)\n)*\s*(?:pub )?(\w+)(.*)/g,
  );
  for (const [, says = '', item, rest] of items) {
    if (item !== 'fn') continue;
    functions += 1;
    if (!says.includes('catch_unwind')) open.push(`${file}:${rest.replace(/\(.*/s, '')}`);
  }
}

if (functions < 50) throw new Error(`only ${functions} functions were found`);
if (open.length > 0) throw new Error(`no catch_unwind: ${open.join(', ')}`);
