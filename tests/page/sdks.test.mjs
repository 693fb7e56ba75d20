// Twilio's own SDKs judge our tokens, in a real browser. Nothing leaves this machine: what they send to Twilio's hosts
// is answered here, and the emulator says whether a token lets somebody in.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Upstream, otherKey } from './sdks/upstream.mjs';
import { Browser } from './sdks/browser.mjs';
import { token } from './sdks/token.mjs';

const STREAMER = 'VJ00000000000000000000000000000001';
const TWO_HOURS = 7200;
let upstream;
let browser;

before(async () => {
  upstream = await Upstream.start();
  browser = await Browser.start(upstream);
});

after(async () => {
  await browser?.close();
  upstream?.stop();
});

/** A playback token, and the URL that its grant names. */
function playback(...options) {
  const jwt = token('playback', STREAMER, '--base-url', upstream.url, '--no-fleet', ...options);
  const { playbackUrl } = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url')).grants.player;
  return { jwt, playbackUrl };
}

test('the player asks for the playlist that the grant of our token names', async () => {
  const { jwt, playbackUrl } = playback();
  const page = await browser.page('live-player', { plays: jwt });
  assert.equal(await page.evaluate('connect', jwt), 'connected');
  assert.equal((await page.playlist()).split('&player_version=')[0], playbackUrl);
  assert.deepEqual(page.judged.at(0), { status: 200, identity: 'alice' });
});

test('the player refuses a video token with 20101, before it asks for anything', async () => {
  const page = await browser.page('live-player', {});
  assert.equal(await page.evaluate('connect', token('video', '--room-name', 'Daily')), 20101);
  assert.deepEqual(page.judged, []);
});

test('a playlist is refused whose token or grant is no good', async () => {
  const { jwt } = playback();
  for (const [what, given, reason] of [
    ['expired', { plays: jwt, ahead: TWO_HOURS }, 'token_expired'],
    ['of a grant that has ended', { plays: jwt, ahead: 120 }, 'url_token_expired'],
    [
      'for another origin',
      { plays: playback('--allow-origin', 'https://other.test').jwt },
      'origin_not_allowed',
    ],
    ['of another key', { plays: token.signedBy(otherKey, jwt) }, 'signature_invalid'],
  ]) {
    const page = await browser.page('live-player', given);
    assert.equal(await page.evaluate('connect', given.plays), 'connected', what);
    await page.playlist();
    assert.deepEqual(page.judged.at(0), { status: 403, reason }, what);
  }
});

test('a room lets the holder of our token in', async () => {
  const page = await browser.page('video', { room: 'Daily' });
  assert.equal(
    await page.evaluate('join', token('video', '--room-name', 'Daily'), 'Daily'),
    'alice in Daily',
  );
  assert.equal(await page.evaluate('join', token('video'), 'Daily'), 'alice in Daily');
  assert.deepEqual(page.judged, Array(2).fill({ status: 200, identity: 'alice' }));
});

test('a room refuses what is expired, of another room or of another key, and the SDK says so', async () => {
  const good = token('video', '--room-name', 'Daily');
  for (const [what, jwt, given, code, reason] of [
    ['expired', good, { ahead: TWO_HOURS }, 20104, 'token_expired'],
    ['of another room', token('video', '--room-name', 'Weekly'), {}, 20106, 'room_not_allowed'],
    [
      'without a room',
      token('chat', '--chat-service-sid', `IS${'1'.repeat(32)}`),
      {},
      20106,
      'video_grant_missing',
    ],
    ['of another key', token.signedBy(otherKey, good), {}, 20107, 'signature_invalid'],
  ]) {
    const page = await browser.page('video', { room: 'Daily', ...given });
    assert.equal(await page.evaluate('join', jwt, 'Daily'), code, what);
    assert.deepEqual(page.judged, [{ status: 403, reason }], what);
  }
});

test('a voice device registers with our token, and is refused with another', async () => {
  const good = token('voice', '--voice-app-sid', `AP${'2'.repeat(32)}`, '--allow-incoming');
  for (const [what, jwt, given, outcome] of [
    ['good', good, {}, 'registered'],
    ['expired', good, { ahead: TWO_HOURS }, 20104],
    ['without a voice grant', token('video'), {}, 20101],
    ['of another key', token.signedBy(otherKey, good), {}, 20101],
  ]) {
    const page = await browser.page('voice', given);
    assert.equal(await page.evaluate('register', jwt), outcome, what);
    assert.deepEqual(page.listened, [jwt], what);
  }
});

test('nothing but what was looked for went out, and all of it stayed here', () => {
  const hosts = new Set(browser.asked.map(({ host }) => host));
  const expected =
    /^(sdk\.test|\S+\.playback\.live-video\.net|player\.stats\.live-video\.net|sdk\.twilio\.com|(eventgw|sdkgw)\.\S*twilio\.com)$/;
  assert.deepEqual(
    [...hosts].filter((host) => !expected.test(host)),
    [],
  );
});
