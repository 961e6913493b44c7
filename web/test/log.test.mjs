import assert from 'node:assert/strict';
import test from 'node:test';

import { hex, utf8 } from '../src/bytes.mjs';
import { askNote, askNoteOffline, askRecord, askStation } from '../src/checker/ask.mjs';
import { headsOf, openLog, rootAt, wordsOf } from '../src/checker/open.mjs';
import { poolOf } from '../src/checker/pool.mjs';
import { idOf } from '../src/checker/record.mjs';
import { firstDifference, totalsOf, wholeCheck } from '../src/checker/whole.mjs';
import { wholeReport } from '../src/checker/whole-report.mjs';
import { entries, readEntry } from '../src/log.mjs';
import { folderSource, httpSource } from '../src/source.mjs';
import { rootOf, leafHash } from '../src/tlog.mjs';
import { CUSTODIANS, formNote, HOSTS, keyFor, makeLog, memorySource, MIRRORS, note, possession } from './fixture.mjs';

const made = await makeLog({
  more: ({ fingerprint, stations }) => [formNote(fingerprint, stations[5], 41, 'M-again')],
});
const whole = (files, choice = {}) => wholeCheck({ source: memorySource(files), pool: poolOf([]), ...choice });
const copy = () => new Map(made.files);

/** The log with one byte of a file changed. */
function changed(path, at = 20) {
  const files = copy();
  const bytes = files.get(path).slice();
  bytes[at] ^= 1;
  files.set(path, bytes);
  return files;
}

const keysIn = (report, state) => report.items.filter((item) => item.state === state).map(({ key }) => key);

test('a log is read in order, and every entry at its place', async () => {
  const log = await openLog(memorySource(made.files));
  assert.equal(log.election.fingerprint, made.fingerprint);
  const read = [];
  for await (const { place, bytes } of entries(log.source, log.head)) read.push([place, hex(bytes)]);
  assert.deepEqual(read, made.entries.map((entry, i) => [i, hex(entry)]));
  assert.equal(hex(await readEntry(log.source, log.head, 299)), hex(made.entries[299]));
  await assert.rejects(readEntry(log.source, log.head, made.entries.length), { code: 'L508' });
  for (const size of [1, 2, 255, 256, 257, made.entries.length]) {
    assert.equal(hex(await rootAt(log.tiles, size)), hex(rootOf(made.entries.slice(0, size).map(leafHash))));
  }
});

test('a partial tile or bundle that is gone is read from the full one', async () => {
  const log = await openLog(memorySource(made.files));
  const half = { size: 200, root: await rootAt(log.tiles, 200) };
  const read = [];
  for await (const { bytes } of entries(log.source, half)) read.push(hex(bytes));
  assert.deepEqual(read, made.entries.slice(0, 200).map(hex));
});

test('the whole check: the same totals, the state of the head, the report', async () => {
  const found = await whole(made.files);
  assert.equal(found.comparison.kind, 'same');
  assert.deepEqual(found.inadmissible, []);
  const [president] = totalsOf(found);
  assert.deepEqual(president.stations, { expected: 300, missing: 1, standing: 298, contested: 1, disregarded: 0, registered: 180000 });
  assert.equal(president.votes[0].name, 'Neema Tofali');
  const report = await wholeReport(found, { seconds: 1, workers: 1 });
  assert.deepEqual(keysIn(report, 'bad'), []);
  assert.ok(keysIn(report, 'good').includes('head.cosigned') && keysIn(report, 'good').includes('head.held'));
  assert.equal(report.mirrors.length, 2);
});

