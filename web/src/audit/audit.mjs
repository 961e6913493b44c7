// An audit as of a size of the log: what follows from its plan, its seed and its counts, and from nothing else (docs/reference/audit.md).

import { byCode } from '../ledger/register.mjs';
import { batchVotes } from '../ledger/rules-audit.mjs';
import { assertionsOf, demandOrRefuse, paperMargin, Refused, sum } from './assertions.mjs';
import { draw } from './draws.mjs';
import { frameOf, mostError, taintOf } from './frame.mjs';
import { Capital, drawsFrom } from './risk.mjs';

/** @typedef {import('../ledger/ledger.mjs').Ledger} Ledger */
/** @typedef {import('../ledger/audits.mjs').Plan} Plan */
/** @typedef {import('./assertions.mjs').Table} Table */
/** @typedef {import('./assertions.mjs').Assertion} Assertion */
/** @typedef {import('./draws.mjs').Draw} Draw */

/** What a plan fixes before the seed. @typedef {{assertions: Assertion[], table: Table, frame: import('./frame.mjs').Frame, first: number}} Sized */
/** `counted`: the margin on paper. @typedef {{counted: bigint | null, now: number, least: number}} Risk */

/**
 * @typedef {object} Sample
 * @property {Draw[]} draws all so far
 * @property {number} measured how many draws are before the first without a count
 * @property {{draw: number, assertion: number, taint: number}[]} taints
 * @property {Risk[]} risks of each assertion
 * @property {string[]} notDrawn stations that were counted and not drawn
 */

/**
 * @typedef {object} Audit
 * @property {Plan} plan
 * @property {string | null} refused
 * @property {Sized | null} sized `null` if refused
 * @property {string | null} seed
 * @property {{code: string, votes: bigint, bound: bigint}[]} broken counts above their bound
 * @property {Sample | null} sample empty before the seed; `null` if refused or broken
 * @property {{word: string, number: number} | null} stage `null` if refused or broken
 */

/** @param {Ledger} ledger @param {number} size @returns {Audit[]} in the order of the log */
export function audits(ledger, size) {
  return ledger.audits.plans.filter(({ place }) => place < size).map((plan) => auditOf(ledger, plan, size));
}

/** @param {Ledger} ledger @param {Plan} plan @param {number} size @returns {Audit} */
export function auditOf(ledger, plan, size) {
  const seed = plan.seed !== null && plan.seed.place < size ? plan.seed.fields.digits : null;
  const audit = { plan, refused: null, sized: null, seed, broken: [], sample: null, stage: null };
  try {
    audit.sized = sizedOf(ledger, plan);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    return { ...audit, refused: refused.word };
  }
  const { table: { batches } } = audit.sized;
  if (seed === null) return { ...audit, ...beforeSeed(audit.sized) };
  const counts = countsOf(plan, size);
  const broken = batches.map(({ code, bound }) => ({ code, bound, votes: sum(counts.get(code) ?? []) })).filter(({ votes, bound }) => votes > bound);
  return broken.length > 0 ? { ...audit, broken } : { ...audit, ...sampled(audit.sized, seed, methodOf(plan), limitOf(plan), counts) };
}

/** What a plan fixes; Refused, if no sample follows from it. @param {Ledger} ledger @param {Plan} plan @returns {Sized} */
export function sizedOf(ledger, plan) {
  const { fields } = plan;
  const { contest } = ledger.race(fields.contest);
  demandOrRefuse(contest.rule !== 'totals-only', 'outcome');
  const { spread } = contest;
  demandOrRefuse(spread !== null || fields.outcome === 'elected', 'outcome');
  const numbers = [...plan.ballot?.keys() ?? []].sort((a, b) => a - b);
  const table = { candidates: numbers.length, batches: batchesOf(plan), outside: outsideOf(ledger, plan, spread) };
  if (spread !== null) {
    demandOrRefuse(fields['spread-area'].every((code) => ledger.register.area(code).level === spread.level), 'areas');
  }
  const who = fields.candidate.map((number) => numbers.indexOf(number));
  const assertions = assertionsOf(spread, { says: fields.outcome, who, areas: fields['spread-area'] }, table);
  const frame = frameOf(assertions, table.batches);
  const [method, limit] = [methodOf(plan), limitOf(plan)];
  const first = Math.max(...frame.scales.map((scale) => drawsFrom(method, scale, limit)));
  return { assertions, table, frame, first };
}

/** @param {Plan} plan */
function batchesOf({ rows }) {
  return rows.map(([code, area, bound, valid, words]) => ({
    code, area: area === '-' ? null : area, bound: BigInt(bound), valid: BigInt(valid), votes: batchVotes(words).map(BigInt),
  }));
}

/** @param {Ledger} ledger @param {Plan} plan @param {import('../ledger/election.mjs').Spread | null} spread */
function outsideOf({ register }, { fields }, spread) {
  const outside = { whole: 0n, areas: new Map() };
  for (const [code, ballots] of fields.outside) {
    outside.whole += BigInt(ballots);
    if (spread === null) continue;
    const of = register.area(code).path.find(({ level }) => level === spread.level)?.code;
    if (of === undefined) throw new Refused('outside');
    outside.areas.set(of, (outside.areas.get(of) ?? 0n) + BigInt(ballots));
  }
  return outside;
}

