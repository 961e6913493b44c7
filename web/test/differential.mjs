// Compares this implementation with what another said of random logs: one JSON a line, in the form of vectors/ledger.json.
//
//   node web/test/differential.mjs FILE      (standard input, if no file is given)
//
// Exit 1 and the first place, finding or line where the two part, with the seed; else how much was the same, and exit 0.

import { readFileSync } from 'node:fs';

import { parseEntry } from '../src/ledger/ledger.mjs';
import { findings } from '../src/ledger/findings.mjs';
import { prospectText } from '../src/ledger/prospect.mjs';
import { resultsText } from '../src/ledger/results.mjs';
import { standingText } from '../src/ledger/standing.mjs';
import { fold } from './support/fold.mjs';
import { vectorLog } from './support/read.mjs';

/** Words of prospects that were compared, and those that either side left open: they compare nothing. */
export const words = { compared: 0, open: 0 };

/**
 * @param {any} log @returns {Promise<string | null>} where the two part
 */
export async function compare(log) {
  const { entries, blob } = vectorLog(log);
  const { ledger, judgements } = await fold({ entries, blob });
  for (const { place, admission, detail } of judgements) {
    const said = log.entries[place].admission;
    if (said !== admission) return `place ${place}: they say ${said}, we say ${admission} ${detail} (${kindAt(entries[place])})`;
  }
  return findingsPart(log.findings, findings(ledger, entries.length))
    ?? textsPart('results', log.results, (size) => resultsText(ledger, size))
    ?? textsPart('standing', log.standing ?? {}, (size) => standingText(ledger, size))
    ?? textsPart('prospect', log.prospect ?? {}, (size) => prospectText(ledger, size), isSameProspect);
}

/** @param {Uint8Array} bytes */
function kindAt(bytes) {
  const parsed = parseEntry(bytes);
  return 'kind' in parsed ? parsed.kind : 'no record';
}

/** @param {{code: string, place: number, station: string | null}[]} theirs @param {import('../src/ledger/findings.mjs').Finding[]} ours */
function findingsPart(theirs, ours) {
  const line = (/** @type {any} */ finding) => (finding ? `${finding.code} ${finding.place} ${finding.station ?? '-'}` : 'nothing');
  for (let i = 0; i < Math.max(theirs.length, ours.length); i++) {
    if (line(theirs[i]) !== line(ours[i])) return `finding ${i}: they say ${line(theirs[i])}, we say ${line(ours[i])}`;
  }
  return null;
}

/**
 * @param {string} what @param {Record<string, string>} theirs @param {(size: number) => string} ours
 * @param {(a: string, b: string) => boolean} isSame two lines
 */
function textsPart(what, theirs, ours, isSame = (a, b) => a === b) {
  for (const [size, text] of Object.entries(theirs)) {
    const [a, b] = [text.split('\n'), ours(Number(size)).split('\n')];
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      if (a[i] === undefined || b[i] === undefined || !isSame(a[i], b[i])) return `${what} ${size}, line ${i + 1}: they say "${a[i]}", we say "${b[i]}"`;
    }
  }
  return null;
}

/** Where a line has yes, no or open. @type {Record<string, number[]>} */
const ANSWERS = { contest: [3], candidate: [2, 3] };

/** Word by word, but for those that are `open`. @param {string} theirs @param {string} ours */
export function isSameProspect(theirs, ours) {
  const [a, b] = [theirs.split(' '), ours.split(' ')];
  return a.length === b.length && a.every((word, i) => {
    if (!(ANSWERS[a[0]] ?? []).includes(i)) return word === b[i];
    const isOpen = word === 'open' || b[i] === 'open';
    words[isOpen ? 'open' : 'compared'] += 1;
    return isOpen || word === b[i];
  });
}

/** @param {string} text one JSON a line @returns {Promise<number>} the exit code */
export async function differential(text) {
  let entries = 0;
  Object.assign(words, { compared: 0, open: 0 });
  const lines = text.split('\n').filter((line) => line !== '');
  for (const line of lines) {
    const log = JSON.parse(line);
    const parted = await compare(log);
    if (parted !== null) {
      console.log(`seed ${log.seed ?? 'unknown'}: ${parted}`);
      return 1;
    }
    entries += log.entries.length;
  }
  if (entries === 0) {
    console.log('no logs came: nothing was compared');
    return 1;
  }
  console.log(`${lines.length} logs, ${entries} entries: the same`);
  if (words.compared + words.open > 0) console.log(`prospects: ${words.compared} words the same, ${words.open} open and not compared`);
  return 0;
}

if (process.argv[1] && import.meta.url.endsWith('/differential.mjs') && process.argv[1].endsWith('differential.mjs')) {
  process.exitCode = await differential(readFileSync(process.argv[2] ?? 0, 'utf8'));
}
