// Audits as the log goes on: each stage, each refused word that a log can lead to, tables that are not what stood. And the command line.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';

import { tableDifferences } from '../src/audit/table.mjs';
import { auditsText, frameText } from '../src/audit/text.mjs';
import { audited, SPREAD } from './support/audit-bench.mjs';
import { auditedByChance } from './support/audited.mjs';
import { writeLog } from './support/logs.mjs';

test('sized, counting, confirmed; then the paper of all decides', async () => {
  const before = await audited({ seed: false });
  assert.equal(before.stage, 'sized 2');
  assert.ok(before.lines.includes('risk 1 1.000000000 1.000000000'));
  const bench = await audited();
  assert.equal(bench.stage, 'counting 2');
  const drawn = bench.drawn();
  await bench.count([drawn[1]], [80, 20]);
  assert.equal(bench.audit.sample.measured, 0, 'nothing is measured behind a draw without a count');
  await bench.count([drawn[0]], [80, 20]);
  assert.equal(bench.stage, 'confirmed 2');
  const rest = bench.rest();
  await bench.count(rest.slice(1), [0, 100]);
  assert.equal(bench.stage, 'confirmed 2');
  assert.equal(bench.lines.filter((line) => line.startsWith('not-drawn ')).length, 27);
  await bench.count(rest.slice(0, 1), [0, 100]);
  assert.equal(bench.stage, 'counted 0');
  assert.ok(bench.lines.includes(`risk 1 counted ${2 * 60 - 28 * 100}`));
  const right = await audited();
  await right.count(right.country.stations, [81, 19]);
  assert.equal(right.stage, 'counted 1');
});

test('a full count from the start, draws of which are still listed', async () => {
  const bench = await audited({ stations: 6, limit: '1/20' });
  assert.equal((await audited({ stations: 6, limit: '1/20', seed: false })).stage, 'full-count 6');
  assert.equal(bench.stage, 'full-count 6');
  assert.equal(bench.audit.sample.draws.length, 6);
  await bench.count(bench.drawn(), [80, 20]);
  assert.equal(bench.stage, `full-count ${bench.rest().length}`);
});

test('an error: the sample grows, from the same seed; draws before it stay', async () => {
  const bench = await audited({ limit: '1/10' });
  const { draws } = bench.audit.sample;
  await bench.count(bench.drawn(), [70, 30]);
  const more = bench.audit.sample.draws;
  assert.ok(more.length > draws.length && bench.audit.stage.word === 'counting');
  assert.deepEqual(more.slice(0, draws.length), draws);
  assert.deepEqual(bench.audit.sample.taints.map(({ taint }) => taint.toFixed(9)), draws.map(() => (20 / 160).toFixed(9)));
});

test('one batch that was all wrong leaves no capital to Kaplan and Markov: full count', async () => {
  const bench = await audited({ limit: '1/20' });
  const drawn = bench.drawn();
  await bench.count([drawn[0]], [0, 100]);
  assert.equal(bench.audit.stage.word, 'counting');
  await bench.count(drawn.slice(1), [80, 20]);
  assert.equal(bench.audit.stage.word, 'full-count');
});

test('each method goes its way through the same paper', async () => {
  for (const [method, least] of [[['method kaplan-markov'], 7], [['method betting', 'stake 9/10'], 7], [['method alpha', 'expected 99/100 10'], 7]]) {
    const bench = await audited({ limit: '1/20', method });
    assert.ok(bench.audit.sized.first >= least);
    for (let i = 0; bench.audit.stage.word === 'counting' && i < 30; i++) {
      const next = bench.drawn().find((station) => !bench.plan.counts.some(({ fields }) => fields.station === station));
      await bench.count([next], [80, 20]);
    }
    assert.equal(bench.audit.stage.word, 'confirmed');
    assert.ok(bench.audit.sample.risks[0].least <= 0.05);
  }
});

test('an area counted in full: true, nothing is drawn for it; false, all is counted', async () => {
  const leaves = ['c01-1', 'c02-1', 'c02-2', 'c02-1', 'c02-2'];
  const make = () => audited({ stations: 40, contestLines: SPREAD, leaves, spread: ['c01', 'c02'], votes: [70, 20] });
  const bench = await make();
  const inC01 = bench.country.stations.filter((station) => bench.country.areaOf[station] === 'c01-1');
  await bench.count(inC01, [60, 30]);
  assert.ok(bench.lines.includes(`risk 2 counted ${8 * (4 * 60 - 90)}`));
  await bench.count(bench.drawn().filter((station) => !inC01.includes(station)), [70, 20]);
  assert.equal(bench.audit.stage.word, 'confirmed');
  const other = await make();
  await other.count(inC01, [10, 80]);
  assert.equal(other.stage, 'full-count 32');
});

test('a count above the bound: nothing is measured, drawn or not, until a newer count takes its place', async () => {
  const bench = await audited();
  const [station] = bench.rest();
  const id = await bench.count([station], [100, 1]);
  assert.ok(bench.lines.includes(`broken ${station} 101 100`) && bench.stage === null);
  assert.ok(!bench.lines.some((line) => /^(?:draw|risk|stage)/.test(line)));
  await bench.count([station], [80, 20], [`replaces ${id}`]);
  assert.equal(bench.stage, 'counting 2');
});

