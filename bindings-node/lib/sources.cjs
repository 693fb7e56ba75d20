'use strict';
// The sources of playback minters: functions of users, each run in the environment of its minter.

const { run } = require('./fetch.cjs');
const { onJob, open } = require('./port.cjs');

/** The sources, by the number that the native half knows. Only a source's minter keeps it alive: the
 * function may refer to the minter, which could then never be collected. */
const sources = new Map();
const gone = new FinalizationRegistry((id) => sources.delete(id));
let numbers = 0;

/** A function that fetches, and what it threw for the calls that wait. */
class Source {
  /** What jobs threw, by their numbers, as long as somebody waits. */
  #thrown = new Map();
  #waiting = 0;

  constructor(fetch) {
    this.fetch = fetch;
    this.id = ++numbers;
    sources.set(this.id, new WeakRef(this));
    gone.register(this, this.id);
    open();
  }

  enter() {
    this.#waiting += 1;
  }

  leave() {
    this.#waiting -= 1;
    if (this.#waiting === 0) this.#thrown.clear();
  }

  /** Where a job leaves what it threw. */
  callerOf(job) {
    const keep = (cause) => {
      if (this.#waiting > 0) this.#thrown.set(job, cause);
    };
    return {
      set cause(cause) {
        keep(cause);
      },
    };
  }

  /** What a job threw, for one call that it ended: `{ cause }`, once. */
  take(job) {
    if (!this.#thrown.has(job)) return {};
    const cause = this.#thrown.get(job);
    this.#thrown.delete(job);
    return { cause };
  }
}

/** Runs a job of the native half. Nobody waits for a refresh. */
onJob((job) => {
  const source = sources.get(job.source)?.deref();
  if (!source) return job.abandon();
  const caller = job.isRefresh ? undefined : source.callerOf(job.number);
  void run(source.fetch, job.streamer, job, caller, job);
});

module.exports = { Source };
