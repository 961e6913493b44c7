// A table of text: CSV by RFC 4180, or parted by tabs, semicolons or bars. A header and rows, each with its line in the file, from 1.
// It knows nothing of what the columns mean.

import { tidy } from './blanks.mjs';

/** @typedef {{code: string, line: number | null, column: string | null, found: string, expected: string}} Problem */
/** @typedef {{header: string[], rows: {line: number, cells: string[]}[], delimiter: string, encoding: string}} Table */

/** Most bytes of a table: ten million cells. */
export const TABLE_BYTES_MAX = 128 * 1024 * 1024;
/** Most problems that are told. */
export const PROBLEMS_MAX = 20;
const DELIMITERS = [',', '\t', ';', '|'];

/** What is wrong with a table or its mapping: the first problems, and how many more. */
export class Refused {
  /** @param {Problem[]} problems */
  constructor(problems) {
    this.problems = problems.slice(0, PROBLEMS_MAX);
    this.more = problems.length - this.problems.length;
  }
}

/** @param {string} code @param {Partial<Problem>} [where] @returns {Problem} */
export const problem = (code, where = {}) => ({ code, line: null, column: null, found: '', expected: '', ...where });

const refuse = (...problems) => { throw new Refused(problems); };

/** Refuses a table that is larger than can be read here. @param {number} bytes */
export function expectSize(bytes) {
  if (bytes > TABLE_BYTES_MAX) refuse(problem('large', { found: String(bytes), expected: String(TABLE_BYTES_MAX) }));
}

/** Text of a table, without the mark of its byte order: UTF-8, else every byte a character of Windows' western alphabet. @param {Uint8Array} bytes */
function decoded(bytes) {
  expectSize(bytes.length);
  const begins = (...magic) => magic.every((byte, i) => bytes[i] === byte);
  if (begins(0x50, 0x4b) || begins(0xd0, 0xcf, 0x11, 0xe0) || begins(0x25, 0x50, 0x44, 0x46)) refuse(problem('workbook'));
  if (begins(0xff, 0xfe) || begins(0xfe, 0xff)) return { text: new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes), encoding: 'utf-16' };
  if (bytes.subarray(0, 4096).includes(0)) refuse(problem('workbook'));
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' };
  }
}

/** The delimiter that parts the first line into most cells. */
function delimiterOf(text) {
  const first = text.slice(0, 65536).replace(/^\p{White_Space}+/u, '').replace(/"(?:[^"]|"")*"/g, 'q').split(/\r\n|\n|\r/, 1)[0];
  const count = (delimiter) => first.split(delimiter).length;
  return DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

/** @param {Uint8Array} bytes @returns {Table} */
export function readTable(bytes) {
  const { text, encoding } = decoded(bytes);
  const delimiter = delimiterOf(text);
  const lines = text.includes('"') ? quotedRows(text, delimiter) : plainRows(text, delimiter);
  const [head, ...rows] = lines;
  if (head === undefined) refuse(problem('no-header'));
  if (rows.length === 0) refuse(problem('no-rows'));
  const header = head.cells.map((cell, place) => tidy(cell) || `#${place + 1}`);
  const twice = header.flatMap((name, place) => (header.indexOf(name) === place ? [] : [problem('header-twice', { line: head.line, column: name, found: `${header.indexOf(name) + 1}, ${place + 1}` })]));
  const ragged = rows.filter(({ cells }) => cells.length !== header.length)
    .map(({ line, cells }) => problem('ragged', { line, found: String(cells.length), expected: String(header.length) }));
  if (twice.length + ragged.length > 0) refuse(...twice, ...ragged);
  return { header, rows, delimiter, encoding };
}

function plainRows(text, delimiter) {
  const rows = [];
  text.split(/\r\n|\n|\r/).forEach((written, place) => {
    if (written !== '') rows.push({ line: place + 1, cells: written.split(delimiter) });
  });
  return rows;
}

/** Cells may stand in quotes, in which two are one, and lines may end. */
function quotedRows(text, delimiter) {
  const quotes = text.split('"').length - 1;
  if (quotes % 2 === 1) refuse(problem('open-quote', { found: String(quotes) }));
  const rows = [];
  const isLast = (at) => at >= text.length || text[at] === '\n' || text[at] === '\r';
  let [cells, line, first, at] = [[], 1, 1, 0];
  while (at < text.length) {
    const from = at;
    let cell = '';
    if (text[at] === '"') {
      // Up to the quote that is not one of two; where none is, to the end.
      for (at += 1; at < text.length; at += 2) {
        const end = text.indexOf('"', at);
        const until = end === -1 ? text.length : end;
        cell += text.slice(at, until);
        at = until;
        if (text[at + 1] !== '"') break;
        cell += '"';
      }
      at = Math.min(at + 1, text.length);
      line += cell.split(/\r\n|\n|\r/).length - 1;
    }
    const rest = at;
    while (text[at] !== delimiter && !isLast(at)) at += 1;
    cells.push(cell + text.slice(rest, at));
    if (!isLast(at)) {
      at += 1;
      // A delimiter at the very end has a blank cell behind it.
      if (at < text.length) continue;
      cells.push('');
    }
    if (cells.length > 1 || at > from) rows.push({ line: first, cells });
    cells = [];
    if (at < text.length) line += 1;
    at += text.startsWith('\r\n', at) ? 2 : 1;
    first = line;
  }
  return rows;
}
