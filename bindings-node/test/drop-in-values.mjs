// What programs hand to Twilio's classes, beside what they should.

import { createSecretKey, generateKeyPairSync } from 'node:crypto';

/** The fields of each class of grants. */
export const fields = {
  VideoGrant: ['room'],
  SyncGrant: ['serviceSid', 'endpointId'],
  ChatGrant: ['serviceSid', 'endpointId', 'deploymentRoleSid', 'pushCredentialSid'],
  TaskRouterGrant: ['workspaceSid', 'workerSid', 'role'],
  VoiceGrant: [
    'incomingAllow',
    'outgoingApplicationSid',
    'outgoingApplicationParams',
    'pushCredentialSid',
    'endpointId',
  ],
  PlaybackGrant: ['grant'],
};

const circular = { name: 'circular' };
circular.self = { deeper: circular };

const numbers = [0, -0, 7, 1.5, -3, NaN, Infinity, 2 ** 53];
const primitives = [undefined, null, '', true, false, 10n, Symbol('odd'), ...numbers];
const wrappers = ['wrapped', '60', '', 60, 1n].map(Object);
const containers = [[], {}, ['a'], Object.create(null), new Map([[1, 2]]), Buffer.from('bytes'), circular];
const actors = [
  () => 1,
  new Date(0),
  new Date(NaN),
  { [Symbol.toStringTag]: 'String' },
  { toJSON: () => 'from toJSON' },
  { toString: () => 'from toString' },
  Object.defineProperty({}, 'room', { get: () => 'from a getter' }),
  {
    toJSON() {
      throw new RangeError('toJSON throws');
    },
  },
];

export const oddities = [...primitives, ...wrappers, ...containers, ...actors];

const amounts = ['60', '3600', '1', '1.5', '.5', '-2', '-.5', '007', '1e3', '1.', '', '9'.repeat(98)];
const gaps = ['', ' ', '   ', '\t'];
const units = [
  ...['', 'ms', 'msec', 'msecs', 'millisecond', 'milliseconds'],
  ...['s', 'sec', 'secs', 'second', 'seconds'],
  ...['m', 'min', 'mins', 'minute', 'minutes'],
  ...['h', 'hr', 'hrs', 'hour', 'hours'],
  ...['d', 'day', 'days', 'w', 'week', 'weeks'],
  ...['y', 'yr', 'yrs', 'year', 'years'],
  ...['MS', 'Secs', 'HOURS', 'ſ', 's ', 's\n', 'wk', 'mo', 'month', 'fortnight'],
];

/** Times in words, and what is nearly one. */
export const timespans = amounts.flatMap((amount) =>
  gaps.flatMap((gap) => units.map((unit) => amount + gap + unit)),
);

const bytes = Buffer.from('not-a-secret-but-long-enough-bytes');
/** A string would have Twilio's library look for the key of another kind of signature, slowly. */
export const keyObject = createSecretKey(bytes);

const pem = { type: 'pkcs8', format: 'pem' };
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
const ecPem = ec.privateKey.export(pem);

/** Secrets that are not plain strings, and strings that are not plain secrets. */
export const secrets = [
  ...[keyObject, bytes, new Uint8Array(bytes), new Uint16Array([1, 2, 300])],
  ...[new DataView(new ArrayBuffer(5)), new Uint8Array(9).buffer],
  ...[ecPem, rsa.privateKey.export(pem), Buffer.from(ecPem), { key: ecPem }, `text before\n${ecPem}`],
  ec.privateKey.export({ ...pem, cipher: 'aes-128-cbc', passphrase: 'p' }),
  ec.publicKey.export({ type: 'spki', format: 'pem' }),
  { key: ec.privateKey.export({ format: 'jwk' }), format: 'jwk' },
  ...[ec.privateKey, ec.publicKey],
  ...['-----BEGIN PRIVATE KEY-----\nnone\n', '-----BEGIN', 's', 'x'.repeat(200)],
  ...[123, new String('wrapped')],
];
