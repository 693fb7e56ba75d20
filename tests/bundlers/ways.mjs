// How what a tool has built is run, and what it then says. OUT/ is where it was moved to.

import { execFile } from 'node:child_process';
import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** It mints. */
export const mints = (file) => ({ program: [process.execPath, `OUT/${file}`] });

/** It says, when it is run, what is missing. */
export const explains = (file, expected) => ({ ...mints(file), expected });

/** The build stops with these words. */
export async function refuses(build, expected) {
  const failed = await build.then(
    () => 'the build did not fail',
    (error) => `${error?.stack ?? error}`,
  );
  return { failed, expected };
}

/** Runs a program of a tool, and throws what it said if it fails. */
export async function call(file, options, settings) {
  try {
    await promisify(execFile)(file, options, { maxBuffer: 2 ** 26, ...settings });
  } catch (error) {
    throw new Error(`${error.stdout}${error.stderr}` || error.message, { cause: error });
  }
}

/** What the README calls: cp node_modules/@grantmint/*\/*.node OUT */
export function copyAddon(out) {
  const scope = 'node_modules/@grantmint';
  for (const name of readdirSync(scope)) {
    for (const file of readdirSync(join(scope, name)).filter((file) => file.endsWith('.node'))) {
      copyFileSync(join(scope, name, file), join(out, file));
    }
  }
}
