// How the servers here end.

/**
 * Watches a server, and returns what ends it: it accepts nobody any more, answers who is waiting, for ten
 * seconds at most, and leaves. Node alone would wait for the connections that clients keep open.
 */
export function ending(server) {
  let answering = 0;
  const answered = () => (answering -= 1);
  server.on('request', (_request, response) => {
    answering += 1;
    response.on('close', answered);
  });
  return (close) => {
    close();
    const leave = () => server.closeAllConnections();
    setInterval(() => answering === 0 && leave(), 100).unref();
    setTimeout(leave, 10_000).unref();
  };
}
