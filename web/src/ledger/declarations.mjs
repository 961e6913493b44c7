/**
 * Declarations: records with equal figures and head are one, made where its quorum is reached.
 */

import { ALL_BOXES } from './grammar.mjs';
import { before } from './partition.mjs';

/** @typedef {{place: number, area: string, size: number}} Made */

/** @param {import('./ledger.mjs').Ledger} ledger @param {import('./ledger.mjs').Race} race @param {number} size @returns {Made[]} */
export function declarationsMade({ election }, { declarations }, size) {
  const quorum = election.quorums.get('declaration') ?? 1;
  /** @type {Map<string, Set<string>>} */
  const signers = new Map();
  const made = [];
  for (const { place, record, holders } of before(declarations, size)) {
    if (record.fields.says !== 'declared') continue;
    const what = declarationText(record.fields);
    const so = signers.get(what) ?? new Set();
    signers.set(what, so);
    so.add(holders[0].name);
    if (so.size === quorum) made.push({ place, area: record.fields.area, size: record.fields.head[0] });
  }
  return made;
}

/** Equal texts, one declaration. @param {import('./text.mjs').Fields} fields */
function declarationText(fields) {
  return JSON.stringify([fields.area, fields.head, fields.votes, ALL_BOXES.map((box) => fields[box] ?? null), fields.missing ?? null]);
}
