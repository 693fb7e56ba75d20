'use strict';
// What credentials and ICE servers are told alike about their cache.

const { boolean, text } = require('./checks.cjs');
const { manualClock } = require('./clock.cjs');
const { fleet } = require('./fleet.cjs');
const { grantCache } = require('./grant-cache.cjs');
const { ms: time } = require('./numbers.cjs');
const { limits, policy } = require('./options.cjs');

const sharedOptions = {
  sessionMs: time,
  minRemainingMs: time,
  timeoutMs: time,
  cache: grantCache,
  share: text,
  isolated: boolean,
  policy,
  fleet,
  ...limits,
  clock: manualClock,
};

/** Core's names of them that are spelled otherwise here. */
const sharedNames = new Map([
  ['session', 'sessionMs'],
  ['timeout', 'timeoutMs'],
]);

module.exports = { sharedNames, sharedOptions };
