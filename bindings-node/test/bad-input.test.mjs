// Every function with every kind of wrong argument and with a foreign `this`. What may happen: an error of
// ours that names the argument, the error of an argument that throws by itself, or a value. Never a panic,
// a crash, a promise that is thrown instead of rejected, or a wait without end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as grantmint from 'grantmint';
import { KEY, STREAMER, key } from './support.mjs';

const { GrantCache, GrantmintError, ManualClock, PlaybackMinter, TokenMinter } = grantmint;

const HIDDEN = 'hush-hush-hush-hush-hush-hush-32';
const source = async () => ({ grant: { hidden: HIDDEN } });
const secretive = () => new grantmint.ApiKey(KEY[0], KEY[1], HIDDEN);
const minter = () => new PlaybackMinter(secretive(), { source, isolated: true });

const warm = minter();
const token = await warm.token(STREAMER, 'alice');
const cache = new GrantCache();
const hit = await cache.get('k', source);
const jwt = new TokenMinter(key()).mint('alice');

/** Of a port that nobody listens at. */
const described = () =>
  new grantmint.RestSource({
    url: 'http://127.0.0.1:1/token',
    auth: { bearer: '{token}' },
    secrets: { token: HIDDEN },
    lifetime: [{ constant: 60 }],
  });
const credential = () => new grantmint.Credential(described(), { isolated: true });
const relays = grantmint.IceServers.coturn(HIDDEN, ['turn:turn.example']);
const ice = await relays.get('alice');
const jwts = () =>
  new grantmint.JwtMinter(HIDDEN, {
    claims: { room: new grantmint.Slot('room'), any: new grantmint.Slot('any', { type: 'json' }) },
  });

const begun = () => new GrantCache().begin('k', { timeoutMs: 20 });

/** One of each class, made anew where a method uses it up. */
const make = {
  AccessToken: () => new grantmint.AccessToken(secretive(), { identity: 'alice' }),
  ApiKey: secretive,
  ChatGrant: () => new grantmint.ChatGrant(),
  Credential: credential,
  CustomGrant: () => new grantmint.CustomGrant('k', { hidden: HIDDEN }),
  Decoded: () => grantmint.decode(token.jwt),
  GrantCache: () => cache,
  GrantmintError: () => new GrantmintError('x'),
  Hit: () => hit,
  HostFleet: () => new grantmint.HostFleet({ secret: HIDDEN.padEnd(32, '.') }),
  IceCredentials: () => ice,
  IceServers: () => relays,
  IpMessagingGrant: () => new grantmint.IpMessagingGrant(),
  JwtMinter: jwts,
  ManualClock: () => new ManualClock(1),
  PlaybackGrant: () => new grantmint.PlaybackGrant({ grant: { hidden: HIDDEN } }),
  PlaybackMinter: () => warm,
  PlaybackToken: () => token,
  RedisFleet: () => new grantmint.RedisFleet(`rediss://:${HIDDEN}@h`),
  RestSource: described,
  RtcGrant: () => new grantmint.RtcGrant(),
  Slot: () => new grantmint.Slot('room'),
  Stats: () => cache.stats(),
  StreamMinter: () => warm.stream(STREAMER),
  SyncGrant: () => new grantmint.SyncGrant(),
  TaskRouterGrant: () => new grantmint.TaskRouterGrant(),
  Ticket: () => begun().ticket,
  TokenMinter: () => new TokenMinter(secretive()),
  VideoGrant: () => new grantmint.VideoGrant(),
  VoiceGrant: () => new grantmint.VoiceGrant(),
  Waiter: () => begun().waiter,
};

const ending = { 'PlaybackMinter.close': minter, 'PlaybackMinter.[dispose]': minter };
const soon = { timeoutMs: 20 };

/** The key of an account whose limits no other test goes by. */
const limited = new grantmint.ApiKey(`AC${'7'.repeat(32)}`, `SK${'7'.repeat(32)}`, 'secret');

