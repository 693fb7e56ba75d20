'use strict';
// Hides a credential from logs.

/** Sets a property that reads and writes like any other, but is not enumerable. So it does not show when the
 * object is logged or written as JSON. */
function hide(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
}

module.exports = { hide };
