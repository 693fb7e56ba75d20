// What the migration page says of Node.js: each of its programs runs, and does what the page says it does.

import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { decode, verify } from 'grantmint';
import { KEY, STREAMER, emulator, key } from './support.mjs';

const page = readFileSync(new URL('./migration.md', import.meta.url), 'utf8');
const section = /<!-- node:begin -->(.*)<!-- node:end -->/s.exec(page)[1];
const blocks = (language) =>
  [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, block]) => block);
const [officialRoom, minterRoom, callEach, callOnce] = blocks('js');
const [diff] = blocks('diff');

[process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_API_KEY, process.env.TWILIO_API_SECRET] = KEY;

/** Loads a program of the page. */
async function load(t, name, program) {
  const file = join(import.meta.dirname, `drop-in-migration-${name}.run.mjs`);
  t.after(() => rmSync(file));
  writeFileSync(file, program);
  return import(pathToFileURL(file));
}

function applied(change, program) {
  const line = (sign) => new RegExp(`^\\${sign}(.*)$`, 'm').exec(change)[1];
  assert(program.includes(line('-')));
  return program.replace(line('-'), line('+'));
}

test('step 1: the import alone makes the same token', async (t) => {
  const before = await load(t, 'official', officialRoom);
  const after = await load(t, 'drop-in', applied(diff, officialRoom));
  t.mock.timers.enable({ apis: ['Date'], now: 1_700_000_000_900 });
  assert.equal(after.roomToken('alice'), before.roomToken('alice'));
});

test('step 2: a minter makes the same claims', async (t) => {
  const before = await load(t, 'official-2', officialRoom);
  const after = await load(t, 'minter', minterRoom);
  // The native clock is the real one.
  const [was, is] = [before, after].map(({ roomToken }) => decode(roomToken('alice')).claims);
  for (const claims of [was, is]) {
    assert.equal(claims.exp - claims.iat, 14_400);
    assert.equal(claims.jti, `${KEY[1]}-${claims.iat}`);
  }
  const { iss, sub, grants } = was;
  assert.deepEqual([is.iss, is.sub, is.grants], [iss, sub, grants]);
  assert.deepEqual(Object.keys(is).sort(), Object.keys(was).sort());
});

const viewers = Array.from({ length: 10 }, (_, n) => `viewer-${n}`);

for (const [name, program, replaced, calls] of [
  ['a call for each viewer', callEach, ['https://media.twilio.com', (url) => url], 10],
  ['one call for all', callOnce, ["allowOrigin: '", (url) => `baseUrl: '${url}', allowOrigin: '`], 1],
]) {
  test(`step 3: ${name}`, async (t) => {
    const upstream = await emulator(t);
    assert(program.includes(replaced[0]));
    const changed = program.replace(replaced[0], replaced[1](upstream.baseUrl));
    const { viewerToken } = await load(t, `viewers-${calls}`, changed);
    const tokens = await Promise.all(viewers.map((viewer) => viewerToken(STREAMER, viewer)));
    assert.deepEqual(
      tokens.map((token) => verify(token, key()).identity),
      viewers,
    );
    for (const token of tokens) {
      const { admitted } = await upstream.ask('play', { token, origin: 'https://www.example.com' });
      assert.equal(admitted, true);
    }
    assert.equal(await upstream.calls(), calls);
  });
}

test('the page names every warning', () => {
  const source = readFileSync(new URL('./index.cjs', import.meta.resolve('grantmint/twilio')), 'utf8');
  const [messages] = /const messages = \{[^}]+\}/.exec(source);
  const names = [...messages.matchAll(/^ +([A-Z_]+):/gm)].map(([, name]) => name);
  assert(names.length > 0);
  const listed = [...section.matchAll(/`GRANTMINT_TWILIO_([A-Z_]+)`/g)].map(([, name]) => name);
  assert.deepEqual(listed.sort(), names.sort());
});
