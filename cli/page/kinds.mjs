// The kinds of grants: what they are called in a token, their fields, and what these are called on the command line
// (`flag`) and in each language (`key`).

const sid = (prefix) => prefix + '0'.repeat(31) + '1';

export const KINDS = {
  video: {
    label: 'Video',
    grant: 'Video',
    claim: 'video',
    fields: [
      {
        name: 'room',
        label: 'Room',
        flag: '--room-name',
        key: 'room',
        example: 'DailyStandup',
        hint: 'Empty for any room.',
      },
    ],
  },
  voice: {
    label: 'Voice',
    grant: 'Voice',
    claim: 'voice',
    fields: [
      {
        name: 'application',
        label: 'TwiML application',
        flag: '--voice-app-sid',
        key: 'outgoing_application_sid',
        example: sid('AP'),
        must: true,
        hint: 'AP…, which outgoing calls run.',
      },
      {
        name: 'incoming',
        label: 'Calls may come in, too',
        flag: '--allow-incoming',
        key: 'incoming_allow',
        isSwitch: true,
      },
    ],
  },
  chat: {
    label: 'Chat',
    grant: 'Chat',
    claim: 'chat',
    fields: [
      {
        name: 'service',
        label: 'Conversations service',
        flag: '--chat-service-sid',
        key: 'service_sid',
        example: sid('IS'),
        must: true,
        hint: 'IS…',
      },
    ],
  },
  sync: {
    label: 'Sync',
    grant: 'Sync',
    claim: 'data_sync',
    fields: [
      {
        name: 'service',
        label: 'Sync service',
        flag: '--sync-service-sid',
        key: 'service_sid',
        example: sid('IS'),
        must: true,
        hint: 'IS…',
      },
    ],
  },
  taskrouter: {
    label: 'TaskRouter',
    grant: 'TaskRouter',
    claim: 'task_router',
    fields: [
      {
        name: 'worker',
        label: 'Worker',
        flag: '--worker-sid',
        key: 'worker_sid',
        example: sid('WK'),
        must: true,
        hint: 'WK…',
      },
      {
        name: 'workspace',
        label: 'Workspace',
        flag: '--workspace-sid',
        key: 'workspace_sid',
        example: sid('WS'),
        must: true,
        hint: 'WS…',
      },
      {
        name: 'role',
        label: 'Role',
        flag: '--role',
        key: 'role',
        example: 'worker',
        must: true,
        hint: 'Such as worker or supervisor.',
      },
    ],
  },
  playback: {
    label: 'Playback',
    grant: 'Playback',
    fields: [
      {
        name: 'streamer',
        label: 'Player streamer',
        key: 'streamer',
        example: sid('VJ'),
        must: true,
        hint: 'VJ…, whose grant is fetched once and kept for all viewers.',
      },
    ],
  },
};
