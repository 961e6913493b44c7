// The ledger against vectors/records.json and vectors/ledger.json, and against published logs if HAKIKI_LOGS names some.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { verifyStrict } from '../src/ed25519.mjs';
import { Failure } from '../src/failure.mjs';
import { declarationsMade } from '../src/ledger/declarations.mjs';
import { countByCode, findings } from '../src/ledger/findings.mjs';
import { KeyBook, proofJobs, signatureJobs, tableJobs } from '../src/ledger/jobs.mjs';
import { Ledger, parseEntry } from '../src/ledger/ledger.mjs';
import { parseRecord } from '../src/ledger/record.mjs';
import { resultsText } from '../src/ledger/results.mjs';
import { standing, standingText } from '../src/ledger/standing.mjs';
import { gatherTables, parseTable } from '../src/ledger/tables.mjs';
import { compare } from './differential.mjs';
import { Country } from './support/country.mjs';
import { fold } from './support/fold.mjs';
import { idOf } from './support/logs.mjs';
import { jsonLines, readLog, vectorLog } from './support/read.mjs';

const vectors = (/** @type {string} */ name) => JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8'));
const bytes = (/** @type {string | Uint8Array} */ text) => new Uint8Array(Buffer.from(text));
const code = (/** @type {() => unknown} */ run) => {
  try {
    run();
    return 'none';
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
};

test('vectors: canonical records and refused bytes', () => {
  const { accept, refuse } = vectors('records.json');
  for (const { note, id } of accept) assert.equal(parseRecord(bytes(note)).id, id);
  for (const { what, note_base64: note, code: expected } of refuse) {
    assert.equal(code(() => parseRecord(new Uint8Array(Buffer.from(note, 'base64')))), expected, what);
  }
});

test('vectors: a whole small log', async () => {
  assert.equal(await compare(vectors('ledger.json')), null);
});

test('vectors: an election that admits the kinds of conduct', async () => {
  const log = vectors('conduct.json');
  assert.equal(await compare(log), null);
  const codes = new Set(log.findings.map((/** @type {{code: string}} */ finding) => finding.code));
  for (const of of ['F208', 'F501', 'F502', 'F503']) assert.ok(codes.has(of), of);
});

test('the random logs of the fixture, as the reference judged them', async () => {
  for (const log of jsonLines(new URL('fixtures/random-logs.jsonl', import.meta.url))) assert.equal(await compare(log), null);
});

test('parse, verify and apply apart give what append gives', async () => {
  const log = vectors('ledger.json');
  const { entries: notes, blob: read } = vectorLog(log);
  const parsed = notes.map(parseEntry);
  const tables = await Promise.all(parsed.map((record) => gatherTables(record, read)));
  const book = new KeyBook();
  parsed.forEach((record) => book.learn(record));
  tables.forEach((found) => [...found.values()].forEach((table) => book.learnTable(table)));
  let jobs = 0;
  const verify = (/** @type {any} */ job) => {
    jobs += job ? 1 : 0;
    return job ? verifyStrict(job.key, job.message, job.signature) : undefined;
  };
  for (const record of parsed) record.verdicts = signatureJobs(record, book).map(verify);
  for (const found of tables) for (const table of found.values()) table.verdicts = tableJobs(table, log.fingerprint).map(verify);
  const ledger = Ledger.begin(parsed[0], { proofs: proofJobs(parsed[0]).map(verify) });
  const apart = parsed.slice(1).map((record, i) => ledger.apply(i + 1, record, tables[i + 1]).admission);
  assert.deepEqual(apart, log.entries.slice(1).map((/** @type {any} */ { admission }) => admission));
  assert.ok(jobs > 40, `${jobs} jobs`);
  const again = Ledger.begin(notes[0]);
  for (let place = 1; place < notes.length; place++) await again.append(place, notes[place], read);
  assert.equal(resultsText(ledger, 12), resultsText(again, 12));
});

test('a verdict that a signature does not verify refuses the record', async () => {
  const country = new Country().open();
  country.add(country.form('s1', { registered: 600, 1: 5, 2: 4, 3: 3, valid: 12, rejected: 0 }));
  const { ledger } = await fold(country.log(5));
  const form = /** @type {any} */ (parseEntry(new Uint8Array(country.entries[5])));
  form.verdicts = [true, false];
  assert.equal(ledger.apply(5, form, new Map()).admission, 'R206');
  assert.equal(ledger.size, 6);
  form.verdicts = [true, true];
  assert.equal(ledger.apply(6, form, new Map()).admission, 'admitted');
});

test('a station counts for the areas whose own ballot it has', async () => {
  const contestLines = ['contest ward plurality Wards', 'box ward valid'];
  const candidates = ['candidate ward MF 1 - Neema', 'candidate ward MF 2 - Kito',
    'candidate ward c02 1 - Sifa', 'candidate ward c02 7 - Imara'];
  const country = new Country({ contestLines, candidates }).open();
  country.add(country.form('s1', { 1: 10, 2: 20, valid: 30 }, { contest: 'ward' }));
  country.add(country.form('s3', { 1: 3, 7: 94, valid: 97 }, { contest: 'ward' }));
  const { ledger, judgements } = await fold(country.log());
  assert.ok(judgements.every(({ admission }) => admission === 'admitted'));
  const text = resultsText(ledger, ledger.size);
  assert.match(text, /\narea MF 6 4 2 0 0 3600\nvotes 1 10 10 10\nvotes 2 20 20 20\nbox valid 127 2 0\n/);
  assert.match(text, /\narea c02 4 3 1 0 0 2400\nvotes 1 3 3 3\nvotes 7 94 94 94\n/);
  assert.equal(standing(ledger, 'ward', ledger.size)?.outcome, 'elected 2');
});

test('as of a size: only what stands before it', async () => {
  const country = new Country().open();
  const first = country.form('s1', { registered: 600, 1: 100, 2: 50, 3: 10, valid: 160, rejected: 3 });
  country.add(first);
  country.add(country.form('s1', { registered: 600, 1: 90, 2: 60, 3: 10, valid: 160, rejected: 3 }));
  const officers = [country.key('returning-c01-1'), country.key('second-c01-1')];
  const considered = country.entries.slice(5).map((note) => `considered ${idOf(note)}`).sort();
  country.add(country.make('ruling', ['contest president', 'station s1', 'rank returning', ...considered,
    `stands ${idOf(first)}`], officers));
  country.add(country.make('register', ['close-station s1 burnt'], country.quorum()));
  const { ledger, judgements } = await fold(country.log());
  assert.deepEqual(judgements.map(({ admission }) => admission), new Array(8).fill('admitted'));
  const whole = (/** @type {number} */ size) => /^area MF (.*)$/m.exec(resultsText(ledger, size))?.[1];
  assert.equal(whole(1), undefined);
  assert.equal(whole(4), '0 0 0 0 0 0');
  assert.deepEqual([5, 6, 7, 8, 9].map(whole), ['6 6 0 0 0 3600', '6 5 1 0 0 3600', '6 5 0 1 0 3600', '6 5 1 0 0 3600', '5 5 0 0 0 3000']);
  const stands = 'contest president 160\ncandidate 1 100 1\ncandidate 2 50 1\ncandidate 3 10 0\noutcome run-off 1 / 2\n';
  assert.ok(standingText(ledger, 8).endsWith(stands));
  assert.deepEqual(findings(ledger, 9).map((one) => `${one.code} ${one.place}`), ['F201 5', 'F201 6', 'F205 6']);
});

const logs = (process.env.HAKIKI_LOGS ?? '').split(':').filter((folder) => folder !== '');

for (const folder of logs) {
  test(`the log in ${folder} has the published results`, async () => {
    const log = readLog(folder);
    const begun = Date.now();
    const { ledger, judgements } = await fold(log, { trusting: log.size > 5000 });
    console.log(`${log.size} entries folded in ${Date.now() - begun} ms`);
    for (const size of readdirSync(join(folder, 'results'))) {
      assert.ok(resultsText(ledger, Number(size)) === readFileSync(join(folder, 'results', size), 'utf8'), `results/${size}`);
    }
    const refused = judgements.filter(({ admission }) => admission.startsWith('R'));
    assert.equal(refused.length, ledger.inadmissible.length);
    if (!process.env.HAKIKI_BIN) return;
    const report = JSON.parse(execFileSync(process.env.HAKIKI_BIN, ['verify', '--json', folder], { encoding: 'utf8' }));
    assert.deepEqual(countByCode(findings(ledger, log.size)), report.findings);
    assert.deepEqual(ledger.changes.map(({ place, text }) => `place ${place.toLocaleString('en-US')}: ${text}`), report.changes);
  });
}

test('a key of another type is R207, wherever it stands, and no job', async () => {
  const country = new Country().open();
  const key = country.key('kit-s1');
  const other = Buffer.concat([Buffer.from([4]), key.public]).toString('base64');
  const lines = [`action enrol`, `new k/new kit station s1 ${other} ${key.proof('election', country.fingerprint)}`, 'reason x'];
  const parsed = parseEntry(new Uint8Array(country.make('key', lines, country.quorum())));
  assert.ok(parsed instanceof Failure && parsed.code === 'R207');
  const row = `key k/new kit station s1 ${other} ${key.proof('election', country.fingerprint)}`;
  const table = parseTable(bytes(`hakiki/keys@v1\n${row}\n`));
  assert.deepEqual(tableJobs(table, country.fingerprint), []);
  new KeyBook().learnTable(table);
});

test('a declaration is made where its quorum is reached', async () => {
  const country = new Country().open();
  const says = (/** @type {string} */ votes, /** @type {string} */ who, says = 'declared') => country.add(country.make('declaration',
    ['contest president', 'area MF', `head 5 ${'0'.repeat(64)}`, `says ${says}`, `votes 1 ${votes}`], [country.key(who)]));
  says('1', 'commissioner', 'dissent');
  says('1', 'commissioner-2');
  says('2', 'commissioner');
  const { ledger } = await fold(country.log());
  assert.deepEqual(declarationsMade(ledger, ledger.race('president'), 8).map(({ place }) => place), [6, 7]);
  ledger.election.quorums.set('declaration', 2);
  assert.deepEqual(declarationsMade(ledger, ledger.race('president'), 8), []);
});
