// Hostile records of audits of the paper, in logs made up here. vectors/audit.json is in audit.test.mjs.

import assert from 'node:assert/strict';
import test from 'node:test';

import { newestCount } from '../src/ledger/audits.mjs';
import { resultsText } from '../src/ledger/results.mjs';
import { Auditing, ROWS } from './support/auditing.mjs';
import { fold } from './support/fold.mjs';

const NOWHERE = '11'.repeat(32);
const times = (/** @type {number} */ n, /** @type {string} */ code) => Array(n).fill(code);

/** What admission says from place 5 on. @param {Auditing} country */
async function judged(country) {
  const { ledger, judgements } = await fold(country.log());
  assert.ok(judgements.slice(0, 4).every(({ admission }) => admission === 'admitted'), JSON.stringify(judgements.slice(0, 4)));
  return { ledger, said: judgements.slice(4).map(({ admission }) => admission) };
}

test('a plan before the zero report, and one for a contest, an area, a quorum that are not there', async () => {
  const country = new Auditing();
  country.plan({ contest: 'nobody', area: 'x9', who: ['custodian-1'] });
  const { judgements } = await fold(country.log());
  assert.deepEqual(judgements.map(({ admission }) => admission), ['R303']);
  const open = new Auditing().open();
  open.plan({ contest: 'nobody', area: 'x9', who: ['custodian-1'] });
  open.plan({ area: 'x9', who: ['custodian-1'] });
  open.plan({ who: ['commissioner', 'custodian-1'] });
  open.plan({ who: ['custodian-1'], head: `999 ${NOWHERE}` });
  open.plan({ outcome: ['outcome elected', 'candidate 9'], head: `999 ${NOWHERE}` });
  open.plan({ outcome: ['outcome elected', 'candidate 9'], spread: [] });
  assert.deepEqual((await judged(open)).said, ['R302', 'R306', 'R202', 'R204', 'R304', 'R306']);
});

test('what a plan may be as it is read', async () => {
  const country = new Auditing().open();
  const elected = ['outcome elected', 'candidate 1'];
  const pair = ['outcome run-off', 'candidate 1', 'candidate 2'];
  country.plan({ outcome: [...elected, 'candidate 2'] });
  country.plan({ outcome: pair.slice(0, 2), spread: [] });
  country.plan({ outcome: [...pair, 'candidate 3'], spread: [] });
  country.plan({ outcome: ['outcome run-off', 'candidate 2', 'candidate 1'], spread: [] });
  country.plan({ outcome: ['outcome tie', 'candidate 1'] });
  for (const limit of ['1/1', '0/5', '2/40', '0.05']) country.plan({ limit });
  for (const method of [['method betting'], ['method alpha'], ['method kaplan-markov', 'stake 9/10'], ['method alpha', 'stake 9/10', 'expected 9/10 5'],
    ['method betting', 'stake 9/10', 'expected 9/10 5'], ['method betting', 'stake 1/1'], ['method alpha', 'expected 9/10']]) country.plan({ method });
  country.plan({ outcome: pair, spread: [], method: ['method betting', 'stake 9/10'], limit: '1/100' });
  country.plan({ method: ['method alpha', 'expected 99/100 0'] });
  const { ledger, said } = await judged(country);
  assert.deepEqual(said, [...times(16, 'R105'), 'admitted', 'admitted']);
  assert.equal(ledger.audits.plans.length, 2);
});

test('the areas of a plan: as many as the rule asks for, and in the register', async () => {
  const country = new Auditing().open();
  country.plan({ spread: [] });
  country.plan({ spread: ['c01', 'c02', 'x9'] });
  country.plan({ outcome: ['outcome run-off', 'candidate 1', 'candidate 2'] });
  country.plan({ spread: ['c01', 'x9'] });
  country.plan({ last: ['outside c01 1', 'outside x8 1'], batches: `sha256:${NOWHERE}` });
  country.plan({ spread: ['MF', 'c01-1'], last: ['outside c01 1', 'outside s1 1'] });
  country.plan({ spread: ['MF', 'c01-1'], last: ['outside MF 0', 'outside c01 999999999'] });
  // Spread areas are in ascending order of their codes, as bytes: "MF" is before "c01-1".
  assert.deepEqual((await judged(country)).said, ['R105', 'R105', 'R105', 'R306', 'R306', 'R306', 'admitted']);
  const plain = new Auditing({ contestLines: ['contest president plurality President'] }).open();
  plain.plan();
  plain.plan({ spread: [] });
  assert.deepEqual((await judged(plain)).said, ['R105', 'admitted']);
});

