'use strict';
// Gives the native half. Node and every bundler resolve `grantmint/native` to the loader that suits them: see
// `exports` in package.json.

const found = require('grantmint/native');

// A loader that is an ES module has it as its default export.
module.exports = found.default ?? found;
