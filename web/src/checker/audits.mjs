// Audits of the paper: computed here from the log's entries alone, and whether each plan's table is what stood at its head.

import { audits } from '../audit/audit.mjs';
import { tableDifferences } from '../audit/table.mjs';
import { decimal, linesOf } from '../audit/text.mjs';
import { fitsHead } from './open.mjs';
import { bad, good, open } from './record.mjs';

/** So many stations are named one by one. */
const NAMED_MAX = 20;

/** @typedef {import('../ledger/ledger.mjs').Ledger} Ledger */
/** @typedef {{plan: import('../ledger/audits.mjs').Plan, differing: string[], isHead: boolean | null}} TableCheck */

/**
 * Each plan's table beside what stood, and its head beside this log. `isHead` is `null` where the plan names the empty log.
 * @param {import('./open.mjs').OpenLog} log @param {Ledger} ledger @returns {Promise<TableCheck[]>}
 */
export async function tableChecks(log, ledger) {
  const checks = [];
  for (const plan of ledger.audits.plans) {
    const [size, root] = plan.fields.head;
    checks.push({ plan, differing: tableDifferences(ledger, plan), isHead: await fitsHead(log, { size, root }) });
  }
  return checks;
}

/** @param {TableCheck} check */
export function isAsItStood({ differing, isHead }) {
  return differing.length === 0 && isHead !== false;
}

/** What people are shown of each audit. @param {import('./whole.mjs').Whole} whole */
export function auditReports({ ledger, log, tables }) {
  return audits(ledger, log.head.size).map((audit, i) => auditReport(ledger, audit, tables[i]));
}

/** @param {Ledger} ledger @param {import('../audit/audit.mjs').Audit} audit @param {TableCheck} check */
function auditReport(ledger, audit, check) {
  const { plan, sized, seed, sample } = audit;
  const { fields } = plan;
  const area = ledger.register.area(fields.area).name;
  const stationOf = (at) => nameOf(ledger, sized.table.batches[at].code);
  return {
    title: { contest: ledger.race(fields.contest).contest.title, area, place: plan.place },
    outcome: outcomeOf(audit),
    limit: fields['risk-limit'].join('/'),
    stage: stageOf(audit),
    items: itemsOf(check),
    seed,
    draws: (sample?.draws ?? []).map(({ number, hash, remainder, at }) => ({ number, hash, remainder: `${remainder}`, ...stationOf(at) })),
    measured: sample?.measured ?? 0,
    risks: (sample?.risks ?? []).map((risk, i) => riskOf(ledger, audit, sized.assertions[i], risk)),
    weights: sized === null ? null : { total: `${sized.frame.total}`, unit: `${sized.frame.unit}` },
    text: `${linesOf(audit).join('\n')}\n`,
  };
}

/** @param {Ledger} ledger @param {string} code */
function nameOf(ledger, code) {
  return { station: code, name: ledger.register.stations.get(code)?.name ?? '' };
}

/** A candidate of the plan's ballot, by number. */
function candidateOf({ plan: { ballot } }, number) {
  return `${number} ${ballot?.get(number)?.name ?? ''}`.trim();
}

function outcomeOf(audit) {
  const { outcome, candidate } = audit.plan.fields;
  const [first, second] = candidate.map((number) => candidateOf(audit, number));
  return outcome === 'elected' ? { key: 'audit.elected', values: { first } } : { key: 'audit.run-off', values: { first, second } };
}

/** @param {import('../audit/audit.mjs').Audit} audit */
function stageOf({ plan, refused, broken, stage }) {
  if (refused !== null) return { key: `audit.refused-${refused}`, values: {} };
  if (stage === null) {
    const stations = broken.slice(0, NAMED_MAX).map(({ code }) => code).join(', ');
    return { key: 'audit.broken', values: { count: broken.length, stations: broken.length > NAMED_MAX ? `${stations}, …` : stations } };
  }
  const [a, b] = plan.fields['risk-limit'];
  const key = stage.word === 'counted' ? stage.number === 1 ? 'audit.counted-true' : 'audit.counted-false' : `audit.stage-${stage.word}`;
  return { key, values: { count: stage.number, limit: (100 * a) / b } };
}

/** @param {Ledger} ledger @param {any} audit @param {import('../audit/assertions.mjs').Assertion} assertion @param {import('../audit/audit.mjs').Risk} risk */
function riskOf(ledger, audit, { kind, who, other, share, area, margin }, { counted, now, least }) {
  const numbers = [...audit.plan.ballot.keys()].sort((a, b) => a - b);
  const name = (index) => (index === null ? '' : candidateOf(audit, numbers[index]));
  const values = { who: name(who), other: name(other), share: (share ?? []).join('/'), area: area === null ? '' : ledger.register.areas.get(area)?.name ?? area };
  return {
    key: `audit.${kind}${area === null ? '' : '-in'}`, values, margin: `${margin}`, counted: counted === null ? null : `${counted}`,
    now, least, written: [decimal(now), decimal(least)],
  };
}

/** @param {TableCheck} check */
function itemsOf({ plan, differing, isHead }) {
  const values = { size: plan.fields.head[0], count: plan.rows.length };
  const stations = differing.slice(0, NAMED_MAX).join(', ') + (differing.length > NAMED_MAX ? ', …' : '');
  const table = differing.length === 0 ? good('audit.table-stood', values)
    : bad('audit.table-differs', { size: values.size, count: differing.length, stations });
  const head = isHead === null ? open('audit.head-none') : isHead ? good('audit.head-here', { size: values.size }) : bad('audit.head-other', { size: values.size });
  return [head, table];
}
