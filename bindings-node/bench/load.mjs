// What it takes to load a package: a process of its own each time, in turns.

import { spawnSync } from 'node:child_process';
import { median } from './rounds.mjs';

const PROGRAM = `
  const before = process.memoryUsage.rss();
  const started = performance.now();
  require(process.argv[1]);
  const took = performance.now() - started;
  console.log(JSON.stringify({ ms: took, MB: (process.memoryUsage.rss() - before) / 2 ** 20 }));
`;

/** Of each package the median of milliseconds and of megabytes of resident memory. */
export function measureLoading(packages, rounds) {
  const found = Object.fromEntries(packages.map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) for (const name of packages) found[name].push(load(name));
  return Object.entries(found).map(([name, costs]) => ({
    package: name,
    ms: median(costs.map(({ ms }) => ms)),
    MB: median(costs.map(({ MB }) => MB)),
  }));
}

function load(name) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--eval', PROGRAM, name], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
