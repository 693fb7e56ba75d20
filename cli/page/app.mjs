// The page: opens the session, shows the view that the address names, and listens for keys.

import { call, openSession } from './api.mjs';
import { $, notice } from './dom.mjs';
import * as fleet from './fleet.mjs';
import * as generate from './generate.mjs';
import * as inspect from './inspect.mjs';
import { listenForKeys } from './keys.mjs';
import * as showtime from './showtime.mjs';

const VIEWS = { generate, inspect, showtime, fleet };
let hello;
let current;

try {
  if (await openSession()) {
    hello = await call('hello');
    setUp();
  } else {
    notice('This page is opened by the link that the terminal shows. Press Enter there for a new one.');
  }
} catch (problem) {
  notice(problem.message);
}

function setUp() {
  $('key-sid').textContent = shortened(hello.key_sid);
  $('key-sid').title = hello.key_sid;
  $('version').textContent = hello.version;
  $('key').hidden = false;
  for (const id of ['demo', 'demo-help']) $(id).hidden = !hello.is_demo;
  $('demo').title = 'Tokens work here, not at Twilio';
  $('demo').setAttribute('aria-label', 'DEMO: tokens work here, not at Twilio');
  $('demo').addEventListener('click', help);
  $('help').addEventListener('click', help);
  $('hide').addEventListener('click', hideTokens);
  $('theme').addEventListener('click', toggleTheme);
  if (sessionStorage.getItem('theme'))
    document.documentElement.dataset.theme = sessionStorage.getItem('theme');
  for (const view of Object.values(VIEWS))
    view.setUp({ ...hello, inspect: (jwt) => [go('inspect'), inspect.open(jwt)] });
  addEventListener('hashchange', showView);
  listenForKeys({
    1: () => go('generate'),
    2: () => go('inspect'),
    3: () => go('showtime'),
    4: () => go('fleet'),
    c: () => current === 'generate' && generate.copyToken(),
    i: () => current === 'generate' && generate.inspectToken(),
    Enter: () => current === 'generate' && generate.generate(),
    ' ': () => ({ showtime: showtime.begin, fleet: fleet.startOrEnd })[current]?.(),
    r: () => current === 'showtime' && showtime.reset(),
    k: () => current === 'fleet' && fleet.kill(),
    h: hideTokens,
    '?': help,
  });
  showView();
}

function go(view) {
  location.hash = view;
}

async function showView() {
  if (location.hash.startsWith('#k=')) return location.reload();
  const view =
    location.hash.slice(1) in VIEWS ? location.hash.slice(1) : hello.is_demo ? 'showtime' : 'generate';
  if (view === current) return;
  VIEWS[current]?.hide?.();
  for (const name of Object.keys(VIEWS)) $(`view-${name}`).hidden = name !== view;
  for (const link of document.querySelectorAll('nav a')) {
    if (link.hash === `#${view}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  // The first view has the focus of the document; from then on it moves along.
  if (current) $('main').focus({ preventScroll: true });
  current = view;
  VIEWS[view].show?.();
}

function hideTokens() {
  const isHidden = document.documentElement.toggleAttribute('data-hidden');
  $('hide').setAttribute('aria-pressed', String(isHidden));
}

function toggleTheme() {
  const isDark =
    getComputedStyle(document.documentElement).colorScheme === 'dark' ||
    (!document.documentElement.dataset.theme && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'light' : 'dark';
  sessionStorage.setItem('theme', document.documentElement.dataset.theme);
}

function help() {
  $('help-dialog').showModal();
}

/** SKde30…0000 */
function shortened(sid) {
  return `${sid.slice(0, 6)}…${sid.slice(-4)}`;
}
