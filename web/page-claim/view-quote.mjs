// One sentence that can be quoted and that anybody can check with the same two files: how many rows differ, of which log, and what would
// have to be false. It says of nobody that he is right.

import { el } from '../page/dom.mjs';

/** @param {any} found a comparison @param {any} bounds what its totals need; null where not all are given @param {any} info the contest @param {any} words @returns {Node[]} */
export function viewQuote(found, bounds, info, { say }) {
  const { counts, level, whyNot } = found;
  const { title, head: { size, root } } = info;
  const compared = counts.identical + counts.different;
  const log = say('quote.log', { title, size, root: `${root.slice(0, 16)}…` });
  const rows = whyNot !== null || compared === 0 ? say('quote.none', { log })
    : level === null ? say('quote.stations', { log, count: counts.different, compared }) : say('quote.areas', { log, level, count: counts.different, compared });
  const figures = { least: bounds?.bound.least ?? null, forms: bounds?.bound.forms ?? null };
  const totals = bounds === null ? null
    : figures.least === null ? say('quote.never', figures) : figures.least === 0 ? say('quote.zero') : say('quote.least', figures);
  return [
    el('h3', {}, say('quote.title')),
    el('blockquote', { id: 'quote', tabindex: 0 }, [rows, totals].filter((part) => part !== null).join(' ')),
    el('p', { class: 'soft' }, say('quote.hint')),
  ];
}
