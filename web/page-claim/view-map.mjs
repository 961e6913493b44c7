// The map of a comparison: outlines where the site has them, else a square an area in the order of the register. How many rows differ is
// written on each and shaded; the table beneath says the same.

import { classOf } from '../src/claims/compare.mjs';
import { shadeOf } from '../src/claims/map.mjs';
import { el } from '../page/dom.mjs';

const SHADES = ['same', 'few', 'some', 'many', 'nothing'];
/** Longest code that stands on a square, in characters; of a longer one its place in the table. */
const CODE_FITS = 7;
/** Outlines up to which counts are written large. */
const LARGE_MAX = 60;
const STEPS = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 };

/** @param {string} tag @param {Record<string, any>} attributes @param {...(Node | string)} children */
function svg(tag, attributes, ...children) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

const comparedOf = ({ counts }) => counts.identical + counts.different;
const markOf = ({ code }, place) => (code.length <= CODE_FITS ? code : String(place + 1));

/**
 * @param {any} map an answer of `map` @param {{code: string | null} | null} within the area whose rows are shown @param {any} words
 * @param {{chooseLevel: (level: string) => void, chooseArea: (code: string | null) => void, hrefOf: (code: string) => string | null}} given
 */
export function viewMap(map, within, words, { chooseLevel, chooseArea, hrefOf }) {
  const { say } = words;
  const { levels, level, areas } = map;
  const choice = levels.length < 2 ? null : el('p', {}, el('label', { for: 'map-level' }, say('areas.level')),
    el('select', { id: 'map-level', 'data-keep': 'map-level', onchange: ({ target }) => chooseLevel(target.value) },
      ...levels.map((each) => el('option', { value: each.level, selected: each.level === level }, say('map.areas', each)))));
  const entries = areas.map((area, place) => ({ area, place }));
  const drawn = entries.filter(({ area }) => area.outline !== null);
  const bare = entries.filter(({ area }) => area.outline === null);
  const about = { words, within, chooseArea };
  return [
    el('h3', {}, say('areas.title', { level })),
    choice,
    el('p', { class: 'soft' }, drawn.length > 0 ? say('areas.outlines') : say('areas.squares')),
    drawn.length > 0 ? viewOutlines(drawn, level, about) : null,
    drawn.length > 0 && bare.length > 0 ? el('p', { class: 'soft' }, say('areas.without')) : null,
    bare.length > 0 ? viewSquares(bare, level, about) : null,
    viewLegend(areas, words),
    viewOutside(map, within, words, chooseArea),
    el('p', { class: 'caption' }, say('areas.table', { level })),
    viewTable(map, words, { chooseArea, hrefOf }),
  ].filter((part) => part !== null);
}

/** What is said of an area where it cannot be seen. */
function spoken(area, { say }) {
  const compared = comparedOf(area);
  const name = `${area.code} ${area.name}`;
  return compared === 0 ? say('areas.area-nothing', { name }) : say('areas.area', { name, count: area.counts.different, compared });
}

/** One stop of the Tab key for a whole map; arrows go from area to area. */
function walk(event, container) {
  const stops = [...container.querySelectorAll('[data-area]')];
  const at = stops.indexOf(event.target.closest('[data-area]'));
  const next = event.key === 'Home' ? 0 : event.key === 'End' ? stops.length - 1 : at + (STEPS[event.key] ?? NaN);
  if (at === -1 || stops[next] === undefined) return;
  event.preventDefault();
  stops[at].setAttribute('tabindex', '-1');
  stops[next].setAttribute('tabindex', '0');
  stops[next].focus();
}

const textOn = (area, { number }) => (comparedOf(area) === 0 ? '–' : number(area.counts.different));

function viewSquares(entries, level, { words, within, chooseArea }) {
  const list = el('ul', { class: 'squares', 'aria-label': words.say('areas.title', { level }), onkeydown: (event) => walk(event, list) },
    ...entries.map(({ area, place }, at) => el('li', {}, el('button', {
      type: 'button', class: `shade-${shadeOf(area)}`, 'data-area': area.code, tabindex: at === 0 ? 0 : -1, title: spoken(area, words),
      'aria-pressed': String(within?.code === area.code), onclick: () => chooseArea(area.code),
    }, el('small', {}, markOf(area, place)), el('b', {}, textOn(area, words)), el('span', { class: 'unseen' }, ` ${spoken(area, words)}`)))));
  return list;
}

