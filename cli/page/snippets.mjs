// The token of a form, as the command line, curl, Python, Node.js and C++ make it. Keys are named, never shown.

import { KINDS } from './kinds.mjs';

export const LANGUAGES = { cli: 'CLI', curl: 'curl', python: 'Python', node: 'Node.js', cpp: 'C++' };

const PLAYBACK_URL = 'https://media.twilio.com';

const NAMES = ['TWILIO_ACCOUNT_SID', 'TWILIO_API_KEY', 'TWILIO_API_SECRET'];

/** The text of a snippet. A form is what the server takes; `baseUrl` is where playback grants come from. */
export function snippet(language, form, baseUrl = PLAYBACK_URL) {
  return { cli, curl, python, node, cpp }[language](new Asked(form), baseUrl);
}

/** Whether there is such a snippet: nothing is called for a grant that is signed here. */
export function hasSnippet(language, form) {
  return language !== 'curl' || form.grants.some((grant) => grant.kind === 'playback');
}

/** What is asked for, with the parts that all languages need. */
class Asked {
  constructor(form) {
    Object.assign(this, form);
    this.streamer = form.grants.find((grant) => grant.kind === 'playback')?.streamer;
    this.others = form.grants.filter((grant) => grant.kind !== 'playback');
  }

  get wait() {
    return this.not_before_in ?? 0;
  }
}

/** The fields of a grant that are filled in, with what they are called. */
function filled(grant) {
  const fields = KINDS[grant.kind].fields.map((field) => ({ ...field, value: grant[field.name] }));
  return fields.filter(({ value }) => value);
}

/** A word of a shell. */
function word(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A text of a language: JSON's escapes are Python's, Node's and C++'s, too, but for a few that JSON leaves alone. */
const quoted = (text) => JSON.stringify(text);
const single = (text) => `'${quoted(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
const camel = (key) => key.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());
const snake = (name) => name.replace(/(?!^)([A-Z])/g, '_$1').toLowerCase();

function cli(asked, baseUrl) {
  const [first, ...rest] = asked.streamer
    ? [{ kind: 'playback', streamer: asked.streamer }, ...asked.others]
    : asked.others;
  const values = filled(first).filter(({ isSwitch }) => !isSwitch);
  const flags = values.map(({ flag, value }) => [flag, word(value)].filter(Boolean).join(' '));
  const switches = KINDS[first.kind].fields.filter(({ isSwitch }) => isSwitch);
  flags.push(...switches.map(({ flag, name }) => `${flag}=${Boolean(first[name])}`));
  const parts = [`grantmint token ${first.kind}`, `--identity=${word(asked.identity)}`, ...flags];
  if (asked.ttl !== 3600) parts.push(`--ttl ${asked.ttl}`);
  if (asked.wait && !asked.streamer) parts.push(`--nbf +${asked.wait}s`);
  if (asked.unique && !asked.streamer) parts.push('--unique');
  if (asked.region) parts.push(`--region ${word(asked.region)}`);
  for (const grant of rest) {
    const pairs = filled(grant).map(({ key, value }) => `${key}=${value}`);
    parts.push(`--with ${word(grant.kind + (pairs.length ? `:${pairs.join(',')}` : ''))}`);
  }
  if (asked.streamer && baseUrl !== PLAYBACK_URL) parts.push(`--base-url ${word(baseUrl)}`);
  return parts.join(' \\\n  ');
}

/** The call that brings a playback grant; the key goes by a pipe, as arguments can be read by others. */
function curl(asked, baseUrl) {
  const url = `${baseUrl}/v1/PlayerStreamers/${asked.streamer}/PlaybackGrant`;
  return `curl --config - --data Ttl=60 \\\n  '${url}' <<EOF\nuser = "$TWILIO_API_KEY:$TWILIO_API_SECRET"\nEOF`;
}

function python(asked, baseUrl) {
  const value = (field) => (field.isSwitch ? 'True' : quoted(field.value));
  const grants = asked.others.map((grant) => {
    const named = filled(grant).map((field) => `${field.key}=${value(field)}`);
    return `${KINDS[grant.kind].grant}Grant(${named.join(', ')})`;
  });
  const classes = asked.others.map((grant) => `${KINDS[grant.kind].grant}Grant`);
  const minter = asked.streamer ? 'PlaybackMinter' : 'TokenMinter';
  const options = ['key'];
  if (grants.length) options.push(`grants=[${grants.join(', ')}]`);
  if (asked.ttl !== 3600) options.push(`ttl=${asked.ttl}`);
  if (asked.wait && !asked.streamer) options.push(`nbf=int(time.time()) + ${asked.wait}`);
  if (asked.unique && !asked.streamer) options.push('unique=True');
  if (asked.streamer && baseUrl !== PLAYBACK_URL) options.push(`base_url=${quoted(baseUrl)}`);
  const names = [...new Set(['ApiKey', minter, ...classes])].sort();
  const env = (name) => `os.environ["${name}"]`;
  const apiKey = asked.region
    ? `ApiKey(${NAMES.map(env).join(', ')}, region=${quoted(asked.region)})`
    : `ApiKey.from_env()  # ${NAMES.join(', ')}`;
  const modules = [
    ...(asked.region ? ['import os'] : []),
    ...(asked.wait && !asked.streamer ? ['import time'] : []),
  ];
  return [
    ...(modules.length ? [...modules, ''] : []),
    `from grantmint import ${names.join(', ')}`,
    '',
    `key = ${apiKey}`,
    `minter = ${minter}(${options.join(', ')})`,
    asked.streamer
      ? `print(minter.token(${quoted(asked.streamer)}, ${quoted(asked.identity)}).jwt)`
      : `print(minter.mint(${quoted(asked.identity)}))`,
  ].join('\n');
}

