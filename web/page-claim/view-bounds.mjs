// What would have to be false, as elements: for one number, and for the totals of a table.

import { el } from '../page/dom.mjs';

/** @param {any} found an answer of `bounds` @param {any} info the contest @param {any} words @returns {Node} */
export function viewBounds(found, info, words) {
  const { say } = words;
  const { figure, bound, draws } = found;
  const names = info.candidates.map(({ name }) => name);
  const isTable = figure.is === 'totals';
  const head = isTable ? null : el('p', {}, figure.is === 'lead'
    ? say('bounds.lead', { name: names[figure.candidate], over: names[figure.over], claimed: figure.value, forms: bound.forms_say })
    : say('bounds.total', { name: names[figure.candidate], claimed: figure.value, forms: bound.forms_say }));
  const cap = info.cap === null ? '' : say('bounds.cap', { cap: info.cap });
  return el('div', { class: 'bound' },
    head,
    el('p', { class: 'verdict' }, leastText(bound, words)),
    isTable ? viewEach(found, names, words) : null,
    isTable ? el('p', { class: 'soft' }, say('bounds.table')) : null,
    draws[95] === null ? null : el('p', {}, say('bounds.draw', { likely: draws[95], almost: draws[99], forms: bound.forms })),
    found.open > 0 ? el('p', { class: 'soft' }, say('bounds.open', { count: found.open })) : null,
    bound.unlimited > 0 ? el('p', { class: 'soft' }, say('bounds.unlimited', { count: bound.unlimited })) : null,
    el('p', { class: 'soft' }, `${say('bounds.assumptions', { cap })} ${say('bounds.who')}`));
}

function leastText({ least, forms }, { say }) {
  if (least === null) return say('bounds.never', { forms });
  return least === 0 ? say('bounds.zero') : say('bounds.least', { least, forms });
}

/** Each total by itself, and all at once. */
function viewEach({ each, bound }, names, { say, number }) {
  const least = (value) => (value === null ? say('bounds.cannot') : number(value));
  const rows = each.map(({ condition, bound: own }, place) => el('tr', {}, el('th', { scope: 'row' }, names[place]),
    el('td', {}, number(condition.total)), el('td', {}, number(own.forms_say)), el('td', {}, least(own.least))));
  return el('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': say('bounds.title') }, el('table', { class: 'totals' },
    el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, say('bounds.candidate')),
      ...['bounds.claimed', 'bounds.forms', 'bounds.wrong'].map((key) => el('th', { scope: 'col', class: 'n' }, say(key))))),
    el('tbody', {}, ...rows),
    el('tfoot', {}, el('tr', {}, el('th', { scope: 'row', colspan: 3 }, say('bounds.all')), el('td', {}, least(bound.least))))));
}
