'use strict';
// Says why the native half could not be loaded, and what to do. It is read only then.

const { version } = require('../package.json');

const { arch, platform } = process;
const PLATFORMS = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64-gnu',
  'linux-arm64-musl',
  'linux-x64-gnu',
  'linux-x64-musl',
  'win32-arm64-msvc',
  'win32-x64-msvc',
];
const DOCS = 'See "Bundlers and deployment" in the README of grantmint.';

/** The error of a load that failed: every attempt's error, with the name of its platform. `bundle` is the file of
 * the bundle, if this code was put into one. */
function notLoaded(failures, bundle) {
  // If one package is missing and another does not load, the one that does not load says more.
  const broken = failures.find(({ error }) => !isAbsent(error));
  if (broken) return doesNotLoad(broken);
  const cause = failures[0]?.error;
  const name = nameHere();
  if (!PLATFORMS.includes(name)) return noSuchPlatform(name, cause);
  if (bundle !== undefined || !isInstalled()) return leftOut(name, bundle ?? fileName(), cause);
  const others = installedPlatforms();
  return others.length > 0 ? forAnotherPlatform(name, others, cause) : notInstalled(name, cause);
}

/** The error for a native half of another version. */
function otherVersion(name, found) {
  return unsupported(
    'VERSION',
    `grantmint ${version} found version ${found} of its native half @grantmint/${name}. Both must be of one version: ` +
      'install again and, if you use a bundler, build again',
  );
}

function noSuchPlatform(name, cause) {
  const text = `grantmint has no native half for ${name}. It has one for ${PLATFORMS.join(', ')}`;
  return unsupported('NO_SUCH_PLATFORM', text, cause);
}

function leftOut(name, bundle, cause) {
  return unsupported(
    'BUNDLED',
    `grantmint is part of a bundle, and its native half @grantmint/${name}@${version} is neither in the bundle nor ` +
      `installed where it runs. Copy node_modules/@grantmint/${name}/grantmint.${name}.node into the folder of ` +
      `${bundle}. Or keep grantmint out of the bundle (external: ['grantmint']) and deploy node_modules too. If the ` +
      `build machine is of another platform, first run: ${installCommand(name)}. ${DOCS}`,
    cause,
  );
}

function forAnotherPlatform(name, others, cause) {
  return unsupported(
    'OTHER_PLATFORM',
    `grantmint runs on ${name}, but node_modules has its native half for another platform: ${others.join(', ')}. It was ` +
      `installed on another machine or image. Install it where it runs, or for it: ${installCommand(name)}`,
    cause,
  );
}

function notInstalled(name, cause) {
  return unsupported(
    'NOT_INSTALLED',
    `grantmint needs the package @grantmint/${name}@${version}, which is not installed. It is an optional dependency. ` +
      'npm leaves it out with --omit=optional, and also if package-lock.json was made on another platform ' +
      '(https://github.com/npm/cli/issues/4828). Remove node_modules and package-lock.json and install again, or run: ' +
      `npm install @grantmint/${name}@${version}`,
    cause,
  );
}

function doesNotLoad({ name, error }) {
  const { message, code } = error;
  if (code === 'ERR_DLOPEN_DISABLED') return notAllowed(error);
  if (code === 'ERR_ACCESS_DENIED') return notReadable(error);
  const newer = /version [`'](GLIBC_[\d.]+)' not found/.exec(message)?.[1].replace('_', ' ');
  if (newer) {
    const text = `grantmint needs ${newer}, and this system has glibc ${glibc()}. Take a newer system or image`;
    return unsupported('OLD_GLIBC', text, error);
  }
  if (isOfAnotherSystem(message)) {
    return unsupported(
      'WRONG_FILE',
      `grantmint found @grantmint/${name}, and it does not fit this system (${system()}). ` +
        `node_modules or the bundle comes from another machine or image, or a tool changed the file: ${message}`,
      error,
    );
  }
  return unsupported(
    'NOT_LOADED',
    `grantmint could not load its native half @grantmint/${name}: ${message}`,
    error,
  );
}

function notAllowed(error) {
  const text = process.permission
    ? 'grantmint may not load its native half under --permission: start Node with --allow-addons too'
    : 'grantmint may not load its native half: Node was started with --no-addons';
  return unsupported('NO_ADDONS', text, error);
}

function notReadable(error) {
  return unsupported(
    'NO_ACCESS',
    'grantmint may not read its native half under --permission: start Node with ' +
      `--allow-fs-read=${error.resource ?? 'node_modules'} and --allow-addons too`,
    error,
  );
}

function unsupported(reason, message, cause) {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  return Object.assign(error, { code: 'ERR_GRANTMINT_UNSUPPORTED', reason });
}

/** Whether an error says that there is no such package or file, in the words of Node or a bundler. */
function isAbsent({ code, message }) {
  if (/Dynamic require of ".*\.node"/.test(message)) return false;
  return (
    /^(MODULE_NOT_FOUND|ERR_MODULE_NOT_FOUND|ERR_UNKNOWN_BUILTIN_MODULE)$/.test(code) ||
    /^(Cannot find module|Could not resolve|Could not dynamically require|require is not defined|Dynamic require of)/.test(
      message,
    )
  );
}

/** Whether the loader of the system found a file for another one. For a file of another CPU glibc says "cannot open
 * shared object file", though the file is there. */
const isOfAnotherSystem = (message) =>
  /grantmint[^:]*\.node: cannot open shared|libc\.musl|ld-musl|ld-linux|Error relocating|wrong ELF class|invalid ELF header|file too short|not a mach-o|incompatible architecture|not a valid Win32/i.test(
    message,
  );

function nameHere() {
  if (platform === 'linux') return `linux-${arch}${glibc() === undefined ? '-musl' : '-gnu'}`;
  return `${platform}-${arch}${platform === 'win32' ? '-msvc' : ''}`;
}

function system() {
  if (platform !== 'linux') return `${platform}-${arch}`;
  return `${platform}-${arch}, ${glibc() === undefined ? 'no glibc' : `glibc ${glibc()}`}`;
}

/** The version of glibc; undefined on musl. Only errors ask for it: the report takes longer than loading everything. */
function glibc() {
  if (!process.report?.getReport) return 'unknown';
  process.report.excludeNetwork = true; // Looking up the names of its connections could take seconds.
  return process.report.getReport().header.glibcVersionRuntime;
}

function installCommand(name) {
  const [os, cpu, library] = name.split('-');
  const libc = { gnu: ' --libc=glibc', musl: ' --libc=musl' }[library] ?? '';
  return `npm install --os=${os} --cpu=${cpu}${libc}`;
}

const fileName = () => (typeof __filename === 'string' ? __filename : 'the bundle');

/** Whether this file lies where a package manager puts it. */
const isInstalled = () => /[\\/]grantmint[\\/]native[\\/]explain\.cjs$/.test(fileName());

/** The platforms whose packages are installed beside this one. */
function installedPlatforms() {
  try {
    const { readdirSync } = require('node:fs');
    const { dirname, join } = require('node:path');
    const scope = join(dirname(fileName()), '../../@grantmint');
    return readdirSync(scope).map((name) => `@grantmint/${name}`);
  } catch {
    return [];
  }
}

module.exports = { notLoaded, otherVersion };
