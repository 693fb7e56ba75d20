// A real server of Redis, started on this machine and stopped with the test.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether the program is here. `make test-node` installs it, or lists what was not tried. */
export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

const PASSWORD = 'p@ss%:w/rd';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** A server with a password, on a free port. */
export class Redis {
  #folder = mkdtempSync(join(tmpdir(), 'grantmint-redis-'));
  #child;

  static async start(t) {
    const redis = new Redis();
    redis.port = await freePort();
    // Only what would end the password earlier has to be written otherwise in a URL.
    redis.url = `redis://:p@ss%25:w%2Frd@127.0.0.1:${redis.port}`;
    t.after(async () => {
      await redis.kill();
      rmSync(redis.#folder, { recursive: true });
    });
    await redis.come();
    return redis;
  }

  /** Starts it, empty, on the same port. */
  async come() {
    const options = {
      port: this.port,
      bind: '127.0.0.1',
      save: '',
      requirepass: PASSWORD,
      dir: this.#folder,
    };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#child = spawn('redis-server', words, { stdio: 'ignore' });
    for (const end = Date.now() + 20_000; !(await this.#answers()); await sleep(10)) assert(Date.now() < end);
  }

  /** Stops it as a crash does. */
  async kill() {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  async #answers() {
    const socket = connect(this.port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      socket.write('PING\r\n');
      const [answer] = await once(socket, 'data');
      return /^(\+PONG|-NOAUTH)/.test(answer.toString());
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}