test('one byte changed anywhere is found, and where it is is said', async () => {
  const bundle = 'tile/entries/001.p/48';
  assert.ok(made.files.has(bundle));
  const inEntry = changed(bundle, 2000);
  await assert.rejects(whole(inEntry), (refused) => refused.code === 'L504' && refused.place >= 256 && refused.path === bundle);
  const cases = [['tile/0/000', 'L502'], ['tile/0/001.p/48', 'L502'], ['tile/1/000.p/1', 'L502'], ['tile/entries/000', 'L504'], ['checkpoint', null],
    ['blob', null]];
  for (const [path, code] of cases) {
    const name = path === 'blob' ? [...made.files.keys()].find((key) => key.startsWith('blob/')) : path;
    await assert.rejects(whole(changed(name)), (refused) => refused.name === 'Failure' && (code === null || refused.code === code), path);
  }
  await assert.rejects(whole(changed('tile/0/000')), { path: 'tile/0/000' });
});

test('every byte of the small files counts', async () => {
  for (const path of ['checkpoint', 'tile/1/000.p/1']) {
    for (let at = 0; at < made.files.get(path).length; at += 3) {
      await assert.rejects(openLog(memorySource(changed(path, at))), { name: 'Failure' }, `${path} ${at}`);
    }
  }
});

test('what is missing is not called a difference', async () => {
  const without = async (match, code) => {
    const files = copy();
    for (const path of files.keys()) if (match(path)) files.delete(path);
    await assert.rejects(whole(files), { code });
  };
  await without((path) => path === 'checkpoint', 'L507');
  await without((path) => path.startsWith('tile/entries/001'), 'L503');
  await without((path) => path === 'tile/0/001.p/48', 'L501');
  await without((path) => path.startsWith('blob/'), 'L513');
  const files = copy();
  for (const path of files.keys()) if (path.startsWith('results/')) files.delete(path);
  assert.equal((await whole(files)).comparison.kind, 'none');
});

test('totals that part: the first line, with its contest and area', async () => {
  const results = Buffer.from(made.files.get(`results/${made.entries.length}`)).toString();
  const at = results.indexOf('votes 1 ', results.indexOf('area mfano-2'));
  const other = `${results.slice(0, at)}votes 1 1${results.slice(at + 'votes 1 '.length)}`;
  const { comparison } = await whole(made.files, { results: utf8(other) });
  assert.equal(comparison.kind, 'differs');
  assert.equal(comparison.area, 'mfano-2');
  assert.equal(comparison.contest, 'president');
  assert.equal(comparison.line, results.slice(0, at).split('\n').length);
  assert.equal(firstDifference('a\nb\n', 'a\n').line, 2);
});

test('a record that the rules refuse is a finding, and leaves the totals as they are', async () => {
  const stranger = await makeLog({ stations: 12, more: ({ fingerprint, stations }) => [
    formNote(fingerprint, { ...stations[3], kit: stations[4].kit }, 5), utf8('no record at all\n')] });
  const found = await whole(stranger.files);
  assert.deepEqual(found.inadmissible.map(({ place, admission }) => [place, admission]), [[15, 'R203'], [16, 'R107']]);
  const report = await wholeReport(found, { seconds: 1, workers: 1 });
  assert.deepEqual(keysIn(report, 'bad'), ['whole.inadmissible', 'whole.inadmissible']);
  const station = await askStation({ source: memorySource(stranger.files) }, { station: stranger.stations[3].code, contest: null });
  assert.ok(keysIn(station, 'bad').includes('station.unread'));
  const wrong = await askRecord({ source: memorySource(stranger.files) }, { id: null, place: 15 });
  assert.ok(keysIn(wrong, 'bad').includes('roles.other-station'));
});

test('one record, by place and by id; one that is not there', async () => {
  const source = memorySource(made.files);
  const id = idOf(made.entries[30]);
  for (const which of [{ id, place: null }, { id: null, place: 30 }, { id, place: 30 }]) {
    const report = await askRecord({ source }, which);
    assert.deepEqual(keysIn(report, 'bad'), []);
    for (const key of ['head.cosigned', 'head.held', 'record.in-log', 'signer.good-for', 'roles.right', 'station.row']) {
      assert.ok(keysIn(report, 'good').includes(key), key);
    }
    assert.equal(report.rest, 'rest.record');
  }
  assert.ok(keysIn(await askRecord({ source }, { id, place: 31 }), 'bad').includes('record.other-id'));
  assert.ok(keysIn(await askRecord({ source }, { id: '0'.repeat(64), place: null }), 'bad').includes('record.not-found'));
});

