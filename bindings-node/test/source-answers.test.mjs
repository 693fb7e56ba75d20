// What a source may answer, as in every language: tests/vectors/source_answers.json.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GrantCache, InvalidArgumentError, ManualClock, PlaybackMinter } from 'grantmint';
import { STREAMER, key, rejection, vectors } from './support.mjs';

const { answers } = vectors('source_answers.json');

const TOLERANCE = 0.002;
const FIELDS = ['name', 'only', 'asked', 'grant', 'ttl', 'python', 'node', 'serves', 'code', 'says'];

/** The answer of a row, made anew. */
const answerOf = ({ grant, ttl, node }) =>
  node === undefined ? { grant, ttl } : new Function(`return ${node}`)();

/** The lifetime that the grant of a row is served with, in seconds. */
async function ask(row, place) {
  const clock = new ManualClock(1_800_000_000);
  const options = { policy: { safetyMarginMs: 1 }, clock };
  const source = async () => answerOf(row);
  if (place === 'cache') {
    return (await new GrantCache(options).get('key', source, { ttl: row.asked ?? 60 })).remainingMs / 1000;
  }
  const live = new PlaybackMinter(key(), { ...options, source, grantTtl: row.asked ?? 60 });
  return (await live.token(STREAMER, 'alice')).grantRemainingMs / 1000;
}

async function check(row, place) {
  if (row.serves !== undefined) {
    const served = await ask(row, place);
    assert(Math.abs(served - row.serves) <= TOLERANCE, `served for ${served} s`);
    return;
  }
  const error = await rejection(ask(row, place));
  const { code, says = '' } = row;
  assert.equal(error.code, `ERR_GRANTMINT_${code.toUpperCase()}`, error.message);
  assert(error.message.includes(says.node ?? says), error.message);
  assert(!error.message.includes('hush'), error.message);
}

test('every answer is served or refused as written', async (t) => {
  const rows = answers.filter(({ grant, node }) => grant !== undefined || node !== undefined);
  assert(rows.length >= 80);
  for (const row of rows) {
    for (const name of Object.keys(row)) assert(FIELDS.includes(name), name);
    for (const place of ['minter', 'cache'].filter((place) => (row.only ?? place) === place)) {
      await t.test(`${row.name} (${place})`, () => check(row, place));
    }
  }
});

test('whoever has a ticket is told, and keeps it', async () => {
  const { ticket, waiter } = new GrantCache().begin('key', { ttl: 60 });
  ticket.start();
  assert.throws(
    () => ticket.complete('a grant', { ttl: 60_000 }),
    (error) =>
      error instanceof InvalidArgumentError &&
      error.code === 'ERR_GRANTMINT_INVALID_TTL' &&
      error.argument === 'ttl',
  );
  ticket.complete('a grant', { ttl: 30 });
  assert.equal((await waiter.wait()).grant, 'a grant');
});
