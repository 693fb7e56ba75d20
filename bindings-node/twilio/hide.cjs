'use strict';

/** Sets a property that reads and writes like any other, but does not show: objects are logged and
 * written as JSON whole, and this one holds a credential. */
function hide(object, name, value) {
  Object.defineProperty(object, name, { value, writable: true, configurable: true, enumerable: false });
}

module.exports = { hide };
