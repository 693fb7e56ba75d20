// Compiled twice, as it is and with 'twilio' in place of 'grantmint/twilio': the types take the same.

import twilio from 'grantmint/twilio';
import { jwt } from 'grantmint/twilio';
import * as namespace from 'grantmint/twilio';

const { AccessToken } = twilio.jwt;
const { VideoGrant, VoiceGrant } = AccessToken;
type Token = twilio.jwt.AccessToken;
type Options = ConstructorParameters<typeof jwt.AccessToken>[3];

const options: Options = { identity: 'alice', ttl: 14_400, nbf: 1, region: 'ie1' };
const token: Token = new AccessToken('AC', 'SK', 'secret', options);
const other: jwt.AccessToken = new namespace.jwt.AccessToken('AC', 'SK', 'secret', { identity: 'bob' });
const third: namespace.jwt.AccessToken = new namespace.default.jwt.AccessToken('AC', 'SK', 's', {
  identity: 'c',
});

const voice = new VoiceGrant({
  incomingAllow: true,
  outgoingApplicationSid: 'AP',
  outgoingApplicationParams: { foo: 'bar' },
  pushCredentialSid: 'CR',
  endpointId: 'endpoint',
});
voice.incomingAllow = false;
delete voice.endpointId;
const video = new VideoGrant();
video.room = 'DailyStandup';
delete video.room;
const playback = new AccessToken.PlaybackGrant({ grant: { playbackUrl: 'https://x' } });

token.addGrant(voice);
token.addGrant(video);
token.addGrant(new VideoGrant({}));
token.addGrant(playback);
token.addGrant(
  new AccessToken.ChatGrant({
    serviceSid: 'IS',
    endpointId: 'e',
    deploymentRoleSid: 'RL',
    pushCredentialSid: 'CR',
  }),
);
token.addGrant(new AccessToken.SyncGrant({ serviceSid: 'IS', endpointId: 'e' }));
token.addGrant(new AccessToken.TaskRouterGrant({ workspaceSid: 'WS', workerSid: 'WK', role: 'worker' }));
token.addGrant({ key: 'player', player: playback.grant, toPayload: () => playback.grant });

class CustomGrant extends AccessToken.Grant<{ level?: number }, { level: number }, 'custom'> {
  constructor(private readonly level: number) {
    super('custom');
  }
  override toPayload() {
    return { level: this.level };
  }
}
token.addGrant(new CustomGrant(1));

token.ttl = 60;
token.nbf = 1;
token.region = 'us1';
token.identity = 'alice';
token.secret = `${token.accountSid}${token.keySid}`;
token.grants = [...token.grants, video];
const room: string | undefined = video.toPayload().room;
const allow: boolean | undefined = voice.toPayload().incoming?.allow;
const params: object | undefined = voice.toPayload().outgoing?.params;
const grant: object | undefined = playback.toPayload().grant;
const key: 'video' = video.key;
const algorithms: string[] = AccessToken.ALGORITHMS;
const usual: 'HS256' = AccessToken.DEFAULT_ALGORITHM;
const signed: string[] = [token.toJwt(), other.toJwt('HS384'), third.toJwt('HS512'), other.toJwt(usual)];
export { algorithms, allow, grant, key, params, room, signed };

// @ts-expect-error: an identity is required
new AccessToken('AC', 'SK', 'secret', {});
// @ts-expect-error: the options are required
new AccessToken('AC', 'SK', 'secret');
// @ts-expect-error: a ttl is a number
token.ttl = '60';
// @ts-expect-error: an algorithm of the three
token.toJwt('RS256');
// @ts-expect-error: true or false
new VoiceGrant({ incomingAllow: 'true' });
// @ts-expect-error: no such option
new VideoGrant({ rooom: 'typo' });
// @ts-expect-error: a grant has toPayload
token.addGrant({ key: 'player' });
// @ts-expect-error: a grant has toPayload, whoever made its class
(class extends AccessToken.Grant<object, object, 'key'> {});
// @ts-expect-error: a class to derive from
new AccessToken.Grant('key');
