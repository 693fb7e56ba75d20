'use strict';
// Loads the native half. Each platform has a package of its own, and npm installs the one that fits.

const { version } = require('../package.json');

const cLibraries =
  process.platform === 'linux' ? ['-gnu', '-musl'] : process.platform === 'win32' ? ['-msvc'] : [''];
const candidates = cLibraries.map((library) => `@grantmint/${process.platform}-${process.arch}${library}`);

function load() {
  const failures = [];
  for (const name of candidates) {
    try {
      return require(name);
    } catch (error) {
      failures.push(error);
    }
  }
  // If one package is missing and another does not load, the one that does not load says more.
  const cause = failures.find((error) => error.code !== 'MODULE_NOT_FOUND') ?? failures[0];
  const error = new Error(
    cause.code === 'MODULE_NOT_FOUND'
      ? `grantmint needs the package ${names()}, which is not installed. If it exists for this platform, ` +
          'install again without --omit=optional and without a node_modules copied from another machine.'
      : `grantmint could not load its native half from ${names()}: ${cause.message}`,
    { cause },
  );
  error.code = 'ERR_GRANTMINT_UNSUPPORTED';
  throw error;
}

function names() {
  if (candidates.length === 1) return `${candidates[0]}@${version}`;
  // Only here, as making the report takes longer than loading everything else.
  const { glibcVersionRuntime } = process.report.getReport().header;
  return `${candidates[glibcVersionRuntime ? 0 : 1]}@${version}`;
}

const native = load();
if (native.version() !== version) {
  throw new Error(
    `grantmint ${version} found a native half of version ${native.version()}: install both anew`,
  );
}

module.exports = native;
