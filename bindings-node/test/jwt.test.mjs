// Tokens of other services: fixed claims, and slots for what differs.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { AccessToken as LivekitToken, TokenVerifier } from 'livekit-server-sdk';
import { JwtMinter, ManualClock, Slot, decode, sign, verifyJwt } from 'grantmint';
import { checkTokens } from './jwt-vectors.mjs';

const SECRET = 'a secret of at least thirty-two bytes';
const claimsOf = (jwt) => verifyJwt(jwt, SECRET).claims;

/** What a call is told. */
function told(run) {
  try {
    run();
  } catch (error) {
    assert.equal(error.name, 'InvalidArgumentError', String(error));
    return [error.argument, error.message];
  }
  return 'nothing';
}

test('tokens are those of the official packages and as documented', () => {
  assert.equal(checkTokens(), 20);
});

test('an object that stands in itself, in many places or too deep is refused at once', () => {
  const refused = (claims) => told(() => new JwtMinter(SECRET, { claims }));
  const circle = {};
  circle.one = circle.other = circle;
  assert.deepEqual(refused(circle), ['claims', 'claims cannot be written as JSON: error.cause says why']);
  circle.slot = new Slot('slot');
  assert.match(refused(circle)[1], /are nested too deep$/);
  let [doubled, deep] = [{ slot: new Slot('slot') }, {}];
  for (let level = 0; level < 60; level += 1) doubled = { one: doubled, other: doubled };
  assert.equal(refused(doubled)[0], 'slot');
  for (let level = 0; level < 100_000; level += 1) deep = { deep };
  assert.deepEqual(refused(deep), ['claims', 'claims are nested too deep']);
});

test('fixed claims come first, and slots where they stand', () => {
  const clock = new ManualClock(1_700_000_000);
  const minter = new JwtMinter(SECRET, {
    claims: {
      iss: 'my-app',
      video: {
        roomJoin: true,
        room: new Slot('room', { required: true, max: 8 }),
        level: new Slot('n', { type: 'integer' }),
      },
      'https://hasura.io/jwt/claims': { 'x-role': new Slot('role', { oneOf: ['user', 'admin'] }) },
      flags: new Slot('flags', { type: 'json' }),
      is: new Slot('is', { type: 'boolean' }),
      when: new Date(0),
    },
    header: { kid: 'k1', n: 7 },
    ttl: 600,
    clock,
  });
  const jwt = minter.mint('alice', { room: 'r"ø', n: -7, role: 'user', flags: { a: [1] }, is: false });
  const { header, claims } = verifyJwt(jwt, SECRET, { now: 1_700_000_000 });
  assert.deepEqual(header, { alg: 'HS256', typ: 'JWT', kid: 'k1', n: 7 });
  assert.deepEqual(claims, {
    exp: 1_700_000_600,
    iat: 1_700_000_000,
    iss: 'my-app',
    when: '1970-01-01T00:00:00.000Z',
    video: { roomJoin: true, room: 'r"ø', level: -7 },
    'https://hasura.io/jwt/claims': { 'x-role': 'user' },
    flags: { a: [1] },
    is: false,
    sub: 'alice',
  });
  const { claims: fewer } = verifyJwt(minter.mint('bob', { room: 'r', n: null, is: undefined }), SECRET, {
    now: 1_700_000_000,
  });
  assert.deepEqual([fewer.video, fewer.is], [{ roomJoin: true, room: 'r' }, undefined]);
  assert.equal(
    minter.mintAt('alice', 1_700_000_000, {
      room: 'r"ø',
      n: -7,
      role: 'user',
      flags: '{"a":[1]}',
      is: false,
    }),
    jwt,
  );
});

test('the identity stands where it is said, or nowhere', () => {
  for (const [identity, place] of [
    ['user_id', ({ user_id: id }) => id],
    [['context', 'user', 'id'], ({ context }) => context.user.id],
    [new Slot('id', { at: ['u', 'i'], max: 5 }), ({ u }) => u.i],
    [new Slot('id'), ({ id }) => id],
  ]) {
    const minter = new JwtMinter(SECRET, { identity });
    assert.equal(place(claimsOf(minter.mint('alice'))), 'alice');
  }
  const nobody = new JwtMinter(SECRET, { identity: null, claims: { role: 'anon' }, typ: null });
  const { claims, header } = decode(nobody.mint());
  assert.deepEqual([Object.keys(claims), header], [['exp', 'iat', 'role'], { alg: 'HS256' }]);
  assert.throws(() => nobody.mint('alice'), { argument: 'identity' });
  const at = new JwtMinter(SECRET, { identity: new Slot('id', { at: 'u', max: 5 }) });
  assert.throws(() => at.mint('alicia'), { code: 'ERR_GRANTMINT_INVALID_IDENTITY', argument: 'identity' });
});

