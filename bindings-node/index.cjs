'use strict';
// What the package exports.

const { version } = require('./package.json');
const { ApiKey } = require('./lib/api-key.cjs');
const { ManualClock } = require('./lib/clock.cjs');
const { warnOfAnotherCopy } = require('./lib/copies.cjs');
const { Credential } = require('./lib/credential.cjs');
const {
  DeadlineError,
  ERRORS,
  GrantmintError,
  InvalidArgumentError,
  ThrottledError,
  TokenError,
  UpstreamError,
} = require('./lib/errors.cjs');
const { HostFleet, RedisFleet } = require('./lib/fleet.cjs');
const { GrantCache, simulateFork } = require('./lib/grant-cache.cjs');
const {
  ChatGrant,
  CustomGrant,
  IpMessagingGrant,
  PlaybackGrant,
  RtcGrant,
  SyncGrant,
  TaskRouterGrant,
  VideoGrant,
  VoiceGrant,
} = require('./lib/grants.cjs');
const { Hit } = require('./lib/hit.cjs');
const { IceServers } = require('./lib/ice-servers.cjs');
const { IceCredentials, Issued } = require('./lib/issued.cjs');
const { JwtMinter } = require('./lib/jwt-minter.cjs');
const { LIMITS } = require('./lib/limits.cjs');
const { PlaybackMinter, forget } = require('./lib/playback-minter.cjs');
const { PlaybackToken } = require('./lib/playback-token.cjs');
const { RestSource, oauth2 } = require('./lib/rest-source.cjs');
const { Slot } = require('./lib/slot.cjs');
const { Stats } = require('./lib/stats.cjs');
const { StreamMinter } = require('./lib/stream-minter.cjs');
const { Ticket } = require('./lib/ticket.cjs');
const { AccessToken, TokenMinter } = require('./lib/tokens.cjs');
const { Decoded, decode, sign, verify, verifyJwt } = require('./lib/verify.cjs');
const { Waiter } = require('./lib/waiter.cjs');

warnOfAnotherCopy(version);

const testing = Object.freeze({ ManualClock, simulateFork });

// One name a line: index.mjs is made from this list when the package is packed.
module.exports = {
  AccessToken,
  ApiKey,
  ChatGrant,
  Credential,
  CustomGrant,
  DeadlineError,
  Decoded,
  ERRORS,
  GrantCache,
  GrantmintError,
  Hit,
  HostFleet,
  IceCredentials,
  IceServers,
  InvalidArgumentError,
  IpMessagingGrant,
  Issued,
  JwtMinter,
  LIMITS,
  ManualClock,
  PlaybackGrant,
  PlaybackMinter,
  PlaybackToken,
  RedisFleet,
  RestSource,
  RtcGrant,
  Slot,
  Stats,
  StreamMinter,
  SyncGrant,
  TaskRouterGrant,
  ThrottledError,
  Ticket,
  TokenError,
  TokenMinter,
  UpstreamError,
  VideoGrant,
  VoiceGrant,
  Waiter,
  decode,
  forget,
  oauth2,
  sign,
  testing,
  verify,
  verifyJwt,
  version,
};
