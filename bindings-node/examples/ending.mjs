// How the servers here end.

/**
 * Watches a server, and returns what ends it: it accepts nobody any more, answers who is waiting, for ten
 * seconds at most, and leaves. Node alone would wait for the connections that clients keep open.
 */
export function ending(server) {
  // The last response of each connection. Looking at it at the end costs less than listening to every response.
  const responses = new Map();
  server.on('connection', (socket) => socket.once('close', () => responses.delete(socket)));
  server.on('request', ({ socket }, response) => responses.set(socket, response));
  const isAnswering = () => [...responses.values()].some((response) => !response.closed);
  return (close) => {
    close();
    const leave = () => server.closeAllConnections();
    setInterval(() => isAnswering() || leave(), 100).unref();
    setTimeout(leave, 10_000).unref();
  };
}
