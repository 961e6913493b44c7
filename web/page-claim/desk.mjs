// What the worker holds: the log's results, the table, their comparison; and the questions that the page asks of them. A table of a
// nation is compared here, so that the page never stands still; only the rows that are looked at are handed out.

import { arithmetic } from '../src/claims/arithmetic.mjs';
import { trimmed } from '../src/claims/blanks.mjs';
import { compare, compareByName, countsOf } from '../src/claims/compare.mjs';
import { guessMapping } from '../src/claims/guess.mjs';
import { mapLevels, mapOf } from '../src/claims/map.mjs';
import { setOf } from '../src/claims/mapping.mjs';
import { outlinesOf } from '../src/claims/outlines.mjs';
import { areasOf, ballotsOf, BOXES, contestsOf, levelsOf, nearestBallot, readFile, referenceOf, within } from '../src/claims/reference.mjs';
import { toCsv, toJson } from '../src/claims/report.mjs';
import { candidatesOf, labelOf, numberIn, sumOf } from '../src/claims/set.mjs';
import { expectSize, problem, readTable, Refused } from '../src/claims/table.mjs';
import { Failure } from '../src/failure.mjs';
import { ballotOfTable, guessLevel } from './desk-guess.mjs';
import { boundFigure } from './desk-bounds.mjs';
import { pageOf } from './desk-rows.mjs';
import { copySource, siteSource, zipSource } from './sources.mjs';

/** Cells of a column that are shown beside it. */
const SAMPLES = 3;
/** Rows of arithmetic that are handed out; the files that can be kept have all. */
const FAULTS_MAX = 200;
const OUTLINES = 'data/outlines.json';

const held = {
  /** @type {import('./sources.mjs').Source | null} */ source: null,
  /** @type {string[]} */ files: [],
  contest: null, stations: null, air: null, areas: null, outlines: null, ballots: null, ballotOf: null,
  ballot: null, isChosen: false, reference: null,
  table: null, name: '', claim: null, comparison: null, order: null, map: null,
};

/** What was given and compared before, which is of no more use. */
const FORGOTTEN = { table: null, claim: null, comparison: null, order: null, map: null };
const NO_CONTEST = { contest: null, stations: null, air: null, areas: null, outlines: null, ballots: null, ballotOf: null, ballot: null, isChosen: false, reference: null };

const need = async (path, schema) => {
  const text = await held.source.text(path);
  if (text === null) throw new Failure('no-file', path);
  return readFile(text, schema);
};

async function needAreas() {
  held.areas ??= areasOf(await need(`data/${encodeURIComponent(held.contest)}/areas.json`, 'hakiki/areas@v1'));
}

/** What a map is drawn of, fetched before a table is read: afterwards nothing is asked for. Without it there is no map. */
async function fetchForTable() {
  const known = (refused) => { if (!(refused instanceof Failure)) throw refused; };
  const outlines = async () => {
    if (held.outlines !== null || !held.files.includes(OUTLINES)) return;
    const text = await held.source.text(OUTLINES);
    held.outlines = text === null ? new Map() : outlinesOf(readFile(text, 'hakiki/outlines@v1'));
  };
  await Promise.all([needAreas().catch(known), outlines().catch(known)]);
  if (held.reference !== null) held.reference.set.areas = areasHere();
}

/** Areas of the whole, or of the ballot that is looked at. */
const areasHere = () => (held.areas === null ? new Map() : held.ballot === null ? held.areas : within(held.areas, held.ballot));

/** Where areas have ballots of their own, the results of one of them. @param {string | null} ballot */
function takeBallot(ballot) {
  const { stations, air, ballots, ballotOf } = held;
  const own = ballots?.find(({ area }) => area === ballot) ?? null;
  const on = own === null ? null : { ballot: own, isOn: (area) => ballotOf(area) === ballot };
  Object.assign(held, FORGOTTEN, { ballot: own?.area ?? null, reference: ballots !== null && own === null ? null : referenceOf(stations, air, on) });
  if (held.reference !== null) held.reference.set.areas = areasHere();
  return about();
}

/** The contest as the page shows it; nobody stands in it before a ballot is chosen. */
function about() {
  const { contest, stations, air, areas, ballots, ballot, reference } = held;
  const nameOf = (code) => areas?.get(code)?.name ?? code;
  return {
    contest, title: stations.contest.title, head: stations.head, mode: stations.election.mode, cap: stations.contest.cap ?? null,
    candidates: reference?.candidates ?? [], stations: reference?.set.rows.size ?? null, forms: reference?.forms.count ?? null,
    ballots: ballots?.map(({ area }) => ({ area, name: nameOf(area) })) ?? null, ballot, place: ballot === null ? (air?.area ?? stations.area).name : nameOf(ballot),
  };
}

