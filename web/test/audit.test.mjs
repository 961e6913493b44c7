// Audits of the paper in a log: vectors/audit.json.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { newestCount } from '../src/ledger/audits.mjs';
import { compare } from './differential.mjs';
import { fold } from './support/fold.mjs';
import { vectorLog } from './support/read.mjs';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/audit.json', import.meta.url), 'utf8'));

test('vectors: a log whose paper is audited', async () => {
  assert.equal(await compare(vectors), null);
});

test('vectors: the facts', async () => {
  const { entries, blob } = vectorLog(vectors);
  const { ledger } = await fold({ entries, blob });
  const { plans } = ledger.audits;
  assert.equal(plans.length, 4);
  assert.deepEqual(plans.map(({ seed }) => seed !== null), [false, false, true, true]);
  assert.equal(plans[2].seed?.fields.digits, '31415926535897932384');
  assert.equal(plans[2].counts.length, 4);
  assert.equal(newestCount(plans[2], 's000000')?.fields.rejected, 6);
  assert.equal(newestCount(plans[2], 's000003'), undefined);
});