test('the ballot of a plan is that of its area, or of the nearest above', async () => {
  const country = new Auditing({
    contestLines: ['contest member plurality Member'], candidates: ['candidate member c01 2 - Asha', 'candidate member c01 7 - Juma'],
  }).open();
  const rows = ['s1 - 9 3 1 2'];
  const outcome = ['outcome elected', 'candidate 7'];
  const of = (/** @type {any} */ given) => country.plan({ contest: 'member', spread: [], outcome, rows, ...given });
  of({ area: 'MF' });
  of({ area: 'c02-1' });
  of({ area: 'c01-1', outcome: ['outcome elected', 'candidate 1'] });
  const plan = of({ area: 'c01-1' });
  country.seed(plan);
  country.count(plan, 's1', [1, 2]);
  country.say('audit-count', [`plan ${plan}`, 'station s1', 'at 2031-03-12T10:00:00+03:00', 'votes 2 1', 'votes 7 2'], ['auditor-1', 'auditor-2']);
  assert.deepEqual((await judged(country)).said, ['R306', 'R306', 'R306', 'admitted', 'admitted', 'R105', 'admitted']);
});

test('the table of batches: row by row, the first that fails', async () => {
  const country = new Auditing().open();
  const index = `sha256:${country.blobs.keys().next().value}`;
  country.plan({ batches: `sha256:${NOWHERE}` });
  country.plan({ batches: index });
  const bad = [['s2 - 9 3 1 1 1', 's1 - 9 3 1 1 1'], ['s1 - 9 3 1 1 1', 's1 - 9 3 1 1 1'], ['s1 - blank 3 1 1 1'], ['s1 - 9 3 1 1 01'],
    ['s1 - 9 3 1 1', 'x9 - 9 3 1 1 1'], ['s1 - 9 3'], ['s1 - 9 3 1 1 blank'], ['s1 - 9 3 1 1 1 0'], ['s1 - 9 3 1 1 2'], ['s1 - 2 3 1 1 1'],
    ['s1 - 9 3 1 1 -1'], ['s1 - 9 3 1 1 x']];
  for (const rows of bad) country.plan({ rows });
  country.plan({ rows: ['s1 - 9 3 1 1 1', 'x9 - 9 3 1 1'] });
  country.plan({ rows: ['s1 nowhere 3 3 1 1 1', 's2 - 0 0 0 0 0', 's3 c01 999999999 999999999 999999999 0 0'] });
  assert.deepEqual((await judged(country)).said, [...times(2 + bad.length, 'R305'), 'R306', 'admitted']);
});

test('a table that is withheld is as one that is not here', async () => {
  const country = new Auditing().open();
  const batches = country.batches(ROWS.slice(1));
  country.say('withhold', [`blob ${batches}`, 'by court', 'reason order'], ['custodian-1', 'custodian-2']);
  country.plan({ batches });
  assert.deepEqual((await judged(country)).said, ['admitted', 'R305']);
});

test('a seed: each question, and the first that fails', async () => {
  const country = new Auditing().open();
  const [old, plan] = [country.plan({ limit: '1/10' }), country.plan()];
  const elsewhere = country.plan({ area: 'c01', spread: ['c01-1', 'c02'] });
  for (const digits of ['1'.repeat(19), `${'1'.repeat(20)}a`, '\u0663'.repeat(20), `-${'1'.repeat(20)}`, '1'.repeat(256)]) country.seed(plan, { digits });
  country.seed(NOWHERE, { who: ['commissioner'] });
  country.seed(country.fingerprint);
  country.seed(plan, { who: ['commissioner', 'observer', 'custodian-1'] });
  country.seed(plan, { who: ['commissioner', 'returning-c01-1'] });
  country.seed(plan, { who: ['observer', 'registrar', 'agent-bridge-s1'] });
  country.seed(old, { who: ['observer'] });
  country.seed(old);
  country.seed(elsewhere, { who: ['auditor-4', 'agent-bridge-s6'] });
  country.seed(plan, { who: ['returning-c02', 'registrar'], digits: '0'.repeat(255) });
  country.seed(plan, { digits: '2'.repeat(20) });
  const { ledger, said } = await judged(country);
  assert.deepEqual(said, [...times(3, 'admitted'), ...times(5, 'R105'), 'R304', 'R304', 'R202', 'R204', 'R204', 'R204', 'R308', 'admitted',
    'admitted', 'R308']);
  assert.deepEqual(ledger.audits.plans.map(({ seed }) => seed?.fields.digits.length), [undefined, 255, 20]);
});

