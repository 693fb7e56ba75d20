// Access Tokens: what they hold, what is refused, what is shown of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import * as grantmint from 'grantmint';
import { KEY, key } from './support.mjs';

const { AccessToken, ApiKey, CustomGrant, LIMITS, ManualClock, PlaybackGrant, TokenMinter, VideoGrant } =
  grantmint;
const { ChatGrant, IpMessagingGrant, SyncGrant, VoiceGrant, decode, sign, verify, verifyJwt } = grantmint;

const code = (name) => ({ code: `ERR_GRANTMINT_${name}` });

test('many are the same as one by one', () => {
  const minter = new TokenMinter(key(), { clock: new ManualClock(1_700_000_000) });
  const names = Array.from({ length: 1000 }, (_, n) => `viewer-${n} å 😀`);
  assert.deepEqual(
    minter.mintMany(names),
    names.map((name) => minter.mint(name)),
  );
  assert.deepEqual(minter.mintMany(new Set(['a', 'b'])), [minter.mint('a'), minter.mint('b')]);
  assert.deepEqual(minter.mintMany([]), []);
  assert.throws(() => minter.mintMany(['alice', '']), {
    ...code('INVALID_IDENTITY'),
    message: /^identities\[1\]/,
  });
  assert.throws(() => minter.mintMany(['alice', 7]), {
    ...code('INVALID_ARGUMENT'),
    message: /^identities\[1\]/,
  });
  const holed = ['a', 'hole', 'b'];
  delete holed[1];
  assert.throws(() => minter.mintMany(holed), { message: /^identities\[1\]/ });
  for (const wrong of ['alice', undefined, null, 7, { length: 1 }]) {
    assert.throws(() => minter.mintMany(wrong), code('INVALID_ARGUMENT'));
  }
});

test('identities of every length and kind', () => {
  const minter = new TokenMinter(key());
  for (const identity of ['a', 'a'.repeat(512), 'å'.repeat(256), '\u0000', '\ufffd', '"\\', '\u{10ffff}']) {
    assert.equal(verify(minter.mint(identity), key()).identity, identity);
  }
  assert.throws(() => minter.mint('a'.repeat(513)), code('INVALID_IDENTITY'));
  assert.throws(() => minter.mint('å'.repeat(100_000)), code('INVALID_IDENTITY'));
  for (const lone of ['\ud800', 'a\udc00', '\ufffd\ud83d', '\ud800'.repeat(2000)]) {
    const refused = { ...code('INVALID_UTF8'), name: 'InvalidArgumentError' };
    assert.throws(() => minter.mint(lone), refused);
    assert.throws(() => minter.mintAt(lone, 1), refused);
    assert.throws(() => new AccessToken(key(), { identity: lone }), refused);
  }
  for (const wrong of [undefined, null, 7, {}, Symbol('alice'), new String('alice')]) {
    assert.throws(() => minter.mint(wrong), code('INVALID_ARGUMENT'));
  }
});

