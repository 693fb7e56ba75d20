// Tells calls that wait for a grant that their client has left.

const LEFT = new Error('the client has left');
const signals = new WeakMap();

/**
 * The signal that aborts when a client closes its connection. All requests of a connection share it: most
 * tokens need no wait, and a signal of its own for each costs more than the token.
 */
export function goneSignal(socket) {
  let signal = signals.get(socket);
  if (signal === undefined) {
    const gone = new AbortController();
    socket.once('close', () => gone.abort(LEFT));
    signals.set(socket, (signal = gone.signal));
  }
  return signal;
}
