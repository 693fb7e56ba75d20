// Inspect: what is in a token, and what is wrong with it, shown at the claim that it concerns.

import { call } from './api.mjs';
import { $, busy, duration, el, notice, say, setTone } from './dom.mjs';

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
    found = await busy($('inspect'), 'Looking …', () =>
      call('inspect', { text, at, room: $('inspect-room').value.trim() || null }),
    );
  } catch (problem) {
    [$('inspect-empty').hidden, $('inspected').hidden] = [false, true];
    return notice(
      problem.field === 'text' ? `The text ${problem.message.replace(/^text /, '')}.` : problem.message,
    );
  }
  notice('');
  [$('inspect-empty').hidden, $('inspected').hidden] = [true, false];
  showVerdict(found);
  showFindings(found.findings);
  showJudges(found.judges);
  $('inspected-json').replaceChildren(...jsonLines(found));
}

const TONES = { error: 'bad', warning: 'warn', note: 'info' };
const ORDER = ['typ', 'alg', 'cty', 'iss', 'sub', 'jti', 'iat', 'nbf', 'exp', 'grants'];
const SIGNATURES = {
  good: 'signature good',
  wrong: 'signature wrong',
  no_key: 'no key to check the signature with',
  unchecked: 'signature not checked',
};

function showVerdict(found) {
  const of = (severity) => found.findings.filter((finding) => finding.severity === severity).length;
  const [errors, warnings] = [of('error'), of('warning')];
  const counted = [
    [errors, 'error'],
    [warnings, 'warning'],
  ]
    .filter(([number]) => number)
    .map(([number, word]) => `${number} ${word}${number > 1 ? 's' : ''}`);
  const text = counted.join(', ') || 'Nothing is wrong with it';
  setTone($('verdict'), errors ? 'bad' : found.valid && !warnings ? undefined : 'warn');
  $('verdict').replaceChildren(el('span', {}, text), el('small', {}, summary(found)));
  say(text);
}

/** Who it is for, and how long. */
function summary({ signature, claims, times }) {
  const left = times.expires_in_s;
  const end =
    left == null ? null : left > 0 ? `expires in ${duration(left)}` : `expired ${duration(-left)} ago`;
  const whole = times.lifetime_s == null ? null : `made for ${duration(times.lifetime_s)}`;
  const identity = claims?.grants?.identity;
  const name = typeof identity === 'string' ? `identity ${identity}` : null;
  return [SIGNATURES[signature], name, end, whole].filter(Boolean).join(' · ');
}

function showFindings(findings) {
  const rows = findings.map((finding, index) =>
    el(
      'li',
      {},
      mark(finding, index),
      el('b', {}, sentence(finding.message)),
      el(
        'p',
        {},
        `${sentence(finding.fix)} `,
        el(
          'code',
          {},
          [finding.code, finding.number, finding.twilio && `Twilio ${finding.twilio}`]
            .filter(Boolean)
            .join(' · '),
        ),
      ),
    ),
  );
  $('findings').replaceChildren(
    ...(rows.length ? rows : [el('li', {}, el('b', {}, 'Nothing is wrong with it.'))]),
  );
}

/** A text that begins with a name or a quotation stays as it is. */
function sentence(text) {
  return `${/^[a-z]{2,} /.test(text) ? text[0].toUpperCase() + text.slice(1) : text}.`;
}

function mark({ severity }, index) {
  return el('span', { class: 'ref', 'data-tone': TONES[severity] }, String(index + 1));
}

function showJudges(judges) {
  const rows = Object.entries(judges).map(([name, { admits, reason, message }]) => {
    // A token without its grant was not meant for it, nor was one of another service.
    const isMeant = admits || ![`${name}_grant_missing`, 'other_service'].includes(reason);
    const sign = admits ? '✓' : isMeant ? '✗' : '–';
    return el(
      'li',
      { 'data-tone': admits ? 'ok' : isMeant ? 'bad' : undefined },
      el('span', { class: 'mark' }, sign),
      el('b', {}, name),
      el('span', {}, admits ? 'lets it in' : sentence(message)),
    );
  });
  $('judges').replaceChildren(...rows);
}

/** Header and claims, a line for each value, with the findings at theirs. */
function jsonLines({ header, claims, findings }) {
  const lines = [];
  const all = findings.map((finding, index) => ({ finding, index }));
  const at = (part, path) => all.filter(({ finding }) => finding.part === part && finding.path === path);
  const add = (part, path, depth, ...texts) => {
    const here = at(part, path);
    const worst = here.some(({ finding }) => finding.severity === 'error')
      ? 'error'
      : here.length
        ? 'warn'
        : undefined;
    lines.push(
      el(
        'div',
        { class: 'line', 'data-tone': worst },
        '  '.repeat(depth),
        ...texts,
        ...here.map(({ finding, index }) => mark(finding, index)),
      ),
    );
  };
  const walk = (part, value, path, depth, key, comma) => {
    const name = key == null ? [] : [el('span', { class: 'k' }, JSON.stringify(key)), ': '];
    if (value === null || typeof value !== 'object') {
      const style = typeof value === 'string' ? 's' : 'n';
      return add(
        part,
        path,
        depth,
        ...name,
        el('span', { class: style }, JSON.stringify(value)),
        comma,
        ...time(path, value),
      );
    }
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    const entries = Object.entries(value);
    if (!entries.length) return add(part, path, depth, ...name, open + close + comma);
    add(part, path, depth, ...name, open);
    entries.forEach(([inner, one], index) =>
      walk(
        part,
        one,
        `${path}/${pointer(inner)}`,
        depth + 1,
        Array.isArray(value) ? null : inner,
        index < entries.length - 1 ? ',' : '',
      ),
    );
    lines.push(el('div', { class: 'line' }, '  '.repeat(depth), close + comma));
  };
  for (const [part, value] of Object.entries({ header, claims })) {
    lines.push(el('div', { class: 'line part' }, value ? part : `${part}: cannot be read`));
    if (value) walk(part, ordered(value), '', 0, null, '');
  }
  return lines;
}

/** The claims that all tokens have come first, as one reads them. */
function ordered(members) {
  const names = [
    ...ORDER.filter((name) => name in members),
    ...Object.keys(members).filter((name) => !ORDER.includes(name)),
  ];
  return Object.fromEntries(names.map((name) => [name, members[name]]));
}

/** A name within a JSON pointer. */
const pointer = (name) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** Times as people read them. */
function time(path, value) {
  if (!['/iat', '/exp', '/nbf'].includes(path) || typeof value !== 'number') return [];
  const date = new Date(value * 1000);
  return Number.isNaN(date.getTime())
    ? []
    : [el('span', { class: 'part' }, `  ${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`)];
}
