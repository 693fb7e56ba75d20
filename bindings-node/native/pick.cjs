'use strict';
// Picks the native half for this platform. A tool may have put it into a bundle, copied it, or left it where npm
// installed it; all of these places are tried.

const { version } = require('../package.json');

const { arch, platform } = process;
const cLibraries = platform === 'linux' ? ['-gnu', '-musl'] : platform === 'win32' ? ['-msvc'] : [''];

/** The native half. `requireHalf` requires the package of a platform, or calls its second argument with the error.
 * `bundle`, if the code is part of one: its file, a require that starts there, and createRequire. */
function pick(requireHalf, bundle) {
  const failures = [];
  for (const cLibrary of cLibraries) {
    const name = `${platform}-${arch}${cLibrary}`;
    const fail = (error) => void failures.push({ name, error });
    const found = inside(name, requireHalf, fail, bundle) ?? outside(name, fail, bundle);
    if (found !== undefined) return ofThisVersion(found, name);
  }
  throw require('./explain.cjs').notLoaded(failures, bundle?.file);
}

/** What the tool, or Node, found behind the name. */
function inside(name, requireHalf, fail, bundle) {
  let copied;
  const found = requireHalf(name, (error) => {
    copied = copiedByEsbuild(error);
    if (copied === undefined) fail(error);
  });
  return attempt(() => addonOf(copied === undefined ? found : bundle.require(copied), bundle), fail);
}

/** In an ES module esbuild requires the file that it has copied with a function that only throws. */
const copiedByEsbuild = (error) =>
  /^Dynamic require of "(.+\.node)" is not supported$/.exec(error?.message)?.[1];

/** What a bundle finds outside: the package where it is installed, or the file beside the bundle or above it. */
function outside(name, fail, bundle) {
  if (bundle === undefined) return undefined;
  const wanted = `@grantmint/${name}`;
  const above = ['./', '../', '../../', '../../../', '../../../../'];
  const ways = [
    () => bundle.require(wanted),
    // pnpm installs it where only grantmint sees it.
    () => bundle.createRequire(bundle.require.resolve('grantmint'))(wanted),
    ...above.map((folder) => () => bundle.require(`${folder}grantmint.${name}.node`)),
  ];
  for (const way of ways) {
    const found = attempt(way, fail);
    if (found !== undefined) return found;
  }
  return undefined;
}

function attempt(way, fail) {
  try {
    return way();
  } catch (error) {
    return fail(error);
  }
}

/** Tools make different things of a package: the addon, a module around it, or the path of a copied file. */
function addonOf(found, bundle) {
  const inner = found?.default ?? found;
  if (typeof inner !== 'string') return inner;
  return bundle.require(/^(\.|\/|\w:)/.test(inner) ? inner : `./${inner}`);
}

/** Both halves must be of one version. */
function ofThisVersion(found, name) {
  if (found.version() === version) return found;
  throw require('./explain.cjs').otherVersion(name, found.version());
}

module.exports = { pick };
