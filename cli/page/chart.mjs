// Charts as SVG that the page's own styles colour. Lines differ by dash and by the label at their end, too.

import { count, el, svg } from './dom.mjs';

const MARGIN = { left: 52, right: 116, top: 26, bottom: 26 };
const NARROW = 560;
/** While it is not shown, a chart has no width. */
const WIDTH_MIN = 280;
const POINTS_MAX = 600;

/** The scale from a range of values to a range of pixels. */
const scale = (from, to, low, high) => (value) => low + ((value - from) / (to - from || 1)) * (high - low);

/** A round step for about so many ticks. */
export function step(most, ticks) {
  const raw = most / ticks || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((factor) => factor * power).find((round) => round >= raw);
}

/** Every so many-th point, and the last. */
export function thin(points, most = POINTS_MAX) {
  const every = Math.ceil(points.length / most);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}

/** Moves labels apart that would be printed over each other. Both in and out: their middles, in pixels. */
export function apart(middles, distance) {
  const order = middles.map((y, index) => ({ y, index })).sort((a, b) => a.y - b.y);
  for (let i = 1; i < order.length; i += 1) order[i].y = Math.max(order[i].y, order[i - 1].y + distance);
  const over = [];
  for (const { y, index } of order) over[index] = y;
  return over;
}

/**
 * A chart of lines over seconds: `series` are {points: [[s, value]], style, label}, `bands` times that are shaded.
 * It is as wide as its place, in pixels, so that its texts have the size of others.
 */
export function lines({
  series,
  bands = [],
  seconds,
  most,
  height = 330,
  label,
  place,
  unit = '',
  ticks = 4,
  hasAxis = true,
}) {
  const width = Math.max(place, WIDTH_MIN);
  const right = width - MARGIN.right;
  const bottom = height - (hasAxis ? MARGIN.bottom : 8);
  const top = bands.length ? MARGIN.top : 12;
  const x = scale(0, seconds, MARGIN.left, right);
  const y = scale(0, most, bottom, top);
  const root = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label });
  root.append(...bands.map((band) => shaded(band, x, top, bottom, seconds)).flat());
  root.append(...grid(most, ticks, y, right, unit));
  if (hasAxis) root.append(...axis(seconds, x, bottom, width));
  const drawn = series.filter(({ points }) => points.length);
  for (const one of drawn) root.append(...line(one, x, y, bottom));
  const labelled = drawn.filter((one) => one.label);
  const middles = apart(
    labelled.map(({ points }) => y(points.at(-1)[1])),
    16,
  );
  const shift = Math.min(0, bottom + 4 - Math.max(0, ...middles));
  labelled.forEach(({ points, style, label: text }, index) => {
    const at = Math.min(x(points.at(-1)[0]) + 9, right + 9);
    root.append(svg('text', { class: `end f-${style}`, x: at, y: middles[index] + shift + 4 }, text));
  });
  return root;
}

function line({ points, style, hasArea }, x, y, bottom) {
  const path = thin(points).map(
    ([s, value], index) => `${index ? 'L' : 'M'}${x(s).toFixed(1)} ${y(value).toFixed(1)}`,
  );
  const stroke = svg('path', { class: `series c-${style}`, d: path.join('') });
  if (!hasArea) return [stroke];
  const [first, last] = [x(points[0][0]), x(points.at(-1)[0])];
  return [
    svg('path', { class: 'area', d: `${path.join('')}L${last} ${bottom}L${first} ${bottom}Z` }),
    stroke,
  ];
}

function grid(most, ticks, y, right, unit) {
  const by = step(most, ticks);
  const values = Array.from({ length: Math.floor(most / by) + 1 }, (_, index) => index * by);
  return values.flatMap((value) => [
    svg('line', { class: value ? 'grid' : 'axis', x1: MARGIN.left, x2: right, y1: y(value), y2: y(value) }),
    svg('text', { x: MARGIN.left - 8, y: y(value) + 4, 'text-anchor': 'end' }, count(value) + unit),
  ]);
}

function axis(seconds, x, bottom, width) {
  const by = step(seconds, width < NARROW ? 3 : 8);
  const values = Array.from({ length: Math.floor(seconds / by) + 1 }, (_, index) => index * by);
  return values.map((value) =>
    svg('text', { x: x(value), y: bottom + 18, 'text-anchor': 'middle' }, `${count(value)} s`),
  );
}

function shaded({ name, from, to }, x, top, bottom, seconds) {
  const [left, right] = [x(Math.min(from, seconds)), x(Math.min(to ?? seconds, seconds))];
  return [
    svg('rect', { class: 'band', x: left, y: top, width: Math.max(1, right - left), height: bottom - top }),
    svg('line', { class: 'band-edge', x1: left, x2: left, y1: top, y2: bottom }),
    svg('text', { class: 'band-name', x: left + 3, y: top - 7 }, name),
  ];
}

/** Rows of what each one did over the last minute: `lanes` are {name, spells: [{style, from, to}], end}. */
export function lanes({ lanes: rows, from, to, label, place }) {
  const [width, row, left, top] = [Math.max(place, WIDTH_MIN), 30, 64, 6];
  const right = width - 12;
  const bottom = top + rows.length * row;
  const x = scale(from, to, left, right);
  const within = (s) => Math.min(Math.max(s, from), to);
  const root = svg('svg', { viewBox: `0 0 ${width} ${bottom + 24}`, role: 'img', 'aria-label': label });
  rows.forEach(({ name, spells, end }, index) => {
    const y = top + index * row;
    root.append(svg('text', { x: left - 10, y: y + 19, 'text-anchor': 'end' }, name));
    for (const spell of spells.filter((one) => one.to > from)) {
      const [a, b] = [x(within(spell.from)), x(within(spell.to))];
      const rises = spell.style === 'fetches' ? 0 : 6;
      root.append(
        svg('rect', {
          class: `lane-${spell.style}`,
          x: a,
          y: y + 4 + rises,
          width: Math.max(1, b - a),
          height: 20 - 2 * rises,
          rx: 2,
        }),
      );
    }
    if (end > from) {
      const [at, middle] = [x(within(end)), y + 14];
      root.append(svg('path', { class: 'lane-end', d: `M${at - 5} ${middle - 5}l10 10m0 -10l-10 10` }));
    }
  });
  const by = step(to - from, width < NARROW ? 3 : 6);
  for (let back = 0; back <= to - from; back += by) {
    const text = back ? `−${back} s` : 'now';
    root.append(
      svg('text', { x: x(to - back), y: bottom + 17, 'text-anchor': back ? 'middle' : 'end' }, text),
    );
  }
  return root;
}

/** One entry of a legend, with the line as it is drawn. */
export function legend(style, text) {
  return el(
    'span',
    {},
    svg(
      'svg',
      { viewBox: '0 0 28 8', 'aria-hidden': 'true' },
      svg('path', { class: `c-${style}`, d: 'M1 4h26' }),
    ),
    text,
  );
}

export function table(head, rows) {
  const cells = (tag, texts) =>
    texts.map((text, index) =>
      el(index || tag === 'th' ? tag : 'th', { scope: tag === 'th' ? 'col' : index ? null : 'row' }, text),
    );
  return el(
    'table',
    {},
    el('thead', {}, el('tr', {}, cells('th', head))),
    el(
      'tbody',
      {},
      rows.map((row) => el('tr', {}, cells('td', row))),
    ),
  );
}
