// What SECURITY.md says is wiped: each program looks for it in the memory of the native half.
//
//   MALLOC_ARENA_MAX=1 node --expose-gc wiped-programs.mjs PROGRAM
//
// With glibc and one arena that memory is the mapping [heap]. JavaScript's own strings are elsewhere. By chance V8 puts
// its code right behind [heap], so that glibc goes on elsewhere: then the program ends with 75, and is to be run again.

import assert from 'node:assert/strict';
import { openSync, readFileSync, readSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import * as grantmint from 'grantmint';
import { KEY, STREAMER, key } from './key.mjs';

const { AccessToken, ApiKey, CustomGrant, GrantCache, PlaybackGrant, PlaybackMinter, TokenMinter } =
  grantmint;
const HIDE = 0x55;
/** More than any program here takes. */
const ROOM = 64 << 20;
/** EX_TEMPFAIL of sysexits.h. */
const AGAIN = 75;
const memory = openSync('/proc/self/mem');
// Too large for [heap], so that it is not searched itself.
const window = Buffer.allocUnsafeSlow(1 << 20);

/** What is looked for, hidden so that it is not found here. */
const hidden = (text) => Uint8Array.from(text, (letter) => letter.charCodeAt(0) ^ HIDE);

/** Where [heap] and the mapping behind it begin and end. */
function heapAndNext() {
  const lines = readFileSync('/proc/self/maps', 'latin1').split('\n');
  const at = lines.findIndex((line) => line.endsWith('[heap]'));
  return [lines[at], lines[at + 1]].map(ends);
}

const ends = (mapping) =>
  mapping
    .split(' ', 1)[0]
    .split('-')
    .map((address) => Number.parseInt(address, 16));

function canGrow() {
  const [[, end], [next]] = heapAndNext();
  return next - end >= ROOM;
}

function occurrences(buffer, needle) {
  let found = 0;
  for (let at = buffer.indexOf(needle); at >= 0; at = buffer.indexOf(needle, at + 1)) found++;
  return found;
}

/** Fills the window with memory. Gives how much there is: nothing where [heap] has shrunk meanwhile. */
function readAt(place, length) {
  try {
    return readSync(memory, window, 0, length, place);
  } catch (error) {
    if (error.code === 'EIO') return 0;
    throw error;
  }
}

/** How often a needle is in [heap]. */
function copies(needle) {
  const [[start, end]] = heapAndNext();
  let [place, found] = [start, 0];
  while (place < end) {
    const size = readAt(place, Math.min(window.length, end - place));
    for (let i = 0; i < size; i++) window[i] ^= HIDE;
    found += occurrences(window.subarray(0, size), needle);
    if (size < needle.length) break; // [heap] has shrunk meanwhile.
    // Windows overlap by all but one byte of a needle, so that none is cut in two.
    place += place + size === end ? size : size - (needle.length - 1);
  }
  return found;
}

/** A text in which no part comes twice. */
const text = (word) => Array.from({ length: 30 }, (_, number) => word + number).join('');
/** The needle for such a text. */
const part = (word) => hidden(text(word).slice(60, 92));
/** As many writers of JSON it escapes a slash. */
const grant = (word) => `{"a":"\\/${text(word)}"}`;
const middle = (token) => hidden(token.slice(token.length / 2, token.length / 2 + 32));
const end = (token) => hidden(token.slice(-32));

/** Runs a function, collects what it left, and lets the native halves of that be dropped. */
async function within(run) {
  await run();
  await collected();
}

async function collected() {
  for (let i = 0; i < 10; i++) {
    globalThis.gc();
    await turn();
  }
}

function gone(...needles) {
  for (const needle of needles) assert.equal(copies(needle), 0);
}

const programs = {
  /** A copy in native memory that is not wiped is found, else none of this shows anything. */
  async theControl() {
    const kept = Buffer.allocUnsafeSlow(60_000).fill(0);
    for (const [at, letter] of [...text('k3pt')].entries()) kept[at] = letter.charCodeAt(0);
    // Now and then V8 has copies of its own for a moment.
    assert.ok(copies(part('k3pt')) > 0);
    kept.fill(0);
    gone(part('k3pt'));
    gone(part('never'));
  },

  async theSecretOfAKey() {
    await within(async () => {
      const [account, keySid] = KEY;
      const own = new ApiKey(account, keySid, text('s3cret'));
      const minter = new TokenMinter(own);
      const live = new PlaybackMinter(own, { baseUrl: 'http://127.0.0.1:1', isolated: true });
      assert.ok(minter && live && copies(part('s3cret')) > 0);
    });
    gone(part('s3cret'));
  },

  async whatATokenMinterHolds() {
    const needles = [part('hushgr4nt')];
    await within(async () => {
      const grants = [
        new PlaybackGrant({ grant: grant('hushgr4nt') }),
        new CustomGrant('more', grant('hushgr4nt')),
      ];
      const minter = new TokenMinter(key(), { grants });
      const one = new AccessToken(key(), { identity: 'alice', grants });
      const tokens = [minter.mint('alice'), minter.mintAt('alice', 4_000_000_000), one.toJwt()];
      gone(...tokens.map(end));
      needles.push(...tokens.map(middle));
      assert.ok(copies(needles[0]) > 0 && copies(needles[1]) > 0);
    });
    gone(...needles);
  },

  async tokensThatWereHandedOut() {
    const minter = new TokenMinter(key());
    const identities = ['bob', text('B').slice(0, 99), text('b"')];
    const tokens = [...identities.map((identity) => minter.mint(identity)), ...minter.mintMany(identities)];
    gone(...tokens.map(end));
  },

  /** Its claims have no escape: JSON's reader has a copy of a text with some. */
  async aTokenOfAnotherService() {
    const claims = `{"exp":4000000000,"a":"${text('cl4im')}"}`;
    const needles = [part('cl4im')];
    await within(async () => {
      const token = grantmint.sign('HS256', '{"alg":"HS256"}', claims, 'shared');
      const contents = [grantmint.decode(token), grantmint.verifyJwt(token, 'shared')];
      assert.ok(contents && copies(needles[0]) > 0);
      needles.push(middle(token), end(token));
    });
    gone(...needles);
  },

  async whatAPlaybackMinterHolds() {
    const needle = part('f3tched');
    const source = async () => ({ grant: grant('f3tched') });
    const live = () => new PlaybackMinter(key(), { source, isolated: true });
    const needles = [needle];
    await within(async () => {
      const minter = live();
      const stream = minter.stream(STREAMER);
      const first = (await minter.token(STREAMER, 'alice')).jwt;
      const tokens = [first, minter.tryToken(STREAMER, 'bob'), (await stream.token('carol')).jwt];
      gone(...tokens.map(end));
      needles.push(middle(first));
      assert.ok(copies(needle) > 0 && copies(needles[1]) > 0);
      minter.purge();
      gone(...needles);
    });
    await within(async () => {
      await live().token(STREAMER, 'alice');
      assert.ok(copies(needle) > 0);
    });
    gone(...needles);
  },

  async theGrantsOfACache() {
    const needle = part('c4ched');
    await within(async () => {
      const cache = new GrantCache();
      await cache.get('key', async () => ({ grant: text('c4ched') }));
      cache.begin('other').ticket.complete(text('c4ched'));
      assert.ok(copies(needle) > 0);
      cache.purge();
      await collected();
      gone(needle);
    });
  },
};

const [wanted] = process.argv.slice(2);
if (!wanted) console.log(Object.keys(programs).join('\n'));
else if (canGrow()) await programs[wanted]();
else process.exitCode = AGAIN;