test('a station: all its records, and forms that differ', async () => {
  const report = await askStation({ source: memorySource(made.files) }, { station: made.stations[5].code, contest: null });
  assert.equal(report.sections.length, 2);
  assert.deepEqual(keysIn(report, 'bad'), ['station.differ']);
  assert.deepEqual(report.sections[0].names, [[1, 'Neema Tofali'], [2, 'Kito Rusha']]);
  const none = await askStation({ source: memorySource(made.files) }, { station: 'nowhere', contest: null });
  assert.ok(keysIn(none, 'bad').includes('station.no-row'));
});

test('a note from paper: offline, in the log, not in the log, and forged', async () => {
  const source = memorySource(made.files);
  const offline = askNoteOffline(made.entries[30]);
  assert.deepEqual([keysIn(offline, 'good'), keysIn(offline, 'bad')], [['note.canonical'], []]);
  assert.equal(keysIn(offline, 'open').length, 2);
  assert.ok(keysIn(await askNote({ source }, made.entries[30]), 'good').includes('note.same'));
  const unsent = await askNote({ source }, formNote(made.fingerprint, made.stations[0], 9));
  assert.ok(keysIn(unsent, 'open').includes('note.not-in-log'));
  assert.ok(keysIn(unsent, 'good').includes('roles.right'));
  const forged = utf8(Buffer.from(formNote(made.fingerprint, made.stations[0], 9)).toString().replace('votes 1 9', 'votes 1 8'));
  assert.ok(keysIn(await askNote({ source }, forged), 'bad').includes('signer.bad'));
  assert.deepEqual(keysIn(askNoteOffline(utf8('nothing\n')), 'bad'), ['note.not-canonical']);
});

test('heads: a line that is no signature counts nothing and is named; another history is told', async () => {
  const files = copy();
  const held = Buffer.from(files.get('held')).toString();
  const at = held.lastIndexOf('mirror.press');
  files.set('held', utf8(held.slice(0, at + 60) + (held[at + 60] === 'A' ? 'B' : 'A') + held.slice(at + 61)));
  const report = await askRecord({ source: memorySource(files) }, { id: null, place: 30 });
  assert.ok(keysIn(report, 'open').includes('head.not-held') && keysIn(report, 'open').includes('head.bad-line'));
  const fork = await makeLog({ stations: 200 });
  files.set('cosigned', fork.files.get('cosigned'));
  const heads = await headsOf(await openLog(memorySource(files)));
  assert.equal(heads.find(({ path }) => path === 'cosigned').fits, false);
});

test('an amendment changes by whom a head is judged: the whole check reads it, and says so', async () => {
  const signers = [...CUSTODIANS, ...HOSTS.slice(0, 3).map(({ key }) => key)];
  const amended = await makeLog({ stations: 12, more: ({ fingerprint }) => [note(
    ['hakiki/amend@v1', `election ${fingerprint}`, `mirror-out ${MIRRORS[1].name}`, 'reason gone'], signers)] });
  const found = await whole(amended.files);
  assert.deepEqual(found.inadmissible, []);
  const report = await wholeReport(found, { seconds: 1, workers: 1 });
  assert.ok(keysIn(report, 'open').includes('head.not-held'));
  assert.deepEqual(report.mirrors.map(({ name }) => name), [MIRRORS[0].name]);
});

