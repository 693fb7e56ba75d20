// The site's search, without a browser: which page it shows first for the words that people use.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import vm from 'node:vm';

const SITE = resolve(process.env.GRANTMINT_SITE ?? join(import.meta.dirname, '../../target/docs/html'));
/** What people search for, and the page that they want. */
const SOUGHT = {
  stampede: 'explanation/one-request.html',
  'thundering herd': 'explanation/one-request.html',
  'single-flight': 'explanation/one-request.html',
  'stale-while-revalidate': 'explanation/lifetime-of-a-grant.html',
  'rate limit': 'lifecycle.html',
  'circuit breaker': 'explanation/pauses.html',
  LRU: 'explanation/defaults.html',
  Conversations: 'howto/grants.html',
  Flex: 'howto/grants.html',
  gunicorn: 'howto/servers.html',
  Celery: 'howto/servers.html',
  PM2: 'howto/servers.html',
  Grafana: 'howto/monitor.html',
  upstream_bad_lifetime: 'errors.html',
  LiveKit: 'jwt.html',
  'Zoom Video SDK': 'jwt.html',
  Daily: 'jwt.html',
  Supabase: 'jwt.html',
  OAuth: 'howto/oauth.html',
  client_credentials: 'howto/oauth.html',
  'bearer token': 'howto/oauth.html',
  coturn: 'ice.html',
  RTCPeerConnection: 'ice.html',
  Deepgram: 'credentials.html',
  'rotate key': 'howto/rotate-a-key.html',
  rotation: 'howto/rotate-a-key.html',
  'twilio.rest': 'howto/both-packages.html',
  TwiML: 'howto/both-packages.html',
  migrate: 'migration.html',
  Redis: 'fleet.html',
  attacker: 'explanation/security.html',
};

const search = loaded();

for (const [words, page] of Object.entries(SOUGHT)) {
  test(`who searches for "${words}" is shown ${page} first`, () => {
    const found = search(words);
    assert.equal(found[0], page, found.slice(0, 5).join(', '));
  });
}

test('what is nowhere is not found', () => {
  assert.equal(search('zzyzx').length, 0);
});

/** The search of Sphinx, as its page loads it: what finds the pages for some words, the best first. */
function loaded() {
  const document = { documentElement: { dataset: { content_root: './' } }, getElementById: () => ({}) };
  const place = vm.createContext({ document, _ready() {}, SPHINX_HIGHLIGHT_ENABLED: false });
  const run = (code) => vm.runInContext(code, place);
  const read = (name) => readFileSync(join(SITE, name), 'utf8');
  run('var window = globalThis;');
  for (const name of ['documentation_options', 'language_data', 'searchtools'])
    run(read(`_static/${name}.js`));
  run('Search.query = () => {};');
  run(read('searchindex.js'));
  return (words) => {
    place.words = words;
    const found = run('Search._performSearch(...Search._parseQuery(words))');
    return found.reverse().map(([page]) => `${page}.html`);
  };
}
