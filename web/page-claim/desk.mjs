// What the worker holds: the log's results, the table, their comparison; and the questions that the page asks of them. A table of a
// nation is compared here, so that the page never stands still; only the rows that are looked at are handed out.

import { arithmetic } from '../src/claims/arithmetic.mjs';
import { trimmed } from '../src/claims/blanks.mjs';
import { bound, boundOfTotals, leadOf, totalOf } from '../src/claims/bounds.mjs';
import { classOf, compare, compareByName, countsOf, figuresOf } from '../src/claims/compare.mjs';
import { boxesToDraw } from '../src/claims/draw.mjs';
import { guessMapping } from '../src/claims/guess.mjs';
import { setOf } from '../src/claims/mapping.mjs';
import { areasOf, BOXES, contestsOf, levelsOf, readFile, referenceOf } from '../src/claims/reference.mjs';
import { toCsv, toJson } from '../src/claims/report.mjs';
import { candidatesOf, labelOf, numberIn, sumOf } from '../src/claims/set.mjs';
import { expectSize, problem, readTable, Refused } from '../src/claims/table.mjs';
import { Failure } from '../src/failure.mjs';
import { copySource, siteSource, zipSource } from './sources.mjs';

/** Cells of a column that are shown beside it. */
const SAMPLES = 3;
/** Rows by which the level is guessed. */
const LOOKED_AT = 500;
/** Rows of arithmetic that are handed out; the files that can be kept have all. */
const FAULTS_MAX = 200;

const held = {
  /** @type {import('./sources.mjs').Source | null} */ source: null,
  contest: null, reference: null, levels: null, table: null, name: '', claim: null, comparison: null, order: null,
};

/** What was given and compared before, which is of no more use. */
const FORGOTTEN = { table: null, claim: null, comparison: null, order: null };

const need = async (path, schema) => {
  const text = await held.source.text(path);
  if (text === null) throw new Failure('no-file', path);
  return readFile(text, schema);
};

/** What the page may ask, by name; each answer can be handed to another thread. */
const QUESTIONS = {
  /** @param {{base?: string, files?: File[], zip?: File}} from */
  async open({ base, files, zip }) {
    held.source = zip ? await zipSource(zip) : files ? copySource(files) : siteSource(base);
    Object.assign(held, FORGOTTEN, { contest: null, reference: null, levels: null });
    const index = await need('data/index.json', 'hakiki/data@v1');
    return { contests: contestsOf(index), election: index.election, head: index.head };
  },

  async contest({ code }) {
    const at = encodeURIComponent(code);
    const [stations, air] = await Promise.all([
      need(`data/${at}/stations.json`, 'hakiki/stations@v1'),
      held.source.text(`air/${at}.json`).then((text) => (text === null ? null : readFile(text, 'hakiki/air@v1'))),
    ]);
    Object.assign(held, FORGOTTEN, { contest: code, reference: referenceOf(stations, air), levels: null });
    const { set, candidates, forms } = held.reference;
    return {
      candidates, stations: set.rows.size, forms: forms.count, head: stations.head, title: stations.contest.title, cap: set.cap,
      mode: stations.election.mode, areas: (air?.area ?? stations.area).name,
    };
  },

  /** The levels of areas; read when somebody asks, for they are many, and once. */
  async levels() {
    if (held.levels === null) {
      const areas = areasOf(await need(`data/${encodeURIComponent(held.contest)}/areas.json`, 'hakiki/areas@v1'));
      held.reference.set.areas = areas;
      held.levels = levelsOf(areas);
    }
    return held.levels;
  },

  async table({ file }) {
    Object.assign(held, FORGOTTEN, { name: file.name });
    expectSize(file.size);
    held.table = readTable(new Uint8Array(await file.arrayBuffer()));
    const { set, candidates } = held.reference;
    const mapping = guessMapping(held.table, { candidates, boxes: BOXES, isCode: (code) => set.rows.has(code) });
    await guessLevel(mapping);
    const { header, rows, encoding } = held.table;
    const samples = header.map((_, column) => rows.slice(0, SAMPLES).map(({ cells }) => trimmed(cells[column])));
    return { name: file.name, header, samples, rows: rows.length, encoding, mapping, levels: held.levels };
  },

  compare({ mapping }) {
    const { set } = held.reference;
    held.claim = setOf(held.table, mapping, held.name);
    held.comparison = mapping.byName ? compareByName(held.claim, set) : compare(held.claim, set);
    held.order = null;
    if (held.comparison === null) throw new Refused([problem('names-repeat')]);
    const { rows, totals, pairs, whyNot, level, outside, onlyClaim, onlyReference, claimRows, referenceRows } = held.comparison;
    const own = arithmetic(held.claim);
    const lines = own.lines.filter(({ stated, sum }) => stated !== sum);
    const shares = own.shares.filter(({ rightOf }) => rightOf.length === 0);
    const denominators = {};
    for (const { rightOf } of own.shares) for (const name of rightOf) denominators[name] = (denominators[name] ?? 0) + 1;
    return {
      counts: countsOf(rows), candidateCounts: countsOf(rows, 'candidates'), impossible: rows.filter((row) => row.impossible !== null).length,
      level, whyNot, outside, totals, claimRows, referenceRows, labels: pairs.map(({ column }) => labelOf(column)),
      onlyClaim: onlyClaim.map(labelOf), onlyReference: onlyReference.map(labelOf),
      own: {
        rowsWithTotal: own.rowsWithTotal, rowsDiffer: own.rowsDiffer.slice(0, FAULTS_MAX), rowsDifferCount: own.rowsDiffer.length,
        lineCount: own.lines.length, lines, shareCount: own.shares.length, shares: shares.slice(0, FAULTS_MAX), sharesCount: shares.length, denominators,
      },
      claimed: claimedTotals(),
    };
  },

  rows({ filter, sort, descending, from, count }) {
    const key = `${filter} ${sort} ${descending}`;
    if (held.order?.key !== key) held.order = { key, rows: ordered(chosen(filter), sort, descending) };
    const rows = held.order.rows.slice(from, from + count).map((row) => ({ ...row, mine: null, theirs: null, figures: figuresOf(held.comparison.pairs, row) }));
    return { total: held.order.rows.length, rows };
  },

  /** @param {{figure: {is: 'total' | 'lead' | 'totals', candidate?: number, over?: number, value?: number, totals?: number[]}}} asked */
  bounds({ figure }) {
    const { forms, candidates } = held.reference;
    const count = candidates.length;
    if (figure.is !== 'totals') {
      const { candidate, over, value } = figure;
      const condition = figure.is === 'lead' ? leadOf(count, candidate, over, value) : totalOf(count, candidate, value);
      return { figure, ...told(condition, bound(forms, condition)), open: forms.open.length, each: [] };
    }
    const { condition, bound: found } = boundOfTotals(forms, figure.totals);
    const each = figure.totals.map((total, candidate) => told(totalOf(count, candidate, total), bound(forms, totalOf(count, candidate, total))));
    return { figure, ...told(condition, found), open: forms.open.length, each };
  },

  download({ format }) {
    const text = format === 'csv' ? toCsv(held.comparison) : `${JSON.stringify(toJson(held.claim, held.comparison), null, 1)}\n`;
    return { text };
  },
};

