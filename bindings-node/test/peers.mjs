// Processes that share grants: each evaluates what a test asks of it.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const SECRET = 'thirty-two bytes that all have: ';

const program = new URL('./fleet-child.mjs', import.meta.url).pathname;

/** A folder for one test, and the file in which its functions say that they run. */
export function place(t) {
  const all = mkdtempSync(join(tmpdir(), 'grantmint-fleet-'));
  t.after(() => rmSync(all, { recursive: true }));
  const calls = join(all, 'calls');
  writeFileSync(calls, '');
  const lines = () => readFileSync(calls, 'utf8').split('\n').slice(0, -1);
  return { names: { folder: join(all, 'fleet'), calls, secret: SECRET }, lines };
}

/** A process that evaluates what it is asked. Every other one is a worker of `cluster`. */
export class Peer {
  static #made = 0;
  #child;
  /** What waits for answers. The process answers in any order. */
  #asked = [];

  static async start(t, name, code, names) {
    cluster.setupPrimary({ exec: program, execArgv: [] });
    const peer = new Peer();
    const child = Peer.#made++ % 2 === 0 ? fork(program, { execArgv: [] }) : cluster.fork();
    peer.#child = child.process ?? child;
    t.after(() => peer.kill());
    await once(child, 'message');
    child.on('message', ({ number, ...said }) => peer.#asked[number](said));
    child.on('exit', () => peer.#asked.forEach((tell) => tell({ failed: { message: 'it has ended' } })));
    await peer.#ask({ name, code, ...names });
    return peer;
  }

  get pid() {
    return this.#child.pid;
  }

  ask(code) {
    return this.#ask({ code });
  }

  kill() {
    this.#child.kill('SIGKILL');
  }

  async #ask(what) {
    const number = this.#asked.length;
    const { value, failed } = await new Promise((tell) => {
      this.#asked.push(tell);
      this.#child.send({ number, ...what });
    });
    if (failed) throw Object.assign(new Error(failed.message), failed);
    return value;
  }
}

/** So many processes, each of which has made this under the name. */
export const together = (t, count, name, code, names) =>
  Promise.all(Array.from({ length: count }, () => Peer.start(t, name, code, names)));

export const allOf = (peers, code) => Promise.all(peers.map((peer) => peer.ask(code)));
export const sum = (stats, name) => stats.reduce((all, one) => all + one[name], 0);

export async function eventually(holds) {
  for (const end = Date.now() + 20_000; !(await holds()); await sleep(10)) assert(Date.now() < end);
}

export const onLinux = { timeout: 60_000, skip: process.platform !== 'linux' };
