// Runs a program with one library or the other.

/** What a program does with a library: for each thing it does a value, or the class and the message of
 * what is thrown. The last is the token. */
export function run({ jwt: { AccessToken } }, program) {
  const { now, accountSid, keySid, secret, options, argumentCount, steps, algorithm } = program;
  const realNow = Date.now;
  Date.now = () => now;
  try {
    const given = [accountSid, keySid, secret, options].slice(0, argumentCount);
    const made = outcome(() => Reflect.construct(AccessToken, given));
    if (made.thrown) return [made];
    const token = made.value;
    const acts = actsOn(token, AccessToken);
    return [
      ...steps.map((step) => outcome(() => acts[step.do](step))),
      ...properties.map((name) => ({ value: token[name] })),
      outcome(() => token.toJwt(algorithm)),
    ];
  } finally {
    Date.now = realNow;
  }
}

const properties = ['accountSid', 'keySid', 'secret', 'ttl', 'identity', 'nbf', 'region'];

/** What the steps of a program do with its token. */
function actsOn(token, AccessToken) {
  const grants = [];
  return {
    grant({ kind, options }) {
      const grant = new AccessToken[kind](options);
      grants.push(grant);
      token.addGrant(grant);
      return [grant.key, grant.toPayload()];
    },
    add: ({ grant }) => token.addGrant(grant),
    subclass({ key, payload }) {
      class Own extends AccessToken.Grant {
        toPayload() {
          return payload;
        }
      }
      token.addGrant(new Own(key));
    },
    change({ kind, name, value }) {
      const grant = grants.findLast((each) => each instanceof AccessToken[kind]);
      if (grant === undefined) return undefined;
      grant[name] = value;
      return [grant[name], grant.toPayload()];
    },
    set({ name, value }) {
      token[name] = value;
      return token[name];
    },
    sign: () => token.toJwt(),
  };
}

function outcome(act) {
  try {
    return { value: act() };
  } catch (error) {
    return { thrown: error.constructor.name, name: error.name, message: error.message };
  }
}
