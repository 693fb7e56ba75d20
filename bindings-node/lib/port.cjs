'use strict';
// The calls of this environment (the main thread or a worker) that wait. The library's threads leave their
// answers in the native port and wake the environment, which takes them out.

const native = require('./native.cjs');
const { unwatch, watch } = require('./aborts.cjs');
const { outside } = require('./context.cjs');
const { fromNative } = require('./errors.cjs');

let port;
let runJob = () => {};
let numbers = 0;
/** The calls that wait, by number. They keep the environment alive. */
const waiting = new Map();
/** What stands for the port where a tool, such as Jest, looks for open handles. */
const handle = { hasRef: () => waiting.size > 0 };

/** The port. It is made when it is first needed: Access Tokens without playback need none. */
function open() {
  port ??= outside(() => native.Port.open(handle, deliver));
  return port;
}

/** Sets the function that runs the jobs of the native half. */
function onJob(run) {
  runJob = run;
}

/** Takes out what came, and hands it to the calls that wait for it. */
function deliver() {
  for (const news of port.take()) {
    const receive = waiting.get(news.number);
    if (receive) receive(news);
    else news.ticket?.abandon(); // Its call was cancelled meanwhile: another caller fetches.
  }
  for (let job = port.nextJob(); job; job = port.nextJob()) runJob(job);
}

/** Enters a call, and gives the number under which its news will come. */
function enter(receive) {
  const number = ++numbers;
  waiting.set(number, receive);
  if (waiting.size === 1) port.keepAlive(true);
  return number;
}

function leave(number) {
  if (waiting.delete(number) && waiting.size === 0) port.keepAlive(false);
}

/**
 * The promise of one call. `begin(port, number, look)` begins the call. `settle(news, resolve, reject)` is
 * called with each piece of news, and returns false to wait for more. `look` calls `settle` without news. An
 * abort cancels this call alone.
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
    // An answer that is there at once, such as a cached error, needs no wake-up.
    deliver();
  });
}

/** The error in a delivery, if there is one. */
const reasonOf = ({ code, message }) => (code == null ? undefined : fromNative(code, message));

module.exports = { onJob, open, reasonOf, wait };
