// One program, with the vendor's classes and with those of grantmint/twilio: a video token for each of
// many viewers. Rounds of the two take turns, so that a busy machine disturbs both; what counts is the
// median of the rounds' ratios.

import assert from 'node:assert/strict';
import ours from 'grantmint/twilio';
import theirs from 'twilio';

const KEY = [
  'ACde300000000000000000000000000000',
  'SKde300000000000000000000000000000',
  'not-a-secret-emulator-demo-key-0',
];
const smoke = process.argv.includes('--smoke');
const ROUNDS = smoke ? 1 : 21;
const identities = Array.from({ length: 1000 }, (_, n) => `viewer-${String(n).padStart(6, '0')}`);

function mint({ jwt: { AccessToken } }, identity) {
  const token = new AccessToken(...KEY, { identity, ttl: 14_400 });
  token.addGrant(new AccessToken.VideoGrant({ room: 'DailyStandup' }));
  return token.toJwt();
}

/** The nanoseconds that a token takes. */
function measure(library, tokens) {
  const started = performance.now();
  for (let n = 0; n < tokens; n += 1) mint(library, identities[n % identities.length]);
  return ((performance.now() - started) * 1e6) / tokens;
}

function checkThatBothMakeTheSame() {
  const now = Date.now();
  const realNow = Date.now;
  Date.now = () => now;
  for (const identity of identities.slice(0, 10)) assert.equal(mint(ours, identity), mint(theirs, identity));
  Date.now = realNow;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

checkThatBothMakeTheSame();
const rounds = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const vendor = measure(theirs, smoke ? 1 : 150);
  const dropIn = measure(ours, smoke ? 1 : 10_000);
  rounds.push({ vendor, dropIn, ratio: vendor / dropIn });
}

if (!smoke) {
  const of = (name) => median(rounds.map((round) => round[name]));
  console.log(`node ${process.version}: a video token, the median of ${ROUNDS} rounds`);
  console.log(`twilio           ${of('vendor').toFixed(0).padStart(9)} ns`);
  console.log(`grantmint/twilio ${of('dropIn').toFixed(0).padStart(9)} ns`);
  console.log(`ratio            ${of('ratio').toFixed(1).padStart(9)}x   (at least 60)`);
}
