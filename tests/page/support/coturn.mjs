// A coturn server on this machine, for a test.

import { spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** Whether there is a server to start. */
export const hasCoturn = spawnSync('turnserver', ['--version']).error === undefined;
const START_MS = 20_000;
/** A STUN request for one's own address (RFC 8489). */
const BINDING = Buffer.concat([Buffer.from('000100002112a442', 'hex'), Buffer.from('a dozen byte')]);

/** Starts one that ends with the test; the URL at which it relays. */
export async function startCoturn(test, secret) {
  const port = await freePort();
  const server = spawn(
    'turnserver',
    [
      ['-n', '--no-cli', '--no-tls', '--no-dtls', '--realm=grantmint', '--use-auth-secret'],
      ['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', '--allow-loopback-peers'],
      [`--listening-port=${port}`, `--static-auth-secret=${secret}`],
      ['--no-stdout-log', '--log-file=/dev/null', '--pidfile=/dev/null'],
    ].flat(),
    { stdio: 'ignore' },
  );
  test.after(async () => {
    const gone = once(server, 'exit');
    server.kill('SIGKILL');
    await gone;
  });
  const until = Date.now() + START_MS;
  while (!(await answers(port))) {
    if (Date.now() > until) throw new Error('turnserver does not come up');
  }
  return `turn:127.0.0.1:${port}?transport=udp`;
}

async function freePort() {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}

/** Whether it answers within a moment. */
async function answers(port) {
  const socket = createSocket('udp4').on('error', () => {});
  const answer = once(socket, 'message').then(() => true);
  socket.send(BINDING, port, '127.0.0.1');
  const late = new Promise((told) => setTimeout(told, 100, false));
  const is = await Promise.race([answer, late]);
  socket.close();
  return is;
}
