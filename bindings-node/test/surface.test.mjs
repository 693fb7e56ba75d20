// What the package offers, in three places that must agree: what is there at run time, what index.d.cts
// declares, and the list that all languages share. That it is explained, documented.mjs sees to.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { before, test } from 'node:test';
import { parse } from '@babel/parser';
import * as grantmint from 'grantmint';
import { STREAMER, key, vectors } from './support.mjs';

const require = createRequire(import.meta.url);
const surface = vectors('surface.json');
const folder = dirname(require.resolve('grantmint/package.json'));
const source = readFileSync(join(folder, 'index.d.cts'), 'utf8');

/** A declaration by its name: its kind, what it comes from, and its members. */
function declaration(node) {
  const inner = node.type === 'ExportNamedDeclaration' ? node.declaration : node;
  const { id } = inner.type === 'VariableDeclaration' ? inner.declarations[0] : inner;
  const members = inner.body?.body ?? [];
  const entry = {
    kind: inner.type,
    parent: inner.superClass?.name,
    members: new Map(members.map((member) => [nameOf(member), member])),
  };
  return [id.name, entry];
}

/** An index signature has no name. */
const nameOf = ({ key: of, computed }) =>
  of === undefined ? '[…]' : computed ? `[Symbol.${of.property.name}]` : of.name;

const { program } = parse(source, { plugins: [['typescript', { dts: true }]], sourceType: 'module' });
const ours = program.body.filter(({ type, declare }) => type === 'ExportNamedDeclaration' || !declare);
const declared = new Map(ours.slice(0, -1).map(declaration));

const classes = () =>
  [...declared].filter(([, { kind }]) => kind === 'ClassDeclaration' || kind === 'DeclareClass');

/** The members of a class, with those it inherits. */
function membersOf(name) {
  const { members, parent } = declared.get(name);
  return new Map([...(declared.has(parent) ? membersOf(parent) : []), ...members]);
}

/** One of each class. */
const instances = new Map();

before(async () => {
  const { GrantCache, PlaybackMinter } = grantmint;
  const live = new PlaybackMinter(key(), { source: async () => ({ grant: {} }), isolated: true });
  const token = await live.token(STREAMER, 'alice');
  const cache = new GrantCache();
  const { ticket, waiter } = cache.begin('k');
  const hit = await cache.get('h', async () => ({ grant: 'g' }));
  const error = new grantmint.GrantmintError('x', { retryAfterMs: 1 });
  error.argument = 'x'; // As those of core have it that are about an argument.
  const source = grantmint.oauth2('https://idp.example/token', 'id', 'secret');
  const relays = grantmint.IceServers.coturn('secret', ['turn:turn.example']);
  const made = [
    live, token, live.stream(STREAMER), live.stats(), cache, ticket, waiter, hit, key(), error,
    grantmint.decode(live.tryToken(STREAMER, 'alice')),
    new grantmint.ManualClock(1),
    new grantmint.HostFleet({ path: '/run/app' }),
    new grantmint.RedisFleet('rediss://redis.example'),
    source,
    new grantmint.Credential(source),
    await issued(),
    relays,
    await relays.get('alice'),
    new grantmint.Slot('room'),
    new grantmint.JwtMinter('a secret of at least thirty-two bytes'),
    new grantmint.TokenMinter(key()),
    new grantmint.AccessToken(key(), { identity: 'alice' }),
    new grantmint.VideoGrant({ room: 'r' }),
    new grantmint.VoiceGrant({
      incomingAllow: true,
      outgoingApplicationSid: `AP${'0'.repeat(32)}`,
      pushCredentialSid: `CR${'0'.repeat(32)}`,
      endpointId: 'e',
    }),
    ...[grantmint.ChatGrant, grantmint.IpMessagingGrant].map(
      (Grant) =>
        new Grant({
          serviceSid: `IS${'0'.repeat(32)}`,
          endpointId: 'e',
          deploymentRoleSid: `RL${'0'.repeat(32)}`,
          pushCredentialSid: `CR${'0'.repeat(32)}`,
        }),
    ),
    new grantmint.SyncGrant({ serviceSid: `IS${'0'.repeat(32)}`, endpointId: 'e' }),
    new grantmint.TaskRouterGrant({
      workspaceSid: `WS${'0'.repeat(32)}`,
      workerSid: `WK${'0'.repeat(32)}`,
      role: 'worker',
    }),
    new grantmint.RtcGrant({ configurationProfileSid: `CP${'0'.repeat(32)}` }),
    new grantmint.PlaybackGrant({ grant: {} }),
    new grantmint.CustomGrant('k', 1),
  ]; // prettier-ignore
  for (const one of made) instances.set(one.constructor.name, one);
});

