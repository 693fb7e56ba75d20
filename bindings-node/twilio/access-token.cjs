'use strict';
// Twilio's AccessToken: the same arguments, properties, messages and bytes.

const grantClasses = require('./grants.cjs');
const { hide } = require('./hide.cjs');
const { sign } = require('./sign.cjs');
const { warnOnce } = require('./warnings.cjs');

const TTL_DEFAULT = 3600;

class AccessToken {
  static DEFAULT_ALGORITHM = 'HS256';
  static ALGORITHMS = ['HS256', 'HS384', 'HS512'];

  constructor(accountSid, keySid, secret, options) {
    if (!accountSid) throw new Error('accountSid is required');
    if (!keySid) throw new Error('keySid is required');
    if (!secret) throw new Error('secret is required');
    if (!options?.identity) throw new Error('identity is required to be specified in options');
    this.accountSid = accountSid;
    this.keySid = keySid;
    hide(this, 'secret', secret);
    this.ttl = options.ttl || TTL_DEFAULT;
    this.identity = options.identity;
    this.nbf = options.nbf;
    this.region = options.region;
    this.grants = [];
  }

  addGrant(grant) {
    this.grants.push(grant);
  }

  toJwt(algorithm) {
    algorithm = algorithm || AccessToken.DEFAULT_ALGORITHM;
    const allowed = AccessToken.ALGORITHMS;
    if (!allowed.includes(algorithm)) {
      throw new Error(`Algorithm not supported. Allowed values are ${allowed.join(', ')}`);
    }
    const grants = {};
    addIdentity(grants, this.identity);
    // Written as in Twilio's code: V8's error messages quote these expressions if a grant is not one.
    for (const grant of this.grants) grants[grant.key] = grant.toPayload();
    const now = Math.floor(Date.now() / 1000);
    const claims = { jti: this.keySid + '-' + now, grants };
    if (typeof this.nbf === 'number') claims.nbf = this.nbf;
    const header = { alg: algorithm, typ: 'JWT', cty: 'twilio-fpa;v=1' };
    if (this.region && typeof this.region === 'string') header.twr = this.region;
    return sign(header, claims, now, this);
  }
}

function addIdentity(grants, identity) {
  if (Number.isInteger(identity) || typeof identity === 'string') {
    grants.identity = String(identity);
  } else if (identity !== undefined && identity !== null) {
    warnOnce('IDENTITY_DROPPED');
  }
}

Object.assign(AccessToken, grantClasses);

module.exports = { AccessToken };
