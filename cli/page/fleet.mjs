// Fleet: real processes on one store, and what happens when one of them is killed.

import { call } from './api.mjs';
import { lanes } from './chart.mjs';
import { $, busy, count, duration, el, say, setTone } from './dom.mjs';
import { Poll } from './poll.mjs';

const START = 4;
const MOST = 8;
const MINUTE_S = 60;
const DOING = {
  nothing: ['begins', 'It has no grant yet.'],
  serves: ['hands out tokens', 'with the grant that all share'],
  fetches: ['fetches ━━▶', 'calls upstream for all'],
  waits: ['waits', 'for what another fetches'],
  killed: ['killed ✗', 'by kill −9'],
  ended: ['ended', ''],
};

let news = null;

const poll = new Poll(async () => take(await call('fleet/news')));

export const show = () => poll.start();
export const hide = () => poll.stop();

export function setUp({ fleet_unavailable: why, fleet_place: place }) {
  $('fleet-place').textContent = place;
  [$('fleet-unavailable').hidden, $('fleet-body').hidden] = [!why, Boolean(why)];
  $('fleet-unavailable').textContent = why ?? '';
  $('fleet-start').addEventListener('click', startOrEnd);
  $('fleet-kill').addEventListener('click', kill);
  $('fewer-processes').addEventListener('click', () => resize(alive().length - 1));
  $('more-processes').addEventListener('click', () => resize(alive().length + 1));
  const entries = ['serves', 'fetches', 'waits'].map((doing) =>
    el('span', {}, el('i', { class: `l-${doing}` }), DOING[doing][0].replace(' ━━▶', '')),
  );
  $('fleet-legend').append(...entries, el('span', {}, '✗ killed'));
}

const alive = () => (news?.processes ?? []).filter((process) => process.is_alive);

export async function startOrEnd() {
  if ($('fleet-start').disabled) return;
  const size = alive().length ? 0 : START;
  await busy($('fleet-start'), size ? 'Starting …' : 'Ending …', () => resize(size));
  showButtons();
  say(size ? 'Four processes have started' : 'All processes have ended');
}

async function resize(size) {
  take(await call('fleet/resize', { processes: Math.max(0, Math.min(MOST, size)) }));
}

export async function kill() {
  if ($('fleet-kill').disabled) return;
  take(await call('fleet/kill'));
}

function take(told) {
  const before = news;
  news = told;
  for (const { pid, is_killed } of told.processes) {
    const was = before?.processes.find((process) => process.pid === pid);
    if (is_killed && was && !was.is_killed) say(`Process ${pid} was killed`);
  }
  showButtons();
  showFigures();
  $('processes').replaceChildren(...told.processes.map(card));
  [$('fleet-empty').hidden, $('fleet-chart-card').hidden] = [
    told.processes.length > 0,
    told.processes.length === 0,
  ];
  if (told.processes.length) $('fleet-chart').replaceChildren(timeline());
}

function showButtons() {
  const running = alive().length;
  $('process-count').textContent = running;
  $('fleet-start').firstElementChild.textContent = running ? 'End all' : 'Start four processes';
  $('fleet-start').classList.toggle('primary', !running);
  $('fleet-kill').disabled = !running;
  $('fleet-kill').firstElementChild.textContent = news?.is_armed
    ? 'Kills the next that fetches …'
    : 'Kill the one that fetches';
  $('fewer-processes').disabled = running === 0;
  $('more-processes').disabled = running >= MOST;
  $('fleet-hint').textContent =
    `Upstream takes ${(news.upstream_ms / 1000).toFixed(1)} s to answer and grants are valid for ${news.grant_ttl_s} s, so that there is something to see.`;
}

function showFigures() {
  const sum = (name) => news.processes.reduce((total, process) => total + process[name], 0);
  $('fleet-calls').textContent = count(news.calls);
  // Each grant that a process took over is a call that it would have made.
  $('fleet-alone').textContent = count(sum('leases') + sum('values') + sum('alone'));
  $('fleet-tokens').textContent = count(sum('tokens'));
  const trouble = news.processes.find((process) => process.is_alive && process.is_broken)?.trouble;
  $('fleet-store').textContent = news.processes.length ? (trouble ? 'fails' : 'healthy') : '–';
  $('fleet-store').parentElement.classList.toggle('is-some', Boolean(trouble));
  $('fleet-store').title = trouble ?? '';
}

const state = (process) => (process.is_killed ? 'killed' : process.is_alive ? process.doing : 'ended');

function card(process) {
  const doing = state(process);
  const share = Math.min(1, (process.remaining_ms ?? 0) / 1000 / news.grant_ttl_s);
  const bar = el('div', { class: 'bar' }, el('i'));
  bar.firstElementChild.style.transform = `scaleX(${process.is_alive ? share : 0})`;
  setTone(bar, share < 0.25 ? 'warn' : undefined);
  const [word, more] = DOING[doing];
  const left =
    process.is_alive && process.remaining_ms != null ? `, ${duration(process.remaining_ms / 1000)} left` : '';
  return el(
    'article',
    { class: 'process', 'data-doing': doing },
    el('h4', {}, `pid ${process.pid}`),
    el('div', { class: 'doing' }, word),
    el('p', {}, more + (doing === 'serves' ? left : '')),
    bar,
    el('p', {}, `${count(process.leases + process.alone)} fetched · ${count(process.values)} taken over`),
    el('p', {}, `${count(process.tokens)} tokens`),
  );
}

function timeline() {
  const now = news.now_ms / 1000;
  const rows = news.processes.map((process) => {
    const end = process.is_alive ? undefined : (process.ended_ms ?? news.now_ms) / 1000;
    const starts = process.spells.map(({ from_ms }) => from_ms / 1000);
    const spells = process.spells.map(({ doing }, index) => ({
      style: doing,
      from: starts[index],
      to: starts[index + 1] ?? end ?? now,
    }));
    return { name: String(process.pid), spells, end: process.is_killed ? end : undefined };
  });
  const recent = rows.filter(
    (row, index) => news.processes[index].is_alive || (row.spells.at(-1)?.to ?? 0) > now - MINUTE_S,
  );
  const first = Math.min(...recent.flatMap((row) => row.spells.map((spell) => spell.from)));
  const from = Math.max(now - MINUTE_S, Math.min(first, now - MINUTE_S / 3));
  const label = `${alive().length} processes, ${count(news.calls)} calls upstream`;
  return lanes({ lanes: recent, from, to: now, label, place: $('fleet-chart').clientWidth });
}
