// Loads the addon for bundlers that copy the file that a `new URL` names: webpack, Rspack, Turbopack and Parcel.
// Other bundlers leave the line as it is; then it means the file beside the bundle.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const url = placed();
const file = places().find((path) => existsSync(path));
if (!file) throw Object.assign(new Error(`Cannot find module '${url}'`), { code: 'MODULE_NOT_FOUND' });
const module = { exports: {} };
process.dlopen(module, file);
export default module.exports;

/** Where the bundler says that it has put the file: a URL, or the path that a web server gives it. */
function placed() {
  try {
    // As text: in Next.js it is of a class of its own, which fileURLToPath refuses.
    return String(new URL('./grantmint.node', import.meta.url));
  } catch {
    return ''; // A bundle in CommonJS has no import.meta.url.
  }
}

/** Where the file may be. Output is often moved after a build, so the folders above are tried as well. */
function places() {
  const named = url.startsWith('file:') ? [fileURLToPath(url)] : [];
  const start = typeof __dirname === 'string' ? __dirname : named[0] && dirname(named[0]);
  const parts = url
    .replace(/^\w+:\/\/[^/]*/, '')
    .replace(/[?#].*/, '')
    .split('/')
    .filter(Boolean);
  const tails = parts.map((_, cut) => join(...parts.slice(cut)));
  return [
    ...named,
    ...foldersAbove(start).flatMap((folder) => tails.flatMap((tail) => inFolder(folder, tail))),
  ];
}

/** Next.js puts its files into a folder `chunks` below the one that it names. */
function inFolder(folder, tail) {
  return [join(folder, tail), join(folder, 'chunks', tail)];
}

function foldersAbove(start) {
  const folders = [];
  for (let folder = start; folder && folders.length < 6; folder = dirname(folder)) folders.push(folder);
  return folders;
}
