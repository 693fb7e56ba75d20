// The platforms that packages are made for: Rust's name, npm's fields, and what cargo calls the library.

const unix = 'libgrantmint_node.so';
const apple = 'libgrantmint_node.dylib';
const windows = 'grantmint_node.dll';

export const targets = {
  'x86_64-unknown-linux-gnu': { os: 'linux', cpu: 'x64', libc: 'glibc', suffix: '-gnu', library: unix },
  'aarch64-unknown-linux-gnu': { os: 'linux', cpu: 'arm64', libc: 'glibc', suffix: '-gnu', library: unix },
  'x86_64-unknown-linux-musl': { os: 'linux', cpu: 'x64', libc: 'musl', suffix: '-musl', library: unix },
  'aarch64-unknown-linux-musl': { os: 'linux', cpu: 'arm64', libc: 'musl', suffix: '-musl', library: unix },
  'x86_64-apple-darwin': { os: 'darwin', cpu: 'x64', suffix: '', library: apple },
  'aarch64-apple-darwin': { os: 'darwin', cpu: 'arm64', suffix: '', library: apple },
  'x86_64-pc-windows-msvc': { os: 'win32', cpu: 'x64', suffix: '-msvc', library: windows },
  'aarch64-pc-windows-msvc': { os: 'win32', cpu: 'arm64', suffix: '-msvc', library: windows },
};

/** The npm package of a target. */
export const packageOf = ({ os, cpu, suffix }) => `@grantmint/${os}-${cpu}${suffix}`;
