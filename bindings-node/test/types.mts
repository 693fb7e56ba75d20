// Compiled, not run: what users write, and what must not compile.

import {
  AccessToken,
  ApiKey,
  CachePolicy,
  GrantCache,
  GrantSource,
  GrantmintError,
  HostFleet,
  LIMITS,
  ManualClock,
  PlainError,
  PlaybackGrant,
  PlaybackMinter,
  PlaybackToken,
  RedisFleet,
  ThrottledError,
  TokenMinter,
  VideoGrant,
  VideoGrantOptions,
  sign,
  testing,
  verify,
} from 'grantmint';
import { jwt as twilio } from 'grantmint/twilio';

const key: ApiKey = ApiKey.fromEnv(process.env);
const rooms = new TokenMinter(key, {
  grants: [new VideoGrant({ room: 'r' })],
  ttl: 14_400,
  clock: new ManualClock(1),
});
const jwt: string = rooms.mint('alice');
const jwts: string[] = rooms.mintMany(new Set(['a']));
const one: string = new AccessToken(key, { identity: 'alice', validUntil: 1 }).toJwt();
const policy: CachePolicy = { jitter: 0, waitBelowMs: 1 };
const source: GrantSource = async (streamer, { ttl, origin, signal }) => {
  if (origin) throw new ThrottledError('x', { retryAfterMs: ttl });
  signal.throwIfAborted();
  return { grant: { streamer }, ttl: null };
};
const live = new PlaybackMinter(key, { source, policy, allowOrigin: 'https://www.example.com' });
const token: PlaybackToken = await live.token('VJ', 'alice', {
  signal: AbortSignal.timeout(1),
  timeoutMs: 1,
});
const degraded: GrantmintError | undefined = token.reason;
const maybe: string | null = live.stream('VJ').tryToken('bob');
const begun = new GrantCache({ rateLimited: true, callsPerSecond: 0.5, burst: 2, maxFetches: 1 }).begin('k');
if (begun.outcome === 'fetch') begun.ticket.complete('g', { ttl: 1 });
const identity: string | undefined = verify(jwt, key, { leeway: 1 }).identity;
const fleet = new HostFleet({ path: '/run/app', secret: new Uint8Array(32) });
new PlaybackMinter(key, { fleet: 'host' });
new GrantCache({ fleet: new RedisFleet('rediss://h', { host: false, timeoutMs: 500 }), namespace: 'tests' });
const values: number | undefined = new GrantCache({ fleet, namespace: 'tests' }).stats().fleet?.values;
const served: boolean | undefined = begun.outcome === 'fetch' ? begun.ticket.start().served : undefined;
testing.simulateFork(live.cache());
sign('HS256', { alg: 'HS256' }, '{}', new Uint8Array());
export { degraded, identity, jwts, maybe, one, served, values };

// What is read from a configuration may not be there, under exactOptionalPropertyTypes too.
declare const cfg: { origin?: string; ms?: number; grants?: VideoGrant[] };
new PlaybackMinter(key, {
  allowOrigin: cfg.origin,
  timeoutMs: cfg.ms,
  callsPerSecond: cfg.ms,
  burst: cfg.ms,
  maxFetches: cfg.ms,
  grants: cfg.grants,
  policy: undefined,
});
new VideoGrant({ room: cfg.origin });
new RedisFleet('rediss://h', { host: cfg.origin, prefix: cfg.origin, timeoutMs: cfg.ms });
new ThrottledError('x', { retryAfterMs: cfg.ms });
await live.token('VJ', 'alice', { signal: undefined, minRemainingMs: cfg.ms });
new GrantCache({ policy: { jitter: cfg.ms } }).begin('k', { ttl: cfg.ms });
verify(jwt, key, { leeway: cfg.ms });
const again: ThrottledError | GrantmintError = GrantmintError.from(JSON.parse('{}'));
const plain: { code: string; retryAfterMs?: number | undefined } = again.toJSON();
const made: PlainError = { name: 'x', code: again.code, message: 'x', argument: cfg.origin };
const room: VideoGrantOptions = new VideoGrant({ room: cfg.origin });
const plainRoom = new twilio.AccessToken.VideoGrant({ room: cfg.origin });
plainRoom.room = cfg.origin;
new twilio.AccessToken('AC', 'SK', 's', { identity: 'alice', nbf: cfg.ms }).region = cfg.origin;
const most: number = LIMITS.TTL_MAX;
export { made, most, plain, room };

// @ts-expect-error: no such option
new PlaybackMinter(key, { allowOrgin: 'https://www.example.com' });
// @ts-expect-error: no such fleet
new PlaybackMinter(key, { fleet: 7 });
// @ts-expect-error: an identity is a string
rooms.mint(7);
// @ts-expect-error: made by a minter only
new PlaybackToken();
// @ts-expect-error: it has to be given
new PlaybackGrant();
// @ts-expect-error: cannot be changed
token.jwt = '';
// @ts-expect-error: not an algorithm of ours
sign('RS256', {}, {}, '');
// @ts-expect-error: a source returns a grant
new PlaybackMinter(key, { source: async () => ({}) });
// @ts-expect-error: no such limit
LIMITS.TTL_MOST;
