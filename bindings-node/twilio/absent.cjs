'use strict';
// Throws an error for what twilio has and this does not. It would be undefined otherwise, and fail elsewhere.

const { GrantmintError } = require('../index.cjs');

const unsupported = (what) =>
  new GrantmintError(
    `grantmint/twilio has jwt.AccessToken and nothing else of twilio: take ${what} from the package twilio itself`,
    { code: 'ERR_GRANTMINT_UNSUPPORTED' },
  );

/** Makes reading these properties throw. They are not enumerable, so that code that reads all properties does
 * not read them. */
function absent(object, path, names) {
  for (const name of names) {
    Object.defineProperty(object, name, {
      configurable: true,
      get() {
        throw unsupported(path + name);
      },
    });
  }
}

module.exports = { absent, unsupported };
