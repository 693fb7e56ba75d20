// A browser whose every request is answered here.

import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { launch } from '../support/browser.mjs';
import * as pages from './pages.mjs';
import { room, voice } from './signalling.mjs';
import { judgedByVoice } from './voice.mjs';

const require = createRequire(import.meta.url);
const packages = join(dirname(require.resolve('playwright-core/package.json')), '..');
const ORIGIN = 'https://sdk.test';
const TYPES = { js: 'text/javascript', wasm: 'application/wasm' };

export class Browser {
  /** All requests: host and path. */
  asked = [];

  static async start(upstream) {
    return new Browser(await launch(), upstream);
  }

  constructor(browser, upstream) {
    this.browser = browser;
    this.upstream = upstream;
  }

  close() {
    return this.browser.close();
  }

  /** A page with an SDK of Twilio. `given` says what the servers know: the room, who plays, and how many seconds ahead their clocks are. */
  async page(sdk, given) {
    const context = await this.browser.newContext();
    const page = new SdkPage(this, await context.newPage(), given);
    await page.open(sdk);
    return page;
  }
}

class SdkPage {
  /** What the player's server or the room said of tokens. */
  judged = [];
  /** The tokens that Voice was shown. */
  listened = [];
  #playlists = Promise.withResolvers?.() ?? withResolvers();

  constructor(browser, page, given) {
    this.browser = browser;
    this.page = page;
    this.given = given;
  }

  async open(sdk) {
    await this.page.context().route('**/*', (route) => this.#answer(route));
    await this.page.routeWebSocket('wss://signalling.test/', (socket) =>
      room(socket, (jwt) => this.#join(jwt)),
    );
    await this.page.routeWebSocket(/^wss:\/\/[\w.-]*\.twilio\.com\/signal/, (socket) =>
      voice(socket, (jwt) => this.#listen(jwt)),
    );
    // What the SDKs tell Twilio of themselves goes nowhere.
    await this.page.routeWebSocket(/^wss:\/\/sdkgw\./, () => {});
    await this.page.goto(`${ORIGIN}/`);
    await this.page.addScriptTag({ url: `/${pages.SCRIPTS[sdk]}` });
  }

  /** Runs one of the pages' functions in the browser. */
  evaluate(name, ...given) {
    return this.page.evaluate(`(${pages[name]})(...${JSON.stringify(given)})`);
  }

  /** The URL of the playlist, once it was asked for. */
  playlist() {
    return this.#playlists.promise;
  }

  async #answer(route) {
    const url = new URL(route.request().url());
    this.browser.asked.push({ host: url.host, path: url.pathname });
    if (url.origin === ORIGIN) return this.#own(route, url);
    const headers = { 'access-control-allow-origin': '*' };
    if (!url.pathname.endsWith('.m3u8')) return route.fulfill({ status: 204, headers });
    const { status } = await this.#play();
    this.#playlists.resolve(url.href);
    return route.fulfill({
      status,
      headers,
      contentType: 'application/vnd.apple.mpegurl',
      body: '#EXTM3U\n',
    });
  }

  #own(route, url) {
    if (url.pathname === '/')
      return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>SDK</title>' });
    const contentType = TYPES[url.pathname.split('.').pop()];
    return route.fulfill({ path: join(packages, url.pathname), contentType });
  }

  async #play() {
    const { plays: token, ahead } = this.given;
    return this.#kept(await this.browser.upstream.judge('play', { token, origin: ORIGIN }, ahead));
  }

  async #join(token) {
    const { room, ahead } = this.given;
    return this.#kept(await this.browser.upstream.judge('join', { token, room }, ahead));
  }

  #listen(token) {
    this.listened.push(token);
    return judgedByVoice(token, this.given.ahead);
  }

  #kept(answer) {
    const { status, said } = answer;
    this.judged.push(status === 200 ? { status, identity: said.identity } : { status, reason: said.reason });
    return answer;
  }
}

/** As Promise.withResolvers, which Node 20 has not. */
function withResolvers() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}