/** Good arguments of everything that takes any; each is replaced by bad ones in turn. */
const good = {
  AccessToken: [key(), { identity: 'alice' }],
  ApiKey: [...KEY, { region: 'ie1' }],
  ChatGrant: [{ serviceSid: `IS${'0'.repeat(32)}` }],
  Credential: [described(), {}],
  CustomGrant: ['k', {}],
  GrantCache: [{}],
  HostFleet: [{ path: '/run/app' }],
  IpMessagingGrant: [{}],
  JwtMinter: [KEY[2], { claims: { iss: 'app' } }],
  ManualClock: [1],
  PlaybackGrant: [{ grant: {} }],
  PlaybackMinter: [limited, { source, isolated: true }],
  RedisFleet: ['rediss://h', {}],
  RestSource: [{ url: 'https://h', lifetime: [{ constant: 60 }] }],
  RtcGrant: [{}],
  Slot: ['room', {}],
  SyncGrant: [{}],
  TaskRouterGrant: [{}],
  TokenMinter: [key(), {}],
  VideoGrant: [{}],
  VoiceGrant: [{}],
  GrantmintError: ['x', {}],
  InvalidArgumentError: ['x', {}],
  TokenError: ['x', {}],
  UpstreamError: ['x', {}],
  ThrottledError: ['x', {}],
  DeadlineError: ['x', {}],
  decode: [jwt],
  sign: ['HS256', { alg: 'HS256' }, {}, 's'],
  verify: [jwt, key(), {}],
  verifyJwt: [jwt, KEY[2], {}],
  'testing.simulateFork': [new GrantCache()],
  'ApiKey.fromEnv': [{ TWILIO_ACCOUNT_SID: KEY[0], TWILIO_API_KEY: KEY[1], TWILIO_API_SECRET: KEY[2] }],
  oauth2: ['https://h', 'id', 'secret', {}],
  'Credential.get': [null, soon],
  'Credential.invalidate': ['k'],
  'Credential.invalidateIf': [null, 1],
  'Credential.keepWarm': [null, 0],
  'Credential.prefetch': ['k'],
  'Credential.tryGet': [null, {}],
  'IceServers.get': ['alice', soon],
  'IceServers.invalidateIf': ['alice', 1],
  'IceServers.keepWarm': ['alice', 0],
  'IceServers.tryGet': ['alice', {}],
  'JwtMinter.bind': [{ room: 'r' }],
  'JwtMinter.mint': ['alice', { room: 'r' }],
  'JwtMinter.mintAt': ['alice', 1, { room: 'r' }],
  'JwtMinter.mintMany': [[{ identity: 'alice' }]],
  'GrantCache.begin': ['k', {}],
  'GrantCache.get': ['k', source, soon],
  'GrantCache.invalidate': ['other', {}],
  'GrantCache.invalidateIf': ['other', 1, {}],
  'GrantCache.keepWarm': ['k', 0, {}],
  'GrantCache.prefetch': ['other', {}],
  'GrantCache.tryGet': ['k', source, {}],
  'ManualClock.advance': [1],
  'ManualClock.jumpWall': [1],
  'ManualClock.suspend': [1],
  'PlaybackMinter.invalidate': [STREAMER.replace(/1$/, '2')],
  'PlaybackMinter.invalidateIf': [STREAMER.replace(/1$/, '2'), 1],
  'PlaybackMinter.keepWarm': [STREAMER, 0],
  'PlaybackMinter.prefetch': [STREAMER],
  'PlaybackMinter.rotate': [secretive()],
  'GrantmintError.from': [new GrantmintError('x').toJSON()],
  'PlaybackMinter.stream': [STREAMER],
  'PlaybackMinter.token': [STREAMER, 'alice', soon],
  'PlaybackMinter.tryToken': [STREAMER, 'alice'],
  'Stats.toPrometheus': ['mine'],
  'StreamMinter.token': ['alice', soon],
  'StreamMinter.tryToken': ['alice'],
  'Ticket.complete': ['g', { ttl: 60 }],
  'Ticket.fail': [new GrantmintError('x')],
  'TokenMinter.mint': ['alice'],
  'TokenMinter.mintAt': ['alice', 1],
  'TokenMinter.mintMany': [['alice']],
  'Waiter.wait': [soon],
};

