// Run from bindings-node: test/node_modules/.bin/depcruise --config test/dependency-cruiser.config.mjs .
// ESLint's rules against circles do not follow require().

export default {
  forbidden: [
    {
      name: 'no-circle',
      comment: 'Imports run one way: move what both files need into a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    includeOnly: '[.][cm]?js$',
    exclude: '(^|/)node_modules/|^[.][.]/',
  },
};
