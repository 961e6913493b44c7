/**
 * Findings on acts: collations (F301, F302, F303), declarations (F304, W108) and attestations (F402, F403).
 */

import { ALL_BOXES } from './grammar.mjs';
import { before, partition } from './partition.mjs';
import { holds } from './register.mjs';
import { childFigures } from './rules-acts.mjs';
import { tallies } from './tally.mjs';

/** As many candidates of the ballot F403 looks at. */
const CANDIDATES_OF_F403 = 64;

/** @typedef {import('./findings.mjs').Finding} Finding */
/** @typedef {import('./ledger.mjs').Ledger} Ledger */
/** @typedef {import('./ledger.mjs').Race} Race */

/** @param {Ledger} ledger @param {number} size @returns {Finding[]} */
export function actFindings(ledger, size) {
  /** @type {Finding[]} */
  const found = [];
  for (const race of ledger.races.values()) {
    for (const collation of before(race.collations, size)) onCollation(ledger, race, collation, found);
    for (const declaration of before(race.declarations, size)) onDeclaration(ledger, race, declaration, found);
    afterDeclaration(race, size, found);
  }
  for (const attest of before(ledger.attests, size)) onAttest(ledger, attest, found);
  return found;
}

/** Numbers of the area's ballot, ascending. @param {Ledger} ledger @param {string} contest @param {import('./register.mjs').Area[]} path */
function numbersOf({ register }, contest, path) {
  return [...(register.ballot(contest, path)?.keys() ?? [])].sort((a, b) => a - b);
}

/** @param {Ledger} ledger @param {Race} race @param {Race['collations'][number]} collation @param {Finding[]} found */
function onCollation(ledger, race, { place, record, rows }, found) {
  const { fields } = record;
  const contest = race.contest.code;
  const area = ledger.register.area(fields.area);
  const numbers = numbersOf(ledger, contest, area.path);
  const parsed = rows.map(([code, id, words]) => ({ code, id, ...readRow(words) }));
  for (const row of parsed) rowFindings(ledger, { place, contest, ...row }, found);
  const total = (/** @type {string | number} */ what, /** @type {any} */ written, /** @type {any[]} */ values) => {
    const sum = values.reduce((a, value) => a + (typeof value === 'number' ? value : 0), 0);
    if (typeof written !== 'number' || written === sum) return;
    found.push({ code: 'F302', place, contest, station: null, area: area.code, facts: { what, total: written, sum } });
  };
  for (const [number, written] of fields.votes) {
    const i = numbers.indexOf(number);
    total(number, written, i < 0 ? [] : parsed.map((row) => row.votes[i]));
  }
  total('valid', fields.valid, parsed.map((row) => row.valid));
  total('rejected', fields.rejected, parsed.map((row) => row.rejected));
  const expected = partition(ledger, contest, place)
    .filter(({ station, state }) => state !== 'not expected' && holds(station.area.path, area.code));
  const { submitted, received } = fields;
  if (submitted !== received || rows.length !== received || rows.length !== expected.length) {
    found.push({ code: 'F303', place, contest, station: null, area: area.code,
      facts: { submitted, received, rows: rows.length, expected: expected.length } });
  }
}

/** A child's figures: its votes in the order of the ballot, then valid and rejected. @param {string | undefined} words */
function readRow(words) {
  const figures = childFigures(words);
  return { votes: figures.slice(0, -2), valid: figures.at(-2), rejected: figures.at(-1) };
}

/**
 * @param {Ledger} ledger
 * @param {ReturnType<typeof readRow> & {place: number, contest: string, code: string, id: string, numbers: number[]}} row
 * @param {Finding[]} found
 */
