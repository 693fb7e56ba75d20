'use strict';
// The grants. Each is checked when it is made.

const native = require('./native.cjs');
const { boolean, json, mistyped, text } = require('./checks.cjs');
const { call } = require('./errors.cjs');
const { LIMITS } = require('./limits.cjs');
const { pick } = require('./options.cjs');
const { showAs } = require('./show.cjs');

let nativeOf;

/** What all grants have. Not exported. */
class Grant {
  #native;

  constructor(made) {
    this.#native = made;
  }

  static {
    nativeOf = (grant) => grant.#native;
  }

  get key() {
    return this.#native.key;
  }

  toJson() {
    return call(() => this.#native.toJson());
  }
}

/** By convention it holds the user's identity. What shows or logs a grant passes it over. */
const PERSONAL = 'endpointId';

/** A class of grants with optional fields. Each becomes an own property, unless it is hidden. */
function grantClass(name, make, known, hidden = []) {
  const Class = {
    [name]: class extends Grant {
      constructor(options) {
        const picked = pick(options, known, name);
        super(call(() => make(picked)));
        for (const [field, value] of Object.entries(picked)) {
          if (hidden.includes(field)) continue;
          Object.defineProperty(this, field, { value, enumerable: field !== PERSONAL });
        }
      }
    },
  }[name];
  return Class;
}

const chat = { serviceSid: text, endpointId: text, deploymentRoleSid: text, pushCredentialSid: text };

const VideoGrant = grantClass('VideoGrant', native.videoGrant, { room: text });
const ChatGrant = grantClass('ChatGrant', native.chatGrant, chat);
const IpMessagingGrant = grantClass('IpMessagingGrant', native.ipMessagingGrant, chat);
const SyncGrant = grantClass('SyncGrant', native.syncGrant, { serviceSid: text, endpointId: text });
const TaskRouterGrant = grantClass('TaskRouterGrant', native.taskRouterGrant, {
  workspaceSid: text,
  workerSid: text,
  role: text,
});
const RtcGrant = grantClass('RtcGrant', native.rtcGrant, { configurationProfileSid: text });
const VoiceGrant = grantClass(
  'VoiceGrant',
  native.voiceGrant,
  {
    incomingAllow: boolean,
    outgoingApplicationSid: text,
    outgoingApplicationParams: json,
    pushCredentialSid: text,
    endpointId: text,
  },
  // Hidden: they may hold personal data.
  ['outgoingApplicationParams'],
);
// Hidden: whoever has the grant can watch.
const PlaybackGrant = grantClass(
  'PlaybackGrant',
  ({ grant }) => native.playbackGrant(json(grant, 'grant')),
  { grant: json },
  ['grant'],
);

class CustomGrant extends Grant {
  constructor(key, value) {
    super(call(() => native.customGrant(text(key, 'key'), json(value, 'value'))));
  }
}

showAs(PlaybackGrant, () => ({}));
showAs(CustomGrant, ({ key }) => ({ key }));

/** The grants of a `grants` option. Stops reading at the first that is too many. */
function grants(value, name) {
  if (value instanceof Grant)
    throw mistyped(value, name, 'an array', `write [new ${value.constructor.name}(…)]`);
  if (typeof value === 'string' || typeof value?.[Symbol.iterator] !== 'function') {
    throw mistyped(value, name, 'an array of grants', "write [new VideoGrant({ room: '…' })]");
  }
  const all = [];
  for (const grant of value) {
    if (!(grant instanceof Grant)) {
      const wanted = "a grant such as new VideoGrant({ room: '…' })";
      throw mistyped(grant, `${name}[${all.length}]`, wanted, 'CustomGrant takes other JSON');
    }
    all.push(nativeOf(grant));
    if (all.length > LIMITS.GRANTS_MAX) break;
  }
  return all;
}

module.exports = {
  ChatGrant,
  CustomGrant,
  IpMessagingGrant,
  PlaybackGrant,
  RtcGrant,
  SyncGrant,
  TaskRouterGrant,
  VideoGrant,
  VoiceGrant,
  grants,
};
