// Is a plan's table of batches what stood at the head that the plan names?

import { partition } from '../ledger/partition.mjs';
import { byCode } from '../ledger/register.mjs';
import { batchVotes } from '../ledger/rules-audit.mjs';
import { read } from '../ledger/tally.mjs';

/** @typedef {import('../ledger/audits.mjs').Plan} Plan */

/**
 * Codes of the stations whose batch is another, or is there and ought not to be, or the other way round.
 * @param {import('../ledger/ledger.mjs').Ledger} ledger @param {Plan} plan @returns {string[]} in byte order
 */
export function tableDifferences(ledger, plan) {
  const stood = batchesThatStood(ledger, plan);
  const differs = [];
  for (const [code, area, bound, valid, words] of plan.rows) {
    const batch = stood.get(code);
    stood.delete(code);
    const isSame = batch !== undefined && area === batch.area && bound >= batch.bound && valid === batch.valid
      && batchVotes(words).every((votes, i) => votes === batch.votes[i]);
    if (!isSame) differs.push(code);
  }
  return [...differs, ...stood.keys()].sort(byCode);
}

/** @param {import('../ledger/ledger.mjs').Ledger} ledger @param {Plan} plan */
function batchesThatStood(ledger, { fields, ballot }) {
  const { cap, spread } = ledger.race(fields.contest).contest;
  const numbers = [...ballot?.keys() ?? []].sort((a, b) => a - b);
  const stood = new Map();
  for (const status of partition(ledger, fields.contest, fields.head[0])) {
    const { station, paper, state } = status;
    const { path } = station.area;
    const isBatch = state !== 'not expected' && state !== 'disregarded';
    if (!isBatch || status.ballot !== ballot || !path.some(({ code }) => code === fields.area)) continue;
    const figures = paper === null ? null : read(paper, station, cap);
    const votes = new Map(figures?.votes.map(({ number, least }) => [number, least]));
    // At least the sum of the votes: a batch cannot hold less than its parts.
    const valid = Math.max(figures?.valid ?? 0, numbers.reduce((sum, number) => sum + (votes.get(number) ?? 0), 0));
    stood.set(station.code, {
      area: path.find(({ level }) => level === spread?.level)?.code ?? '-',
      // Where no figure bounds the paper of a station, no table can say what stood.
      bound: Math.max(station.voters ?? cap ?? Infinity, valid),
      valid,
      votes: numbers.map((number) => votes.get(number) ?? 0),
    });
  }
  return stood;
}
