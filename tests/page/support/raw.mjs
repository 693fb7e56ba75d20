// HTTP by hand over a raw socket: what no browser would send.

import { connect } from 'node:net';

const WAIT_MS = 15_000;

/** Sends bytes, and gives all that comes back until the server closes or `until` is met. */
export async function talk(port, text, { until = () => false, host = '127.0.0.1', waitMs = WAIT_MS } = {}) {
  const socket = connect(port, host);
  let got = '';
  let isClosed = false;
  const done = new Promise((wake) => {
    socket.on('data', (data) => {
      got += data.toString('latin1');
      if (until(got)) wake();
    });
    for (const event of ['end', 'close', 'error']) socket.on(event, () => [(isClosed = true), wake()]);
    setTimeout(wake, waitMs).unref();
  });
  socket.write(text);
  await done;
  socket.destroy();
  return { got, isClosed };
}

/** Whether a whole answer has come. */
export function isWhole(text) {
  const end = text.indexOf('\r\n\r\n');
  const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, end))?.[1] ?? 0);
  return end > 0 && text.length >= end + 4 + length;
}

export function parse(text) {
  const [head, ...rest] = text.split('\r\n\r\n');
  const [line, ...fields] = head.split('\r\n');
  const headers = Object.fromEntries(
    fields.map((field) => [field.split(':')[0].toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]),
  );
  return { status: Number(line.split(' ')[1]), headers, body: rest.join('\r\n\r\n') };
}

/** The head and body of a call of the page, as the page itself makes it, but for `change`. */
export function call(page, path, { key, body = '{}', change = {}, method = 'POST' } = {}) {
  const headers = {
    Host: `127.0.0.1:${page.port}`,
    Origin: page.origin,
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(body),
    ...(key ? { Authorization: `Bearer ${key}` } : {}),
    ...change,
  };
  const fields = Object.entries(headers)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n${body}`;
}

/** One request over a connection of its own. */
export async function ask(page, path, options = {}) {
  const { got, isClosed } = await talk(page.port, call(page, path, options), { until: isWhole });
  return { ...parse(got), isClosed };
}

export function get(page, path, change = {}) {
  return ask(page, path, {
    method: 'GET',
    body: '',
    change: { Origin: null, 'Content-Type': null, 'Content-Length': null, ...change },
  });
}

/** Uses the page's link, and gives the session's key. */
export async function open(page, link = page.link) {
  const { status, body } = await ask(page, '/api/session', { body: JSON.stringify({ code: link.code }) });
  return { status, key: JSON.parse(body).key, error: JSON.parse(body).error };
}
