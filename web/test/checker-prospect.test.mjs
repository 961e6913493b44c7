// What the checker says of whether the outcome can still change, and of a copy that says otherwise.

import assert from 'node:assert/strict';
import test from 'node:test';

import { text, utf8 } from '../src/bytes.mjs';
import { askArea } from '../src/checker/ask.mjs';
import { poolOf } from '../src/checker/pool.mjs';
import { wholeReport } from '../src/checker/whole-report.mjs';
import { wholeCheck } from '../src/checker/whole.mjs';
import { wordsIn } from '../src/checker/words.mjs';
import { formNote, makeLog, memorySource } from './fixture.mjs';
import { addClaims } from './support/claims.mjs';

/** One station of 12 is missing: too few to change anything. */
const settled = await makeLog({ stations: 12 });
/** The second of two stations alone: the first may turn everything. */
const early = await makeLog({ stations: 2 });
const contested = await makeLog({ stations: 12, more: ({ fingerprint, stations }) => [formNote(fingerprint, stations[5], 41, 'M-again')] });
for (const { files, ledger } of [settled, early, contested]) {
  for (const code of ['mfano', 'mfano-2']) addClaims(files, ledger, 'president', code);
  files.set('data/president/stations.json', files.get('data/president/mfano/stations.json'));
}

/** @param {Map<string, Uint8Array>} files @param {(air: any) => void} change */
function onAir(files, change) {
  const air = JSON.parse(text(files.get('air/president.json')));
  change(air);
  return new Map(files).set('air/president.json', utf8(JSON.stringify(air)));
}
const call = (files, not, code) => onAir(files, (air) => Object.assign(air, { do_not_call: not, do_not_call_reason: { code } }));
const said = ({ items }) => items.filter(({ key }) => /^prospect|L804|area\.file-/.test(key)).map(({ state, key }) => `${state} ${key}`);
const whole = async (files) => wholeReport(await wholeCheck({ source: memorySource(files), pool: poolOf([]) }), { seconds: 1, workers: 0 });
const area = (files, code = 'mfano') => askArea(
  { source: memorySource(files), pool: poolOf([]), now: () => 0 }, { area: code, contest: null });

test('the whole election: what is computed here, and beside it what the copy says', async () => {
  assert.deepEqual(said(await whole(settled.files)), ['good prospect.no']);
  assert.deepEqual(said(await whole(early.files)), ['good prospect.yes']);
  assert.deepEqual(said(await whole(call(settled.files, false, 'cannot_change'))), ['good prospect.no', 'good prospect.same']);
  assert.deepEqual(said(await whole(call(early.files, true, 'not_ruled_out'))), ['good prospect.yes', 'good prospect.same']);
  assert.deepEqual(said(await whole(call(settled.files, true, 'not_ruled_out'))), ['good prospect.no', 'open prospect.copy-silent']);
  assert.deepEqual(said(await whole(call(settled.files, true, 'can_change'))), ['good prospect.no', 'bad prospect.copy-doubts']);
  assert.deepEqual(said(await whole(call(early.files, false, 'cannot_change'))), ['good prospect.yes', 'bad prospect.copy-calls']);
});

test('a file of another history, of a later head, or not so written', async () => {
  const other = onAir(call(settled.files, false, 'cannot_change'), (air) => { air.head.root = '0'.repeat(64); });
  assert.deepEqual(said(await whole(other)), ['good prospect.no', 'bad area.file-other']);
  const later = onAir(call(settled.files, false, 'cannot_change'), (air) => { air.head.size = 99; });
  assert.deepEqual(said(await whole(later)), ['good prospect.no', 'open area.file-newer']);
  const strange = onAir(settled.files, (air) => { air.do_not_call = 'no'; });
  assert.deepEqual(said(await whole(strange)), ['good prospect.no', 'bad failure.L804']);
});

test('one area: that of the whole, from its records; none that does not decide; none where a version must be chosen', async () => {
  assert.deepEqual(said(await area(call(settled.files, false, 'cannot_change'))), ['good prospect.no', 'good prospect.same']);
  assert.deepEqual(said(await area(call(early.files, false, 'cannot_change'))), ['good prospect.yes', 'bad prospect.copy-calls']);
  assert.deepEqual(said(await area(contested.files)), ['open prospect.not-computed']);
  assert.deepEqual(said(await area(settled.files, 'mfano-2')), []);
});

test('the words are there in both languages', async () => {
  const reports = await Promise.all([call(settled.files, true, 'can_change'), call(early.files, false, 'cannot_change')].map(whole));
  for (const language of ['en', 'sw']) {
    const { say } = wordsIn(language);
    for (const { key, values } of reports.flatMap(({ items }) => items)) assert.ok(!/undefined|\{/.test(say(key, values)), key);
  }
  const { say } = wordsIn('en');
  const [first] = reports[1].items.filter(({ key }) => key === 'prospect.copy-calls');
  assert.match(say(first.key, first.values), /air\/president\.json says, as of 5 entries, that nothing .* By this computing, it can\.$/);
});
