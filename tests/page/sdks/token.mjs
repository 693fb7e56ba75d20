// Tokens as the command line makes them.

import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { PROGRAM } from '../support/page.mjs';
import { environment } from './upstream.mjs';

/** A token for alice of the emulator's key. */
export function token(kind, ...options) {
  const given = ['token', kind, '--identity', 'alice', ...options];
  return execFileSync(PROGRAM, given, {
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

/** The same token with the signature of another secret. */
token.signedBy = ({ secret }, jwt) => {
  const signed = jwt.slice(0, jwt.lastIndexOf('.'));
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
};
