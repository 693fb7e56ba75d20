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
    const context = new Context();
    crowd.contexts.add(context);
    return {
      take: (job) => crowd.take(job),
      leave: () => {
        crowd.contexts.delete(context);
        if (crowd.contexts.size === 0) this.#crowds.delete(streamer.toLowerCase());
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
  /** Those in which they began, in their order. */
  contexts = new Set();
  /** What jobs threw, by their numbers. */
  thrown = new Map();

  /** What a job threw, for one call that it ended: `{ cause }`, once. */
  take(job) {
    if (!this.thrown.has(job)) return {};
    const cause = this.thrown.get(job);
    this.thrown.delete(job);
    return { cause };
  }
}

/** Runs a job of the native half, in the context of the first call that waits. If none does, as mostly for a
 * refresh, that is the minter's: calls that have their grant left before. */
onJob((job) => {
  const source = sources.get(job.source)?.deref();
  if (!source) return job.abandon();
  const { number, streamer } = job;
  const [context] = source.crowdOf(streamer)?.contexts ?? [source.context];
  const caller = callerOf(source, streamer, number);
  context.run(() => void run(source.fetch, streamer, job, caller, job));
});

/** Where a job leaves what it threw for those that wait by then. */
const callerOf = (source, streamer, job) => ({
  set cause(cause) {
    source.crowdOf(streamer)?.thrown.set(job, cause);
  },
});

module.exports = { Source };