test('as many slots as there are, in any order, and many users at once', () => {
  const names = Array.from({ length: 10 }, (_, n) => `s${n}`);
  const claims = Object.fromEntries(names.map((name) => [name, new Slot(name)]));
  const minter = new JwtMinter(SECRET, { claims });
  for (let count = 0; count <= names.length; count += 1) {
    const given = Object.fromEntries(
      names
        .slice(0, count)
        .reverse()
        .map((name) => [name, `value of ${name}`]),
    );
    const { exp: _, iat: __, sub, ...rest } = claimsOf(minter.mint('alice', given));
    assert.deepEqual([sub, rest], ['alice', given]);
  }
  const users = Array.from({ length: 700 }, (_, n) => ({
    identity: `user ${n}`,
    s1: 'x'.repeat(n * 3),
    s7: `${n}`,
  }));
  const jwts = minter.mintMany(new Set(users));
  for (const [n, jwt] of jwts.entries()) {
    const { sub, s1, s7 } = decode(jwt).claims;
    assert.deepEqual([sub, s1, s7], [`user ${n}`, users[n].s1, users[n].s7]);
  }
  assert.deepEqual(minter.mintMany([]), []);
  const room = minter.bind({ s0: 'bound' });
  assert.equal(claimsOf(room.mint('bob', { s9: 'own' })).s0, 'bound');
  assert.throws(() => room.mint('bob', { s0: 'again' }), { argument: 's0' });
});

test('times and algorithms are as said', () => {
  const clock = new ManualClock(1_700_000_000);
  const timesOf = (options) => {
    const { exp, iat, nbf } = decode(new JwtMinter(SECRET, { clock, ...options }).mint('a')).claims;
    return [exp, iat, nbf].map((time) => time && time - 1_700_000_000);
  };
  assert.deepEqual(timesOf({}), [3600, 0, undefined]);
  assert.deepEqual(timesOf({ ttl: 172_800, maxTtl: 172_800 }), [172_800, 0, undefined]);
  assert.deepEqual(timesOf({ iat: false, nbf: true, backdate: 10 }), [3600, undefined, -10]);
  assert.deepEqual(timesOf({ nbf: 1_700_000_005 }), [3600, 0, 5]);
  assert.deepEqual(timesOf({ nbf: false }), [3600, 0, undefined]);
  for (const algorithm of ['HS256', 'HS384', 'HS512']) {
    const jwt = new JwtMinter(Buffer.from(SECRET), { algorithm }).mint('a');
    assert.equal(verifyJwt(jwt, SECRET, { algorithm }).subject, 'a');
    const [head, body, signature] = jwt.split('.');
    const hash = algorithm.replace('HS', 'sha');
    assert.equal(createHmac(hash, SECRET).update(`${head}.${body}`).digest('base64url'), signature);
  }
  const [one, other] = [1, 2].map(() => decode(new JwtMinter(SECRET, { unique: true }).mint('a')).jti);
  assert.notEqual(one, other);
});