/** The options of everything that takes some. */
const common = ['grants', 'ttl', 'nbf', 'unique', 'clock'];
const options = {
  AccessToken: [...common, 'identity', 'validUntil'],
  TokenMinter: common,
  ApiKey: ['region'],
  ChatGrant: ['serviceSid', 'endpointId', 'deploymentRoleSid', 'pushCredentialSid'],
  VideoGrant: ['room'],
  VoiceGrant: ['incomingAllow', 'outgoingApplicationSid', 'outgoingApplicationParams', 'pushCredentialSid'],
  SyncGrant: ['serviceSid', 'endpointId'],
  TaskRouterGrant: ['workspaceSid', 'workerSid', 'role'],
  RtcGrant: ['configurationProfileSid'],
  PlaybackGrant: ['grant'],
  GrantCache: [
    'policy',
    'clock',
    'rateLimited',
    'callsPerSecond',
    'burst',
    'maxFetches',
    'fleet',
    'namespace',
  ],
  HostFleet: ['path', 'secret'],
  PlaybackMinter: [
    ...['allowOrigin', 'grants', 'ttl', 'unique', 'grantTtl', 'minRemainingMs', 'timeoutMs', 'source'],
    ...['cache', 'share', 'isolated', 'baseUrl', 'proxy', 'caFile', 'policy', 'clock'],
    ...['callsPerSecond', 'burst', 'maxFetches', 'fleet'],
  ],
  GrantmintError: ['code', 'retryAfterMs'],
  ThrottledError: ['code', 'retryAfterMs'],
  verify: ['leeway', 'now', 'algorithm'],
  verifyJwt: ['leeway', 'now', 'algorithm'],
  'ApiKey.fromEnv': ['TWILIO_ACCOUNT_SID', 'TWILIO_API_KEY', 'TWILIO_API_SECRET'],
  'GrantCache.begin': ['ttl', 'minRemainingMs', 'timeoutMs'],
  'GrantCache.get': ['ttl', 'minRemainingMs', 'signal'],
  'GrantCache.tryGet': ['ttl', 'minRemainingMs'],
  'GrantCache.prefetch': ['ttl'],
  'GrantCache.keepWarm': ['ttl'],
  'GrantCache.invalidate': ['ttl'],
  'GrantCache.invalidateIf': ['ttl'],
  'PlaybackMinter.token': ['minRemainingMs', 'signal'],
  'StreamMinter.token': ['minRemainingMs', 'signal'],
  'Ticket.complete': ['ttl'],
  'Waiter.wait': ['signal'],
};
const policies = ['waitBelowMs', 'softPointMs', 'safetyMarginMs', 'fetchTimeoutMs', 'maxKeys', 'jitter'];

class Own extends Error {}
const throws = () => {
  throw new Own('thrown by an argument');
};
const revoked = (() => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
})();
const detached = new Uint8Array(8);
structuredClone(detached.buffer, { transfer: [detached.buffer] });
const cyclic = {};
cyclic.cyclic = cyclic;
const throwing = new Proxy({}, { get: throws, has: throws, ownKeys: throws, getPrototypeOf: throws });
const endless = { *[Symbol.iterator]() { for (;;) yield new grantmint.VideoGrant(); } }; // prettier-ignore
const fakeSignal = { aborted: false, addEventListener: throws, removeEventListener: throws };

