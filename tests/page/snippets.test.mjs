// Every snippet of the view Generate, run: it makes the token that the page makes.
//
// The languages are where the environment says: GRANTMINT_PYTHON is an interpreter that has the package,
// GRANTMINT_NODE a folder with the package in its node_modules, GRANTMINT_LIBRARY the static library.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { hasSnippet, snippet } from '../../cli/page/snippets.mjs';
import { PROGRAM, Page } from './support/page.mjs';
import { ask, open } from './support/raw.mjs';

const { GRANTMINT_PYTHON, GRANTMINT_NODE, GRANTMINT_LIBRARY } = process.env;
const root = resolve(import.meta.dirname, '../..');
const sid = (prefix) => prefix + '0'.repeat(31) + '1';
const video = { kind: 'video', room: 'DailyStandup' };
const voice = { kind: 'voice', application: sid('AP'), incoming: true };
const chat = { kind: 'chat', service: sid('IS') };
const playback = { kind: 'playback', streamer: sid('VJ') };

const FORMS = {
  video: { grants: [video] },
  'any room': { grants: [{ kind: 'video', room: '' }] },
  voice: { grants: [voice] },
  'outgoing calls': { grants: [{ ...voice, incoming: false }] },
  chat: { grants: [chat] },
  sync: { grants: [{ kind: 'sync', service: sid('IS') }] },
  taskrouter: { grants: [{ kind: 'taskrouter', worker: sid('WK'), workspace: sid('WS'), role: 'worker' }] },
  everything: {
    identity: `o'neill "\\$HOME" ☂`,
    ttl: 7200,
    not_before_in: 60,
    unique: true,
    region: 'ie1',
    grants: [voice, chat],
  },
  playback: { grants: [playback] },
  'playback and chat': { ttl: 600, grants: [playback, chat] },
};
/** A compiler takes its time for each. */
const COMPILED = ['everything', 'playback and chat'];

const page = await Page.start({ after });
const { key } = await open(page);
const { base_url: baseUrl, account_sid, key_sid } = JSON.parse((await ask(page, '/api/hello', { key })).body);
const work = mkdtempSync(join(tmpdir(), 'grantmint-snippets-'));
after(() => rmSync(work, { recursive: true }));
const env = {
  PATH: [dirname(PROGRAM), process.env.PATH].join(delimiter),
  HOME: work,
  TWILIO_ACCOUNT_SID: account_sid,
  TWILIO_API_KEY: key_sid,
  TWILIO_API_SECRET: /DEMO_SECRET: &str = "(.*)"/.exec(
    readFileSync(join(root, 'emulator/src/config.rs'), 'utf8'),
  )[1],
};
const run = (program, args, options = {}) =>
  execFileSync(program, args, { env, cwd: work, encoding: 'utf8', ...options });

/** How each language runs a text; none where the machine lacks it. */
const RUNS = {
  cli: (text) => run('sh', ['-ec', text]),
  python: GRANTMINT_PYTHON && ((text) => run(GRANTMINT_PYTHON, ['-c', text])),
  node:
    GRANTMINT_NODE &&
    ((text) => run(process.execPath, ['--input-type=module', '--eval', text], { cwd: GRANTMINT_NODE })),
  cpp: GRANTMINT_LIBRARY && compileAndRun,
};

function compileAndRun(text) {
  const [source, program] = [join(work, 'snippet.cpp'), join(work, 'snippet')];
  writeFileSync(source, text);
  const libraries = readFileSync(join(root, 'ffi/packaging/native_libs'), 'utf8').trim().split(/\s+/);
  run(process.env.CXX ?? 'c++', [
    '-std=c++17',
    '-Wall',
    '-Wextra',
    '-Werror',
    `-I${root}/include`,
    source,
    '-o',
    program,
    GRANTMINT_LIBRARY,
    ...libraries,
  ]);
  return run(program, []);
}

const part = (jwt, index) => JSON.parse(Buffer.from(jwt.split('.')[index], 'base64url'));

/** What a token says, but for what differs from second to second, and from one grant of upstream to the next. */
function said(jwt) {
  const { iat, exp, nbf, jti, grants, ...claims } = part(jwt, 1);
  const { player, ...others } = grants;
  return {
    header: part(jwt, 0),
    ...claims,
    lifetime: exp - iat,
    wait: Math.round((nbf - iat) / 10) * 10,
    isUnique: jti !== `${claims.iss}-${iat}`,
    grants: others,
    streamer: player?.playerStreamerSid,
  };
}

for (const [name, change] of Object.entries(FORMS)) {
  const form = { identity: 'alice', ttl: 3600, not_before_in: null, unique: false, region: '', ...change };
  for (const [language, runs] of Object.entries(RUNS)) {
    if (language === 'cpp' && !COMPILED.includes(name)) continue;
    test(`${name}: ${language}`, { skip: !runs && 'this language is not there' }, async () => {
      const { body } = await ask(page, '/api/generate', { key, body: JSON.stringify(form) });
      const text = snippet(language, form, baseUrl);
      assert.deepEqual(said(runs(text).trim()), said(JSON.parse(body).jwt), text);
      assert.ok(!text.includes(env.TWILIO_API_SECRET) && !text.includes(key_sid));
    });
  }
}

test('curl makes the call behind a playback grant, and is offered for no other', () => {
  const form = { identity: 'alice', ttl: 3600, grants: [playback] };
  assert.ok(hasSnippet('curl', form) && !hasSnippet('curl', { grants: [video] }));
  const answer = JSON.parse(run('sh', ['-ec', snippet('curl', form, baseUrl)]));
  assert.equal(answer.grant.playerStreamerSid, sid('VJ'));
});
