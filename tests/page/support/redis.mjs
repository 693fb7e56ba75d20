// A server of Redis with a password, for a test.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether there is a server to start. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const START_MS = 20_000;

/** Starts one that ends with the test, or the tests of a file, that `after` belongs to. */
export async function startRedis(test, password) {
  const folder = mkdtempSync(join(tmpdir(), 'grantmint-page-redis-'));
  const port = await freePort();
  const words = [
    '--port',
    port,
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--dir',
    folder,
    '--requirepass',
    password,
  ];
  const server = spawn('redis-server', words, { stdio: 'ignore' });
  const stop = async (signal) => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill(signal);
      await once(server, 'exit');
    }
  };
  test.after(async () => {
    await stop('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  const until = Date.now() + START_MS;
  while (!(await answers(port))) {
    if (Date.now() > until) throw new Error('redis-server does not come up');
    await new Promise((wake) => setTimeout(wake, 20));
  }
  return { port, stop };
}

function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

function answers(port) {
  return new Promise((told) => {
    const socket = connect(port, '127.0.0.1', () => socket.end('PING\r\n'));
    socket.on('data', () => told(true)).on('error', () => told(false));
  });
}
