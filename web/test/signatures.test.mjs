import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { unhex } from '../src/bytes.mjs';
import { encodingFault, isTorsionFree, verifyStrict } from '../src/ed25519.mjs';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/signatures.json', import.meta.url), 'utf8'));

test('the published vectors of the signature rule', () => {
  const message = unhex(vectors.message);
  for (const { what, key, signature, fault, enrols } of vectors.cases) {
    const [a, bytes] = [unhex(key), unhex(signature)];
    assert.equal(bytes.length === 64 && verifyStrict(a, message, bytes), fault === null, `${what}: ${key} ${signature}`);
    if (bytes.length === 64) assert.equal(encodingFault(a, bytes) !== '', fault === 'encoding', `${what}: ${key} ${signature}`);
    assert.equal(encodingFault(a, unhex(vectors.cases[0].signature)) === '' && isTorsionFree(a), enrols, `${what}: ${key}`);
  }
  assert.ok(vectors.cases.length > 50);
});
