// Rule 8 by a raw socket: every length, count and time is bounded; and what is no request at all.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, test } from 'node:test';
import { Page } from './support/page.mjs';
import { ask, call, get, open, parse, talk } from './support/raw.mjs';

const page = await Page.start({ after });
const { key } = await open(page);

test('rule 8: lengths are bounded', async () => {
  const ofLength = async (bytes) =>
    (await ask(page, '/api/inspect', { key, body: JSON.stringify({ text: 'x'.repeat(bytes - 11) }) })).status;
  assert.equal(await ofLength(160 * 1024), 422);
  assert.equal(await ofLength(160 * 1024 + 1), 413);
  assert.equal(await ofLength(1024 * 1024), 413);
  for (const change of [
    { 'Content-Length': null },
    { 'Content-Length': null, 'Transfer-Encoding': 'chunked' },
  ]) {
    assert.equal((await ask(page, '/api/hello', { key, change })).status, 411);
  }
  const headers = (count) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, '1']));
  assert.equal((await get(page, '/', headers(60))).status, 200);
  assert.equal((await get(page, '/', headers(65))).status, 431);
  assert.equal((await get(page, '/', { 'x-long': 'x'.repeat(15_000) })).status, 200);
  assert.equal((await get(page, '/', { 'x-long': 'x'.repeat(17_000) })).status, 431);
});

test('rule 8: there are 64 connections, and one more is told so', async (t) => {
  const own = await Page.start(t);
  const held = Array.from({ length: 64 }, () => connect(own.port, '127.0.0.1'));
  await Promise.all(held.map((socket) => once(socket, 'connect')));
  // They are counted as the server comes to them.
  let answer;
  do answer = await get(own, '/');
  while (answer.status === 200);
  assert.equal(answer.status, 503);
  assert.ok(answer.headers['content-security-policy']);
  held.pop().destroy();
  do answer = await get(own, '/');
  while (answer.status === 503);
  assert.equal(answer.status, 200);
  for (const socket of held) socket.destroy();
});

test('what is no HTTP, and every other body, is refused without a trace of it', async () => {
  for (const bytes of [
    '\0\0\0\0',
    'hello\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    '\x16\x03\x01\x02\0',
    `GET / HTTP/1.1\r\nHost : x\r\n\r\n`,
  ]) {
    const { got, isClosed } = await talk(page.port, bytes, { waitMs: 12_000 });
    assert.ok(isClosed && !got.includes('200 OK'), JSON.stringify(bytes));
  }
  for (const body of [
    '',
    '{',
    'null',
    '7',
    '{"hush":1}',
    '{"text":1}',
    '"hush"',
    `${'['.repeat(200)}hush`,
    '{"text":"hush\\ud800"}',
    '\xff',
  ]) {
    const answer = await ask(page, '/api/inspect', { key, body });
    assert.ok(answer.status >= 400 && answer.status < 500, body);
    assert.ok(!answer.body.includes('hush'), body);
  }
});

test(
  'rule 8: a slow head, a slow body and an idle connection end after 10 s',
  { timeout: 30_000 },
  async () => {
    const whole = call(page, '/api/hello', { key, body: '{ }' });
    const [head, body, idle] = await Promise.all([
      talk(page.port, whole.slice(0, 40)),
      talk(page.port, whole.slice(0, -1)),
      talk(page.port, call(page, '/api/hello', { key })),
    ]);
    for (const { isClosed } of [head, body, idle]) assert.ok(isClosed);
    assert.equal(parse(body.got).status, 408);
    assert.equal(parse(idle.got).status, 200);
  },
);
