// Generate: a form for every grant, the token, and the code that makes the same.

import { call } from './api.mjs';
import { $, busy, copy, count, duration, el, notice, radios, say, setTone } from './dom.mjs';
import { KINDS } from './kinds.mjs';
import { LANGUAGES, hasSnippet, snippet } from './snippets.mjs';

const LIFETIMES = [
  ['3600', '1 h'],
  ['14400', '4 h'],
  ['86400', '24 h'],
];

let kind = 'video';
let others = [];
let language = 'cli';
let ttl = '3600';
let made = null;
let baseUrl;
let openInspect;

export function setUp({ base_url, inspect }) {
  [baseUrl, openInspect] = [base_url ?? undefined, inspect];
  radios(
    $('kinds'),
    'kind',
    Object.entries(KINDS).map(([id, { label }]) => [id, label]),
    kind,
    choose,
  );
  radios($('lifetimes'), 'ttl', LIFETIMES, ttl, (value) => {
    [ttl, $('ttl-other').value] = [value, ''];
    showSnippet();
  });
  const other = el('input', {
    id: 'ttl-other',
    inputmode: 'numeric',
    placeholder: 'seconds',
    'aria-label': 'Another lifetime, in seconds',
    'data-field': 'ttl',
  });
  other.addEventListener('input', () => {
    const chosen = document.querySelector('[name=ttl]:checked');
    if (chosen) chosen.checked = false;
    ttl = other.value;
  });
  $('lifetimes').append(other);
  $('add-grant').addEventListener('change', addGrant);
  for (const id of Object.keys(LANGUAGES)) $('snippet-tabs').append(tab(id));
  $('generate-form').addEventListener('submit', (event) => {
    event.preventDefault();
    generate();
  });
  $('generate-form').addEventListener('input', showSnippet);
  $('generate-example').addEventListener('click', generate);
  $('copy').addEventListener('click', copyToken);
  $('to-inspect').addEventListener('click', inspectToken);
  $('copy-snippet').addEventListener('click', (event) => copy(event.currentTarget, $('snippet').textContent));
  choose(kind);
  setInterval(countDown, 250);
}

export const copyToken = () => made && copy($('copy'), made.jwt);
export const inspectToken = () => made && openInspect(made.jwt);

function choose(chosen) {
  kind = chosen;
  others = others.filter((other) => other.kind !== kind);
  $('kind-fields').replaceChildren(...fieldsOf(kind, 'grant'));
  // A playback token has a jti of its own in any case, and is valid from now on.
  for (const id of ['unique', 'not-before']) $(id).disabled = kind === 'playback';
  showOthers();
}

function fieldsOf(of, name) {
  return KINDS[of].fields.map((field) => {
    const id = `${name}-${of}-${field.name}`;
    if (field.isSwitch) {
      return el(
        'label',
        { class: 'check field' },
        el('input', { type: 'checkbox', id, 'data-key': field.name }),
        field.label,
      );
    }
    const hint = el('p', { class: 'hint', id: `${id}-hint` }, field.hint);
    const input = el('input', {
      id,
      spellcheck: 'false',
      autocapitalize: 'none',
      placeholder: field.example,
      required: field.must,
      'aria-describedby': hint.id,
      'data-key': field.name,
      'data-field': [KINDS[of].claim, field.key].filter(Boolean).join('.'),
    });
    input.value = field.must || name === 'grant' ? field.example : '';
    const must = field.must ? el('span', { class: 'must', 'aria-hidden': 'true' }, ' *') : null;
    return el('div', { class: 'field' }, el('label', { for: id }, field.label, must), input, hint);
  });
}

function addGrant(event) {
  const [chosen] = [event.target.value, (event.target.value = '')];
  if (!chosen) return;
  const remove = el('button', { type: 'button', class: 'quiet' }, 'Remove');
  const box = el(
    'fieldset',
    { class: 'another' },
    el('legend', {}, KINDS[chosen].label),
    ...fieldsOf(chosen, 'other'),
    remove,
  );
  const other = { kind: chosen, box };
  remove.addEventListener('click', () => {
    others = others.filter((one) => one !== other);
    showOthers();
    $('add-grant').focus();
  });
  others.push(other);
  showOthers();
  box.querySelector('input').focus();
}

/** A token has one grant of a kind. A playback grant is fetched, so it comes first or not at all. */
function showOthers() {
  const taken = new Set([kind, 'playback', ...others.map((other) => other.kind)]);
  const free = Object.keys(KINDS).filter((id) => !taken.has(id));
  $('more-grants').replaceChildren(...others.map((other) => other.box));
  $('add-grant').replaceChildren(
    el('option', { value: '' }, 'none'),
    ...free.map((id) => el('option', { value: id }, KINDS[id].label)),
  );
  showSnippet();
}

function grantIn(of, container) {
  const values = [...container.querySelectorAll('[data-key]')].map((input) => [
    input.dataset.key,
    input.type === 'checkbox' ? input.checked : input.value.trim(),
  ]);
  return { kind: of, ...Object.fromEntries(values) };
}

function form() {
  const wait = kind === 'playback' ? 0 : Number($('not-before').value.trim() || 0);
  return {
    identity: $('identity').value,
    ttl: Number(ttl.trim() || Number.NaN),
    not_before_in: wait > 0 ? Math.floor(wait) : null,
    unique: $('unique').checked,
    region: $('region').value.trim(),
    grants: [grantIn(kind, $('kind-fields')), ...others.map((other) => grantIn(other.kind, other.box))],
  };
}

