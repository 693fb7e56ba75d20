// An HTTP server on this machine that answers as a test says, and tells what it was asked.

import { once } from 'node:events';
import { createServer } from 'node:http';

/** `answer(request)` gives `{ status, headers, body }`, of which the body alone is needed. */
export async function rawServer(t, answer) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const { method, url, rawHeaders } = request;
    const asks = { method, url, rawHeaders, body: Buffer.concat(parts).toString() };
    asked.push(asks);
    const { status = 200, headers = {}, body } = answer(asks);
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}
