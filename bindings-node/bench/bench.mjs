// Measures this package and its peers in one process and prints ratios, which say the same on every
// machine: node bench.mjs [--smoke] [--json FILE]

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measureLoading } from './load.mjs';
import { measure, median, ratioOf } from './rounds.mjs';
import { measureServers } from './servers.mjs';
import { CREDENTIALS, livekitTasks, playbackTasks, videoTasks } from './tasks.mjs';

const atLeast = (bar) => ({ at_least: bar });
const atMost = (bar) => ({ at_most: bar });

const { values: options } = parseArgs({
  options: { smoke: { type: 'boolean', default: false }, json: { type: 'string' } },
});
const [rounds, loads, turns] = options.smoke ? [1, 1, 1] : [101, 15, 41];

const findings = [
  ...(await videos()),
  ...(await playbacks()),
  ...(await livekit()),
  ...loading(),
  ...(await servers()),
];
show();
if (options.json) writeFileSync(options.json, `${JSON.stringify(findings, null, 1)}\n`);

async function videos() {
  const found = await measure(videoTasks(), rounds);
  const { 'drop-in': dropIn, ...tokens } = found;
  const inMints = (name, bar) => ratio('tokens', found, name, 'mint', bar);
  return [
    ...times('tokens', tokens),
    inMints('twilio', atLeast(900)),
    inMints('jsonwebtoken'),
    inMints('fast-jwt', atLeast(18)),
    inMints('@node-rs/jsonwebtoken'),
    inMints('by hand, from an object'),
    inMints('by hand', atLeast(11)),
    inMints('mintMany', atMost(1.7)),
    ...times('drop-in', { 'drop-in': dropIn }),
    ratio('drop-in', found, 'twilio', 'drop-in', atLeast(60)),
  ];
}

async function playbacks() {
  const found = await measure(await playbackTasks(), rounds);
  const inMints = (name, bar) => ratio('playback', found, name, 'mint, same claims', bar);
  return [
    ...times('playback', found),
    inMints("StreamMinter's tryToken", atMost(1.4)),
    inMints('tryToken', atMost(1.7)),
    inMints('await token'),
  ];
}

async function livekit() {
  const found = await measure(await livekitTasks(), rounds);
  const inMints = (name, bar) => ratio('LiveKit', found, name, 'JwtMinter, bound', bar);
  return [
    ...times('LiveKit', found),
    inMints('livekit-server-sdk', atLeast(35)),
    inMints('LiveKit by hand', atLeast(8)),
    inMints('JwtMinter, one slot'),
    inMints('JwtMinter, three slots'),
  ];
}

function loading() {
  const bars = { grantmint: { ms: atMost(15), MB: atMost(6) } };
  const loaded = measureLoading(['grantmint', 'grantmint/twilio', 'twilio'], loads);
  return loaded.flatMap(({ package: name, ...costs }) =>
    Object.entries(costs).map(([unit, value]) => finding('loading', name, unit, value, bars[name]?.[unit])),
  );
}

async function servers() {
  const found = await measureServers(['express', 'fastify', 'pool'], CREDENTIALS, turns);
  return Object.entries(found).flatMap(([server, routes]) =>
    Object.entries(routes).map(([route, its]) =>
      finding('servers', `${server}, a constant / ${route}`, '×', its, atLeast(0.75)),
    ),
  );
}

/** The medians of some tasks' times. */
function times(kind, found) {
  return Object.entries(found).map(([name, its]) => finding(kind, name, 'ns', median(its)));
}

/** How many times as long one task took as another. */
function ratio(kind, found, name, base, bar) {
  return finding(kind, `${name} / ${base}`, '×', ratioOf(found[name], found[base]), bar);
}

/** As the bench programs of all languages write it down. */
function finding(kind, name, unit, value, bar = {}) {
  return { language: 'Node.js', case: kind, name, unit, value, ...bar };
}

function show() {
  console.log(`node ${process.version}, ${process.arch}: medians of ${rounds} rounds that take turns`);
  for (const { case: kind, name, unit, value, ...bar } of findings) {
    const digits = unit === 'ns' ? 0 : 2;
    const line = `${kind.padEnd(10)}${name.padEnd(46)}${value.toFixed(digits).padStart(10)} ${unit.padEnd(3)}`;
    console.log(`${line}${verdict(value, bar)}`.trimEnd());
  }
}

function verdict(value, { at_least: least, at_most: most }) {
  if (least === undefined && most === undefined) return '';
  const isMet = least === undefined ? value <= most : value >= least;
  const missed = options.smoke || isMet ? '' : ' MISSED';
  return ` ${least === undefined ? `≤ ${most}` : `≥ ${least}`}${missed}`;
}