const bad = [
  ...[undefined, null, true, false, 1n, Symbol('s'), () => {}, class {}, /x/, new Date(NaN)],
  ...[0, -0, -1, 1, 1.5, NaN, Infinity, -Infinity, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 64, 1e300, -1e300, 5e-324],
  ...['', 'x', '\ud800', 'a\udc00b', '\u0000', 'x'.repeat(2 ** 20), '\ud83d'.repeat(2 ** 16), '💥'.repeat(300)],
  ...[{}, [], [[]], [null], Object.create(null), cyclic, { toString: throws, valueOf: throws, toJSON: throws }],
  ...[{ get ttl() { return throws(); } }, { [Symbol.toPrimitive]: throws }, { [Symbol.iterator]: throws }], // prettier-ignore
  ...[new Array(1e9), { length: 1e9 }, { length: -1 }, new Proxy([], {}), new Proxy({}, {}), revoked, throwing],
  ...[new Uint8Array(0), new Uint8Array([0xff]), detached, new Uint8Array(new SharedArrayBuffer(8))],
  ...[new Uint8Array(2 ** 20), new DataView(new ArrayBuffer(8)), new Map(), Promise.resolve('x')],
  ...[AbortSignal.abort(), fakeSignal, new Proxy(new AbortController().signal, {}), globalThis, new String('x')],
  ...[secretive(), cache, warm, hit, token, new ManualClock(1), new grantmint.VideoGrant(), new Error('x')],
]; // prettier-ignore

/** Whether an error is one that may come of a bad argument. */
function isFair(error) {
  if (error instanceof GrantmintError) return error.number < 900 || error.number === 902;
  return error instanceof Own || error === AbortSignal.abort().reason || error?.name === 'AbortError' || isOfEngine(error);
} // prettier-ignore

/** What the engine says of a revoked proxy or a detached array, whatever is done with it, and of what an
 * error cannot have as its message. */
const isOfEngine = ({ message }) => /revoked|detached|^Cannot convert|^Invalid string length$/.test(message);

function shown(value) {
  try {
    return inspect(value, { depth: 1 }).slice(0, 80);
  } catch {
    return 'something that cannot be shown';
  }
}

let calls = 0;

/** Calls a function; what is unfair about its outcome. */
async function tried(where, run, promises) {
  calls += 1;
  let result;
  try {
    result = run();
  } catch (error) {
    if (promises) return `${where}: thrown, not rejected: ${shown(error)}`;
    return isFair(error) ? undefined : `${where}: ${shown(error)} ${error?.stack}`;
  }
  if (promises && !(result instanceof Promise)) return `${where}: no promise`;
  try {
    await result;
  } catch (error) {
    return isFair(error) ? undefined : `${where}: ${shown(error)} ${error?.stack}`;
  }
  return undefined;
}

/** All functions: how to call each with arguments, and whether it promises. */
function functions() {
  const all = new Map();
  for (const [name, value] of Object.entries(grantmint)) {
    if (typeof value !== 'function') continue;
    const isClass = /^[A-Z]/.test(name);
    all.set(name, isClass ? (...given) => new value(...given) : value);
    if (!make[name]) continue;
    for (const method of methodsOf(value.prototype)) {
      const called = typeof method === 'symbol' ? '[dispose]' : method;
      const on = ending[`${name}.${called}`] ?? make[name];
      all.set(`${name}.${called}`, (...given) => on()[method](...given));
    }
  }
  all.set('ApiKey.fromEnv', (...given) => grantmint.ApiKey.fromEnv(...given));
  all.set('GrantmintError.from', (...given) => GrantmintError.from(...given));
  all.set('testing.simulateFork', grantmint.testing.simulateFork);
  return all;
}

const methodsOf = (prototype) =>
  Reflect.ownKeys(prototype).filter((name) => {
    const { value } = Object.getOwnPropertyDescriptor(prototype, name);
    return typeof value === 'function' && name !== 'constructor' && name !== inspect.custom;
  });

