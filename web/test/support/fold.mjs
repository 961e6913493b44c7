// Folds a log for tests. `trusting`: signatures and proofs are taken as verified, so that the fold alone is tested and timed.

import { Ledger, parseEntry } from '../../src/ledger/ledger.mjs';
import { proofJobs } from '../../src/ledger/jobs.mjs';
import { gatherTables } from '../../src/ledger/tables.mjs';

/**
 * @param {{entries: Uint8Array[], blob: (hash: string) => Uint8Array | null | undefined}} log
 * @param {{trusting?: boolean,
 *   classes?: {Ledger: typeof Ledger, parseEntry: typeof parseEntry, gatherTables: typeof gatherTables}}} [choice]
 */
export async function fold({ entries, blob }, choice = {}) {
  const { trusting = false, classes = { Ledger, parseEntry, gatherTables } } = choice;
  const first = classes.parseEntry(entries[0]);
  if (!('kind' in first)) throw first;
  if (trusting) trust(first);
  const ledger = classes.Ledger.begin(first, trusting ? { proofs: proofJobs(first).map(() => true) } : {});
  const judgements = [];
  for (let place = 1; place < entries.length; place++) {
    const parsed = classes.parseEntry(entries[place]);
    const isRecord = 'kind' in parsed;
    const tables = isRecord ? await classes.gatherTables(parsed, blob) : new Map();
    if (trusting && isRecord) trust(parsed);
    if (trusting) for (const table of tables.values()) if ('fields' in table) table.verdicts = (table.fields.key ?? []).map(() => true);
    judgements.push(ledger.apply(place, parsed, tables));
  }
  return { ledger, judgements };
}

/** @param {import('../../src/ledger/record.mjs').Record} record */
function trust(record) {
  record.verdicts = record.signers.map(() => true);
  record.proofVerdicts = [true];
}