/** @param {Plan} plan @returns {import('./risk.mjs').Method} */
function methodOf({ fields: { method: kind, stake, expected } }) {
  if (kind === 'betting') return { kind, stake: stake[0] / stake[1] };
  return kind === 'alpha' ? { kind, expected: expected[0][0] / expected[0][1], worth: expected[1] } : { kind };
}

/** @param {Plan} plan */
function limitOf({ fields: { 'risk-limit': [a, b] } }) {
  return a / b;
}

/** The newest count of each station. @param {Plan} plan @param {number} size @returns {Map<string, bigint[]>} */
function countsOf({ counts }, size) {
  return new Map(counts.filter(({ place }) => place < size).map(({ fields }) => [
    fields.station, fields.votes.map(([, votes]) => BigInt(votes)),
  ]));
}

/** Nothing is drawn yet, and no risk is below 1. @param {Sized} sized */
function beforeSeed({ first, assertions, table: { batches } }) {
  const risks = assertions.map(() => ({ counted: null, now: 1, least: 1 }));
  const stage = first < batches.length ? { word: 'sized', number: first } : { word: 'full-count', number: batches.length };
  return { sample: { draws: [], measured: 0, taints: [], risks, notDrawn: [] }, stage };
}

/**
 * Draws, measures and draws on, as far as the counts go.
 * @param {Sized} sized @param {string} seed @param {import('./risk.mjs').Method} method @param {number} limit @param {Map<string, bigint[]>} counts
 */
function sampled(sized, seed, method, limit, counts) {
  const { assertions, table, frame } = sized;
  const papers = assertions.map((one) => paperMargin(one, table, (code) => counts.get(code)));
  const walk = new Walk(sized, seed, method, limit, counts, papers);
  const isFull = walk.run();
  const drawn = new Set(walk.draws.map(({ at }) => table.batches[at].code));
  const risks = walk.capitals.map((one, i) => ({ counted: papers[i], now: one.now(), least: one.least }));
  const notDrawn = [...counts.keys()].filter((code) => !drawn.has(code)).sort(byCode);
  const left = table.batches.filter(({ code }) => !counts.has(code)).length;
  const waiting = [...drawn].filter((code) => !counts.has(code)).length;
  const isFalse = papers.some((margin) => margin !== null && margin <= 0n);
  const stage = left === 0 ? { word: 'counted', number: isFalse ? 0 : 1 }
    : isFalse ? { word: 'full-count', number: left }
      : walk.unconfirmed().length === 0 ? { word: 'confirmed', number: walk.measured }
        : isFull ? { word: 'full-count', number: left } : { word: 'counting', number: waiting };
  return { sample: { draws: walk.draws, measured: walk.measured, taints: walk.taints, risks, notDrawn }, stage };
}

/** The draws in their order, measured up to the first without a count. */
class Walk {
  /**
   * @param {Sized} sized @param {string} seed @param {import('./risk.mjs').Method} method @param {number} limit
   * @param {Map<string, bigint[]>} counts @param {(bigint | null)[]} papers
   */
  constructor(sized, seed, method, limit, counts, papers) {
    Object.assign(this, { sized, seed, method, limit, counts, papers });
    this.capitals = sized.frame.scales.map(({ mean }) => new Capital(method, mean));
    /** @type {Draw[]} */
    this.draws = [];
    this.measured = 0;
    /** @type {{draw: number, assertion: number, taint: number}[]} */
    this.taints = [];
  }

  /** No more draws than there are stations. @returns {boolean} sampling would take as many draws as that, or more */
  run() {
    const { sized: { first, table, frame }, seed, papers, method, limit } = this;
    const most = table.batches.length;
    const isFalse = papers.some((margin) => margin !== null && margin <= 0n);
    for (let wanted = first; ;) {
      const asked = Math.min(wanted, most);
      while (this.draws.length < asked) this.draws.push(draw(seed, this.draws.length + 1, frame.upTo));
      while (this.measured < asked && this.counts.has(this.batchAt(this.measured).code)) this.measure();
      const open = this.unconfirmed();
      if (this.measured < asked || open.length === 0 || isFalse || asked === most) return wanted >= most;
      wanted += Math.max(...open.map((i) => drawsFrom(method, frame.scales[i], limit, this.capitals[i].capital)));
    }
  }

  /** Indices of the assertions that neither the sample nor a full count of their paper bears out. */
  unconfirmed() {
    return this.capitals.flatMap(({ least }, i) => (this.papers[i] === null && least > this.limit ? [i] : []));
  }

  /** @param {number} i of a draw */
  batchAt(i) {
    return this.sized.table.batches[this.draws[i].at];
  }

  /** The taint of the next draw for each assertion. */
  measure() {
    const { assertions, frame } = this.sized;
    const batch = this.batchAt(this.measured);
    const weight = frame.weights[this.draws[this.measured].at];
    const votes = this.counts.get(batch.code) ?? [];
    this.measured += 1;
    assertions.forEach((one, i) => {
      const error = mostError(one, batch) === 0n ? 0n : one.of(batch.votes, batch.valid) - one.of(votes, sum(votes));
      const taint = error > 0n ? taintOf(frame.scales[i], error, weight) : 0;
      if (error > 0n) this.taints.push({ draw: this.measured, assertion: i + 1, taint });
      this.capitals[i].take(taint);
    });
  }
}
