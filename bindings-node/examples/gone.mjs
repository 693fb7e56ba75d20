// Tells calls that wait for a grant that their client has left.

const LEFT = new Error('the client has left');
const SIGNAL = Symbol('aborts when the connection closes');

/**
 * The signal that aborts when a client closes its connection. All requests of a connection share it: most calls
 * need not wait, and a signal for each would cost more than their tokens.
 */
export function goneSignal(socket) {
  return (socket[SIGNAL] ??= signalOf(socket));
}

function signalOf(socket) {
  const gone = new AbortController();
  socket.once('close', () => gone.abort(LEFT));
  return gone.signal;
}
