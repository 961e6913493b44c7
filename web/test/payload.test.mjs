import assert from 'node:assert/strict';
import test from 'node:test';
import { deflateRawSync } from 'node:zlib';

import { equal, hex, utf8 } from '../src/bytes.mjs';
import { noteOf, readFragment, toBase64url } from '../src/checker/payload.mjs';
import { inflateRaw } from '../src/inflate.mjs';
import { sha256 } from '../src/sha2.mjs';

const samples = [new Uint8Array(0), utf8('a'), utf8('abcabcabc'.repeat(400)), new Uint8Array(300).map((_, i) => (i * 7919) >> 3)];
for (let seed = 0; seed < 20; seed++) {
  const bytes = [];
  for (let i = 0; bytes.length < 3000; i++) bytes.push(...sha256(utf8(`${seed} ${i}`)).subarray(0, seed), seed, i & 3);
  samples.push(Uint8Array.from(bytes));
}

test('inflate undoes another library at every level, and refuses what is cut, changed or too long', () => {
  for (const sample of samples) {
    for (const level of [0, 1, 6, 9]) {
      for (const strategy of [0, 2, 4]) {
        const packed = new Uint8Array(deflateRawSync(sample, { level, strategy }));
        assert.ok(equal(inflateRaw(packed, 5000), sample));
        assert.throws(() => inflateRaw(packed.subarray(0, packed.length - 1), 5000), { code: 'L701' });
        assert.throws(() => inflateRaw(Uint8Array.of(...packed, 0), 5000), { code: 'L701' });
        if (sample.length > 0) assert.throws(() => inflateRaw(packed, sample.length - 1), { code: 'L701' });
      }
    }
  }
  for (const bytes of [[], [7], [6, 0], [1, 1, 0, 0, 0], [0xff], [5, 0xff, 0xff, 0xff]]) {
    assert.throws(() => inflateRaw(Uint8Array.from(bytes), 100), { code: 'L701' });
  }
});

test('any bytes: a result or a refusal, never anything else', () => {
  for (let i = 0; i < 3000; i++) {
    try {
      inflateRaw(sha256(utf8(`any ${i}`)), 1000);
    } catch (refused) {
      assert.equal(refused.code, 'L701');
    }
  }
});

test('a note in one code and in several, in any order, with and without DecompressionStream', async () => {
  const kept = globalThis.DecompressionStream;
  try {
    for (const stream of [kept, undefined]) {
      globalThis.DecompressionStream = stream;
      for (const note of samples.slice(1)) {
        const written = toBase64url(new Uint8Array(deflateRawSync(note)));
        const one = readFragment(`https://elsewhere.example/x#from=https://a.example/2031&n=${written}`);
        assert.equal(one.from, 'https://a.example/2031');
        assert.ok(equal((await noteOf([one.note])).bytes, note));
        const third = Math.ceil(written.length / 3);
        const hash8 = hex(sha256(note)).slice(0, 8);
        const parts = [0, 1, 2].map((i) => `n=${i + 1}/3/${hash8}/${written.slice(i * third, (i + 1) * third) || 'A'}`);
        const read = parts.map((part) => readFragment(part).note);
        assert.deepEqual((await noteOf([read[2], read[0]])).missing, [2]);
        if (written.length >= 9) assert.ok(equal((await noteOf([read[2], read[0], read[1], read[0]])).bytes, note));
      }
    }
  } finally {
    globalThis.DecompressionStream = kept;
  }
});

test('what is not a code is refused, and what is not asked is not taken', async () => {
  for (const bad of ['n=1/2/0123abcd/', 'n=3/2/0123abcd/AA', 'n=0/2/0123abcd/AA', 'n=1/2/0123ABCD/AA', 'n=a+b', 'n=', 'n=1/99/0123abcd/AA']) {
    assert.throws(() => readFragment(bad), { code: 'L702' }, bad);
  }
  const asked = readFragment('#from=javascript:alert(1)&record=XYZ&place=-1&station=a%20b&contest=../x&lang=fr&__proto__=1&from=https://b');
  assert.deepEqual(asked, { from: null, record: null, place: null, station: null, area: null, contest: null, lang: null, note: null });
  const packed = toBase64url(new Uint8Array(deflateRawSync(utf8('abc'))));
  await assert.rejects(noteOf([{ k: 1, total: 1, hash8: '00000000', data: packed }]), { code: 'L703' });
  await assert.rejects(noteOf([{ k: 1, total: 1, hash8: '', data: 'A' }]), { name: 'Failure' });
  assert.equal(readFragment('place=12&record='.concat('ab'.repeat(32))).place, 12);
});