function node(asked, baseUrl) {
  const value = (field) => (field.isSwitch ? 'true' : single(field.value));
  const grants = asked.others.map((grant) => {
    const named = filled(grant).map((field) => `${camel(field.key)}: ${value(field)}`);
    return `new ${KINDS[grant.kind].grant}Grant(${named.length ? `{ ${named.join(', ')} }` : ''})`;
  });
  const classes = asked.others.map((grant) => `${KINDS[grant.kind].grant}Grant`);
  const minter = asked.streamer ? 'PlaybackMinter' : 'TokenMinter';
  const options = [];
  if (grants.length) options.push(`grants: [${grants.join(', ')}]`);
  if (asked.ttl !== 3600) options.push(`ttl: ${asked.ttl}`);
  if (asked.wait && !asked.streamer) options.push(`nbf: Math.floor(Date.now() / 1000) + ${asked.wait}`);
  if (asked.unique && !asked.streamer) options.push('unique: true');
  if (asked.streamer && baseUrl !== PLAYBACK_URL) options.push(`baseUrl: ${single(baseUrl)}`);
  const names = [...new Set(['ApiKey', minter, ...classes])].sort();
  const apiKey = asked.region
    ? [
        `const { ${NAMES.join(', ')} } = process.env;`,
        `const key = new ApiKey(${NAMES.join(', ')}, { region: ${single(asked.region)} });`,
      ]
    : [`const key = ApiKey.fromEnv(); // ${NAMES.join(', ')}`];
  return [
    `import { ${names.join(', ')} } from 'grantmint';`,
    '',
    ...apiKey,
    `const minter = new ${minter}(key${options.length ? `, { ${options.join(', ')} }` : ''});`,
    asked.streamer
      ? `console.log((await minter.token(${single(asked.streamer)}, ${single(asked.identity)})).jwt);`
      : `console.log(minter.mint(${single(asked.identity)}));`,
  ].join('\n');
}

function cpp(asked, baseUrl) {
  const value = (field) => (field.isSwitch ? 'true' : quoted(field.value));
  const grants = asked.others.map((grant) => {
    const set = filled(grant).map((field) => `.${field.key}(${value(field)})`);
    return `grantmint::${snake(KINDS[grant.kind].grant)}_grant{}${set.join('')}`;
  });
  const minter = asked.streamer ? 'playback_minter' : 'token_minter';
  const set = grants.map((grant) => `.grant(${grant})`);
  if (asked.ttl !== 3600) set.push(`.ttl(std::chrono::seconds{${asked.ttl}})`);
  if (asked.wait && !asked.streamer)
    set.push(`.nbf(std::chrono::system_clock::now() + std::chrono::seconds{${asked.wait}})`);
  if (asked.unique && !asked.streamer) set.push('.unique(true)');
  if (asked.streamer && baseUrl !== PLAYBACK_URL) set.push(`.base_url(${quoted(baseUrl)})`);
  const region = asked.region ? `.with_region(${quoted(asked.region)})` : '';
  const indent = '\n                 ';
  return [
    '#include <grantmint.hpp>',
    '#include <iostream>',
    '',
    'int main() {',
    `    // ${NAMES.join(', ')}`,
    `    const auto key = grantmint::api_key::from_env()${region};`,
    `    grantmint::${minter} minter{key, grantmint::${minter}_options{}${set.map((one) => indent + one).join('')}};`,
    asked.streamer
      ? `    std::cout << minter.token(${quoted(asked.streamer)}, ${quoted(asked.identity)}).jwt << '\\n';`
      : `    std::cout << minter.mint(${quoted(asked.identity)}) << '\\n';`,
    '}',
  ].join('\n');
}
