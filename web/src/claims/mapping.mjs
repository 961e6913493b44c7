// Which column of a table is what, and the result set that follows (docs/reference/claims.md). A blank is not a zero, and a mistake
// is told with its line, what was found and what was expected; then nothing is taken from the table.

import { plainBlanks, tidy, trimmed } from './blanks.mjs';
import { problem, Refused } from './table.mjs';
import { rowOf, sorted } from './set.mjs';

/** @typedef {import('./table.mjs').Table} Table */
/**
 * @typedef {object} Mapping columns are places in the header
 * @property {string | null} level what the rows are: stations, or areas of this level
 * @property {number | null} code
 * @property {number | null} name
 * @property {boolean} byName rows are known by their names
 * @property {number} codeWidth codes lost their leading zeros: fill up to so many digits
 * @property {{column: number, name: string}[]} candidates
 * @property {number | null} valid
 * @property {number | null} rejected
 * @property {number | null} registered
 * @property {{column: number, name: string}[]} also further counts
 * @property {{column: number, candidate: string | null}[]} shares printed percentages; of turnout without a candidate
 * @property {{column: number, is: string, name: string}[]} lines rows that are the table's own totals
 * @property {string | null} thousands what parts thousands
 */

/** The largest count of a record. */
export const COUNT_MAX = 999_999_999;
const CODE = /^[A-Za-z0-9.-]{1,64}$/;
const DASHES = new Set(['-', '–', '—']);
const ILLEGIBLE = '?';

/**
 * What a cell holds: a number, or what stands instead of one.
 * @param {string} written @param {string | null} thousands @returns {{figure: import('./set.mjs').Figure} | {code: string}}
 */
export function readCell(written, thousands) {
  const plain = digitsIn(written);
  if (plain !== -1) return { figure: plain };
  const text = plainBlanks(written);
  if (text === '') return { figure: 'blank' };
  if (DASHES.has(text)) return { figure: 'dash' };
  if (text === ILLEGIBLE) return { figure: 'illegible' };
  const digits = thousands !== null && text.includes(thousands) ? joined(text, thousands) : text;
  if (digits === null || !/^[0-9]+$/.test(digits)) return { code: 'number' };
  const figure = Number(digits);
  return figure <= COUNT_MAX ? { figure } : { code: 'large-number' };
}

/** A count of one to nine digits and nothing else, as most cells are; else −1. @param {string} written */
function digitsIn(written) {
  if (written.length === 0 || written.length > 9) return -1;
  let figure = 0;
  for (let i = 0; i < written.length; i++) {
    const digit = written.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    figure = figure * 10 + digit;
  }
  return figure;
}

/** `1,234,567` without its marks, if they stand where thousands are. */
function joined(text, mark) {
  const [first, ...groups] = text.split(mark);
  const isRight = first.length >= 1 && first.length <= 3 && groups.every((group) => group.length === 3);
  return isRight ? [first, ...groups].join('') : null;
}

/** @param {Table} table @param {Mapping} mapping @param {string} title @returns {import('./set.mjs').ResultSet} */
export function setOf(table, mapping, title) {
  const boxes = ['valid', 'rejected', 'registered'].filter((box) => mapping[box] !== null);
  const columns = [
    ...mapping.candidates.map(({ name }) => ({ is: 'candidate', name, party: null })),
    ...boxes.map((is) => ({ is })),
    ...mapping.also.map(({ name }) => ({ is: 'other', name })),
  ];
  const places = [...mapping.candidates.map(({ column }) => column), ...boxes.map((box) => mapping[box]), ...mapping.also.map(({ column }) => column)];
  const problems = [...mistakes(mapping)];
  // What no column says cannot be read row by row.
  if (problems.length > 0) throw new Refused(problems);
  const shares = mapping.shares.map(({ column, candidate }) => [column, candidate === null ? null : mapping.candidates.findIndex(({ name }) => name === candidate)])
    .filter(([, of]) => of !== -1);
  /** @returns {import('./set.mjs').Row} */
  const read = (row, name) => {
    const figures = new Array(places.length);
    for (let at = 0; at < places.length; at++) {
      const cell = row.cells[places[at]];
      const found = readCell(cell, mapping.thousands);
      if (found.code !== undefined) problems.push(problem(found.code, { line: row.line, column: table.header[places[at]], found: trimmed(cell) }));
      figures[at] = found.figure ?? null;
    }
    const printed = shares.length === 0 ? [] : shares.map(([place, column]) => ({ column, text: trimmed(row.cells[place]) })).filter(({ text }) => text !== '');
    return rowOf({ name, figures, shares: printed, line: row.line });
  };
  const lines = [];
  const rows = new Map();
  for (const row of table.rows) {
    const line = mapping.lines.find(({ column, is }) => trimmed(row.cells[column]) === is);
    if (line !== undefined) lines.push({ name: line.name, row: read(row, line.name) });
    else place(rows, row, read, mapping, table, problems);
  }
  if (problems.length > 0) throw new Refused(problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)));
  return { title, level: mapping.level, columns, rows: sorted(mapping.code === null ? numbered(rows) : rows), areas: new Map(), lines, cap: null };
}

/** What the mapping lacks or says twice. */
function* mistakes(mapping) {
  if (mapping.code === null && mapping.name === null) yield problem('no-code');
  else if (!mapping.byName && mapping.code === null) yield problem('no-code');
  else if (mapping.byName && mapping.name === null) yield problem('no-name');
  const boxes = ['valid', 'rejected', 'registered'].filter((box) => mapping[box] !== null);
  if (mapping.candidates.length + boxes.length + mapping.also.length === 0) yield problem('no-counts');
  const names = mapping.candidates.map(({ name }) => name);
  for (const name of new Set(names.filter((each, i) => names.indexOf(each) !== i))) yield problem('candidate-twice', { found: name });
}

function place(rows, row, read, mapping, table, problems) {
  const name = mapping.name === null ? '' : tidy(row.cells[mapping.name]);
  const written = mapping.code === null ? name : trimmed(row.cells[mapping.code]);
  if (mapping.code !== null && !CODE.test(written)) {
    read(row, name);
    problems.push(problem('code', { line: row.line, column: table.header[mapping.code], found: written }));
    return;
  }
  if (mapping.code === null && name === '') problems.push(problem('blank-name', { line: row.line, column: table.header[mapping.name] }));
  const key = mapping.code === null ? name : written.padStart(mapping.codeWidth, '0');
  const before = rows.get(key);
  const made = read(row, name || key);
  if (before === undefined) {
    rows.set(key, made);
    return;
  }
  const where = { line: row.line, column: table.header[mapping.code ?? mapping.name], found: key, expected: String(before.line) };
  problems.push(mapping.code === null ? problem('name-twice', where) : problem('code-twice', where));
}

/** Rows without codes have their places in the order of their names. @param {Map<string, import('./set.mjs').Row>} rows by name */
const numbered = (rows) => [...sorted(rows)].map(([, row], at) => [String(at + 1), row]);
