'use strict';
// Runs a function that fetches a grant, and reports how the fetch ended.

const { came } = require('./came.cjs');
const { json, writeForJson } = require('./checks.cjs');
const { outside } = require('./context.cjs');
const { InvalidArgumentError, call, codeOf } = require('./errors.cjs');
const native = require('./native.cjs');
const { answerTtl } = require('./numbers.cjs');
const { isPlain } = require('./option-names.cjs');

/**
 * Runs a user's function once. `end` is told the outcome by its `complete`, `throttle` or `fail`. If there
 * is a `caller`, an error that makes the fetch fail is stored in `caller.cause` before `end` is told.
 */
async function run(fetch, what, request, caller, end) {
  const failed = (cause, message) => {
    if (caller) caller.cause = cause;
    end.fail(`the source of grants ${message}`);
  };
  let answer;
  try {
    // Its timer may outlive the call.
    const signal = outside(() => AbortSignal.timeout(Math.ceil(request.timeoutMs)));
    answer = fieldsOf(await fetch(what, { ttl: request.ttl, origin: request.origin ?? undefined, signal }));
  } catch (error) {
    const { name, isThrottled, retryAfterMs } = described(error);
    return isThrottled ? end.throttle(retryAfterMs) : failed(error, `threw ${name}`);
  }
  if (typeof answer !== 'object') {
    const wrong = `must return { grant: …, ttl: 60 }, not ${answer}`;
    return failed(new TypeError(wrong), wrong);
  }
  try {
    for (const name of answer.names) call(() => native.answerField(name));
    const grant = json(answer.grant, 'grant');
    const ttl = answer.ttl == null ? undefined : answerTtl(answer.ttl, 'ttl');
    call(() => end.complete(grant, ttl));
  } catch (error) {
    // The message of an error that is not of this package may hold a secret.
    const why = error instanceof InvalidArgumentError ? error.message : described(error).name;
    failed(error, `must return { grant: …, ttl: 60 }: ${why}`);
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
    if (started.served) return; // Core tells the waiters.
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
    fail: (message) => fail('source_failed', message),
  };
}

/** The fields of an answer, each read once: reading them may throw. What has no fields, in words. */
function fieldsOf(answer) {
  const isObject = typeof answer === 'object' && answer !== null;
  if (isObject && (isPlain(answer) || 'grant' in answer)) {
    // The fields of a class are its own business.
    const names = isPlain(answer) ? Object.keys(answer) : [];
    return { grant: answer.grant, ttl: answer.ttl, names };
  }
  const advice = isObject ? writeForJson(answer) : undefined;
  return advice ? `${came(answer)}: ${advice}` : came(answer);
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

/** The error of a call with what the function threw as its cause, if it was thrown for this call's fetch. */
function withCause(error, caller) {
  if (!Object.hasOwn(caller, 'cause') || error.code !== codeOf('source_failed')) return error;
  const { message, code, retryAfterMs } = error;
  return new error.constructor(message, { code, retryAfterMs, cause: caller.cause });
}

module.exports = { run, runTicket, withCause };
