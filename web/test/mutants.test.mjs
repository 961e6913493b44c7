// One line of this implementation changed: the comparison with the reference's texts must say where they part.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

import { fold } from './support/fold.mjs';
import { firstDifference, MUTATIONS, withMutant } from './support/mutants.mjs';
import { jsonLines, readLog, vectorLog } from './support/read.mjs';

/** The random logs of the fixture, with the reference's results and standings. */
const randomLogs = jsonLines(new URL('fixtures/random-logs.jsonl', import.meta.url)).map((log) => (
  { name: `seed ${log.seed}`, ...vectorLog(log), results: log.results, standing: log.standing }));

/** The small nights of the vectors, with the reference's prospects. */
const vectorLogs = JSON.parse(readFileSync(new URL('../../vectors/prospect.json', import.meta.url), 'utf8')).logs
  .map((/** @type {any} */ log) => ({ ...log, name: log.about, ...vectorLog(log) }));

/** Published logs, if HAKIKI_LOGS names some: their results/<size> files. */
const publishedLogs = (process.env.HAKIKI_LOGS ?? '').split(':').filter((folder) => folder !== '').map((folder) => {
  const sizes = readdirSync(join(folder, 'results'));
  return { name: folder, ...readLog(folder),
    results: Object.fromEntries(sizes.map((size) => [size, readFileSync(join(folder, 'results', size), 'utf8')])) };
});

const logs = [...randomLogs, ...vectorLogs, ...publishedLogs];

/** Where the mutant parts from the reference, or null. @param {any} modules @param {any} log */
async function parts(modules, log) {
  const { ledger } = await fold(log, { classes: modules });
  for (const [size, text] of Object.entries(log.results)) {
    const found = firstDifference(text, modules.resultsText(ledger, Number(size)));
    if (found) return `results/${size}, ${found}`;
  }
  for (const [size, text] of Object.entries(log.standing ?? {})) {
    const found = firstDifference(text, modules.standingText(ledger, Number(size)));
    if (found) return `standing ${size}, ${found}`;
  }
  for (const [size, text] of Object.entries(log.prospect ?? {})) {
    const found = firstDifference(text, modules.prospectText(ledger, Number(size)));
    if (found) return `prospect ${size}, ${found}`;
  }
  return null;
}

test('unchanged, nothing parts', async () => {
  await withMutant({ name: '', file: 'tally.mjs', from: 'sum.sum += vote.sum;', to: 'sum.sum += vote.sum;' }, async (modules) => {
    for (const log of logs) assert.equal(await parts(modules, log), null, log.name);
  });
});

for (const mutation of MUTATIONS) {
  test(`caught: ${mutation.name}`, async () => {
    await withMutant(mutation, async (modules) => {
      const caught = [];
      for (const log of logs) {
        const found = await parts(modules, log);
        if (found) caught.push(`${log.name}: ${found}`);
      }
      console.log(`${mutation.name}: ${caught[0]}${caught.length > 1 ? ` (and in ${caught.length - 1} more)` : ''}`);
      assert.ok(caught.length > 0);
    });
  });
}
