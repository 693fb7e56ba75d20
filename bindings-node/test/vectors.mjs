// The official libraries' vectors: what we mint says what theirs say, and theirs verify here.

import assert from 'node:assert/strict';
import * as grantmint from 'grantmint';

const { AccessToken, ApiKey, ManualClock, TokenMinter, decode, verify } = grantmint;

const grants = {
  video: grantmint.VideoGrant,
  voice: grantmint.VoiceGrant,
  chat: grantmint.ChatGrant,
  sync: grantmint.SyncGrant,
  task_router: grantmint.TaskRouterGrant,
  playback: grantmint.PlaybackGrant,
};

const camelCase = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

function grantOf({ type, ...fields }) {
  const options = Object.entries(fields).map(([name, value]) => [camelCase(name), value]);
  return new grants[type](Object.fromEntries(options));
}

const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString('utf8'));

export function checkVector(official) {
  const { name, now, identity, ttl, nbf, region } = official;
  const key = new ApiKey(official.account_sid, official.api_key_sid, official.api_key_secret, { region });
  const options = { grants: official.grants.map(grantOf), ttl, nbf };
  const ours = new TokenMinter(key, options).mintAt(identity, now);
  assert.deepEqual(claimsOf(ours), claimsOf(official.twilio_node), name);
  assert.deepEqual(decode(ours).header, decode(official.twilio_python).header, name);
  const clock = new ManualClock(now);
  assert.equal(new TokenMinter(key, { ...options, clock }).mint(identity), ours, name);
  assert.equal(new AccessToken(key, { ...options, identity, clock }).toJwt(), ours, name);
  const leeway = Math.max(0, (nbf ?? 0) - now);
  for (const token of [official.twilio_python, official.twilio_node]) {
    assert.equal(verify(token, key, { now, leeway }).identity, identity, name);
  }
}
