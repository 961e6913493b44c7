// What must be true for an outcome to be right: assertions, each with a margin in whole numbers (docs/reference/audit.md).

/**
 * The paper of one station, as it was reported.
 * @typedef {object} Batch
 * @property {string} code
 * @property {string | null} area of the rule's spread
 * @property {bigint} bound the most ballots that it can hold
 * @property {bigint} valid
 * @property {bigint[]} votes in the order of the ballot
 */

/** Ballots in no batch: in all, and in each area of the rule's spread. @typedef {{whole: bigint, areas: Map<string, bigint>}} Outside */
/** @typedef {{candidates: number, batches: Batch[], outside: Outside}} Table */
/** @typedef {[number, number]} Share */
/** `null`: no share is asked for, the most votes decide. @typedef {{more: Share, least: Share, areas: number} | null} Rule */
/** Candidates by their index on the ballot, ascending. @typedef {{says: string, who: number[], areas: string[]}} Outcome */

/**
 * @typedef {object} Assertion
 * @property {string} what
 * @property {'beats' | 'more' | 'less'} kind
 * @property {number} who index of the candidate
 * @property {number | null} other index of the one who has fewer votes
 * @property {Share | null} share
 * @property {string | null} area `null`: of the whole
 * @property {bigint} takes what one ballot takes from the margin at most
 * @property {(votes: bigint[], valid: bigint) => bigint} of the margin of some ballots
 * @property {bigint} margin as reported, ballots outside of all batches taken to be the worst
 */

/** Why no sample follows from a plan, in the one word that stands in the text. */
export class Refused extends Error {
  /** @param {string} word */
  constructor(word) {
    super(word);
    this.word = word;
  }
}

/** @param {boolean} holds @param {string} word */
export function demandOrRefuse(holds, word) {
  if (!holds) throw new Refused(word);
}

/**
 * The assertions of an outcome, in the order in which they are numbered. Refused, if the figures do not bear one of them out.
 * @param {Rule} rule @param {Outcome} outcome @param {Table} table @returns {Assertion[]}
 */
export function assertionsOf(rule, outcome, table) {
  demandOrRefuse(rule !== null || outcome.says === 'elected', 'outcome');
  demandOrRefuse(table.candidates > 0 && table.batches.length > 0, 'table');
  const made = rule === null ? mostVotes(outcome.who[0], table)
    : outcome.says === 'elected' ? elected(rule, outcome, table) : runOff(rule, outcome.who, table);
  demandOrRefuse(made.every(({ margin }) => margin > 0n), 'margin');
  return made;
}

/** @param {number} who @param {Table} table */
function mostVotes(who, table) {
  return others([who], table).map((loser) => beats(who, loser, table));
}

/** @param {NonNullable<Rule>} rule @param {Outcome} outcome @param {Table} table */
function elected({ more, least }, { who: [who], areas }, table) {
  const there = areasOf(table);
  demandOrRefuse(areas.every((area) => there.has(area)), 'areas');
  return [hasMore(who, more, null, table), ...[...areas].sort(byCode).map((area) => hasMore(who, least, area, table))];
}

/** @param {NonNullable<Rule>} rule @param {number[]} finalists @param {Table} table */
function runOff(rule, finalists, table) {
  const [a, b] = rule.more;
  // Who comes behind two others has at most a half of what all have; a lower share he may have, and then be elected.
  const short = 2 * a < b ? Array.from({ length: table.candidates }, (_, i) => i) : finalists;
  const losers = others(finalists, table);
  return [
    ...short.flatMap((who) => fallsShort(who, rule, table)),
    ...finalists.flatMap((winner) => losers.map((loser) => beats(winner, loser, table))),
  ];
}

/**
 * Less than the share of the whole; or else less than the other share in so many areas that too few are left.
 * @param {number} who @param {NonNullable<Rule>} rule @param {Table} table
 */
