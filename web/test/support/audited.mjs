// Logs whose paper is audited, made up by chance from a number: rules, outcomes, tables, methods, hand counts, right and wrong.

import { createHash } from 'node:crypto';

import { auditOf } from '../../src/audit/audit.mjs';
import { Ledger, parseEntry } from '../../src/ledger/ledger.mjs';
import { partition } from '../../src/ledger/partition.mjs';
import { standing } from '../../src/ledger/standing.mjs';
import { gatherTables } from '../../src/ledger/tables.mjs';
import { read } from '../../src/ledger/tally.mjs';
import { leafHash, rootOf } from '../../src/tlog.mjs';
import { Auditing } from './auditing.mjs';

const AREAS = ['area c03 county MF County 3', 'area c03-1 constituency c03 Constituency 4', 'area c04 county MF County 4',
  'area u01 constituency MF Constituency in no county'];
const LEAVES = ['c01-1', 'c02-1', 'c02-2', 'c03-1', 'c04', 'u01', 'c01'];

/** Numbers that follow from a seed. @param {string | number} seed */
export function chance(seed) {
  let n = 0;
  const below = (/** @type {number} */ most) => createHash('sha256').update(`${seed} ${n++}`).digest().readUInt32BE() % most;
  return {
    below,
    /** @template T @param {T[]} of @returns {T} */
    pick: (of) => of[below(of.length)],
    /** One of so many times. */
    once: (/** @type {number} */ times) => below(times) === 0,
  };
}

/** A country with its fold beside it, so that a plan can be made from what stands. */
export class Audited extends Auditing {
  /** @param {{stations: number, contestLines: string[], candidates: number, voters?: (string | number)[], leaves?: string[]}} choice */
  constructor({ stations, contestLines, candidates, voters, leaves = LEAVES }) {
    const codes = Array.from({ length: stations }, (_, i) => `s${i + 1}`).sort();
    super({
      contestLines, voters, areas: AREAS,
      places: Object.fromEntries(codes.map((code, i) => [code, leaves[i % leaves.length]])),
      candidates: Array.from({ length: candidates }, (_, i) => `candidate president MF ${2 * i + 1} - Candidate ${'ABCDEFG'[i]}`),
    });
    this.numbers = Array.from({ length: candidates }, (_, i) => 2 * i + 1);
    this.ledger = null;
  }

  /** Takes what was added since into the fold. */
  async fold() {
    if (this.ledger === null) this.ledger = Ledger.begin(new Uint8Array(this.entries[0]));
    for (let place = this.ledger.size; place < this.entries.length; place++) {
      const parsed = parseEntry(new Uint8Array(this.entries[place]));
      const tables = 'kind' in parsed ? await gatherTables(parsed, (hash) => this.blobs.get(hash) ?? null) : new Map();
      const { admission, detail } = this.ledger.apply(place, parsed, tables);
      if (admission !== 'admitted') throw new Error(`place ${place}: ${admission} ${detail}`);
    }
    return this.ledger;
  }

  /** Size and root of the log as it is. */
  headNow() {
    return `${this.entries.length} ${Buffer.from(rootOf(this.entries.map((entry) => leafHash(new Uint8Array(entry))))).toString('hex')}`;
  }

  /** The rows of a table as it stands. */
  rowsNow() {
    const { contest: { cap, spread } } = this.ledger.race('president');
    const rows = [];
    for (const { station, state, paper } of partition(this.ledger, 'president', this.ledger.size)) {
      if (state === 'not expected' || state === 'disregarded') continue;
      const figures = paper && read(paper, station, cap);
      const votes = this.numbers.map((number) => figures?.votes.find((vote) => vote.number === number)?.least ?? 0);
      const area = station.area.path.find(({ level }) => level === spread?.level)?.code ?? '-';
      const valid = figures?.valid ?? 0;
      rows.push({ code: station.code, area, bound: Math.max(station.voters ?? cap ?? 999_999_999, valid), valid, votes });
    }
    return rows.sort((a, b) => (a.code < b.code ? -1 : 1));
  }

