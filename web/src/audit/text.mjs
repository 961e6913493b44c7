// Audits in the one text that every implementation writes, and the weights from which a draw is repeated by hand.

import { audits, sizedOf } from './audit.mjs';

/** @typedef {import('../ledger/ledger.mjs').Ledger} Ledger */
/** @typedef {import('./audit.mjs').Audit} Audit */

/** @param {Ledger} ledger @param {number} size @param {Audit[]} [found] @returns {string} */
export function auditsText(ledger, size, found = audits(ledger, size)) {
  const lines = ['hakiki/audits@v1', `election ${ledger.election.fingerprint}`, `size ${size}`, ...found.flatMap(linesOf)];
  return `${lines.join('\n')}\n`;
}

/** The lines of one audit. @param {Audit} audit @returns {string[]} */
export function linesOf({ plan, refused, sized, seed, broken, sample, stage }) {
  const lines = [`plan ${plan.id} ${plan.fields.contest} ${plan.fields.area}`];
  if (sized === null) return [...lines, `refused ${refused}`];
  sized.assertions.forEach(({ margin, what }, i) => lines.push(`assertion ${i + 1} ${margin} ${what}`));
  lines.push(`weights ${sized.frame.total} ${sized.frame.unit}`);
  if (seed !== null) lines.push(`seed ${seed}`);
  lines.push(...broken.map(({ code, votes, bound }) => `broken ${code} ${votes} ${bound}`));
  if (sample !== null) lines.push(...sampleLines(sample, sized.table.batches));
  if (stage !== null) lines.push(`stage ${stage.word} ${stage.number}`);
  return lines;
}

/** @param {import('./audit.mjs').Sample} sample @param {import('./assertions.mjs').Batch[]} batches */
function sampleLines({ draws, taints, risks, notDrawn }, batches) {
  return [
    ...draws.map(({ number, hash, remainder, at }) => `draw ${number} ${hash} ${remainder} ${batches[at].code}`),
    ...risks.flatMap(({ counted, now, least }, i) => [
      ...taints.filter(({ assertion }) => assertion === i + 1).map(({ draw, taint }) => `taint ${draw} ${i + 1} ${decimal(taint)}`),
      `risk ${i + 1} ${counted === null ? `${decimal(now)} ${decimal(least)}` : `counted ${counted}`}`,
    ]),
    ...notDrawn.map((code) => `not-drawn ${code}`),
  ];
}

/** Taints and risks have nine decimals. @param {number} value from 0 to 1 */
export function decimal(value) {
  return value.toFixed(9);
}

/**
 * The weight of each batch of a plan, and the sums that decide a draw. Throws Refused, where no sample follows from the plan.
 * @param {Ledger} ledger @param {import('../ledger/audits.mjs').Plan} plan @returns {string}
 */
export function frameText(ledger, plan) {
  const { table: { batches }, frame: { weights, upTo } } = sizedOf(ledger, plan);
  const lines = batches.map(({ code }, i) => `batch ${code} ${weights[i]} ${upTo[i]}`);
  return `${['hakiki/audit-frame@v1', `plan ${plan.id}`, ...lines].join('\n')}\n`;
}
