// Errors: classes, codes, numbers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as grantmint from 'grantmint';
import { key } from './support.mjs';

const {
  DeadlineError,
  ERRORS,
  GrantmintError,
  InvalidArgumentError,
  ThrottledError,
  TokenError,
  UpstreamError,
} = grantmint;

test('classes, names and codes', () => {
  const error = new ThrottledError('slow down', { retryAfterMs: 5000, cause: 'why' });
  assert(error instanceof UpstreamError && error instanceof GrantmintError && error instanceof Error);
  assert.deepEqual(
    [error.name, error.code, error.number, error.retryAfterMs, error.cause],
    ['ThrottledError', 'ERR_GRANTMINT_THROTTLED', 304, 5000, 'why'],
  );
  assert.equal(error.isRetryable, true);
  assert.match(String(error), /^ThrottledError: slow down$/);
  assert.deepEqual(
    [new DeadlineError().number, new TokenError().number, new InvalidArgumentError().number],
    [400, 200, 100],
  );
  assert.equal(
    new GrantmintError(undefined, { code: 'ERR_GRANTMINT_OVERLOADED' }).message,
    ERRORS.ERR_GRANTMINT_OVERLOADED.meaning,
  );
  assert.throws(() => new GrantmintError('x', { code: 'ERR_OTHER' }), InvalidArgumentError);
  assert.throws(() => new ThrottledError('x', { retryAfterMs: -1 }), InvalidArgumentError);
  class Mine extends ThrottledError {}
  assert.equal(new Mine().code, 'ERR_GRANTMINT_THROTTLED');
});

test('each hundred has its class', () => {
  assert.throws(() => new grantmint.TokenMinter(key(), { ttl: 0 }), InvalidArgumentError);
  assert.throws(() => grantmint.decode(''), TokenError);
});

test('an error names the argument at fault as it is spelled here, and where it is explained', () => {
  const caught = (run) => {
    try {
      run();
    } catch (error) {
      return error;
    }
    return assert.fail('it is not refused');
  };
  const swapped = caught(() => new grantmint.ApiKey('AC00000000000000000000000000000001', 'AC1', 's'));
  assert.equal(swapped.argument, 'keySid');
  assert.match(swapped.message, /^keySid starts with AC/);
  assert.equal(swapped.docUrl, 'docs/errors.md#invalid_credentials');
  assert.equal(new GrantmintError('on purpose').argument, undefined);
});