const promising = new Set([
  'Credential.get',
  'IceServers.get',
  'GrantCache.get',
  'PlaybackMinter.token',
  'StreamMinter.token',
  'Waiter.wait',
]);
const without = /^(?:Decoded|Hit|IceCredentials|IceServers|Issued|Stats|PlaybackToken|StreamMinter|Ticket|Waiter)$|\.(?:toJwt|toJson|toJSON|warnings|now|poll|nextWakeupMs|purge|rotate|stats|drainEvents|cache|close|\[dispose\]|tryResult|fallback|start|abandon)$|^forget$/; // prettier-ignore

test('bad arguments, each in each place', { timeout: 120_000 }, async () => {
  const wrong = [];
  for (const [name, run] of functions()) {
    const arguments_ = good[name] ?? [];
    assert(arguments_.length > 0 || without.test(name), `${name} has good arguments`);
    const tries = bad.flatMap((value) => {
      const given = arguments_.map((_, place) => arguments_.with(place, value));
      given.push([value, value, value, value], arguments_.slice(0, -1));
      return given.map((each) => tried(`${name}(${each.map(shown)})`, () => run(...each), promising.has(name)));
    });
    wrong.push(...(await Promise.all(tries)));
  }
  assert.deepEqual(wrong.filter(Boolean), []);
  assert(calls > 5000, String(calls));
}); // prettier-ignore

test('bad options, each by its name', { timeout: 120_000 }, async () => {
  const wrong = [];
  const all = functions();
  for (const [name, known] of Object.entries(options)) {
    const before = good[name].slice(0, -1);
    const last = good[name].at(-1);
    for (const option of [...known, 'unknown', '__proto__', 'constructor']) {
      for (const value of bad) {
        const given = [...before, Object.defineProperty({ ...last }, option, { value, enumerable: true })];
        wrong.push(await tried(`${name}({ ${option}: ${shown(value)} })`, () => all.get(name)(...given), promising.has(name)));
      }
      const getter = [...before, { ...last, get [option]() { return throws(); } }];
      wrong.push(await tried(`${name}({ get ${option} })`, () => all.get(name)(...getter), promising.has(name)));
    }
  }
  for (const option of policies) {
    for (const value of bad) {
      const policy = { [option]: value };
      wrong.push(await tried(`policy ${option}: ${shown(value)}`, () => new GrantCache({ policy })));
      wrong.push(await tried(`policy ${option}: ${shown(value)}`, () => new PlaybackMinter(key(), { policy, isolated: true })));
    }
  }
  assert.deepEqual(wrong.filter(Boolean), []);
}); // prettier-ignore

test('an endless iterable of grants is left after as many as can be too many', () => {
  const code = 'ERR_GRANTMINT_INVALID_GRANT';
  assert.throws(() => new TokenMinter(key(), { grants: endless }), { code });
});

test('a clock steps by what is a time', () => {
  const clock = new ManualClock(1000);
  for (const step of [NaN, Infinity, -Infinity]) {
    assert.throws(() => clock.jumpWall(step), { code: 'ERR_GRANTMINT_INVALID_ARGUMENT' });
  }
  clock.jumpWall(-10);
  assert.equal(clock.now().wall, 990);
});

test('a signal that is none costs nobody anything', async () => {
  const live = new PlaybackMinter(key(), { isolated: true, source: async () => ({ grant: {} }) });
  const [fake, real] = await Promise.allSettled([
    live.token(STREAMER, 'alice', { signal: fakeSignal }),
    live.token(STREAMER, 'bob'),
  ]);
  assert(fake.reason instanceof Own);
  assert.equal(real.value.freshness, 'fresh');
});

