import assert from 'node:assert/strict';
import test from 'node:test';

import { text, utf8 } from '../src/bytes.mjs';
import { askArea } from '../src/checker/ask.mjs';
import { poolOf } from '../src/checker/pool.mjs';
import { wordsIn } from '../src/checker/words.mjs';
import { formNote, keyFor, makeLog, memorySource, note } from './fixture.mjs';
import { addClaims, addReceipts } from './support/claims.mjs';

const AREA = 'mfano-2';
const made = await makeLog({
  stations: 40,
  more: ({ fingerprint, stations }) => [
    formNote(fingerprint, stations[5], 41, 'M-again'),
    note(['hakiki/turnout@v1', `election ${fingerprint}`, `station ${stations[0].code}`, 'device 4', 'manual 0', 'final yes'],
      [stations[0].kit, stations[0].presiding]),
  ],
});
addClaims(made.files, made.ledger, 'president', AREA);
addClaims(made.files, made.ledger, 'president', 'mfano');
const LIST = `data/president/${AREA}/stations.json`;
const AIR = `air/president/${AREA}.json`;

const asked = (files, which = {}, kind = 'folder') => askArea(
  { source: { ...memorySource(files), kind }, pool: poolOf([]), now: () => 0 }, { area: AREA, contest: null, ...which });
const keysOf = (report, state) => report.items.filter((item) => item.state === state).map(({ key }) => key);
const find = (report, key) => report.items.find((item) => item.key === key);

/** @param {string} path @param {(read: any) => void} change */
function changed(path, change) {
  const files = new Map(made.files);
  const read = JSON.parse(text(files.get(path)));
  change(read);
  return files.set(path, utf8(JSON.stringify(read)));
}

test('an area whose copy says what its records say: nothing differs, and what was not checked is named', async () => {
  const report = await asked(made.files);
  assert.deepEqual(keysOf(report, 'bad'), []);
  for (const key of ['area.register', 'area.stations', 'area.records', 'area.signatures', 'area.same-figures', 'area.arithmetic', 'area.same-sums']) {
    assert.ok(keysOf(report, 'good').includes(key), key);
  }
  assert.deepEqual(find(report, 'area.claimed').values, { missing: 0, contested: 1, disregarded: 0, closed: 0 });
  assert.deepEqual(find(report, 'area.signatures').values, { count: 38, proofs: 38 });
  assert.equal(find(report, 'area.stations').values.count, 20);
  const ledgers = made.ledger.register.area(AREA);
  assert.equal(report.values.name, ledgers.name);
  const { say } = wordsIn('sw');
  for (const { key, values } of report.items) assert.ok(!say(key, values).includes('undefined'), key);
});

test('receipts, or bundles, or both: the same answer', async () => {
  const files = new Map(made.files);
  await addReceipts(files, made.entries, made.entries.keys());
  const byReceipts = await asked(files, {}, 'address');
  assert.deepEqual(byReceipts.items, (await asked(made.files)).items);
  const bad = new Map(files);
  for (const [path, bytes] of files) if (path.startsWith('receipt/')) bad.set(path, bytes.map((byte, i) => (i === 200 ? byte ^ 1 : byte)));
  assert.deepEqual((await asked(bad, {}, 'address')).items, byReceipts.items);
});

test('a figure that is not the record’s: the first record where the two part, by its place', async () => {
  const report = await asked(changed(LIST, (read) => {
    const rows = read.stations.filter((row) => row.form);
    rows[9].form.votes[0] += 1;
    rows[3].form.boxes.rejected = 4;
  }));
  const parted = find(report, 'area.parts');
  const { code } = made.ledger.register.stations.get(parted.values.code);
  assert.deepEqual({ what: parted.values.what, ours: parted.values.ours, theirs: parted.values.theirs }, { what: 'rejected', ours: '3', theirs: '4' });
  assert.equal(find(report, 'area.more-parts').values.count, 1);
  assert.equal(report.sections[0].record.fields.station, code);
  assert.ok(find(report, 'area.same-sums'), 'the sums are those of the records');
});

test('sums, rows, records and heads that are not so', async () => {
  assert.deepEqual(find(await asked(changed(AIR, (read) => { read.candidates[0].votes += 5; })), 'area.sums-part').values.what, 'votes 1');
  assert.deepEqual(keysOf(await asked(changed(AIR, (read) => { read.head.root = '0'.repeat(64); })), 'bad'), ['area.file-other']);
  assert.deepEqual(keysOf(await asked(changed(LIST, (read) => { read.stations.splice(3, 1); })), 'bad'), ['area.row-lacks', 'area.sums-part']);
  assert.deepEqual(keysOf(await asked(changed(LIST, (read) => { read.stations[0].registered = 7; })), 'bad'), ['area.row-voters']);
  assert.deepEqual(keysOf(await asked(changed(LIST, (read) => { read.stations[1].code = 'elsewhere'; })), 'bad'),
    ['area.row-lacks', 'area.row-strange', 'area.sums-part']);
  assert.deepEqual(keysOf(await asked(changed(LIST, (read) => { read.stations[0].form.place = 2; })), 'bad'), ['area.not-in-log', 'area.sums-part']);
  assert.deepEqual(keysOf(await asked(changed(LIST, (read) => {
    const [a, b] = [read.stations[0].form, read.stations[1].form];
    [read.stations[0].form, read.stations[1].form] = [b, a];
  })), 'bad'), ['area.other-station', 'area.other-station', 'area.sums-part']);
  const whole = new Map(made.files);
  whole.set('data/president/stations.json', whole.get('data/president/mfano/stations.json'));
  whole.delete(LIST);
  assert.ok(keysOf(await asked(whole), 'open').includes('area.list-of-all'));
  whole.delete('data/president/stations.json');
  assert.ok(keysOf(await asked(whole), 'open').includes('area.no-list'));
});

