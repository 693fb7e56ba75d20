// The rules that keep others out, each from outside by a raw socket. rules_browser.test.mjs has them in Chromium.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { after, test } from 'node:test';
import { PROGRAM, Page } from './support/page.mjs';
import { ask, call, get, isWhole, open, parse, talk } from './support/raw.mjs';

const page = await Page.start({ after });
const { key } = await open(page);

test('rule 1: it listens on 127.0.0.1 alone, and there is no flag for more', async () => {
  const port = page.port.toString(16).toUpperCase().padStart(4, '0');
  const listening = ['tcp', 'tcp6']
    .flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').split('\n'))
    .filter((row) => row.includes(`:${port} `) && row.includes(' 0A '));
  assert.equal(listening.length, 1);
  assert.match(listening[0], /0100007F:/);
  const others = Object.values(networkInterfaces())
    .flat()
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of others) {
    const { got } = await talk(page.port, 'GET / HTTP/1.1\r\n\r\n', { host: address });
    assert.equal(got, '');
  }
  assert.match(page.link.url, /^http:\/\/127\.0\.0\.1:/);
  assert.throws(() => execFileSync(PROGRAM, ['page', '--listen', '0.0.0.0:1'], { stdio: 'pipe' }), {
    status: 2,
  });
});

test('rule 2: each start has another port', async (t) => {
  const one = await Page.start(t);
  const other = await Page.start(t);
  assert.equal(new Set([page.port, one.port, other.port]).size, 3);
});

test('rule 3: a link works once; a second use ends the session, and the terminal says so', async (t) => {
  const own = await Page.start(t, { terminal: true });
  assert.equal(Buffer.from(own.link.code, 'base64url').length, 16);
  const first = await open(own);
  assert.equal(first.status, 200);
  assert.equal(Buffer.from(first.key, 'base64url').length, 32);
  assert.equal((await ask(own, '/api/hello', { key: first.key })).status, 200);

  const second = await open(own);
  assert.deepEqual([second.status, second.error.code], [403, 'link_used']);
  assert.equal((await ask(own, '/api/hello', { key: first.key })).status, 401);
  await own.hears('used a second time');

  const link = await own.enter();
  const third = await open(own, link);
  assert.equal(third.status, 200);
  assert.equal((await open(own, { code: 'A'.repeat(22) })).error.code, 'link_unknown');
  assert.equal((await ask(own, '/api/hello', { key: third.key })).status, 200, 'a guess ends nothing');
});

test('rule 4: no answer sets a cookie', async () => {
  for (const answer of [
    await get(page, '/'),
    await ask(page, '/api/hello', { key }),
    await ask(page, '/api/hello'),
  ]) {
    assert.equal(answer.headers['set-cookie'], undefined);
  }
});

test('rule 5: a call needs all that only the page itself sends', async () => {
  const status = async (change, more = {}) =>
    (await ask(page, '/api/hello', { key, change, ...more })).status;
  assert.equal(await status({}), 200);
  assert.equal(await status({ 'Sec-Fetch-Site': 'same-origin' }), 200);
  for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])
    assert.equal(await status({}, { method }), 405, method);
  for (const wrong of [
    null,
    'Bearer ',
    `Bearer ${key.slice(1)}`,
    `bearer ${key}`,
    `Basic ${key}`,
    `Bearer ${key} `.replace(/ $/, 'x'),
  ]) {
    assert.equal(await status({ Authorization: wrong }), 401, String(wrong));
  }
  for (const wrong of [
    null,
    'text/plain',
    'application/json; charset=utf-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
  ]) {
    assert.equal(await status({ 'Content-Type': wrong }), 415, String(wrong));
  }
  for (const wrong of [
    null,
    'null',
    `https://127.0.0.1:${page.port}`,
    'http://127.0.0.1:1',
    'http://evil.test',
    `http://localhost:${page.port}`,
    `${page.origin}/`,
  ]) {
    assert.equal(await status({ Origin: wrong }), 403, String(wrong));
  }
  for (const wrong of ['same-site', 'cross-site', 'none', ''])
    assert.equal(await status({ 'Sec-Fetch-Site': wrong }), 403, wrong);
  for (const path of [
    '/api/session',
    '/api/generate',
    '/api/inspect',
    '/api/showtime/begin',
    '/api/fleet/kill',
    '/api/nothing',
  ]) {
    assert.notEqual((await ask(page, path)).status, 200, path);
  }
});

test('rule 5: a header that is there twice counts as none', async () => {
  const twice = (name, value) =>
    call(page, '/api/hello', { key }).replace('\r\n\r\n', `\r\n${name}: ${value}\r\n\r\n`);
  for (const [name, value, status] of [
    ['Origin', page.origin, 403],
    ['Content-Type', 'application/json', 415],
    ['Authorization', `Bearer ${key}`, 401],
    ['Host', `127.0.0.1:${page.port}`, 421],
  ]) {
    const { got } = await talk(page.port, twice(name, value), { until: isWhole });
    assert.equal(parse(got).status, status, name);
  }
});

