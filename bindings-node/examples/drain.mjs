// How the servers here end.

/** Ends connections, on a server that accepts no more of them, as soon as nothing is being answered on
 * them, and all of them in ten seconds. Left to itself, Node waits for those that clients keep open. */
export function drain(server) {
  setInterval(() => server.closeIdleConnections(), 100).unref();
  setTimeout(() => server.closeAllConnections(), 10_000).unref();
}