test('what goes into a token is checked, option names too', () => {
  const wrong = [
    [() => new ApiKey(KEY[1], KEY[0], KEY[2]), 'INVALID_CREDENTIALS'],
    [() => new ApiKey('AC1', KEY[1], KEY[2]), 'INVALID_SID'],
    [() => new ApiKey(...KEY.slice(0, 2), ''), 'INVALID_CREDENTIALS'],
    [() => new ApiKey(...KEY.slice(0, 2), 7), 'INVALID_ARGUMENT'],
    [() => new ApiKey(...KEY.slice(0, 2), 'a secret\udc00'), 'INVALID_UTF8'],
    [() => sign('HS256', { alg: 'HS256' }, {}, 'a secret\udc00'), 'INVALID_UTF8'],
    [() => new ApiKey(...KEY, { region: 'Ireland' }), 'INVALID_ARGUMENT'],
    [() => new ApiKey(...KEY, { regoin: 'ie1' }), 'INVALID_ARGUMENT'],
    [() => new TokenMinter(key(), { ttl: 0 }), 'INVALID_TTL'],
    [() => new TokenMinter(key(), { ttl: -1 }), 'INVALID_TTL'],
    [() => new TokenMinter(key(), { ttl: 1.5 }), 'INVALID_TTL'],
    [() => new TokenMinter(key(), { ttl: NaN }), 'INVALID_TTL'],
    [() => new TokenMinter(key(), { ttl: Infinity }), 'INVALID_TTL'],
    [() => new TokenMinter(key(), { ttl: 86_401 }), 'INVALID_TTL'],
    [() => new TokenMinter(key(), { ttl: '60' }), 'INVALID_ARGUMENT'],
    [() => new TokenMinter(key(), { tll: 60 }), 'INVALID_ARGUMENT'],
    [() => new TokenMinter(key(), { nbf: Date.now() * 1000 }), 'INVALID_ARGUMENT'],
    [() => new TokenMinter(key(), { grants: [{}] }), 'INVALID_ARGUMENT'],
    [() => new TokenMinter(key(), { grants: [new VideoGrant(), new VideoGrant()] }), 'INVALID_GRANT'],
    [() => new TokenMinter({ accountSid: 'AC' }), 'INVALID_ARGUMENT'],
    [() => new TokenMinter(key(), { clock: {} }), 'INVALID_ARGUMENT'],
    [() => new TokenMinter(key(), null), 'INVALID_ARGUMENT'],
    [() => new AccessToken(key(), {}), 'INVALID_IDENTITY'],
    [() => new VideoGrant({ room: 'r'.repeat(129) }), 'INVALID_GRANT'],
    [() => new VoiceGrant({ outgoingApplicationSid: 'AP1' }), 'INVALID_SID'],
    [() => new PlaybackGrant({ grant: '"a string"' }), 'INVALID_GRANT'],
    [() => new PlaybackGrant({ grant: new Uint8Array([0xff]) }), 'INVALID_GRANT'],
    [() => new PlaybackGrant({}), 'INVALID_GRANT'],
    [() => new CustomGrant('identity', {}), 'INVALID_GRANT'],
    [() => new CustomGrant('k', 1n), 'INVALID_GRANT'],
    [() => ApiKey.fromEnv({ TWILIO_ACCOUNT_SID: KEY[0] }), 'INVALID_CREDENTIALS'],
  ];
  for (const [make, name] of wrong) {
    assert.throws(
      make,
      (error) => error.code === code(name).code && error instanceof grantmint.InvalidArgumentError,
      make.toString(),
    );
  }
});

test('grants hold what they were given', () => {
  const params = '{"b":1, "a":"å"}';
  const voice = new VoiceGrant({
    incomingAllow: true,
    outgoingApplicationSid: `AP${'0'.repeat(32)}`,
    outgoingApplicationParams: params,
  });
  assert.equal(voice.key, 'voice');
  assert(voice.toJson().includes(params));
  assert.equal(voice.incomingAllow, true);
  for (const grant of ['{ "a" : 1 }', Buffer.from('{ "a" : 1 }')]) {
    assert.equal(new PlaybackGrant({ grant }).toJson(), '{ "a" : 1 }');
  }
  assert.equal(new PlaybackGrant({ grant: { a: 1 } }).toJson(), '{"a":1}');
  assert.equal(new CustomGrant('mine', [1]).toJson(), '[1]');
  assert.throws(() => {
    'use strict';
    new VideoGrant({ room: 'a' }).room = 'b';
  }, TypeError);
});

test('a key comes from the environment', () => {
  const [TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET] = KEY;
  const found = ApiKey.fromEnv({ TWILIO_ACCOUNT_SID, TWILIO_API_KEY, TWILIO_API_SECRET });
  assert.deepEqual([found.accountSid, found.keySid, found.region], [KEY[0], KEY[1], undefined]);
  assert.equal(new ApiKey(...KEY, { region: 'ie1' }).region, 'ie1');
});