test('a station with an officer replaced after the register, and a form by the one who was', async () => {
  const replaced = await makeLog({ stations: 12, more: ({ fingerprint, stations }) => {
    const { code, presiding } = stations[0];
    const next = keyFor('k/presiding-next');
    return [
      note(['hakiki/key@v1', `election ${fingerprint}`, 'action replace', `old ${presiding.name}`,
        `new ${next.name} presiding station ${code} ${next.public} ${possession(next, 'election', fingerprint)}`, 'reason ill'], CUSTODIANS),
      formNote(fingerprint, { ...stations[0], presiding: next }, 7),
      formNote(fingerprint, stations[0], 7, 'M-late'),
    ];
  } });
  const found = await whole(replaced.files);
  assert.deepEqual(found.inadmissible, []);
  const report = await askStation({ source: memorySource(replaced.files) }, { station: replaced.stations[0].code, contest: 'president' });
  const [good, held] = report.sections.map((section) => section.items.map(({ key }) => key));
  assert.ok(good.includes('signer.late') && good.includes('roles.right') && !good.includes('signer.gone'));
  assert.ok(held.includes('signer.gone'));
  const alone = await askRecord({ source: memorySource(replaced.files) }, { id: null, place: 16 });
  assert.ok(keysIn(alone, 'open').includes('signer.unknown') && keysIn(alone, 'open').includes('roles.not-known'));
});

test('sources: an address, a folder, and what is too large or not there', async () => {
  const answer = (status, body) => ({ status, ok: status === 200, body: body === null ? null : new Blob([body]).stream() });
  const fetched = [];
  const fetch = async (url, choice) => {
    fetched.push([url, choice.credentials]);
    const bytes = made.files.get(url.replace('http://a.example/x/', ''));
    return bytes === undefined ? answer(404, null) : answer(200, bytes);
  };
  const log = await openLog(httpSource('http://a.example/x/', { fetch }));
  assert.equal(log.election.fingerprint, made.fingerprint);
  assert.ok(fetched.every(([url, credentials]) => url.startsWith('http://a.example/x/') && credentials === 'omit'));
  await assert.rejects(httpSource('http://a', { fetch: async () => answer(500, 'x') }).read('checkpoint'), { code: 'L505' });
  await assert.rejects(httpSource('http://a', { fetch: async () => answer(200, 'xyz') }).read('checkpoint', 2), { code: 'L506' });
  const file = (path, bytes) => ({ name: path, webkitRelativePath: path, size: bytes.length, arrayBuffer: async () => bytes.slice().buffer });
  const folder = folderSource([...made.files].flatMap(([path, bytes]) => [file(`stick/log/${path}`, bytes), file(`stick/log/stamps/${path}`, bytes)]));
  assert.equal(folder.where, 'stick/log/');
  assert.equal((await openLog(folder)).election.fingerprint, made.fingerprint);
  assert.throws(() => folderSource([]), { code: 'L507' });
});

test('the fingerprint as words is that of another program', () => {
  assert.equal(wordsOf('0dcfe5b5b4e3b7493ff18f59cca45ef5ee542bfb628eccbd8fb33bcc76477a83'), 'bulaz vikuj rigog ritan guzud mutin');
  assert.equal(wordsOf('8e61ed612a60fda323404a91dc269124ef19fe003de4d00127bc904158470aa9'), 'munod vujod fonob zukog fatab hopid');
});

test('a table that is served no longer: judged as one that is not here, if the log said so before', async () => {
  const gone = 'ab'.repeat(32);
  const naming = (fingerprint, stations) => note(['hakiki/collation@v1', `election ${fingerprint}`, 'contest president', 'area mfano',
    `children sha256:${gone}`, 'submitted 1', 'received 1', 'votes 1 1'], [stations[0].kit]);
  const withhold = (fingerprint) => note(['hakiki/withhold@v1', `election ${fingerprint}`, `blob sha256:${gone}`, 'by high-court', 'reason privacy'], CUSTODIANS);
  const behind = await makeLog({ stations: 6, more: ({ fingerprint, stations }) => [withhold(fingerprint), naming(fingerprint, stations)] });
  const { inadmissible, ledger } = await whole(behind.files);
  assert.deepEqual(inadmissible.map(({ place }) => place), [behind.entries.length - 1]);
  assert.equal(ledger.conduct.withheld.size, 1);
  const before = await makeLog({ stations: 6, more: ({ fingerprint, stations }) => [naming(fingerprint, stations), withhold(fingerprint)] });
  await assert.rejects(whole(before.files), { code: 'L513' });
});
