'use strict';
// What util.inspect and console.log show: never a secret, a token or a grant.

const inspect = Symbol.for('nodejs.util.inspect.custom');

/** Makes util.inspect show instances of a class as its name and these fields. */
function showAs(Class, fields) {
  Object.defineProperty(Class.prototype, inspect, {
    configurable: true,
    value(depth, options, show) {
      const shown = {};
      for (const [name, value] of Object.entries(fieldsOf(this, fields))) {
        if (value !== undefined) shown[name] = value;
      }
      if (Object.keys(shown).length === 0) return `${Class.name} {}`;
      return `${Class.name} ${show ? show(shown, { ...options, depth: (options.depth ?? 2) - 1 }) : ''}`;
    },
  });
}

/** The fields to show. A prototype has the method too, but none of the fields. */
function fieldsOf(value, fields) {
  try {
    return fields(value);
  } catch {
    return {};
  }
}

module.exports = { showAs };
