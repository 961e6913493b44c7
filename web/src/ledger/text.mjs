/**
 * The grammar that records and tables share: a header, then `key SP values` lines in the order of their kind.
 */

import { Failure } from '../failure.mjs';
import { firstForbidden, isNormal, isPlain } from './unicode.mjs';

/** @typedef {import('./grammar.mjs').Line} Line */
/** @typedef {Record<string, any>} Fields */

/** A double, leading or trailing space, or an empty line. */
const BAD_SPACE = / {2}|\n | \n|\n\n|^[ \n]/;

/**
 * The lines of a text that ends in a newline: no character stands in it that may not, no line is empty, spaces stand singly between
 * words, and it is in normal form; the faults are looked for in this order.
 * @param {string} text @returns {string[]}
 */
export function textLines(text) {
  const plain = isPlain(text);
  const forbidden = plain ? -1 : firstForbidden(text);
  if (forbidden >= 0) throw new Failure('R103', `U+${forbidden.toString(16).toUpperCase().padStart(4, '0')} may not stand in a text`);
  const lines = text.slice(0, -1).split('\n');
  if (BAD_SPACE.test(text)) {
    const at = lines.findIndex((line) => line === '' || line.startsWith(' ') || line.endsWith(' ') || line.includes('  '));
    throw new Failure('R105', `line ${at + 1} is empty, or has a space too many`);
  }
  if (!plain && !isNormal(text)) throw new Failure('R104', 'the text is not in normalisation form C');
  return lines;
}

/**
 * Reads lines in the order of the grammar. A line that stands once gives its value, or an array if it has several; one that may be
 * lacking gives `undefined`; one that may stand several times gives an array of these.
 * @param {string[]} lines @param {number} from index of the first line to read @param {Line[]} grammar @returns {Fields}
 */
export function readLines(lines, from, grammar) {
  /** @type {Fields} */
  const fields = {};
  let at = from;
  for (const line of grammar) {
    const found = [];
    /** @type {string[] | null} */
    let before = null;
    while (at < lines.length && (line.many || found.length === 0)) {
      const tokens = lines[at].split(' ');
      if (tokens[0] !== line.key) break;
      if (before && !ascends(before, tokens, line)) throw new Failure('R105', `line ${at + 1}: ${line.key} lines are not ascending`);
      found.push(readValues(lines[at], tokens, line, at + 1));
      before = tokens;
      at++;
    }
    if (line.needed && found.length === 0) {
      throw new Failure('R105', `line ${at + 1}: expected ${line.key}, found ${at < lines.length ? lines[at].split(' ')[0] : 'the end'}`);
    }
    fields[line.key] = line.many ? found : found[0];
  }
  if (at < lines.length) throw new Failure('R105', `line ${at + 1}: did not expect ${lines[at].split(' ')[0]}`);
  return fields;
}

/** @param {string[]} before @param {string[]} tokens @param {Line} line */
function ascends(before, tokens, line) {
  for (let i = 0; i < line.order; i++) {
    const a = before[i + 1];
    const b = tokens[i + 1];
    if (a === b) continue;
    if (line.values[i].notation === '<number>') return Number(a) < Number(b);
    return a < b;
  }
  return false;
}

/** @param {string} text @param {string[]} tokens @param {Line} line @param {number} number */
function readValues(text, tokens, line, number) {
  const values = [];
  let start = line.key.length + 1;
  for (let i = 0; i < line.values.length; i++) {
    const reader = line.values[i];
    const token = reader.rest ? text.slice(start) : tokens[i + 1];
    if (token === undefined || token === '') {
      if (i >= line.least) break;
      throw new Failure('R105', `line ${number}: ${line.key}: ${reader.notation} is lacking`);
    }
    const value = reader.read(token);
    if (value === undefined) throw new Failure('R105', `line ${number}: ${line.key}: expected ${reader.notation}`);
    values.push(value);
    start += token.length + 1;
  }
  if (start <= text.length) throw new Failure('R105', `line ${number}: ${line.key}: more than its values`);
  return line.values.length === 1 ? values[0] : values;
}
