// The emulator: it hands out the grants, and judges who may play or join.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

const EMULATOR = resolve(process.env.GRANTMINT_EMULATOR ?? '../../target/debug/grantmint-emulator');

/** The key that is built into the emulator, which is no secret. */
export const demoKey = {
  account: 'ACde300000000000000000000000000000',
  sid: 'SKde300000000000000000000000000000',
  secret: 'not-a-secret-emulator-demo-key-0',
};

/** The environment of programs that sign with it. */
export const environment = {
  ...process.env,
  TWILIO_ACCOUNT_SID: demoKey.account,
  TWILIO_API_KEY: demoKey.sid,
  TWILIO_API_SECRET: demoKey.secret,
};

/** Another secret, that a token may have been signed with. */
export const otherKey = { ...demoKey, secret: 'another secret of 32 characters.' };

export class Upstream {
  static async start() {
    const child = spawn(EMULATOR, ['--listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(createInterface(child.stdout), 'line');
    return new Upstream(child, line.trim().split(' ').pop());
  }

  constructor(child, url) {
    this.child = child;
    this.url = url;
  }

  stop() {
    this.child.kill();
  }

  /** What the player or a room says of a token: `what` is play or join. By a clock that is so many seconds ahead. */
  async judge(what, question, ahead = 0) {
    if (ahead > 0) await this.#ask('POST', 'faults', { kind: 'clock_offset', s: ahead });
    const answer = await this.#ask('POST', what, question);
    if (ahead > 0) await this.#ask('DELETE', 'faults');
    return { status: answer.status, said: await answer.json() };
  }

  #ask(method, path, question) {
    const body = question && JSON.stringify(question);
    return fetch(`${this.url}/emulator/${path}`, { method, body });
  }
}
