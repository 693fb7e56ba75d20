'use strict';
// One of two workers that share a cache by its name. Stays alive: the grant lives while anybody uses it.

const { parentPort } = require('node:worker_threads');
const { ApiKey, PlaybackMinter } = require('grantmint');

const key = new ApiKey(
  'ACde300000000000000000000000000000',
  'SKde300000000000000000000000000000',
  'not-a-secret-emulator-demo-key-0',
);
const minter = new PlaybackMinter(key, {
  share: 'conformance',
  source: async () => {
    parentPort.postMessage('asked');
    return { grant: {} };
  },
});
minter.token('VJ00000000000000000000000000000001', 'alice').then(({ jwt }) => parentPort.postMessage(jwt));
setInterval(() => minter, 1000);
