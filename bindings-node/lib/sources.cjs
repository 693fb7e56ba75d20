'use strict';
// Runs the sources of grants that users wrote, in the environment of their minter.

const { call, codeOf } = require('./errors.cjs');
const { json, number } = require('./options.cjs');
const { onJob, open } = require('./port.cjs');

/** The functions, by the number that the native half knows. Each is kept by its minter, not by this:
 * it may refer to the minter, which would then never be collected. */
const sources = new Map();
const gone = new FinalizationRegistry((id) => sources.delete(id));
let numbers = 0;

/** A function that fetches, and the calls that wait for it. */
class Source {
  /** In the order in which they came. */
  callers = new Set();

  constructor(fetch) {
    this.fetch = fetch;
    this.id = ++numbers;
    sources.set(this.id, new WeakRef(this));
    gone.register(this, this.id);
    open();
  }
}

/** What a source returned, checked. */
function answerOf(answer) {
  if (typeof answer !== 'object' || answer === null)
    throw new TypeError('a source must return { grant, ttl }');
  const grant = json(answer.grant, 'grant');
  const ttl = answer.ttl ?? undefined;
  if (ttl !== undefined) number(ttl, 'ttl');
  return { grant, ttl };
}

const isTime = (ms) => typeof ms === 'number' && ms >= 0;

/** What others learn of what was thrown: its class, and whether it asks to be left alone. Reading it may
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

/**
 * Runs a function that fetches. `caller`, if there is one, is shown what it threw; that is noted before
 * anybody is told.
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

/** A job from the native half: nobody waits for a refresh; else the first who waits leads. */
onJob((job) => {
  const source = sources.get(job.source)?.deref();
  if (!source) return job.abandon();
  const { streamer, isRefresh } = job;
  const leads = (caller) => caller.streamer.toLowerCase() === streamer.toLowerCase();
  const caller = isRefresh ? undefined : [...source.callers].find(leads);
  void run(source.fetch, streamer, job, caller, job);
});

/** Shows whoever ran the source that failed what it threw. */
function withCause(error, caller) {
  if (!Object.hasOwn(caller, 'cause') || error.code !== codeOf('source_failed')) return error;
  const { message, code, retryAfterMs } = error;
  return new error.constructor(message, { code, retryAfterMs, cause: caller.cause });
}

module.exports = { Source, run, withCause };
