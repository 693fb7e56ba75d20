// grantmint/twilio as a package: what it has, what it refuses, and where it differs from Twilio's on
// purpose. That it does the same otherwise is shown by the random programs.

import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { ApiKey, GrantmintError, decode, verify, verifyJwt } from 'grantmint';
import ours, * as namespace from 'grantmint/twilio';
import theirs from 'twilio';
import { run } from './support.mjs';

const require = createRequire(import.meta.url);
const ACCOUNT = `AC${'a'.repeat(32)}`;
const KEY = `SK${'b'.repeat(32)}`;
const SECRET = 'not-a-secret-but-32-bytes-of-it!';
const { AccessToken } = ours.jwt;
const both = { ours: ours.jwt.AccessToken, theirs: theirs.jwt.AccessToken };

const tokenOf = (Class, options, secret = SECRET) =>
  new Class(ACCOUNT, KEY, secret, { identity: 'alice', ...options });
const refusal = (code) => (error) =>
  error instanceof GrantmintError && error.code === `ERR_GRANTMINT_${code}`;

/** Reads the parts of a token without minding what they are. */
const parts = (jwt) => jwt.split('.').map((part) => Buffer.from(part, 'base64url'));

function at(now, act) {
  const realNow = Date.now;
  Date.now = now;
  try {
    return act();
  } finally {
    Date.now = realNow;
  }
}

test('a token, to the byte', () => {
  const jwt = at(
    () => 1_700_000_000_900,
    () => {
      const token = tokenOf(AccessToken, { region: 'us1', ttl: 60, nbf: 1_699_999_990 }, 'secret');
      token.addGrant(new AccessToken.VideoGrant({ room: 'cool room' }));
      token.addGrant(
        new AccessToken.PlaybackGrant({
          grant: { requestCredentials: null, playbackUrl: 'https://x/?a=1&b=<2>', playerStreamerSid: 'VJ1' },
        }),
      );
      token.addGrant(
        new AccessToken.VoiceGrant({
          incomingAllow: true,
          outgoingApplicationSid: 'AP1',
          outgoingApplicationParams: { foo: 'bar' },
          pushCredentialSid: 'CR1',
          endpointId: 'ep',
        }),
      );
      return token.toJwt();
    },
  );
  const [header, claims] = parts(jwt).map(String);
  assert.equal(header, '{"alg":"HS256","typ":"JWT","cty":"twilio-fpa;v=1","twr":"us1"}');
  assert.equal(
    claims,
    `{"jti":"${KEY}-1700000000","grants":{"identity":"alice","video":{"room":"cool room"},` +
      '"player":{"requestCredentials":null,"playbackUrl":"https://x/?a=1&b=<2>","playerStreamerSid":"VJ1"},' +
      '"voice":{"incoming":{"allow":true},"outgoing":{"application_sid":"AP1","params":{"foo":"bar"}},' +
      '"push_credential_sid":"CR1","endpoint_id":"ep"}},' +
      `"nbf":1699999990,"iat":1700000000,"exp":1700000060,"iss":"${KEY}","sub":"${ACCOUNT}"}`,
  );
  assert.equal(jwt.split('.')[2], 'kqEX8xr4yHGu3F4dLGsNEvbGjY4tIO7TCHEaqWAdJ8o');
});

test('grantmint itself accepts the tokens', () => {
  const token = tokenOf(AccessToken);
  assert.equal(verify(token.toJwt(), new ApiKey(ACCOUNT, KEY, SECRET)).identity, 'alice');
  for (const algorithm of ['HS384', 'HS512']) {
    assert.equal(verifyJwt(token.toJwt(algorithm), SECRET, { algorithm }).identity, 'alice');
  }
});

test('require() and import give the same', () => {
  assert.equal(require('grantmint/twilio'), ours);
  assert.deepEqual(Object.keys(namespace).sort(), ['default', 'jwt']);
  assert.equal(namespace.jwt, ours.jwt);
});

test('it has what Twilio’s class has', () => {
  const names = (Class) => [Class.name, Class.length, ...Object.getOwnPropertyNames(Class.prototype)];
  for (const [name, Class] of Object.entries(both.theirs)) {
    if (typeof Class !== 'function') assert.deepEqual(both.ours[name], Class, name);
    else assert.deepEqual(names(both.ours[name]), names(Class));
  }
  assert.deepEqual(names(both.ours), names(both.theirs));
  assert.deepEqual(Object.keys(both.ours).sort(), Object.keys(both.theirs).sort());
});

test('the algorithm by default can be changed', (t) => {
  t.after(() => Object.values(both).forEach((Class) => (Class.DEFAULT_ALGORITHM = 'HS256')));
  const made = Object.values(both).map((Class) => {
    Class.DEFAULT_ALGORITHM = 'HS512';
    return at(
      () => 0,
      () => tokenOf(Class).toJwt(),
    );
  });
  assert.equal(decode(made[0]).header.alg, 'HS512');
  assert.equal(made[0], made[1]);
});

test('a grant may be as deep as JSON goes', () => {
  const deep = JSON.parse('{"a":['.repeat(1000) + ']}'.repeat(1000));
  const made = Object.values(both).map((Class) => {
    const token = tokenOf(Class);
    token.addGrant(new Class.PlaybackGrant({ grant: deep }));
    return at(
      () => 0,
      () => token.toJwt(),
    );
  });
  assert.equal(made[0], made[1]);
});