test('a count: each question, and the first that fails', async () => {
  const country = new Auditing().open();
  const plan = country.plan({ rows: ROWS.slice(0, 5) });
  country.count(plan, 'x9', [1]);
  country.seed(plan);
  country.count(NOWHERE, 's1');
  country.count(plan, 'x9', [1]);
  country.count(plan, 's6', [1]);
  country.count(plan, 's1', [1, 2], { who: ['compiler'] });
  country.count(plan, 's1', [1, 2, 3, 4]);
  country.count(plan, 's1', [1, 2, 3], { who: ['auditor-1', 'auditor-2', 'compiler'] });
  country.count(plan, 's3', [1, 2, 3], { who: ['auditor-3', 'observer'] });
  country.count(plan, 's2', [1, 2, 3], { who: ['auditor-1', 'auditor-4'] });
  country.count(plan, 's1', [1, 2, 3], { who: ['auditor-1', 'agent-bridge-s1', 'observer'] });
  country.count(plan, 's1', [1, 2, 3], { last: [`replaces ${NOWHERE}`] });
  const first = country.count(plan, 's1', times(3, '999999999').map(Number), { who: ['auditor-3', 'auditor-4', 'agent-circle-s1'] });
  country.count(plan, 's1', [1, 2, 3]);
  const second = country.count(plan, 's1', [1, 2, 3], { last: [`replaces ${first}`] });
  country.count(plan, 's1', [1, 2, 4], { last: [`replaces ${first}`] });
  country.count(plan, 's2', [1, 2, 4], { last: [`replaces ${second}`] });
  const { ledger, said } = await judged(country);
  assert.deepEqual(said, ['admitted', 'R308', 'admitted', 'R304', 'R306', 'R306', 'R105', 'R105', 'R202', 'R203', 'R203', 'R204', 'R308',
    'admitted', 'R308', 'admitted', 'R308', 'R308']);
  assert.equal(newestCount(ledger.audits.plans[0], 's1')?.id, second);
});

test('a plan that has its seed keeps its counts when a newer plan comes, and the newer takes a seed of its own', async () => {
  const country = new Auditing().open();
  const old = country.plan({ limit: '1/10' });
  country.seed(old);
  const plan = country.plan();
  country.count(old, 's1');
  country.count(plan, 's1');
  country.seed(plan, { digits: '7'.repeat(20) });
  country.count(plan, 's1');
  const { ledger, said } = await judged(country);
  assert.deepEqual(said, [...times(4, 'admitted'), 'R308', 'admitted', 'admitted']);
  assert.deepEqual(ledger.audits.plans.map(({ counts }) => counts.length), [1, 1]);
});

test('revoked keys neither throw nor count', async () => {
  const country = new Auditing().open();
  const plan = country.plan();
  const revoke = (/** @type {string} */ name) => country.say('key', ['action revoke', `old ${country.key(name).name}`, 'reason left'], ['custodian-1', 'custodian-2']);
  revoke('observer');
  country.seed(plan);
  country.seed(plan, { who: ['observer'] });
  country.seed(plan, { who: ['commissioner', 'registrar'] });
  revoke('auditor-2');
  country.count(plan, 's1', [1, 2, 3], { who: ['auditor-2'] });
  country.count(plan, 's1', [1, 2, 3], { who: ['auditor-1', 'auditor-3', 'observer'] });
  country.count(plan, 's1', [1, 2, 3], { who: ['auditor-1', 'auditor-3'] });
  assert.deepEqual((await judged(country)).said, ['admitted', 'admitted', 'R201', 'R204', 'admitted', 'admitted', 'R201', 'R201', 'admitted']);
});

test('it changes no tally', async () => {
  const country = new Auditing().open();
  country.add(country.form('s1', { 1: 300, 2: 100, 3: 20, registered: 600, valid: 420, rejected: 0 }));
  const { ledger: before } = await fold(country.log());
  const plan = country.plan();
  country.seed(plan);
  country.count(plan, 's1', [0, 0, 0]);
  const { ledger, said } = await judged(country);
  assert.deepEqual(said, times(4, 'admitted'));
  assert.equal(resultsText(ledger, 9).replace('\nsize 9\n', '\nsize 6\n'), resultsText(before, 6));
});
