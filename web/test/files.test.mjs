import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { ml_dsa44 as mlDsa44 } from '@noble/post-quantum/ml-dsa.js';

import { base64, concat, hex, utf8 } from '../src/bytes.mjs';
import { askFiles, askStation } from '../src/checker/ask.mjs';
import { cosignatureOf, parseCheckpoint } from '../src/checkpoint.mjs';
import { heldFile, knownElection } from '../src/checker/files.mjs';
import { idOf } from '../src/checker/record.mjs';
import { keyIdOf, parseVkey } from '../src/note.mjs';
import { sha256 } from '../src/sha2.mjs';
import { INTAKE, makeLog, memorySource, note, stampOf, WITNESSES } from './fixture.mjs';
import { addReceipts } from './support/claims.mjs';

const PICTURE = utf8('\xff\xd8 a photograph');
const made = await makeLog({
  stations: 20,
  more: ({ fingerprint, stations, idOfForm }) => [note(['hakiki/image@v1', `election ${fingerprint}`, `of ${idOfForm(3)}`, 'shows original',
    `page sha256:${hex(sha256(PICTURE))}`, 'taken 2031-03-04T18:40:00+03:00'], [stations[3].kit])],
});
await addReceipts(made.files, made.entries, made.entries.keys());
const PLACE = 9;
const receipt = made.files.get(`receipt/${idOf(made.entries[PLACE])}`);
const known = knownElection(made.entries[0]);
const asking = { source: memorySource(made.files) };
const about = { known: null, images: new Map() };
const ask = async (on, bytes, of = {}) => {
  const report = await askFiles(on, [heldFile('file', bytes)], { ...about, ...of });
  return report.groups[0].items.map(({ state, key }) => `${state} ${key}`);
};

test('a receipt: alone, with the election record, with the log, and changed', async () => {
  assert.deepEqual(await ask(null, receipt), ['good receipt.proof', 'good file.holds', 'open receipt.no-key']);
  assert.deepEqual(await ask(null, receipt, { known }),
    ['good receipt.proof', 'good file.holds', 'good receipt.head', 'good head.cosigned', 'good head.held']);
  const inLog = await ask(asking, receipt);
  assert.ok(inLog.includes('good receipt.in-log') && inLog.includes('good signer.good-for'));
  const index = Buffer.from(receipt).indexOf('\nindex 9\n') + 7;
  const moved = receipt.map((byte, i) => (i === index ? byte - 1 : byte));
  assert.equal((await ask(null, moved))[0], 'bad receipt.no-proof');
  const root = Buffer.from(receipt).lastIndexOf('\n\n');
  const forged = receipt.map((byte, i) => (i === root + 40 ? byte ^ 2 : byte));
  assert.ok((await ask(null, forged, { known })).some((line) => line === 'bad file.refused' || line === 'bad receipt.other-head'));
  const other = await makeLog({ stations: 20, more: ({ fingerprint, stations }) => [note(['hakiki/turnout@v1', `election ${fingerprint}`,
    `station ${stations[0].code}`, 'device 4', 'manual 0', 'final yes'], [stations[0].kit, stations[0].presiding])] });
  assert.ok((await ask({ source: memorySource(other.files) }, receipt)).includes('bad receipt.not-in-log'), 'another history');
});

test('a stamp: alone, with the election record, with the log that holds its record and with one that does not', async () => {
  const stamp = stampOf(made.fingerprint, made.entries[PLACE], INTAKE);
  assert.deepEqual(await ask(null, stamp), ['open stamp.no-key']);
  assert.deepEqual(await ask(null, stamp, { known }), ['good stamp.signed', 'open stamp.log-not-asked']);
  assert.deepEqual(await ask(asking, stamp), ['good stamp.signed', 'good stamp.in-log']);
  assert.deepEqual(await ask(asking, stampOf(made.fingerprint, utf8('never\n\nbrought'), INTAKE)), ['good stamp.signed', 'open stamp.not-in-log']);
  assert.deepEqual(await ask(null, stampOf('0'.repeat(64), made.entries[PLACE], INTAKE), { known }), ['good stamp.signed', 'bad record.other-election']);
  assert.deepEqual(await ask(null, stamp.map((byte, i) => (i === 40 ? byte ^ 1 : byte)), { known }), ['bad stamp.not-signed']);
  assert.deepEqual(await ask(null, stampOf(made.fingerprint, made.entries[PLACE], { ...INTAKE, name: 'intake.elsewhere.example' }), { known }),
    ['open stamp.unknown']);
});

