// The program that every tool takes up: mints a token, with both entries of the package, and says so.

import { ApiKey, TokenMinter, VideoGrant, verify } from 'grantmint';
import { jwt } from 'grantmint/twilio';

const [account, id, secret] = [`AC${'1'.repeat(32)}`, `SK${'2'.repeat(32)}`, 'made up for these tests'];
const key = new ApiKey(account, id, secret);
const minted = new TokenMinter(key, { grants: [new VideoGrant({ room: 'r' })] }).mint('alice');
const dropIn = new jwt.AccessToken(account, id, secret, { identity: 'alice' }).toJwt();
for (const token of [minted, dropIn]) {
  if (verify(token, key).identity !== 'alice') throw new Error('not a token for alice');
}
console.log('minted');