test('rule 6: the page has the names of loopback, and those that are allowed', async (t) => {
  for (const host of [`127.0.0.1:${page.port}`, 'localhost', `LOCALHOST:${page.port}`, '[::1]:1']) {
    assert.equal((await get(page, '/', { Host: host })).status, 200, host);
  }
  for (const host of [
    null,
    '',
    'evil.test',
    `evil.test:${page.port}`,
    '127.0.0.1.evil.test',
    'localhost.',
    '0.0.0.0',
    '127.0.0.2',
    'a@127.0.0.1',
    '127.1',
    '2130706433',
  ]) {
    assert.equal((await get(page, '/', { Host: host })).status, 421, String(host));
  }
  const absolute = await talk(page.port, `GET http://evil.test/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, {
    until: isWhole,
  });
  assert.equal(parse(absolute.got).status, 421);
  for (const [name] of Object.entries((await get(page, '/')).headers))
    assert.doesNotMatch(name, /^access-control/);

  const proxied = await Page.start(t, { args: ['--demo', '--allow-host', 'me-{port}.app.github.dev'] });
  const host = `me-${proxied.port}.app.github.dev`;
  assert.equal((await get(proxied, '/', { Host: host })).status, 200);
  assert.equal((await get(proxied, '/', { Host: 'me-1.app.github.dev' })).status, 421);
  const opened = (Host, Origin) =>
    ask(proxied, '/api/session', { body: '{"code":"x"}', change: { Host, Origin } });
  // Not the code, but all before it was right: a proxy of TLS may say its own name in either place.
  for (const [Host, Origin] of [
    [host, `https://${host}`],
    [`localhost:${proxied.port}`, `https://${host}`],
  ]) {
    assert.equal(JSON.parse((await opened(Host, Origin)).body).error.code, 'link_unknown');
  }
  assert.equal(JSON.parse((await opened(host, 'https://other.app.github.dev')).body).error.code, 'origin');
});

test('rule 7: what is refused closes its connection, so that its body is no request', async () => {
  const inner = call(page, '/api/hello', { key });
  for (const change of [
    { Authorization: null },
    { Origin: 'http://evil.test' },
    { Host: 'evil.test' },
    { 'Content-Type': 'text/plain' },
  ]) {
    const { got, isClosed } = await talk(page.port, call(page, '/api/hello', { key, body: inner, change }));
    assert.ok(isClosed);
    assert.equal(got.match(/HTTP\/1\.1 /g).length, 1, got);
    assert.match(got, /connection: close/i);
  }
});

test(
  "rule 9: another user's program is not heard",
  { skip: process.getuid?.() !== 0 && 'only root can be another user' },
  async () => {
    const script = `
    const socket = require('net').connect(${page.port}, process.argv[1]);
    let got = '';
    socket.on('data', (data) => (got += data)).on('error', () => {}).on('close', () => console.log(got.length));
    socket.write('GET / HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nConnection: close\\r\\n\\r\\n');`;
    const bytes = async (uid, host) => {
      const child = spawn(process.execPath, ['-e', script, host], {
        uid,
        cwd: '/',
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let said = '';
      child.stdout.on('data', (data) => (said += data));
      await once(child, 'close');
      return Number(said);
    };
    assert.ok((await bytes(0, '127.0.0.1')) > 1000);
    assert.equal(await bytes(65_534, '127.0.0.1'), 0);
    assert.equal(await bytes(65_534, '::ffff:127.0.0.1'), 0, 'a socket of IPv6');
  },
);

test('rule 10: files are the same for everybody, and no call gives the secret away', async (t) => {
  const secret = 'a-secret-that-nobody-must-ever-see';
  const env = {
    TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
    TWILIO_API_KEY: `SK${'1'.repeat(32)}`,
    TWILIO_API_SECRET: secret,
  };
  const own = await Page.start(t, { args: [], env });
  const { key: ownKey } = await open(own);
  const token = { identity: 'alice', ttl: 60, grants: [{ kind: 'video', room: '' }] };
  const calls = {
    hello: {},
    generate: token,
    'inspect/example': {},
    'showtime/reset': {},
    'fleet/news': {},
    'showtime/faults': { on: ['503'] },
  };
  let said = own.said;
  for (const [path, body] of Object.entries(calls)) {
    const answer = await ask(own, `/api/${path}`, { key: ownKey, body: JSON.stringify(body) });
    assert.equal(answer.status, 200, path);
    said += answer.body;
  }
  for (const path of ['/', '/app.mjs', '/style.css']) {
    const [here, there] = [await get(own, path), await get(page, path)];
    assert.equal(here.body, there.body);
    said += here.body;
  }
  assert.ok(!said.includes(secret) && !said.includes(ownKey));
  for (const file of ['cmdline', 'environ']) {
    if (file === 'cmdline') assert.ok(!readFileSync(`/proc/${own.pid}/${file}`, 'utf8').includes(secret));
  }
  // There is no call that takes an address.
  const withUrl = await ask(own, '/api/generate', {
    key: ownKey,
    body: JSON.stringify({ ...token, base_url: 'http://evil.test' }),
  });
  assert.equal(withUrl.status, 400);
  assert.ok(!withUrl.body.includes('evil'));
});

test('rule 12: every answer has the headers', async () => {
  const expected = {
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
    'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  };
  const answers = [
    await get(page, '/'),
    await get(page, '/app.mjs'),
    await get(page, '/nothing'),
    await get(page, '/', { Host: 'evil.test' }),
    await ask(page, '/api/hello'),
    await ask(page, '/api/hello', { key }),
    await ask(page, '/api/hello', { key, body: '7' }),
    await ask(page, '/api/hello', { key, method: 'OPTIONS' }),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 404, 421, 401, 200, 400, 405],
  );
  for (const { headers } of answers)
    for (const [name, value] of Object.entries(expected)) assert.equal(headers[name], value);
});
