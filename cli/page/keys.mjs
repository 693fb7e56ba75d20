// Single keys, which do nothing in a field, and nothing at all if they are switched off.

import { $ } from './dom.mjs';

const FIELDS = 'input, textarea, select, [contenteditable]';
const PRESSABLE = 'a, button, summary, [role=tab]';
const SWITCH = 'keys';

export function listenForKeys(actions) {
  $('keys-on').checked = sessionStorage.getItem(SWITCH) !== 'off';
  $('keys-on').addEventListener('change', (event) => {
    sessionStorage.setItem(SWITCH, event.target.checked ? 'on' : 'off');
  });
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (!$('keys-on').checked || $('help-dialog').open || isForField(event)) return;
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** Space and Enter press what has the focus, and move sliders and lists. */
function isForField({ target, key }) {
  const isTyped = target.matches(FIELDS) && !target.matches('[type=radio], [type=checkbox], [type=range]');
  return isTyped || ((key === ' ' || key === 'Enter') && target.matches(`${PRESSABLE}, ${FIELDS}`));
}
