// A process of fleet.test.mjs: it makes what it is told to, evaluates what it is sent, and says what came of it.

import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import * as grantmint from 'grantmint';
import { KEY, STREAMER, key } from './key.mjs';

const AsyncFunction = (async () => {}).constructor;
const scope = { ...grantmint, KEY, VJ: STREAMER, key: key(), sleep };

/** A function that says that it runs, and takes its time. */
scope.slow = (path, ms) => async (name) => {
  appendFileSync(path, `${name}\n`);
  await sleep(ms);
  return { grant: { of: process.pid } };
};

async function answer(code) {
  try {
    const run = new AsyncFunction(...Object.keys(scope), `return (${code});`);
    return { value: await run(...Object.values(scope)) };
  } catch (error) {
    return { failed: { code: error.code, retryAfterMs: error.retryAfterMs, message: String(error) } };
  }
}

process.on('message', async ({ number, name, code, ...names }) => {
  Object.assign(scope, names);
  const said = await answer(code);
  // What is named is kept for later.
  if (name !== undefined && 'value' in said) scope[name] = said.value;
  process.send(name === undefined ? { number, ...said } : { number, failed: said.failed });
});
process.send('ready');
