'use strict';
// The sources of playback minters: functions of users, each run in the environment of its minter, and in the
// context of a caller that waits for it.

const { Context } = require('./context.cjs');
const { run } = require('./fetch.cjs');
const { onJob, open } = require('./port.cjs');

/** The sources, by the number that the native half knows. Only a source's minter keeps it alive: the
 * function may refer to the minter, which could then never be collected. */
const sources = new Map();
const gone = new FinalizationRegistry((id) => sources.delete(id));
let numbers = 0;

/** A function that fetches, and the calls that wait. */
class Source {
  /** That in which the minter was made. */
  context = new Context();
  /** The calls, by stream. */
  #crowds = new Map();

  constructor(fetch) {
    this.fetch = fetch;
    this.id = ++numbers;
    sources.set(this.id, new WeakRef(this));
    gone.register(this, this.id);
    open();
  }

  /** A call for a stream, which waits from now until it leaves. */
  enter(streamer) {
    const crowd = this.crowdOf(streamer) ?? new Crowd();
    this.#crowds.set(streamer.toLowerCase(), crowd);
    const number = crowd.enter();
    return {
      take: (job) => crowd.take(job),
      leave: () => {
        crowd.leave(number);
        if (crowd.isEmpty) this.#crowds.delete(streamer.toLowerCase());
      },
    };
  }

  /** The calls that wait for a stream, if there are any. */
  crowdOf(streamer) {
    return this.#crowds.get(streamer.toLowerCase());
  }
}

/** Calls that wait for the same stream. */
class Crowd {
  #numbers = 0;
  /** Those in which they began, by their numbers and in their order. */
  #contexts = new Map();
  /** What jobs threw, by the jobs' numbers, and the last call that had begun by then. */
  #thrown = new Map();

  /** A call begins. Its number is higher than those of all before. */
  enter() {
    this.#contexts.set(++this.#numbers, new Context());
    return this.#numbers;
  }

  /** A call ends. What was thrown before any that still waits began, none will take. */
  leave(number) {
    this.#contexts.delete(number);
    const [oldest = Infinity] = this.#contexts.keys();
    for (const [job, { last }] of this.#thrown) {
      if (last >= oldest) break;
      this.#thrown.delete(job);
    }
  }

  get isEmpty() {
    return this.#contexts.size === 0;
  }

  /** The context of the call that has waited longest. */
  get context() {
    return this.#contexts.values().next().value;
  }

  /** Keeps what a job threw for the calls that wait by then. */
  keep(job, cause) {
    this.#thrown.set(job, { cause, last: this.#numbers });
  }

  /** What a job threw, for one call that it ended: `{ cause }`, once. */
  take(job) {
    const kept = this.#thrown.get(job);
    if (!kept) return {};
    this.#thrown.delete(job);
    return { cause: kept.cause };
  }
}

/** Runs a job of the native half, in the context of the first call that waits. If none does, as mostly for a
 * refresh, that is the minter's: calls that have their grant left before. */
onJob((job) => {
  const source = sources.get(job.source)?.deref();
  if (!source) return job.abandon();
  const timeoutMs = job.start();
  if (timeoutMs == null) return; // The request may not be sent. Core tells the waiters.
  const { number, streamer, ttl, origin } = job;
  const context = source.crowdOf(streamer)?.context ?? source.context;
  const caller = callerOf(source, streamer, number);
  context.run(() => void run(source.fetch, streamer, { ttl, origin, timeoutMs }, caller, job));
});

/** Where a job leaves what it threw for those that wait by then. */
const callerOf = (source, streamer, job) => ({
  set cause(cause) {
    source.crowdOf(streamer)?.keep(job, cause);
  },
});

module.exports = { Source };
