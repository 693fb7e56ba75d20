// What Voice says of a token, as the command line tells it.

import { spawnSync } from 'node:child_process';
import { PROGRAM } from '../support/page.mjs';
import { environment } from './upstream.mjs';

/** By a clock that is so many seconds ahead. */
export function judgedByVoice(jwt, ahead = 0) {
  const at = String(Math.round(Date.now() / 1000) + ahead);
  const ran = spawnSync(PROGRAM, ['inspect', '-', '-o', 'json', '--at', at], {
    input: jwt,
    env: environment,
    encoding: 'utf8',
  });
  const { admits, code, message } = JSON.parse(ran.stdout).judges.voice;
  // The SDK knows two refusals of a token: that it has expired, and any other.
  return { status: admits ? 200 : 403, said: { code: code === 20104 ? code : 20101, message } };
}
