'use strict';
// Tokens for the viewers of one stream.

const { text } = require('./checks.cjs');
const { translated } = require('./errors.cjs');
const { onlyInternal } = require('./internal.cjs');
const { token } = require('./playback-token.cjs');
const { showAs } = require('./show.cjs');

class StreamMinter {
  #native;
  #streamer;
  #source;
  #tryToken;
  #atOnce;

  constructor(from, made, streamer, source) {
    onlyInternal(from, StreamMinter, 'PlaybackMinter.stream()');
    this.#native = made;
    this.#streamer = streamer;
    this.#source = source;
    const hot = made.hot();
    this.#tryToken = hot.tryToken;
    this.#atOnce = hot.atOnce;
  }

  get streamer() {
    return this.#streamer;
  }

  token(identity, options) {
    return token(
      {
        check: () => text(identity, 'identity'),
        atOnce: (minRemainingMs) => this.#atOnce(identity, minRemainingMs),
        begin: (port, number, ...rest) => this.#native.begin(port, number, identity, ...rest),
        source: this.#source,
        streamer: this.#streamer,
      },
      options,
    );
  }

  tryToken(identity) {
    try {
      return this.#tryToken(identity);
    } catch (error) {
      text(identity, 'identity');
      throw translated(error);
    }
  }
}

showAs(StreamMinter, ({ streamer }) => ({ streamer }));

module.exports = { StreamMinter };
