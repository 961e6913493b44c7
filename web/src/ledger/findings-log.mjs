/**
 * What the operator took in and should have refused: F204.
 */

/** @param {import('./ledger.mjs').Ledger} ledger @param {number} size @returns {import('./findings.mjs').Finding[]} */
export function operatorFindings({ inadmissible }, size) {
  return inadmissible.filter(({ place }) => place < size)
    .map(({ place, admission }) => ({ code: 'F204', place, contest: null, station: null, facts: { code: admission } }));
}
