'use strict';
// What twilio has and this does not: an error that says so, where it would be undefined otherwise and
// fail somewhere else.

const { GrantmintError } = require('../index.cjs');

const unsupported = (what) =>
  new GrantmintError(
    `grantmint/twilio has jwt.AccessToken and nothing else of twilio: take ${what} from the package twilio itself`,
    { code: 'ERR_GRANTMINT_UNSUPPORTED' },
  );

/** Has the reading of these properties throw. They are not enumerable, so that whoever looks at all
 * there is does not read them. */
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
