// A token server with Fastify.
//
// To try it, copy the files of this folder to where you have installed grantmint, and `npm install fastify` there.
// Start `npx grantmint emulator` in a terminal of its own, and copy the three lines that it prints into yours: they
// are the key that the server needs. Then:
//
//     GRANTMINT_BASE_URL=http://127.0.0.1:8900 node fastify-server.mjs &
//     curl '127.0.0.1:3000/live/VJ00000000000000000000000000000001/token?identity=alice'
//     curl '127.0.0.1:3000/rooms/token?identity=alice'
//
// GRANTMINT_BASE_URL says where grants come from; Twilio has closed its own endpoint. PORT says where to listen.
// With GRANTMINT_FLEET=host the processes of a cluster share grants: one of them fetches for all.
//
// Have your own users logged in before you hand them tokens: here anybody is whoever they say.

import fastify from 'fastify';
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

const app = fastify();
// Fastify writes an answer faster if it knows its shape.
const shape = (properties) => ({ schema: { response: { 200: { type: 'object', properties } } } });
const [text, number] = [{ type: 'string' }, { type: 'number' }];

// A token to join the room: no network, no wait.
app.get('/rooms/token', shape({ token: text }), async ({ query }, reply) =>
  answer(reply, { token: rooms.mint(query.identity) }),
);

// A token to watch the stream. All viewers share its grant; one of them has it fetched. Who leaves no longer
// waits, and ends nobody else's wait.
const viewing = shape({ token: text, validForMs: number, state: text });
app.get('/live/:streamer/token', viewing, async ({ params, query, socket }, reply) => {
  const token = await live.token(params.streamer, query.identity, { signal: goneSignal(socket) });
  return answer(reply, {
    token: token.jwt,
    validForMs: Math.floor(token.grantRemainingMs),
    state: token.freshness,
  });
});

// No HTTP cache may store a token: it is for one viewer. A hook that says so would take as long as minting.
function answer(reply, body) {
  reply.header('Cache-Control', 'no-store');
  return body;
}

// What this process's cache has done, for Prometheus.
app.get('/metrics', async (_request, reply) =>
  reply.type('text/plain').send(live.stats().toPrometheus('live')),
);

app.setErrorHandler((error, _request, reply) => {
  if (reply.raw.closed) return reply.hijack();
  const refused = refusal(error);
  if (!refused) throw error;
  return reply.status(refused.status).headers(refused.headers).send(refused.body);
});

app.addHook('onClose', async () => {
  endLog();
  live.close();
});
console.log(await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) }));

// Whoever is waiting is still answered.
const end = ending(app.server);
process.once('SIGTERM', () => end(() => app.close()));