test('a token is verified, and refused', () => {
  const jwt = new TokenMinter(key(), { grants: [new VideoGrant({ room: 'r' })], ttl: 60 }).mint('ålice');
  const decoded = verify(jwt, key());
  assert.deepEqual(decoded.grants, { video: { room: 'r' }, identity: 'ålice' });
  assert.equal(decoded.expiresAt - decoded.issuedAt, 60);
  assert.deepEqual([decoded.issuer, decoded.subject, decoded.notBefore], [KEY[1], KEY[0], undefined]);
  const other = new ApiKey(KEY[0], KEY[1], 'another secret');
  const refused = [
    [() => verify(jwt, other), 'TOKEN_SIGNATURE'],
    [() => verify(jwt, key(), { now: decoded.expiresAt }), 'TOKEN_EXPIRED'],
    [() => verify(jwt, key(), { now: decoded.expiresAt, leeway: 1 }), undefined],
    [() => verify(jwt, key(), { algorithm: 'HS512' }), 'TOKEN_ALGORITHM'],
    [() => verify('a.b', key()), 'TOKEN_MALFORMED'],
    [() => verify(jwt, key(), { leeway: 301 }), 'INVALID_ARGUMENT'],
    [() => verify(jwt, key(), { algorithm: 'none' }), 'INVALID_ARGUMENT'],
    [() => verify(7, key()), 'INVALID_ARGUMENT'],
  ];
  for (const [run, name] of refused) {
    if (name) assert.throws(run, code(name));
    else run();
  }
  assert.equal(decode(jwt).claimsJson, decoded.claimsJson);
  assert(verifyJwt(jwt, KEY[2]).jti.startsWith(KEY[1]));
});

test('any claims are signed', () => {
  const header = '{"alg":"HS512", "typ":"JWT"}';
  const jwt = sign('HS512', header, { sub: 'me', exp: 4102444800 }, Buffer.from('secret'));
  const decoded = verifyJwt(jwt, 'secret', { algorithm: 'HS512' });
  assert.deepEqual(
    [decoded.headerJson, decoded.claimsJson, decoded.grants],
    [header, '{"sub":"me","exp":4102444800}', undefined],
  );
  assert.throws(() => sign('none', {}, {}, 's'), code('INVALID_ARGUMENT'));
  assert.throws(() => sign('HS256', { alg: 'HS256' }, {}, ''), code('INVALID_CREDENTIALS'));
});

test('advice and limits', () => {
  const token = new AccessToken(key(), { identity: 'alice@home', grants: [new VoiceGrant()] });
  assert.deepEqual(
    token.warnings().map((warning) => warning.code),
    ['voice_identity'],
  );
  assert.deepEqual(new TokenMinter(key()).warnings(), []);
  assert.equal(LIMITS.TTL_MAX, 86_400);
});

test('a token that is decoded is canonical and not too deep', () => {
  const [header, claims, signature] = sign('HS256', { alg: 'HS256' }, { a: 1 }, 's').split('.');
  decode([header, claims, signature].join('.'));
  for (const other of [`${signature}=`, `${signature} `, `${signature.slice(0, -1)}`, 'å', '+/+/']) {
    assert.throws(() => decode([header, claims, other].join('.')), code('TOKEN_MALFORMED'), other);
  }
  const nested = (levels) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
  const of = (levels) => sign('HS256', { alg: 'HS256' }, nested(levels), 's');
  decode(of(LIMITS.TOKEN_JSON_MAX_DEPTH));
  assert.equal(LIMITS.TOKEN_JSON_MAX_DEPTH, 127);
  assert.throws(() => decode(of(128)), { ...code('TOKEN_MALFORMED'), message: /nests over 127 levels/ });
});

test('nothing secret is shown', () => {
  const hidden = 'hush-hush';
  const secretive = [
    new ApiKey(...KEY.slice(0, 2), hidden),
    new TokenMinter(new ApiKey(...KEY.slice(0, 2), hidden), {
      grants: [new PlaybackGrant({ grant: { hidden } })],
    }),
    new AccessToken(key(), { identity: hidden }),
    new PlaybackGrant({ grant: { hidden } }),
    new CustomGrant('k', { hidden }),
    new VoiceGrant({ outgoingApplicationParams: { hidden }, endpointId: hidden }),
    new ChatGrant({ endpointId: hidden }),
    new IpMessagingGrant({ endpointId: hidden }),
    new SyncGrant({ endpointId: hidden }),
    decode(sign('HS256', { alg: 'HS256' }, { hidden }, 's')),
  ];
  for (const value of secretive) {
    for (const shown of [
      inspect(value, { depth: 9, showHidden: true }),
      JSON.stringify(value),
      String(value),
    ]) {
      assert(!shown.includes(hidden), shown);
    }
  }
  assert.equal(new SyncGrant({ endpointId: 'e' }).endpointId, 'e');
  assert.match(inspect(key()), /^ApiKey \{\s+accountSid: 'AC/);
  assert.equal(inspect(new VideoGrant({ room: 'r' })), "VideoGrant { room: 'r' }");
});
