// What the example servers add to a request, beside a server that is made with the same framework and always
// gives the same answer.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { answersIn, connections } from './requests.mjs';
import { ratioOf } from './rounds.mjs';

const [SLICE_MS, WARM_UP_MS] = [100, 1500];
const STREAMER = 'VJ00000000000000000000000000000001';
const ROUTES = {
  "a room's token": '/rooms/token?identity=viewer-000001',
  "a stream's token": `/live/${STREAMER}/token?identity=viewer-000001`,
};

/**
 * The time of a constant answer in parts of that of each route of some servers, by the name of the server and
 * of the route: 0.75 means that it answers 75 requests where its framework alone would answer 100.
 */
export async function measureServers(names, credentials, rounds) {
  const upstream = await startUpstream();
  const found = {};
  for (const name of names)
    found[name] = await measureServer(name, environment(credentials, upstream), rounds);
  upstream.close();
  return found;
}

async function measureServer(name, env, rounds) {
  const example = await start(`../examples/${name}-server.mjs`, env);
  const answers = [];
  for (const path of Object.values(ROUTES)) answers.push(await (await fetch(example.url + path)).json());
  const constant = await start(`constant/${name}-server.mjs`, { ...env, ANSWERS: JSON.stringify(answers) });
  const found = {};
  for (const [place, [route, path]] of Object.entries(ROUTES).entries()) {
    found[route] = await inTurns([await constant.at(`/${place}`), await example.at(path)], rounds);
  }
  await Promise.all([example.end(), constant.end()]);
  return found;
}

/** The time that an answer of the first takes, in parts of that of the second. */
async function inTurns(pair, rounds) {
  for (const route of pair) await route.timed(WARM_UP_MS);
  const times = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    for (const [place, route] of pair.entries()) times[place].push(await route.timed(SLICE_MS));
  }
  for (const route of pair) route.close();
  return ratioOf(...times);
}

/** Answers every request for a grant. */
async function startUpstream() {
  const grant = {
    playbackUrl: `https://cdn.example.com/live.m3u8?token=${'x'.repeat(600)}`,
    playerStreamerSid: STREAMER,
    requestCredentials: null,
  };
  const server = createServer((_request, response) => {
    response.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify({ grant }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

function environment([accountSid, keySid, secret], upstream) {
  return {
    ...process.env,
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_API_KEY: keySid,
    TWILIO_API_SECRET: secret,
    GRANTMINT_BASE_URL: `http://127.0.0.1:${upstream.address().port}`,
    PORT: '0',
    WORKERS: '1',
  };
}

/** Runs a server; the first line that it prints is its address. */
async function start(file, env) {
  const stdio = ['ignore', 'pipe', 'inherit', 'ipc'];
  const child = spawn(process.execPath, ['--import', './usage.mjs', file], { env, stdio });
  const lines = createInterface(child.stdout);
  const [url] = await Promise.race([once(lines, 'line'), failed(child, file)]);
  lines.close();
  return {
    url,
    at: async (path) => new Route(child, await connections(url, path)),
    async end() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

async function failed(child, file) {
  const [code] = await once(child, 'close');
  throw new Error(`${file} ended with ${code}`);
}

/** A path of a server that runs. */
class Route {
  #server;
  #connections;

  constructor(server, all) {
    this.#server = server;
    this.#connections = all;
  }

  /** The processor time of one answer: when others have the machine does not count. */
  async timed(ms) {
    const before = await this.#usage();
    const answers = await answersIn(this.#connections, ms);
    return ((await this.#usage()) - before) / answers;
  }

  async #usage() {
    this.#server.send('usage');
    const [{ user, system }] = await once(this.#server, 'message');
    return user + system;
  }

  close() {
    for (const connection of this.#connections) connection.close();
  }
}
