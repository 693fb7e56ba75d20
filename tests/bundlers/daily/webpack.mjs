// webpack and Rspack, with the options that users of either set. None of them is needed.

import { rspack } from '@rspack/core';
import { resolve } from 'node:path';
import webpack from 'webpack';
import { mints } from '../ways.mjs';

const modules = {
  experiments: { outputModule: true },
  output: { module: true, chunkFormat: 'module', library: { type: 'module' } },
};
const variants = {
  '': ['main.js', {}],
  ' in ES modules': ['main.mjs', modules],
  ' with node-loader': ['main.js', { module: { rules: [{ test: /\.node$/, loader: 'node-loader' }] } }],
  ' with a rule for assets': [
    'main.js',
    { module: { rules: [{ test: /\.node$/, type: 'asset/resource' }] } },
  ],
  ' with a public path': [
    'main.js',
    { output: { publicPath: '/static/', assetModuleFilename: 'files/[hash][ext]' } },
  ],
};

export const cells = Object.fromEntries(
  Object.entries({ webpack, Rspack: rspack }).flatMap(([tool, compiler]) =>
    Object.entries(variants).map(([variant, [file, options]]) => [
      tool + variant,
      (out) => build(compiler, out, file, options).then(() => mints(file)),
    ]),
  ),
);

async function build(compiler, out, filename, { output, ...options }) {
  const config = {
    target: 'node',
    mode: 'production',
    entry: resolve('mint.mjs'),
    output: { path: out, filename, ...output },
    ...options,
  };
  const stats = await new Promise((done, failed) => {
    compiler(config, (error, stats) => (error ? failed(error) : done(stats)));
  });
  // A warning in every build of every user is a failure, too.
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  const said = [...errors, ...warnings].map(({ message }) => message);
  if (said.length > 0) throw new Error(said.join('\n'));
}