test('whatever a slot or a claim cannot be is told by its name', () => {
  const claims = {
    text: new Slot('text'),
    n: new Slot('n', { type: 'integer', min: 0, max: 5 }),
    is: new Slot('is', { type: 'boolean' }),
    data: new Slot('data', { type: 'json', max: 20 }),
  };
  const minter = new JwtMinter(SECRET, { claims });
  const deep = (levels) => (levels === 0 ? 1 : { a: deep(levels - 1) });
  const wide = new JwtMinter(SECRET, { claims: { data: new Slot('data', { type: 'json' }) } });
  for (const [slots, argument, message] of [
    [{ is: 'false' }, 'is', /true or false, not a string$/],
    [{ is: 0 }, 'is', /true or false, not a number$/],
    [{ text: 7 }, 'text', /must be a string, not a number: write String/],
    [{ text: '\ud800' }, 'text', /lone surrogate/],
    [{ n: NaN }, 'n', /whole number$/],
    [{ n: 0.5 }, 'n', /whole number$/],
    [{ n: Infinity }, 'n', /whole number$/],
    [{ n: 2 ** 53 + 1 }, 'n', /beyond 2\^53 - 1/],
    [{ n: 6 }, 'n', /must be 0 to 5$/],
    [{ n: 1n }, 'n', /not a BigInt: write Number/],
    [{ n: '1' }, 'n', /not a string: write Number/],
    [{ data: { n: NaN } }, 'data', /holds NaN, which is no JSON$/],
    [{ data: '{' }, 'data', /JSON/],
    [{ data: { a: 'x'.repeat(20) } }, 'data', /is over 20 bytes$/],
    [{ data: new Map([[1, 2]]) }, 'data', /not a Map: write Object.fromEntries/],
    [{ txet: 'a' }, 'txet', /is not a slot of this minter/],
    [{ toString: 'a' }, 'toString', /is not a slot of this minter/],
    [{ identity: 'bob' }, 'identity', /twice|already/],
  ]) {
    for (const [run, prefix] of [
      [() => minter.mint('alice', slots), ''],
      [() => minter.mintAt('alice', 1, slots), ''],
      [() => minter.mintMany([{ identity: 'bob' }, { identity: 'alice', ...slots }]), 'users[1].'],
    ]) {
      if (argument === 'identity' && prefix !== '') continue; // There it is the user's.
      const [name, said] = told(run);
      assert.equal(name, `${prefix}${argument}`);
      assert.match(said, message);
    }
  }
  assert.match(told(() => wide.mint('a', { data: deep(70) }))[1], /deep|levels/);
  assert.equal(
    told(() => wide.mint('a', { data: deep(50) })),
    'nothing',
  );
  for (const [identity, message] of [
    [7, 'identity must be a string, not a number: write String(…)'],
    ['', 'identity must not be empty'],
    [undefined, 'identity must be given'],
    ['\udc00', 'identity holds a lone surrogate, which no other language can read'],
    ['x'.repeat(513), 'identity is over 512 bytes'],
  ]) {
    assert.deepEqual(told(() => minter.mint(identity)), ['identity', message]); // prettier-ignore
    assert.deepEqual(told(() => minter.mint(identity, { text: 'a' })), ['identity', message]); // prettier-ignore
  }
});

test('whatever a kind of token cannot be is told when it is made', () => {
  const cyclic = { a: new Slot('a') };
  cyclic.self = cyclic;
  for (const [options, argument] of [
    [{ claims: { exp: 1 } }, 'exp'],
    [{ claims: { iat: 1 } }, 'iat'],
    [{ claims: { sub: 'x' } }, 'sub'],
    [{ claims: { a: NaN } }, 'claims'],
    [{ claims: { a: 2 ** 53 + 1 } }, 'claims'],
    [{ claims: { a: '\ud800' } }, 'claims'],
    [{ claims: { a: [new Slot('a')] } }, 'claims'],
    [{ claims: { a: new Slot('a'), b: new Slot('a') } }, 'a'],
    [{ claims: { a: new Slot(''), b: 1 } }, 'slot name'],
    [{ claims: { a: new Slot('x'.repeat(65)) } }, 'slot name'],
    [{ claims: new Slot('a') }, 'claims'],
    [{ claims: '{}' }, 'claims'],
    [{ header: { alg: 'none' } }, 'header.alg'],
    [{ header: { kid: NaN } }, 'header.kid'],
    [{ algorithm: 'RS256' }, 'algorithm'],
    [{ ttl: 0 }, 'ttl'],
    [{ ttl: 86_401 }, 'ttl'],
    [{ maxTtl: 31_536_001 }, 'maxTtl'],
    [{ backdate: 301 }, 'backdate'],
    [{ nbf: 'now' }, 'nbf'],
    [{ nbf: 1_700_000_000_000 }, 'nbf'],
    [{ iat: 'false' }, 'iat'],
    [{ unique: 1 }, 'unique'],
    [{ identity: 7 }, 'identity'],
    [{ identity: [] }, 'identity'],
    [{ typ: 7 }, 'typ'],
    [{ expiresIn: '1h' }, 'expiresIn'],
  ]) {
    assert.equal(told(() => new JwtMinter(SECRET, options))[0], argument, JSON.stringify(options)); // prettier-ignore
  }
  assert.match(told(() => new JwtMinter(SECRET, { claims: cyclic }))[1], /nested too deep/);
  assert.deepEqual(told(() => new JwtMinter('')), ['secret', 'secret must not be empty']); // prettier-ignore
  assert.deepEqual(told(() => new JwtMinter(7)), ['secret', 'secret must be a string or a Uint8Array, not a number']); // prettier-ignore
  const never = new JwtMinter(SECRET, { nbf: 1_700_000_000 });
  assert.deepEqual(told(() => never.mintAt('a', 1_699_996_400)), ['nbf', "nbf (1700000000) must lie before the token's end, now + ttl (1700000000)"]); // prettier-ignore
});

