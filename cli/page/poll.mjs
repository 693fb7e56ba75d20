// Asks again and again, as long as its view is there to see.

import { notice } from './dom.mjs';

const EVERY_MS = 250;
const HIDDEN_MS = 2000;
/** A server that is gone is not asked so often. */
const GONE_MS = 3000;

/** Polls while it runs; `ask` is called again after its answer. */
export class Poll {
  #ask;
  #timer;
  #round = 0;

  constructor(ask) {
    this.#ask = ask;
  }

  start() {
    this.stop();
    this.#go(++this.#round);
  }

  stop() {
    this.#round += 1;
    clearTimeout(this.#timer);
  }

  async #go(round) {
    let wait = document.hidden ? HIDDEN_MS : EVERY_MS;
    try {
      await this.#ask();
      notice('');
    } catch (problem) {
      notice(problem.message);
      if (problem.code === 'ended') return;
      wait = GONE_MS;
    }
    if (round === this.#round) this.#timer = setTimeout(() => this.#go(round), wait);
  }
}
