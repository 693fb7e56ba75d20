'use strict';
// REST endpoints that hand out short-lived credentials, as they are described. Core reads the description as JSON.

const native = require('./native.cjs');
const { boolean, instance, json, mistyped, text } = require('./checks.cjs');
const { call, refused } = require('./errors.cjs');
const { LIMITS } = require('./limits.cjs');
const { wholeLifetime } = require('./numbers.cjs');
const { isPlain } = require('./option-names.cjs');
const { pick } = require('./options.cjs');
const { showAs } = require('./show.cjs');

/** What is spelled otherwise in core's JSON. */
const SPELLED = {
  basicForm: 'basic_form',
  caFile: 'ca_file',
  epochMs: 'epoch_ms',
  maxLifetime: 'max_lifetime',
  maxTtl: 'max_ttl',
  okWhen: 'ok_when',
  retryAfter: 'retry_after',
};
const spelledForCore = (name) => (Object.hasOwn(SPELLED, name) ? SPELLED[name] : name);
const names = new Map([
  ...Object.entries(SPELLED).map(([here, inCore]) => [inCore, here]),
  ['client_id', 'clientId'],
  ['client_secret', 'clientSecret'],
]);

/** Each check of an option gives its JSON. */
const word = (value, name) => JSON.stringify(text(value, name));
const seconds = (value, name) => String(wholeLifetime(value, name));
const truth = (value, name) => String(boolean(value, name));

/** A check for objects or arrays. */
const shaped = (isRight, wanted, respell) => (value, name) => {
  if (!isRight(value)) throw mistyped(value, name, wanted);
  return json(respell ? respell(value) : value, name, 'invalid_argument');
};

const object = (wanted, respell) => shaped(isPlain, wanted, respell);
/** Core takes no more. Of a longer one, such as `new Array(1e9)`, only as much is written as core needs to see that. */
const beginning = (value) =>
  Array.from({ length: Math.min(value.length, LIMITS.REST_ITEMS_MAX + 1) }, (_, n) => value[n]);
const array = (wanted, respell = (all) => all) =>
  shaped(Array.isArray, wanted, (all) => respell(beginning(all)));

/** The names of an object as core spells them. */
const members = (value) =>
  isPlain(value)
    ? Object.fromEntries(Object.entries(value).map(([name, each]) => [spelledForCore(name), each]))
    : value;

/** What `Authorization` says; of a bearer that is signed, its options, too. */
const respelledAuth = (value) => {
  const { signed, ...others } = members(value);
  return signed === undefined ? others : { ...others, signed: members(signed) };
};

const ofTexts = object("an object of texts such as { name: '…' }");

function body(value, name) {
  const written = json(value, name, 'invalid_argument');
  try {
    return JSON.stringify(JSON.parse(written));
  } catch (cause) {
    throw refused(name, 'must be JSON', 'invalid_argument', cause);
  }
}

const sourceOptions = {
  url: word,
  method: word,
  auth: object("an object such as { bearer: '{token}' }", respelledAuth),
  headers: ofTexts,
  query: ofTexts,
  form: ofTexts,
  json: body,
  vars: ofTexts,
  secrets: pairs,
  per: word,
  distinct: truth,
  ttl: seconds,
  answer: word,
  value: word,
  lifetime: array("an array such as [{ seconds: '/expires_in' }]", (all) => all.map(members)),
  maxLifetime: seconds,
  ok: array('an array of statuses such as [200]'),
  okWhen: object("an object such as { '/status': 'ok' }"),
  error: word,
  errors: object("an object such as { slow_down: 'throttled' }"),
  throttled: array('an array of statuses such as [403]'),
  retryAfter: array("an array such as ['X-Reset', 'epochMs']", ([header, unit, ...more]) => [
    header,
    spelledForCore(unit),
    ...more,
  ]),
  exclusive: truth,
  proxy: word,
  caFile: word,
};

let nativeOf;

class RestSource {
  #native;

  constructor(options) {
    if (options instanceof native.RestSource) {
      this.#native = options;
      return;
    }
    const { secrets = [], ...described } = pick(options ?? {}, sourceOptions, 'RestSource');
    const all = Object.entries(described).map(([name, value]) => `"${spelledForCore(name)}":${value}`);
    this.#native = call(() => native.RestSource.of(`{${all.join(',')}}`, secrets), names);
  }

  static {
    nativeOf = (source) => source.#native;
  }
}

/** Names with their texts, for the native half. */
function pairs(value, name) {
  if (!isPlain(value)) throw mistyped(value, name, "an object of texts such as { name: '…' }");
  return Object.entries(value).map(([each, held]) => ({ name: each, value: text(held, `${name}.${each}`) }));
}

const oauth2Options = { scope: text, form: pairs, proxy: text, caFile: text };

function oauth2(url, clientId, clientSecret, options) {
  for (const [name, value] of Object.entries({ url, clientId, clientSecret })) text(value, name);
  const { scope, form = [], ...transport } = pick(options, oauth2Options, 'oauth2()');
  const fields = scope === undefined ? form : [...form, { name: 'scope', value: scope }];
  return new RestSource(
    call(() => native.RestSource.oauth2(url, clientId, clientSecret, fields, transport), names),
  );
}

showAs(RestSource, () => ({}));

module.exports = {
  RestSource,
  oauth2,
  restSource: instance(RestSource, nativeOf, 'write new RestSource({ url: … }) or oauth2(url, …)'),
};
