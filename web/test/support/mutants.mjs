// Mutants: this implementation with one line of its source changed, loaded from a temporary copy.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'src');

/** @typedef {{name: string, file: string, from: string, to: string}} Mutation */

/** @type {Mutation[]} */
export const MUTATIONS = [
  { name: 'rejected counted eight times', file: 'tally.mjs',
    from: '      sum.sum += value;', to: "      sum.sum += box === 'rejected' ? value * 8 : value;" },
  { name: 'a county dropped', file: 'tally.mjs',
    from: "    if (state === 'not expected') continue;",
    to: "    if (state === 'not expected' || (station.area.path.at(-2)?.index ?? 9) < 2) continue;" },
  { name: 'a third for the quarter', file: 'standing.mjs',
    from: 'BigInt(count) * BigInt(b) >= BigInt(valid) * BigInt(a)', to: 'BigInt(count) * 3n >= BigInt(valid)' },
  { name: 'a signature skipped', file: 'signers.mjs', from: 'if (!verdict) {', to: 'if (!verdict && i > 0) {' },
  { name: 'a held form counted', file: 'partition.mjs', from: 'papers.filter(({ held }) => !held)', to: 'papers' },
  { name: 'the first of contested forms counted', file: 'partition.mjs',
    from: 'taken.every(({ boxes }) => boxes === taken[0].boxes)', to: 'true' },
  { name: 'rulings by time alone', file: 'partition.mjs',
    from: "const RANKS = ['returning', 'commission', 'court'];", to: 'const RANKS = [];' },
  { name: 'blank counted as zero', file: 'tally.mjs', from: '      sum.most += vote.most;', to: '      sum.most += vote.sum;' },
  { name: 'a place too far', file: 'partition.mjs', from: 'list[list.length - 1].place < size', to: 'list[list.length - 1].place <= size' },
  { name: 'registered voters of the area for those expected', file: 'tally.mjs',
    from: '      tally.registered += station.voters ?? 0;', to: '      tally.registered += (station.voters ?? 0) + 1;' },
  { name: 'what is disregarded never comes back', file: 'prospect-field.mjs',
    from: '[{ votes: this.none(), valid: 0 }, taken[0]]', to: '[{ votes: this.none(), valid: 0 }]' },
  { name: 'the first of contested forms is sure to count', file: 'prospect-field.mjs',
    from: "state === 'contested' ? taken", to: "state === 'contested' ? taken.slice(0, 1)" },
];

/**
 * @param {Mutation} mutation
 * @param {(modules: any) => Promise<void>} use what is done with the changed modules
 */
export async function withMutant({ file, from, to }, use) {
  const folder = mkdtempSync(join(tmpdir(), 'mutant-'));
  try {
    cpSync(SOURCE, join(folder, 'src'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const path = join(folder, 'src', 'ledger', file);
    const source = readFileSync(path, 'utf8');
    if (source.split(from).length !== 2) throw new Error(`${file} has not exactly one "${from}"`);
    writeFileSync(path, source.replace(from, () => to));
    const load = (/** @type {string} */ name) => import(pathToFileURL(join(folder, 'src', 'ledger', name)).href);
    const modules = await Promise.all(['ledger.mjs', 'tables.mjs', 'results.mjs', 'standing.mjs', 'findings.mjs', 'prospect.mjs'].map(load));
    await use(Object.assign({}, ...modules));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The first line in which two texts part, with the area or candidate around it; `null` if they are the same.
 * @param {string} theirs @param {string} ours
 */
export function firstDifference(theirs, ours) {
  const [a, b] = [theirs.split('\n'), ours.split('\n')];
  const at = a.findIndex((line, i) => line !== b[i]);
  if (at < 0) return a.length === b.length ? null : `line ${a.length}: they end`;
  const area = a.slice(0, at + 1).reverse().find((line) => line.startsWith('area ')) ?? '';
  return `line ${at + 1}, in "${area.split(' ').slice(0, 2).join(' ')}": the reference says "${a[at]}", the mutant "${b[at]}"`;
}