function fallsShort(who, rule, table) {
  const ofWhole = hasLess(who, rule.more, null, table);
  if (ofWhole.margin > 0n) return [ofWhole];
  const areas = [...areasOf(table)].sort(byCode);
  // An area whose ballots are all in no batch is one in which the share may have been met.
  const there = new Set([...areas, ...table.outside.areas.keys()]);
  const needed = Math.max(there.size + 1 - rule.areas, 0);
  const chosen = areas.map((area) => hasLess(who, rule.least, area, table))
    .sort((x, y) => (x.margin > y.margin ? -1 : x.margin < y.margin ? 1 : byCode(x.area, y.area)))
    .slice(0, needed);
  demandOrRefuse(chosen.every(({ margin }) => margin > 0n), 'areas');
  return chosen.sort((x, y) => byCode(x.area, y.area));
}

/** @param {string | null} a @param {string | null} b */
function byCode(a, b) {
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

/** @param {Table} table @returns {Set<string>} */
function areasOf({ batches }) {
  return new Set(batches.flatMap(({ area }) => (area === null ? [] : [area])));
}

/** @param {number[]} who @param {Table} table */
function others(who, { candidates }) {
  return Array.from({ length: candidates }, (_, i) => i).filter((i) => !who.includes(i));
}

/** @param {number} who @param {number} other @param {Table} table */
function beats(who, other, table) {
  const about = { kind: 'beats', who, other, share: null, area: null, takes: 1n, of: (votes) => votes[who] - votes[other] };
  return reported(about, `candidate ${who + 1} has more votes than candidate ${other + 1}`, table);
}

/** @param {number} who @param {Share} share @param {string | null} area @param {Table} table */
function hasMore(who, share, area, table) {
  const [a, b] = share.map(BigInt);
  const about = { kind: 'more', who, other: null, share, area, takes: a, of: (votes, valid) => b * votes[who] - a * valid };
  return reported(about, `candidate ${who + 1} has more than ${a}/${b} of the valid votes`, table);
}

/** @param {number} who @param {Share} share @param {string | null} area @param {Table} table */
function hasLess(who, share, area, table) {
  const [a, b] = share.map(BigInt);
  const about = { kind: 'less', who, other: null, share, area, takes: b - a, of: (votes, valid) => a * valid - b * votes[who] };
  return reported(about, `candidate ${who + 1} has less than ${a}/${b} of the valid votes`, table);
}

/** @param {Omit<Assertion, 'what' | 'margin'>} about @param {string} what of the whole @param {Table} table @returns {Assertion} */
function reported(about, what, { batches, outside }) {
  let margin = -lostOutside(about, outside);
  for (const batch of batches) if (isOf(about, batch)) margin += about.of(batch.votes, batch.valid);
  return { ...about, what: about.area === null ? what : `${what} in ${about.area}`, margin };
}

/** What ballots in no batch take, each of them the worst. @param {{area: string | null, takes: bigint}} assertion @param {Outside} outside */
function lostOutside({ area, takes }, { whole, areas }) {
  return takes * (area === null ? whole : areas.get(area) ?? 0n);
}

/** Does an assertion speak of a batch? @param {{area: string | null}} assertion @param {Batch} batch */
export function isOf({ area }, batch) {
  return area === null || batch.area === area;
}

/**
 * The margin on paper, where every batch of the assertion was counted.
 * @param {Assertion} assertion @param {Table} table @param {(code: string) => bigint[] | undefined} countOf @returns {bigint | null}
 */
export function paperMargin(assertion, { batches, outside }, countOf) {
  let margin = -lostOutside(assertion, outside);
  for (const batch of batches) {
    if (!isOf(assertion, batch)) continue;
    const votes = countOf(batch.code);
    if (votes === undefined) return null;
    margin += assertion.of(votes, sum(votes));
  }
  return margin;
}

/** @param {bigint[]} votes */
export function sum(votes) {
  return votes.reduce((a, b) => a + b, 0n);
}
