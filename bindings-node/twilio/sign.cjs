'use strict';
// Signs as jsonwebtoken does, which Twilio's library uses: the same checks in the same order, the same
// messages, and the same added claims. Core makes the signature.

const { LIMITS, sign: signInCore } = require('../index.cjs');
const { secretBytes } = require('./secret.cjs');
const { milliseconds } = require('./timespan.cjs');
const { warnOnce } = require('./warnings.cjs');

const BAD_TTL = '"expiresIn" should be a number of seconds or string representing a timespan';

/** Signs the claims, after adding those that jsonwebtoken adds. */
function sign(header, claims, now, { secret, keySid, accountSid, ttl }) {
  const bytes = secretBytes(secret, header.alg);
  if (!isString(keySid)) throw new Error('"issuer" must be a string');
  if (!isString(accountSid)) throw new Error('"subject" must be a string');
  claims.iat = now;
  claims.exp = expiry(now, ttl);
  claims.iss = keySid;
  claims.sub = accountSid;
  return signInCore(header.alg, JSON.stringify(header), JSON.stringify(claims), bytes);
}

function expiry(now, ttl) {
  if (!Number.isInteger(ttl) && !(isString(ttl) && ttl)) throw new Error(BAD_TTL);
  const exp = typeof ttl === 'number' ? now + ttl : afterTimespan(now, ttl);
  if (exp <= now) warnOnce('TTL_OVER');
  else if (exp - now > LIMITS.TTL_MAX) warnOnce('TTL_TOO_LONG');
  return exp;
}

function afterTimespan(now, text) {
  const span = typeof text === 'string' ? milliseconds(text) : undefined;
  if (span === undefined) throw new Error(`${BAD_TTL} eg: "1d", "20h", 60`);
  if (/\d *$/.test(text)) warnOnce('TTL_IN_MILLISECONDS');
  return Math.floor(now + span / 1000);
}

/** Whether a value is a string, as lodash sees it: objects that wrap one are. */
const isString = (value) =>
  typeof value === 'string' ||
  (typeof value === 'object' && Object.prototype.toString.call(value) === '[object String]');

module.exports = { sign };
