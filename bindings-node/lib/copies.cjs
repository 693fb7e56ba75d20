'use strict';
// Warns of a second copy of the package in one process: each copy has caches of its own and calls upstream on
// its own. The copies share no module, so they find each other through the global object.

const key = Symbol.for('grantmint.v1');

function warnOfAnotherCopy(version) {
  // A bundle of ES modules has no __dirname.
  const here = `${typeof __dirname === 'string' ? __dirname : 'a bundle'} (${version})`;
  const other = globalThis[key];
  if (other === undefined) {
    Object.defineProperty(globalThis, key, {
      value: { loadedFrom: here, warned: false },
      configurable: true,
    });
  } else if (other.loadedFrom !== here && !other.warned) {
    other.warned = true;
    process.emitWarning(
      `grantmint is loaded from ${other.loadedFrom} and from ${here}: each copy has caches of its own, and makes ` +
        'calls of its own upstream',
      { type: 'GrantmintWarning', code: 'GRANTMINT_TWO_COPIES' },
    );
  }
}

module.exports = { warnOfAnotherCopy };
