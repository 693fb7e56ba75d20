// Showtime: an audience is let in while upstream is broken on purpose.

import { call } from './api.mjs';
import { legend, lines, table } from './chart.mjs';
import { $, busy, count, duration, el, notice, radios, say, setTone } from './dom.mjs';
import { Poll } from './poll.mjs';

const WITHIN = [
  ['5', '5 s'],
  ['20', '20 s'],
  ['60', '60 s'],
];
const WAYS = [
  ['both', 'both ways'],
  ['grantmint', 'grantmint'],
  ['call_each', 'a call each'],
];
const FAULTS = [
  ['503', '503'],
  ['429', '429'],
  ['slow', 'Slow by 2 s'],
  ['cut', 'Cut off'],
  ['garbage', 'Garbage'],
  ['clock', 'Clock −30 s'],
];
const GRANT_S = 60;
const LEGEND = [
  ['in', 'let in, grantmint'],
  ['calls', 'its calls upstream'],
  ['in-each', 'let in, a call each'],
  ['refused', 'refused, a call each'],
];

let within = '5';
let ways = 'both';
let seen = { number: 0, samples: 0, lines: 0 };
let samples = [];
let news = null;
let isTable = false;
let drawn = '';

/** Counts what is asked for by hand: what a poll was told before does not undo it. */
let asked = 0;

const poll = new Poll(async () => {
  const before = asked;
  const told = await call('showtime/news', seen);
  if (before === asked) take(told);
});

/** One after the other, in the order in which it is pressed. */
let last = Promise.resolve();

function ask(path, body) {
  const answered = last.then(async () => {
    asked += 1;
    const told = await call(`showtime/${path}`, body).finally(() => (asked += 1));
    take(told);
  });
  last = answered.catch((problem) => notice(problem.message));
  return answered;
}

export const show = () => poll.start();
export const hide = () => poll.stop();

export function setUp() {
  radios($('within'), 'within', WITHIN, within, (value) => (within = value));
  radios($('ways'), 'ways', WAYS, ways, (value) => (ways = value));
  $('viewers').addEventListener('input', showViewers);
  for (const [name, label] of FAULTS) {
    const input = el('input', { type: 'checkbox', role: 'switch', value: name });
    input.addEventListener('change', setFaults);
    $('faults').append(el('label', { class: 'switch' }, input, label));
  }
  $('legend').append(...LEGEND.map(([style, text]) => legend(style, text)));
  $('show-form').addEventListener('submit', (event) => {
    event.preventDefault();
    begin();
  });
  $('reset').addEventListener('click', reset);
  $('as-table').addEventListener('click', () => {
    isTable = !isTable;
    $('as-table').setAttribute('aria-pressed', String(isTable));
    draw();
  });
  if (matchMedia('(max-width: 860px)').matches) $('faults-card').open = false;
  new ResizeObserver(() => draw()).observe($('chart').parentElement);
  showViewers();
}

function showViewers() {
  $('viewers-out').textContent = count(Number($('viewers').value));
}

/** Begins a show, or ends the one that runs. */
export async function begin() {
  const isRunning = news?.state === 'running';
  const show = {
    viewers: Number($('viewers').value),
    within_s: Number(within),
    ways: ways === 'both' ? ['grantmint', 'call_each'] : [ways],
  };
  await busy($('begin'), 'Starting …', () => (isRunning ? ask('stop') : ask('begin', show)));
  showButton();
  say(isRunning ? 'The show has ended' : `${count(show.viewers)} viewers come`);
}

export async function reset() {
  await ask('reset');
  say('The show is reset');
}

async function setFaults() {
  const on = [...$('faults').querySelectorAll(':checked')].map((input) => input.value);
  await ask('faults', { on });
}

/** What the server tells is new; an answer that was overtaken by another is not. */
function take(told) {
  if (told.number < seen.number) return;
  if (told.since === 0 || told.number !== seen.number) samples = [];
  if (told.since !== samples.length) return;
  if (told.lines_since === 0) $('show-log').replaceChildren();
  if (told.lines_since > $('show-log').childElementCount) return;
  const wasRunning = news?.state === 'running';
  news = told;
  samples.push(...told.samples);
  addLines(told.lines.slice($('show-log').childElementCount - told.lines_since));
  seen = { number: told.number, samples: samples.length, lines: $('show-log').childElementCount };
  for (const input of $('faults').querySelectorAll('input'))
    input.checked = told.faults.includes(input.value);
  showButton();
  showFigures();
  draw();
  if (wasRunning && told.state === 'done') say(sentence());
}

function showButton() {
  const words = { idle: 'Let them in', running: 'Stop' };
  $('begin').firstElementChild.textContent = words[news.state] ?? 'Once more';
}

function addLines(lines) {
  const log = $('show-log');
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 30;
  const time = (ms) => `${(ms / 1000).toFixed(1)} s`;
  log.append(
    ...lines.map(({ at_ms, tone, text }) =>
      el('li', { 'data-tone': tone }, el('time', {}, time(at_ms)), el('span', {}, text)),
    ),
  );
  if (isAtEnd) log.scrollTop = log.scrollHeight;
}

