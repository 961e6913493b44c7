import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { hex, unbase64, utf8 } from '../src/bytes.mjs';
import { cosignatureOf, openCheckpoint, parseCheckpoint } from '../src/checkpoint.mjs';
import { parseNote, parseVkey } from '../src/note.mjs';
import { openReceipt } from '../src/receipt.mjs';
import { openStamp } from '../src/stamp.mjs';
import {
  consistencyProof, emptyRoot, entriesOf, hashesAt, inclusionProof, leafHash, rootOf, rootOfEdge, tilePath, tileWidth,
  verifyConsistency, verifyInclusion,
} from '../src/tlog.mjs';

const vectors = new URL('../../vectors/', import.meta.url);

/** @returns {{key: string, cases: {name: string, isGood: boolean, bytes: Uint8Array}[]}} */
function cases(file) {
  const [head, ...rest] = readFileSync(new URL(`tlog/${file}`, vectors), 'utf8').split('\ncase ');
  return {
    key: /^key (.*)$/m.exec(head)[1],
    cases: rest.map((block) => {
      const [name, expect, bytes] = block.split('\n');
      return { name, isGood: expect === 'expect accept', bytes: unbase64(bytes.replace('bytes ', '')) };
    }),
  };
}

function opens(open) {
  try {
    open();
    return true;
  } catch (refused) {
    if (refused.name !== 'Failure') throw refused;
    return false;
  }
}

for (const [file, open] of [['receipts.txt', openReceipt], ['stamps.txt', openStamp]]) {
  test(`the vectors of ${file}`, () => {
    const { key, cases: all } = cases(file);
    assert.ok(all.length > 30);
    for (const { name, isGood, bytes } of all) assert.equal(opens(() => open(bytes, parseVkey(key))), isGood, name);
  });
}

test('every byte of a receipt counts', () => {
  const { key, cases: all } = cases('receipts.txt');
  const { bytes } = all[0];
  for (let at = 0; at < bytes.length; at++) {
    const other = bytes.slice();
    other[at] ^= 1;
    assert.ok(!opens(() => openReceipt(other, parseVkey(key))), `byte ${at}`);
  }
});

test('the note of the specification', () => {
  const vkey = parseVkey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
  const line = '\u2014 example.com/foo '
    + 'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
  const note = parseNote(utf8(`This is an example message.\n\n${line}`));
  assert.equal(note.text, 'This is an example message.\n');
  assert.equal(hex(note.signatures[0].keyId), hex(vkey.keyId));
  for (const bad of ['', '\n', '\n\n', `a\n${line}`, `a\n\n${line.slice(0, -1)}`, `a\n\n${line}x\n`, `\t\n\n${line}`,
    `a\n\n${line.replace('foo', 'f+o')}`, `a\n\n${line.replace('foo', 'f\u00a0o')}`, 'a\n\n\u2014 b AAAA\n']) {
    assert.throws(() => parseNote(utf8(bad)), { name: 'Failure' }, JSON.stringify(bad));
  }
  assert.ok(parseNote(utf8(`a\n\nb\n\n${line}`)).text === 'a\n\nb\n');
});

test('verifier keys have one form', () => {
  const good = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  assert.equal(parseVkey(good).algorithm, 1);
  for (const bad of [good.slice(0, -1), good.toUpperCase(), good.replace('foo', 'fo'), `${good}=`, 'a+b', '+530d903a+AA==',
    good.replace('530d903a', '530d903b'), good.replace('/foo', '/f oo')]) {
    assert.throws(() => parseVkey(bad), { name: 'Failure' }, bad);
  }
});