test('the election record, any record, and a picture that a record of the station names', async () => {
  assert.deepEqual(await ask(null, made.entries[0]), ['good file.whole']);
  assert.deepEqual(await ask(null, made.entries[0].slice(0, 300)), ['bad file.refused']);
  const record = await ask(asking, made.entries[PLACE]);
  assert.ok(record.includes('good record.in-log') && record.includes('good file.same') && record.includes('good roles.right'));
  const { images } = await askStation(asking, { station: made.stations[3].code, contest: null });
  assert.deepEqual(images, [[hex(sha256(PICTURE)), made.entries.length - 1]]);
  assert.deepEqual(await ask(null, PICTURE, { images: new Map(images) }), ['good picture.named']);
  assert.deepEqual(await ask(null, PICTURE), ['open picture.not-named']);
});

test('vectors: the accepted receipts and stamps are taken, the others are not', async () => {
  const cases = readFileSync(new URL('../../vectors/tlog/receipts.txt', import.meta.url), 'utf8').matchAll(/^case (.*)\nexpect (\w+)\nbytes (\S+)$/gm);
  let seen = 0;
  for (const [, name, expect, bytes] of cases) {
    const items = await ask(null, new Uint8Array(Buffer.from(bytes, 'base64')));
    if (expect === 'accept') assert.equal(items[0], 'good receipt.proof', name);
    seen += 1;
  }
  assert.ok(seen > 5);
});

/** The struct of c2sp.org/tlog-cosignature for ML-DSA-44, put together here once more. */
function cosignedTree(name, time, origin, size, root) {
  const u64 = (value) => Buffer.from(BigInt(value).toString(16).padStart(16, '0'), 'hex');
  return Buffer.concat([Buffer.from('subtree/v1\n\0'), Buffer.from([name.length]), Buffer.from(name), u64(time),
    Buffer.from([origin.length]), Buffer.from(origin), u64(0), u64(size), Buffer.from(root, 'base64')]);
}

test('cosignatures of both kinds, made by the other implementation', () => {
  const { keys, note: written } = JSON.parse(readFileSync(new URL('fixtures/cosigned-twice.json', import.meta.url), 'utf8'));
  const verify = (key, message, signature) => mlDsa44.verify(signature, message, key);
  const states = (text) => keys.map((key) => cosignatureOf(parseCheckpoint(utf8(text)), parseVkey(key), verify).state);
  assert.deepEqual(keys.map((key) => parseVkey(key).algorithm), [4, 6]);
  assert.deepEqual(states(written), ['good', 'good']);
  assert.deepEqual(states(written.replace('\n1209\n', '\n1208\n')), ['bad', 'bad']);
});

test('a list of witnesses of one\u2019s own: Ed25519 and ML-DSA-44, and what is not checked without the second', async () => {
  const name = 'pq.mfano.example';
  const { publicKey, secretKey } = mlDsa44.keygen(sha256(utf8('a fixture')));
  const keyId = keyIdOf(name, 6, publicKey);
  const vkey = `${name}+${hex(keyId)}+${base64(concat(Uint8Array.of(6), publicKey))}`;
  const cosigned = Buffer.from(made.files.get('cosigned')).toString();
  const [origin, size, root] = cosigned.split('\n');
  const lineOf = (time, at) => {
    const signature = mlDsa44.sign(new Uint8Array(cosignedTree(name, time, origin, Number(size), root)), secretKey);
    const stamp = Buffer.from(BigInt(at).toString(16).padStart(16, '0'), 'hex');
    return `\u2014 ${name} ${base64(concat(keyId, stamp, signature))}\n`;
  };
  const logVkey = /^log (.*)$/m.exec(Buffer.from(made.entries[0]).toString())[1];
  const list = utf8(`log ${logVkey}\nwitness pq ${vkey}\nwitness court ${WITNESSES[1].vkey}\ngroup both all pq court\nquorum both\n`);
  const verify = (key, message, signature) => mlDsa44.verify(signature, message, key);
  const on = (text) => ({ source: memorySource(new Map(made.files).set('cosigned', utf8(text))) });
  assert.deepEqual(await ask(null, list), ['open policy.log-not-asked']);
  const good = on(cosigned + lineOf(1930000001, 1930000001));
  assert.deepEqual((await ask(good, list, { mlDsa44: verify })), ['good policy.holds']);
  assert.deepEqual((await ask(good, list)), ['open policy.not-held', 'open head.unchecked-line']);
  assert.deepEqual(await ask(on(cosigned + lineOf(1930000001, 1930000002)), list, { mlDsa44: verify }), ['open policy.not-held', 'open head.bad-line']);
  const other = utf8(Buffer.from(list).toString().replace(logVkey, INTAKE.vkey));
  assert.deepEqual(await ask(good, other, { mlDsa44: verify }), ['bad policy.other-log']);
  assert.deepEqual(await ask(good, utf8('quorum nobody\n')), ['bad file.refused']);
});
