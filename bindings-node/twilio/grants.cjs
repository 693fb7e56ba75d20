'use strict';
// Twilio's grant classes. Their properties may be changed until the token is signed. What is falsy then is
// left out.

const { hide } = require('./hide.cjs');
const { warnOnce } = require('./warnings.cjs');

class Grant {
  constructor(key) {
    this.key = key;
  }
}

/** Sets the properties of a grant from its options. `members` names the payload's member for each. */
function take(grant, members, options) {
  for (const [property] of members) grant[property] = options ? options[property] : undefined;
}

function filled(grant, members) {
  const payload = {};
  for (const [property, member] of members) {
    if (grant[property]) payload[member] = grant[property];
  }
  return payload;
}

const taskRouter = [
  ['workspaceSid', 'workspace_sid'],
  ['workerSid', 'worker_sid'],
  ['role', 'role'],
];

class TaskRouterGrant extends Grant {
  constructor(options) {
    super('task_router');
    take(this, taskRouter, options);
  }

  toPayload() {
    return filled(this, taskRouter);
  }
}

const chat = [
  ['serviceSid', 'service_sid'],
  ['endpointId', 'endpoint_id'],
  ['deploymentRoleSid', 'deployment_role_sid'],
  ['pushCredentialSid', 'push_credential_sid'],
];

class ChatGrant extends Grant {
  constructor(options) {
    super('chat');
    take(this, chat, options);
  }

  toPayload() {
    return filled(this, chat);
  }
}

const video = [['room', 'room']];

class VideoGrant extends Grant {
  constructor(options) {
    super('video');
    take(this, video, options);
  }

  toPayload() {
    return filled(this, video);
  }
}

const sync = [
  ['serviceSid', 'service_sid'],
  ['endpointId', 'endpoint_id'],
];

class SyncGrant extends Grant {
  constructor(options) {
    super('data_sync');
    take(this, sync, options);
  }

  toPayload() {
    return filled(this, sync);
  }
}

class VoiceGrant extends Grant {
  constructor(options) {
    super('voice');
    options = options || {};
    this.incomingAllow = options.incomingAllow;
    this.outgoingApplicationSid = options.outgoingApplicationSid;
    this.outgoingApplicationParams = options.outgoingApplicationParams;
    this.pushCredentialSid = options.pushCredentialSid;
    this.endpointId = options.endpointId;
  }

  toPayload() {
    const payload = {};
    if (this.incomingAllow === true) payload.incoming = { allow: true };
    else if (this.incomingAllow) warnOnce('INCOMING_ALLOW_DROPPED');
    if (this.outgoingApplicationSid) {
      payload.outgoing = { application_sid: this.outgoingApplicationSid };
      if (this.outgoingApplicationParams) payload.outgoing.params = this.outgoingApplicationParams;
    }
    if (this.pushCredentialSid) payload.push_credential_sid = this.pushCredentialSid;
    if (this.endpointId) payload.endpoint_id = this.endpointId;
    return payload;
  }
}

class PlaybackGrant extends Grant {
  constructor(options) {
    super('player');
    hide(this, 'grant', options ? options.grant : undefined);
  }

  toPayload() {
    return this.grant || {};
  }
}

module.exports = {
  Grant,
  TaskRouterGrant,
  ChatGrant,
  VideoGrant,
  SyncGrant,
  VoiceGrant,
  PlaybackGrant,
};
