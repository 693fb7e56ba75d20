// Compiled, not run: the same package by require().

import grantmint = require('grantmint');

const key = new grantmint.ApiKey('AC', 'SK', 's', { region: 'ie1' });
const minter: grantmint.TokenMinter = new grantmint.TokenMinter(key);
const code: grantmint.ErrorCode = new grantmint.GrantmintError().code;
export = { minter, code };
