// What would have to be false, as elements: for one number, and for the totals of a table.

import { el } from '../page/dom.mjs';

/** @param {any} found an answer of `bounds` @param {any} info the contest @param {any} words @param {(party: string | null) => void} choose @returns {Node} */
export function viewBounds(found, info, words, choose) {
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
    ...viewAnswers(found, info, words, choose),
    draws[95] === null ? null : el('p', { class: 'draw' }, say('bounds.draw', { likely: draws[95], almost: draws[99], forms: bound.forms })),
    found.open > 0 ? el('p', { class: 'soft' }, say('bounds.open', { count: found.open })) : null,
    bound.unlimited > 0 ? el('p', { class: 'soft' }, say('bounds.unlimited', { count: bound.unlimited })) : null,
    el('p', { class: 'soft' }, say('bounds.assumptions', { cap })));
}

/** Who answers for the forms: by keys and, apart, by ink. */
function viewAnswers({ answers, bound }, info, words, choose) {
  const { say } = words;
  if (answers === null) return [el('p', { class: 'soft' }, say('bounds.untold'))];
  const { parties, party, keys, ink } = answers;
  const nameOf = (code) => [code, ...info.candidates.filter((candidate) => candidate.party === code).map(({ name }) => name)].join(' · ');
  const options = ['', ...parties].map((code) => el('option', { value: code, selected: code === (party ?? '') }, code === '' ? say('bounds.nobody') : nameOf(code)));
  const select = el('select', { id: 'party', onchange: ({ target }) => choose(target.value === '' ? null : target.value) }, ...options);
  const among = ({ forms, least }) => (least === null ? say('bounds.among-never') : least === 0 ? say('bounds.among-zero') : say('bounds.among', { least, forms }));
  const line = (by, key, found) => el('p', { 'data-by': by }, `${say(key, { party, forms: found.forms })} ${found.forms === 0 || bound.least === 0 ? '' : among(found)}`.trim());
  return [
    el('p', { class: 'party' }, el('label', { for: 'party' }, say('bounds.who')), select),
    ...(party === null ? [] : [line('keys', 'bounds.keys', keys), line('ink', 'bounds.ink', ink), el('p', { class: 'soft' }, say('bounds.apart'))]),
  ];
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
