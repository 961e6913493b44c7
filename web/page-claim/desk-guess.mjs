// What a table says of itself before the reader says it: the level of its rows, and whose ballot it is of.

import { trimmed } from '../src/claims/blanks.mjs';

/** Rows by which a level or a ballot is guessed. */
const LOOKED_AT = 500;

/**
 * Where no code of the table is a station's: the level that knows most of them, by code, else by name. Guesses nothing without areas.
 * @param {import('../src/claims/mapping.mjs').Mapping} mapping is changed @param {import('../src/claims/table.mjs').Table} table
 * @param {import('../src/claims/set.mjs').ResultSet} set the log's @param {{level: string}[]} levels
 */
export function guessLevel(mapping, table, set, levels) {
  const first = mapping.code ?? mapping.name;
  if (first === null) return;
  const isTotal = (cells) => mapping.lines.some(({ column, is }) => trimmed(cells[column]) === is);
  const rows = table.rows.slice(0, LOOKED_AT).filter(({ cells }) => !isTotal(cells));
  const isMost = (count) => count * 2 > rows.length;
  const countOf = (column, test) => rows.filter(({ cells }) => test(trimmed(cells[column]))).length;
  if (rows.length === 0 || (mapping.code !== null && isMost(countOf(mapping.code, (code) => set.rows.has(code))))) return;
  const bestBy = (column, test) => {
    const counts = levels.map(({ level }) => ({ level, count: countOf(column, (text) => test(level, text)) }));
    return counts.filter(({ count }) => isMost(count)).sort((one, other) => other.count - one.count)[0]?.level ?? null;
  };
  if (mapping.code !== null) mapping.level = bestBy(mapping.code, (level, code) => set.areas.get(code)?.level === level);
  if (mapping.level !== null) return;
  const names = new Set([...set.areas.values()].map(({ level, name }) => `${level} ${trimmed(name).toUpperCase()}`));
  const name = mapping.name ?? mapping.code;
  const level = bestBy(name, (of, text) => names.has(`${of} ${text.toUpperCase()}`));
  if (level !== null) Object.assign(mapping, { level, byName: true, name, code: mapping.code === name ? null : mapping.code });
}

/**
 * The ballot on which most stations of the table vote, by whichever column has their codes; null if it has none of them.
 * @param {import('../src/claims/table.mjs').Table} table @param {{code: string, area: string}[]} stations
 * @param {(area: string) => string | null} ballotOf @returns {string | null}
 */
export function ballotOfTable(table, stations, ballotOf) {
  const areas = new Map(stations.map(({ code, area }) => [code, area]));
  const counts = new Map();
  for (const { cells } of table.rows.slice(0, LOOKED_AT)) {
    const code = cells.map(trimmed).find((cell) => areas.has(cell));
    const ballot = code === undefined ? null : ballotOf(areas.get(code));
    if (ballot !== null) counts.set(ballot, (counts.get(ballot) ?? 0) + 1);
  }
  return [...counts].sort((one, other) => other[1] - one[1])[0]?.[0] ?? null;
}