export async function generate() {
  clearErrors();
  const asked = form();
  if (!Number.isInteger(asked.ttl) || asked.ttl < 0)
    return showError({ field: 'ttl', message: 'ttl must be a number of seconds' });
  try {
    made = await busy($('generate'), 'Signing …', () => call('generate', asked));
  } catch (problem) {
    return showError(problem);
  }
  made.offset = made.now - Date.now() / 1000;
  made.lifetime = made.expires_at - made.now;
  showMade();
  showJudges(
    await call('inspect', {
      text: made.jwt,
      room: asked.grants.find((grant) => grant.kind === 'video')?.room || null,
    }),
    asked,
  );
}

function showMade() {
  const names = ['t-header', 't-claims', 't-signature'];
  const parts = made.jwt
    .split('.')
    .flatMap((part, index) => [index ? '.' : null, el('span', { class: names[index] }, part)]);
  $('token').replaceChildren(...parts.filter(Boolean));
  $('made-bytes').textContent = `${count(made.jwt.length)} bytes`;
  $('made-facts').replaceChildren(...made.warnings.map((text) => el('li', { 'data-tone': 'warn' }, text)));
  [$('made-empty').hidden, $('made-token').hidden, $('lifetime-bar').hidden] = [true, false, false];
  say('The token is made');
  countDown();
}

/** Who lets the user in, of those whom the token is meant for. */
function showJudges({ judges }, { identity, grants }) {
  const names = { video: 'room', playback: 'player', voice: 'voice' };
  const lines = grants
    .filter((grant) => grant.kind in names)
    .map((grant) => {
      const name = names[grant.kind];
      const who = {
        video: grant.room ? `The room ${grant.room}` : 'Every room',
        playback: 'The player',
        voice: 'Voice',
      }[grant.kind];
      const { admits, message } = judges[name];
      return el(
        'li',
        { 'data-tone': admits ? undefined : 'bad' },
        admits ? `${who} lets ${identity} in` : `${who} refuses it: ${message}`,
      );
    });
  $('made-facts').prepend(...lines);
}

/** Said aloud at a minute and at the end, and at no other time. */
function countDown() {
  if (!made) return;
  const left = made.expires_at - made.offset - Date.now() / 1000;
  const share = Math.max(0, Math.min(1, left / made.lifetime));
  const tone = left <= 0 ? 'bad' : share < 0.2 ? 'warn' : undefined;
  $('countdown').textContent = left > 0 ? `expires in ${duration(left)}` : 'expired';
  for (const element of [$('countdown'), $('lifetime-bar')]) setTone(element, tone);
  $('lifetime-bar').firstElementChild.style.transform = `scaleX(${share})`;
  $('generate').firstElementChild.textContent = left > 0 ? 'Generate' : 'Generate again';
  for (const [at, text] of [
    [60, 'The token expires in a minute'],
    [0, 'The token has expired'],
  ]) {
    if (left <= at && !(made.said <= at) && made.lifetime > at) [made.said] = [at, say(text)];
  }
}

function clearErrors() {
  notice('');
  for (const old of document.querySelectorAll('#view-generate .error')) old.remove();
  for (const input of document.querySelectorAll('#view-generate [aria-invalid]')) {
    input.removeAttribute('aria-invalid');
    input.setAttribute('aria-describedby', input.dataset.described ?? '');
  }
}

function showError({ field, message }) {
  const input = document.querySelector(`#view-generate [data-field="${CSS.escape(field ?? '')}"]`);
  if (!input) return notice(message);
  input.closest('details')?.setAttribute('open', '');
  const error = el('p', { class: 'error', id: 'generate-error' }, message.replace(field, labelOf(input)));
  (input.closest('.field') ?? input.parentElement).append(error);
  input.setAttribute('aria-invalid', 'true');
  input.dataset.described = input.getAttribute('aria-describedby') ?? '';
  input.setAttribute('aria-describedby', `${error.id} ${input.dataset.described}`.trim());
  input.focus();
}

/** What a field is called on the page. */
function labelOf(input) {
  const label = input.closest('.field').querySelector('label, legend');
  return (label.firstChild?.textContent ?? label.textContent).trim();
}

function tab(id) {
  const button = el(
    'button',
    { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': 'snippet-panel' },
    LANGUAGES[id],
  );
  button.addEventListener('click', () => {
    language = id;
    showSnippet();
  });
  button.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = [...$('snippet-tabs').children].filter((one) => !one.hidden);
    const next = tabs[(tabs.indexOf(button) + step + tabs.length) % tabs.length];
    next.click();
    next.focus();
  });
  return button;
}

function showSnippet() {
  const asked = form();
  if (!hasSnippet(language, asked)) language = 'cli';
  for (const button of $('snippet-tabs').children) {
    const id = button.id.slice(4);
    button.hidden = !hasSnippet(id, asked);
    button.setAttribute('aria-selected', String(id === language));
    button.tabIndex = id === language ? 0 : -1;
  }
  $('snippet-panel').setAttribute('aria-labelledby', `tab-${language}`);
  $('snippet').textContent = Number.isInteger(asked.ttl) ? snippet(language, asked, baseUrl) : '';
  $('snippet-note').textContent =
    language === 'curl'
      ? 'The call behind it: the grant, not the token.'
      : 'The key comes from the environment.';
}
