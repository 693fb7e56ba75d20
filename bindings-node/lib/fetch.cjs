'use strict';
// Runs a function that fetches a grant, and reports how the fetch ended.

const { call, codeOf } = require('./errors.cjs');
const { json, number } = require('./options.cjs');

/**
 * Runs a user's function once. `end` is told the outcome by its `complete`, `throttle` or `fail`. If there
 * is a `caller`, what the function threw is stored in `caller.cause` before `end` is told.
 */
async function run(fetch, what, request, caller, end) {
  let answer;
  try {
    const signal = AbortSignal.timeout(Math.ceil(request.timeoutMs));
    answer = answerOf(await fetch(what, { ttl: request.ttl, origin: request.origin ?? undefined, signal }));
    call(() => end.complete(answer.grant, answer.ttl));
  } catch (error) {
    if (caller) caller.cause = error;
    const { name, isThrottled, retryAfterMs } = described(error);
    if (isThrottled) end.throttle(retryAfterMs);
    else end.fail(name);
  }
}

/** Runs the fetch of a cache's native ticket: waits until the request may be sent, then ends the ticket. */
async function runTicket(ticket, fetch, caller) {
  for (;;) {
    let started;
    try {
      started = ticket.start();
    } catch {
      return; // The request may not be sent. Core tells the waiters.
    }
    if (started.go) {
      const request = { ttl: ticket.ttl, timeoutMs: started.ms };
      return run(fetch, ticket.key, request, caller, endOf(ticket));
    }
    await new Promise((resolve) => {
      setTimeout(resolve, started.ms).unref?.();
    });
  }
}

/** How the outcome of a user's function ends a ticket. */
function endOf(ticket) {
  const fail = (kind, message, retryAfterMs) => ticket.fail(kind, message, retryAfterMs);
  return {
    complete: (grant, ttl) => ticket.complete(grant, ttl),
    throttle: (retryAfterMs) => fail('throttled', 'the source of grants is throttled', retryAfterMs),
    fail: (name) => fail('source_failed', `the source of grants threw ${name}`),
  };
}

/** What the function returned, checked. */
function answerOf(answer) {
  if (typeof answer !== 'object' || answer === null)
    throw new TypeError('a source must return { grant, ttl }');
  const grant = json(answer.grant, 'grant');
  const ttl = answer.ttl ?? undefined;
  if (ttl !== undefined) number(ttl, 'ttl');
  return { grant, ttl };
}

const isTime = (ms) => typeof ms === 'number' && ms >= 0;

/** What other callers learn of an error: its class, and whether it is a throttle. Reading the error may
 * throw as well. */
function described(error) {
  try {
    const name = error?.constructor?.name;
    return {
      name: typeof name === 'string' && /^[\w$]{1,64}$/.test(name) ? name : typeof error,
      isThrottled: error?.code === codeOf('throttled'),
      retryAfterMs: isTime(error?.retryAfterMs) ? error.retryAfterMs : undefined,
    };
  } catch {
    return { name: typeof error, isThrottled: false };
  }
}

/** The error of a call with what the function threw as its cause, if this call was the one that ran it. */
function withCause(error, caller) {
  if (!Object.hasOwn(caller, 'cause') || error.code !== codeOf('source_failed')) return error;
  const { message, code, retryAfterMs } = error;
  return new error.constructor(message, { code, retryAfterMs, cause: caller.cause });
}

module.exports = { run, runTicket, withCause };
