// REST endpoints as they are described: tests/vectors/rest_services.json has what is sent to services, and what their
// answers mean; rest_refused.json what no description may say.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Credential, RestSource, oauth2, verifyJwt } from 'grantmint';
import { rawServer } from './raw-server.mjs';
import { KEY, emulator, rejection, vectors } from './support.mjs';

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const renamed = (value) =>
  Object.fromEntries(Object.entries(value).map(([name, each]) => [camel(name), each]));

/** A description of the vectors with the names of options here. */
function described(source, secrets) {
  const { auth, lifetime, ...rest } = renamed(source);
  const options = { ...rest };
  if (auth) options.auth = renamed(auth);
  if (typeof auth?.signed === 'object') options.auth.signed = renamed(auth.signed);
  if (Array.isArray(lifetime))
    options.lifetime = lifetime.map((each) => (typeof each === 'string' ? each : renamed(each)));
  if (secrets) options.secrets = secrets;
  return options;
}

/** The same at a server of this machine. Values of slots in the host are not used there. */
function at(server, { url, vars, ...options }) {
  const [, host, path = '/'] = /^https:\/\/([^/]+)(\/.*)?$/.exec(url);
  const rest = JSON.stringify([path, options]);
  const isUsed = ([name]) => !host.includes(`{${name}}`) || rest.includes(`{${name}}`);
  const used = Object.fromEntries(Object.entries(vars ?? {}).filter(isUsed));
  return { ...options, url: `${server.url}${path}`, vars: used };
}

/** What was sent, as the vectors have it. */
function sent({ method, url, rawHeaders, body }) {
  const lines = [];
  for (let n = 0; n < rawHeaders.length; n += 2) {
    const line = `${rawHeaders[n].toLowerCase()}: ${rawHeaders[n + 1]}`;
    if (!/^(content-|user-agent|host|connection)/.test(line)) lines.push(line);
  }
  const bodies = method === 'GET' ? [] : [body.replaceAll(/(?<!\d)\d{13}(?!\d)/g, 'NOW_MS')];
  return [`${method} ${url}`, ...lines, ...bodies];
}

/** The lines without the token that was signed for the request, if that is as it should be. */
function withoutSigned(lines, signed) {
  if (!signed) return lines;
  return lines.map((line) => {
    const [, token] = /^authorization: Bearer (.*)$/.exec(line) ?? [];
    if (token === undefined) return line;
    const { header = { alg: 'HS256', typ: 'JWT' }, secret, written } = signed;
    const found = verifyJwt(token, secret, { algorithm: header.alg });
    assert.deepEqual(found.header, header);
    const own = Object.keys(found.claims).filter((name) => !(name in signed.claims));
    assert.deepEqual(own.sort(), written);
    for (const name of Object.keys(signed.claims)) assert.deepEqual(found.claims[name], signed.claims[name]);
    const left = found.expiresAt - Date.now() / 1000;
    assert(left > signed.ttl - 60 && left <= signed.ttl, `${left}`);
    return 'authorization: Bearer SIGNED';
  });
}

const { services } = vectors('rest_services.json');

test('every service is asked and read as written', async (t) => {
  assert(services.length >= 20);
  for (const row of services) {
    const answer = {
      status: row.status,
      headers: { date: 'Mon, 30 Nov 2026 01:02:03 GMT' },
      body: row.text ?? row.body,
    };
    const server = await rawServer(t, () => answer);
    const source = new RestSource(at(server, described(row.source, row.secrets)));
    const issued = await new Credential(source, { isolated: true }).get(row.key);
    assert.deepEqual(withoutSigned(sent(server.asked[0]), row.signed), row.sends, row.name);
    assert.deepEqual(issued.value, row.hands_out, row.name);
    assert(issued.remainingMs <= row.lifetime * 1000, `${row.name}: ${issued.remainingMs}`);
    assert(issued.remainingMs > row.lifetime * 900 - 31_000, `${row.name}: ${issued.remainingMs}`);
  }
});

const refused = vectors('rest_refused.json');

test('wrong descriptions are refused when they are made', () => {
  assert(refused.rows.length >= 23);
  assert(new RestSource(described(refused.base)));
  for (const { name, source, secrets, code, argument } of refused.rows) {
    const options = described({ ...refused.base, ...source }, secrets);
    assert.throws(
      () => new RestSource(options),
      (error) => {
        // What this language refuses by its type, and names that it has not.
        const own = argument === 'source' ? Object.keys(renamed(source))[0] : camel(argument);
        assert.equal(error.argument?.split('.')[0], own, `${name}: ${error.message}`);
        if (error.code !== `ERR_GRANTMINT_${code.toUpperCase()}`) {
          assert.equal(error.code, 'ERR_GRANTMINT_INVALID_ARGUMENT', `${name}: ${error.message}`);
        }
        return !error.message.includes('hush');
      },
      name,
    );
  }
});

test('an OAuth 2 token of the emulator, and what it says of another client', async (t) => {
  const { baseUrl, calls } = await emulator(t);
  const url = `${baseUrl}/oauth2/token`;
  const token = new Credential(
    oauth2(url, KEY[1], KEY[2], { scope: 'read', form: { audience: 'https://api.example/' } }),
  );
  const all = await Promise.all(Array.from({ length: 50 }, () => token.get()));
  assert.match(all[0].value, /^emulator-\d+$/);
  assert.equal(new Set(all.map(({ value }) => value)).size, 1);
  assert(all[0].remainingMs > 3_500_000);
  const wrong = await rejection(new Credential(oauth2(url, KEY[1], 'hush')).get());
  assert.equal(wrong.code, 'ERR_GRANTMINT_UPSTREAM_UNAUTHORIZED');
  assert(!wrong.message.includes('hush'));
  assert((await calls()) <= 2);
});

test('a source shows nothing that it was given', () => {
  const source = new RestSource({
    url: 'https://idp.example/token',
    auth: { bearer: '{token}' },
    secrets: { token: 'hush' },
    lifetime: [{ constant: 60 }],
  });
  assert.equal(inspect(source, { showHidden: true, depth: 9 }), 'RestSource {}');
  assert.equal(JSON.stringify(source), '{}');
});