test('checkpoints: form, origin, key, and cosignatures by the specification of another library', () => {
  const made = {
    log: 'log.example.org/test+80f82ea2+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3',
    bytes: unbase64(''),
  };
  const { cases: all } = cases('receipts.txt');
  made.bytes = utf8(Buffer.from(all[0].bytes).toString().split('\n\n').slice(1).join('\n\n'));
  const checkpoint = openCheckpoint(made.bytes, parseVkey(made.log));
  assert.equal(checkpoint.size, 300);
  const text = Buffer.from(made.bytes).toString();
  for (const [from, to] of [['\n300\n', '\n0300\n'], ['\n300\n', '\n9007199254740992\n'], ['\n300\n', '\n-1\n'],
    ['test\n300', 'tesd\n300'], ['\n300\n', '\n301\n'], ['1lc=', '1lc'], ['\u2014 log', '\u2014 lag']]) {
    assert.ok(!opens(() => openCheckpoint(utf8(text.replace(from, to)), parseVkey(made.log))), to);
  }
  const witness = parseVkey('log.example.org/test+80f82ea2+AdBKsjJ0K7SrOhNovUYV5ObQIkq3GgFrr4UgozLJd4c3');
  assert.equal(cosignatureOf(checkpoint, { ...witness, name: 'other' }).state, 'absent');
  assert.equal(cosignatureOf(checkpoint, witness).state, 'not-checked');
  assert.equal(parseCheckpoint(made.bytes).extensions.length, 0);
});

const leaves = Array.from({ length: 70 }, (_, i) => leafHash(utf8(`leaf-${i}`)));
const perfect = async (height, index) => rootOf(leaves.slice(index * 2 ** height, (index + 1) * 2 ** height));

test('every inclusion and consistency proof of small trees, and none of them for anything else', async () => {
  for (const size of [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 70]) {
    const root = rootOf(leaves.slice(0, size));
    for (let i = 0; i < size; i++) {
      const proof = await inclusionProof(i, size, perfect);
      assert.ok(verifyInclusion(leaves[i], i, size, proof, root));
      assert.ok(!verifyInclusion(leaves[i], i + 1, size, proof, root));
      assert.ok(!verifyInclusion(leaves[i], i, size, [...proof, root], root));
      assert.ok(size === 1 || !verifyInclusion(leaves[i], i, size, proof.slice(1), root));
    }
    for (let old = 1; old < size; old++) {
      const oldRoot = rootOf(leaves.slice(0, old));
      const proof = await consistencyProof(old, size, perfect);
      assert.ok(verifyConsistency(old, size, oldRoot, root, proof), `${old} ${size}`);
      assert.ok(!verifyConsistency(old, size, root, root, proof));
      assert.ok(!verifyConsistency(old, size, oldRoot, root, [...proof, root]));
      assert.ok(!verifyConsistency(old, size, oldRoot, root, proof.slice(1)));
    }
  }
  assert.ok(verifyConsistency(0, 5, emptyRoot(), leaves[0], []));
  assert.ok(!verifyConsistency(0, 5, leaves[0], leaves[0], []));
  assert.ok(!verifyConsistency(5, 4, leaves[0], leaves[0], []));
});

test('tiles: paths, widths, the root from the edge, bundles', () => {
  assert.equal(tilePath(0, 1234067, 256), 'tile/0/x001/x234/067');
  assert.equal(tilePath('entries', 273, 112), 'tile/entries/273.p/112');
  assert.deepEqual([0, 1, 2, 3].map((level) => hashesAt(level, 70000)), [70000, 273, 1, 0]);
  assert.equal(tileWidth(0, 273, 70000), 112);
  assert.equal(tileWidth(1, 1, 70000), 17);
  assert.equal(tileWidth(0, 274, 70000), 0);
  const tile = Buffer.concat(leaves);
  for (const size of [1, 2, 3, 64, 69, 70]) {
    assert.equal(hex(rootOfEdge(size, [tile.subarray(0, 32 * size)])), hex(rootOf(leaves.slice(0, size))));
  }
  const bundle = Uint8Array.of(0, 1, 65, 0, 0, 0, 2, 66, 67);
  assert.deepEqual(entriesOf(bundle, 3).map((entry) => entry.length), [1, 0, 2]);
  assert.equal(entriesOf(bundle, 2, true).length, 2);
  for (const [bytes, width] of [[bundle, 2], [bundle, 4], [bundle.subarray(0, 8), 3], [bundle.subarray(0, 6), 3]]) {
    assert.throws(() => entriesOf(bytes, width), { code: 'L103' });
  }
});
