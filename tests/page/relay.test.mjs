// Two peers in Chromium that reach each other through a real coturn server alone, with what IceServers hands out; with a
// credential that has expired, or is another server's, they do not.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { launch, tab } from './support/browser.mjs';
import { hasCoturn, startCoturn } from './support/coturn.mjs';

const { ApiKey, IceServers, ManualClock } = createRequire(join(process.env.GRANTMINT_NODE, 'package.json'))(
  'grantmint',
);

const SECRET = 'north-of-the-wall';
const KEY = ['ACde300000000000000000000000000000', 'SKde300000000000000000000000000000'];
const skip = hasCoturn ? false : 'turnserver is not installed';
/** Chromium otherwise leaves this machine's own address out. */
const args = ['--allow-loopback-in-peer-connection'];

/** Connects two peers by relays alone: what arrived, and by which candidates; else how they were refused. */
async function connect(iceServers) {
  const peers = [1, 2].map(() => new RTCPeerConnection({ iceServers, iceTransportPolicy: 'relay' }));
  const [one, other] = peers;
  const refused = [];
  const gathered = peers.map(
    (peer, index) =>
      new Promise((done) => {
        peer.onicecandidateerror = ({ errorCode }) => refused.push(errorCode);
        peer.onicecandidate = ({ candidate }) =>
          candidate === null ? done() : peers[1 - index].addIceCandidate(candidate);
      }),
  );
  const heard = new Promise((told) => {
    other.ondatachannel = ({ channel }) => (channel.onmessage = ({ data }) => told(data));
  });
  const channel = one.createDataChannel('words');
  channel.onopen = () => channel.send('hello');
  await one.setLocalDescription();
  await other.setRemoteDescription(one.localDescription);
  await other.setLocalDescription();
  await one.setRemoteDescription(other.localDescription);
  await Promise.race([heard, Promise.all(gathered)]);
  if (refused.length > 0) return { refused: [...new Set(refused)], state: one.connectionState };
  const word = await heard;
  const stats = [...(await one.getStats()).values()];
  const pair = stats.find(({ type, nominated }) => type === 'candidate-pair' && nominated);
  const types = [pair.localCandidateId, pair.remoteCandidateId].map(
    (id) => stats.find((one) => one.id === id).candidateType,
  );
  peers.forEach((peer) => peer.close());
  return { word, types };
}

/** The emulator as Twilio and Cloudflare, whose credentials are for the server at a URL. */
async function services(t, url) {
  const words = ['--listen', '127.0.0.1:0', '--turn-secret', SECRET, '--turn-url', url];
  const child = spawn(process.env.GRANTMINT_EMULATOR, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  const [line] = await once(createInterface(child.stdout), 'line');
  return line.trim().split(' ').pop();
}

test(
  'two peers meet by relays alone, and a bad credential keeps them apart',
  { skip, timeout: 120_000 },
  async (t) => {
    const url = await startCoturn(t, SECRET);
    const baseUrl = await services(t, url);
    const browser = await launch({ args });
    t.after(() => browser.close());
    const page = await tab(browser);
    await page.goto(`${baseUrl}/`).catch(() => {});

    const key = new ApiKey(...KEY, 'not-a-secret-emulator-demo-key-0');
    const turnKey = `${'0'.repeat(31)}1`;
    for (const servers of [
      IceServers.coturn(SECRET, [url]),
      IceServers.twilio(key, { baseUrl }),
      IceServers.cloudflare(turnKey, 'not-a-secret-emulator-turn-token', { baseUrl }),
    ]) {
      const { iceServers } = await servers.get('alice');
      const relays = iceServers.filter(({ username }) => username !== undefined);
      assert.deepEqual(await page.evaluate(connect, relays), { word: 'hello', types: ['relay', 'relay'] });
    }

    const clock = new ManualClock(Math.floor(Date.now() / 1000) - 3600);
    for (const bad of [
      IceServers.coturn(SECRET, [url], { ttl: 60, clock }), // It has expired.
      IceServers.coturn('another secret', [url]),
    ]) {
      const { iceServers } = await bad.get('alice');
      const { refused, state } = await page.evaluate(connect, iceServers);
      assert.deepEqual(refused, [401]);
      assert.notEqual(state, 'connected');
    }
  },
);
