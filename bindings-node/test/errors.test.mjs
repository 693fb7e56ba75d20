// Errors: classes, codes, numbers.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
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

/** All of an error that is to arrive elsewhere. */
const told = (error) => [
  error.constructor,
  error.name,
  error.code,
  error.message,
  error.retryAfterMs,
  error.argument,
];

test('an error that is sent as JSON is the same where it arrives', async () => {
  for (const code of Object.keys(ERRORS)) {
    const error = GrantmintError.from({ code, message: 'why', retryAfterMs: 1500, argument: 'ttl' });
    assert.equal(error.code, code);
    for (const sent of [error.toJSON(), structuredClone(error.toJSON()), JSON.parse(JSON.stringify(error))]) {
      assert.deepEqual(told(GrantmintError.from(sent)), told(error), code);
    }
  }
  const own = new ThrottledError('why');
  assert.equal(GrantmintError.from(own), own);
  assert.equal(
    JSON.stringify(new UpstreamError('why', { cause: new Error('hush') })).includes('hush'),
    false,
  );
});

test('an error that is sent as it is keeps its code, in its stack', async () => {
  const error = new ThrottledError('why [ERR_GRANTMINT_CLOSED]', { retryAfterMs: 1500 });
  assert.match(error.stack, /^ThrottledError \[ERR_GRANTMINT_THROTTLED\]: why/);
  assert(!error.stack.includes('new GrantmintError') && Object.keys(error).join() === 'code,retryAfterMs');
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(error);
  const [posted] = await once(port2, 'message');
  port1.close();
  for (const clone of [structuredClone(error), posted]) {
    const again = GrantmintError.from(clone);
    assert.deepEqual(
      [again.constructor, again.code, again.message],
      [ThrottledError, error.code, error.message],
    );
  }
});

test('an error goes through the IPC of a child process', async () => {
  const program = new URL('./sends-an-error.mjs', import.meta.url);
  writeFileSync(
    program,
    `import { ThrottledError } from 'grantmint';
    process.send(new ThrottledError('why', { retryAfterMs: 1500 }));
    process.send(new ThrottledError('why', { retryAfterMs: 1500 }).toJSON());\n`,
  );
  for (const [serialization, after] of [
    ['json', [1500, 1500]],
    ['advanced', [undefined, 1500]],
  ]) {
    const child = fork(program, { serialization });
    const arrived = [];
    child.on('message', (message) => arrived.push(GrantmintError.from(message)));
    await once(child, 'exit');
    assert.deepEqual(
      arrived.map(({ constructor, code, message }) => [constructor, code, message]),
      Array(2).fill([ThrottledError, 'ERR_GRANTMINT_THROTTLED', 'why']),
      serialization,
    );
    assert.deepEqual(
      arrived.map(({ retryAfterMs }) => retryAfterMs),
      after,
      serialization,
    );
  }
});

test('what is no error of grantmint is not made one', () => {
  for (const value of [
    undefined,
    null,
    'why',
    new Error('why'),
    { code: 'ENOENT' },
    { code: 'toString' },
    7,
  ]) {
    assert.throws(() => GrantmintError.from(value), {
      code: 'ERR_GRANTMINT_INVALID_ARGUMENT',
      argument: 'value',
    });
  }
});