test('advice is given, and nothing that is secret', () => {
  const short = new JwtMinter('short');
  assert.deepEqual(short.warnings().map(({ code }) => code), ['short_secret']); // prettier-ignore
  const zoom = JwtMinter.zoomVideoSdk('key', SECRET, { ttl: 1800, slots: { tpc: 't'.repeat(151) } });
  assert.deepEqual(zoom.warnings().map(({ code }) => code), ['zoom_ttl', 'zoom_topic_long']); // prettier-ignore
  const minter = JwtMinter.livekit('APIkey', SECRET);
  for (const shown of [inspect(minter, { showHidden: true, depth: 9 }), JSON.stringify(minter)]) {
    assert(!shown.includes('secret') && !shown.includes('APIkey'), shown);
  }
  assert.equal(inspect(new Slot('room')), "Slot { name: 'room', type: 'string' }");
});

test('a token that never ends is refused unless that is said', () => {
  const jwt = sign('HS256', { alg: 'HS256' }, { sub: 'a' }, SECRET);
  assert.throws(() => verifyJwt(jwt, SECRET), { code: 'ERR_GRANTMINT_TOKEN_CLAIMS' });
  assert.throws(() => verifyJwt(jwt, SECRET, { requireExp: true }), { code: 'ERR_GRANTMINT_TOKEN_CLAIMS' });
  assert.equal(verifyJwt(jwt, SECRET, { requireExp: false }).subject, 'a');
});

test('the library of LiveKit takes our tokens, and we take its', async () => {
  const joins = JwtMinter.livekit('APIkey', SECRET, { slots: { roomJoin: true } });
  const ours = joins.mint('alice', {
    room: 'r',
    name: 'Alice',
    attributes: { seat: '12' },
    canPublishSources: ['camera'],
  });
  const seen = await new TokenVerifier('APIkey', SECRET).verify(ours);
  assert.deepEqual(seen.video, { roomJoin: true, room: 'r', canPublishSources: ['camera'] });
  assert.deepEqual([seen.sub, seen.name, seen.attributes], ['alice', 'Alice', { seat: '12' }]);
  const theirs = new LivekitToken('APIkey', SECRET, { identity: 'bob', ttl: 600, metadata: 'm' });
  theirs.addGrant({ roomJoin: true, room: 'r', canPublish: false });
  const { subject, claims } = verifyJwt(await theirs.toJwt(), SECRET);
  assert.deepEqual([subject, claims.video], ['bob', { roomJoin: true, room: 'r', canPublish: false }]);
  assert.equal(claims.metadata, 'm');
  await assert.rejects(new TokenVerifier('APIkey', `${SECRET}!`).verify(ours));
});

test('the key of LiveKit comes from two variables', () => {
  const { LIVEKIT_API_KEY, LIVEKIT_API_SECRET } = process.env;
  try {
    delete process.env.LIVEKIT_API_KEY;
    process.env.LIVEKIT_API_SECRET = SECRET;
    const missing = 'LIVEKIT_API_KEY is missing, empty or not UTF-8 in the environment';
    assert.deepEqual(told(() => JwtMinter.livekitFromEnv()), ['LIVEKIT_API_KEY', missing]); // prettier-ignore
    process.env.LIVEKIT_API_KEY = 'APIkey';
    const joins = JwtMinter.livekitFromEnv({ ttl: 60, slots: { roomJoin: true, room: 'r' } });
    assert.equal(claimsOf(joins.mint('alice')).iss, 'APIkey');
  } finally {
    for (const [name, value] of Object.entries({ LIVEKIT_API_KEY, LIVEKIT_API_SECRET })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});

test('slots of LiveKit are spelled as its library for Node.js spells them', () => {
  const joins = JwtMinter.livekit('APIkey', SECRET);
  assert.deepEqual(told(() => joins.mint('a', { roomJoin: true })), ['room', 'room must be given with roomJoin, and not be empty']); // prettier-ignore
  assert.deepEqual(told(() => joins.mint('a', { room_join: true })), ['room_join', 'room_join is no slot: did you mean roomJoin?']); // prettier-ignore
  assert.deepEqual(told(() => joins.mint('a', { canPublish: 'false' })), ['canPublish', 'canPublish must be true or false, not a string']); // prettier-ignore
  assert.deepEqual(told(() => JwtMinter.livekit('k', SECRET, { slots: { roomJoin: 'true' } })), ['roomJoin', 'roomJoin must be true or false, not a string']); // prettier-ignore
  // Elsewhere names are the program's own.
  const own = new JwtMinter(SECRET, { claims: { account_sid: new Slot('account_sid') } });
  assert.equal(told(() => own.mint('a', { account_sid: 7 }))[0], 'account_sid');
  assert.equal(told(() => own.mint('a', { account_sid: 'x'.repeat(70_000) }))[0], 'account_sid');
});
