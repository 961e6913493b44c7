// Compares this implementation with the program, over a log: tables made of its results by chance, each with a mapping, are compared
// with it by both; and figures are bounded by both.
//
// Tables are of stations and of areas, known by codes and by names, one after another; a run that compared no row of a sort fails.
//
//   node web/test/claims-differential.mjs --hakiki BINARY --log LOG --site FOLDER [--seed N] [--tables N]
//
// LOG is what `hakiki verify` reads; FOLDER holds the data files that a portal publishes of it. Exit 1 and the first place where the two
// part, with the seed; else how much was the same.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';

import { bound, boundsOf, boundsOfTotals, leadOf, totalOf } from '../src/claims/bounds.mjs';
import { compare, compareByName, countsOf } from '../src/claims/compare.mjs';
import { boxesToDraw } from '../src/claims/draw.mjs';
import { setOf } from '../src/claims/mapping.mjs';
import { areasOf, contestsOf, levelsOf, referenceOf } from '../src/claims/reference.mjs';
import { toCsv, toJson } from '../src/claims/report.mjs';
import { readTable, Refused } from '../src/claims/table.mjs';

const { values: given } = parseArgs({ options: {
  hakiki: { type: 'string' }, log: { type: 'string' }, site: { type: 'string' }, seed: { type: 'string', default: '1' }, tables: { type: 'string', default: '8' },
} });
const file = (path) => JSON.parse(readFileSync(join(given.site, path), 'utf8'));
const [contest] = contestsOf(file('data/index.json'));
const { set: reference, candidates, forms, answering } = referenceOf(file(`data/${contest}/stations.json`), file(`air/${contest}.json`));
reference.areas = areasOf(file(`data/${contest}/areas.json`));
const folder = mkdtempSync(join(tmpdir(), 'hakiki-claims-'));

/** Numbers that follow from a seed. */
function numbersOf(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { below: (n) => Math.floor(next() * n), chance: (share) => next() < share };
}

