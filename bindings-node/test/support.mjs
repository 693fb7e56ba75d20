// What the tests share.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export { KEY, STREAMER, key } from './key.mjs';

export const vectors = (name) =>
  JSON.parse(readFileSync(new URL(`./vectors/${name}`, import.meta.url), 'utf8'));

/** The emulated upstream, as a program of its own, for one test. */
export async function emulator(t, ...options) {
  const program = process.env.GRANTMINT_EMULATOR;
  if (!program) throw new Error('GRANTMINT_EMULATOR must name the program');
  const child = spawn(program, ['--listen', '127.0.0.1:0', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill());
  const [line] = await once(createInterface(child.stdout), 'line');
  const baseUrl = line.trim().split(' ').pop();
  const ask = async (what, body) => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    const answer = await fetch(`${baseUrl}/emulator/${what}`, init);
    if (!answer.ok) throw new Error(`${what}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  return { baseUrl, ask, calls: async () => (await ask('counters')).requests };
}

/** A source that counts and takes its time. */
export function counting(ms = 0) {
  const asked = [];
  const fetch = async (streamer, request) => {
    asked.push({ streamer, ...request });
    await sleep(ms);
    return { grant: { n: asked.length } };
  };
  return { asked, fetch };
}

/** Runs a script in a Node of its own; what it printed. */
export async function run(arguments_, options = {}) {
  const child = spawn(process.execPath, arguments_, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const [code, signal] = await once(child, 'close');
  return { code, signal, stdout, stderr };
}

/** What a promise is rejected with. */
export const rejection = (promise) =>
  promise.then(
    () => {
      throw new Error('it was not rejected');
    },
    (error) => error,
  );
