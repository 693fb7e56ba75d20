// A token server with Express: node express-server.mjs
//
// It needs TWILIO_ACCOUNT_SID, TWILIO_API_KEY and TWILIO_API_SECRET. Have your own users logged in before
// you hand them tokens: here anybody is whoever they say.

import express from 'express';
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

const app = express();

// A token to join the room: no network, no wait.
app.get('/rooms/token', (request, response) => {
  response.json({ token: rooms.mint(request.query.identity) });
});

// A token to watch the stream. All viewers share its grant; one of them has it fetched.
app.get('/live/:streamer/token', async (request, response) => {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const token = await live.token(request.params.streamer, request.query.identity, { signal: gone.signal });
  response.json({ token: token.jwt, validForMs: token.grantRemainingMs, state: token.freshness });
});

// What this process's cache has done, for Prometheus.
app.get('/metrics', (_, response) => {
  response.type('text/plain').send(live.stats().toPrometheus('live'));
});

// Says what went wrong, and when to come back.
app.use((error, _request, response, next) => {
  if (response.closed) return;
  if (!(error instanceof GrantmintError)) return next(error);
  if (error.retryAfterMs !== undefined)
    response.set('Retry-After', String(Math.ceil(error.retryAfterMs / 1000)));
  response.status(error instanceof InvalidArgumentError ? 400 : 503).json({ error: error.code });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
process.once('SIGTERM', () => server.close());
