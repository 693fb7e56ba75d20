// What is measured: tasks of this package and of its peers, by name.

import assert from 'node:assert/strict';
import {
  ApiKey,
  GrantCache,
  PlaybackGrant,
  PlaybackMinter,
  TokenMinter,
  VideoGrant,
  verify,
} from 'grantmint';
import dropIn from 'grantmint/twilio';
import { peers, withOfficialClasses } from './peers.mjs';
import { task } from './rounds.mjs';

export const CREDENTIALS = [
  'ACde300000000000000000000000000000',
  'SKde300000000000000000000000000000',
  'not-a-secret-emulator-demo-key-0',
];
const [TTL, ROOM] = [14_400, 'DailyStandup'];
const STREAMER = 'VJ00000000000000000000000000000001';

// Whole audiences: nobody asks for the same token twice in a row.
const names = Array.from({ length: 1024 }, (_, n) => `viewer-${String(n).padStart(6, '0')}`);

const key = new ApiKey(...CREDENTIALS);

/** A token for a video room: `mint` and, of the same claims, the peers and `grantmint/twilio`. */
export function videoTasks() {
  const rooms = new TokenMinter(key, { grants: [new VideoGrant({ room: ROOM })], ttl: TTL });
  const others = {
    ...peers(CREDENTIALS, TTL, ROOM),
    'drop-in': withOfficialClasses(dropIn, CREDENTIALS, TTL, ROOM),
  };
  for (const [name, mint] of Object.entries({ ...others, mint: (identity) => rooms.mint(identity) })) {
    const { identity, grants } = verify(mint('alice'), key);
    assert.deepEqual([identity, grants.video], ['alice', { room: ROOM }], `${name} mints something else`);
  }
  return {
    mint: task((name) => rooms.mint(name), names),
    mintMany: task((all) => rooms.mintMany(all), [names], { tokens: names.length }),
    ...Object.fromEntries(Object.entries(others).map(([name, mint]) => [name, task(mint, names)])),
  };
}

/** A token for a stream whose grant is there, and the same claims without a cache. */
export async function playbackTasks() {
  const grant = {
    playbackUrl: `https://cdn.example.com/live.m3u8?token=${'x'.repeat(600)}`,
    playerStreamerSid: STREAMER,
    requestCredentials: null,
  };
  const source = async () => ({ grant });
  const live = new PlaybackMinter(key, { source });
  await live.token(STREAMER, 'alice');
  const stream = live.stream(STREAMER);
  const same = new TokenMinter(key, { grants: [new PlaybackGrant({ grant })], unique: true });
  assert.deepEqual(
    verify(live.tryToken(STREAMER, 'alice'), key).grants,
    verify(same.mint('alice'), key).grants,
  );
  const cache = new GrantCache();
  await cache.get('key', source);
  return {
    'mint, same claims': task((name) => same.mint(name), names),
    "StreamMinter's tryToken": task((name) => stream.tryToken(name), names),
    tryToken: task((name) => live.tryToken(STREAMER, name), names),
    'await token': task((name) => live.token(STREAMER, name), names, { waits: true }),
    'await GrantCache.get': task((key) => cache.get(key, source), ['key'], { waits: true }),
  };
}
