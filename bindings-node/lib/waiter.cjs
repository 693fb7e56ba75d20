'use strict';
// A waiter: one caller that waits for a fetch of the cache.

const { signal: abortSignal } = require('./checks.cjs');
const { outside } = require('./context.cjs');
const { disposeBy } = require('./dispose.cjs');
const { call } = require('./errors.cjs');
const { hitOf } = require('./hit.cjs');
const { onlyInternal } = require('./internal.cjs');
const { pick } = require('./options.cjs');
const { open, wait } = require('./port.cjs');
const { showAs } = require('./show.cjs');

/** How often a waiter looks at the clock: nothing wakes it when its timeout is over. */
const LOOK_EVERY_MS = 25;

class Waiter {
  #native;

  constructor(from, made) {
    onlyInternal(from, Waiter, 'GrantCache.begin()');
    this.#native = made;
  }

  tryResult() {
    return hitOf(call(() => this.#native.tryResult()));
  }

  fallback() {
    return hitOf(this.#native.fallback());
  }

  wait(options) {
    let signal;
    try {
      ({ signal } = pick(options, { signal: abortSignal }, 'wait()'));
    } catch (error) {
      return Promise.reject(error);
    }
    return waited(this.#native, signal);
  }

  close() {
    this.#native.close();
  }
}

/** The hit of a native waiter, once the fetch has an outcome or the waiter's timeout is over. */
function waited(waiter, signal) {
  if (signal?.aborted) {
    waiter.close();
    return Promise.reject(signal.reason);
  }
  let looking;
  return wait({
    signal,
    begin: (port, number, look) => {
      looking = look;
      lookRegularly(look);
      look();
    },
    settle: ({ number }, resolve) => {
      const hit = call(() => waiter.poll(open(), number));
      if (hit == null) return false;
      resolve(hitOf(hit));
      return true;
    },
    cancel: () => waiter.close(),
    done: () => stopLooking(looking),
  });
}

/** The waiters that look at the clock. One timer serves all of them. */
const looks = new Set();
let timer;

function lookRegularly(look) {
  looks.add(look);
  timer ??= outside(() => setInterval(lookAll, LOOK_EVERY_MS));
  // The port keeps the environment alive while a call waits.
  timer.unref?.();
}

function lookAll() {
  for (const each of [...looks]) each();
}

function stopLooking(look) {
  looks.delete(look);
  if (looks.size === 0) {
    clearInterval(timer);
    timer = undefined;
  }
}

disposeBy(Waiter, 'close');
showAs(Waiter, () => ({}));

module.exports = { Waiter };
