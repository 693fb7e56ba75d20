// The page of the Python and the Node.js package: its fleet is made of their processes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Page } from './support/page.mjs';
import { ask, open } from './support/raw.mjs';

const { GRANTMINT_PYTHON: python, GRANTMINT_NODE: node } = process.env;
const lives = ({ pid }) => spawnSync('kill', ['-0', pid]).status === 0;

const HOSTS = {
  'python -m grantmint': python && { program: [python, '-m', 'grantmint'], host: /python/ },
  'the console script of the wheel': python && {
    program: [join(dirname(python), 'grantmint')],
    host: /python/,
  },
  'the script of the npm package': node && {
    program: [process.execPath, join(node, 'node_modules/.bin/grantmint')],
    host: /node/,
  },
};

for (const [name, how] of Object.entries(HOSTS)) {
  test(name, { skip: !how && 'this language is not there' }, async (t) => {
    const page = await Page.start(t, { program: how.program });
    const { key } = await open(page);
    const fleet = async (path, body = {}) =>
      JSON.parse((await ask(page, `/api/fleet/${path}`, { key, body: JSON.stringify(body) })).body);
    let told = await fleet('resize', { processes: 2 });
    while (!told.processes.every(({ doing }) => doing === 'serves')) {
      assert.ok(told.processes.every(({ is_alive }) => is_alive));
      told = await fleet('news');
    }
    assert.equal(told.calls, 1);
    for (const { pid } of told.processes)
      assert.match(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), how.host);
    page.kill('SIGKILL');
    while (told.processes.some(lives)) await new Promise((wake) => setTimeout(wake, 50));
  });
}
