// A result set (docs/reference/claims.md): rows of stations or of areas, each with what it states. Absent, blank and zero are three
// things: a figure is a number, `blank`, `dash` or `illegible`; null where the source has no such box.

import { trimmed } from './blanks.mjs';

/** @typedef {number | 'blank' | 'dash' | 'illegible' | null} Figure */
/** @typedef {{is: 'candidate', name: string, party: string | null} | {is: 'other', name: string} | {is: 'valid' | 'rejected' | 'registered'}} Column */
/** @typedef {{column: number | null, text: string}} Share */
/**
 * @typedef {object} Row
 * @property {string | null} code in a register; null where a table gave it
 * @property {string} name
 * @property {string | null} area the code of the area that holds it
 * @property {Figure[]} figures one a column
 * @property {number | null} voters by a register
 * @property {'stands' | 'missing' | 'contested' | 'disregarded'} state
 * @property {number} summed rows that it is summed of
 * @property {number} lacking of those, without figures that count or with a box that holds no number
 * @property {Share[]} shares
 * @property {number | null} line in its table, from 1
 */
/**
 * @typedef {object} ResultSet
 * @property {string} title
 * @property {string | null} level of the areas that its rows are; null where they are stations
 * @property {Column[]} columns
 * @property {Map<string, Row>} rows by code, in the order of the codes
 * @property {Map<string, {level: string, parent: string | null, name: string}>} areas
 * @property {{name: string, row: Row}[]} lines totals that it states itself
 * @property {number | null} cap most voters of a station
 */

/** Steps up a tree of areas; the bound keeps a set that is none from holding us. */
const STEPS_MAX = 64;

/** By Unicode code points, which is the order of the bytes of UTF-8. @param {string} a @param {string} b */
export function inOrder(a, b) {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [one, other] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (one === other) continue;
    // Halves of characters beyond U+FFFF come after every whole unit.
    const place = (unit) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);
    return place(one) - place(other);
  }
  return a.length - b.length;
}

/** In the order of the keys; what stands in it already, as tables mostly do, is not sorted. @param {Iterable<[string, any]>} entries @returns {Map<string, any>} */
export function sorted(entries) {
  const all = [...entries];
  const isSorted = all.every(([key], i) => i === 0 || inOrder(all[i - 1][0], key) <= 0);
  return new Map(isSorted ? all : all.sort((one, other) => inOrder(one[0], other[0])));
}

/** @param {Partial<Row>} given @returns {Row} */
export function rowOf({ code = null, name = '', area = null, figures = [], voters = null, state = 'stands', summed = 1, lacking = 0, shares = [], line = null }) {
  return { code, name, area, figures, voters, state, summed, lacking, shares, line };
}

/** A candidate by name, another count by its own name, else the box. @param {Column} column */
export const labelOf = (column) => (column.is === 'candidate' || column.is === 'other' ? column.name : column.is);

/** @param {Row} row @param {number} column @returns {number | null} */
export function numberIn(row, column) {
  const figure = row.figures[column];
  return typeof figure === 'number' ? figure : null;
}

/** @param {ResultSet} set @returns {number[]} the places of the candidates' columns */
export const candidatesOf = ({ columns }) => columns.flatMap(({ is }, place) => (is === 'candidate' ? [place] : []));

/** Where a set has what: looked up once, asked row by row. @param {ResultSet} set */
export function shapeOf(set) {
  const place = (box) => set.columns.findIndex(({ is }) => is === box);
  return { candidates: candidatesOf(set), valid: place('valid'), rejected: place('rejected'), registered: place('registered') };
}

/** The numbers of a column added up, and how many rows give none. @param {ResultSet} set @param {number} column */
export function sumOf({ rows }, column) {
  const found = { sum: 0, without: 0 };
  for (const row of rows.values()) {
    const number = numberIn(row, column);
    if (number === null) found.without += 1;
    else found.sum += number;
  }
  return found;
}

/** @param {ResultSet} set @param {string} level */
export const hasLevel = ({ areas }, level) => [...areas.values()].some((area) => area.level === level);

/** The area of a level that holds another, or is it. @param {ResultSet['areas']} areas @param {string | null} code @param {string} level @returns {string | null} */
export function areaAbove(areas, code, level) {
  for (let at = code, steps = 0; at !== null && steps < STEPS_MAX; steps++) {
    const area = areas.get(at);
    if (area === undefined) return null;
    if (area.level === level) return at;
    at = area.parent;
  }
  return null;
}

/**
 * One row for each area of a level, the sum of the rows within; rows that lie in no such area are left out and counted.
 * @param {ResultSet} set @param {string} level @returns {{set: ResultSet, outside: number}}
 */
export function rolledUp(set, level) {
  const rows = new Map();
  const above = new Map();
  let outside = 0;
  for (const row of set.rows.values()) {
    if (row.area !== null && !above.has(row.area)) above.set(row.area, areaAbove(set.areas, row.area, level));
    const code = row.area === null ? null : above.get(row.area);
    if (code === null) {
      outside += 1;
      continue;
    }
    if (!rows.has(code)) {
      const { name, parent } = set.areas.get(code);
      rows.set(code, rowOf({ code, name, area: parent, figures: set.columns.map(() => null), summed: 0 }));
    }
    add(rows.get(code), row);
  }
  return { set: { ...set, level, rows: sorted(rows), cap: null }, outside };
}

/** @param {Row} sum @param {Row} row */
function add(sum, row) {
  const stands = row.state === 'stands';
  let lacks = !stands || row.lacking > 0;
  for (let i = 0; stands && i < sum.figures.length; i++) {
    const [total, figure] = [sum.figures[i], row.figures[i] ?? null];
    if (typeof figure === 'number') sum.figures[i] = typeof total === 'number' ? total + figure : figure;
    else if (figure !== null) {
      lacks = true;
      sum.figures[i] ??= figure;
    }
  }
  if (sum.summed === 0) sum.voters = row.voters;
  else sum.voters = sum.voters === null || row.voters === null ? null : sum.voters + row.voters;
  sum.summed += row.summed;
  sum.lacking += lacks ? 1 : 0;
}

/** The same rows under their names, in capitals; null if two would be one. @param {ResultSet} set @returns {ResultSet | null} */
export function byName(set) {
  const rows = sorted([...set.rows.values()].map((row) => [trimmed(row.name).toUpperCase(), row]));
  return rows.size === set.rows.size ? { ...set, rows } : null;
}
