import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import test from 'node:test';

import { base64, concat, equal, hex, text, unbase64, unhex, utf8 } from '../src/bytes.mjs';
import { encodingFault, isTorsionFree, L, verifier, verifyStrict } from '../src/ed25519.mjs';
import { element, fromBig, invert, littleEndian, multiply, P, power58, square, subtract, toBig } from '../src/field25519.mjs';
import { sha256, sha512 } from '../src/sha2.mjs';
import { areTorsionFree } from '../src/torsion.mjs';
import { SELF_TEST } from '../src/verifier.mjs';

/** Bytes that are the same in every run. */
function* stream(seed) {
  for (let i = 0; ; i++) yield sha256(utf8(`${seed} ${i}`));
}

const key = SELF_TEST.cases[0].key;
const good = SELF_TEST.cases[0].signature;
const { message } = SELF_TEST;

test('hashes are those of another library, at every length around the blocks', () => {
  for (let n = 0; n < 300; n++) {
    const bytes = new Uint8Array(n).fill(n);
    assert.equal(hex(sha256(bytes)), createHash('sha256').update(bytes).digest('hex'));
    assert.equal(hex(sha512(bytes)), createHash('sha512').update(bytes).digest('hex'));
  }
});

test('written forms: one way each', () => {
  for (const bad of ['A', 'AA', 'AA=', 'AB==', 'AAB=', 'AA==AA==', 'AA-_', 'AA\n=', '====', 'A===', 'AAA\u0100']) {
    assert.throws(() => unbase64(bad), { code: 'R105' }, bad);
  }
  for (const bad of ['a', 'AA', 'zz', '0x', ' 0', '0\u0130']) assert.throws(() => unhex(bad), { code: 'R105' }, bad);
  for (let n = 0; n < 40; n++) {
    const bytes = new Uint8Array(n).map((_, i) => 37 * i + n);
    assert.ok(equal(unbase64(base64(bytes)), bytes));
    assert.ok(equal(unhex(hex(bytes)), bytes));
  }
  for (const bad of [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xff], [0xe2, 0x82], [0xf4, 0x90, 0x80, 0x80]]) {
    assert.throws(() => text(Uint8Array.from(bad)), { code: 'R102' });
  }
  assert.equal(text(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)), '\ufeffa');
});

test('the field agrees with BigInt, also for the largest sums of limbs that the curve forms', () => {
  const values = stream('field');
  const next = () => littleEndian(values.next().value) % P;
  for (let i = 0; i < 500; i++) {
    const [a, b] = i < 4 ? [P - 1n - BigInt(i), P - 2n] : [next(), next()];
    const [x, y, out] = [fromBig(a), fromBig(b), element()];
    multiply(out, x, y);
    assert.equal(toBig(out), (a * b) % P);
    square(out, x);
    assert.equal(toBig(out), (a * a) % P);
    const [four, three] = [x.map((limb) => 4 * limb), y.map((limb) => -3 * limb)];
    multiply(out, four, three);
    assert.equal(toBig(out), (((-12n * a * b) % P) + P) % P);
    subtract(out, x, y);
    assert.equal(toBig(out), (a - b + P) % P);
  }
  const x = fromBig(next());
  const out = element();
  invert(out, x);
  multiply(out, out, x);
  assert.equal(toBig(out), 1n);
  power58(out, fromBig(4n)); // 4^((p-5)/8) = 2^((p-5)/4), whose fourth power times 16 is 2^(p-1) = 1
  assert.equal((toBig(out) ** 4n * 16n) % P, 1n);
});

test('no limb of the largest products passes 2^53 quanta', () => {
  const start = Array.from({ length: 13 }, (_, i) => Math.ceil(21.25 * i));
  for (let k = 0; k < 12; k++) {
    let most = 0;
    let quantum = Infinity;
    for (let i = 0; i < 12; i++) {
      const j = (12 + k - i) % 12;
      const fold = i + j === k ? 0 : -255;
      most += (fold === 0 ? 1 : 19) * 2 ** (start[i + 1] + start[j + 1] - 2 + fold);
      quantum = Math.min(quantum, 2 ** (start[i] + start[j] + fold));
    }
    assert.ok(12 * 1.1 ** 2 * most < 2 ** 53 * quantum, `limb ${k}`);
  }
});

