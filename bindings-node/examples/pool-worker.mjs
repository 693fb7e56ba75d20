// One worker of pool-server.mjs. Everything here is its own but the cache of grants: if it ends, even in
// the middle of a call upstream, the others go on.

import { parentPort } from 'node:worker_threads';
import { ApiKey, PlaybackMinter, TokenMinter, VideoGrant } from 'grantmint';
import { refusal } from './refusal.mjs';

const key = ApiKey.fromEnv();
const rooms = new TokenMinter(key, { grants: [new VideoGrant({ room: 'DailyStandup' })], ttl: 14_400 });
const { GRANTMINT_BASE_URL: baseUrl, GRANTMINT_FLEET: fleet } = process.env;
const live = new PlaybackMinter(key, { baseUrl, fleet });

/** Who still waits, by the number of the request. */
const clients = new Map();

parentPort.on('message', ({ number, url, isGone, isOver }) => {
  if (isOver) end();
  else if (isGone) clients.get(number)?.abort();
  else void answer(number, new URL(url, 'http://localhost'));
});

parentPort.postMessage({ isReady: true });

async function answer(number, { pathname, searchParams }) {
  const gone = new AbortController();
  clients.set(number, gone);
  try {
    const [status, body] = await respond(pathname, searchParams.get('identity') ?? undefined, gone.signal);
    parentPort.postMessage({ number, answer: { status, body } });
  } catch (error) {
    if (gone.signal.aborted) return;
    const internal = { status: 500, headers: {}, body: { error: 'internal' } };
    parentPort.postMessage({ number, answer: refusal(error) ?? internal });
  } finally {
    clients.delete(number);
  }
}

async function respond(path, identity, signal) {
  if (path === '/rooms/token') return [200, { token: rooms.mint(identity) }];
  if (path === '/metrics') return [200, live.stats().toPrometheus('live')];
  const streamer = /^\/live\/([^/]+)\/token$/.exec(path)?.[1];
  if (streamer === undefined) return [404, { error: 'no such path' }];
  const token = await live.token(streamer, identity, { signal });
  return [200, { token: token.jwt, validForMs: Math.floor(token.grantRemainingMs), state: token.freshness }];
}

/** Nothing keeps the thread alive any more, so it ends. */
function end() {
  // The server has no connection left, so whoever still waits has gone.
  for (const gone of clients.values()) gone.abort();
  live.close();
  parentPort.close();
}