  outcomeNow() {
    return standing(this.ledger, 'president', this.ledger.size)?.outcome ?? 'no-votes';
  }
}

/** @param {{code: string, area: string, bound: number, valid: number, votes: number[]}} row */
export function rowText({ code, area, bound, valid, votes }) {
  return `${code} ${area} ${bound} ${valid} ${votes.join(' ')}`;
}

const LIMITS = ['1/20', '1/20', '1/10', '1/5', '1/2', '9/10'];
const METHODS = [['method kaplan-markov'], ['method kaplan-markov'], ['method betting', 'stake 9/10'], ['method betting', 'stake 1/2'],
  ['method alpha', 'expected 99/100 10'], ['method alpha', 'expected 9/10 100'], ['method alpha', 'expected 1/2 0']];

/** @param {ReturnType<typeof chance>} by */
function madeCountry(by) {
  const level = by.pick(['county', 'county', 'county', 'constituency']);
  const spread = `spread president ${by.pick(['1/2', '1/2', '1/2', '2/5', '3/5', '1/3'])} ${by.pick(['1/4', '1/4', '1/10', '2/5'])} ${1 + by.below(4)} ${level}`;
  const rule = by.once(3) ? ['contest president plurality President'] : ['contest president majority-with-spread President', spread];
  const boxes = ['box president rejected', 'box president valid', ...by.once(4) ? [] : ['cap president 700']];
  const leaves = by.pick([LEAVES, LEAVES, ['c01-1', 'c02-1', 'c03-1', 'c04'], ['c01-1', 'c02-2']]);
  return new Audited({
    stations: 2 + by.below(by.pick([4, 20, 40, 60])), contestLines: [...rule, ...boxes], candidates: by.pick([1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4]),
    voters: by.once(3) ? ['300', 'blank', '150'] : ['180'], leaves,
  }).open();
}

/** @param {Audited} country @param {ReturnType<typeof chance>} by */
function addForms(country, by) {
  const { numbers } = country;
  const lead = by.pick([1, 2, 4, 8, 8, 8]);
  const kind = by.below(3);
  for (const station of country.stations) {
    if (by.once(15)) continue;
    const strong = kind === 0 ? 0 : kind === 1 ? by.below(numbers.length) : Number(/** @type {any} */ (country.areaOf)[station].charCodeAt(2)) % numbers.length;
    const votes = () => numbers.map((_, i) => by.below(20) * (i === strong ? lead : 1));
    const add = () => {
      const counted = votes();
      const sum = counted.reduce((a, b) => a + b, 0);
      /** @type {Record<string, string | number>} */
      const boxes = Object.fromEntries(numbers.map((number, i) => [number, counted[i]]));
      if (by.once(12)) boxes[by.pick(numbers)] = 'blank';
      country.add(country.form(station, { ...boxes, valid: by.once(12) ? 'blank' : sum + (by.once(12) ? by.below(9) : 0), rejected: by.below(4) }));
    };
    add();
    if (by.once(15)) add();
  }
}

/** @param {Audited} country @param {ReturnType<typeof chance>} by @returns {string | null} id of a plan */
function addPlan(country, by) {
  const rows = country.rowsNow();
  const [says, ...who] = country.outcomeNow().split(' ').filter((word) => word !== '/');
  const { contest: { rule, spread } } = country.ledger.race('president');
  const isPair = says === 'run-off' && who.length === 2;
  let outcome = isPair ? ['outcome run-off', ...[...who].sort((a, b) => Number(a) - Number(b)).map((number) => `candidate ${number}`)]
    : ['outcome elected', `candidate ${who[0] ?? country.numbers[0]}`];
  if (by.once(8)) outcome = ['outcome elected', `candidate ${by.pick(country.numbers)}`];
  if (by.once(12) && country.numbers.length > 1) outcome = ['outcome run-off', 'candidate 1', 'candidate 3'];
  const there = [...new Set(rows.map(({ area }) => area))].filter((area) => area !== '-').sort();
  const areas = by.once(8) ? ['c01', 'c02', 'c03', 'c04', 'c01-1'].sort() : bestAreas(rows, outcome[1], country.numbers, there, spread);
  const isElected = outcome[0] === 'outcome elected' && rule !== 'plurality';
  if (isElected && areas.length < spread.areas) return null;
  if (by.once(4)) rows.forEach((row) => { if (by.once(6)) row.bound = Math.min(row.bound + by.below(50), 999_999_999); });
  if (by.once(6)) spoil(rows, by);
  const outside = ['MF', 'c01', 'c01-1', 'c02', 'u01'].filter(() => by.once(15)).map((code) => `outside ${code} ${by.below(12)}`);
  return country.plan({
    head: country.headNow(), outcome, spread: isElected ? areas.slice(0, spread.areas).sort() : [], limit: by.pick(LIMITS), method: by.pick(METHODS),
    rows: rows.map(rowText), last: outside,
  });
}

