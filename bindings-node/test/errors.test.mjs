// Errors: classes, codes, numbers; and what every language has in common.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as grantmint from 'grantmint';
import { key, vectors } from './support.mjs';

const { DeadlineError, ERRORS, GrantmintError, InvalidArgumentError, ThrottledError, TokenError, UpstreamError } = grantmint;
const surface = vectors('surface.json');

test('every kind of error is there', () => {
  const expected = surface.error_kinds.map(({ number, code, retryable }) => [`ERR_GRANTMINT_${code.toUpperCase()}`, number, retryable]);
  assert.deepEqual(
    Object.entries(ERRORS).map(([code, { number, isRetryable }]) => [code, number, isRetryable]),
    expected,
  );
});

test('everything that every language has is there', () => {
  const missing = [];
  for (const { node } of surface.functions) {
    const found = node?.split('.').reduce((value, name) => value?.[name], grantmint);
    if (node && found === undefined) missing.push(node);
  }
  for (const { node, methods } of surface.classes) {
    const Class = grantmint[node];
    if (typeof Class !== 'function') continue; // Told in words, such as "an array".
    for (const { node: method } of methods) {
      if (!method || !/^\w+$/.test(method) || ['constructor', 'counters', 'properties'].includes(method)) continue;
      if (!reachable(Class, method)) missing.push(`${node}.${method}`);
    }
  }
  assert.deepEqual(missing, []);
});

/** Whether a class has a method or, set by its constructor, a property. */
function reachable(Class, name) {
  if (name in Class.prototype || name in Class) return true;
  const own = { PlaybackToken: ['grantRemainingMs', 'freshness', 'generation', 'reason'], Hit: ['remainingMs', 'freshness', 'generation', 'reason'], Stats: ['errors', 'latency'], GrantmintError: ['code', 'message', 'retryAfterMs'] };
  return own[Class.name]?.includes(name) ?? false;
}

test('classes, names and codes', () => {
  const error = new ThrottledError('slow down', { retryAfterMs: 5000, cause: 'why' });
  assert(error instanceof UpstreamError && error instanceof GrantmintError && error instanceof Error);
  assert.deepEqual([error.name, error.code, error.number, error.retryAfterMs, error.cause], ['ThrottledError', 'ERR_GRANTMINT_THROTTLED', 304, 5000, 'why']);
  assert.equal(error.isRetryable, true);
  assert.match(String(error), /^ThrottledError: slow down$/);
  assert.deepEqual([new DeadlineError().number, new TokenError().number, new InvalidArgumentError().number], [400, 200, 100]);
  assert.equal(new GrantmintError(undefined, { code: 'ERR_GRANTMINT_OVERLOADED' }).message, ERRORS.ERR_GRANTMINT_OVERLOADED.meaning);
  assert.throws(() => new GrantmintError('x', { code: 'ERR_OTHER' }), InvalidArgumentError);
  assert.throws(() => new ThrottledError('x', { retryAfterMs: -1 }), InvalidArgumentError);
  class Mine extends ThrottledError {}
  assert.equal(new Mine().code, 'ERR_GRANTMINT_THROTTLED');
});

test('each hundred has its class', () => {
  assert.throws(() => new grantmint.TokenMinter(key(), { ttl: 0 }), InvalidArgumentError);
  assert.throws(() => grantmint.decode(''), TokenError);
});
