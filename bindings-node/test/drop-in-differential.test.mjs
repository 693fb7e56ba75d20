// grantmint/twilio beside Twilio's own package, under one clock: random programs come to the same
// bytes and the same errors. GRANTMINT_LONG runs thousands of them, others each time.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import fc from 'fast-check';
import ours from 'grantmint/twilio';
import theirs from 'twilio';
import { oddPrograms, program, secretPrograms, timespanPrograms } from './drop-in-programs.mjs';
import { run } from './drop-in-run.mjs';

const long = Boolean(process.env.GRANTMINT_LONG);
const numRuns = long ? 20_000 : 300;
// The same programs each time, so that the mix below can be relied on.
const seed = long ? undefined : 20_231_130;

// What the official class makes of a ttl changes with the library it signs with.
test('Twilio’s package is the one that the drop-in is made after', () => {
  const require = createRequire(import.meta.url);
  assert.equal(require('twilio/package.json').version, '6.2.0');
  const signer = createRequire(require.resolve('twilio'));
  assert.equal(signer('jsonwebtoken/package.json').version, '9.0.3');
});

for (const [what, programs] of [
  ['every odd value in every place', [...oddPrograms()]],
  ['every kind of secret', [...secretPrograms()]],
  ['every unit of time', [...timespanPrograms()]],
]) {
  test(`${what}: ${programs.length} programs do the same with both`, (t) => {
    let tokens = 0;
    for (const each of programs) {
      const expected = run(theirs, each);
      assert.deepEqual(run(ours, each), expected);
      if (expected.at(-1).value !== undefined) tokens += 1;
    }
    t.diagnostic(`${tokens} come to a token`);
    assert(tokens > programs.length / 5 && tokens < programs.length);
  });
}

test(`${numRuns} random programs do the same with both`, (t) => {
  const mix = new Map();
  fc.assert(
    fc.property(program, (each) => {
      const expected = run(theirs, each);
      assert.deepEqual(run(ours, each), expected);
      for (const label of labels(each, expected)) mix.set(label, (mix.get(label) ?? 0) + 1);
    }),
    { numRuns, seed },
  );
  for (const [label, count] of [...mix].sort(([, a], [, b]) => b - a)) t.diagnostic(`${count} × ${label}`);
  const share = (label) => (mix.get(label) ?? 0) / numRuns;
  assert(share('a token') > 0.4, 'too few programs come to a token');
  for (const label of MUST_OCCUR) assert(mix.has(label), `no program: ${label}`);
});

const MUST_OCCUR = [
  'a token by HS256',
  'a token by HS384',
  'a token by HS512',
  'a token without grants',
  'a token with VideoGrant',
  'a token with VoiceGrant',
  'a token with ChatGrant',
  'a token with SyncGrant',
  'a token with TaskRouterGrant',
  'a token with PlaybackGrant',
  'a token with a duck-typed grant',
  'a token with a grant of a subclass',
  'a token with nbf',
  'a token with twr',
  'a token with a ttl in words',
  'a token without an identity',
  'a token with an identity beyond ASCII',
  'a token with a lone surrogate',
  'a token by a secret that is no string',
  'a property changed before a token',
  'Error: identity is required to be specified in options',
  'Error: secret is required',
  'Error: "issuer" must be a string',
  'Error: "expiresIn" should be a number of seconds or string representing a timespan',
  'Error: "expiresIn" should be a number of seconds or string representing a timespan eg: "1d", "20h", 60',
  'Error: Algorithm not supported. Allowed values are HS256, HS384, HS512',
  'Error: secretOrPrivateKey is not valid key material',
  'Error: secretOrPrivateKey must be a symmetric key when using HS256',
  'TypeError: grant.toPayload is not a function',
  'TypeError: Do not know how to serialize a BigInt',
];

/** What a program and what it comes to are examples of. */
function* labels({ secret, options, steps, algorithm }, outcomes) {
  for (const { thrown, message } of outcomes) if (thrown) yield `${thrown}: ${message.split('\n')[0]}`;
  const jwt = outcomes.at(-1).value;
  if (jwt === undefined) return;
  yield 'a token';
  yield `a token by ${algorithm || 'HS256'}`;
  const [header, claims] = jwt.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  const { grants, nbf } = JSON.parse(claims);
  if (Object.keys(grants ?? {}).filter((key) => key !== 'identity').length === 0)
    yield 'a token without grants';
  if (nbf !== undefined) yield 'a token with nbf';
  if (JSON.parse(header).twr !== undefined) yield 'a token with twr';
  if (typeof options.ttl === 'string') yield 'a token with a ttl in words';
  if (grants?.identity === undefined) yield 'a token without an identity';
  if (/[^\0-\x7f]/.test(grants?.identity)) yield 'a token with an identity beyond ASCII';
  if (/\\ud[89a-f]/.test(claims)) yield 'a token with a lone surrogate';
  if (typeof secret !== 'string') yield 'a token by a secret that is no string';
  for (const step of steps) {
    if (step.do === 'grant') yield `a token with ${step.kind}`;
    if (step.do === 'add') yield 'a token with a duck-typed grant';
    if (step.do === 'subclass') yield 'a token with a grant of a subclass';
    if (step.do === 'change' || step.do === 'set') yield 'a property changed before a token';
  }
}
