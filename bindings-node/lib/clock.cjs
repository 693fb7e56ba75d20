'use strict';
// A clock that only moves when a test tells it to.

const native = require('./native.cjs');
const { instance } = require('./checks.cjs');
const { call } = require('./errors.cjs');
const { seconds: span, step, wallTime } = require('./numbers.cjs');
const { showAs } = require('./show.cjs');

let nativeOf;

class ManualClock {
  #native;

  constructor(wall) {
    wallTime(wall, 'wall');
    this.#native = call(() => native.ManualClock.at(wall));
  }

  static {
    nativeOf = (clock) => clock.#native;
  }

  advance(seconds) {
    span(seconds, 'seconds');
    call(() => this.#native.advance(seconds));
  }

  suspend(seconds) {
    span(seconds, 'seconds');
    call(() => this.#native.suspend(seconds));
  }

  jumpWall(seconds) {
    step(seconds, 'seconds');
    call(() => this.#native.jumpWall(seconds));
  }

  now() {
    return { boot: this.#native.boot, wall: this.#native.wall };
  }
}

showAs(ManualClock, (clock) => clock.now());

module.exports = {
  ManualClock,
  manualClock: instance(ManualClock, nativeOf, 'write new ManualClock(1_700_000_000)'),
};
