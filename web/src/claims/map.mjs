// A comparison by area: how many of the rows in each are the same, differ, stand on one side or cannot be compared, and by how much its
// figures part. What lies in no area of the level, or is unknown to the log, is counted apart.

import { CLASSES, classOf, figuresOf } from './compare.mjs';
import { areaAbove } from './set.mjs';

/** Fewer make no map; more cannot be told apart on a screen. */
export const AREAS_MIN = 2;
export const AREAS_MAX = 400;

/** @typedef {import('./set.mjs').ResultSet['areas']} Areas */
/** @typedef {ReturnType<typeof import('./compare.mjs').compare>} Comparison */
/** @typedef {{counts: Record<string, number>, differences: (number | null)[]}} Part `differences`: table minus log, one a candidate; null where no row has a number on both sides */
/** @typedef {Part & {code: string, name: string}} MapArea */

/** Where a row lies: the area of its station, or itself. @param {Comparison} comparison @returns {(row: import('./compare.mjs').Compared) => string | null} */
const placeOf = ({ level }) => ({ known }) => (known === null ? null : level === null ? known.area : known.code);

/**
 * Levels that a map can be drawn of, the best first: the widest in which most rows lie. In a narrower one a few more may lie, as those
 * of voters abroad, who are of no county.
 * @param {Areas} areas @param {Comparison} comparison @returns {{level: string, count: number}[]}
 */
export function mapLevels(areas, comparison) {
  if (comparison.whyNot !== null) return [];
  const counts = new Map();
  for (const { level } of areas.values()) counts.set(level, (counts.get(level) ?? 0) + 1);
  const levels = [...counts].filter(([, count]) => count >= AREAS_MIN && count <= AREAS_MAX);
  const place = placeOf(comparison);
  const rows = new Map();
  for (const row of comparison.rows) {
    const at = place(row);
    if (at !== null) rows.set(at, (rows.get(at) ?? 0) + 1);
  }
  const lying = (level) => [...rows].reduce((sum, [at, count]) => sum + (areaAbove(areas, at, level) === null ? 0 : count), 0);
  const hasMost = ({ lie }) => lie * 2 > comparison.rows.length;
  return levels.map(([level, count]) => ({ level, count, lie: lying(level) })).filter(({ lie }) => lie > 0)
    .sort((one, other) => Number(hasMost(other)) - Number(hasMost(one)) || one.count - other.count).map(({ level, count }) => ({ level, count }));
}

/**
 * @param {Areas} areas @param {Comparison} comparison @param {string} level
 * @returns {{level: string, candidates: string[], areas: MapArea[], outside: Part, of: (string | null)[]}} `of`: the area of each row, in their order
 */
export function mapOf(areas, comparison, level) {
  const pairs = comparison.pairs.filter(({ column }) => column.is === 'candidate');
  const fresh = () => ({ counts: Object.fromEntries(CLASSES.map((name) => [name, 0])), differences: pairs.map(() => null) });
  const parts = new Map();
  for (const [code, area] of areas) if (area.level === level) parts.set(code, { code, name: area.name, ...fresh() });
  const outside = fresh();
  const place = placeOf(comparison);
  const above = new Map();
  const of = comparison.rows.map((row) => {
    const at = place(row);
    if (!above.has(at)) above.set(at, at === null ? null : areaAbove(areas, at, level));
    const code = above.get(at);
    const part = code === null ? outside : parts.get(code);
    part.counts[classOf(row.all)] += 1;
    if (row.all !== 'identical') addDifferences(part.differences, figuresOf(pairs, row));
    else for (let i = 0; i < pairs.length; i++) part.differences[i] ??= 0;
    return code;
  });
  return { level, candidates: pairs.map(({ column }) => column.name), areas: [...parts.values()], outside, of };
}

function addDifferences(differences, figures) {
  figures.forEach(([mine, theirs], i) => {
    if (typeof mine === 'number' && typeof theirs === 'number') differences[i] = (differences[i] ?? 0) + mine - theirs;
  });
}

/** How an area is shaded: by the share of compared rows that differ. @param {Part} part */
export function shadeOf({ counts }) {
  const compared = counts.identical + counts.different;
  if (compared === 0) return 'nothing';
  if (counts.different === 0) return 'same';
  if (counts.different * 100 <= compared) return 'few';
  return counts.different * 10 <= compared ? 'some' : 'many';
}
