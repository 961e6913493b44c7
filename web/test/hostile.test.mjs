// Whatever bytes come, parsing and admission throw nothing but a Failure, and the ledger goes on. The seed is printed; set HAKIKI_SEED to
// repeat a run, HAKIKI_ROUNDS for more.

import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { Failure } from '../src/failure.mjs';
import { findings } from '../src/ledger/findings.mjs';
import { parseEntry } from '../src/ledger/ledger.mjs';
import { resultsText } from '../src/ledger/results.mjs';
import { standingText } from '../src/ledger/standing.mjs';
import { gatherTables, parseTable } from '../src/ledger/tables.mjs';
import { Country } from './support/country.mjs';
import { fold } from './support/fold.mjs';
import { idOf, Key, put, record, table } from './support/logs.mjs';
import { jsonLines, vectorLog } from './support/read.mjs';

const seed = Number(process.env.HAKIKI_SEED ?? randomInt(2 ** 31));
const rounds = Number(process.env.HAKIKI_ROUNDS ?? 1);
console.log(`HAKIKI_SEED=${seed}`);

/** A small generator of its own, so that a seed gives the same run everywhere. */
class Random {
  /** @param {number} state */
  constructor(state) {
    this.state = state | 0;
  }

  /** @param {number} below */
  below(below) {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  }

  /** @template T @param {T[]} list @returns {T} */
  of(list) {
    return list[this.below(list.length)];
  }
}

const vectors = JSON.parse(readFileSync(new URL('../../vectors/ledger.json', import.meta.url), 'utf8'));
const known = () => [vectors, ...fixture];
const fixture = jsonLines(new URL('fixtures/random-logs.jsonl', import.meta.url));

const PIECES = ['\n', '\n\n', ' ', '  ', '\t', '\r', '\u0000', '\u2014 ', '\u202e', '\ufeff', 'e\u0301', '\u{1fae0}', '0', '-', '999999999',
  '1000000000', '9007199254740993', 'blank', 'votes 1 1\n', 'signer x y\n', 'hakiki/form@v1\n', 'hakiki/index@v1\n', '__proto__',
  'constructor', '+', '=', '{}', '\\'];

/** @param {Uint8Array} bytes @param {Random} random @returns {Uint8Array} */
function mutate(bytes, random) {
  let found = Buffer.from(bytes);
  for (let times = 1 + random.below(3); times > 0; times--) {
    const at = random.below(found.length + 1);
    const other = at + random.below(Math.min(40, found.length - at + 1));
    const piece = Buffer.from(random.of(PIECES));
    const lines = found.toString('latin1').split('\n');
    const [i, j] = [random.below(lines.length), random.below(lines.length)];
    found = [
      () => (at < found.length ? Buffer.concat([found.subarray(0, at), Buffer.from([random.below(256)]), found.subarray(at + 1)]) : found),
      () => Buffer.concat([found.subarray(0, at), found.subarray(other)]),
      () => Buffer.concat([found.subarray(0, at), piece, found.subarray(at)]),
      () => found.subarray(0, at),
      () => Buffer.from(lines.map((line, n) => (n === i ? lines[j] : n === j ? lines[i] : line)).join('\n'), 'latin1'),
      () => Buffer.from([...lines.slice(0, i), lines[j], ...lines.slice(i)].join('\n'), 'latin1'),
      () => Buffer.from([...lines.slice(0, i), ...lines.slice(i + 1)].join('\n'), 'latin1'),
    ][random.below(7)]();
  }
  return new Uint8Array(found);
}

test('mutated notes and tables are read or refused', () => {
  const random = new Random(seed);
  const notes = known().flatMap((log) => vectorLog(log).entries);
  const tables = known().flatMap(({ tables: all }) => Object.values(all)).map((text) => Buffer.from(text));
  /** @type {Record<string, number>} */
  const seen = {};
  const tried = (/** @type {() => unknown} */ run) => {
    let code = 'read';
    try {
      const found = run();
      if (found instanceof Failure) code = found.code;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      code = error.code;
    }
    assert.match(code, /^(read|R[123]\d\d)$/);
    seen[code] = (seen[code] ?? 0) + 1;
  };
  for (let i = 0; i < 6000 * rounds; i++) tried(() => parseEntry(mutate(random.of(notes), random)));
  for (let i = 0; i < 1500 * rounds; i++) tried(() => parseTable(mutate(random.of(tables), random)));
  console.log(JSON.stringify(seen));
  for (const code of ['read', 'R102', 'R103', 'R105', 'R106', 'R107', 'R205']) assert.ok(seen[code] > 0, `${code} never came`);
});

test('mutated entries of a log are admitted or refused, in their order', async () => {
  const random = new Random(seed + 1);
  const counts = { admitted: 0, held: 0, refused: 0 };
  for (let i = 0; i < rounds; i++) {
    const { entries, blob } = vectorLog(random.of(fixture));
    const log = entries.flatMap((note, place) => (place > 0 && random.below(3) === 0 ? [mutate(note, random), note] : [note]));
    const lossy = (/** @type {string} */ hash) => (random.below(400) === 0 ? null : blob(hash));
    count((await folded({ entries: log, blob: lossy })).judgements, counts);
  }
  console.log(JSON.stringify(counts));
  assert.ok(counts.refused > 0);
});

