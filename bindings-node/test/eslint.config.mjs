// Run from bindings-node: test/node_modules/.bin/eslint --config test/eslint.config.mjs .
// and for the page from the folder above it, with cli/page and tests/page.

import js from '@eslint/js';
import globals from 'globals';

export default [
  { ignores: ['**/node_modules/', '**/dist/'] },
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2024,
      globals: { ...globals.node, Bun: 'readonly', Deno: 'readonly' },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      'no-use-before-define': ['error', { functions: false, classes: false, variables: false }],
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
    },
  },
  // The page of the command line, and its tests.
  { files: ['cli/page/**', 'tests/page/**'], languageOptions: { globals: globals.browser } },
  { files: ['**/*.cjs', 'native.js'], languageOptions: { sourceType: 'commonjs' } },
];
