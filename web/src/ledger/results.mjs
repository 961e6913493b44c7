/**
 * The results as of a size, in the one text that every implementation writes.
 */

import { byCode } from './register.mjs';
import { tallies } from './tally.mjs';

/** @param {import('./ledger.mjs').Ledger} ledger @param {number} size @returns {string} */
export function resultsText(ledger, size) {
  const lines = ['hakiki/results@v1', `election ${ledger.election.fingerprint}`, `size ${size}`];
  for (const contest of [...ledger.races.keys()].sort(byCode)) {
    lines.push(`contest ${contest}`);
    if (!ledger.register.stands('areas', size)) continue;
    for (const tally of tallies(ledger, contest, size)) areaLines(tally, lines);
  }
  return `${lines.join('\n')}\n`;
}

/** @param {import('./tally.mjs').Tally} tally @param {string[]} lines */
function areaLines({ area, partition, registered, votes, boxes }, lines) {
  const { expected, missing, standing, contested, disregarded } = partition;
  lines.push(`area ${area.code} ${expected} ${missing} ${standing} ${contested} ${disregarded} ${whole(registered)}`);
  for (const [number, { sum, least, most }] of votes) lines.push(`votes ${number} ${whole(sum)} ${whole(least)} ${whole(most)}`);
  for (const box of [...boxes.keys()].sort(byCode)) {
    const { sum, written, unread } = /** @type {import('./tally.mjs').BoxSum} */ (boxes.get(box));
    lines.push(`box ${box} ${whole(sum)} ${written} ${unread}`);
  }
}

/** A sum that is exact. @param {number} sum */
function whole(sum) {
  if (!Number.isSafeInteger(sum)) throw new RangeError('a sum is beyond exact integers');
  return sum;
}