/** Values that fit some line or other. @param {Random} random @param {Country} country @param {string[]} ids */
function value(random, country, ids) {
  return random.of([
    () => String(random.below(12)), () => '999999999', () => '9007199254740991', () => random.of(['blank', 'dash', 'illegible']),
    () => random.of(['s1', 's2', 's9', 'MF', 'c01', 'c01-1', 'c02', 'president', 'mp', 'bridge', '-', 'x']),
    () => random.of([...ids, '0'.repeat(64)]),
    () => `sha256:${random.of([...country.blobs.keys(), '0'.repeat(64)])}`, () => random.of(Object.values(country.keys)).name,
    () => random.of(['opened', 'declared', 'own-copy', 'observation', 'court', 'returning', 'enrol', 'replace', 'revoke', 'yes', 'kit']),
    () => random.of(['2031-03-04T17:04:00+03:00', '1970-01-01T00:00:00+14:00', '9999-12-31T23:59:59-14:00', '2031-03-04']),
  ])();
}

/** Who may sign each kind, for a station. @param {Country} country @param {string} station @returns {Record<string, Key[]>} */
function signers(country, station) {
  const of = (/** @type {string[]} */ ...roles) => roles.map((role) => country.key(role));
  const area = /** @type {any} */ (country.areaOf)[station];
  const officers = of(`returning-${area}`, `second-${area}`);
  const seal = of(`kit-${station}`, `presiding-${station}`);
  const quorum = country.quorum();
  return { form: seal, turnout: seal, image: seal, intake: officers, ruling: officers, collation: officers,
    missing: of(`returning-${area}`), transcript: of('compiler'), attest: of(`agent-bridge-${station}`),
    declaration: of('commissioner'), head: [country.logKey],
    refusal: [country.logKey], amend: quorum, key: quorum, notice: quorum, poll: quorum, register: quorum, zero: quorum };
}

test('well-signed records with strange contents', async () => {
  const random = new Random(seed + 2);
  const authority = random.of(['none', 'commission.mfano.example']);
  const country = new Country({ authority, voters: random.of([['600'], ['blank'], ['0', '600']]) }).open();
  const boxes = { registered: 600, 1: 5, 2: 4, 3: 3, valid: 12, rejected: 0 };
  const place = (/** @type {Buffer} */ note) => {
    country.add(note);
    return idOf(note);
  };
  const ids = [place(country.form('s1', boxes)), place(country.form('s2', { ...boxes, 1: 'blank' }))];
  const texts = fixture.flatMap(({ entries }) => entries.map((/** @type {any} */ { note }) => note ?? ''))
    .filter((note) => /^hakiki\/[a-z]+@v1\nelection /.test(note)).map((note) => note.split('\nsigner ')[0].split('\n'));
  for (let i = 0; i < 250 * rounds; i++) {
    const [header, , ...lines] = random.of(texts);
    const own = (/** @type {string} */ word) => word.replace(/^s00000(\d)$/, (_, digit) => `s${1 + (Number(digit) % 6)}`)
      .replace(/^[0-9a-f]{64}$/, () => random.of(ids));
    const changed = lines.map((/** @type {string} */ line) => {
      const words = line.split(' ').map(own);
      if (random.below(12) === 0) words[1 + random.below(words.length - 1)] = value(random, country, ids);
      return words.join(' ');
    });
    put(country.blobs, table('children', [`child s1 ${random.of(ids)} ${value(random, country, ids)} 1 1`]));
    const station = /\nstation (s[1-6])\n/.exec(`\n${changed.join('\n')}\n`)?.[1] ?? 's1';
    const able = signers(country, station);
    const keys = random.below(6) === 0 ? random.of(Object.values(able)) : able[header.slice(7, -3)];
    country.add(record([header, `election ${country.fingerprint}`, ...changed], keys));
  }
  const counts = { admitted: 0, held: 0, refused: 0 };
  const { judgements } = await folded(country.log());
  count(judgements, counts);
  console.log(JSON.stringify(counts));
  assert.ok(counts.admitted > 20 && counts.refused > 20);
});

test('a table that names itself or the names of objects does no harm', async () => {
  const country = new Country();
  const rows = ['area __proto__ nation - Mfano', 'area constructor county __proto__ County'];
  const shard = put(country.blobs, table('areas', rows));
  const index = put(country.blobs, table('index', [`shard MF sha256:${shard}`]));
  country.add(country.make('register', [`table areas sha256:${index}`], country.quorum()));
  country.add(country.make('register', [`table stations sha256:${shard}`], country.quorum()));
  const parsed = /** @type {any} */ (parseEntry(new Uint8Array(country.entries[1])));
  assert.equal((await gatherTables(parsed, (hash) => country.blobs.get(hash))).size, 2);
  const { judgements, ledger } = await folded(country.log());
  assert.equal(judgements[1].admission, 'R305');
  assert.ok(ledger.register.areas.size <= 2);
});

/** Folds a log and asks every view of it. @param {{entries: Uint8Array[], blob: (hash: string) => Uint8Array | null}} log */
async function folded(log) {
  const { entries } = log;
  const found = await fold(log);
  assert.equal(found.ledger.size, entries.length);
  for (const size of [1, 4, Math.floor(entries.length / 2), entries.length]) {
    assert.ok(resultsText(found.ledger, size).endsWith('\n'));
    assert.ok(standingText(found.ledger, size).endsWith('\n'));
    assert.ok(findings(found.ledger, size).every(({ place }) => place < size));
  }
  return found;
}

/** @param {{admission: string}[]} judgements @param {Record<string, number>} counts */
function count(judgements, counts) {
  for (const { admission } of judgements) counts[admission.startsWith('R') ? 'refused' : admission] += 1;
}
