'use strict';
// Reads the options of a call: each is checked, and a name that does not exist is refused. A typo such as `allowOrgin`
// would otherwise allow every origin.

const { wrongArgument } = require('./errors.cjs');
const { ms, perSecond, ratio, whole } = require('./numbers.cjs');
const { wrongOptions } = require('./option-names.cjs');

/** The options of `of` that were given, each through its check in `known`. `name` is theirs as an argument. */
function pick(options, known, of, name) {
  if (options === undefined) return {};
  const wrong = wrongOptions(options, Object.keys(known), of, name);
  if (wrong) throw wrongArgument(wrong.argument, wrong.message);
  const picked = {};
  for (const option of Object.keys(options)) {
    const value = options[option];
    if (value !== undefined && value !== null) picked[option] = known[option](value, option);
  }
  return picked;
}

const policyOptions = {
  waitBelowMs: ms,
  softPointMs: ms,
  safetyMarginMs: ms,
  fetchTimeoutMs: ms,
  maxKeys: whole,
  jitter: ratio,
};

/** What is known of an account's limits, for a minter or a cache. */
const limits = { callsPerSecond: perSecond, burst: whole, maxFetches: whole };

const policy = (value, name) => pick(value, policyOptions, 'policy', name);

module.exports = { limits, pick, policy };
