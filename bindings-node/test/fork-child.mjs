// A child of forks.test.mjs: one token, with the default timeout.

import { PlaybackMinter } from 'grantmint';
import { key } from './key.mjs';

process.once('message', async ({ baseUrl, streamer, source }) => {
  const own = source === 'own' ? { source: async () => ({ grant: {} }) } : {};
  const live = new PlaybackMinter(key(), { baseUrl, ...own });
  const started = performance.now();
  const answer = await live.token(streamer, 'child').then(
    ({ jwt }) => ({ jwt }),
    (error) => ({ error: String(error) }),
  );
  process.send({ ...answer, ms: Math.round(performance.now() - started) }, () => process.disconnect());
});
process.send('ready');