function viewOutlines(entries, level, { words, within, chooseArea }) {
  const edge = (side, pick) => pick(...entries.map(({ area }) => area.outline.frame[side]));
  const [left, top, right, bottom] = [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)];
  const [width, height] = [Math.max(1, right - left), Math.max(1, bottom - top)];
  const pad = Math.max(width, height) / 60;
  const on = (event, code) => {
    if (event.type === 'keydown' && ![' ', 'Enter'].includes(event.key)) return;
    event.preventDefault();
    chooseArea(code);
  };
  const shapes = entries.map(({ area }, at) => {
    const { d, at: [x, y] } = area.outline;
    const shape = svg('g', {
      role: 'button', class: `shade-${shadeOf(area)}`, 'data-area': area.code, tabindex: at === 0 ? 0 : -1, 'aria-label': spoken(area, words),
      'aria-pressed': String(within?.code === area.code),
    }, svg('title', {}, spoken(area, words)), svg('path', { d, 'vector-effect': 'non-scaling-stroke' }));
    for (const type of ['click', 'keydown']) shape.addEventListener(type, (event) => on(event, area.code));
    return [shape, svg('text', { x, y, 'aria-hidden': 'true', 'font-size': Math.max(width, height) / (entries.length > LARGE_MAX ? 46 : 26) }, textOn(area, words))];
  });
  // Counts behind all shapes, so that no neighbour covers them.
  const map = svg('svg', {
    class: 'outlines', viewBox: `${left - pad} ${top - pad} ${width + 2 * pad} ${height + 2 * pad}`, role: 'group', 'aria-label': words.say('areas.title', { level }),
  }, ...shapes.map(([shape]) => shape), ...shapes.map(([, text]) => text));
  map.addEventListener('keydown', (event) => walk(event, map));
  return map;
}

function viewLegend(areas, { say }) {
  const count = (shade) => areas.filter((area) => shadeOf(area) === shade).length;
  return el('ul', { class: 'legend', 'aria-label': say('areas.legend') },
    ...SHADES.map((shade) => el('li', {}, el('span', { class: `swatch shade-${shade}`, 'aria-hidden': 'true' }), say(`shade.${shade}`, { count: count(shade) }))));
}

/** Rows of places that lie in no area of the level, or that the log does not know. */
function viewOutside({ outside, level }, within, words, chooseArea) {
  const { say } = words;
  const { counts } = outside;
  const count = Object.values(counts).reduce((sum, each) => sum + each, 0);
  if (count === 0) return null;
  const of = Object.entries(counts).filter(([, each]) => each > 0).map(([name, each]) => `${say(`class.${classOf(name)}`)} ${words.number(each)}`).join(', ');
  return el('p', { class: 'outside' }, `${say('areas.outside', { level, count, of })} `,
    el('button', { type: 'button', 'data-outside': '', 'aria-pressed': String(within !== null && within.code === null), onclick: () => chooseArea(null) }, say('areas.outside-rows')));
}

function viewTable({ areas, level, candidates }, words, { chooseArea, hrefOf }) {
  const { say, number, signed } = words;
  const keys = ['identical', 'different', 'only-in-claim', 'only-in-reference', 'not-comparable'];
  const rows = areas.map((area, place) => {
    const href = hrefOf(area.code);
    return el('tr', {},
      el('th', { scope: 'row' }, el('button', { type: 'button', class: 'plain', 'data-row': area.code, onclick: () => chooseArea(area.code) }, el('bdi', {}, area.name)),
        el('small', {}, markOf(area, place) === area.code ? null : `${place + 1} · `, href === null ? el('bdi', {}, area.code) : link(href, area.code, say))),
      ...keys.map((key) => el('td', {}, number(area.counts[key]))),
      ...area.differences.map((difference) => el('td', {}, difference === null ? '–' : signed(difference))));
  });
  const heads = [...keys.map((key) => say(`class.${key}`)), ...candidates.map((name) => say('areas.difference', { name }))];
  return el('div', { class: 'wide tall', tabindex: 0, role: 'region', 'aria-label': say('areas.table', { level }) }, el('table', { class: 'totals areas' },
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, say('areas.name')), ...heads.map((head) => el('th', { scope: 'col', class: 'n' }, head)))),
    el('tbody', {}, ...rows)));
}

/** To the log's own page, beside this one. @param {string} href @param {string} text @param {(key: string) => string} say */
export const link = (href, text, say) => el('a', { href, target: '_blank', rel: 'noopener noreferrer', title: say('rows.to-log') }, el('bdi', { class: 'mono' }, text));
