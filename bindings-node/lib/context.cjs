'use strict';
// The asynchronous contexts in which functions of users run: what their AsyncLocalStorage holds, such as a
// tenant, a trace or a database session, comes from there.

// Not by require alone: where esbuild makes ES modules, it only throws.
const { AsyncResource } = process.getBuiltinModule?.('node:async_hooks') ?? require('node:async_hooks');

/** Keeps the context in which it is made, for functions to run in. */
class Context extends AsyncResource {
  constructor() {
    super('GRANTMINT');
  }

  run(f) {
    return this.runInAsyncScope(f);
  }

  /** What looks for open handles, such as Jest, asks this: a context keeps no process alive. */
  hasRef() {
    return false;
  }
}

const loading = new Context();

/** Runs a function in the context in which the package was loaded. What it makes there outlives a call, and would
 * otherwise keep alive whatever the caller's AsyncLocalStorage holds. */
const outside = (f) => loading.run(f);

module.exports = { Context, outside };
