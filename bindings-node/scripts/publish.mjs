// Publishes npm packages: node scripts/publish.mjs TARBALLS
// It goes to the registry that npm is set up for, with the rights that npm has there. What is published already is
// left out, so that a release that broke off can be run again.

import { execFileSync, spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { assertPublishable, releaseOf } from './release.mjs';
import { tarballsIn } from './tarball.mjs';

const folder = process.argv[2];
if (!folder) throw new Error('usage: node scripts/publish.mjs TARBALLS');

try {
  main();
} catch (error) {
  console.error(`not published: ${error.message}`);
  process.exitCode = 1;
}

function main() {
  const release = releaseOf(tarballsIn(resolve(folder)));
  assertPublishable(release, builder());
  // All are looked up before the first is published: what is refused leaves nothing behind.
  const missing = release.order.filter((tarball) => !isPublished(tarball));
  for (const tarball of release.order) {
    const { name, manifest } = tarball;
    if (missing.includes(tarball)) publish(tarball, release.tag);
    else console.log(`${name}@${manifest.version}: is there already`);
  }
}

/** The repository whose workflow runs this, if one does. */
function builder() {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
  return server && repository && `${server}/${repository}`;
}

function publish({ name, manifest, path }, tag) {
  execFileSync('npm', ['publish', path, '--access', 'public', '--tag', tag, '--ignore-scripts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  console.log(`${name}@${manifest.version}: published as ${tag}`);
}

/** Whether the registry has it. Another content of the same version can never be published. */
function isPublished(tarball) {
  const what = `${tarball.name}@${tarball.manifest.version}`;
  const found = integrityOf(what);
  if (found !== undefined && found !== tarball.integrity()) {
    throw new Error(`${what} is there with another content: run the failed job alone, or raise the version`);
  }
  return found !== undefined;
}

/** How the registry describes the content of a version. Undefined if it does not have it. */
function integrityOf(what) {
  const options = ['view', what, 'dist.integrity', '--json', '--prefer-online'];
  const { status, stdout, stderr } = spawnSync('npm', options, { encoding: 'utf8' });
  const said = stdout.trim() === '' ? undefined : JSON.parse(stdout);
  if (status === 0) return said;
  if (said?.error?.code === 'E404') return undefined;
  throw new Error(`the registry does not say whether it has ${what}: ${stderr}`);
}
