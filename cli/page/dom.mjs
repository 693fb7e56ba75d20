// Elements without markup: texts are texts, whatever is in them.

export const $ = (id) => document.getElementById(id);

/** An element with properties, attributes (with a dash or unknown as property) and children. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child != null));
  return element;
}

/** A group of radio buttons that look like chips or segments. */
export function radios(container, name, choices, chosen, onchange) {
  for (const [value, label] of choices) {
    const input = el('input', { type: 'radio', name, value });
    input.checked = value === chosen;
    input.addEventListener('change', () => onchange(value));
    container.append(el('label', {}, input, el('span', {}, label)));
  }
}

export function setTone(element, tone) {
  if (tone) element.dataset.tone = tone;
  else delete element.dataset.tone;
}

/** Tells those who hear the page. */
export function say(text) {
  $('status').textContent = text;
}

export function notice(text) {
  $('notice').textContent = text;
  $('notice').hidden = !text;
}

/** Runs an action of a button, whose text says so if it takes long. */
export async function busy(button, text, action) {
  const label = button.querySelector('span') ?? button;
  const before = label.textContent;
  const later = setTimeout(() => (label.textContent = text), 300);
  button.disabled = true;
  try {
    return await action();
  } finally {
    clearTimeout(later);
    button.disabled = false;
    label.textContent = before;
  }
}

export async function copy(button, text) {
  await navigator.clipboard.writeText(text);
  const before = [...button.childNodes];
  button.replaceChildren('Copied ✓');
  say('Copied');
  setTimeout(() => button.replaceChildren(...before), 1200);
}

export const count = (number) => number.toLocaleString('en-US');

/** 3:59:41, 41 s */
export function duration(seconds) {
  const s = Math.max(0, Math.ceil(seconds));
  if (s < 60) return `${s} s`;
  const two = (n) => String(n).padStart(2, '0');
  const [h, m] = [Math.floor(s / 3600), Math.floor((s % 3600) / 60)];
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`;
}
