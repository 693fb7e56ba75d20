'use strict';
// What takes the place of require('twilio') in a program that mints Access Tokens.

const { AccessToken } = require('./access-token.cjs');
const { absent, unsupported } = require('./absent.cjs');

function twilio() {
  throw unsupported('the REST client');
}

twilio.jwt = { AccessToken };

absent(twilio.jwt, 'jwt.', ['ClientCapability', 'ValidationToken', 'taskrouter']);
absent(twilio, '', [
  'ClientCredentialProviderBuilder',
  'NoAuthCredentialProvider',
  'OrgsCredentialProviderBuilder',
  'RequestClient',
  'RestException',
  'Twilio',
  'getExpectedBodyHash',
  'getExpectedTwilioSignature',
  'twiml',
  'validateBody',
  'validateExpressRequest',
  'validateIncomingRequest',
  'validateRequest',
  'validateRequestWithBody',
  'webhook',
]);

module.exports = twilio;
