// Rows of a comparison, a page at a time: chosen by what is said of them and by where they lie, and put in an order.

import { classOf, figuresOf } from '../src/claims/compare.mjs';

/** @typedef {import('../src/claims/compare.mjs').Compared} Compared */
/** @typedef {{filter: string, sort: string, descending: boolean, from: number, count: number, within: {code: string | null} | null}} Asked `within`: an area of the map, or what lies outside of it */

const FILTERS = {
  all: () => true,
  'not-identical': ({ all, impossible }) => all !== 'identical' || impossible !== null,
  impossible: ({ impossible }) => impossible !== null,
};

/**
 * @param {ReturnType<typeof import('../src/claims/compare.mjs').compare>} comparison
 * @param {ReturnType<typeof import('../src/claims/map.mjs').mapOf> | null} map @param {Asked} asked
 * @param {Compared[] | null} known the same rows in the same order, where they were asked for before
 */
export function pageOf(comparison, map, { filter, sort, descending, from, count, within }, known) {
  const { pairs, rows } = comparison;
  const isChosen = FILTERS[filter] ?? ((row) => classOf(row.all) === filter);
  const isWithin = (place) => within === null || map?.of[place] === within.code;
  const ordered = known ?? inOrderOf(pairs, rows.filter((row, place) => isWithin(place) && isChosen(row)), sort, descending);
  const shown = ordered.slice(from, from + count).map((row) => ({
    ...row, mine: null, theirs: null, known: null, place: row.known?.code ?? null, figures: figuresOf(pairs, row),
  }));
  return { ordered, rows: shown };
}

/** By the largest difference of a box, by what is said of it, or by the code. */
function inOrderOf(pairs, rows, sort, descending) {
  const difference = (row) => figuresOf(pairs, row).reduce((most, [mine, theirs]) => (
    typeof mine === 'number' && typeof theirs === 'number' ? Math.max(most, Math.abs(mine - theirs)) : most), -1);
  const turn = descending ? -1 : 1;
  if (sort === 'difference') {
    return rows.map((row) => [difference(row), row]).sort((a, b) => turn * (a[0] - b[0])).map(([, row]) => row);
  }
  if (sort === 'verdict') return [...rows].sort((a, b) => turn * (a.all < b.all ? -1 : a.all > b.all ? 1 : 0));
  if (sort === 'line') return [...rows].sort((a, b) => turn * ((a.line ?? Infinity) - (b.line ?? Infinity)));
  return descending ? [...rows].reverse() : rows;
}
