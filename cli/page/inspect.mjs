// Inspect: what is in a token, and what is wrong with it, shown at the claim that it concerns.

import { call } from './api.mjs';
import { $, busy, el, notice, say, setTone } from './dom.mjs';

export function setUp() {
  $('inspect-form').addEventListener('submit', (event) => {
    event.preventDefault();
    inspect();
  });
  $('inspect-text').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey) [event.preventDefault(), inspect()];
  });
  $('inspect-text').addEventListener('paste', () => setTimeout(inspect));
  $('inspect-when').addEventListener('change', () => {
    $('inspect-at').hidden = $('inspect-when').value === 'now';
    if (!$('inspect-at').value) $('inspect-at').value = new Date().toISOString().slice(0, 19);
    if (!$('inspected').hidden) inspect();
  });
  $('inspect-at').addEventListener('change', inspect);
  $('inspect-example').addEventListener('click', async () => {
    const { text } = await call('inspect/example');
    open(text);
  });
}

/** Shows what is in a text. */
export function open(text) {
  $('inspect-text').value = text;
  return inspect();
}

async function inspect() {
  const text = $('inspect-text').value;
  if (!text.trim()) return $('inspect-text').focus();
  const isNow = $('inspect-when').value === 'now';
  const at = isNow ? null : Math.floor(Date.parse(`${$('inspect-at').value}Z`) / 1000);
  let found;
  try {
    found = await busy($('inspect'), 'Looking …', () => call('inspect', { text, at, room: $('inspect-room').value.trim() || null }));
  } catch (problem) {
    return notice(problem.message);
  }
  notice('');
  [$('inspect-empty').hidden, $('inspected').hidden] = [true, false];
  showVerdict(found);
  showFindings(found.findings);
  showJudges(found.judges);
  $('inspected-json').replaceChildren(...jsonLines(found));
}

const TONES = { error: 'bad', warning: 'warn', warn: 'warn', info: 'info' };

function showVerdict({ verdict, summary, valid, verified }) {
  const tone = !valid ? 'bad' : verified ? undefined : 'warn';
  setTone($('verdict'), tone);
  $('verdict').replaceChildren(el('span', {}, verdict), el('small', {}, summary));
  say(verdict);
}

function showFindings(findings) {
  const rows = findings.map((finding, index) =>
    el('li', {}, mark(finding, index), el('b', {}, finding.message), el('p', {}, finding.fix ?? '', ' ', el('code', {}, `${finding.path} ${finding.code} ${finding.number ?? ''}`))),
  );
  $('findings').replaceChildren(...(rows.length ? rows : [el('li', {}, el('b', {}, 'Nothing is wrong with it.'))]));
}

function mark({ severity }, index) {
  return el('span', { class: 'ref', 'data-tone': TONES[severity] }, String(index + 1));
}

function showJudges(judges) {
  const rows = Object.entries(judges).map(([name, { admits, reason }]) =>
    el('li', { 'data-tone': admits ? 'ok' : admits === false ? 'bad' : undefined }, el('span', { class: 'mark' }, admits ? '✓' : admits === false ? '✗' : '–'), el('b', {}, name), el('span', {}, reason ?? '')),
  );
  $('judges').replaceChildren(...rows);
}

/** Header and claims, a line for each value, with the findings at theirs. */
function jsonLines({ header, claims, findings }) {
  const lines = [];
  const at = (path) => findings.map((finding, index) => ({ finding, index })).filter(({ finding }) => finding.path === path);
  const add = (path, depth, ...texts) => {
    const here = at(path);
    const worst = here.some(({ finding }) => finding.severity === 'error') ? 'error' : here.length ? 'warn' : undefined;
    lines.push(el('div', { class: 'line', 'data-tone': worst }, '  '.repeat(depth), ...texts, ...here.map(({ finding, index }) => mark(finding, index))));
  };
  const walk = (value, path, depth, key, comma) => {
    const name = key == null ? [] : [el('span', { class: 'k' }, JSON.stringify(key)), ': '];
    if (value === null || typeof value !== 'object') {
      const style = typeof value === 'string' ? 's' : 'n';
      return add(path, depth, ...name, el('span', { class: style }, JSON.stringify(value)), comma, ...time(path, value));
    }
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    const entries = Object.entries(value);
    if (!entries.length) return add(path, depth, ...name, open + close + comma);
    add(path, depth, ...name, open);
    entries.forEach(([inner, one], index) => walk(one, `${path}/${inner}`, depth + 1, Array.isArray(value) ? null : inner, index < entries.length - 1 ? ',' : ''));
    lines.push(el('div', { class: 'line' }, '  '.repeat(depth), close + comma));
  };
  lines.push(el('div', { class: 'line part' }, 'header'));
  walk(header, '/header', 0, null, '');
  lines.push(el('div', { class: 'line part' }, 'claims'));
  walk(claims, '', 0, null, '');
  return lines;
}

/** Times as people read them. */
function time(path, value) {
  if (!['/iat', '/exp', '/nbf'].includes(path) || typeof value !== 'number') return [];
  const date = new Date(value * 1000);
  return Number.isNaN(date.getTime()) ? [] : [el('span', { class: 'part' }, `  ${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`)];
}
