'use strict';
// A clock that only moves when a test tells it to.

const native = require('./native.cjs');
const { call } = require('./errors.cjs');
const { instance, number } = require('./options.cjs');
const { showAs } = require('./show.cjs');

let nativeOf;

class ManualClock {
  #native;

  constructor(wall) {
    number(wall, 'wall');
    this.#native = call(() => native.ManualClock.at(wall));
  }

  static {
    nativeOf = (clock) => clock.#native;
  }

  advance(seconds) {
    number(seconds, 'seconds');
    call(() => this.#native.advance(seconds));
  }

  suspend(seconds) {
    number(seconds, 'seconds');
    call(() => this.#native.suspend(seconds));
  }

  jumpWall(seconds) {
    number(seconds, 'seconds');
    call(() => this.#native.jumpWall(seconds));
  }

  now() {
    return { boot: this.#native.boot, wall: this.#native.wall };
  }
}

showAs(ManualClock, (clock) => clock.now());

module.exports = { ManualClock, manualClock: instance(ManualClock, nativeOf) };
