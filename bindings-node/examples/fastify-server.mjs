// A token server with Fastify: node fastify-server.mjs
//
// It needs TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET. Have your own users logged in before
// you hand them tokens: here anybody is whoever they say.

import fastify from 'fastify';
import {
  ApiKey,
  GrantmintError,
  InvalidArgumentError,
  PlaybackMinter,
  TokenMinter,
  VideoGrant,
} from 'grantmint';

const key = ApiKey.fromEnv();
const rooms = new TokenMinter(key, { grants: [new VideoGrant({ room: 'DailyStandup' })], ttl: 14_400 });
const live = new PlaybackMinter(key, { baseUrl: process.env.GRANTMINT_BASE_URL });

const app = fastify();

// A token to join the room: no network, no wait.
app.get('/rooms/token', async ({ query }) => ({ token: rooms.mint(query.identity) }));

// A token to watch the stream. All viewers share its grant; one of them has it fetched.
app.get('/live/:streamer/token', async ({ params, query }) => {
  const token = await live.token(params.streamer, query.identity);
  return { token: token.jwt, validForMs: token.grantRemainingMs, state: token.freshness };
});

// What this process's cache has done, for Prometheus.
app.get('/metrics', async (_, reply) => reply.type('text/plain').send(live.stats().toPrometheus('live')));

// Says what went wrong, and when to come back.
app.setErrorHandler((error, _, reply) => {
  if (!(error instanceof GrantmintError)) throw error;
  if (error.retryAfterMs !== undefined) reply.header('Retry-After', Math.ceil(error.retryAfterMs / 1000));
  return reply.status(error instanceof InvalidArgumentError ? 400 : 503).send({ error: error.code });
});

console.log(await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) }));
process.once('SIGTERM', () => app.close());
