'use strict';
// Everything that this environment (the main thread or a worker) waits for. The library's threads leave
// what they have in the native port and wake it; nobody is called from elsewhere.

const native = require('./native.cjs');
const { fromNative } = require('./errors.cjs');

let port;
let lead = () => {};
let numbers = 0;
/** Who waits, by number. The environment is kept alive while there is anybody. */
const waiting = new Map();

/** The port, made when it is first needed: whoever only mints rooms has none. */
function open() {
  port ??= native.Port.open(deliver);
  return port;
}

/** Has jobs handed to a function. */
function onJob(take) {
  lead = take;
}

/** Hands out what came. */
function deliver() {
  for (const news of port.take()) {
    const receive = waiting.get(news.number);
    if (receive) receive(news);
    else news.ticket?.abandon(); // Its call was taken back meanwhile: let another fetch.
  }
  for (let job = port.nextJob(); job; job = port.nextJob()) lead(job);
}

/** A number under which something will be delivered. */
function enter(receive) {
  const number = ++numbers;
  waiting.set(number, receive);
  if (waiting.size === 1) port.keepAlive(true);
  return number;
}

function leave(number) {
  if (waiting.delete(number) && waiting.size === 0) port.keepAlive(false);
}

/** What to do on an abort. One listener for all calls with the same signal: Node warns of more than ten
 * as of a leak. */
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
    // A signal that is none must not cost others their news.
  }
}

/**
 * One promise for one call: begun by `begin(port, number, look)`, settled by `settle(news, resolve,
 * reject)`, which gives false if that was not all. `look` delivers no news: it has the call settled by
 * what it finds. An abort rejects this promise and nothing else.
 */
function wait({ begin, settle, signal, cancel, done }) {
  return new Promise((resolve, reject) => {
    open();
    const end = () => {
      leave(number);
      if (signal) unwatch(signal, abort);
      done?.();
    };
    const abort = () => {
      end();
      cancel(port, number);
      reject(signal.reason);
    };
    const receive = (news) => {
      try {
        if (settle(news, resolve, reject) === false) return;
      } catch (error) {
        reject(error);
      }
      end();
    };
    const number = enter(receive);
    try {
      if (signal) watch(signal, abort);
      begin(port, number, () => receive({ number }));
    } catch (error) {
      end();
      reject(error);
      return;
    }
    // What came at once, such as a stored error, need not wait to be woken for.
    deliver();
  });
}

/** The error in a delivery, if there is one. */
const reasonOf = ({ code, message }) => (code == null ? undefined : fromNative(code, message));

module.exports = { onJob, open, reasonOf, wait };
