'use strict';
// The grants. Each is checked when it is made.

const native = require('./native.cjs');
const { classOf } = require('./came.cjs');
const { boolean, json, mistyped, ofAnotherCopy, text } = require('./checks.cjs');
const { call } = require('./errors.cjs');
const { LIMITS } = require('./limits.cjs');
const { pick } = require('./options.cjs');
const { showAs } = require('./show.cjs');

let nativeOf;
let personOf;

/** By convention it holds the user's identity: it can be read, and whatever shows a grant passes it over. */
const PERSONAL = 'endpointId';

/** What all grants have. Not exported. */
class Grant {
  #native;
  #person;

  constructor(made, person = undefined) {
    this.#native = made;
    this.#person = person;
  }

  static {
    nativeOf = (grant) => grant.#native;
    personOf = (grant) => grant.#person;
  }

  get key() {
    return this.#native.key;
  }

  toJson() {
    return call(() => this.#native.toJson());
  }
}

/** A class of grants with optional fields. Each becomes an own property, unless it is hidden. */
function grantClass(name, make, known, hidden = []) {
  const Class = {
    [name]: class extends Grant {
      constructor(options) {
        const picked = pick(options, known, name);
        super(
          call(() => make(picked)),
          picked[PERSONAL],
        );
        for (const [field, value] of Object.entries(picked)) {
          if (field === PERSONAL || hidden.includes(field)) continue;
          Object.defineProperty(this, field, { value, enumerable: true });
        }
      }
    },
  }[name];
  if (Object.hasOwn(known, PERSONAL)) {
    Object.defineProperty(Class.prototype, PERSONAL, {
      configurable: true,
      get() {
        return personOf(this);
      },
    });
  }
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

const classes = {
  ChatGrant,
  CustomGrant,
  IpMessagingGrant,
  PlaybackGrant,
  RtcGrant,
  SyncGrant,
  TaskRouterGrant,
  VideoGrant,
  VoiceGrant,
};
const CLASSES = new Set(Object.values(classes).map((Class) => Class.name));

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
      if (CLASSES.has(classOf(grant))) throw ofAnotherCopy(`${name}[${all.length}]`, 'a grant');
      throw mistyped(grant, `${name}[${all.length}]`, wanted, 'CustomGrant takes other JSON');
    }
    all.push(nativeOf(grant));
    if (all.length > LIMITS.GRANTS_MAX) break;
  }
  return all;
}

module.exports = { ...classes, grants };
