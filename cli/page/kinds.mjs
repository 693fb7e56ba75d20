// The kinds of grants: their fields, and what these are called on the command line and in each language.

const sid = (prefix) => prefix + '0'.repeat(31) + '1';

export const KINDS = {
  video: {
    label: 'Video',
    grant: 'Video',
    fields: [{ name: 'room', label: 'Room', flag: '--room-name', key: 'room', example: 'DailyStandup', hint: 'Empty for any room.' }],
  },
  voice: {
    label: 'Voice',
    grant: 'Voice',
    fields: [
      { name: 'application', label: 'TwiML application', flag: '--voice-app-sid', key: 'outgoing_application_sid', example: sid('AP'), must: true, hint: 'AP…, which outgoing calls run.' },
      { name: 'incoming', label: 'Calls may come in, too', flag: '--allow-incoming', key: 'incoming_allow', isSwitch: true },
    ],
  },
  chat: {
    label: 'Chat',
    grant: 'Chat',
    fields: [{ name: 'service', label: 'Conversations service', flag: '--chat-service-sid', key: 'service_sid', example: sid('IS'), must: true, hint: 'IS…' }],
  },
  sync: {
    label: 'Sync',
    grant: 'Sync',
    fields: [{ name: 'service', label: 'Sync service', flag: '--sync-service-sid', key: 'service_sid', example: sid('IS'), must: true, hint: 'IS…' }],
  },
  taskrouter: {
    label: 'TaskRouter',
    grant: 'TaskRouter',
    fields: [
      { name: 'worker', label: 'Worker', flag: '--worker-sid', key: 'worker_sid', example: sid('WK'), must: true, hint: 'WK…' },
      { name: 'workspace', label: 'Workspace', flag: '--workspace-sid', key: 'workspace_sid', example: sid('WS'), must: true, hint: 'WS…' },
    ],
  },
  playback: {
    label: 'Playback',
    grant: 'Playback',
    fields: [{ name: 'streamer', label: 'Player streamer', key: 'streamer', example: sid('VJ'), must: true, hint: 'VJ…, whose grant is fetched once and kept for all viewers.' }],
  },
};

/** A grant as the server takes it, from what is in its fields. */
export function grantOf(kind, values) {
  return { kind, ...values };
}
