// Starts a web server on a free port, asks it once, and stops it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the server answers to a path, or what it printed if it does not answer. */
export async function served(file, options, path) {
  const port = await freePort();
  const env = { ...process.env, PORT: `${port}`, HOSTNAME: '127.0.0.1', NEXT_TELEMETRY_DISABLED: '1' };
  const child = spawn(file, options, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (said += text));
  const answer = await asked(`http://127.0.0.1:${port}${path}`, child);
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  return answer === 'minted' ? answer : `${answer}\n${said}`;
}

async function asked(url, child) {
  for (let turn = 0; turn < 150 && child.exitCode === null; turn += 1) {
    try {
      return await (await fetch(url)).text();
    } catch {
      await sleep(100); // It does not listen yet.
    }
  }
  return 'no answer';
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
