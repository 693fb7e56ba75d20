// The release to npm, run on a registry of its own: node --test release.test.mjs
// GRANTMINT_TARBALLS names the packages of this platform, whose addon stands for that of each.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { packageOf, targets } from '../../scripts/targets.mjs';
import { tarballsIn } from '../../scripts/tarball.mjs';
import { Project } from './project.mjs';

const ADDRESS = 'https://git.example.com/grantmint';
const TRIPLES = Object.keys(targets);
const PLATFORMS = TRIPLES.map((triple) => packageOf(targets[triple]));
const ALL = [...PLATFORMS, 'grantmint'];
/** The registry needs a newer Node than this may be. */
const NODE =
  Number.parseInt(process.versions.node) >= 22
    ? process.execPath
    : join(import.meta.dirname, '../runtimes/node_modules/node-24/bin/node');

const folder = mkdtempSync(join(tmpdir(), 'grantmint-registry-'));
let registry, server, env, library, complete;

before(async () => {
  server = spawn(NODE, [join(import.meta.dirname, 'serve.mjs'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(server.stdout, 'data');
  registry = `http://127.0.0.1:${String(port).trim()}/`;
  env = environment();
  library = join(folder, 'grantmint.node');
  writeFileSync(library, builtAddon());
  complete = project('0.1.0');
  assert.match(complete.pack(), new RegExp(`9 packages, in this order, as latest: ${ALL.join(', ')}\n$`));
});

after(() => {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** That of npm on a machine which knows this registry alone, and runs no workflow. */
function environment() {
  const config = join(folder, 'npmrc');
  // npm publishes only with a token. The registry asks for none.
  writeFileSync(config, `registry=${registry}\n${registry.slice('http:'.length)}:_authToken=none\n`);
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|github_)/i.test(name));
  return {
    ...Object.fromEntries(kept),
    npm_config_userconfig: config,
    npm_config_cache: join(folder, 'cache'),
    npm_config_noproxy: '127.0.0.1',
    npm_config_update_notifier: 'false',
  };
}

function builtAddon() {
  const packages = tarballsIn(process.env.GRANTMINT_TARBALLS);
  const [name] = Object.keys(packages.get('grantmint').manifest.optionalDependencies);
  const platform = packages.get(name);
  return platform.content(platform.manifest.main);
}

const project = (version, address = ADDRESS) => new Project({ below: folder, version, address, library });

/** What the registry has of a package. Undefined if it has none. */
async function entry(name) {
  // Not on a connection that the registry may have closed while this process waited for a program.
  const headers = { connection: 'close' };
  const answer = await fetch(`${registry}${name.replace('/', '%2f')}`, { headers });
  return answer.status === 404 ? undefined : answer.json();
}

/** When each package of a version came to the registry. */
async function times(version) {
  const entries = await Promise.all(ALL.map(entry));
  return entries.map((found) => found?.time[version] && Date.parse(found.time[version]));
}

const lines = (text) => text.trim().split('\n');

function refused({ status, stdout, stderr }, why) {
  assert.deepEqual([status, stdout], [1, '']);
  assert.match(stderr, why);
}

test('a release is refused, and nothing of it published, while the repository has no address', async () => {
  const unset = project('0.1.0', null);
  unset.pack(TRIPLES.slice(0, 1));
  refused(
    unset.publish(env),
    /^not published: no repository is set: write repository = "…" below \[workspace\.p/,
  );
  assert.deepEqual(await times('0.1.0'), Array(9).fill(undefined));
});

test('nor is one that another repository builds, or that lacks a platform', async () => {
  const elsewhere = { GITHUB_SERVER_URL: 'https://git.example.com', GITHUB_REPOSITORY: 'a/fork' };
  refused(complete.publish({ ...env, ...elsewhere }), /but https:\/\/git\.example\.com\/a\/fork publishes/);
  const partial = project('0.1.0');
  partial.pack(TRIPLES.slice(1, 2));
  refused(partial.publish(env), /there is no package @grantmint\/linux-x64-gnu/);
  assert.deepEqual(await times('0.1.0'), Array(9).fill(undefined));
});

test('the platforms are published first and the main package last, each once', async () => {
  const { status, stdout, stderr } = complete.publish(env);
  assert.deepEqual(
    [status, lines(stdout)],
    [0, ALL.map((name) => `${name}@0.1.0: published as latest`)],
    stderr,
  );
  const came = await times('0.1.0');
  assert.deepEqual(
    came,
    came.toSorted((a, b) => a - b),
  );
  for (const name of ALL) {
    const found = await entry(name);
    assert.deepEqual(found['dist-tags'], { latest: '0.1.0' });
    assert.deepEqual(found.versions['0.1.0'].repository, {
      type: 'git',
      url: `git+${ADDRESS}.git`,
      directory: 'bindings-node',
    });
  }
});

test('what is published already is left out', async () => {
  const before = await times('0.1.0');
  const { status, stdout, stderr } = complete.publish(env);
  assert.deepEqual(
    [status, lines(stdout)],
    [0, ALL.map((name) => `${name}@0.1.0: is there already`)],
    stderr,
  );
  assert.deepEqual(await times('0.1.0'), before);
});

test('another content of a version that is there is refused, before anything is published', async () => {
  const other = project('0.1.0');
  other.append('bindings-node/README.md', '\nAnother line.\n');
  other.pack();
  refused(other.publish(env), /grantmint@0\.1\.0 is there with another content/);
});

test('a pre-release is tagged next, also where an interrupted release goes on', async () => {
  const candidate = project('0.2.0-rc.1');
  candidate.pack();
  const begun = tarballsIn(candidate.packages).get(PLATFORMS[0]).path;
  const options = ['publish', begun, '--access', 'public', '--tag', 'next'];
  execFileSync('npm', options, { env, stdio: 'ignore' });
  const { status, stdout, stderr } = candidate.publish(env);
  const published = ALL.slice(1).map((name) => `${name}@0.2.0-rc.1: published as next`);
  assert.deepEqual(
    [status, lines(stdout)],
    [0, [`${ALL[0]}@0.2.0-rc.1: is there already`, ...published]],
    stderr,
  );
  for (const name of ALL) {
    assert.deepEqual((await entry(name))['dist-tags'], { latest: '0.1.0', next: '0.2.0-rc.1' });
  }
});

test('what is published can be installed by its name, and mints a token', () => {
  const clean = join(folder, 'clean');
  const npm = ['install', 'grantmint', '--prefix', clean, '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', npm, { env, stdio: 'inherit' });
  const program = `
    import { readdirSync } from 'node:fs';
    import { ApiKey, TokenMinter, verify, version } from 'grantmint';
    const key = new ApiKey('AC${'0'.repeat(32)}', 'SK${'0'.repeat(32)}', 'a secret that is long enough, or so');
    const { identity } = verify(new TokenMinter(key).mint('alice'), key);
    console.log(identity, version, readdirSync('node_modules/@grantmint').length);
  `;
  const run = { cwd: clean, env, encoding: 'utf8' };
  assert.equal(
    execFileSync(process.execPath, ['--input-type=module', '--eval', program], run),
    'alice 0.1.0 1\n',
  );
});
