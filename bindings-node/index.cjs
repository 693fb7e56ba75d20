'use strict';

const { version } = require('./package.json');
const native = require('./lib/native.cjs');
const { ApiKey } = require('./lib/api-key.cjs');
const { ManualClock } = require('./lib/clock.cjs');
const { warnOfAnotherCopy } = require('./lib/copies.cjs');
const {
  DeadlineError,
  ERRORS,
  GrantmintError,
  InvalidArgumentError,
  ThrottledError,
  TokenError,
  UpstreamError,
} = require('./lib/errors.cjs');
const { GrantCache, Hit, Ticket, Waiter, simulateFork } = require('./lib/grant-cache.cjs');
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
const { PlaybackMinter, PlaybackToken, StreamMinter } = require('./lib/playback.cjs');
const { Stats } = require('./lib/stats.cjs');
const { AccessToken, TokenMinter } = require('./lib/tokens.cjs');
const { Decoded, decode, sign, verify, verifyJwt } = require('./lib/verify.cjs');

warnOfAnotherCopy(version);

const LIMITS = Object.freeze(Object.fromEntries(native.limits().map(({ name, value }) => [name, value])));
const testing = Object.freeze({ ManualClock, simulateFork });

// One name a line: Node finds the names for ES modules by reading this.
module.exports = {
  AccessToken,
  ApiKey,
  ChatGrant,
  CustomGrant,
  DeadlineError,
  Decoded,
  ERRORS,
  GrantCache,
  GrantmintError,
  Hit,
  InvalidArgumentError,
  IpMessagingGrant,
  LIMITS,
  ManualClock,
  PlaybackGrant,
  PlaybackMinter,
  PlaybackToken,
  RtcGrant,
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
  sign,
  testing,
  verify,
  verifyJwt,
  version,
};
