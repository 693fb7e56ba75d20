// Whether the installed packages mint tokens that they verify themselves.

import assert from 'node:assert';
import { ApiKey, TokenMinter, VideoGrant, verify } from 'grantmint';

const zeros = '0'.repeat(31);
const key = new ApiKey(`AC${zeros}1`, `SK${zeros}2`, 'made up for this trial alone');
const token = new TokenMinter(key, { grants: [new VideoGrant({ room: 'r' })] }).mint('alice');
assert.equal(verify(token, key).identity, 'alice');
console.log(`grantmint: a token of ${token.length} characters`);
