// OpenTelemetry's own SDK: the spans of sources have the right parents, and no request's context is kept.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT_CONTEXT, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { ManualClock, PlaybackMinter } from 'grantmint';
import { key } from './support.mjs';

const REQUESTS = 1000;
const STREAMS = 20;
const stream = (n) => `VJ${String(n % STREAMS).padStart(32, '0')}`;

/** What is written down of a span when it ends: no span, as it would keep its request. */
const ended = [];
const onEnd = (span) => {
  const { name, attributes, parentSpanContext } = span;
  ended.push({
    name,
    streamer: attributes.streamer,
    id: span.spanContext().spanId,
    parent: parentSpanContext?.spanId,
  });
};
const done = async () => {};
const processor = { onStart() {}, onEnd, forceFlush: done, shutdown: done };

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
const tracer = trace.getTracer('test');

const source = async (streamer) =>
  tracer.startActiveSpan('source', { attributes: { streamer } }, async (span) => {
    await sleep(3);
    span.end();
    return { grant: {} };
  });

/** A request with a span, in a context of its own. */
const request = (n, live, contexts) =>
  tracer.startActiveSpan('request', { attributes: { streamer: stream(n) } }, async (span) => {
    contexts.push(new WeakRef(context.active()), new WeakRef(span));
    await sleep(n % 7);
    await live.token(stream(n), `viewer-${n}`);
    span.end();
  });

test('1,000 requests with a span each', { skip: !globalThis.gc && 'needs --expose-gc' }, async () => {
  const clock = new ManualClock(1_700_000_000);
  const live = new PlaybackMinter(key(), { source, clock });
  const contexts = [];
  const round = () => Promise.all(Array.from({ length: REQUESTS }, (_, n) => request(n, live, contexts)));
  const named = (name) => ended.filter((span) => span.name === name);

  await round();
  const requests = new Map(named('request').map((span) => [span.id, span.streamer]));
  assert.equal(requests.size, REQUESTS);
  assert.equal(named('source').length, STREAMS);
  for (const { parent, streamer } of named('source')) assert.equal(requests.get(parent), streamer);

  // All grants are due for a refresh now, for which no request waits.
  ended.length = 0;
  clock.advance(36);
  await round();
  for (let n = 0; n < 200 && named('source').length < STREAMS; n += 1) await sleep(10);
  assert.equal(named('source').length, STREAMS);
  for (const { parent } of named('source')) assert.equal(parent, undefined);

  await sleep(20);
  for (let n = 0; n < 5; n += 1) {
    globalThis.gc();
    await sleep(5);
  }
  assert.equal(contexts.length, 4 * REQUESTS);
  assert.equal(contexts.filter((ref) => ref.deref() && ref.deref() !== ROOT_CONTEXT).length, 0);
});
