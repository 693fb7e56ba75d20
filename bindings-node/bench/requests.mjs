// How many requests a server answers: over a few connections, on each of them one after the other.

import { once } from 'node:events';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

const CONNECTIONS = 16;

/** The connections to ask one path of a server over. */
export async function connections(url, path) {
  const { hostname, port } = new URL(url);
  const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`);
  const sockets = Array.from({ length: CONNECTIONS }, () => connect(Number(port), hostname).setNoDelay());
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return sockets.map((socket) => new Connection(socket, request));
}

/** How many answers come while all connections ask for some milliseconds. */
export async function answersIn(all, ms) {
  const end = performance.now() + ms;
  const counts = await Promise.all(all.map((connection) => connection.askUntil(end)));
  return counts.reduce((sum, count) => sum + count);
}

class Connection {
  #socket;
  #request;

  constructor(socket, request) {
    this.#socket = socket;
    this.#request = request;
  }

  /** Asks again and again; resolves with how many answers have come. */
  askUntil(end) {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      let answers = 0;
      let missing = 0;
      const onData = (data) => {
        if (missing === 0) missing = lengthOf(data);
        missing -= data.length;
        if (missing > 0) return;
        answers += 1;
        if (performance.now() < end) return socket.write(this.#request);
        socket.off('data', onData).off('close', reject).off('error', reject);
        resolve(answers);
      };
      socket.on('data', onData).once('close', reject).once('error', reject);
      socket.write(this.#request);
    });
  }

  close() {
    this.#socket.destroy();
  }
}

/** How many bytes an answer has, head and body, from its first piece, which has the whole head. */
function lengthOf(piece) {
  const head = piece.toString('latin1', 0, piece.indexOf('\r\n\r\n') + 4);
  const [, length] = /^content-length: (\d+)\r$/im.exec(head) ?? [];
  if (!head.startsWith('HTTP/1.1 200') || length === undefined) throw new Error(`answered ${head}`);
  return head.length + Number(length);
}