test('why no sample follows from a plan that was admitted', async () => {
  const refused = async (given) => (await audited({ seed: false, ...given })).audit.refused;
  const pair = ['outcome run-off', 'candidate 1', 'candidate 3'];
  assert.equal(await refused({ outcome: pair }), 'outcome');
  assert.equal(await refused({ contestLines: ['contest president totals-only President', 'cap president 700'] }), 'outcome');
  assert.equal(await refused({ contestLines: SPREAD, spread: ['c01', 'c02'], last: ['outside MF 1'] }), 'outside');
  assert.equal(await refused({ contestLines: SPREAD, spread: ['c01', 'c02'], last: ['outside u01 0'] }), 'outside');
  assert.equal(await refused({ contestLines: SPREAD, spread: ['c01', 'c01-1'] }), 'areas');
  assert.equal(await refused({ contestLines: SPREAD, outcome: pair }), 'areas');
  assert.equal(await refused({ outcome: ['outcome elected', 'candidate 3'] }), 'margin');
  assert.equal(await refused({ votes: [50, 50] }), 'margin');
  assert.equal(await refused({ last: ['outside MF 1800'] }), 'margin');
  assert.equal(await refused({ last: ['outside MF 1799'] }), null);
  assert.equal(await refused({ votes: [80] }), 'weights');
});

test('what stood: changed figures, a lower bound, another area, a row too few; a larger bound is allowed', async () => {
  const differing = async (change, given) => {
    const { country, plan } = await audited({ stations: 7, contestLines: SPREAD, spread: ['c01', 'c02'], seed: false, change, ...given });
    return tableDifferences(country.ledger, plan);
  };
  assert.deepEqual(await differing(() => {}), []);
  assert.deepEqual(await differing((rows) => rows.forEach((row) => { row.bound += 5; })), []);
  assert.deepEqual(await differing((rows) => { rows[0].votes = [79, 20]; rows[2].votes = [79, 21]; }), ['s1', 's3']);
  assert.deepEqual(await differing((rows) => { rows[1].valid = 101; rows[1].bound = 101; }), ['s2']);
  assert.deepEqual(await differing((rows) => { rows[0].area = '-'; rows[5].area = 'c01'; }), ['s1', 's6']);
  assert.deepEqual(await differing((rows) => rows.splice(3, 1)), ['s4']);
  assert.deepEqual(await differing((rows) => { rows[4].bound = 99; }, { votes: [70, 20] }), ['s5']);
  const early = await audited({ stations: 7, seed: false, head: `9 ${'00'.repeat(32)}` });
  assert.deepEqual(tableDifferences(early.country.ledger, early.plan), ['s5', 's6', 's7'], 'forms that came later were missing then');
  assert.deepEqual(frameText(early.country.ledger, early.plan).split('\n').slice(0, 4),
    ['hakiki/audit-frame@v1', `plan ${early.id}`, 'batch s1 160 160', 'batch s2 160 320']);
});

test('logs by chance: the text of each size is of that many entries alone', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const { ledger } = await auditedByChance(seed);
    for (let size = 1; size <= ledger.size; size += 7) {
      const cut = auditsText(ledger, size);
      assert.ok(cut.startsWith(`hakiki/audits@v1\nelection ${ledger.election.fingerprint}\nsize ${size}\n`) && cut.endsWith('\n'));
      assert.equal((cut.match(/^plan /gm) ?? []).length, ledger.audits.plans.filter(({ place }) => place < size).length);
    }
  }
});

const CLI = fileURLToPath(new URL('../cli.mjs', import.meta.url));

/** @returns {Promise<{code: number, out: string, words: string}>} */
const run = (...given) => new Promise((resolve) => {
  execFile(process.execPath, ['--no-warnings', CLI, ...given, '--threads', '0'], { maxBuffer: 1 << 26 }, (error, out, words) => {
    resolve({ code: error === null ? 0 : error.code, out, words });
  });
});

test('the command line: exit 0 with the text, 1 where a table or a head is another, 2 beyond the head', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hakiki-audits-'));
  const bench = await audited();
  const { country } = bench;
  const write = (name, { entries, blobs, logKey }) => writeLog(join(folder, name), entries, blobs, logKey);
  write('good', country);
  const good = await run('audits', join(folder, 'good'));
  assert.deepEqual([good.code, good.out], [0, auditsText(country.ledger, country.ledger.size)], good.words);
  const earlier = await run('audits', join(folder, 'good'), '--at', `${country.ledger.size - 1}`);
  assert.deepEqual([earlier.code, earlier.out], [0, auditsText(country.ledger, country.ledger.size - 1)]);
  assert.match(earlier.out, /^stage sized 2$/m);
  assert.equal((await run('audits', join(folder, 'good'), '--at', `${country.ledger.size + 1}`)).code, 2);
  assert.equal((await run('audits', join(folder, 'good'), '--at', '0')).code, 2);
  assert.equal((await run('audits', join(folder, 'good'), '--area', 'c01')).code, 2);
  assert.equal((await run('check', join(folder, 'good'), '--at', '9')).code, 2);
  assert.equal((await run('audits', join(folder, 'good'), '--fingerprint', '0'.repeat(64))).code, 1);
  write('table', (await audited({ change: (rows) => { rows[3].votes[0] -= 1; } })).country);
  const table = await run('audits', join(folder, 'table'));
  assert.equal(table.code, 1);
  assert.match(table.words, /its table is not what stood at \d+ entries: s12$/m);
  assert.match(table.out, /^stage counting 2$/m);
  assert.equal((await run('check', join(folder, 'table'))).code, 1);
  write('head', (await audited({ head: `35 ${'5a'.repeat(32)}` })).country);
  const head = await run('audits', join(folder, 'head'));
  assert.equal(head.code, 1);
  assert.match(head.words, /this log had no head of 35 entries with root 5a5a/);
  await rm(folder, { recursive: true });
});
