/**
 * Whether what is outstanding can still change an outcome, in the one text that every implementation writes (docs/reference/records.md).
 */

import { partition } from './partition.mjs';
import { fieldsOf, together } from './prospect-field.mjs';
import { pluralityProspect } from './prospect-plurality.mjs';
import { Effort } from './prospect-search.mjs';
import { spreadProspect } from './prospect-spread.mjs';
import { byCode } from './register.mjs';
import { ballotOfWhole, majority, meetsShare, plurality } from './standing.mjs';

/** @typedef {import('./ledger.mjs').Ledger} Ledger */
/** @typedef {import('./prospect-search.mjs').Answer} Answer */

/**
 * @typedef {object} Prospect of one contest over one area that decides it
 * @property {string} contest
 * @property {string} area code
 * @property {Answer} changes can the outcome be another than that of the figures that stand?
 * @property {number} outstanding stations
 * @property {{number: number, can: Answer, certain: 'yes' | 'no'}[]} candidates in the order of the ballot
 */

/** @param {Ledger} ledger @param {number} size @returns {string} */
export function prospectText(ledger, size) {
  const lines = ['hakiki/prospect@v1', `election ${ledger.election.fingerprint}`, `size ${size}`];
  for (const contest of [...ledger.races.keys()].sort(byCode)) {
    for (const { area, changes, outstanding, candidates } of prospects(ledger, contest, size)) {
      lines.push(`contest ${contest} ${area} ${changes} ${outstanding}`);
      for (const { number, can, certain } of candidates) lines.push(`candidate ${number} ${can} ${certain}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The whole first, if a ballot over it decides; then, in byte order of codes, the other areas that have a ballot of their own and decide
 * by it, whether or not the whole has one.
 * @param {Ledger} ledger @param {string} code @param {number} size @returns {Prospect[]}
 */
export function prospects(ledger, code, size) {
  const { contest } = ledger.race(code);
  const whole = ballotOfWhole(ledger, code, size);
  const areas = [...(whole ? [{ area: whole.root.code, ballot: whole.ballot }] : []), ...ownBallots(ledger, contest, size)];
  if (areas.length === 0) return [];
  const fieldOf = fieldsOf(contest, partition(ledger, code, size));
  const effort = new Effort();
  return areas.map(({ area, ballot }) => prospect(fieldOf(ballot), contest, area, effort));
}

/**
 * Ballots of areas below the whole, each of which decides by itself.
 * @param {Ledger} ledger @param {import('./election.mjs').Contest} contest @param {number} size
 */
function ownBallots({ register }, { code, rule }, size) {
  if (rule !== 'plurality' || !register.stands('areas', size) || !register.stands('candidates', size)) return [];
  return [...register.ballots.get(code) ?? []].map(([area, ballot]) => ({ area, ballot }))
    .filter(({ area }) => register.area(area).parent !== null).sort((a, b) => byCode(a.area, b.area));
}

/**
 * @param {import('./prospect-field.mjs').Field} field @param {import('./election.mjs').Contest} contest @param {string} area
 * @param {import('./prospect-search.mjs').Effort} [effort] @returns {Prospect}
 */
export function prospect(field, { code, rule, spread }, area, effort = new Effort()) {
  const whole = together(field);
  const outcome = outcomeOf(field, whole, rule, spread);
  const [kind, ...rest] = outcome.split(' ');
  const standing = { kind, who: rest.filter((word) => word !== '/').map((word) => field.numbers.indexOf(Number(word))) };
  const { changes, can, certain } = rule === 'plurality' || spread === null
    ? pluralityProspect(whole, standing, effort) : spreadProspect(field, standing, spread, effort);
  const candidates = field.numbers.map((number, i) => ({ number, can: can[i], certain: /** @type {'yes' | 'no'} */ (certain[i] ? 'yes' : 'no') }));
  return { contest: code, area, changes, outstanding: field.outstanding, candidates };
}

/**
 * What the rule makes of the figures that stand.
 * @param {import('./prospect-field.mjs').Field} field @param {import('./prospect-field.mjs').Cell} whole
 * @param {string} rule @param {import('./election.mjs').Spread | null} spread
 */
function outcomeOf({ numbers, cells }, whole, rule, spread) {
  const of = (/** @type {import('./prospect-field.mjs').Cell} */ { votes, valid }) => (
    { valid, votes: new Map(votes.map((count, i) => [numbers[i], count])) });
  const areas = [...cells].filter(([area]) => area !== null).map(([, cell]) => of(cell));
  const candidates = numbers.map((number, i) => ({
    number, votes: whole.votes[i], areas: spread ? areas.filter((sum) => meetsShare(sum, number, spread.least)).length : 0,
  }));
  return rule === 'plurality' ? plurality(candidates) : majority(candidates, whole.valid, spread);
}
