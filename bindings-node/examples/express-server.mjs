// A token server with Express.
//
// To try it, copy the files of this folder to where you have installed grantmint, and `npm install express` there.
// Start `npx grantmint emulator` in a terminal of its own, and copy the three lines that it prints into yours: they
// are the key that the server needs. Then:
//
//     GRANTMINT_BASE_URL=http://127.0.0.1:8900 node express-server.mjs &
//     curl '127.0.0.1:3000/live/VJ00000000000000000000000000000001/token?identity=alice'
//     curl '127.0.0.1:3000/rooms/token?identity=alice'
//
// GRANTMINT_BASE_URL says where grants come from; Twilio has closed its own endpoint. PORT says where to listen.
// With GRANTMINT_FLEET=host the processes of a cluster share grants: one of them fetches for all.
//
// Have your own users logged in before you hand them tokens: here anybody is whoever they say.

import express from 'express';
import { ApiKey, PlaybackMinter, TokenMinter, VideoGrant } from 'grantmint';
import { ending } from './ending.mjs';
import { goneSignal } from './gone.mjs';
import { logFailures, refusal } from './refusal.mjs';

// Made once a process. What is wrong with the key or the options shows here, not at showtime.
const key = ApiKey.fromEnv();
const rooms = new TokenMinter(key, { grants: [new VideoGrant({ room: 'DailyStandup' })], ttl: 14_400 });
const { GRANTMINT_BASE_URL: baseUrl, GRANTMINT_FLEET: fleet } = process.env;
const live = new PlaybackMinter(key, { baseUrl, fleet });
const endLog = logFailures(live);

const app = express();
app.disable('x-powered-by');
// A hash of each answer would help nobody: no token is answered twice.
app.disable('etag');

// A token to join the room: no network, no wait.
app.get('/rooms/token', (request, response) => {
  answer(response, { token: rooms.mint(request.query.identity) });
});

// A token to watch the stream. All viewers share its grant; one of them has it fetched. Who leaves no longer
// waits, and ends nobody else's wait.
app.get('/live/:streamer/token', async ({ params, query, socket }, response) => {
  const token = await live.token(params.streamer, query.identity, { signal: goneSignal(socket) });
  answer(response, {
    token: token.jwt,
    validForMs: Math.floor(token.grantRemainingMs),
    state: token.freshness,
  });
});

// No HTTP cache may store a token: it is for one viewer.
function answer(response, body) {
  response.setHeader('Cache-Control', 'no-store');
  response.json(body);
}

// What this process's cache has done, for Prometheus.
app.get('/metrics', (_request, response) => {
  response.type('text/plain').send(live.stats().toPrometheus('live'));
});

app.use((error, _request, response, next) => {
  if (response.closed) return;
  const refused = refusal(error);
  if (!refused) return next(error);
  response.status(refused.status).set(refused.headers).json(refused.body);
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', (error) => {
  if (error) throw error;
  console.log(`http://127.0.0.1:${server.address().port}`);
});

// Whoever is waiting is still answered.
const end = ending(server);
process.once('SIGTERM', () => end(() => server.close(closeMinter)));

function closeMinter() {
  endLog();
  live.close();
}