/** Areas of the table, the one with the largest margin first. */
function bestAreas(rows, candidate, numbers, there, spread) {
  const at = numbers.indexOf(Number(candidate.split(' ')[1]));
  const margin = (area) => rows.filter((row) => row.area === area).reduce((sum, { votes, valid }) => sum + spread.least[1] * votes[at] - spread.least[0] * valid, 0);
  return spread === null ? [] : [...there].sort((a, b) => margin(b) - margin(a));
}

function spoil(rows, by) {
  const row = by.pick(rows);
  const what = by.below(4);
  if (what === 0 && rows.length > 1) rows.splice(rows.indexOf(row), 1);
  if (what === 1 && row.bound > row.valid) row.valid += 1;
  if (what === 2 && row.votes[0] > 0) row.votes[0] -= 1;
  if (what === 3) row.area = by.pick(['-', 'c01', 'c02']);
}

/** Hand counts: of the drawn stations first, mostly. @param {Audited} country @param {string} plan @param {ReturnType<typeof chance>} by */
async function addCounts(country, plan, by) {
  const isHonest = by.once(2);
  const wrong = by.pick([3, 10, 30]);
  const most = by.pick([3, 15, 60, 60]);
  /** @type {Map<string, string>} */
  const counted = new Map();
  for (let i = 0; i < most; i++) {
    const ledger = await country.fold();
    const found = ledger.audits.plan(plan);
    const audit = auditOf(ledger, found, ledger.size);
    const drawn = audit.sample?.draws.map(({ at }) => found.rows[at][0]) ?? [];
    const next = by.once(10) ? by.pick(found.rows)[0] : drawn.find((code) => !counted.has(code)) ?? found.rows.map(([code]) => code).find((code) => !counted.has(code));
    if (next === undefined || (audit.stage?.word === 'confirmed' && by.once(2))) return;
    const [, , bound, , words] = found.rows.find(([code]) => code === next);
    const votes = words.split(' ').map(Number);
    if (!isHonest && by.once(wrong)) votes.forEach((_, at) => { votes[at] = Math.max(0, votes[at] + by.below(41) - 20); });
    if (!isHonest && by.once(25)) votes.reverse();
    const sum = votes.reduce((a, b) => a + b, 0);
    if (sum > bound && !by.once(5)) votes.fill(0);
    if (by.once(150)) votes[0] = Math.min(bound + 1, 999_999_999);
    const last = counted.has(next) ? [`replaces ${counted.get(next)}`] : [];
    counted.set(next, country.say('audit-count', [`plan ${plan}`, `station ${next}`, 'at 2031-03-12T10:00:00+03:00',
      ...country.numbers.map((number, at) => `votes ${number} ${votes[at]}`), ...last], ['auditor-1', 'auditor-2']));
  }
}

/** @param {string | number} seed */
export async function auditedByChance(seed) {
  const by = chance(seed);
  const country = madeCountry(by);
  addForms(country, by);
  await country.fold();
  for (let i = 1 + by.below(3); i > 0; i--) {
    const plan = addPlan(country, by);
    if (plan === null) continue;
    await country.fold();
    if (by.once(6)) continue;
    country.seed(plan, { digits: Array.from({ length: 20 + by.below(20) }, () => by.below(10)).join('') });
    await addCounts(country, plan, by);
    await country.fold();
  }
  return country;
}
