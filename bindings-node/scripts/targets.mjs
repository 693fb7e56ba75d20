// The platforms that packages are made for: Rust's name and npm's fields.

import { resolve } from 'node:path';

export const targets = {
  'x86_64-unknown-linux-gnu': { os: 'linux', cpu: 'x64', libc: 'glibc', suffix: '-gnu' },
  'aarch64-unknown-linux-gnu': { os: 'linux', cpu: 'arm64', libc: 'glibc', suffix: '-gnu' },
  'x86_64-unknown-linux-musl': { os: 'linux', cpu: 'x64', libc: 'musl', suffix: '-musl' },
  'aarch64-unknown-linux-musl': { os: 'linux', cpu: 'arm64', libc: 'musl', suffix: '-musl' },
  'x86_64-apple-darwin': { os: 'darwin', cpu: 'x64', suffix: '' },
  'aarch64-apple-darwin': { os: 'darwin', cpu: 'arm64', suffix: '' },
  'x86_64-pc-windows-msvc': { os: 'win32', cpu: 'x64', suffix: '-msvc' },
  'aarch64-pc-windows-msvc': { os: 'win32', cpu: 'arm64', suffix: '-msvc' },
};

/** The npm package of a target. */
export const packageOf = ({ os, cpu, suffix }) => `@grantmint/${os}-${cpu}${suffix}`;

/** What every package holds. */
export const common = ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'package.json'];

/** The terms of what others have written of the native half: it is in the packages of the platforms alone. */
export const thirdParty = 'THIRD-PARTY-LICENSES';

/** Which crates are in the native half of a platform. */
export const sbom = 'grantmint-node.cdx.json';

const sboms = resolve(import.meta.dirname, '../../packaging/sboms');
const SYSTEMS = { linux: 'linux', darwin: 'macos', win32: 'windows' };
const ARCHITECTURES = { x64: 'x86_64', arm64: 'aarch64' };

/** Where it is written. */
export const sbomOf = ({ os, cpu }) => resolve(sboms, `${SYSTEMS[os]}-${ARCHITECTURES[cpu]}`, sbom);
