// Compares this implementation with the program, over a log: tables made of its results by chance, each with a mapping, are compared
// with it by both; and figures are bounded by both.
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

import { bound, boundOfTotals, leadOf, totalOf } from '../src/claims/bounds.mjs';
import { compare, compareNamed } from '../src/claims/compare.mjs';
import { boxesToDraw } from '../src/claims/draw.mjs';
import { setOf } from '../src/claims/mapping.mjs';
import { areasOf, contestsOf, levelsOf, referenceOf } from '../src/claims/reference.mjs';
import { toCsv, toJson } from '../src/claims/report.mjs';
import { readTable } from '../src/claims/table.mjs';

const { values: given } = parseArgs({ options: {
  hakiki: { type: 'string' }, log: { type: 'string' }, site: { type: 'string' }, seed: { type: 'string', default: '1' }, tables: { type: 'string', default: '6' },
} });
const file = (path) => JSON.parse(readFileSync(join(given.site, path), 'utf8'));
const [contest] = contestsOf(file('data/index.json'));
const { set: reference, candidates, forms } = referenceOf(file(`data/${contest}/stations.json`), file(`air/${contest}.json`));
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

/** A table that says what the log says, but for some cells and rows; and its mapping in both languages. */
function tableBy(random) {
  const levels = levelsOf(reference.areas).map(({ level }) => level);
  const level = random.chance(0.4) ? levels[1 + random.below(Math.max(1, levels.length - 1))] : null;
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
  for (let i = random.below(4); i > 0; i--) lines.push([`zz${i}`, 'nowhere', ...header.slice(2).map(() => random.below(900))]);
  if (hasLine) lines.push(['SUM', '', ...header.slice(2).map((head, at) => (head === 'share' ? '41.5%' : sums[at] + random.below(2)))]);
  const text = `${[header, ...lines].map((cells) => cells.map((cell) => quoted(String(cell))).join(',')).join('\n')}\n`;
  const place = (name) => header.indexOf(name);
  const mapping = {
    level, code: 0, name: 1, byName: level !== null && random.chance(0.3), codeWidth: 0, thousands: null,
    candidates: candidates.map(({ number, name }) => ({ column: place(`k${number}`), name })),
    ...Object.fromEntries(BOXES.map((box) => [box, boxes.includes(box) ? place(box) : null])),
    also: also.map((name) => ({ column: place(name), name })),
    shares: hasShares ? [{ column: place('share'), candidate: candidates[0].name }] : [],
    lines: hasLine ? [{ column: 0, is: 'SUM', name: 'SUM' }] : [],
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
    'title = "t"', 'country = "ZZ"', 'date = "2031-03-04"', 'licence = "none"',
    '[source]', 'description = "made by chance"', '[contest]', `id = ${text(contest)}`, 'title = "t"',
    '[cells]', 'blank = "blank"', 'dash = ["-"]', 'illegible = ["?"]',
    '[station]', 'code = "code"', 'name = "name"',
    ...mapping.candidates.flatMap(({ column, name }) => ['[[candidate]]', `column = ${text(header[column])}`, `name = ${text(name)}`]),
    '[form]', ...boxes.map((box) => `${box} = ${text(box)}`),
    '[claim]', ...(mapping.level === null ? [] : [`rows = ${text(mapping.level)}`]), `by_name = ${mapping.byName}`, `also = ${text(also)}`,
    ...mapping.lines.flatMap(({ is, name }) => ['[[claim.line]]', 'column = "code"', `is = ${text(is)}`, `name = ${text(name)}`]),
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

const told = { rows: 0, tables: 0, figures: 0, refused: 0 };

function compareTable(seed) {
  const { text, mapping, toml } = tableBy(numbersOf(seed));
  writeFileSync(join(folder, 't.csv'), text);
  writeFileSync(join(folder, 't.toml'), toml);
  const claim = setOf(readTable(new TextEncoder().encode(text)), mapping, 't');
  const ours = mapping.byName ? compareNamed(claim, reference) : compare(claim, reference);
  const theirs = program('check', join(folder, 't.csv'), '--mapping', join(folder, 't.toml'), '--json', '--csv', join(folder, 'rows.csv'));
  if (ours === null || theirs.error !== undefined) {
    told.refused += 1;
    return ours === null && theirs.error !== undefined ? null : `one refuses: ${theirs.error ?? 'we'}`;
  }
  told.rows += ours.rows.length;
  told.tables += 1;
  const found = part(theirs.json, JSON.parse(JSON.stringify(toJson(claim, ours))));
  return found ?? (readFileSync(join(folder, 'rows.csv'), 'utf8').split('\n').findIndex((line, i, all) => all.length !== ours.rows.length + 2 || line !== toCsv(ours).split('\n', i + 1)[i]) === -1 ? null : 'the CSV');
}

function compareFigures(seed) {
  const random = numbersOf(seed);
  const count = candidates.length;
  const own = candidates.map((_, at) => bound(forms, totalOf(count, at, 0)).forms_say);
  const [ahead, behind] = [random.below(count), 0];
  const figure = [own[ahead] + random.below(30_000) - 9_000, own[ahead] - own[behind] + random.below(50_000)].map((each) => Math.max(0, each));
  const totals = own.map((each) => Math.max(0, each + random.below(20_000) - 10_000));
  const number = (at) => String(candidates[at].number);
  const asked = [
    [['--candidate', number(ahead), '--total', String(figure[0])], () => [totalOf(count, ahead, figure[0])]],
    ...(ahead === behind ? [] : [[['--candidate', number(ahead), '--over', number(behind), '--lead', String(figure[1])], () => [leadOf(count, ahead, behind, figure[1])]]]),
    [['--totals', totals.map((total, at) => `${number(at)}=${total}`).join(',')], () => {
      const { condition, bound: found } = boundOfTotals(forms, totals);
      return [condition, found];
    }],
  ];
  for (const [words, ours] of asked) {
    const [condition, found = bound(forms, condition)] = ours();
    const draw = (oneIn) => (found.least === null ? null : boxesToDraw(found.forms, found.least, oneIn));
    const we = {
      weights: condition.weights, claimed: String(condition.total), forms_say: String(found.forms_say), forms: found.forms, open_stations: forms.open.length,
      stations_without_ceiling: found.unlimited, least_wrong: found.least, can_hold: found.least !== null, boxes_to_draw: { 95: draw(20), 99: draw(100) },
    };
    const { json, error } = program('bounds', ...words, '--json');
    if (error !== undefined) return error;
    const { answered, ...theirs } = json;
    told.figures += 1;
    const parts = part(theirs, we);
    if (parts !== null) return `${words.join(' ')} ${parts}`;
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
if (process.exitCode === undefined) process.stdout.write(`the same: ${told.rows} rows of ${told.tables} tables, ${told.figures} figures; both refused ${told.refused} tables\n`);
