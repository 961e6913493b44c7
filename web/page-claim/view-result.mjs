// A comparison as elements. It says what matches and what differs, in the table's own words for its columns.

import { classOf } from '../src/claims/compare.mjs';
import { el } from '../page/dom.mjs';
import { link } from './view-map.mjs';

/** The classes that are counted, in the order in which they are shown. */
const COUNTED = ['identical', 'different', 'only-in-claim', 'only-in-reference', 'not-comparable'];
const FILTERS = ['not-identical', ...COUNTED, 'impossible', 'all'];

const columnName = (label, { say, has }) => (has(`box.${label}`) ? say(`box.${label}`) : label);
const names = (labels, words) => labels.map((label) => columnName(label, words)).join('; ');

/** What was compared, or why not. */
export function viewHead(found, words) {
  const { say } = words;
  const { counts, whyNot, level } = found;
  const compared = counts.identical + counts.different;
  const rows = found.claimRows.count;
  const differ = counts.different + counts['only-in-claim'] + counts['only-in-reference'];
  const lines = [];
  if (whyNot === 'no-common-level') lines.push(say('out.none-level'));
  else if (whyNot === 'no-common-column') lines.push(say('out.none-column'));
  else if (whyNot !== null) lines.push(say('out.none-code', whyNot['no-common-code']));
  else lines.push(level === null ? say('out.stations', { compared, rows }) : say('out.areas', { level, compared, rows }));
  if (whyNot === null && compared > 0) lines.push(differ === 0 ? say('out.all-same') : say('out.differs', { count: counts.different }));
  const soft = [];
  if (whyNot === null) soft.push(say('out.candidates-only', found.candidateCounts));
  if (found.outside[1] > 0) soft.push(say('out.outside', { count: found.outside[1] }));
  if (found.onlyClaim.length > 0) soft.push(say('out.only-claim-columns', { columns: names(found.onlyClaim, words) }));
  if (found.onlyReference.length > 0) soft.push(say('out.only-reference-columns', { columns: names(found.onlyReference, words) }));
  return [el('p', { class: 'verdict' }, lines.join(' ')), ...soft.map((text) => el('p', { class: 'soft' }, text))];
}

/** How many rows are of each class; each chooses the rows below. */
export function viewCounts(found, shown, { say, number }, choose) {
  const all = Object.values(found.counts).reduce((sum, count) => sum + count, 0);
  const counts = { ...found.counts, impossible: found.impossible, all, 'not-identical': null };
  const button = (filter) => el('li', {}, el('button', {
    type: 'button', 'data-filter': filter, 'aria-pressed': String(shown.filter === filter), onclick: () => choose(filter),
  }, counts[filter] === null ? '' : el('b', {}, number(counts[filter])), el('span', {}, say(`class.${filter}`)),
  [...COUNTED, 'impossible'].includes(filter) ? el('small', {}, say(`what.${filter}`)) : null));
  return el('ul', { class: 'classes', 'aria-label': say('class.title') }, ...FILTERS.map(button));
}

/**
 * A page of rows, and what turns it.
 * @param {any} page @param {any} shown @param {any} found @param {any} words
 * @param {{turn: (change: any) => void, whereText: string | null, hrefOf: (code: string | null) => string | null}} given `whereText`: the area whose rows alone are shown
 */
export function viewRows(page, shown, found, words, { turn, whereText, hrefOf }) {
  const { say } = words;
  const to = Math.min(shown.from + shown.count, page.total);
  const sort = el('select', { id: 'sort', 'data-keep': 'sort', onchange: ({ target }) => turn({ sort: target.value, descending: target.value === 'difference' }) },
    ...['code', 'difference', 'verdict', 'line'].map((key) => el('option', { value: key, selected: key === shown.sort }, say(`rows.${key}`))));
  const button = (keep, key, isOff, change, attributes = {}) => el('button', { type: 'button', 'data-keep': keep, disabled: isOff, onclick: () => turn(change), ...attributes }, say(key));
  const bar = el('div', { class: 'bar' },
    el('p', {}, el('label', { for: 'sort' }, say('rows.sort')), sort),
    button('turn', 'rows.turn', false, { descending: !shown.descending }, { 'aria-pressed': String(shown.descending) }),
    button('back', 'rows.back', shown.from === 0, { from: Math.max(0, shown.from - shown.count) }),
    button('next', 'rows.next', to >= page.total, { from: to }),
    whereText === null ? null : button('everywhere', 'rows.everywhere', false, { within: null }),
    el('p', { role: 'status' }, page.total === 0 ? say('rows.none') : say('rows.page', { from: shown.from + 1, to, total: page.total })));
  const title = el('h3', {}, [`${say('rows.title')}: ${say(`class.${shown.filter}`)}`, ...(whereText === null ? [] : [whereText])].join(' · '));
  if (page.total === 0) return [title, bar];
  const heads = ['rows.place', 'rows.said', 'rows.figures'].map((key) => el('th', { scope: 'col' }, say(key)));
  return [
    title,
    bar,
    page.rows.some((row) => hrefOf(row.place) !== null) ? el('p', { class: 'soft no-print' }, say('rows.linked')) : null,
    el('table', { class: 'rows' },
      el('colgroup', {}, el('col', { class: 'place' }), el('col', { class: 'said' }), el('col')),
      el('thead', {}, el('tr', {}, ...heads)),
      el('tbody', {}, ...page.rows.map((row) => viewRow(row, found.labels, words, hrefOf(row.place))))),
  ].filter((part) => part !== null);
}