function showFigures() {
  const { grantmint: ours, call_each: each } = news.now ?? {};
  const first = ours ?? each;
  const figure = (id, name) => {
    $(`fig-${id}`).textContent = count(first?.[name] ?? 0);
    $(`fig-${id}-each`).replaceChildren(...(ours && each ? asEach(count(each[name])) : []));
  };
  figure('in', 'let_in');
  figure('calls', 'calls');
  figure('refused', 'refused');
  for (const id of ['in', 'calls', 'refused'])
    $(`fig-${id}`).parentElement.classList.toggle('is-some', $(`fig-${id}`).textContent !== '0');
  showGrant(ours?.remaining_ms);
  const ratio = ours?.calls ? ours.let_in / ours.calls : 0;
  $('fewer').hidden = !(news.state === 'done' && ratio >= 2);
  const strong = el('strong', {}, `${count(Math.round(ratio))} × fewer calls`);
  $('fewer').replaceChildren(
    `${count(ours?.let_in ?? 0)} viewers ÷ ${count(ours?.calls ?? 0)} calls = `,
    strong,
  );
}

const asEach = (number) => [
  el('span', { class: 'narrow' }, 'each: '),
  number,
  el('span', { class: 'wide' }, ' by a call each'),
];

function showGrant(ms) {
  const share = Math.min(1, (ms ?? 0) / 1000 / GRANT_S);
  $('fig-grant').textContent = ms == null ? '–' : duration(ms / 1000);
  $('fig-grant').parentElement.classList.toggle('is-some', ms != null && share < 0.35);
  $('grant-bar').firstElementChild.style.transform = `scaleX(${share})`;
  setTone($('grant-bar'), share < 0.1 ? 'bad' : share < 0.35 ? 'warn' : undefined);
}

function draw() {
  const place = $('chart').clientWidth || $('chart-table').clientWidth;
  const key = [seen.number, samples.length, news?.bands.length, news?.state, place, isTable].join();
  if (key === drawn) return;
  drawn = key;
  [$('chart').hidden, $('chart-table').hidden, $('legend').hidden] = [isTable, !isTable, isTable];
  if (isTable) $('chart-table').replaceChildren(asTable());
  else $('chart').replaceChildren(...charts(place));
}

function charts(place) {
  const shown = news?.show;
  const over = (samples.at(-1)?.at_ms ?? 0) / 1000;
  const seconds = Math.max(Number(shown?.within_s ?? within), over);
  const of = (way, name) =>
    samples
      .filter((sample) => sample[way]?.[name] != null)
      .map((sample) => [sample.at_ms / 1000, sample[way][name]]);
  /** Nothing has happened when the show begins. */
  const from0 = (points) => (points.length ? [[0, 0], ...points] : points);
  const last = (points) => count(points.at(-1)?.[1] ?? 0);
  const line = (way, name, style, word, more = {}) => {
    const points = from0(of(way, name));
    return { points, style, label: `${last(points)} ${word}`, ...more };
  };
  const bands = (news?.bands ?? []).map(({ name, from_ms, to_ms }) => ({
    name,
    from: from_ms / 1000,
    to: to_ms == null ? undefined : to_ms / 1000,
  }));
  const series = [
    line('grantmint', 'let_in', 'in', 'let in', { hasArea: true }),
    line('call_each', 'let_in', 'in-each', 'let in'),
    line('call_each', 'refused', 'refused', 'refused'),
    line('grantmint', 'calls', 'calls', 'calls'),
  ];
  if (of('grantmint', 'refused').at(-1)?.[1]) series.push(line('grantmint', 'refused', 'refused', 'refused'));
  const common = { bands, seconds, place };
  const main = lines({
    ...common,
    series,
    most: shown?.viewers ?? Number($('viewers').value),
    height: place < 560 ? 260 : 330,
    label: sentence(),
  });
  const grant = of('grantmint', 'remaining_ms').map(([s, ms]) => [s, ms / 1000]);
  if (!grant.length) return [main];
  const left = { points: grant, style: 'grant', label: 'left of grant' };
  return [
    main,
    lines({
      ...common,
      bands: [],
      series: [left],
      most: GRANT_S,
      ticks: 2,
      unit: ' s',
      height: 92,
      hasAxis: false,
      label: `${Math.round(grant.at(-1)[1])} seconds are left of the grant`,
    }),
  ];
}

/** The chart in words. */
function sentence() {
  const { grantmint: ours, call_each: each } = news?.now ?? {};
  const way = (name, { let_in, calls, refused }) =>
    `${name}: ${count(let_in)} let in, ${count(refused)} refused, ${count(calls)} calls upstream`;
  const parts = [ours && way('Through grantmint', ours), each && way('By a call each', each)].filter(Boolean);
  return parts.length ? `${parts.join('. ')}.` : 'No show has begun.';
}

function asTable() {
  const every = Math.max(1, Math.ceil(samples.length / 12));
  const some = samples.filter((_, index) => index % every === 0 || index === samples.length - 1);
  const cells = (counts) =>
    counts ? [counts.let_in, counts.refused, counts.calls].map(count) : ['–', '–', '–'];
  const head = ['second', 'let in', 'refused', 'calls', 'let in (a call each)', 'refused', 'calls'];
  return table(
    head,
    some.map((sample) => [
      (sample.at_ms / 1000).toFixed(1),
      ...cells(sample.grantmint),
      ...cells(sample.call_each),
    ]),
  );
}
