'use strict';
// Keeps constructors that only the library may call from everybody else.

const { withArticle } = require('./came.cjs');
const { InvalidArgumentError } = require('./errors.cjs');

/** What the library passes to such a constructor. */
const internal = Symbol('internal');

function onlyInternal(given, { name }, giver) {
  if (given === internal) return;
  throw new InvalidArgumentError(`${withArticle(name)} is only made by grantmint: ${giver} gives one`);
}

module.exports = { internal, onlyInternal };