function viewRow(row, labels, words, href) {
  const { say } = words;
  const [kind, why] = row.all.split(':');
  const said = [el('span', {}, say(`class.${kind}`))];
  if (why !== undefined) said.push(el('small', {}, say(`why.${why}`, row.incomplete ?? {})));
  if (row.impossible !== null) {
    const { is, votes, most } = row.impossible;
    said.push(el('small', { class: 'note' }, `${say('class.impossible')}: ${say(`rows.${is}`, { votes, most })}`));
  }
  return el('tr', { 'data-code': row.code },
    el('th', { scope: 'row' }, href === null ? el('bdi', { class: 'mono' }, row.code) : link(href, row.code, say), row.name === row.code ? null : el('small', {}, el('bdi', {}, row.name)),
      row.line === null ? null : el('small', {}, say('rows.at-line', { line: row.line }))),
    el('td', {}, ...said),
    el('td', {}, viewFigures(row, labels, words)));
}

/** Boxes that differ; of a row of one side only, all that it has. */
function viewFigures({ all, figures }, labels, words) {
  const { say, signed } = words;
  const isOneSided = classOf(all).startsWith('only-in');
  const boxes = figures.flatMap(([mine, theirs], place) => {
    if (mine === null && theirs === null) return [];
    if (all !== 'identical' && !isOneSided && (mine === theirs || mine === null || theirs === null)) return [];
    const gap = typeof mine === 'number' && typeof theirs === 'number' ? signed(mine - theirs) : '';
    return [el('li', { class: mine === theirs ? 'same' : '' }, el('bdi', {}, columnName(labels[place], words)), el('span', {}, figureText(mine, words)),
      el('span', {}, figureText(theirs, words)), el('span', { class: 'gap' }, gap))];
  });
  if (boxes.length === 0) return '';
  const heads = el('li', { class: 'heads', 'aria-hidden': 'true' }, el('span', {}), ...['rows.table', 'rows.log', 'rows.gap'].map((key) => el('span', {}, say(key))));
  return el('ul', {}, heads, ...boxes);
}

function figureText(figure, { say, number }) {
  if (figure === null) return '–';
  return typeof figure === 'number' ? number(figure) : say(`box.${figure}`);
}

export function viewTotals({ totals }, words) {
  const { say, number, signed } = words;
  const hasLine = totals.some(({ claimLine }) => claimLine !== null);
  const keys = ['totals.rows', ...(hasLine ? ['totals.line'] : []), 'totals.log', 'totals.gap'];
  const rows = totals.map((total) => el('tr', {},
    el('th', { scope: 'row' }, columnName(total.column, words)),
    el('td', {}, number(total.claim)),
    hasLine ? el('td', {}, total.claimLine === null ? '–' : number(total.claimLine)) : null,
    el('td', {}, number(total.reference)), el('td', {}, signed(total.claim - total.reference))));
  const lacking = totals.filter(({ claimWithout, referenceWithout }) => claimWithout + referenceWithout > 0);
  const list = lacking.map(({ column, claimWithout, referenceWithout }) => `${columnName(column, words)} ${number(claimWithout)}, ${number(referenceWithout)}`).join('; ');
  return [
    el('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': say('totals.title') }, el('table', { class: 'totals' },
      el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, say('totals.column')), ...keys.map((key) => el('th', { scope: 'col', class: 'n' }, say(key))))),
      el('tbody', {}, ...rows))),
    ...(lacking.length === 0 ? [] : [el('p', { class: 'soft' }, say('totals.without', { list }))]),
  ];
}

/** The table against itself. */
export function viewArithmetic(own, words) {
  const { say, signed } = words;
  const parts = [];
  const list = (items, count) => el('ul', { class: 'plain' }, ...items.map((text) => el('li', {}, el('bdi', {}, text))),
    count > items.length ? el('li', {}, say('own.more', { shown: items.length })) : null);
  if (own.rowsWithTotal > 0 && own.rowsDifferCount === 0) parts.push(el('p', {}, say('own.rows-good', { count: own.rowsWithTotal })));
  if (own.rowsDifferCount > 0) {
    parts.push(el('p', {}, say('own.rows-bad', { bad: own.rowsDifferCount, count: own.rowsWithTotal })),
      list(own.rowsDiffer.map((row) => say('own.row', row)), own.rowsDifferCount));
  }
  if (own.lineCount > 0 && own.lines.length === 0) parts.push(el('p', {}, say('own.lines-good')));
  if (own.lines.length > 0) {
    parts.push(list(own.lines.map(({ line, column, stated, sum }) => say('own.line', {
      line: String(line), column: columnName(column, words), stated, sum, gap: signed(stated - sum),
    })), own.lines.length));
  }
  const denominators = Object.entries(own.denominators).filter(([, count]) => count === own.shareCount).map(([name]) => say(`of.${name}`));
  if (own.shareCount > 0 && denominators.length > 0) parts.push(el('p', {}, say('own.shares-good', { denominators: denominators.join(', ') })));
  if (own.shareCount > 0 && own.sharesCount === 0 && denominators.length === 0) parts.push(el('p', {}, say('own.shares-each')));
  if (own.sharesCount > 0) {
    parts.push(el('p', {}, say('own.shares-bad', { bad: own.sharesCount, count: own.shareCount })),
      list(own.shares.map(({ place, column, text }) => say('own.share', { place: String(place), column: column ?? say('of.turnout'), text })), own.sharesCount));
  }
  return parts.length === 0 ? [el('p', {}, say('own.nothing'))] : parts;
}
