// The comparison on the page: counts that choose rows, rows a page at a time, totals, the table's own arithmetic, the bounds, and
// files to keep, which are made here and go nowhere.

import { el } from '../page/dom.mjs';
import { viewBounds } from './view-bounds.mjs';
import { viewArithmetic, viewCounts, viewHead, viewRows, viewTotals } from './view-result.mjs';

/** Rows a page. */
const ROWS = 50;

/**
 * @param {{ask: (...given: any[]) => Promise<any>, trying: <T>(work: () => Promise<T>) => Promise<T | null>, words: () => any}} given
 *   `trying`: null where something was refused, which is said
 */
export function resultPanel({ ask, trying, words }) {
  let found = null;
  let bounds = null;
  let info = null;
  let shown = null;
  let page = null;
  let milliseconds = null;

  const fresh = () => ({ filter: 'not-identical', sort: 'code', descending: false, from: 0, count: ROWS });

  async function turn(change) {
    const own = found;
    shown = { ...shown, from: 0, ...change };
    const answer = await trying(() => ask('rows', shown));
    // It may have been forgotten meanwhile.
    if (answer === null || found !== own) return;
    page = answer;
    drawRows();
  }

  function drawRows() {
    const into = document.getElementById('rows');
    if (into === null) return;
    const active = document.activeElement?.dataset?.keep;
    into.replaceChildren(...viewRows(page, shown, found, words(), turn));
    for (const button of document.querySelectorAll('.classes button')) button.setAttribute('aria-pressed', String(button.dataset.filter === shown.filter));
    if (active !== undefined) into.querySelector(`[data-keep="${active}"]`)?.focus();
  }

  async function keep(format) {
    const { head } = info;
    const answer = await trying(() => ask('download', { format }));
    if (answer === null) return;
    const { text } = answer;
    const address = URL.createObjectURL(new Blob([text], { type: format === 'csv' ? 'text/csv' : 'application/json' }));
    el('a', { href: address, download: `comparison-${head.size}.${format}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  function keepRow({ say }) {
    return el('div', { class: 'row no-print' },
      el('button', { type: 'button', id: 'keep-csv', onclick: () => keep('csv') }, say('out.keep-csv')),
      el('button', { type: 'button', id: 'keep-json', onclick: () => keep('json') }, say('out.keep-json')),
      el('button', { type: 'button', onclick: () => globalThis.print() }, say('out.print')));
  }

  return {
    forget() {
      [found, bounds, page, milliseconds] = [null, null, null, null];
    },
    /** Asks for a comparison, which is shown once it is taken. */
    async compare(mapping, about) {
      const first = fresh();
      const answer = await ask('compare', { mapping });
      const rows = await ask('rows', first);
      const figures = answer.claimed.includes(null) ? null : await ask('bounds', { figure: { is: 'totals', totals: answer.claimed } });
      return { answer, rows, figures, first, about };
    },
    take({ answer, rows, figures, first, about }) {
      [found, page, bounds, shown, info] = [answer, rows, figures, first, about];
    },
    /** @param {HTMLElement} out */
    draw(out) {
      if (found === null) return out.replaceChildren();
      const said = words();
      const { say } = said;
      out.replaceChildren(
        el('h2', {}, say('out.title')),
        ...viewHead(found, said),
        viewCounts(found, shown, said, (filter) => turn({ filter })),
        el('p', { class: 'soft', id: 'took' }, milliseconds === null ? '' : say('out.time', { milliseconds })),
        el('div', { id: 'rows' }),
        el('h3', {}, say('totals.title')), ...viewTotals(found, said),
        el('h3', {}, say('own.title')), ...viewArithmetic(found.own, said),
        el('h3', {}, say('bounds.title')),
        ...(bounds === null ? [el('p', {}, say('bounds.partial'))] : [el('p', { class: 'soft' }, say('bounds.lede')), viewBounds(bounds, info, said)]),
        el('h3', {}, say('out.keep')), keepRow(said),
        el('p', { class: 'rest' }, say('out.rest')),
      );
      return drawRows();
    },
    /** How long it took until it could be seen. @param {HTMLElement} out */
    took(out, elapsed) {
      milliseconds = Math.round(elapsed);
      out.querySelector('#took').textContent = words().say('out.time', { milliseconds });
    },
  };
}