test('what Twilio’s package has besides is refused by name', () => {
  const absent = (path, object, complete) => {
    for (const name of Object.keys(complete)) {
      if (name in object && Object.keys(object).includes(name)) continue;
      assert.throws(
        () => object[name],
        (error) => refusal('UNSUPPORTED')(error) && error.message.includes(path + name),
      );
    }
  };
  absent('', ours, theirs);
  absent('jwt.', ours.jwt, theirs.jwt);
  assert.throws(() => ours(ACCOUNT, 'token'), refusal('UNSUPPORTED'));
  assert.throws(() => new ours(ACCOUNT, 'token'), refusal('UNSUPPORTED'));
  assert.equal(ours.noSuchThing, undefined);
  assert.match(inspect(ours, { showHidden: true }), /jwt/);
});

test('meant: neither the secret nor a playback grant shows in logs', () => {
  const made = Object.values(both).map((Class) => {
    const token = tokenOf(Class);
    token.addGrant(new Class.PlaybackGrant({ grant: { playbackUrl: 'https://x/?token=credential' } }));
    return token;
  });
  const shown = (token) => inspect(token, { depth: 9 }) + JSON.stringify(token);
  const credentials = [SECRET, 'credential'];
  assert.deepEqual(
    credentials.map((each) => shown(made[0]).includes(each)),
    [false, false],
  );
  assert.deepEqual(
    credentials.map((each) => shown(made[1]).includes(each)),
    [true, true],
  );
  const [token] = made;
  assert.equal(token.secret, SECRET);
  assert.equal(token.grants[0].grant.playbackUrl, 'https://x/?token=credential');
  token.secret = 'another';
  assert.equal(verifyJwt(token.toJwt(), 'another').identity, 'alice');
});

test('meant: a region beyond ASCII is UTF-8, where Twilio’s cannot be read', () => {
  const headers = Object.values(both).map(
    (Class) => parts(tokenOf(Class, { region: 'région-東' }).toJwt())[0],
  );
  assert.equal(JSON.parse(headers[0]).twr, 'région-東');
  assert.throws(() => JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(headers[1])));
  assert.throws(() => tokenOf(both.ours, { region: '\ud800' }).toJwt(), refusal('INVALID_ARGUMENT'));
});

test('meant: an empty secret signs nothing', () => {
  for (const secret of [Buffer.alloc(0), createSecretKey(Buffer.alloc(0))]) {
    assert.doesNotThrow(() => tokenOf(both.theirs, {}, secret).toJwt());
    assert.throws(() => tokenOf(both.ours, {}, secret).toJwt(), refusal('INVALID_CREDENTIALS'));
  }
});

test('meant: a token over 128 KiB is not signed', () => {
  const room = 'x'.repeat(130_000);
  for (const [whose, Class] of Object.entries(both)) {
    const token = tokenOf(Class);
    token.addGrant(new Class.VideoGrant({ room }));
    if (whose === 'theirs') assert.doesNotThrow(() => token.toJwt());
    else assert.throws(() => token.toJwt(), refusal('LIMIT_EXCEEDED'));
  }
});

test('meant: an algorithm added to the list is not signed with', (t) => {
  t.after(() => Object.values(both).forEach((Class) => Class.ALGORITHMS.pop()));
  for (const Class of Object.values(both)) Class.ALGORITHMS.push('none');
  assert.match(tokenOf(both.theirs).toJwt('none'), /\.$/);
  assert.throws(() => tokenOf(both.ours).toJwt('none'), refusal('INVALID_ARGUMENT'));
});

test('meant: a token has one time', () => {
  const [ourClaims, theirClaims] = Object.values(both).map((Class) => {
    let now = 1_699_999_999_000;
    const jwt = at(
      () => (now += 999),
      () => tokenOf(Class).toJwt(),
    );
    return JSON.parse(parts(jwt)[1]);
  });
  assert.equal(ourClaims.jti, `${KEY}-${ourClaims.iat}`);
  assert.notEqual(theirClaims.jti, `${KEY}-${theirClaims.iat}`);
});

test('meant: a token that nobody will accept is warned of, once for each kind', async () => {
  const script = (library) => `
    const { AccessToken } = require('${library}').jwt;
    process.on('warning', ({ name, code, message }) => console.log(name, code, message.includes('${SECRET}')));
    const token = (options) => new AccessToken('${ACCOUNT}', '${KEY}', '${SECRET}', { identity: 'alice', ...options });
    const unset = token();
    unset.identity = null;
    const voice = token();
    for (const incomingAllow of [true, false, undefined]) voice.addGrant(new AccessToken.VoiceGrant({ incomingAllow }));
    for (const good of [token(), token({ ttl: 86400, nbf: 1, region: 'ie1' }), token({ ttl: '1h' }), unset, voice]) good.toJwt();
    console.log('so far nothing');
    const wrong = token();
    wrong.addGrant(new AccessToken.VoiceGrant({ incomingAllow: 'true' }));
    for (let twice = 0; twice < 2; twice += 1) {
      for (const bad of [token({ ttl: '60 ' }), token({ ttl: -1 }), token({ ttl: 86401 }), token({ identity: {} }), wrong]) bad.toJwt();
    }
  `;
  const printed = async (library) => {
    const { stdout } = await run(['--no-warnings', '--eval', script(library)], { cwd: import.meta.dirname });
    return stdout.trim().split('\n');
  };
  assert.deepEqual(await printed('twilio'), ['so far nothing']);
  assert.deepEqual(await printed('grantmint/twilio'), [
    'so far nothing',
    ...['TTL_IN_MILLISECONDS', 'TTL_OVER', 'TTL_TOO_LONG', 'IDENTITY_DROPPED', 'INCOMING_ALLOW_DROPPED'].map(
      (name) => `GrantmintWarning GRANTMINT_TWILIO_${name} false`,
    ),
  ]);
});
