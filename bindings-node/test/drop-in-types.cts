// As drop-in-types.mts, by require().

import twilio = require('grantmint/twilio');
import AccessToken = twilio.jwt.AccessToken;

const token: twilio.jwt.AccessToken = new twilio.jwt.AccessToken('AC', 'SK', 'secret', { identity: 'alice' });
token.addGrant(new AccessToken.VideoGrant({ room: 'DailyStandup' }));
const jwt: string = token.toJwt();
export = { jwt };
