'use strict';
// Two copies of the library in one process have two caches, and make twice the calls upstream. Modules
// are told apart by their paths, so only the global object knows of both.

const key = Symbol.for('grantmint.v1');

function warnOfAnotherCopy(version) {
  const here = `${__dirname} (${version})`;
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
