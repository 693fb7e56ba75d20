// In which order packages are published, and under which tag; and what is not fit to be.

import { repositoryOf, workspacePackage } from './workspace.mjs';
import { packageOf, targets } from './targets.mjs';

const MAIN = 'grantmint';

/** The packages in the order in which they are published, and their tag. The main one asks for the others by name:
 * it comes last, so that whoever can install it gets them too. */
export function releaseOf(tarballs) {
  const main = tarballs.get(MAIN);
  if (!main) throw new Error(`there is no package ${MAIN}`);
  const { version, optionalDependencies } = main.manifest;
  const names = [...Object.keys(optionalDependencies), MAIN];
  const order = names.map((name) => tarballs.get(name) ?? refuse(`there is no package ${name}`));
  for (const name of tarballs.keys()) if (!names.includes(name)) refuse(`${MAIN} does not ask for ${name}`);
  for (const { name, manifest } of order) {
    if (manifest.version !== version) refuse(`${name} is ${manifest.version}, ${MAIN} ${version}`);
  }
  return { version, order, tag: tagOf(version) };
}

/** A program that names no version gets what is tagged `latest`. A pre-release has to be asked for. */
const tagOf = (version) => (version.includes('-') ? 'next' : 'latest');

/** Refuses what would be published in part, or without saying where it comes from. `builder` is the address of the
 * repository whose workflow runs, if one does. */
export function assertPublishable({ order }, builder) {
  const { repository } = workspacePackage();
  if (!repository) {
    refuse('no repository is set: write repository = "…" below [workspace.package] in Cargo.toml');
  }
  if (builder && builder !== repository) refuse(`Cargo.toml names ${repository}, but ${builder} publishes`);
  const { url } = repositoryOf(repository);
  for (const { name, manifest } of order) {
    if (manifest.repository?.url !== url) refuse(`${name} was packed without the repository ${url}`);
  }
  const names = order.map(({ name }) => name);
  for (const name of Object.values(targets).map(packageOf)) {
    if (!names.includes(name)) refuse(`there is no package ${name}`);
  }
}

function refuse(why) {
  throw new Error(why);
}
