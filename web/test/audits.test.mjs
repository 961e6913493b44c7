// Audits as text: vectors/audits.json.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';

import { Refused } from '../src/audit/assertions.mjs';
import { tableDifferences } from '../src/audit/table.mjs';
import { auditsText, frameText } from '../src/audit/text.mjs';
import { isSameLine, parted } from './support/audits.mjs';
import { fold } from './support/fold.mjs';
import { vectorLog } from './support/read.mjs';

const { logs } = JSON.parse(readFileSync(new URL('../../vectors/audits.json', import.meta.url), 'utf8'));

for (const log of logs) {
  test(`vectors: ${log.about}`, async () => {
    const { entries, blob } = vectorLog(log);
    const { ledger, judgements } = await fold({ entries, blob });
    assert.ok(judgements.every(({ admission }) => admission === 'admitted'));
    for (const [size, text] of Object.entries(log.audits)) assert.equal(parted(text, auditsText(ledger, Number(size))), null, `size ${size}`);
    assert.deepEqual(ledger.audits.plans.flatMap((plan) => frameOrNothing(ledger, plan)), log.frames);
    assert.deepEqual(Object.fromEntries(ledger.audits.plans.map((plan) => [plan.id, tableDifferences(ledger, plan)])), log.differing);
  });
}

/** @param {any} ledger @param {any} plan */
function frameOrNothing(ledger, plan) {
  try {
    return [frameText(ledger, plan)];
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    return [];
  }
}

test('a text of a size knows nothing of what comes after it', async () => {
  const log = logs[0];
  const { entries, blob } = vectorLog(log);
  for (const size of Object.keys(log.audits).map(Number)) {
    const { ledger } = await fold({ entries: entries.slice(0, size), blob }, { trusting: true });
    assert.equal(parted(log.audits[size], auditsText(ledger, size)), null);
  }
});

test('one in the ninth decimal is no difference; two are, and a word is', () => {
  assert.ok(isSameLine('risk 1 0.123456789 0.100000000', 'risk 1 0.123456790 0.099999999'));
  assert.ok(!isSameLine('risk 1 0.123456789 0.1', 'risk 1 0.123456791 0.1'));
  assert.ok(!isSameLine('risk 1 counted 7', 'risk 1 counted 8'));
  assert.ok(!isSameLine('taint 1 2 0.500000000', 'taint 2 2 0.500000000'));
  assert.ok(!isSameLine('draw 1 0.000000001', 'draw 1 0.000000002'));
});
