// What is measured: tasks of this package and of its peers, by name.

import assert from 'node:assert/strict';
import {
  ApiKey,
  GrantCache,
  JwtMinter,
  PlaybackGrant,
  PlaybackMinter,
  TokenMinter,
  VideoGrant,
  verify,
  verifyJwt,
} from 'grantmint';
import dropIn from 'grantmint/twilio';
import { livekitPeers, peers, withOfficialClasses } from './peers.mjs';
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

/** A token for a room of LiveKit: with everything but the user bound, with slots for each, and as its peers make it. */
export async function livekitTasks() {
  const [apiKey, secret] = ['APIkey', 'a secret of at least thirty-two bytes'];
  const joins = JwtMinter.livekit(apiKey, secret, { ttl: TTL, slots: { roomJoin: true } });
  const lobby = joins.bind({ room: ROOM });
  const others = livekitPeers(apiKey, secret, TTL, ROOM);
  const ours = {
    'JwtMinter, bound': (identity) => lobby.mint(identity),
    'JwtMinter, one slot': (identity) => joins.mint(identity, { room: ROOM }),
    'JwtMinter, three slots': (identity) =>
      joins.mint(identity, { room: ROOM, name: identity, canPublish: false }),
  };
  for (const [name, mint] of Object.entries({ ...others, ...ours })) {
    const { subject, claims } = verifyJwt(await mint('alice'), secret);
    const { roomJoin, room } = claims.video;
    assert.deepEqual([subject, roomJoin, room], ['alice', true, ROOM], `${name} mints something else`);
  }
  const tasks = Object.entries({ ...ours, ...others });
  return Object.fromEntries(
    tasks.map(([name, mint]) => [name, task(mint, names, { waits: name === 'livekit-server-sdk' })]),
  );
}
