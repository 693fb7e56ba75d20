// Runs `grantmint page` for a test, and ends it with the test.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export const PROGRAM = resolve(process.env.GRANTMINT ?? '../../target/debug/grantmint');
const LINK = /http:\/\/127\.0\.0\.1:(\d+)\/#k=([\w-]{22})/g;
const START_MS = 10_000;
/** Nothing of the user's own decides what is tested. */
const CLEAN = { PATH: process.env.PATH, HOME: '/nonexistent', XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR };

/** A page that runs. Without a terminal it has one link; with `terminal`, `enter()` makes another. */
export class Page {
  #child;
  said = '';

  /** Ends with the test, or the tests of a file, that `after` belongs to. */
  static async start(test, { program = [PROGRAM], args = ['--demo'], env = {}, terminal = false } = {}) {
    const page = new Page();
    const line = [...program, 'page', '--no-open', ...args];
    const [first, ...rest] = terminal
      ? ['script', '--quiet', '--return', '--command', line.join(' '), '/dev/null']
      : line;
    page.#child = spawn(first, rest, { env: { ...CLEAN, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    test.after(() => page.#end());
    for (const stream of [page.#child.stdout, page.#child.stderr])
      stream.on('data', (data) => (page.said += data));
    await page.hears(LINK);
    return page;
  }

  get pid() {
    return this.#child.pid;
  }

  get links() {
    return [...this.said.matchAll(LINK)].map(([url, port, code]) => ({ url, port: Number(port), code }));
  }

  get link() {
    return this.links.at(-1);
  }

  get port() {
    return this.link.port;
  }

  get origin() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Waits until the terminal has said this. */
  async hears(pattern) {
    const until = Date.now() + START_MS;
    while (!new RegExp(pattern).test(this.said)) {
      if (Date.now() > until || this.#child.exitCode !== null)
        throw new Error(`the page did not say ${pattern}: ${this.said}`);
      await new Promise((wake) => setTimeout(wake, 20));
    }
  }

  /** Presses Enter, and waits for the new link. */
  async enter() {
    const before = this.links.length;
    this.#child.stdin.write('\n');
    while (this.links.length === before) await new Promise((wake) => setTimeout(wake, 20));
    return this.link;
  }

  kill(signal = 'SIGTERM') {
    this.#child.kill(signal);
  }

  async #end() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'exit');
  }
}