const quoted = (text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const BOXES = ['valid', 'rejected', 'registered'];

/** What a table's rows are and what they are known by. Each seed makes one, and the next seed the next. */
const SORTS = [
  { is: 'stations by code', ofAreas: false, byName: false }, { is: 'areas by code', ofAreas: true, byName: false },
  { is: 'areas by name', ofAreas: true, byName: true }, { is: 'stations by name', ofAreas: false, byName: true },
];
const sortOf = (seed) => SORTS[seed % SORTS.length];

/** A table that says what the log says, but for some cells and rows; and its mapping in both languages. */
function tableBy(random, { ofAreas, byName }) {
  const levels = levelsOf(reference.areas).map(({ level }) => level);
  const level = ofAreas ? levels[random.below(levels.length)] : null;
  const hasCode = !byName || random.chance(0.5);
  const boxes = BOXES.filter(() => random.chance(0.6));
  const also = random.chance(0.4) ? ['disputed'] : [];
  const hasShares = random.chance(0.5);
  const hasLine = random.chance(0.5);
  const header = ['code', 'name', ...candidates.map(({ number }) => `k${number}`), ...boxes, ...also, ...(hasShares ? ['share'] : [])];
  const rows = level === null ? [...reference.rows] : [...reference.areas].filter(([, area]) => area.level === level);
  const sums = header.slice(2).map(() => 0);
  const lines = rows.flatMap(([code, row]) => {
    if (random.chance(0.03)) return [];
    const cells = header.slice(2).map((head, at) => cellOf(random, row, head, sums, at));
    return [[code, row.name, ...cells]];
  });
  for (let i = random.below(4); i > 0; i--) lines.push([`zz${i}`, `nowhere ${i}`, ...header.slice(2).map(() => random.below(900))]);
  if (hasLine) lines.push([hasCode ? 'SUM' : '', hasCode ? '' : 'SUM', ...header.slice(2).map((head, at) => (head === 'share' ? '41.5%' : sums[at] + random.below(2)))]);
  const text = `${[header, ...lines].map((cells) => cells.map((cell) => quoted(String(cell))).join(',')).join('\n')}\n`;
  const place = (name) => header.indexOf(name);
  const mapping = {
    level, code: hasCode ? 0 : null, name: 1, byName, codeWidth: 0, thousands: null,
    candidates: candidates.map(({ number, name }) => ({ column: place(`k${number}`), name })),
    ...Object.fromEntries(BOXES.map((box) => [box, boxes.includes(box) ? place(box) : null])),
    also: also.map((name) => ({ column: place(name), name })),
    shares: hasShares ? [{ column: place('share'), candidate: candidates[0].name }] : [],
    lines: hasLine ? [{ column: hasCode ? 0 : 1, is: 'SUM', name: 'SUM' }] : [],
  };
  return { text, mapping, toml: tomlOf(mapping, header, boxes, also) };
}

function cellOf(random, row, head, sums, at) {
  if (head === 'share') return random.chance(0.2) ? '' : `${random.below(100)}.${random.below(100)}`;
  const column = reference.columns.findIndex((one) => (one.is === 'candidate' ? head === `k${candidates.find(({ name }) => name === one.name).number}` : head === (one.name ?? one.is)));
  const known = row.figures?.[column] ?? (row.figures === undefined ? random.below(5000) : random.below(300));
  const figure = random.chance(0.02) ? ['blank', 'dash', 'illegible', 0, 1, random.below(900)][random.below(6)] : known;
  if (typeof figure === 'number') sums[at] += figure;
  return { blank: '', dash: '-', illegible: '?' }[figure] ?? figure;
}

function tomlOf(mapping, header, boxes, also) {
  const text = JSON.stringify;
  return [
    ...(mapping.code === null ? ['ignore = ["code"]'] : []), 'title = "t"', 'country = "ZZ"', 'date = "2031-03-04"', 'licence = "none"',
    '[source]', 'description = "made by chance"', '[contest]', `id = ${text(contest)}`, 'title = "t"',
    '[cells]', 'blank = "blank"', 'dash = ["-"]', 'illegible = ["?"]',
    '[station]', ...(mapping.code === null ? [] : ['code = "code"']), 'name = "name"',
    ...mapping.candidates.flatMap(({ column, name }) => ['[[candidate]]', `column = ${text(header[column])}`, `name = ${text(name)}`]),
    '[form]', ...boxes.map((box) => `${box} = ${text(box)}`),
    '[claim]', ...(mapping.level === null ? [] : [`rows = ${text(mapping.level)}`]), `by_name = ${mapping.byName}`, `also = ${text(also)}`,
    ...mapping.lines.flatMap(({ column, is, name }) => ['[[claim.line]]', `column = ${text(header[column])}`, `is = ${text(is)}`, `name = ${text(name)}`]),
    ...mapping.shares.flatMap(({ candidate }) => ['[[claim.share]]', 'column = "share"', `candidate = ${text(candidate)}`]),
  ].join('\n');
}

function program(...words) {
  const done = spawnSync(given.hakiki, ['claim', ...words, '--log', given.log, '--contest', contest], { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (done.status === null || done.stdout === '') return { error: done.stderr };
  return { json: JSON.parse(done.stdout) };
}

/** Where two values part, as a path. */
function part(one, other, path = '') {
  if (isDeepStrictEqual(one, other)) return null;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return `${path}: they say ${JSON.stringify(one)}, we say ${JSON.stringify(other)}`;
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const found = part(one[key], other[key], `${path}/${key}`);
    if (found !== null) return found;
  }
  return `${path}: other keys`;
}

const told = new Map(SORTS.map(({ is }) => [is, { tables: 0, compared: 0, refused: 0 }]));
let [figures, answers] = [0, 0];

/** Names of the log's stations may repeat, as those of a school's rooms do: then both refuse to know stations by them. */
const stationsRepeat = compareByName(reference, reference) === null;

function compareTable(seed) {
  const sort = sortOf(seed);
  const counts = told.get(sort.is);
  const { text, mapping, toml } = tableBy(numbersOf(seed), sort);
  writeFileSync(join(folder, 't.csv'), text);
  writeFileSync(join(folder, 't.toml'), toml);
  const ours = compared(text, mapping);
  const theirs = program('check', join(folder, 't.csv'), '--mapping', join(folder, 't.toml'), '--json', '--csv', join(folder, 'rows.csv'));
  if (ours === null || theirs.error !== undefined) {
    counts.refused += 1;
    return ours === null && theirs.error !== undefined ? null : `${sort.is}: one refuses: ${theirs.error ?? 'we'}`;
  }
  const { identical, different } = countsOf(ours.comparison.rows);
  counts.tables += 1;
  counts.compared += identical + different;
  const found = part(theirs.json, JSON.parse(JSON.stringify(toJson(ours.claim, ours.comparison))));
  if (found !== null) return `${sort.is}: ${found}`;
  const [they, we] = [readFileSync(join(folder, 'rows.csv'), 'utf8'), toCsv(ours.comparison)].map((csv) => csv.split('\n'));
  const parts = part(they, we);
  return parts === null ? null : `${sort.is}: the CSV, line ${parts}`;
}

/** The comparison, or null where the table or its names are refused. */
function compared(text, mapping) {
  try {
    const claim = setOf(readTable(new TextEncoder().encode(text)), mapping, 't');
    const comparison = (mapping.byName ? compareByName : compare)(claim, reference);
    return comparison === null ? null : { claim, comparison };
  } catch (refused) {
    if (refused instanceof Refused) return null;
    throw refused;
  }
}

function compareFigures(seed) {
  const random = numbersOf(seed);
  const count = candidates.length;
  const own = candidates.map((_, at) => bound(forms, totalOf(count, at, 0)).forms_say);
  const [ahead, behind] = [random.below(count), 0];
  const figure = [own[ahead] + random.below(30_000) - 9_000, own[ahead] - own[behind] + random.below(50_000)].map((each) => Math.max(0, each));
  const totals = own.map((each) => Math.max(0, each + random.below(20_000) - 10_000));
  const number = (at) => String(candidates[at].number);
  // Whose agents are asked after, where the data file tells who answers.
  const party = answering?.parties[random.below(answering.parties.length)] ?? null;
  const marksOf = (by) => by.get(party) ?? new Uint8Array(forms.count);
  const markings = party === null ? [null] : [null, marksOf(answering.keys), marksOf(answering.ink)];
  const asked = [
    [['--candidate', number(ahead), '--total', String(figure[0])], () => boundsOf(forms, totalOf(count, ahead, figure[0]), markings)],
    ...(ahead === behind ? [] : [[['--candidate', number(ahead), '--over', number(behind), '--lead', String(figure[1])], () => boundsOf(forms, leadOf(count, ahead, behind, figure[1]), markings)]]),
    [['--totals', totals.map((total, at) => `${number(at)}=${total}`).join(',')], () => boundsOfTotals(forms, totals, markings)],
  ];
  for (const [words, ours] of asked) {
    const [{ condition, bound: found }, ...among] = ours();
    const draw = (oneIn) => (found.least === null ? null : boxesToDraw(found.forms, found.least, oneIn));
    const [keys, ink] = among.map(({ bound: { forms: signed, least } }) => ({ forms: signed, least_wrong: least }));
    const we = {
      weights: condition.weights, claimed: String(condition.total), forms_say: String(found.forms_say), forms: found.forms, open_stations: forms.open.length,
      stations_without_ceiling: found.unlimited, least_wrong: found.least, can_hold: found.least !== null, boxes_to_draw: { 95: draw(20), 99: draw(100) },
      ...(party === null ? {} : { answered: { keys, ink } }),
    };
    const { json, error } = program('bounds', ...words, ...(party === null ? [] : ['--party', party]), '--json');
    if (error !== undefined) return error;
    const { answered, ...rest } = json;
    figures += 1;
    answers += party === null ? 0 : 1;
    const parts = part(party === null ? rest : json, we);
    if (parts !== null) return `${words.join(' ')} ${party ?? ''} ${parts}`;
  }
  return null;
}

const first = Number(given.seed);
for (let seed = first; seed < first + Number(given.tables) && process.exitCode === undefined; seed++) {
  const found = compareTable(seed) ?? compareFigures(seed);
  if (found !== null) {
    process.stdout.write(`seed ${seed}: ${found}\n`);
    process.exitCode = 1;
  }
}
rmSync(folder, { recursive: true });

/** Why the run says nothing of a sort of tables; null if it does. */
function lackOf({ is, byName, ofAreas }) {
  const { tables, compared: rows, refused } = told.get(is);
  if (byName && !ofAreas && stationsRepeat) return refused > 0 ? null : `no table of ${is} was made`;
  if (tables === 0) return `no table of ${is} was compared`;
  return rows > 0 ? null : `${tables} tables of ${is}, and not one row was compared`;
}

if (process.exitCode === undefined) {
  for (const [is, { tables, compared: rows, refused }] of told) process.stdout.write(`the same: ${is}: ${rows} rows of ${tables} tables; both refused ${refused} tables\n`);
  process.stdout.write(`the same: ${figures} figures; of ${answers} also who answers\n`);
  const lacks = [...SORTS.map(lackOf), figures > 0 ? null : 'no figure was bounded'].filter((lack) => lack !== null);
  for (const lack of lacks) process.stdout.write(`${lack}\n`);
  if (lacks.length > 0) process.exitCode = 1;
}