test('what another library signs verifies; no byte of it can be changed', () => {
  for (let i = 0; i < 20; i++) {
    const pair = generateKeyPairSync('ed25519');
    const made = new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(12));
    const said = new Uint8Array(randomBytes(100 * i));
    const signature = new Uint8Array(sign(null, said, pair.privateKey));
    assert.ok(verifyStrict(made, said, signature));
    assert.ok(isTorsionFree(made));
    for (const at of [0, 31, 32, 62]) {
      const other = signature.slice();
      other[at] ^= 1 << (i % 8);
      assert.ok(!verifyStrict(made, said, other));
    }
    assert.ok(!verifyStrict(made, concat(said, Uint8Array.of(0)), signature));
  }
});

/** Little-endian, 32 bytes. */
const written = (value) => unhex(value.toString(16).padStart(64, '0')).reverse();

test('the byte checks: small order, y at or above p, S at or above L, with the code of each', () => {
  const withR = (r) => concat(r, good.subarray(32));
  const small = [0n, 1n, P - 1n, P, P + 1n].map(written);
  small.push(unhex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'));
  small.push(unhex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'));
  const above = [2n, 3n, 10n, 18n].map((n) => written(P + n));
  for (const encoding of [...small, ...above]) {
    for (const sign of [0, 0x80]) {
      const signed = encoding.slice();
      signed[31] |= sign;
      assert.equal(encodingFault(signed, good), 'R207', hex(signed));
      assert.equal(encodingFault(key, withR(signed)), 'R207', hex(signed));
      assert.ok(!verifyStrict(signed, message, good));
      assert.ok(!isTorsionFree(signed));
    }
  }
  const s = littleEndian(good.subarray(32));
  for (const above of [s + L, L, L + 1n, 2n ** 256n - 1n]) {
    const malleated = concat(good.subarray(0, 32), written(above));
    assert.equal(encodingFault(key, malleated), 'R207');
    assert.ok(!verifyStrict(key, message, malleated));
  }
  assert.equal(encodingFault(key, good), '');
  assert.equal(encodingFault(written(2n), good), '');
});

test('cofactorless: torsion in R or in the key is refused, by own code and by whatever is asked', async () => {
  for (const asked of [verifier(), verifier({ subtle: null })]) {
    for (const { key, signature, holds } of SELF_TEST.cases) {
      assert.equal(verifyStrict(key, message, signature), holds);
      assert.equal(await asked.verify(key, message, signature), holds);
    }
  }
  assert.ok(await verifier().usesWebCrypto());
});

test('a WebCrypto that judges otherwise is not asked', async () => {
  const lax = { importKey: async () => ({}), verify: async () => true };
  const asked = verifier({ subtle: lax });
  assert.equal(await asked.usesWebCrypto(), false);
  assert.equal(await asked.verify(key, utf8('another'), good), false);
  assert.equal(await asked.verify(key, message, good), true);
});

test('torsion: of a key and its seven shifts by points of small order only the key is free of it', () => {
  const shifts = [
    'f5ffb767188b96858910e0ed080977120a0951b58c3ba834733bc78ab25c81cb',
    '2baca0756afd13eea7eebe54dcf9c96ea4eca5d0bc63d186e864185a600d2040',
    '0ff5c92ec4f81096a803df017a7e10e0c2e2bde7d35ecb93671b0dc6b134f4ff',
    '7d8a73c58bbaa347b6879d7022105633e9d275477c5d35057fd42da260464fc2',
    'f8ff4798e774697a76ef1f12f7f688edf5f6ae4a73c457cb8cc438754da37e34',
    'c2535f8a9502ec11581141ab230636915b135a2f439c2e79179be7a59ff2dfbf',
    'de0a36d13b07ef6957fc20fe8581ef1f3d1d42182ca1346c98e4f2394ecb0b00',
  ];
  assert.ok(isTorsionFree(key));
  for (const shift of shifts) assert.ok(!isTorsionFree(unhex(shift)), shift);
  assert.ok(!isTorsionFree(written(2n)), 'no point has y = 2');
});

test('torsion, many keys at once: the same answers as one by one', () => {
  const keys = Array.from({ length: 150 }, () => {
    const pair = generateKeyPairSync('ed25519');
    return new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }).subarray(12));
  });
  assert.ok(areTorsionFree(keys).every(Boolean));
  const bad = unhex('f8ff4798e774697a76ef1f12f7f688edf5f6ae4a73c457cb8cc438754da37e34');
  const mixed = [...keys.slice(0, 70), bad, written(2n), written(P), ...keys.slice(70)];
  assert.deepEqual(areTorsionFree(mixed), mixed.map(isTorsionFree));
  assert.ok(!areTorsionFree([...keys, bad, bad, bad, bad, bad, bad, bad, bad])[150], 'eight that cancel each other');
  assert.deepEqual(areTorsionFree([...keys, written(2n)]).indexOf(false), 150);
});
