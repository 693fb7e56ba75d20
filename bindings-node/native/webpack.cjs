'use strict';
// The loader that webpack and Rspack take. The template lets them find whatever is installed; eight literals would
// give seven warnings "Module not found" in every build.

const { createRequire } = require('node:module');
const { pick } = require('./pick.cjs');

const file = typeof __filename === 'string' ? __filename : process.argv[1];

module.exports = pick(requireTemplate, { file, createRequire, require: createRequire(file) });

function requireTemplate(name, fail) {
  try {
    return require(`@grantmint/${name}/webpack.mjs`);
  } catch (error) {
    return fail(error);
  }
}
