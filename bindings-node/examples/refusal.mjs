// What a client is told that gets no token, by all the servers here.

import { GrantmintError, InvalidArgumentError } from 'grantmint';

/** The answer to an error of grantmint's; undefined for any other. No error of grantmint's holds a secret. */
export function refusal(error) {
  if (!(error instanceof GrantmintError)) return undefined;
  const headers = { 'Cache-Control': 'no-store' };
  if (error.retryAfterMs !== undefined) headers['Retry-After'] = String(Math.ceil(error.retryAfterMs / 1000));
  return { status: statusOf(error), headers, body: { error: error.code } };
}

/** Whose fault it is: the client's, nobody's for long, or that of our own set-up. */
function statusOf(error) {
  if (error instanceof InvalidArgumentError) return 400;
  if (error.code === 'ERR_GRANTMINT_UPSTREAM_NOT_FOUND') return 404;
  return error.isRetryable ? 503 : 502;
}

/**
 * Logs what went wrong upstream: one line for each failed call, not one for each viewer. Returns what ends it,
 * to be called before the minter is closed, which then has no events to tell any more.
 */
export function logFailures(minter) {
  const log = () => {
    for (const { kind, key, code } of minter.drainEvents()) if (code) console.error(kind, key ?? '', code);
  };
  const timer = setInterval(log, 1000);
  timer.unref();
  return () => {
    clearInterval(timer);
    log();
  };
}
