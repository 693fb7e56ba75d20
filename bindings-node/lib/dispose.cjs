'use strict';
// What `using` calls at the end of its block.

// A symbol that Node 20 does not have before 20.4 and some runtimes not at all.
const dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');

/** Lets `using` end instances of a class by one of their methods. */
function disposeBy(Class, method) {
  Object.defineProperty(Class.prototype, dispose, {
    configurable: true,
    writable: true,
    value() {
      // Other classes may have a method of the same name, which means something else.
      if (!(this instanceof Class)) throw new TypeError(`this is no ${Class.name}`);
      this[method]();
    },
  });
}

module.exports = { disposeBy };
