// Joins an entry of the package and the files that it requires into the one file that is published.
// To find and read each file on its own takes Node longer than to run all of them, and more memory than
// the native half.

import { readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** The text of the joined file. The files in `apart` are still required. */
export function bundle(folder, entry, apart = []) {
  const parts = new Map();
  const here = posix.dirname(entry);

  function text(path) {
    if (path === 'package.json') return versionIn(posix.join(folder, path));
    const source = readFileSync(posix.join(folder, path), 'utf8').replace(/^'use strict';\n+/, '');
    return source.replace(/\brequire\('(\.[^']*)'\)/g, (_, wanted) => {
      const found = posix.join(posix.dirname(path), wanted);
      if (apart.includes(found)) {
        const relative = posix.relative(here, found);
        return `require('${relative.startsWith('.') ? relative : `./${relative}`}')`;
      }
      if (!parts.has(found)) parts.set(found, text(found));
      return `load('${found}')`;
    });
  }

  const main = text(entry);
  if (parts.size === 0) return `'use strict';\n\n${main}`;
  return `'use strict';

// Made from the files of the source tree by scripts/bundle.mjs.
const parts = {
${[...parts].map(([path, part]) => `  '${path}'(module) {\n${indented(part)}  },`).join('\n')}
};

const loaded = new Map();

function load(path) {
  let module = loaded.get(path);
  if (module === undefined) {
    module = { exports: {} };
    loaded.set(path, module);
    parts[path](module);
  }
  return module.exports;
}

${main}`;
}

/** All that the package wants of its manifest. Rollup does not read JSON. */
const versionIn = (manifest) =>
  `module.exports = { version: '${JSON.parse(readFileSync(manifest, 'utf8')).version}' };\n`;

const indented = (text) => text.replace(/^(?=.)/gm, '    ');
