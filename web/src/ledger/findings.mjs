/**
 * Findings: what the rules find when they compare figures, register and law, as of a size. They remove nothing.
 */

import { conductFindings } from './findings-conduct.mjs';
import { operatorFindings } from './findings-log.mjs';
import { actFindings } from './findings-acts.mjs';
import { paperFindings } from './findings-papers.mjs';
import { versionFindings } from './findings-versions.mjs';
import { byCode } from './register.mjs';

/**
 * @typedef {object} Finding
 * @property {string} code
 * @property {number} place
 * @property {string | null} contest
 * @property {string | null} station
 * @property {string | null} [area]
 * @property {Record<string, string | number | boolean>} [facts] what was compared
 */

/**
 * @param {import('./ledger.mjs').Ledger} ledger @param {number} size
 * @returns {Finding[]} in the order of places, then codes, then stations as in their table
 */
export function findings(ledger, size) {
  const found = [
    ...paperFindings(ledger, size), ...versionFindings(ledger, size), ...actFindings(ledger, size), ...conductFindings(ledger, size),
    ...operatorFindings(ledger, size),
  ];
  const order = (/** @type {string | null} */ code) => (code === null ? -1 : ledger.register.station(code).index);
  return found.sort((a, b) => a.place - b.place || byCode(a.code, b.code) || order(a.station) - order(b.station));
}

/** How many of each code. @param {Finding[]} found @returns {Record<string, number>} */
export function countByCode(found) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const code of found.map((finding) => finding.code).sort()) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}
