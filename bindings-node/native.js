'use strict';
// The loader for Node itself, and for tools that follow files as Node does. Its name ends in .js, so that a
// resolver that does not read `exports` finds it under `grantmint/native`.

const { requireLiteral } = require('./native/literals.cjs');
const { pick } = require('./native/pick.cjs');

module.exports = pick(requireLiteral);