/** A credential that was handed out. */
async function issued() {
  const server = createServer((_, response) => response.end('{"token":"t"}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}/token`;
  const lifetime = [{ constant: 60 }];
  try {
    return await new grantmint.Credential(new grantmint.RestSource({ url, value: '/token', lifetime })).get();
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** What a class has at run time, its statics and what its constructors set among it. */
function found(name) {
  const Class = grantmint[name];
  const names = new Set(Object.keys(Class));
  const inherited = Object.keys(instances.get(name) ?? {});
  for (const own of inherited) names.add(own);
  for (
    let from = Class.prototype;
    from !== Object.prototype && from !== Error.prototype;
    from = Object.getPrototypeOf(from)
  ) {
    for (const own of Object.getOwnPropertyNames(from)) names.add(own);
  }
  for (const own of Object.getOwnPropertyNames(Class)) names.add(own);
  if (Symbol.dispose && Symbol.dispose in Class.prototype) names.add('[Symbol.dispose]');
  for (const everyClass of ['length', 'prototype', 'name']) names.delete(everyClass);
  return names;
}

test('the types name exactly what is exported', () => {
  const values = [...declared].filter(([, { kind }]) => !/Interface|TypeAlias/.test(kind));
  assert(source.trim().endsWith('export {};'));
  assert.deepEqual(values.map(([name]) => name).sort(), Object.keys(grantmint).sort());
  const codes = [...source.matchAll(/^ {2}\| '(ERR_\w+)'/gm)].map(([, code]) => code);
  assert.deepEqual(codes, Object.keys(grantmint.ERRORS));
});

test('the types name exactly the limits that there are', () => {
  assert.deepEqual([...declared.get('Limits').members.keys()], Object.keys(grantmint.LIMITS));
});

test('the types name exactly the members that classes have', () => {
  // What is for the classes of errors among themselves.
  const internal = new Set(['defaultCode']);
  const wrong = [];
  for (const [name] of classes()) {
    const [there, told] = [found(name), membersOf(name)];
    if (!/Error$/.test(name)) assert(instances.has(name), `one of ${name}`);
    told.delete('constructor');
    there.delete('constructor');
    for (const member of there)
      if (!told.has(member) && !internal.has(member)) wrong.push(`not told: ${name}.${member}`);
    const one = instances.get(name) ?? instances.get('GrantmintError');
    for (const member of told.keys()) {
      if (member === '[Symbol.dispose]') continue; // Node 20 has it under a symbol of its own.
      if (!there.has(member) && !(member in one) && !(member in grantmint[name]))
        wrong.push(`not there: ${name}.${member}`);
    }
  }
  assert.deepEqual(wrong, []);
});

/** Words of the list that tell how Node does a thing in its own way. */
const inWords = (node) => !/^[\w.]+$/.test(node) || ['argument', 'signal', 'string', 'array'].includes(node);
const isPlain = (node) => node === 'Event' && declared.has('CacheEvent');
const ownWay = { counters: ['hits', 'fetches', 'inFlight'] };

test('everything that every language has is there', () => {
  const missing = [];
  for (const { node } of surface.functions) {
    if (node === null) continue;
    const value = node.split('.').reduce((from, name) => from?.[name], grantmint);
    if (value === undefined || !declared.has(node.split('.')[0])) missing.push(node);
  }
  for (const { node, methods } of surface.classes) {
    if (node === null || inWords(node) || isPlain(node)) continue;
    const [there, told] = [found(node), membersOf(node)];
    for (const { name, node: method } of methods) {
      if (method === null || inWords(method)) continue;
      const members = method === 'properties' ? ownWay[name] : [method];
      for (const member of members) {
        const isInherited = member === 'message' && grantmint[node].prototype instanceof Error;
        if (!(there.has(member) && (told.has(member) || member === 'constructor')) && !isInherited)
          missing.push(`${node}.${member}`);
      }
    }
  }
  assert.deepEqual(missing, []);
});

test('every method is in the list that all languages share, or Node’s own', () => {
  const listed = new Set(
    surface.classes.flatMap(({ node, methods }) => methods.map(({ node: method }) => `${node}.${method}`)),
  );
  const own = classes().flatMap(([name, { members }]) =>
    [...members].filter(([, { type }]) => /Method/.test(type)).map(([member]) => `${name}.${member}`),
  );
  assert(own.length > 60, String(own.length));
  const isOwn = (method) =>
    /\.constructor$/.test(method) ||
    /\.\[Symbol\.dispose\]$/.test(method) ||
    ['Ticket.abandon', 'Waiter.close'].includes(method) ||
    ['GrantmintError.from', 'GrantmintError.toJSON'].includes(method);
  assert.deepEqual(
    own.filter((method) => !listed.has(method) && !isOwn(method)),
    [],
  );
});

test('every kind of error is there', () => {
  const expected = surface.error_kinds.map(({ number, code, retryable }) => [
    `ERR_GRANTMINT_${code.toUpperCase()}`,
    number,
    retryable,
  ]);
  const kinds = Object.entries(grantmint.ERRORS);
  assert.deepEqual(
    kinds.map(([code, { number, isRetryable }]) => [code, number, isRetryable]),
    expected,
  );
});
