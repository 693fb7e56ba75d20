'use strict';
// Listens for aborts, with one listener for all calls that have the same signal. Node warns of a leak when
// a signal has more than ten.

/** What to do on the abort of each signal. */
const aborts = new WeakMap();

function watch(signal, abort) {
  let calls = aborts.get(signal);
  if (calls === undefined) {
    calls = { all: new Set(), listener: () => [...calls.all].forEach((each) => each()) };
    aborts.set(signal, calls);
  }
  calls.all.add(abort);
  if (calls.all.size === 1) signal.addEventListener('abort', calls.listener);
}

function unwatch(signal, abort) {
  const calls = aborts.get(signal);
  if (!calls?.all.delete(abort) || calls.all.size > 0) return;
  try {
    signal.removeEventListener('abort', calls.listener);
  } catch {
    // The signal is the user's object. If it throws, the other calls still get their answers.
  }
}

module.exports = { unwatch, watch };