/** What the page may ask, by name; each answer can be handed to another thread. */
const QUESTIONS = {
  /** @param {{base?: string, files?: File[], zip?: File}} from */
  async open({ base, files, zip }) {
    held.source = zip ? await zipSource(zip) : files ? copySource(files) : siteSource(base);
    Object.assign(held, FORGOTTEN, NO_CONTEST);
    const index = await need('data/index.json', 'hakiki/data@v1');
    held.files = index.files;
    return { contests: contestsOf(index), election: index.election, head: index.head };
  },

  async contest({ code }) {
    const at = encodeURIComponent(code);
    const [stations, air] = await Promise.all([
      need(`data/${at}/stations.json`, 'hakiki/stations@v1'),
      held.source.text(`air/${at}.json`).then((text) => (text === null ? null : readFile(text, 'hakiki/air@v1'))),
    ]);
    const ballots = ballotsOf(stations);
    Object.assign(held, FORGOTTEN, NO_CONTEST, { contest: code, stations, air, ballots, outlines: held.outlines });
    if (ballots !== null) {
      await needAreas();
      held.ballotOf = nearestBallot(ballots, held.areas);
    }
    const taken = takeBallot(null);
    // Where one ballot is for all, the results hold all that is asked for later.
    if (ballots === null) held.stations = { ...stations, stations: [] };
    return taken;
  },

  /** @param {{area: string | null}} asked null: the one that fits the table */
  ballot({ area }) {
    held.isChosen = area !== null;
    return takeBallot(area);
  },

  async table({ file }) {
    Object.assign(held, FORGOTTEN, { name: file.name });
    expectSize(file.size);
    await fetchForTable();
    const table = readTable(new Uint8Array(await file.arrayBuffer()));
    if (held.ballots !== null && !held.isChosen) takeBallot(ballotOfTable(table, held.stations.stations, held.ballotOf));
    if (held.reference === null) throw new Failure('no-ballot', held.contest);
    held.table = table;
    const { set, candidates } = held.reference;
    const mapping = guessMapping(table, { candidates, boxes: BOXES, isCode: (code) => set.rows.has(code) });
    const levels = levelsOf(set.areas);
    guessLevel(mapping, table, set, levels);
    const { header, rows, encoding } = table;
    const samples = header.map((_, column) => rows.slice(0, SAMPLES).map(({ cells }) => trimmed(cells[column])));
    return { name: file.name, header, samples, rows: rows.length, encoding, mapping, levels, info: about() };
  },

  compare({ mapping }) {
    const { set } = held.reference;
    Object.assign(held, { comparison: null, order: null, map: null });
    held.claim = setOf(held.table, mapping, held.name);
    held.comparison = mapping.byName ? compareByName(held.claim, set) : compare(held.claim, set);
    if (held.comparison === null) throw new Refused([problem('names-repeat')]);
    const { rows, totals, pairs, whyNot, level, outside, onlyClaim, onlyReference, claimRows, referenceRows } = held.comparison;
    return {
      counts: countsOf(rows), candidateCounts: countsOf(rows, 'candidates'), impossible: rows.filter((row) => row.impossible !== null).length,
      level, whyNot, outside, totals, claimRows, referenceRows, labels: pairs.map(({ column }) => labelOf(column)),
      onlyClaim: onlyClaim.map(labelOf), onlyReference: onlyReference.map(labelOf),
      own: ownArithmetic(), claimed: claimedTotals(), hasAreas: held.areas !== null,
    };
  },

  /** Null where no level has areas to tell apart. @param {{level: string | null}} asked the level, or whichever shows most */
  map({ level }) {
    const levels = mapLevels(held.reference.set.areas, held.comparison);
    const own = levels.find((each) => each.level === level) ?? levels[0];
    if (own === undefined) return null;
    held.map = mapOf(held.reference.set.areas, held.comparison, own.level);
    const { areas, outside, candidates } = held.map;
    return { levels, level: own.level, areas: areas.map((area) => ({ ...area, outline: held.outlines?.get(area.code) ?? null })), outside, candidates };
  },

  rows(asked) {
    const { comparison, map } = held;
    const key = JSON.stringify([asked.filter, asked.sort, asked.descending, asked.within, map?.level]);
    const page = pageOf(comparison, map, asked, held.order?.key === key ? held.order.rows : null);
    held.order = { key, rows: page.ordered };
    return { total: page.ordered.length, rows: page.rows };
  },

  bounds({ figure, party }) {
    if (held.reference === null) throw new Failure('no-ballot', held.contest);
    return boundFigure(held.reference, figure, party);
  },

  download({ format }) {
    const text = format === 'csv' ? toCsv(held.comparison) : `${JSON.stringify(toJson(held.claim, held.comparison), null, 1)}\n`;
    return { text };
  },
};

/** The table against itself; of many faults the first. */
function ownArithmetic() {
  const own = arithmetic(held.claim);
  const lines = own.lines.filter(({ stated, sum }) => stated !== sum);
  const shares = own.shares.filter(({ rightOf }) => rightOf.length === 0);
  const denominators = {};
  for (const { rightOf } of own.shares) for (const name of rightOf) denominators[name] = (denominators[name] ?? 0) + 1;
  return {
    rowsWithTotal: own.rowsWithTotal, rowsDiffer: own.rowsDiffer.slice(0, FAULTS_MAX), rowsDifferCount: own.rowsDiffer.length,
    lineCount: own.lines.length, lines, shareCount: own.shares.length, shares: shares.slice(0, FAULTS_MAX), sharesCount: shares.length, denominators,
  };
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
