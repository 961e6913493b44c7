// A result set against itself (docs/reference/claims.md): its rows' own sums, the totals that it states, and the denominators of
// its percentages. A percentage is taken as the decimal number that it is, never as a float.

import { trimmed } from './blanks.mjs';
import { labelOf, numberIn, shapeOf, sumOf } from './set.mjs';

/** @typedef {import('./set.mjs').ResultSet} ResultSet */

/** Reads `50.49`, `50.49%`, `50,49 %`; null if it is something else. @param {string} text */
export function parsePercentage(text) {
  const found = /^([0-9]{1,9})(?:[.,]([0-9]{0,6}))?$/.exec(trimmed(trimmed(text).replace(/%$/, '')));
  if (found === null) return null;
  const [, whole, behind = ''] = found;
  return { units: BigInt(whole + behind), decimals: behind.length };
}

/**
 * How `part` of `whole` is printed as this: `nearest`, a half either way; `cut`, the digits beyond left off; null if it is not.
 * @param {{units: bigint, decimals: number}} percentage @param {number} part @param {number} whole
 */
export function roundingOf({ units, decimals }, part, whole) {
  if (whole === 0) return null;
  const scaled = BigInt(part) * 100n * 10n ** BigInt(decimals);
  const of = BigInt(whole);
  const distance = units * of - scaled;
  if (2n * (distance < 0n ? -distance : distance) <= of) return 'nearest';
  return scaled / of === units ? 'cut' : null;
}

/** @param {ResultSet} set */
export function arithmetic(set) {
  const shape = shapeOf(set);
  const found = { rowsWithTotal: 0, rowsDiffer: [], lines: [], shares: [] };
  for (const [code, row] of set.rows) {
    const [sum, valid] = [candidatesSum(row, shape), numberIn(row, shape.valid)];
    if (sum !== null && valid !== null) {
      found.rowsWithTotal += 1;
      if (sum !== valid) found.rowsDiffer.push({ code, sum, valid });
    }
    found.shares.push(...sharesOf(set, code, row, shape));
  }
  for (const { name, row } of set.lines) {
    set.columns.forEach((column, place) => {
      const stated = numberIn(row, place);
      if (stated !== null) found.lines.push({ line: name, column: labelOf(column), stated, ...sumOf(set, place) });
    });
    found.shares.push(...sharesOf(set, name, row, shape));
  }
  return found;
}

/** The candidates' boxes added up, if each holds a number. */
function candidatesSum(row, { candidates }) {
  let sum = 0;
  for (const place of candidates) {
    const number = row.figures[place];
    if (typeof number !== 'number') return null;
    sum += number;
  }
  return sum;
}

function sharesOf(set, place, row, shape) {
  if (row.shares.length === 0) return [];
  const sum = candidatesSum(row, shape);
  const valid = numberIn(row, shape.valid);
  const rejected = numberIn(row, shape.rejected);
  const counted = valid ?? sum;
  const cast = counted === null || rejected === null ? null : counted + rejected;
  const wholes = { candidates: sum, valid, cast, registered: numberIn(row, shape.registered) ?? row.voters };
  return row.shares.map(({ column, text }) => {
    const percentage = parsePercentage(text);
    const part = column === null ? cast ?? valid ?? sum : numberIn(row, column);
    const isRight = (whole) => percentage !== null && part !== null && whole !== null && roundingOf(percentage, part, whole) !== null;
    const rightOf = Object.keys(wholes).filter((name) => isRight(wholes[name]));
    return { place, column: column === null ? null : labelOf(set.columns[column]), text, read: percentage !== null, rightOf };
  });
}
