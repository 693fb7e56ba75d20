'use strict';
// Every limit of tokens, by the name that core gives it.

const native = require('./native.cjs');

const LIMITS = Object.freeze(Object.fromEntries(native.limits().map(({ name, value }) => [name, value])));

module.exports = { LIMITS };
