'use strict';
// The sources of playback minters: functions of users, each run in the environment of its minter.

const { run } = require('./fetch.cjs');
const { onJob, open } = require('./port.cjs');

/** The sources, by the number that the native half knows. Only a source's minter keeps it alive: the
 * function may refer to the minter, which could then never be collected. */
const sources = new Map();
const gone = new FinalizationRegistry((id) => sources.delete(id));
let numbers = 0;

/** A function that fetches, and the calls that wait for it. */
class Source {
  /** In the order in which they began. */
  callers = new Set();

  constructor(fetch) {
    this.fetch = fetch;
    this.id = ++numbers;
    sources.set(this.id, new WeakRef(this));
    gone.register(this, this.id);
    open();
  }
}

/** Runs a job of the native half. Its caller is the first that waits for the stream; a refresh has none. */
onJob((job) => {
  const source = sources.get(job.source)?.deref();
  if (!source) return job.abandon();
  const { streamer, isRefresh } = job;
  const isOfStream = (caller) => caller.streamer.toLowerCase() === streamer.toLowerCase();
  const caller = isRefresh ? undefined : [...source.callers].find(isOfStream);
  void run(source.fetch, streamer, job, caller, job);
});

module.exports = { Source };