test('a foreign this', () => {
  let tries = 0;
  for (const [name, one] of Object.entries(make)) {
    const { prototype } = grantmint[name];
    const others = Object.keys(make).filter((other) => other !== name && !/Grant$/.test(other));
    const foreign = [
      ...[undefined, null, 1, 'x', {}, prototype, Object.create(prototype), new Proxy(one(), {}), revoked],
      ...others.map((other) => make[other]()),
    ];
    for (const method of Reflect.ownKeys(prototype)) {
      if (method === 'constructor' || method === inspect.custom || name === 'GrantmintError') continue;
      const { value, get } = Object.getOwnPropertyDescriptor(prototype, method);
      const run = value ?? get;
      if (typeof run !== 'function') continue;
      for (const self of foreign) {
        tries += 1;
        try {
          const result = run.call(self, ...(good[`${name}.${String(method)}`] ?? []));
          // Fields that are read of whatever has such a field, and promises.
          if (result instanceof Promise) result.catch(() => {});
          else assert(result === undefined || ['retryAfterMs', 'grants', 'claims', 'header'].includes(method), `${name}.${String(method)} of ${shown(self)}`);
        } catch (error) {
          assert(error instanceof TypeError || error instanceof GrantmintError, `${name}.${String(method)}: ${error.stack}`);
          assert(error.code !== 'ERR_GRANTMINT_PANIC');
        }
      }
    }
    // A class is no function.
    assert.throws(() => grantmint[name].call({}, ...(good[name] ?? [])), TypeError);
  }
  assert(tries > 1000, String(tries));
}); // prettier-ignore

test('classes that only the library makes', () => {
  const code = 'ERR_GRANTMINT_INVALID_ARGUMENT';
  for (const name of ['Hit', 'Ticket', 'Waiter', 'Decoded', 'Stats', 'StreamMinter', 'PlaybackToken']) {
    for (const value of bad) assert.throws(() => new grantmint[name](value, value), { code }, name);
  }
});

test('classes may be extended', async () => {
  class Minter extends PlaybackMinter {
    constructor(given) {
      super(given, { source, isolated: true });
      this.mine = 1;
    }
    tryToken(streamer) {
      return super.tryToken(streamer, 'always');
    }
  }
  const mine = new Minter(key());
  await mine.token(STREAMER, 'alice');
  assert.equal(grantmint.verify(mine.tryToken(STREAMER), key()).identity, 'always');
  class Room extends grantmint.VideoGrant {}
  assert.match(new TokenMinter(key(), { grants: [new Room({ room: 'r' })] }).mint('a'), /^ey/);
  class Key extends grantmint.ApiKey {}
  assert(new TokenMinter(new Key(...KEY)).mint('a'));
  const env = { TWILIO_ACCOUNT_SID: KEY[0], TWILIO_API_KEY: KEY[1], TWILIO_API_SECRET: KEY[2] };
  assert(Key.fromEnv(env) instanceof Key);
  class Mine extends GrantCache {}
  assert.equal((await new Mine().get('k', source)).freshness, 'fresh');
});

test('nothing shows or clones a secret', () => {
  const secrets = [HIDDEN, token.jwt, token.jwt.split('.')[2]];
  const ways = [
    (value) => inspect(value, { depth: 9, showHidden: true, getters: true, showProxy: true }),
    (value) => inspect({ deep: [value] }, { depth: 9, showHidden: true, getters: true }),
    (value) => inspect(value, { customInspect: false, depth: 9, showHidden: true }),
    (value) => JSON.stringify([value, Object.entries(value), { ...value }]),
    (value) => inspect(structuredClone(value), { depth: 9, showHidden: true, getters: true }),
    (value) => `${value}`,
  ];
  for (const [name, one] of Object.entries(make)) {
    const value = one();
    for (const way of ways) {
      const text = String(way(value));
      assert(!secrets.some((secret) => text.includes(secret)), `${name}: ${way}`);
    }
    for (const odd of [
      grantmint[name],
      grantmint[name].prototype,
      Object.create(grantmint[name].prototype),
    ]) {
      assert.equal(typeof inspect(odd), 'string');
    }
  }
});
