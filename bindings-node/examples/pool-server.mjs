// A token server whose requests are answered by a pool of worker threads: node pool-server.mjs
//
// Tokens alone do not need one; it is for servers that do other, heavier work for each viewer. The workers
// share one cache of grants without a word about it, as their minters are of one account.
//
// It needs TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET.
// GRANTMINT_BASE_URL says where grants come from (Twilio has closed its own endpoint), PORT where to listen, WORKERS
// how many threads.
// Ask for /live/VJ…/token?identity=alice or /rooms/token?identity=alice.
//
// Have your own users logged in before you hand them tokens: here anybody is whoever they say.

import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { ending } from './ending.mjs';

// No HTTP cache may store a token: it is for one viewer.
const NO_STORE = { 'Cache-Control': 'no-store' };
const UNAVAILABLE = { status: 503, headers: { 'Retry-After': '1' }, body: { error: 'unavailable' } };

const waiting = new Map();
let requests = 0;
let isClosing = false;
const workers = Array.from({ length: Number(process.env.WORKERS ?? availableParallelism()) }, startWorker);

const server = createServer((request, response) => {
  const number = (requests += 1);
  const place = number % workers.length;
  const answer = ({ status, headers, body }) => {
    waiting.delete(number);
    const isText = typeof body === 'string';
    const type = isText ? 'text/plain' : 'application/json';
    const text = isText ? body : JSON.stringify(body);
    const length = Buffer.byteLength(text);
    response.writeHead(status, { 'Content-Type': type, 'Content-Length': length, ...NO_STORE, ...headers });
    response.end(text);
  };
  waiting.set(number, { place, answer });
  response.once('close', () => {
    // Still waiting, so it was the client who left.
    if (waiting.delete(number)) workers[place].postMessage({ number, isGone: true });
  });
  workers[place].postMessage({ number, url: request.url });
});

function startWorker(_, place) {
  const worker = new Worker(new URL('./pool-worker.mjs', import.meta.url));
  let hasStarted = false;
  worker.on('message', ({ isReady, number, answer }) => {
    if (isReady) hasStarted = true;
    else waiting.get(number)?.answer(answer);
  });
  worker.on('error', (error) => console.error('a worker failed:', error.code ?? error.name));
  worker.once('exit', () => {
    if (isClosing) return;
    // The next one would not start either.
    if (!hasStarted) process.exit(1);
    workers[place] = startWorker(_, place);
    for (const lost of [...waiting.values()].filter((each) => each.place === place)) lost.answer(UNAVAILABLE);
  });
  return worker;
}

server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});

// Whoever is waiting is still answered.
const end = ending(server);
process.once('SIGTERM', () => end(() => server.close(endWorkers)));

function endWorkers() {
  isClosing = true;
  for (const worker of workers) worker.postMessage({ isOver: true });
}
