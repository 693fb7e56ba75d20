// What each page of the test does with its SDK. These functions run in the browser; each ends with what became of the
// token: a word, or the code of the SDK's error.

/* global Twilio */

export const SCRIPTS = {
  'live-player': '@twilio/live-player-sdk/dist/build/twilio-live-player.min.js',
  video: 'twilio-video/dist/twilio-video.min.js',
  voice: '@twilio/voice-sdk/dist/twilio.min.js',
};

/** The player connects to the stream of a token. */
export async function connect(jwt) {
  const folder = '/@twilio/live-player-sdk/dist/build';
  try {
    await Twilio.Live.Player.connect(jwt, { playerWasmAssetsPath: folder });
    return 'connected';
  } catch (error) {
    return error.code ?? String(error);
  }
}

/** Somebody joins a room. */
export async function join(jwt, room) {
  try {
    const options = { name: room, tracks: [], wsServer: 'wss://signalling.test/', logLevel: 'off' };
    const joined = await Twilio.Video.connect(jwt, options);
    const who = `${joined.localParticipant.identity} in ${joined.name}`;
    joined.disconnect();
    return who;
  } catch (error) {
    return error.code ?? String(error);
  }
}

/** A device registers for calls. */
export function register(jwt) {
  const device = new Twilio.Device(jwt, { edge: 'ashburn', logLevel: 'silent' });
  return new Promise((resolve) => {
    device.on('registered', () => resolve('registered'));
    device.on('error', (error) => resolve(error.code));
    device.register().catch((error) => resolve(error.code));
  });
}
