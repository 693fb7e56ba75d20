// What others do to mint the same video token: each a function from an identity to a JWT.

import { createHmac, createSecretKey } from 'node:crypto';
import { createSigner } from 'fast-jwt';
import jsonwebtoken from 'jsonwebtoken';
import { Algorithm, signSync } from '@node-rs/jsonwebtoken';
import twilio from 'twilio';

const TTL = 14_400;
const ROOM = 'DailyStandup';
const HEADER = { cty: 'twilio-fpa;v=1' };

/** The claims of the vendor's own library. */
function claimsFor([accountSid, keySid], identity, now) {
  return {
    jti: `${keySid}-${now}`,
    iss: keySid,
    sub: accountSid,
    iat: now,
    exp: now + TTL,
    grants: { identity, video: { room: ROOM } },
  };
}

const seconds = () => Math.floor(Date.now() / 1000);

export function peers(key) {
  const [accountSid, keySid, secret] = key;
  const { AccessToken } = twilio.jwt;
  const fast = createSigner({ key: secret, algorithm: 'HS256', header: HEADER });
  const prepared = createSecretKey(Buffer.from(secret));
  const header = Buffer.from(JSON.stringify({ alg: 'HS256', typ: 'JWT', ...HEADER })).toString('base64url');
  return {
    twilio: (identity) => {
      const token = new AccessToken(accountSid, keySid, secret, { identity, ttl: TTL });
      token.addGrant(new AccessToken.VideoGrant({ room: ROOM }));
      return token.toJwt();
    },
    jsonwebtoken: (identity) =>
      jsonwebtoken.sign(claimsFor(key, identity, seconds()), secret, { algorithm: 'HS256', header: HEADER }),
    'fast-jwt': (identity) => fast(claimsFor(key, identity, seconds())),
    '@node-rs/jsonwebtoken': (identity) =>
      signSync(claimsFor(key, identity, seconds()), secret, {
        algorithm: Algorithm.HS256,
        contentType: HEADER.cty,
      }),
    'by hand': (identity) => {
      const claims = Buffer.from(JSON.stringify(claimsFor(key, identity, seconds()))).toString('base64url');
      const text = `${header}.${claims}`;
      return `${text}.${createHmac('sha256', prepared).update(text).digest('base64url')}`;
    },
  };
}
