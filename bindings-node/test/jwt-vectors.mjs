// Tokens of other services, by their official packages or as documented: ours say the same. Data of all languages.

import assert from 'node:assert/strict';
import { JwtMinter, Slot, verifyJwt } from 'grantmint';
import { vectors } from './support.mjs';

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
const inCamel = (slots) =>
  Object.fromEntries(Object.entries(slots).map(([name, value]) => [camel(name), value]));

/** The official token says what ours do, by slots that each token fills and by slots that are bound. */
function check(make, { now, ttl }, { identity, ...slots }, official, secret) {
  const minter = make({ ttl });
  const theirs = verifyJwt(official, secret, { now });
  const all = identity === undefined ? slots : { identity, ...slots };
  for (const jwt of [
    minter.mintAt(identity, now, slots),
    minter.mintAt(null, now, all),
    minter.bind(all).mintAt(null, now),
  ]) {
    const ours = verifyJwt(jwt, secret, { now });
    assert.deepEqual([ours.header, ours.claims], [theirs.header, theirs.claims]);
  }
}

/** The packages mint what the server refuses. Claims by hand can say it, too. */
function checkByHand(row) {
  const { api_key: key, api_secret: secret, identity } = row;
  assert.throws(() => JwtMinter.livekit(key, secret, { slots: { identity } }), {
    message: 'identity is over 256 bytes',
  });
  const claims = { iss: key, sub: new Slot('sub'), video: { roomJoin: true, room: 'r' } };
  const make = (options) =>
    new JwtMinter(secret, { ...options, identity: null, typ: null, iat: false, nbf: true, claims });
  check(make, row, { sub: identity }, row.livekit_server_sdk, secret);
}

function checkLivekit(row) {
  const { api_key: key, api_secret: secret, identity, video, attributes, room_preset: roomPreset } = row;
  if (identity.length > 256) return checkByHand(row);
  const make = (more) => (options) => JwtMinter.livekit(key, secret, { backdate: 0, ...more, ...options });
  const given = { ...inCamel(video), identity, attributes, roomPreset };
  check(make({ typ: null }), row, given, row.livekit_server_sdk, secret);
  // The Python package writes what servers take for granted.
  const granted = { canPublish: true, canSubscribe: true, canPublishData: true };
  check(make({}), row, { ...granted, ...given }, row.livekit_api, secret);
}

/** Checks all of them, and says how many there were. */
export function checkTokens() {
  const [livekit, zoom, jitsi, daily] = ['livekit', 'zoom', 'jitsi', 'daily'].map(
    (service) => vectors(`${service}_tokens.json`).cases,
  );
  livekit.forEach(checkLivekit);
  for (const row of zoom) {
    const make = (options) => JwtMinter.zoomVideoSdk(row.key, row.secret, options);
    check(make, row, row.slots, row.official, row.secret);
  }
  const bare = { iat: false, nbf: false, backdate: 0 };
  for (const row of jitsi) {
    const make = (options) => JwtMinter.jitsi(row.key, row.secret, row.aud, row.sub, { ...bare, ...options });
    check(make, row, row.slots, row.official, row.secret);
  }
  for (const row of daily) {
    const make = (options) => JwtMinter.daily(row.key, row.secret, options);
    check(make, row, row.slots, row.official, row.secret);
  }
  return livekit.length + zoom.length + jitsi.length + daily.length;
}