test('what cannot be asked, and files that are not so written', async () => {
  await assert.rejects(asked(made.files, { area: 'nowhere' }), { code: 'L801' });
  await assert.rejects(asked(made.files, { contest: 'mayor' }), { code: 'L803' });
  await assert.rejects(asked(changed(LIST, (read) => { read.stations[0].form.votes.pop(); })), { code: 'L804' });
  await assert.rejects(asked(changed(LIST, (read) => { read.schema = 'hakiki/stations@v2'; })), { code: 'L804' });
  await assert.rejects(asked(changed(AIR, (read) => { read.valid_votes = '7'; })), { code: 'L804' });
  await assert.rejects(asked(new Map(made.files).set(LIST, utf8('{'))), { code: 'L804' });
});

test('a key of no list, and a signer of another station', async () => {
  const strange = keyFor('k/kit-elsewhere');
  const lying = await makeLog({
    stations: 6,
    more: ({ fingerprint, stations }) => [
      note(text(formNote(fingerprint, stations[0], 5)).split('\n\n')[0].split('\n').filter((line) => !line.startsWith('signer ')),
        [strange, stations[0].presiding]),
      note(text(formNote(fingerprint, stations[0], 5, 'M-other')).split('\n\n')[0].split('\n').filter((line) => !line.startsWith('signer ')),
        [stations[0].kit, stations[2].presiding]),
    ],
  });
  addClaims(lying.files, lying.ledger, 'president', 'mfano-1');
  const read = JSON.parse(text(lying.files.get('data/president/mfano-1/stations.json')));
  const { parseRecord } = await import('../src/ledger/record.mjs');
  const claim = (place) => {
    Object.assign(read.stations[0], { state: 'standing' });
    read.stations[0].form = {
      class: 'kit', place, record: parseRecord(lying.entries[place]).id, votes: [5, 'blank'], boxes: { registered: 600, rejected: 3, valid: 12 },
    };
    return asked(lying.files.set('data/president/mfano-1/stations.json', utf8(JSON.stringify(read))), { area: 'mfano-1' });
  };
  const report = await claim(lying.entries.length - 2);
  assert.deepEqual(find(report, 'area.keys-unknown').values, { count: 1, stations: lying.stations[0].code });
  assert.deepEqual(find(report, 'area.sums-part').values.what, 'votes 1', 'the ledger refuses it, so the copy’s sum lacks it');
  const other = await claim(lying.entries.length - 1);
  assert.deepEqual(find(other, 'area.refused').values.reason, 'R203');
  assert.ok(find(other, 'area.same-sums'));
});

test('a register record and a zero report that the custodians did not sign bring nothing', async () => {
  const stranger = keyFor('k/stranger');
  const strange = await makeLog({
    stations: 4,
    early: ({ fingerprint }) => [
      note(['hakiki/register@v1', `election ${fingerprint}`, `table keys sha256:${'e'.repeat(64)}`], [stranger]),
      note(['hakiki/zero@v1', `election ${fingerprint}`, `register ${'0'.repeat(64)}`, 'stations 4', 'voters 2400', 'counted 0'], [stranger]),
    ],
  });
  addClaims(strange.files, strange.ledger, 'president', 'mfano-1');
  const report = await asked(strange.files, { area: 'mfano-1' });
  assert.deepEqual(keysOf(report, 'bad'), []);
  assert.deepEqual(find(report, 'area.register').values, { count: 1, place: 4 });
});

test('the file of the area above, and those of the areas in it', async () => {
  const station = (code) => ({ code, state: 'missing' });
  const root = { code: 'n', parent: null };
  const county = { code: 'c', parent: root };
  const centre = { code: 'c-1', parent: county };
  const areas = new Map([root, county, centre, { code: 'c-2', parent: county }].map((area) => [area.code, area]));
  const file = (codes) => utf8(JSON.stringify({
    schema: 'hakiki/stations@v1', contest: { code: 'p' }, head: { size: 9, root: '0'.repeat(64) }, candidates: null, stations: codes.map(station),
  }));
  const list = async (area, codes, files) => {
    const { readList } = await import('../src/checker/claims.mjs');
    const read = await readList(memorySource(new Map(files)), 'p', { area, areas, stations: codes.map((code) => ({ code })) });
    return [read.path, read.isWhole, read.stations.length];
  };
  const many = Array.from({ length: 1001 }, (_, i) => `s${i}`);
  assert.deepEqual(await list(centre, ['s1', 's2'], [['data/p/c/stations.json', file(['s1', 's2', 's3'])]]), ['data/p/c/stations.json', false, 2]);
  assert.deepEqual(await list(county, many, [['data/p/c-1/stations.json', file(many.slice(500))], ['data/p/c-2/stations.json', file(many.slice(0, 500))]]),
    ['data/p/c-1/stations.json, data/p/c-2/stations.json', false, 1001]);
  assert.deepEqual(await list(county, many, [['data/p/c-1/stations.json', file(many)], ['data/p/stations.json', file([...many, 'x'])]]),
    ['data/p/stations.json', true, 1001]);
});