const FILTERS = {
  all: () => true,
  'not-identical': ({ all, impossible }) => all !== 'identical' || impossible !== null,
  impossible: ({ impossible }) => impossible !== null,
};

const chosen = (filter) => held.comparison.rows.filter(FILTERS[filter] ?? ((row) => classOf(row.all) === filter));

/** By the largest difference of a box, by what is said of it, or by the code. */
function ordered(rows, sort, descending) {
  const difference = (row) => figuresOf(held.comparison.pairs, row).reduce((most, [mine, theirs]) => (
    typeof mine === 'number' && typeof theirs === 'number' ? Math.max(most, Math.abs(mine - theirs)) : most), -1);
  const turn = descending ? -1 : 1;
  if (sort === 'difference') {
    return rows.map((row) => [difference(row), row]).sort((a, b) => turn * (a[0] - b[0])).map(([, row]) => row);
  }
  if (sort === 'verdict') return [...rows].sort((a, b) => turn * (a.all < b.all ? -1 : a.all > b.all ? 1 : 0));
  if (sort === 'line') return [...rows].sort((a, b) => turn * ((a.line ?? Infinity) - (b.line ?? Infinity)));
  return descending ? [...rows].reverse() : rows;
}

function told(condition, found) {
  const draw = (oneIn) => (found.least === null ? null : boxesToDraw(found.forms, found.least, oneIn));
  return { condition, bound: found, draws: { 95: draw(20), 99: draw(100) } };
}

/** Where no code of the table is a station's: the level that knows most of them, by code, else by name. Guesses nothing without areas. */
async function guessLevel(mapping) {
  const { set } = held.reference;
  const first = mapping.code ?? mapping.name;
  if (first === null) return;
  const isTotal = (cells) => mapping.lines.some(({ column, is }) => trimmed(cells[column]) === is);
  const rows = held.table.rows.slice(0, LOOKED_AT).filter(({ cells }) => !isTotal(cells));
  const isMost = (count) => count * 2 > rows.length;
  const countOf = (column, test) => rows.filter(({ cells }) => test(trimmed(cells[column]))).length;
  if (rows.length === 0 || (mapping.code !== null && isMost(countOf(mapping.code, (code) => set.rows.has(code))))) return;
  const levels = await QUESTIONS.levels().catch((refused) => { if (refused instanceof Failure) return []; throw refused; });
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

/** What the table gives as each candidate's total, in the order of the ballot: its own line, else the sum of its rows. */
function claimedTotals() {
  const { claim, reference } = held;
  const places = new Map(candidatesOf(claim).map((place) => [claim.columns[place].name, place]));
  return reference.candidates.map(({ name }) => {
    const place = places.get(name);
    if (place === undefined) return null;
    const stated = claim.lines.length === 0 ? null : numberIn(claim.lines[0].row, place);
    return stated ?? sumOf(claim, place).sum;
  });
}

/** Answers the page, one question after another. */
export function beDesk() {
  let last = Promise.resolve();
  globalThis.onmessage = ({ data: { id, ask, given } }) => {
    last = last.then(async () => {
      try {
        postMessage({ id, answer: await QUESTIONS[ask](given) });
      } catch (error) {
        if (error instanceof Refused) postMessage({ id, refused: { problems: error.problems, more: error.more } });
        else if (error instanceof Failure) postMessage({ id, failure: { code: error.code, detail: error.detail } });
        else postMessage({ id, failure: { code: 'other', detail: String(error?.stack ?? error) } });
      }
    });
  };
}
