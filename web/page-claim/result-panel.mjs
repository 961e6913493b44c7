// The comparison on the page: a sentence to quote, counts that choose rows, a map, rows a page at a time, totals, the table's own
// arithmetic, the bounds, and files to keep, which are made here and go nowhere.

import { el } from '../page/dom.mjs';
import { boundsPanel } from './bounds-panel.mjs';
import { addressOf } from './links.mjs';
import { viewMap } from './view-map.mjs';
import { viewQuote } from './view-quote.mjs';
import { viewArithmetic, viewCounts, viewHead, viewRows, viewTotals } from './view-result.mjs';

/** Rows a page. */
const ROWS = 50;

/**
 * @param {{ask: (...given: any[]) => Promise<any>, trying: <T>(work: () => Promise<T>) => Promise<T | null>, words: () => any, site: () => string | null}} given
 *   `trying`: null where something was refused, which is said; `site`: where the log's own pages are, null where the results came from files
 */
export function resultPanel({ ask, trying, words, site }) {
  const bounds = boundsPanel({ ask, trying, words });
  let found = null;
  let info = null;
  let shown = null;
  let page = null;
  let map = null;
  let milliseconds = null;

  const fresh = () => ({ filter: 'not-identical', sort: 'code', descending: false, from: 0, count: ROWS, within: null });

  /** The log's page of a station or an area. */
  function hrefOf(kind, code) {
    const at = site();
    return at === null || code === null ? null : addressOf(at, kind, words().language, info.contest, code);
  }

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
    const kind = found.level === null ? 'station' : 'area';
    into.replaceChildren(...viewRows(page, shown, found, words(), { turn, whereText: whereText(), hrefOf: (code) => hrefOf(kind, code) }));
    for (const button of document.querySelectorAll('.classes button')) button.setAttribute('aria-pressed', String(button.dataset.filter === shown.filter));
    const { within } = shown;
    for (const area of document.querySelectorAll('[data-area]')) area.setAttribute('aria-pressed', String(within?.code === area.dataset.area));
    document.querySelector('[data-outside]')?.setAttribute('aria-pressed', String(within !== null && within.code === null));
    if (active !== undefined) into.querySelector(`[data-keep="${active}"]`)?.focus();
  }

  /** Whose rows alone are shown; null where they are of everywhere. */
  function whereText() {
    const { within } = shown;
    if (within === null) return null;
    return within.code === null ? words().say('areas.outside-short') : map.areas.find(({ code }) => code === within.code).name;
  }

  async function chooseLevel(level) {
    const own = found;
    const answer = await trying(() => ask('map', { level }));
    if (answer === null || found !== own) return;
    map = answer;
    drawMap();
    document.getElementById('map-level')?.focus();
    if (shown.within !== null) turn({ within: null });
  }

  /** The rows of an area, or of all again if they were of it. */
  const chooseArea = (code) => turn({ within: shown.within !== null && shown.within.code === code ? null : { code } });

  function drawMap() {
    const into = document.getElementById('areas');
    const said = words();
    if (map !== null) into.replaceChildren(...viewMap(map, shown.within, said, { chooseLevel, chooseArea, hrefOf: (code) => hrefOf('area', code) }));
    else into.replaceChildren(...(found.hasAreas || found.whyNot !== null ? [] : [el('p', { class: 'soft' }, said.say('areas.none'))]));
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
      [found, page, map, milliseconds] = [null, null, null, null];
      bounds.forget();
    },
    /** Asks for a comparison, which is shown once it is taken. */
    async compare(mapping, about) {
      const first = fresh();
      const answer = await ask('compare', { mapping });
      const drawn = answer.whyNot === null && answer.hasAreas ? await ask('map', { level: null }) : null;
      const rows = await ask('rows', first);
      const figures = answer.claimed.includes(null) ? null : await ask('bounds', { figure: { is: 'totals', totals: answer.claimed } });
      return { answer, drawn, rows, figures, first, about };
    },
    take({ answer, drawn, rows, figures, first, about }) {
      [found, map, page, shown, info] = [answer, drawn, rows, first, about];
      bounds.take(figures, about);
    },
    /** @param {HTMLElement} out */
    draw(out) {
      if (found === null) return out.replaceChildren();
      const said = words();
      const { say } = said;
      const bound = bounds.element();
      out.replaceChildren(
        el('h2', {}, say('out.title')),
        ...viewHead(found, said),
        ...viewQuote(found, bounds.found(), info, said),
        viewCounts(found, shown, said, (filter) => turn({ filter })),
        el('p', { class: 'soft', id: 'took' }, milliseconds === null ? '' : say('out.time', { milliseconds })),
        el('div', { id: 'areas' }),
        el('div', { id: 'rows' }),
        el('h3', {}, say('totals.title')), ...viewTotals(found, said),
        el('h3', {}, say('own.title')), ...viewArithmetic(found.own, said),
        el('h3', {}, say('bounds.title')),
        ...(bound === null ? [el('p', {}, say('bounds.partial'))] : [el('p', { class: 'soft' }, say('bounds.lede', { place: info.place })), bound]),
        el('h3', {}, say('out.keep')), keepRow(said),
        el('p', { class: 'rest' }, say('out.rest')),
      );
      drawMap();
      return drawRows();
    },
    /** How long it took until it could be seen. @param {HTMLElement} out */
    took(out, elapsed) {
      milliseconds = Math.round(elapsed);
      out.querySelector('#took').textContent = words().say('out.time', { milliseconds });
    },
  };
}
