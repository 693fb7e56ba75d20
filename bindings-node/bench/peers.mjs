// What others do to mint the same video token: each a function from an identity to a JWT, with everything
// prepared in advance that its library lets one prepare.

import { createHmac, createSecretKey } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import jsonwebtoken from 'jsonwebtoken';
import { Algorithm, signSync } from '@node-rs/jsonwebtoken';
import { AccessToken } from 'livekit-server-sdk';
import twilio from 'twilio';

const HEADER = { cty: 'twilio-fpa;v=1' };

const seconds = () => Math.floor(Date.now() / 1000);

export function peers(credentials, ttl, room) {
  const [accountSid, keySid, secret] = credentials;

  /** The claims of Twilio's own library. */
  function claimsFor(identity) {
    const now = seconds();
    return {
      jti: `${keySid}-${now}`,
      iss: keySid,
      sub: accountSid,
      iat: now,
      exp: now + ttl,
      grants: { identity, video: { room } },
    };
  }

  const fast = createSigner({ key: secret, algorithm: 'HS256', header: HEADER });
  const algorithm = 'HS256';
  const toNative = { algorithm: Algorithm.HS256, contentType: HEADER.cty };
  return {
    twilio: withOfficialClasses(twilio, credentials, ttl, room),
    jsonwebtoken: (identity) => jsonwebtoken.sign(claimsFor(identity), secret, { algorithm, header: HEADER }),
    'fast-jwt': (identity) => fast(claimsFor(identity)),
    '@node-rs/jsonwebtoken': (identity) => signSync(claimsFor(identity), secret, toNative),
    'by hand, from an object': fromAnObject(claimsFor, secret),
    'by hand': byHand(credentials, ttl, room),
  };
}

/** What others do to mint the same token of LiveKit. */
export function livekitPeers(apiKey, secret, ttl, room) {
  const key = createSecretKey(Buffer.from(secret));
  const start = startOf({});
  const video = `"video":{"room":${JSON.stringify(room)},"roomJoin":true}`;
  return {
    'livekit-server-sdk': (identity) => {
      const token = new AccessToken(apiKey, secret, { identity, ttl });
      token.addGrant({ roomJoin: true, room });
      return token.toJwt();
    },
    'LiveKit by hand': (identity) => {
      const now = seconds();
      const times = `"exp":${now + ttl},"nbf":${now - 10}`;
      const claims = `{${times},"iss":"${apiKey}",${video},"sub":${JSON.stringify(identity)}}`;
      return signed(start + encoded(claims), key);
    },
  };
}

/** What a program for Twilio's library does, with that library or with one like it. */
export function withOfficialClasses({ jwt: { AccessToken } }, credentials, ttl, room) {
  return (identity) => {
    const token = new AccessToken(...credentials, { identity, ttl });
    token.addGrant(new AccessToken.VideoGrant({ room }));
    return token.toJwt();
  };
}

/** With node:crypto, for any claims. */
function fromAnObject(claimsFor, secret) {
  const key = createSecretKey(Buffer.from(secret));
  const start = startOf(HEADER);
  return (identity) => signed(start + encoded(JSON.stringify(claimsFor(identity))), key);
}

/** With node:crypto, the fastest of several ways, for this one kind of token alone. */
function byHand([accountSid, keySid, secret], ttl, room) {
  const key = createSecretKey(Buffer.from(secret));
  const start = startOf(HEADER);
  const grants = `"video":{"room":${JSON.stringify(room)}}`;
  return (identity) => {
    const now = seconds();
    const claims =
      `{"jti":"${keySid}-${now}","iss":"${keySid}","sub":"${accountSid}","iat":${now},"exp":${now + ttl},` +
      `"grants":{"identity":${JSON.stringify(identity)},${grants}}}`;
    return signed(start + encoded(claims), key);
  };
}

const startOf = (header) => `${encoded(JSON.stringify({ alg: 'HS256', typ: 'JWT', ...header }))}.`;
const encoded = (text) => Buffer.from(text).toString('base64url');
const signed = (text, key) => `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
