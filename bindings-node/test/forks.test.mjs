// Processes that are started at random moments after the library's first use: `cluster` and `fork` of child_process.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlaybackMinter, verify } from 'grantmint';
import { emulator, key } from './support.mjs';

const CHILDREN = process.env.GRANTMINT_LONG === '1' ? 500 : 50;
/** Started at the same time. */
const LANES = 5;

const program = new URL('./fork-child.mjs', import.meta.url).pathname;
const stream = (n) => `VJ${String(n).padStart(32, '0')}`;

/** What a child says, which then ends. Every other one is a worker of `cluster`. */
async function answerOf(n, baseUrl) {
  const source = n % 4 < 2 ? 'built-in' : 'own';
  const child = n % 2 === 0 ? fork(program, { execArgv: [] }) : cluster.fork();
  const ended = once(child, 'exit');
  const said = () => Promise.race([once(child, 'message').then(([message]) => message), ended]);
  await said(); // It is there.
  child.send({ baseUrl, streamer: stream(n % 10), source });
  const answer = await said();
  assert.deepEqual(await ended, [0, null], JSON.stringify(answer));
  return answer;
}

test(
  `${CHILDREN} children, forked while the library starts up and works`,
  { timeout: 900_000 },
  async (t) => {
    const upstream = await emulator(t, '--rate', '0');
    cluster.setupPrimary({ exec: program, execArgv: [] });
    const { baseUrl } = upstream;
    let isOver = false;
    // What the parent does meanwhile: threads start, fetch and end.
    const busy = (async () => {
      for (let n = 0; !isOver; n += 1) {
        const live = new PlaybackMinter(key(), { baseUrl, isolated: true });
        const own = new PlaybackMinter(key(), { source: async () => ({ grant: {} }), baseUrl });
        const calls = [live, own].map((minter) => minter.token(stream(n % 10), 'parent'));
        // Some are refused by the account's rate limit.
        await Promise.allSettled(calls);
        await sleep(Math.random() * 20);
      }
    })();
    const answers = [];
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      for (let n = lane; n < CHILDREN; n += LANES) {
        await sleep(Math.random() * 30);
        answers.push(await answerOf(n, baseUrl));
      }
    });
    await Promise.all(lanes);
    isOver = true;
    await busy;
    assert.equal(answers.length, CHILDREN);
    for (const { jwt, error } of answers) assert.equal(jwt && verify(jwt, key()).identity, 'child', error);
    const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
    t.diagnostic(`a child's first token: median ${times[CHILDREN >> 1]} ms, slowest ${times.at(-1)} ms`);
  },
);