function rowFindings(ledger, { place, contest, code, id, votes, valid, rejected }, found) {
  const add = (/** @type {Finding['facts']} */ facts) => {
    found.push({ code: 'F301', place, contest, station: code, facts: { form: id, ...facts } });
  };
  const paper = ledger.ids.get(id)?.paper;
  if (!paper || paper.station.code !== code) {
    add({ what: paper ? 'the form is of another station' : 'the form is not in the log' });
    return;
  }
  const compare = (/** @type {any} */ row, /** @type {any} */ onForm = 'dash') => {
    if (row !== onForm) add({ row: String(row), onForm: String(onForm) });
  };
  const onForm = new Map(paper.fields.votes);
  numbersOf(ledger, contest, paper.station.area.path).forEach((number, i) => i < votes.length && compare(votes[i], onForm.get(number)));
  compare(valid, paper.fields.valid);
  compare(rejected, paper.fields.rejected);
}

/** @param {Ledger} ledger @param {Race} race @param {Race['declarations'][number]} declaration @param {Finding[]} found */
function onDeclaration(ledger, race, { place, record, missing }, found) {
  const { fields } = record;
  if (fields.says !== 'declared') return;
  const contest = race.contest.code;
  const area = ledger.register.area(fields.area);
  const size = fields.head[0];
  const statuses = partition(ledger, contest, size);
  const tally = tallies(ledger, contest, size, statuses)[area.index];
  const add = (/** @type {Finding['facts']} */ facts) => {
    found.push({ code: 'F304', place, contest, station: null, area: area.code, facts });
  };
  for (const [number, declared] of fields.votes) {
    const sum = tally.votes.get(number)?.sum ?? 0;
    if (declared !== sum) add({ candidate: number, declared: String(declared), log: sum });
  }
  for (const box of ['valid', 'rejected']) {
    const sum = tally.boxes.get(box)?.sum ?? 0;
    if (fields[box] !== undefined && fields[box] !== sum) add({ box, declared: String(fields[box]), log: sum });
  }
  const lacking = statuses.filter(({ station, state }) => state === 'missing' && holds(station.area.path, area.code))
    .map(({ station }) => station.code);
  const named = new Set(missing);
  if (named.size !== lacking.length || lacking.some((code) => !named.has(code))) add({ missing: named.size, missingInLog: lacking.length });
}

/** Papers that came after the result was declared. @param {Race} race @param {number} size @param {Finding[]} found */
function afterDeclaration(race, size, found) {
  const first = race.declarations.find(({ record }) => record.fields.says === 'declared');
  if (!first) return;
  for (const papers of race.papers.values()) {
    for (const { place, contest, station, held } of before(papers, size)) {
      if (!held && place > first.place) found.push({ code: 'W108', place, contest, station: station.code });
    }
  }
}

/** @param {Ledger} ledger @param {Ledger['attests'][number]} attest @param {Finding[]} found */
function onAttest({ register }, { place, fields, paper, holder }, found) {
  if (paper.held) return;
  const ballot = register.ballot(paper.contest, paper.station.area.path);
  const differs = fields.says === 'own-copy' && copyDiffers(fields, paper.fields, ballot);
  const where = { place, contest: paper.contest, station: paper.station.code };
  if (differs) found.push({ code: 'F402', ...where });
  const ink = (paper.fields['on-paper'] ?? []).some((/** @type {any[]} */ [party, state]) => party === holder.party && state === 'signed');
  const parties = candidatesOf(ballot).slice(0, CANDIDATES_OF_F403).map(({ party }) => party);
  const stands = holder.party !== null && parties.includes(holder.party);
  if (ink && stands && (differs || fields.says === 'refused')) found.push({ code: 'F403', ...where });
}

/** @param {import('./register.mjs').Ballot | null} ballot */
function candidatesOf(ballot) {
  return [...(ballot?.values() ?? [])].sort((a, b) => a.number - b.number);
}

/**
 * @param {import('./text.mjs').Fields} copy @param {import('./text.mjs').Fields} form
 * @param {import('./register.mjs').Ballot | null} ballot
 */
function copyDiffers(copy, form, ballot) {
  const votes = new Map(form.votes);
  return copy.votes.some((/** @type {[number, any]} */ [number, value]) => ballot?.has(number) && votes.get(number) !== value)
    || ALL_BOXES.some((box) => copy[box] !== undefined && copy[box] !== form[box]);
}
