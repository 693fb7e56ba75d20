// A worker of the example's pool whose answers are always the same: what its own worker is measured beside.

import { parentPort } from 'node:worker_threads';

const answers = JSON.parse(process.env.ANSWERS);

parentPort.on('message', ({ number, url }) => {
  parentPort.postMessage({ number, answer: { status: 200, body: answers[Number(url.slice(1))] } });
});
parentPort.postMessage({ isReady: true });
