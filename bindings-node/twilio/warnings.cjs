'use strict';
// Warns of tokens that nobody accepts. Twilio's class makes them silently. This package makes the same
// tokens, but warns once for each kind.

const messages = {
  IDENTITY_DROPPED: 'the identity is neither a string nor an integer, so the token has none',
  INCOMING_ALLOW_DROPPED: 'incomingAllow is not true itself, so the token does not allow incoming calls',
  TTL_IN_MILLISECONDS:
    'ttl is a string without a unit, so it counts as milliseconds: pass a number of seconds',
  TTL_OVER: 'ttl is over when the token is made, so nobody accepts it',
  TTL_TOO_LONG: 'ttl is over 86,400 seconds, so Twilio refuses the token',
};

const given = new Set();

function warnOnce(name) {
  if (given.has(name)) return;
  given.add(name);
  process.emitWarning(`grantmint/twilio: ${messages[name]}`, {
    type: 'GrantmintWarning',
    code: `GRANTMINT_TWILIO_${name}`,
  });
}

module.exports = { warnOnce };
